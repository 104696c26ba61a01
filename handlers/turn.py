"""One turn for each message: lock the account, load, decide, commit, return what follows."""

from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from handlers.buttons import ButtonTokens
from handlers.context import SnapshotReader, View, open_languages
from handlers.effects import (
    DeleteMessage,
    HoldBack,
    NotifyOthers,
    PostCommitEffect,
    SendDirect,
)
from handlers.messages import IncomingMessage, LastAnswer, Reply, TextMessage
from handlers.outcome import ASK, NOT_KEPT, LookupPurpose, Outcome, say
from handlers.ports.stores import CaseStore
from handlers.readers.commands import COMMANDS as READER_COMMANDS
from handlers.readers.commands import ReaderCommandProcessor
from handlers.recent_danger import RecentDanger
from handlers.recent_greetings import RecentGreetings
from handlers.recent_notes import RecentNotes
from handlers.refused_messages import RefusedMessages
from handlers.repeated_taps import RecentTaps
from handlers.reporter.bursts import burst_of
from handlers.reporter.decide import leave
from handlers.reporter.questions import cleaning_choice, open_question
from handlers.reporter.recall_notifier import RecallNotifier
from handlers.reporter.recovery_service import RecoveryService
from handlers.reporter.typed_text import command_of
from handlers.sending.cleaning import SEALED
from handlers.sending.unsent_results import UnsentResults
from handlers.shown_questions import ShownQuestions
from handlers.staging import AnswerStaging, is_long
from handlers.texts.catalogue import Catalogue
from handlers.turn_decision import (
    Decided,
    Draws,
    TurnContext,
    TurnDecision,
    has_recovery_words,
)
from handlers.turn_language import in_language, with_language
from handlers.turn_slots import TurnSlots, may_hand_over
from store.model.accounts import Account
from store.model.errors import Locked, NeedsUnmet, UnknownRevision, Unreadable
from store.model.outbox import DeletionRef
from store.model.snapshot import Snapshot
from store.model.turn import Need, TurnResult

AWAITED_FOR = timedelta(hours=12)
"""How long recovery words are awaited: long enough to find a paper. Later, somebody who writes
begins with something else."""

MOST_RUNS = 4
"""A turn is run again at most three times, each time with something that it needed."""

UNMET = "A turn needs more than it can get. Report this fault of Holdfast."


@dataclass(frozen=True, slots=True)
class TurnProcessor:
    """Processes the messages of one platform, one after the other for each account."""

    cases: CaseStore
    snapshots: SnapshotReader
    recovery: RecoveryService
    recalls: RecallNotifier
    readers: ReaderCommandProcessor
    staging: AnswerStaging
    unsent: UnsentResults
    buttons: ButtonTokens | None
    """None on a platform without buttons."""
    questions: ShownQuestions
    awaited: RecentNotes[LookupPurpose] = field(
        default_factory=partial(RecentNotes, AWAITED_FOR), repr=False
    )
    """What the next words of an account are for."""
    taps: RecentTaps = field(default_factory=RecentTaps, repr=False)
    refused: RefusedMessages = field(default_factory=RefusedMessages, repr=False)
    greetings: RecentGreetings = field(default_factory=RecentGreetings, repr=False)
    dangers: RecentDanger = field(default_factory=RecentDanger, repr=False)
    slots: TurnSlots = field(default_factory=TurnSlots, repr=False)
    """Turns that cost much take one of these. Words are looked up without: nothing may hold up who
    comes to withdraw."""

    async def process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        """Process a message once; all that it changes is on the disk when this returns.

        Return what is to be done before the account's outbox is sent. A message that was
        processed before changes nothing. If this raises, nothing was changed.
        """
        if is_long(incoming):
            async with self.staging.locks.of(incoming.who):
                return await self._process_long(incoming)
        async with self.unsent.turn_of(incoming.who):
            command = _command_in(incoming)
            if command and command[0] in READER_COMMANDS:
                await self.readers.process(incoming.who, incoming.key, *command)
                self.unsent.discard(incoming.who)
                return ()
            return await self._process(incoming)

    async def give_up(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        """Count a message as processed that cannot be, and write that to the outbox.

        Where what is at rest for the account cannot be read, the outbox cannot be sent either:
        then it is said directly. Nobody else's messages must wait for this one.
        """
        account, now = incoming.who, self.snapshots.clock()
        view = self.snapshots.view_of(Snapshot(), account)
        (failed,) = in_language((say("FAILED"),), view.language)
        awaited = self.awaits_words(account) and self.snapshots.platform.single
        may_open = has_recovery_words(incoming) or self.recovery.may_open(incoming)
        secret = incoming.message and (awaited or may_open)
        texts = (DeletionRef(incoming.message), failed) if secret else (failed,)
        try:
            await self.cases.commit(
                account, incoming.key, (), texts, now, chat_message=incoming.message
            )
        except (Unreadable, Locked):
            await self.cases.discard(account, incoming.key, now)
            return (SendDirect(account, failed, view),)
        finally:
            self.unsent.discard(account)
        return ()

    async def hang_up(self, account: Account, message: str) -> None:
        """Leave the conversation for a reporter whose input ended inside it."""
        async with self.unsent.turn_of(account):
            view = await self.snapshots.read(account)
            outcome, now = with_language(view, leave(view)), self.snapshots.clock()
            await self.cases.commit(account, message, outcome.changes, outcome.says, now)
            self.unsent.discard(account)

    async def has_draft(self, account: Account) -> bool:
        """Return whether a draft is open for this account."""
        return (await self.snapshots.read(account)).snapshot.draft is not None

    def awaits_words(self, account: Account) -> bool:
        """Return whether the account was asked for recovery words or a code."""
        return self._awaits(account) is not None

    def any_costs_much(self) -> bool:
        """Return whether there can be a message that costs much; mostly there is none."""
        return self.cases.expects_handovers()

    def costs_much(self, incoming: IncomingMessage) -> bool:
        """Return whether a message may be a second yes, for which nobody else need wait.

        Of an account that is asked for words, it is not: they may be there to take back.
        """
        account = incoming.who
        expected = not self.awaits_words(account) and self.cases.expects_handover(account)
        return expected and may_hand_over(incoming)

    async def _process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        turn = self._new_turn(incoming)
        return await self._finish(turn, await self._run(turn))

    async def _process_long(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        """Process a message whose answer is staged before its turn, and outside of its lock."""
        account, turn = incoming.who, self._new_turn(incoming)
        for _ in range(MOST_RUNS):
            async with (
                self.staging.of(account, turn.unstaged) as staged,
                self.unsent.turn_of(account),
            ):
                turn.supplies = replace(turn.supplies, staged=staged)
                result = await self._run(turn)
                if result.needs is None:
                    return await self._finish(turn, result)
        raise NeedsUnmet(UNMET)

    def _new_turn(self, incoming: IncomingMessage) -> TurnDecision:
        settings, platform = self.snapshots.settings, self.snapshots.platform
        now, draws = self.snapshots.clock(), Draws(self.snapshots.draw)
        heard = replace(
            self.recovery.marked(incoming),
            repeated=self.taps.is_repeated(incoming, now),
            refused_at=self.refused.question_of(incoming),
            last_answer=self._last_answer(incoming, now),
            burst_of=self.unsent.bursts.get(incoming.who.name, ""),
        )
        languages = self.snapshots.languages.preferred(incoming.who, now)
        context = TurnContext(settings, platform, languages)
        return TurnDecision(heard, context, self.buttons, draws)

    def _last_answer(self, incoming: IncomingMessage, now: datetime) -> LastAnswer:
        last = self.greetings.last_answer(incoming, now)
        if last is LastAnswer.WELCOME or not self.snapshots.platform.ordered_ids:
            return last
        return LastAnswer.AHEAD if self.questions.came_before(incoming) else last

    async def _finish(
        self, turn: TurnDecision, result: TurnResult
    ) -> tuple[PostCommitEffect, ...]:
        """Update memory after the commit, and return what follows it."""
        account, decided = turn.incoming.who, turn.decided
        if not result.fresh or decided is None:
            self._keep(account, result)
            return ()
        now = self.snapshots.clock()
        self.taps.note(turn.incoming, now)
        self.greetings.note(turn.incoming, decided.outcome, now)
        self.awaited.set(account.name, decided.outcome.waiting, now)
        self._note_language(account, decided, result.snapshot, now)
        view = self.snapshots.view_of(result.snapshot, account)
        if self.snapshots.platform.ordered_ids:
            self._expect(account, decided.outcome, view)
        self.refused.note(turn.incoming, decided.outcome, view)
        self.unsent.note_burst(account, burst_of(decided.outcome))
        self._keep(account, result)
        if decided.recall is not None:
            await self.recalls.add_to_answer(account, decided.recall, decided.outcome)
        spoken = view.in_language(decided.language)
        return self._effects(turn, decided, spoken, result.notified)

    def _expect(self, account: Account, outcome: Outcome, view: View) -> None:
        """Note which question is about to be shown, if one can be asked still."""
        if any(text.sentence == ASK.sentence for text in outcome.says):
            with suppress(UnknownRevision):
                self.questions.expect(account, outcome.asks or open_question(view).id)

    def _effects(
        self, turn: TurnDecision, decided: Decided, view: View, notified: Sequence[Account]
    ) -> tuple[PostCommitEffect, ...]:
        account, outcome = turn.incoming.who, decided.outcome
        effects: list[PostCommitEffect] = [*decided.effects]
        if outcome.delay:
            effects.append(HoldBack(outcome.delay))
        if _is_deleted_at_once(view, outcome):
            effects.append(DeleteMessage(account, turn.incoming.message))
        if not turn.incoming.helped:
            now = self.snapshots.clock()
            direct = self.dangers.without_repetition(account, outcome.direct, now)
            said = in_language(direct, decided.language)
            effects += (SendDirect(account, text, view) for text in said)
        others = tuple(other for other in notified if other != account)
        if others:
            effects.append(NotifyOthers(others))
        return tuple(effects)

    async def _run(self, turn: TurnDecision) -> TurnResult:
        """Run a turn, and again with what it turned out to need.

        Return, with nothing done, where something has to be staged first.
        """
        turn.awaited = self._awaits(turn.incoming.who)
        if self.costs_much(turn.incoming):
            async with self.slots.handing_over:
                result = await self._run_supplied(turn)
        else:
            result = await self._run_once(turn)
        return await self._run_again(turn, result)

    async def _run_supplied(self, turn: TurnDecision) -> TurnResult:
        """Run the turn of somebody who may hand over, so that once is enough if they do."""
        account = turn.incoming.who
        ready = await self.cases.supplies_for_handover(account, self.snapshots.clock())
        turn.supplies = ready
        result = await self._run_once(turn)
        # After an error nobody knows whether the code was written: it is nobody's any more.
        if ready.code is not None and not turn.hands_over:
            turn.supplies = replace(ready, code=None)
            self.cases.give_back(ready.code)
        return result

    async def _run_again(self, turn: TurnDecision, result: TurnResult) -> TurnResult:
        """Meet what a turn needs and run it again, until it needs nothing that can be met here."""
        runs, held = 1, set[Need]()
        async with AsyncExitStack() as taken:
            while (need := result.needs) is not None and need is not Need.STAGED:
                if runs == MOST_RUNS:
                    raise NeedsUnmet(UNMET)
                if need is Need.PIECES and not held:
                    held.add(need)
                    await taken.enter_async_context(self.slots.reading)
                await self._meet(need, turn)
                if need is Need.CODE and need not in held:  # nobody waits while it is stretched
                    held.add(need)
                    await taken.enter_async_context(self.slots.handing_over)
                runs, result = runs + 1, await self._run_once(turn)
        return result

    async def _run_once(self, turn: TurnDecision) -> TurnResult:
        incoming = turn.incoming
        return await self.cases.turn(
            incoming.who,
            incoming.key,
            turn.decide,
            self.snapshots.clock(),
            turn.supplies,
            chat_message=incoming.message,
        )

    async def _meet(self, need: Need, turn: TurnDecision) -> None:
        """Fetch what a turn needs; nothing is changed for it but counters of tries."""
        account, supplies = turn.incoming.who, turn.supplies
        match need:
            case Need.PIECES:
                pieces = await self.cases.open_pieces(account, self.snapshots.clock())
                turn.supplies = replace(supplies, pieces=pieces)
            case Need.CODE:
                turn.supplies = replace(supplies, code=await self.cases.new_code())
            case Need.LOOKUP:
                await turn.look_up(self.recovery)
            case Need.STAGED:
                raise TypeError("what is staged is prepared outside of the account's lock")

    def _keep(self, account: Account, result: TurnResult) -> None:
        self.recalls.update_active(account, result.snapshot)
        self.unsent.keep(account, result)

    def _note_language(
        self, account: Account, decided: Decided, snapshot: Snapshot, now: datetime
    ) -> None:
        """Go on in the language of a choice or of a talk, also when the talk is over."""
        if decided.outcome.language or open_languages(snapshot):
            self.snapshots.languages.note_spoken(account, decided.language, now)

    def _awaits(self, account: Account) -> LookupPurpose | None:
        return self.awaited.get(account.name, self.snapshots.clock())


def _is_deleted_at_once(view: View, outcome: Outcome) -> bool:
    """Return whether a message is deleted before anything is answered.

    *As I go*, commands are, as words that open or take back always are. What was sealed or
    answered goes with what the answer supersedes; what was not kept stays, so that its reporter
    can send it again.
    """
    handled = {text.sentence for text in outcome.says} & {ASK.sentence, *SEALED, *NOT_KEPT}
    return cleaning_choice(view) == "go" and not handled


def _command_in(incoming: IncomingMessage) -> tuple[str, str] | None:
    heard = incoming.heard
    return command_of(heard.text) if isinstance(heard, TextMessage) else None


def failure_reply(texts: Catalogue) -> Reply:
    """Return the answer to a message whose processing failed: the conversation is unchanged."""
    return Reply(texts.refusals.failed)
