"""Talks as people have them, one after the other through all states of a story.

Each line is what somebody types; blanks are filled with what was shown. A line that begins with
``@`` is what happens around the talk: see ``ASIDE_ACTS``.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from handlers.messages import ButtonPress, EditedMessage, TextMessage, UnusableMessage
from handlers.reporter.markers import HOLD
from store.model.accounts import Account
from tests.drills.promise_judge import Listened
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
        if not line.startswith("@"):
            mine = self.shown(self.who) if "two words" in line else self.everything()
            await self.world.say(self.who, filled(line, mine))
            self.last = f"message {self.world.count}"
            return
        verb, _, rest = line[1:].partition(" ")
        await ASIDE_ACTS[verb](self, rest)


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
    await play.world.hear(play.who, EditedMessage(text, play.last))


async def _send(play: Play, kind: str) -> None:
    await play.world.hear(play.who, UnusableMessage(kind))


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
    play.world.judge.linked[name] = who


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


async def _leave_office(play: Play, name: str) -> None:
    world = play.world
    await world.publish({n: key for n, key in world.members.items() if n != name})


ASIDE_ACTS: Mapping[str, Callable[[Play, str], Awaitable[None]]] = {
    "as": _as,
    "wait": _wait,
    "restart": _restart,
    "hang-up": _hang_up,
    "edit": _edit,
    "send": _send,
    "forward": _forward,
    "stop-it": _stop_it,
    "link": _link,
    "notice": _notice,
    "fetch": _fetch,
    "fetch-in-chat": _fetch_in_chat,
    "leave-office": _leave_office,
}
"""What happens around a talk, by the verb that stands for it."""
