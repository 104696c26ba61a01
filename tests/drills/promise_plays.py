"""Talks as people have them, one after the other through all states of a story.

Each line is what somebody types; blanks are filled with what was shown. A line that begins with
``@`` is what happens around the talk: see ``ASIDE_ACTS``.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import flows
from bot.publishing.archive import FlowArchive
from handlers.messages import ButtonPress, EditedMessage, Reply, TextMessage, UnusableMessage
from handlers.permissions.registry import HONOURED
from handlers.reporter.markers import HOLD
from store.model.accounts import Account
from store.readers.invitations import read_invitation
from tests.drills.promise_judge import Listened
from tests.rig import Screen
from tests.talk_script import filled

SPAN = re.compile(r"(\d+)([hd])")


@dataclass
class Play:
    """One walk, and who is speaking in it."""

    world: Listened
    people: dict[str, Account] = field(default_factory=dict)
    name: str = "reporter"
    last: str = ""
    """The id of the message that was typed last."""
    remembered: str = ""
    """The id of one that was typed before."""

    @property
    def who(self) -> Account:
        """Return whoever is speaking now."""
        return self.person(self.name)

    def person(self, name: str) -> Account:
        """Return somebody by the name that they have in the play."""
        if name not in self.people:
            self.people[name] = self.world.account(name)
        return self.people[name]

    def shown(self, who: Account) -> str:
        """Return everything that this person was shown."""
        replies = self.world.rig.screen.replies
        return "\n\n".join(reply.text for to, reply in replies if to == who.name)

    def everything(self) -> str:
        """Return everything that was shown to anybody, of which they may have taken notes."""
        return "\n\n".join(reply.text for _, reply in self.world.rig.screen.replies)

    async def act(self, line: str) -> None:
        """Do what one line says."""
        self.world.trail.append(line)
        if line.startswith("* "):
            await self.world.say(self.who, self._number_of(line.removeprefix("* ")))
        elif not line.startswith("@"):
            mine = self.shown(self.who) if "two words" in line else self.everything()
            await self.world.say(self.who, filled(line, mine))
            self.last = f"message {self.world.count}"
        else:
            verb, _, rest = line[1:].partition(" ")
            await ASIDE_ACTS[verb](self, rest)

    def _number_of(self, label: str) -> str:
        """Return the number that stands beside an offer, as it was listed last."""
        replies = [r for to, r in self.world.rig.screen.replies if to == self.who.name]
        offers = next(reply.offers for reply in reversed(replies) if reply.offers)
        place, offer = next((n, o) for n, o in enumerate(offers, 1) if o.label.startswith(label))
        return str(offer.number or place)


@dataclass
class ChatScreen(Screen):
    """A chat whose messages have names, and can be deleted."""

    names: "count[int]" = field(default_factory=count)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """Take a message, and give it a name."""
        await super().send(to, reply)
        return (f"reply {next(self.names)}",)

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """Delete all of them."""
        return 0

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        """Show other ticks."""


async def run(world: Listened, script: str) -> None:
    """Play a whole walk, with people of its own."""
    play = Play(world)
    for line in script.strip().splitlines():
        if line.strip():
            await play.act(line.strip())


async def _as(play: Play, name: str) -> None:
    play.name = name


async def _wait(play: Play, span: str) -> None:
    match = SPAN.fullmatch(span)
    assert match, span
    number, unit = int(match[1]), {"h": "hours", "d": "days"}[match[2]]
    await play.world.pass_time(timedelta(**{unit: number}))


async def _restart(play: Play, _rest: str) -> None:
    await play.world.start()


async def _hang_up(play: Play, _rest: str) -> None:
    await play.world.hang_up(play.who)


async def _edit(play: Play, text: str) -> None:
    await play.world.hear(play.who, EditedMessage(text, play.remembered or play.last))


async def _edit_last(play: Play, text: str) -> None:
    await play.world.hear(play.who, EditedMessage(text, play.last))


async def _remember(play: Play, _rest: str) -> None:
    play.remembered = play.last


async def _replace_keys(play: Play, _rest: str) -> None:
    """Let somebody else be behind the account, as its keys prove."""
    play.people[play.name] = replace(play.who, identity=("other keys",))


async def _send(play: Play, kind: str) -> None:
    await play.world.hear(play.who, UnusableMessage(kind))


async def _long(play: Play, _rest: str) -> None:
    """Type more than one message may hold."""
    length = play.world.application.settings.text_length
    await play.world.say(play.who, "What happened. " * (length // 10))
    play.last = f"message {play.world.count}"


async def _recall(play: Play, _rest: str) -> None:
    """Let the maintainers take back their questions, and publish others."""
    rig = play.world.rig
    folder = rig.config.flow.folder
    old = (folder / "intake.toml").read_text("utf-8")
    new = old.replace("What would help you now?", "What would be of help now?")
    archive = FlowArchive(folder / "published" / "intake", HONOURED)
    archive.publish(new, flows.load(new, "intake.toml"), {})
    archive.recall(flows.load(old, "intake.toml").revision, "A question was unkind.")
    (folder / "intake.toml").write_text(new, "utf-8")
    await play.world.start()


async def _digits(play: Play, name: str) -> None:
    """Type the digits of the file that a reader was sent, as they read them in it."""
    invited = read_invitation(play.world.rig.screen.files.popitem()[1], play.world.members[name])
    await play.world.say(play.who, f"/join {invited.digits}")


async def _forward(play: Play, text: str) -> None:
    await play.world.hear(play.who, TextMessage(text, forwarded=True))


async def _stop_it(play: Play, name: str) -> None:
    """Press the newest button that stops something; of somebody else, where they are named."""
    holds = [r.hold for _, r in play.world.rig.screen.replies if r.hold]
    who = play.person(name) if name else play.who
    await play.world.hear(who, ButtonPress(HOLD, (holds[-1],)))


async def _link(play: Play, name: str) -> None:
    """Let a reader have linked an account before."""
    who, key = play.person(name), play.world.members[name]
    links = play.world.application.stores.readers.repositories.linked_accounts
    database = play.world.application.stores.cases.database
    await database.transaction(lambda c: links.link(c, who, key.mid))
    play.world.linked[name] = who


async def _notice(play: Play, name: str) -> None:
    """Let a reader's chat show what waits for it."""
    await play.world.send_waiting(play.person(name))


async def _fetch(play: Play, name: str) -> None:
    """Write all that lies ready for a reader to their disk."""
    readers = play.world.application.stores.readers
    member = readers.named(name, play.world.now)
    assert member is not None
    codes = [each.code for each in await readers.deliveries(member)]
    assert codes, f"nothing lies ready for {name}"
    for code in codes:
        await readers.begin_fetch(member, code)
        await play.world.judge.look_at_all()
        await readers.record_fetch(member, code)
    await play.world.judge.look_at_all()


async def _fetch_in_chat(play: Play, name: str) -> None:
    """Let a reader have the first that lies ready sent to their chat."""
    readers = play.world.application.stores.readers
    member = readers.named(name, play.world.now)
    assert member is not None
    code, *_ = [each.code for each in await readers.deliveries(member)]
    await play.world.say(play.person(name), f"/fetch {code}")
    await play.world.judge.look_at_all()


async def _words_of(play: Play, name: str) -> None:
    """Type the twelve words that somebody else was shown."""
    await play.world.say(play.who, filled("{twelve words}", play.shown(play.person(name))))
    play.last = f"message {play.world.count}"


async def _leave_office(play: Play, name: str) -> None:
    world = play.world
    await world.publish({n: key for n, key in world.members.items() if n != name})


ASIDE_ACTS: Mapping[str, Callable[[Play, str], Awaitable[None]]] = {
    "as": _as,
    "wait": _wait,
    "restart": _restart,
    "hang-up": _hang_up,
    "edit": _edit,
    "edit-last": _edit_last,
    "remember": _remember,
    "replace-keys": _replace_keys,
    "send": _send,
    "long": _long,
    "recall": _recall,
    "digits": _digits,
    "forward": _forward,
    "stop-it": _stop_it,
    "link": _link,
    "notice": _notice,
    "fetch": _fetch,
    "fetch-in-chat": _fetch_in_chat,
    "leave-office": _leave_office,
    "words-of": _words_of,
}
"""What happens around a talk, by the verb that stands for it."""
