"""Drive the people of ``telegram_people`` with a strict Matrix client; one of each kind edits."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.platforms.matrix.facts import MATRIX
from handlers.messages import PlatformFacts
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from tests.doubles.matrix.person import Clients, Message, Person
from tests.drills.telegram_people import (
    NOBODY,
    PARTS,
    PARTS_PLAYED,
    Act,
    Part,
    Shown,
    before,
    faults_of,
)
from tests.talk_script import folded

__all__ = ["faults_of"]

ACKNOWLEDGED = ENGLISH.telling.ack.partition("{done}")[0]
FIRST = 1001
PATIENCE = 90.0
"""A bot that dies every second answers no sooner."""

EDITED = "Saved, with your change"
ASKED_AGAIN = tuple(ENGLISH.refusals.unusable[kind] for kind in ("key", "plain", "missed"))
FAILED = ENGLISH.refusals.failed
EDITING = replace(
    PARTS_PLAYED[0],
    acts=(Act("{0} one"), Act("{0} two"), Act("~{0} two~{0} anew", EDITED)),
    texts=(("story", ("{0} one", "{0} anew")),),
)
PLAYED = (EDITING, *PARTS_PLAYED[1:])
ERASING = (
    before("!erase", "It can't be brought back."),
    before("[Yes, delete it all]", "I leave now"),
)
SHARING = (
    before("[Everything]", "What may"),
    before("[Only read and listen]", "come back"),
    before("[No", "Is this right"),
    before("yes, that's right", "now"),
    before("[Yes, send now]", "Your take-back code"),
    before(ENGLISH.labels["code.have"], "I leave now"),
)


BOUND = {
    "Let someone read it": "Let someone read it",
    NOBODY: NOBODY,
    "Oak": "Oak",
}
"""What is typed to questions about consent: here their numbers are."""


@dataclass(slots=True, eq=False)
class Writer:
    """One of the twenty, on Matrix."""

    person: Person
    bot: str
    number: int
    part: Part
    pace: asyncio.Semaphore = field(repr=False)
    under_way: int = 0
    said: int = 0
    sent: dict[str, str] = field(default_factory=dict)
    """Which event of theirs says what."""

    @property
    def name(self) -> str:
        return f"person-{self.number}"

    @property
    def account(self) -> Account:
        return Account("matrix", self.person.id, self.person.room)

    @property
    def platform(self) -> PlatformFacts:
        return MATRIX

    @property
    def screen(self) -> Sequence[Shown]:
        """With what was cleaned away."""
        return self.answers

    @property
    def answers(self) -> Sequence[Message]:
        """What the bot ever wrote to them in the chat that is open."""
        here = (m for m in self.person.messages.values() if m.room == self.person.room)
        return [m for m in here if m.sender == self.bot and _seen(m)]

    async def begin(self) -> None:
        """From a new chat to where the drill begins."""
        await self.person.open_chat(self.bot, joined=False)
        async with asyncio.timeout(PATIENCE):
            await self.person.member(self.bot, "join", PATIENCE)
        for act in self.part.start:
            await self.act(act)

    async def go_on(self) -> None:
        """At the pace of the drill."""
        for act in self.part.acts:
            if act.answer:
                await self.pace.acquire()
                self.said += 1
                self.under_way += 1
            await self.act(act)
            if act.until:
                self.under_way = 0

    async def begin_again(self) -> None:
        """After the end of a talk: another one, in a chat of its own."""
        self.sent.clear()
        await self.begin()
        await self.go_on()

    async def finish(self) -> None:
        """Whoever has named a reader hands over; the others erase. Then the bot leaves."""
        for act in SHARING if self.part.asked == PARTS else ERASING:
            await self.act(act)
        async with asyncio.timeout(PATIENCE):
            await self.person.member(self.bot, "leave", PATIENCE)

    async def act(self, act: Act) -> None:
        """As with buttons, which here are numbers."""
        last = len(self.person.messages)
        does = act.does.format(self.name)
        if does.startswith("~"):
            await self._edit(*does[1:].split("~"))
        elif does == "[Done]":
            await self._say("!done")
        elif does.startswith("["):
            await self._say(await self._number(does.strip("[]")))
        elif does in BOUND:
            await self._say(await self._number(BOUND[does]))
        else:
            await self._say(does)
        if act.until:
            await self._until(lambda: self._was_told(act.until, last), act.until)

    async def _say(self, text: str) -> None:
        self.sent[text] = await self.person.say(text)

    async def _edit(self, old: str, new: str) -> None:
        await self.person.edit(self.sent[old], new)

    async def _number(self, label: str) -> str:
        """Of a choice, as soon as it is offered."""
        await self._until(lambda: bool(self._offered(label)), label)
        return self._offered(label)

    def _offered(self, label: str) -> str:
        line = re.compile(rf"^(\d+)\. {re.escape(label)}", re.MULTILINE)
        found = (line.search(m.text) for m in reversed(self.answers))
        return next((match[1] for match in found if match), "")

    def _was_told(self, wanted: str, since: int) -> bool:
        news = list(self.person.messages.values())[since:]
        return any(wanted in folded(m.text) for m in news if m.sender == self.bot)

    async def _until(self, holds: Callable[[], bool], what: str) -> None:
        try:
            await self.person.until(holds, PATIENCE)
        except TimeoutError:
            shown = "\n".join(f"  {m.text!r} {m.unreadable}" for m in self.answers[-4:])
            raise AssertionError(f"{self.name} waits in vain for {what!r}:\n{shown}") from None


def _seen(message: Message) -> bool:
    return message.kind.startswith(("m.room.message", "m.room.encrypted"))


def faults_on_screen(writer: Writer) -> list[str]:
    """Answers that cannot be read, that come twice, or that ask to send something again."""
    found = [f"{writer.name} cannot read: {m.unreadable}" for m in writer.answers if m.unreadable]
    found += [f"{writer.name} is warned: {m.shield}" for m in writer.answers if m.shield]
    texts = Counter(m.text for m in writer.answers if not m.unreadable)
    sealed = sum(n for text, n in texts.items() if text.startswith(ACKNOWLEDGED))
    if sealed > len(writer.sent):
        found.append(f"{writer.name}: {sealed} acknowledgements")
    found += [
        f"{writer.name} saw {n} times: {text[:40]!r}"
        for text, n in texts.items()
        if n > 1 and not text.startswith(ACKNOWLEDGED)
    ]
    bad = [t for t in texts if t.startswith((*ASKED_AGAIN, FAILED))]
    return [*found, *(f"{writer.name} was asked again: {t[:40]!r}" for t in bad)]


async def writers(
    clients: Clients, bot: str, pace: asyncio.Semaphore, count: int, *, strict: bool
) -> list[Writer]:
    """As many of each kind, if ``count`` is a multiple of five."""
    people = await asyncio.gather(*(clients.person(strict=strict) for _ in range(count)))
    return [
        Writer(person, bot, FIRST + n, PLAYED[n % len(PLAYED)], pace)
        for n, person in enumerate(people)
    ]
