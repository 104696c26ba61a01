"""One turn after another for each account: load, decide, commit, send."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from handlers import words
from handlers.decide import CODE_WORDS, decide, leave
from handlers.doorstep import NOT_BEGUN
from handlers.messages import Incoming, Reply, Text
from handlers.outcome import ASK, Lookup, Outcome, Purpose, say
from handlers.ports import Casebook, Messenger, ReaderCommands
from handlers.readers import COMMANDS as READER_COMMANDS
from handlers.render import render
from handlers.setting import Clock, Entropy, Setting, View
from handlers.typed import command_of
from store.records import Account, Begin, Phase, Post, Say, Situation

CODE_TRIES = 5
CODE_TRIES_IN_ALL = 200
CODE_DELAY_SECONDS = 10.0
EVERYBODY = Account("all", "all", "all")
"""Whom the total of all tries is counted under."""

WITH_PIECES = frozenset({"SHOW_ALL", "SHOW_PIECE"})
QUIET = "ACK"


def unreached(_point: str) -> None:
    """Nothing is cut off."""


@dataclass(slots=True)
class Desk:
    """The reporters' side, for one platform. One lane an account: nothing of theirs overlaps."""

    casebook: Casebook
    readers: ReaderCommands
    messenger: Messenger
    setting: Setting
    clock: Clock
    draw: Entropy
    reached: Callable[[str], None] = unreached
    """Called by name around every send; see ``store.casebook.Reached``."""
    waiting: dict[str, Purpose] = field(default_factory=dict, repr=False)
    lanes: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), repr=False
    )

    async def receive(self, incoming: Incoming) -> None:
        """One message, once: what it causes is on the disk and then sent."""
        async with self.lanes[incoming.who.name]:
            if not await self.casebook.is_seen(incoming.who, incoming.id):
                await self._turn(incoming)
            await self.send_waiting(incoming.who, quiet=False)

    async def settle(self, who: Account) -> None:
        """The burst is over: send the one acknowledgement that waited for it."""
        async with self.lanes[who.name]:
            await self.send_waiting(who, quiet=True)

    async def is_talking(self, who: Account) -> bool:
        """Whether a draft is open for this account."""
        return (await self._situation(who)).draft is not None

    async def hang_up(self, who: Account, message: str) -> None:
        """The input ended inside a talk: that is leaving."""
        async with self.lanes[who.name]:
            view = self._look(await self._situation(who))
            left = leave(view)
            await self.casebook.commit(who, message, left.changes, left.says, self.clock())
            await self.send_waiting(who, quiet=False)

    # load, decide, commit

    async def _turn(self, incoming: Incoming) -> None:
        command = command_of(incoming.heard.text) if isinstance(incoming.heard, Text) else None
        if command and command[0] in READER_COMMANDS:
            await self.send_waiting(incoming.who, quiet=False)  # the notice before its inbox
            await self.readers.on_command(incoming.who, *command)
            self.reached("answered")
            return
        view = await self._view(incoming)
        outcome = decide(view, incoming.heard, self.waiting.get(incoming.who.name))
        if outcome.lookup is not None:
            outcome = await self._look_up(incoming, outcome.lookup, outcome.waiting)
        await self._carry_out(incoming, view, outcome)

    async def _view(self, incoming: Incoming) -> View:
        """With the pieces where a message may show, compile or leave out some."""
        situation = await self._situation(incoming.who)
        draft = situation.draft
        heard = incoming.heard
        shown = isinstance(heard, Text) and heard.text.strip().casefold().startswith("/show")
        if shown or (draft is not None and draft.phase is Phase.REVIEW):
            situation = await self._situation(incoming.who, pieces=True)
        return self._look(situation)

    def _look(self, situation: Situation) -> View:
        return View(situation, self.setting, self.messenger.platform, self.draw)

    async def _situation(self, who: Account, *, pieces: bool = False) -> Situation:
        return await self.casebook.situation(who, self.clock(), pieces=pieces)

    async def _carry_out(self, incoming: Incoming, view: View, outcome: Outcome) -> None:
        who = incoming.who
        outcome = await self._within_limits(who, outcome)
        self._await_words(who, outcome.waiting)
        for sentence in outcome.direct:
            await self._send_direct(who, view, sentence)
        if outcome.changes or outcome.says:
            await self.casebook.commit(
                who, incoming.id, outcome.changes, outcome.says, self.clock()
            )

    async def _within_limits(self, who: Account, outcome: Outcome) -> Outcome:
        """Nobody can fill the disk from one account."""
        if not any(isinstance(c, Begin) for c in outcome.changes):
            return outcome
        if await self.casebook.begun(who, self.clock()) < self.setting.cases_per_day:
            return outcome
        return Outcome(says=(say("TOO_MANY_CASES", str(self.setting.cases_per_day)),))

    def _await_words(self, who: Account, purpose: Purpose | None) -> None:
        if purpose is None:
            self.waiting.pop(who.name, None)
        else:
            self.waiting[who.name] = purpose

    # Words that open, or take back

    async def _look_up(
        self, incoming: Incoming, lookup: Lookup, waiting: Purpose | None
    ) -> Outcome:
        if len(lookup.text.split()) == CODE_WORDS:
            return await self._by_code(incoming, lookup, waiting)
        return await self._by_words(incoming.who, lookup, waiting)

    async def _by_words(self, who: Account, lookup: Lookup, waiting: Purpose | None) -> Outcome:
        """Nobody who happened to write twelve words is asked for better ones."""
        found = await self.casebook.open_with_words(who, lookup.text, self.clock())
        if found is None:
            return Outcome(says=(say("NOT_WORDS"),), waiting=waiting) if waiting else NOT_BEGUN
        if not found:
            return Outcome(says=(say("NO_CASE"),), waiting=waiting)
        match lookup.purpose:
            case Purpose.OPEN:
                return Outcome(says=(ASK,))
            case Purpose.WITHDRAW:
                return await self._decided(who, "/withdraw")
            case Purpose.ERASE:
                return await self._decided(who, "/erase")

    async def _decided(self, who: Account, command: str) -> Outcome:
        """As if the command had been given in the case that was just opened."""
        view = self._look(await self._situation(who))
        return decide(view, Text(command))

    async def _by_code(
        self, incoming: Incoming, lookup: Lookup, waiting: Purpose | None
    ) -> Outcome:
        """Five tries a day; a flood of tries slows the answer and never blocks a withdrawal."""
        if lookup.purpose is Purpose.OPEN:
            return Outcome(says=(say("CODE_OR_WORDS"),))
        if await self.casebook.count("takeback", incoming.who, self.clock()) > CODE_TRIES:
            return Outcome(says=(say("TOO_MANY_TRIES"),))
        in_all = await self.casebook.count("takeback", EVERYBODY, self.clock())
        if in_all > CODE_TRIES_IN_ALL:
            await asyncio.sleep(CODE_DELAY_SECONDS)
            self.reached("waited")
        locator = await self.casebook.find_by_code(lookup.text)
        if locator is None:
            return Outcome(says=(say("NO_CODE"),), waiting=waiting)
        erase = lookup.purpose is Purpose.ERASE
        told = say("ERASED_LATE" if erase else "WITHDRAWN_LATE")
        await self.casebook.take_back_by_code(
            incoming.who, incoming.id, locator, told, self.clock(), erase=erase
        )
        return Outcome()

    # send

    async def send_waiting(self, who: Account, *, quiet: bool) -> None:
        """Everything in the lane, in order. The screen is cleared before the first of it only."""
        due = await self._due(who, quiet=quiet)
        replies = [(post, render(await self._view_of(post), post.say)) for post in due]
        clear = any(reply.clear for _, reply in replies if reply)
        for post, reply in replies:
            if reply is not None:
                await self.casebook.tried(post)
                await self._send(post.to, replace(reply, silent=post.repeated, clear=clear))
                clear = False
            await self.casebook.confirm((post,))

    async def _due(self, who: Account, *, quiet: bool) -> list[Post]:
        """What is sent now. An acknowledgement gives way to whatever follows it."""
        posts = await self.casebook.posts(who)
        for post in posts[:-1]:
            if post.say.sentence == QUIET:
                await self.casebook.confirm((post,))
        last = [p for p in posts[-1:] if quiet or p.say.sentence != QUIET]
        return [p for p in posts[:-1] if p.say.sentence != QUIET] + last

    async def _view_of(self, post: Post) -> View:
        situation = await self._situation(post.to)
        draft = situation.draft
        review = draft is not None and draft.phase is Phase.REVIEW
        if review or post.say.sentence in WITH_PIECES:
            situation = await self._situation(post.to, pieces=True)
        return self._look(situation)

    async def _send_direct(self, who: Account, view: View, sentence: Say) -> None:
        """Never stored: help must come even if nothing else works."""
        reply = render(view, sentence)
        if reply is not None:
            await self._send(who, reply)

    async def _send(self, to: Account, reply: Reply) -> None:
        self.reached("send")
        await self.messenger.send(to, reply)
        self.reached("sent")


def failed() -> Reply:
    """What is said when something broke on this side; the talk stays where it was."""
    return Reply(words.FAILED)
