"""One turn for each message: lock the account, load, decide, commit, return what follows."""

from dataclasses import dataclass, field

from handlers.account_locks import AccountLocks
from handlers.buttons import ButtonTokens, SelectionChange
from handlers.context import SnapshotReader, View
from handlers.effects import (
    AnswerReader,
    DeleteMessage,
    HoldBack,
    NotifyOthers,
    PostCommitEffect,
    SendDirect,
    UpdateSelection,
)
from handlers.messages import IncomingMessage, Reply, TextMessage, UnresolvedPress
from handlers.outcome import ASK, NOT_KEPT, LookupPurpose, Outcome, say
from handlers.ports.stores import BegunCases, CaseStore
from handlers.readers.commands import COMMANDS as READER_COMMANDS
from handlers.reporter.decide import decide, leave
from handlers.reporter.questions import cleaning_choice, open_question
from handlers.reporter.recall_notifier import Recall, RecallNotifier, find_recall
from handlers.reporter.recovery_service import RecoveryService
from handlers.reporter.typed_text import command_of
from handlers.sending.cleaning import SEALED
from handlers.sending.unsent_results import UnsentResults
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from store.model.changes import BeginCase, EraseCase, HandOver, ReleaseHandover, TakeBack
from store.model.snapshot import Snapshot
from store.model.turn import Decide, Decision, TurnResult

RECOVERY_COMMANDS = frozenset({"open", "withdraw", "erase"})
"""Commands behind which words or a code may stand."""

CONCERNING_OTHERS = (HandOver, TakeBack, EraseCase, ReleaseHandover)
"""Changes after which a message waits for somebody else."""


@dataclass(frozen=True, slots=True)
class TurnProcessor:
    """Processes the messages of one platform, one after the other for each account."""

    cases: CaseStore
    begun_cases: BegunCases
    snapshots: SnapshotReader
    recovery: RecoveryService
    recalls: RecallNotifier
    unsent: UnsentResults
    locks: AccountLocks
    """Held while a message of an account is processed."""
    buttons: ButtonTokens | None
    """None on a platform without buttons."""
    awaited: dict[str, LookupPurpose] = field(default_factory=dict, repr=False)
    """What the next words of an account are for, by its name."""

    async def process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        """Process a message once; all that it changes is on the disk when this returns.

        Return what is to be done before the account's outbox is sent. A message that was
        processed before changes nothing. If this raises, nothing was changed.
        """
        async with self.locks.of(incoming.who):
            command = _command_in(incoming)
            if command and command[0] in READER_COMMANDS:
                return (AnswerReader(incoming.who, *command),)
            return await self._process(incoming)

    async def give_up(self, incoming: IncomingMessage) -> None:
        """Count a message as processed that cannot be, and write that to the outbox."""
        account, texts = incoming.who, (say("FAILED"),)
        now = self.snapshots.clock()
        await self.cases.commit(
            account, incoming.id, (), texts, now, chat_message=incoming.message
        )
        self.unsent.discard(account)

    async def hang_up(self, account: Account, message: str) -> None:
        """Leave the conversation for a reporter whose input ended inside it."""
        async with self.locks.of(account):
            outcome = leave(await self.snapshots.read(account))
            now = self.snapshots.clock()
            await self.cases.commit(account, message, outcome.changes, outcome.says, now)
            self.unsent.discard(account)

    async def has_draft(self, account: Account) -> bool:
        """Return whether a draft is open for this account."""
        return (await self.snapshots.read(account)).snapshot.draft is not None

    def awaits_words(self, account: Account) -> bool:
        """Return whether the account was asked for recovery words or a code."""
        return account.name in self.awaited

    async def _process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        account = incoming.who
        turn = _Turn(self.snapshots, self.buttons, incoming, self.awaited.get(account.name))
        result = await self._commit(incoming, turn.decide)
        if result.fresh and turn.begins and turn.outcome is None:
            now = self.snapshots.clock()
            turn.cases_begun = await self.begun_cases.cases_begun(account, now)
            result = await self._commit(incoming, turn.decide)
        outcome = asked = turn.outcome
        if not result.fresh or outcome is None or asked is None:
            return self._process_again(incoming, result)
        if outcome.lookup is not None:
            outcome = await self.recovery.look_up(incoming, outcome.lookup, outcome.waiting)
            result = await self._commit(incoming, _decided(outcome, incoming))
        self._update_awaited(account, outcome.waiting)
        self._keep(account, result)
        if turn.recall is not None:
            await self.recalls.add_to_answer(account, turn.recall, outcome)
        effects: list[PostCommitEffect] = [*turn.effects]
        if outcome.delay:
            effects.append(HoldBack(outcome.delay))
        view = self.snapshots.view_of(result.snapshot)
        if _is_deleted_at_once(view, asked):
            effects.append(DeleteMessage(account, incoming.message))
        effects += (SendDirect(account, text, view) for text in outcome.direct)
        if _concerns_others(outcome):
            effects.append(NotifyOthers(account))
        return tuple(effects)

    async def _commit(self, incoming: IncomingMessage, decide_turn: Decide) -> TurnResult:
        return await self.cases.turn(
            incoming.who,
            incoming.id,
            decide_turn,
            self.snapshots.clock(),
            pieces=_may_show_pieces(incoming),
            chat_message=incoming.message,
        )

    def _process_again(
        self, incoming: IncomingMessage, result: TurnResult
    ) -> tuple[PostCommitEffect, ...]:
        """Leave the result of a repeated message to the sender; words are deleted once more."""
        self._keep(incoming.who, result)
        if not _has_recovery_words(incoming):
            return ()
        return (DeleteMessage(incoming.who, incoming.message),)

    def _keep(self, account: Account, result: TurnResult) -> None:
        self.recalls.update_active(account, result.snapshot)
        self.unsent.keep(account, result)

    def _update_awaited(self, account: Account, purpose: LookupPurpose | None) -> None:
        if purpose is None:
            self.awaited.pop(account.name, None)
        else:
            self.awaited[account.name] = purpose


@dataclass(slots=True)
class _Turn:
    """The decision on one message, made inside the transaction, and maybe more than once."""

    snapshots: SnapshotReader
    buttons: ButtonTokens | None
    incoming: IncomingMessage
    awaited: LookupPurpose | None
    outcome: Outcome | None = None
    effects: tuple[PostCommitEffect, ...] = ()
    begins: bool = False
    cases_begun: int | None = None
    """How many cases the account began today; None until they were counted."""
    recall: Recall | None = None

    def decide(self, snapshot: Snapshot) -> Decision:
        """Decide; change nothing yet if cases must be counted or words be looked up first."""
        view = self.snapshots.view_of(snapshot)
        self.recall = find_recall(view)
        outcome = self._decide(view)
        self.begins = any(isinstance(change, BeginCase) for change in outcome.changes)
        if self.begins and self.cases_begun is None:
            self.outcome = None
            return Decision()
        most = view.settings.cases_per_day
        if self.begins and self.cases_begun is not None and self.cases_begun >= most:
            outcome = Outcome(says=(say("TOO_MANY_CASES", str(most)),))
        self.outcome = outcome
        if outcome.lookup is not None:
            return Decision()
        deletable = bool(self.incoming.message) and cleaning_choice(view) != "self"
        return Decision(outcome.changes, outcome.says, deletable)

    def _decide(self, view: View) -> Outcome:
        heard, account = self.incoming.heard, self.incoming.who
        if isinstance(heard, UnresolvedPress) and self.buttons is not None:
            meant = self.buttons.read(heard, account, view, open_question(view))
            if isinstance(meant, SelectionChange):
                pressed = self.incoming.on
                self.effects = (UpdateSelection(account, pressed, meant.offers, view),)
                return Outcome()
            heard = meant
        return decide(view, heard, self.awaited, self.incoming.message)


def _decided(outcome: Outcome, incoming: IncomingMessage) -> Decide:
    decision = Decision(outcome.changes, outcome.says, deletable=bool(incoming.message))
    return lambda _snapshot: decision


def _is_deleted_at_once(view: View, outcome: Outcome) -> bool:
    """Return whether a message is deleted before anything is answered.

    Words that open or take back are, however the chat is to be cleaned; *as I go*, commands are,
    too. What was sealed or answered goes with what the answer supersedes; what was not kept
    stays, so that its reporter can send it again.
    """
    handled = {text.sentence for text in outcome.says} & {ASK.sentence, *SEALED, *NOT_KEPT}
    return outcome.lookup is not None or (cleaning_choice(view) == "go" and not handled)


def _concerns_others(outcome: Outcome) -> bool:
    concerning = any(isinstance(change, CONCERNING_OTHERS) for change in outcome.changes)
    return concerning or outcome.lookup is not None


def _command_in(incoming: IncomingMessage) -> tuple[str, str] | None:
    heard = incoming.heard
    return command_of(heard.text) if isinstance(heard, TextMessage) else None


def _may_show_pieces(incoming: IncomingMessage) -> bool:
    heard = incoming.heard
    return isinstance(heard, TextMessage) and heard.text.strip().casefold().startswith("/show")


def _has_recovery_words(incoming: IncomingMessage) -> bool:
    """Return whether words or a code stand behind a command."""
    command = _command_in(incoming)
    return command is not None and command[0] in RECOVERY_COMMANDS and bool(command[1])


def failure_reply() -> Reply:
    """Return the answer to a message whose processing failed: the conversation is unchanged."""
    return Reply(ENGLISH.refusals.failed)
