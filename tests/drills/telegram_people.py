"""Twenty people in the middle of their talks, three answers each, and what must be kept of them.

They do what people do: who gets no reply waits, and who is asked once more answers once more. An
answer counts as *under way* from the moment it was sent until its person was shown that it was
taken.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.app import Application
from bot.platforms.telegram.facts import TELEGRAM
from handlers.context import View
from handlers.messages import PlatformFacts
from handlers.reporter.markers import flow_answers
from handlers.reporter.questions import open_question
from handlers.sending.questions import render_question
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from store.model.snapshot import Snapshot
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person, folded

SEALED = "Saved. Carry on when you're ready"
STORY = "What would you like to say?"
FORK = "What would you like to do with your story?"
NEEDS = "What would help you now?"
WISH = "What would you like to happen, if anything?"
PERSON = "Who is your story about, if you want to say?"
READ = "Who may read your story?"
NEVER = "Who must never read your story?"
NOBODY = "Nobody in particular"
PARTS = "How much may they read?"
LATER = ENGLISH.refusals.asked_later
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person does, and what they wait for before they do the next."""

    does: str
    """Words; or a button, in brackets."""
    until: str = ""
    """Empty: they just go on."""
    answer: bool = True
    """One of the sixty; others are what a talk needs besides."""


def before(text: str, until: str) -> Act:
    return Act(text, until, answer=False)


@dataclass(frozen=True, slots=True)
class Part:
    """What one of five kinds of people does."""

    start: tuple[Act, ...]
    """Until they are where the drill begins."""
    acts: tuple[Act, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What they chose, by step."""
    texts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What they wrote, by step."""
    asked: str = STORY


HELLO = (before("/start", "Could anyone else"), before("1", "Should I delete our"))
SELF, GO = before("3", STORY), before("1", STORY)
TOLD = (before("{0} told", SEALED), before("/done", FORK))
WISHING = (*TOLD, before("Let someone read it", NEEDS), before("nothing", WISH))
DONE_WISHING = before("[Done]", PERSON)
LISTEN = "Someone who listens, To know what can be done"
FATE, NONE = ("fate", ("read",)), ("needs", ("none",))
PARTS_PLAYED = (
    # Everything at once, without waiting for anybody.
    Part(
        (*HELLO, SELF),
        (Act("{0} one"), Act("{0} two"), Act("{0} three", SEALED)),
        texts=(("story", ("{0} one", "{0} two", "{0} three")),),
    ),
    # Word by word; then done, and a choice.
    Part(
        (*HELLO, GO),
        (
            Act("{0} one", SEALED),
            Act("{0} two", SEALED),
            Act("[Done]", FORK, answer=False),
            Act("[Let someone read it]", NEEDS),
        ),
        choices=(FATE,),
        texts=(("story", ("{0} one", "{0} two")),),
        asked=NEEDS,
    ),
    # Two taps, and words; whatever passed goes from the chat.
    Part(
        (*HELLO, GO, *TOLD),
        (
            Act("[Let someone read it]", NEEDS),
            Act("[Nothing]", WISH),
            Act("{0} wish", SEALED),
            DONE_WISHING,
        ),
        choices=(FATE, NONE),
        texts=(("story", ("{0} told",)), ("wish", ("{0} wish",))),
        asked=PERSON,
    ),
    # Words to three questions; the last ones name a reader.
    Part(
        (*HELLO, SELF, *WISHING),
        (
            Act("{0} wish", SEALED),
            DONE_WISHING,
            Act("{0} person", SEALED),
            before("[Done]", NEVER),
            before(NOBODY, READ),
            Act("Oak", PARTS),
        ),
        choices=(FATE, NONE),
        texts=(("story", ("{0} told",)), ("wish", ("{0} wish",)), ("person", ("{0} person",))),
        asked=PARTS,
    ),
    # Choices that are typed.
    Part(
        (*HELLO, SELF, *TOLD),
        (
            Act("Let someone read it", NEEDS),
            Act(LISTEN, WISH),
            Act("{0} wish", SEALED),
            DONE_WISHING,
        ),
        choices=(FATE, ("needs", ("know", "listen"))),
        texts=(("story", ("{0} told",)), ("wish", ("{0} wish",))),
        asked=PERSON,
    ),
)


class Shown(Protocol):
    """A message as it stands on somebody's screen."""

    @property
    def mine(self) -> bool: ...

    @property
    def text(self) -> str: ...


class Talker(Protocol):
    """One of the twenty, whatever they write with."""

    part: Part

    @property
    def platform(self) -> PlatformFacts: ...

    @property
    def name(self) -> str: ...

    @property
    def account(self) -> Account: ...

    @property
    def screen(self) -> Sequence[Shown]: ...


def filled(reporter: Talker, texts: Sequence[str]) -> tuple[str, ...]:
    """With their name in them, so that everybody's words are their own."""
    return tuple(text.format(reporter.name) for text in texts)


@dataclass(slots=True, eq=False)
class Reporter:
    """One of the twenty, on Telegram."""

    person: Person
    part: Part
    pace: asyncio.Semaphore = field(repr=False)
    """Nobody answers faster than the drill wants them to."""
    under_way: int = 0
    said: int = 0

    @property
    def name(self) -> str:
        return f"person-{self.person.id}"

    @property
    def account(self) -> Account:
        return Account("telegram", str(self.person.id), str(self.person.id))

    @property
    def platform(self) -> PlatformFacts:
        return TELEGRAM

    @property
    def screen(self) -> Sequence[Shown]:
        return self.person.screen

    async def begin(self) -> None:
        for act in self.part.start:
            await self.act(act)

    async def go_on(self) -> None:
        for act in self.part.acts:
            if act.answer:
                await self.pace.acquire()
                self.said += 1
                self.under_way += 1
            await self.act(act)
            if act.until:
                self.under_way = 0

    async def act(self, act: Act) -> None:
        last = self.person.chat.history[-1].id if self.person.chat.history else 0
        if act.does.startswith("["):
            label = act.does.strip("[]")
            await self._until(lambda: self._offers(label), label)
            await self.person.press(label)
        else:
            last = (await self.person.say(act.does.format(self.name))).id
        while act.until and not await self._has_answered(act.until, last):
            last = (await self.person.say(act.does.format(self.name))).id

    async def _has_answered(self, words: str, since: int) -> bool:
        """Wait for these words; False if the question was asked once more instead.

        The bot cannot know that it stands in the chat when Telegram loses the answer to it.
        """

        def is_asked_again() -> bool:
            later = (m.id for m in self.person.received if m.id > since and m.text == LATER)
            first = next(later, None)
            return first is not None and self.person.received[-1].id > first

        await self._until(lambda: self._was_told(words, since) or is_asked_again(), words)
        return self._was_told(words, since)

    def _offers(self, label: str) -> bool:
        return any(b.label.startswith(label) for m in self.person.screen for b in m.buttons)

    def _was_told(self, words: str, since: int) -> bool:
        news = (m for m in self.person.received if m.id > since)
        return any(words in folded(m.text) for m in news)

    async def _until(self, holds: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    await self.person.chat.pulse.wait()
        except TimeoutError:
            raise AssertionError(f"{self.name} waits in vain for {what!r}") from None


def twenty(double: Double, pace: asyncio.Semaphore, first: int = 1001) -> list[Reporter]:
    """Four of each kind."""
    parts = (PARTS_PLAYED[n % len(PARTS_PLAYED)] for n in range(20))
    return [Reporter(double.person(first + n), part, pace) for n, part in enumerate(parts)]


# What must be kept of them


async def faults_of(house: Application, reporter: Talker, *, in_order: bool = True) -> list[str]:
    """Everything that is not as they said it; each answer must be there once."""
    snapshot = await house.stores.cases.snapshot(reporter.account, house.clock(), pieces=True)
    if snapshot.draft is None:
        return [f"{reporter.name}: the talk is gone"]
    view = View(snapshot, house.settings, reporter.platform, house.entropy)
    part, kept = reporter.part, _texts(snapshot)
    expected = {step: list(filled(reporter, texts)) for step, texts in part.texts}
    if not in_order:
        kept = {step: sorted(texts) for step, texts in kept.items()}
        expected = {step: sorted(texts) for step, texts in expected.items()}
    found = [] if kept == expected else [f"{reporter.name}: {kept} and not {expected}"]
    chosen = {a.step: a.choices for a in flow_answers(snapshot.draft)}
    found += [
        f"{reporter.name}: {step} is {chosen.get(step)}"
        for step, choices in part.choices
        if set(chosen.get(step, ())) != set(choices)
    ]
    return [*found, *_not_chosen(reporter, chosen), *_screen(reporter, view)]


def _not_chosen(reporter: Talker, chosen: dict[str, tuple[str, ...]]) -> list[str]:
    """A reader's name stands for a fingerprint: one was chosen by those who came so far."""
    names = len(chosen.get("read", ()))
    return [] if names == (reporter.part.asked == PARTS) else [f"{reporter.name}: {names} readers"]


def _texts(snapshot: Snapshot) -> dict[str, list[str]]:
    """In the order in which the talk keeps them, every piece that lies there included."""
    of = {piece.item: piece for piece in snapshot.pieces}
    texts: dict[str, list[str]] = {}
    answers = snapshot.draft.answers if snapshot.draft else ()
    for item in (item for answer in answers for item in answer.items):
        piece = of.pop(item)
        texts.setdefault(piece.step, []).append(piece.text)
    for piece in of.values():
        texts.setdefault(f"nowhere, for {piece.step}", []).append(piece.text)
    return texts


def _screen(reporter: Talker, view: View) -> list[str]:
    """The question that is open is the last one on their screen."""
    question = render_question(view)
    shown = folded(question.text) if question else ""
    if reporter.part.asked not in shown:
        return [f"{reporter.name}: what is open is {open_question(view).id}"]
    last = next(m for m in reversed(reporter.screen) if _asks(m, view))
    if reporter.part.asked not in folded(last.text):
        return [f"{reporter.name}: the screen asks something else: {last.text!r}"]
    return []


def _asks(message: Shown, view: View) -> bool:
    """Whether it is a question of the questionnaire, and none of the person's own words."""
    texts = (folded(step.text) for step in view.settings.flow_of(view.snapshot).steps)
    shown = folded(message.text).replace("!done", "/done")  # as Matrix shows it
    return not message.mine and any(text in shown for text in texts)
