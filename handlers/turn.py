"""One turn after another for each account: load, decide, commit, send."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final
from weakref import WeakValueDictionary

from handlers.buttons import ButtonTokens, SelectionChange
from handlers.context import Clock, Entropy, Settings, View
from handlers.messages import ChatClearing, IncomingMessage, Reply, TextMessage, UnresolvedPress
from handlers.outcome import ASK, CaseLookup, LookupPurpose, Outcome, say
from handlers.ports.cases import CaseStore
from handlers.ports.messenger import MessageRefused, Messenger, RecipientGone
from handlers.ports.readers import ReaderCommands
from handlers.readers.commands import COMMANDS as READER_COMMANDS
from handlers.reporter.commands import CODE_WORDS
from handlers.reporter.conversation import Conversation
from handlers.reporter.decide import decide, leave
from handlers.reporter.markers import KIND, find_marker
from handlers.reporter.questions import cleaning_choice, open_question
from handlers.reporter.typed_text import command_of
from handlers.reporter.welcome import NOT_BEGUN
from handlers.sending.cleaning import ENDING, SEALED
from handlers.sending.questions import render_question
from handlers.sending.rendering import render
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from store.model.changes import BeginCase, EraseCase, HandOver, ReleaseHandover, TakeBack
from store.model.failpoint import failpoint
from store.model.outbox import DeletableMessages, OutboxMessage, SentMessages, TextRef
from store.model.snapshot import Snapshot
from store.model.turn import Decide, Decision, TurnResult

CODE_TRIES = 5
CODE_TRIES_IN_ALL = 200
CODE_DELAY_SECONDS = 10.0
EVERYBODY = Account("all", "all", "all")
"""Whom the total of all tries is counted under."""

WITH_PIECES = frozenset({"SHOW_ALL", "SHOW_PIECE"})
QUIET = "ACK"
NOT_TAKEN = frozenset({"CHOOSE", "DRAFT_FULL", "TOO_LONG", "UNKNOWN_COMMAND", "UNUSABLE"})
"""With these nothing was kept, so *as I go* nothing goes before the next answer."""
UNCLEANED: Final = "UNCLEANED"
GIVING_WORDS = frozenset({"open", "withdraw", "erase"})
TELLING = (HandOver, TakeBack, EraseCase, ReleaseHandover)
"""Changes after which somebody else is told something."""

HOUR_SECONDS = 3600
SWEEP_HOURS = 44
"""So old, a message is cleaned away while that can still be done."""

Aside = Callable[[], Awaitable[None]]
"""What is sent at once and never stored: help, a reader's answer. May be tried again."""


def nobody_else(_who: Account) -> None:
    """Nobody else is told at once."""


async def nowhere_else() -> None:
    """There is one platform only."""


@dataclass(slots=True)
class Desk:
    """The reporters' side, for one platform. One lane an account: nothing of theirs overlaps."""

    case_store: CaseStore
    readers: ReaderCommands
    messenger: Messenger
    current_settings: Callable[[], Settings]
    """What holds now: while the program runs, questions are published and recalled."""
    clock: Clock
    draw: Entropy
    buttons: ButtonTokens | None = None
    """Where the platform has them."""
    wake: Callable[[Account], None] = nobody_else
    """Somebody else has something waiting since this turn."""
    elsewhere: Callable[[], Awaitable[None]] = nowhere_else
    """So may somebody on another platform."""
    waiting: dict[str, LookupPurpose] = field(default_factory=dict, repr=False)
    turns: "WeakValueDictionary[str, asyncio.Lock]" = field(
        default_factory=WeakValueDictionary, repr=False
    )
    sending: "WeakValueDictionary[str, asyncio.Lock]" = field(
        default_factory=WeakValueDictionary, repr=False
    )
    talking: dict[str, Account] = field(default_factory=dict, repr=False)
    """Who has a talk open, as far as they wrote since the program started."""
    told: set[str] = field(default_factory=set)
    """Revisions whose recall everybody knows of."""
    turned: dict[str, TurnResult] = field(default_factory=dict, repr=False)
    """What the last turn of an account left to be sent, until it is sent or outdated."""
    partly: dict[bytes, int] = field(default_factory=dict, repr=False)
    """How many parts of a long post are sent."""

    @property
    def settings(self) -> Settings:
        """The organisation and the moment."""
        return self.current_settings()

    async def receive(self, incoming: IncomingMessage) -> None:
        """One message, once: what it causes is on the disk and then sent."""
        for aside in await self.hear(incoming):
            await aside()
        await self.send_waiting(incoming.who, quiet=False)

    async def hear(self, incoming: IncomingMessage) -> tuple[Aside, ...]:
        """One message, once: what it causes is on the disk when it returns, and not sent yet."""
        async with _lock(self.turns, incoming.who.name):
            command = (
                command_of(incoming.heard.text)
                if isinstance(incoming.heard, TextMessage)
                else None
            )
            if command and command[0] in READER_COMMANDS:
                return (partial(self._answer_reader, incoming.who, *command),)
            return await self._turn(incoming)

    async def settle(self, who: Account) -> None:
        """The burst is over: send the one acknowledgement that waited for it."""
        await self.send_waiting(who, quiet=True)

    async def is_talking(self, who: Account) -> bool:
        """Whether a draft is open for this account."""
        return (await self._snapshot(who)).draft is not None

    async def hang_up(self, who: Account, message: str) -> None:
        """The input ended inside a talk: that is leaving."""
        async with _lock(self.turns, who.name):
            left = leave(self.look(await self._snapshot(who)))
            await self.case_store.commit(who, message, left.changes, left.says, self.clock())
            self.turned.pop(who.name, None)
        await self.send_waiting(who, quiet=False)

    # load, decide, commit

    async def _turn(self, incoming: IncomingMessage) -> tuple[Aside, ...]:
        who, turn = incoming.who, _Turn(self, incoming)
        turned = await self._commit(incoming, turn.decide)
        if turned.fresh and turn.begins and turn.outcome is None:
            turn.begun = await self.case_store.begun(who, self.clock())
            turned = await self._commit(incoming, turn.decide)
        outcome, asides = turn.outcome, turn.asides
        if not turned.fresh or outcome is None:
            return self._left_over(incoming, turned)
        if outcome.lookup is not None:
            turn.looked_up = outcome
            outcome = await self._look_up(incoming, outcome.lookup, outcome.waiting)
            turned = await self._commit(incoming, self._decided_already(outcome, incoming))
        self._await_words(who, outcome.waiting)
        self._keep(who, turned)
        await self._knows_of_recall(who, turn, outcome)
        if outcome.delay:
            asides += (partial(self._hold_back, outcome.delay),)
        if self._goes_at_once(turned, turn.looked_up or outcome):
            asides += (partial(self._take_away, incoming),)
        return (*asides, *self._direct(turned, outcome, who), *self._elsewhere(who, outcome))

    async def _commit(self, incoming: IncomingMessage, decided: Decide) -> TurnResult:
        return await self.case_store.turn(
            incoming.who,
            incoming.id,
            decided,
            self.clock(),
            pieces=_shows(incoming),
            trace=incoming.message,
        )

    def _left_over(self, incoming: IncomingMessage, turned: TurnResult) -> tuple[Aside, ...]:
        """Handled before; what it caused may still wait to be sent, or to be deleted."""
        self._keep(incoming.who, turned)
        return (partial(self._take_away, incoming),) if _gives_words(incoming) else ()

    def _keep(self, who: Account, turned: TurnResult) -> None:
        """Not while something is being sent: then this may count as unsent what was sent since."""
        self.turned.pop(who.name, None)
        self._note_talk(who, turned.snapshot)
        busy = self.sending.get(who.name)
        if busy is None or not busy.locked():
            self.turned[who.name] = turned

    def _decided_already(self, outcome: Outcome, incoming: IncomingMessage) -> Decide:
        trace = bool(incoming.message)
        return lambda _snapshot: Decision(outcome.changes, outcome.says, trace)

    def _direct(self, turned: TurnResult, outcome: Outcome, who: Account) -> tuple[Aside, ...]:
        view = self.look(turned.snapshot)
        return tuple(partial(self._send_direct, who, view, s) for s in outcome.direct)

    def _elsewhere(self, who: Account, outcome: Outcome) -> tuple[Aside, ...]:
        told = any(isinstance(change, TELLING) for change in outcome.changes)
        return (partial(self._tell_others, who),) if told or outcome.lookup else ()

    async def _tell_others(self, who: Account) -> None:
        await self.tell_waiting(who)
        await self.elsewhere()

    async def tell_waiting(self, but: Account | None = None) -> None:
        """Everybody here for whom something waits since a turn, wherever that was."""
        for other in await self.case_store.waiting_accounts(self.messenger.platform.name):
            if other != but:
                self.turned.pop(other.name, None)  # it does not know of this yet
                self.wake(other)

    def look(self, snapshot: Snapshot) -> View:
        """What deciding and rendering look at."""
        return View(snapshot, self.settings, self.messenger.platform, self.draw)

    async def _snapshot(self, who: Account, *, pieces: bool = False) -> Snapshot:
        return await self.case_store.snapshot(who, self.clock(), pieces=pieces)

    def _await_words(self, who: Account, purpose: LookupPurpose | None) -> None:
        if purpose is None:
            self.waiting.pop(who.name, None)
        else:
            self.waiting[who.name] = purpose

    # Words that were taken back

    def _note_talk(self, who: Account, snapshot: Snapshot) -> None:
        if snapshot.draft is None:
            self.talking.pop(who.name, None)
        else:
            self.talking[who.name] = who

    async def _knows_of_recall(self, who: Account, turn: "_Turn", outcome: Outcome) -> None:
        """With the answer to their own message; then they are not told by themselves as well."""
        if turn.recalled is None:
            return
        revision, undecided = turn.recalled
        if undecided and ASK in outcome.says:
            await self._tell_recall(who, revision)
        elif not undecided:
            await self._tell_recall(who, revision, say("RECALLED_ALLOWED", revision))

    async def _tell_recall(self, who: Account, revision: str, *says: TextRef) -> bool:
        """Once; whether this was the first time."""
        name = f"recall {revision} {who.name}"
        first = await self.case_store.commit(who, name, (), says, self.clock())
        if first and says:
            self.turned.pop(who.name, None)  # it does not know of this yet
        return first

    async def tell_recalled(self) -> int:
        """Everybody whose talk is in words that were taken back since; how many that were.

        Who cannot be reached, because nothing of their chat is remembered, is asked as soon as
        they write.
        """
        platform, count = self.messenger.platform.name, 0
        for revision in self.settings.recalled.keys() - self.told:
            if not await self.case_store.is_told(platform, revision):
                remembered = {w.name: w for w in await self.case_store.reachable(platform)}
                for who in {**remembered, **self.talking}.values():
                    count += await self._recall(who, revision)
                await self.case_store.all_told(platform, revision)
            self.told.add(revision)
        return count

    async def _recall(self, who: Account, revision: str) -> bool:
        """The question what now; where something was allowed already, a sentence."""
        async with _lock(self.turns, who.name):
            view = self.look(await self._snapshot(who))
            draft = view.snapshot.draft
            if draft is None or draft.revision != revision or find_marker(draft, KIND):
                return False
            told = (
                ASK
                if Conversation(view, draft).is_halted_by_recall
                else say("RECALLED_ALLOWED", revision)
            )
            first = await self._tell_recall(who, revision, told)
        if first:
            self.wake(who)
        return first

    # Words that open, or take back

    async def _look_up(
        self, incoming: IncomingMessage, lookup: CaseLookup, waiting: LookupPurpose | None
    ) -> Outcome:
        if len(lookup.text.split()) == CODE_WORDS:
            return await self._by_code(incoming, lookup, waiting)
        return await self._by_words(incoming.who, lookup, waiting)

    async def _by_words(
        self, who: Account, lookup: CaseLookup, waiting: LookupPurpose | None
    ) -> Outcome:
        """Nobody who happened to write twelve words is asked for better ones."""
        found = await self.case_store.open_with_words(who, lookup.text, self.clock())
        if found is None:
            return Outcome(says=(say("NOT_WORDS"),), waiting=waiting) if waiting else NOT_BEGUN
        if not found:
            return Outcome(says=(say("NO_CASE"),), waiting=waiting)
        match lookup.purpose:
            case LookupPurpose.OPEN:
                return Outcome(says=(ASK,))
            case LookupPurpose.WITHDRAW:
                return await self._decided(who, "/withdraw")
            case LookupPurpose.ERASE:
                return await self._decided(who, "/erase")

    async def _decided(self, who: Account, command: str) -> Outcome:
        """As if the command had been given in the case that was just opened."""
        view = self.look(await self._snapshot(who))
        return decide(view, TextMessage(command))

    async def _by_code(
        self, incoming: IncomingMessage, lookup: CaseLookup, waiting: LookupPurpose | None
    ) -> Outcome:
        """Five tries a day; a flood of tries slows the answer and never blocks a withdrawal."""
        if lookup.purpose is LookupPurpose.OPEN:
            return Outcome(says=(say("CODE_OR_WORDS"),))
        if await self.case_store.count("takeback", incoming.who, self.clock()) > CODE_TRIES:
            return Outcome(says=(say("TOO_MANY_TRIES"),))
        in_all = await self.case_store.count("takeback", EVERYBODY, self.clock())
        delay = CODE_DELAY_SECONDS if in_all > CODE_TRIES_IN_ALL else 0.0
        locator = await self.case_store.find_by_code(lookup.text)
        if locator is None:
            return Outcome(says=(say("NO_CODE"),), waiting=waiting, delay=delay)
        erase = lookup.purpose is LookupPurpose.ERASE
        told = say("ERASED_LATE" if erase else "WITHDRAWN_LATE")
        await self.case_store.take_back_by_code(
            incoming.who,
            incoming.id,
            locator,
            told,
            self.clock(),
            erase=erase,
            trace=incoming.message,
        )
        return Outcome(lookup=lookup, delay=delay)

    def _goes_at_once(self, turned: TurnResult, outcome: Outcome) -> bool:
        """Words that open or take back, however the chat is to be cleaned; *as I go*, commands.

        What was sealed or answered goes with what passed; what was not taken stays, so that it can
        be sent again.
        """
        how = cleaning_choice(self.look(turned.snapshot))
        handled = {s.sentence for s in outcome.says} & {ASK.sentence, *SEALED, *NOT_TAKEN}
        return outcome.lookup is not None or (how == "go" and not handled)

    async def _hold_back(self, seconds: float) -> None:
        """A flood of tries slows the answer."""
        await asyncio.sleep(seconds)

    async def _take_away(self, incoming: IncomingMessage) -> None:
        """What was just written goes from the chat."""
        if incoming.message and self.messenger.platform.single:
            await self.messenger.delete(incoming.who, (incoming.message,), 0)

    # send

    async def send_waiting(self, who: Account, *, quiet: bool, late: bool = False) -> bool:
        """Everything in the lane, in order; whether an acknowledgement is still held back.

        The screen is cleared before the first of it only. ``late``: nobody has just asked for it.
        """
        async with _lock(self.sending, who.name):
            turned = self.turned.pop(who.name, None) or await self.case_store.waiting(
                who, self.clock()
            )
            due, spared = _due(turned.messages, quiet=quiet)
            if spared:
                await self.case_store.confirm(spared)
            await self._send_all(who, turned, due, late=late)
            return any(p.text.sentence == QUIET for p in turned.messages[-1:]) and not quiet

    async def _send_all(
        self, who: Account, turned: TurnResult, due: Sequence[OutboxMessage], *, late: bool
    ) -> None:
        view = self.look(turned.snapshot)
        replies = [(post, await self._rendered(view, post)) for post in due]
        clear = max((reply.clear for _, reply in replies if reply), default=ChatClearing.NOTHING)
        clear = max(clear, _sealed(view, turned))
        if clear is ChatClearing.PASSED and any(p.text.sentence in NOT_TAKEN for p in due):
            clear = ChatClearing.NOTHING
        stayed = await self._clean(who, view, clear)
        refused: MessageRefused | None = None
        for post, reply in replies:
            silent = late or post.repeated or bool(reply and reply.silent)
            shown = replace(reply, silent=silent, clear=clear) if reply else None
            try:
                await self._send_post(post, shown)
            except MessageRefused as error:
                refused = error  # this one is dropped; what follows may be the question
            clear = ChatClearing.NOTHING
        if stayed:
            await self._send_uncleaned(who)
        if refused:
            raise refused

    async def _leave(self, who: Account) -> None:
        """While its row still waits: wherever the program ends, the chat is left.

        What still stands in a chat that is left is out of reach, and not remembered.
        """
        await self.messenger.leave(who)
        traces = await self.case_store.traces(who)
        await self._forget([t for t in traces if t.address == who.address])

    async def _send_uncleaned(self, who: Account) -> None:
        """Behind the rest: it was written while that was under way."""
        turned = await self.case_store.waiting(who, self.clock())
        view = self.look(turned.snapshot)
        for post in turned.messages:
            if post.text.sentence == UNCLEANED:
                await self._send_post(post, await self._rendered(view, post))

    async def _rendered(self, view: View, post: OutboxMessage) -> Reply | None:
        """Loaded once more where the pieces are shown and were not at hand."""
        if post.text.sentence in WITH_PIECES and not view.snapshot.pieces:
            view = self.look(await self._snapshot(post.to, pieces=True))
        if view.platform.leaves and post.text.sentence in ENDING:
            stays = await self.readers.is_reader(post.to)
            view = replace(view, platform=replace(view.platform, leaves=not stays))
        reply = render(view, post.text)
        return self.bound(reply, post.to, view) if reply else None

    def bound(self, reply: Reply, who: Account, view: View) -> Reply:
        """With what its buttons say, where the platform has buttons."""
        if self.buttons is None or not (reply.offers or reply.commands):
            return reply
        return self.buttons.bind(reply, who, view, open_question(view))

    async def _send_post(self, post: OutboxMessage, reply: Reply | None) -> None:
        """Confirmed when it was taken, or when nothing can ever take it."""
        sent: tuple[SentMessages, ...] = ()
        try:
            if reply is not None:
                sent = await self._send(post.to, reply, post.id)
        except (RecipientGone, MessageRefused):
            await self.case_store.confirm((post,))
            raise
        except Exception:
            await self.case_store.tried(post)
            raise
        if self.messenger.platform.leaves and post.text.sentence in ENDING:
            await self._leave(post.to)
            sent = ()
        await self.case_store.confirm((post,), sent)

    async def _send_direct(self, who: Account, view: View, sentence: TextRef) -> None:
        """Never stored: help must come even if nothing else works."""
        reply = render(view, sentence)
        if reply is not None:
            await self._remember(await self._send(who, reply))

    async def _remember(self, sent: tuple[SentMessages, ...]) -> None:
        if any(s.ids and s.deletable for s in sent):
            await self.case_store.confirm((), sent)

    async def _send(
        self, to: Account, reply: Reply, post: bytes = b""
    ) -> tuple[SentMessages, ...]:
        """All of its parts; what went before a failure is not sent again with the same post."""
        gone = self.partly.get(post, 0)
        named = _named(self.messenger.parts(reply), post)
        *before, last = named[gone:]
        for part in before:
            await self._remember(await self._send_part(to, part))
            if post:
                self.partly[post] = self.partly.get(post, 0) + 1
        sent = await self._send_part(to, last)
        self.partly.pop(post, None)
        return sent

    async def _send_part(self, to: Account, part: Reply) -> tuple[SentMessages, ...]:
        failpoint("send")
        ids = await self.messenger.send(to, part)
        failpoint("sent")
        return (SentMessages(to, ids, part.lasting, part.traced),) if ids else ()

    async def _answer_reader(self, who: Account, name: str, rest: str) -> None:
        await self.send_waiting(who, quiet=False)  # the notice before its inbox
        await self.readers.handle_command(who, name, rest)

    # clean

    async def _clean(self, who: Account, view: View, clear: ChatClearing) -> bool:
        """What is to go from the chat goes; whether something could not."""
        by_hand = cleaning_choice(view) == "self"
        if not self.messenger.platform.single or (clear is ChatClearing.NOTHING and not by_hand):
            return False
        traces = await self.case_store.traces(who)
        if by_hand:  # what came before that was chosen is covered by it
            await self._forget(traces)
            return False
        return await self._delete(
            who, [t for t in traces if clear is ChatClearing.ALL or not t.lasting]
        )

    async def _delete(self, who: Account, traces: Sequence[DeletableMessages]) -> bool:
        """Whether something stayed; then that waits to be said before it is forgotten."""
        stayed: dict[DeletableMessages, int] = {}
        try:
            for trace in traces:
                there = replace(who, address=trace.address)
                stayed[trace] = await self.messenger.delete(there, trace.ids, trace.hour)
        except Exception:  # where a server asks to wait after each few, the next try goes on
            await self._forget([trace for trace, number in stayed.items() if not number])
            raise
        count = sum(stayed.values())
        if count:
            # Named after what stays, so that it is said once wherever the program is cut off;
            # where it is the chat that does not allow it, once a day.
            first = next(trace.row for trace, number in stayed.items() if number)
            told = (say(UNCLEANED, str(count)),)
            mark = first.hex() if self.messenger.platform.ages else f"today {self.clock():%j}"
            await self.case_store.commit(who, f"stays {mark}", (), told, self.clock())
        await self._forget(traces)
        return bool(count)

    async def _forget(self, traces: Sequence[DeletableMessages]) -> None:
        if traces:
            await self.case_store.forget_traces(traces)

    async def sweeps(self) -> tuple[tuple[Account, Aside], ...]:
        """For each account with messages that will soon be too old: what deletes them."""
        if not self.messenger.platform.ages:
            return ()
        before = int(self.clock().timestamp()) // HOUR_SECONDS - SWEEP_HOURS
        old = await self.case_store.old_traces(self.messenger.platform.name, before)
        return tuple((who, partial(self._sweep, who, traces)) for who, traces in old)

    async def _sweep(self, who: Account, traces: Sequence[DeletableMessages]) -> None:
        """What could not go is said; who cannot be written to any more is not asked again."""
        async with _lock(self.sending, who.name):
            try:
                if await self._delete(who, traces):
                    await self._send_uncleaned(who)
            except (RecipientGone, MessageRefused):
                await self._forget(traces)
                raise

    async def drop(self, who: Account) -> None:
        """Nothing can be said to this account any more; what it told stays as it is."""
        async with _lock(self.sending, who.name):
            self.turned.pop(who.name, None)
            posts = await self.case_store.posts(who)
            await self.case_store.confirm(posts)

    async def give_up(self, incoming: IncomingMessage) -> None:
        """A message that cannot be handled counts as handled, and that is said."""
        who, says = incoming.who, (say("FAILED"),)
        await self.case_store.commit(
            who, incoming.id, (), says, self.clock(), trace=incoming.message
        )
        self.turned.pop(who.name, None)


@dataclass(slots=True)
class _Turn:
    """One message, decided inside the transaction; maybe more than once, so it keeps nothing."""

    desk: Desk
    incoming: IncomingMessage
    outcome: Outcome | None = None
    asides: tuple[Aside, ...] = ()
    looked_up: Outcome | None = None
    begins: bool = False
    begun: int | None = None
    recalled: tuple[str, bool] | None = None
    """The words of the talk were taken back: which, and whether nothing was allowed in them."""

    def decide(self, snapshot: Snapshot) -> Decision:
        """What to do; nothing yet if it must first be counted, or words be looked up."""
        view = self.desk.look(snapshot)
        self.recalled = _recalled(view)
        outcome = self._outcome(view)
        self.begins = any(isinstance(c, BeginCase) for c in outcome.changes)
        if self.begins and self.begun is None:
            self.outcome = None
            return Decision()
        most = self.desk.settings.cases_per_day
        if self.begins and self.begun is not None and self.begun >= most:
            outcome = Outcome(says=(say("TOO_MANY_CASES", str(most)),))
        self.outcome = outcome
        if outcome.lookup is not None:
            return Decision()
        trace = bool(self.incoming.message) and cleaning_choice(view) != "self"
        return Decision(outcome.changes, outcome.says, trace)

    def _outcome(self, view: View) -> Outcome:
        heard, who = self.incoming.heard, self.incoming.who
        if isinstance(heard, UnresolvedPress) and self.desk.buttons is not None:
            question = open_question(view)
            meant = self.desk.buttons.read(heard, who, view, question)
            if isinstance(meant, SelectionChange):
                self.asides = (partial(self._tick, view, meant),)
                return Outcome()
            heard = meant
        waiting = self.desk.waiting.get(who.name)
        return decide(view, heard, waiting, self.incoming.message)

    async def _tick(self, view: View, ticking: SelectionChange) -> None:
        """The same question, with other ticks; it is not answered yet."""
        shown = render_question(view)
        if shown is not None:
            marked = self.desk.bound(
                replace(shown, offers=ticking.offers), self.incoming.who, view
            )
            await self.desk.messenger.mark(self.incoming.who, self.incoming.on, marked)


def _recalled(view: View) -> tuple[str, bool] | None:
    draft = view.snapshot.draft
    if draft is None or not view.settings.is_recalled(draft) or find_marker(draft, KIND):
        return None
    return draft.revision, Conversation(view, draft).is_halted_by_recall


def _shows(incoming: IncomingMessage) -> bool:
    """A message after which pieces may be shown."""
    heard = incoming.heard
    return isinstance(heard, TextMessage) and heard.text.strip().casefold().startswith("/show")


def _gives_words(incoming: IncomingMessage) -> bool:
    """Words that open or take back stand behind a command."""
    heard = incoming.heard
    command = command_of(heard.text) if isinstance(heard, TextMessage) else None
    return command is not None and command[0] in GIVING_WORDS and bool(command[1])


def _sealed(view: View, turned: TurnResult) -> ChatClearing:
    """*As I go*, what is sealed goes at once; only its acknowledgement waits for the burst."""
    waits = any(post.text.sentence == QUIET for post in turned.messages)
    return ChatClearing.PASSED if waits and cleaning_choice(view) == "go" else ChatClearing.NOTHING


def _due(
    posts: Sequence[OutboxMessage], *, quiet: bool
) -> tuple[list[OutboxMessage], list[OutboxMessage]]:
    """What is sent now, and what need not be: something later says the same, or more.

    An acknowledgement gives way to whatever follows it, a question to the same question.
    """
    later = {post.text: number for number, post in enumerate(posts)}
    last = len(posts) - 1
    spared = [
        post
        for number, post in enumerate(posts)
        if later[post.text] > number or (post.text.sentence == QUIET and number < last)
    ]
    due = [p for p in posts if p not in spared and (quiet or p.text.sentence != QUIET)]
    return due, spared


def _named(parts: Sequence[Reply], post: bytes) -> list[Reply]:
    """Each part of a post by a name that is the same whenever it is tried again."""
    if not post:
        return list(parts)
    return [replace(p, once=f"{post.hex()}.{number}") for number, p in enumerate(parts)]


def _lock(locks: "WeakValueDictionary[str, asyncio.Lock]", name: str) -> asyncio.Lock:
    """One for each account, as long as somebody needs it."""
    return locks.setdefault(name, asyncio.Lock())


def failed() -> Reply:
    """What is said when something broke on this side; the talk stays where it was."""
    return Reply(ENGLISH.refusals.failed)
