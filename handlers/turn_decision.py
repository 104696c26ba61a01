"""The decision on one message, made inside the transaction of its turn, maybe more than once."""

from dataclasses import dataclass, replace

from handlers.buttons import ButtonTokens, SubmitPress, TickPress
from handlers.context import Entropy, Settings, View, make_view
from handlers.effects import PostCommitEffect, UpdateSelection
from handlers.messages import (
    EditedMessage,
    IncomingMessage,
    LastAnswer,
    MessageContent,
    PlatformFacts,
    TextMessage,
    UnresolvedPress,
)
from handlers.outcome import CaseLookup, LookupPurpose, Outcome, say
from handlers.recent_greetings import without_hello
from handlers.reporter.conversation import conversation_of, is_reworded
from handlers.reporter.decide import decide
from handlers.reporter.holding import with_where_things_stand
from handlers.reporter.listening import understood
from handlers.reporter.questions import cleaning_choice, open_question
from handlers.reporter.recall_notifier import Recall, find_recall
from handlers.reporter.recovery_service import LookupResult, RecoveryService
from handlers.reporter.shown import with_what_is_shown
from handlers.reporter.ticks import submit, tick
from handlers.reporter.typed_text import RECOVERY_COMMANDS, command_of
from handlers.reporter.welcome import NOT_BEGUN
from handlers.staging import long_answer
from handlers.turn_language import with_language
from store.model.changes import BeginCase, HandOver, SealItem
from store.model.errors import PiecesNotLoaded
from store.model.outbox import DeletionRef, TextRef
from store.model.snapshot import Snapshot
from store.model.turn import NOTHING_SUPPLIED, Decision, Need, Supplies


class Draws:
    """Random bytes of one turn: when it is decided anew, the same ones are drawn again."""

    def __init__(self, source: Entropy) -> None:
        """Take the source of new ones."""
        self._source, self._drawn, self._next = source, list[bytes](), 0

    def rewind(self) -> None:
        """Begin again with what was drawn first."""
        self._next = 0

    def __call__(self, size: int) -> bytes:
        """Draw so many bytes."""
        if self._next == len(self._drawn) or len(self._drawn[self._next]) != size:
            self._drawn[self._next :] = [self._source(size)]
        self._next += 1
        return self._drawn[self._next - 1]


@dataclass(slots=True)
class WordLookup:
    """Words that have to be looked up before deciding."""

    words: CaseLookup
    awaits: LookupPurpose | None
    """What the account is asked again if they are not the right ones."""
    result: LookupResult | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, besides what the transaction writes."""

    outcome: Outcome
    effects: tuple[PostCommitEffect, ...]
    recall: Recall | None
    language: str
    """In which it is said."""


@dataclass(frozen=True, slots=True)
class TurnContext:
    """What a turn looks at besides its account; it stays the same however often it is decided."""

    settings: Settings
    """As they are when the turn begins: nothing is read from the disk inside the transaction."""
    platform: PlatformFacts
    languages: tuple[str, ...] = ()
    """Those that the account may be spoken to in where nothing is open, the best first."""

    def view_of(self, snapshot: Snapshot, draw: Entropy) -> View:
        """Put a snapshot together with everything else that deciding looks at."""
        return make_view(snapshot, self.settings, self.platform, draw, self.languages)


@dataclass(slots=True)
class TurnDecision:
    """Decides on one message, with whatever was fetched for it so far."""

    incoming: IncomingMessage
    context: TurnContext
    buttons: ButtonTokens | None
    draws: Draws
    awaited: LookupPurpose | None = None
    """What the next words of the account are for."""
    supplies: Supplies = NOTHING_SUPPLIED
    lookup: WordLookup | None = None
    unstaged: SealItem | None = None
    """The answer that the last decision needed to be staged."""
    decided: Decided | None = None
    """None until nothing more is needed."""

    @property
    def hands_over(self) -> bool:
        """Return whether the last decision hands over, and so writes the supplied code."""
        return self.decided is not None and _needs_code(self.decided.outcome)

    def decide(self, snapshot: Snapshot) -> Decision:
        """Decide; change nothing yet if something must be fetched for it first."""
        self.draws.rewind()
        view = self.context.view_of(snapshot, self.draws)
        try:
            outcome, effects = self._decide(view)
        except PiecesNotLoaded:
            return Decision(needs=Need.PIECES)
        if self.incoming.last_answer is LastAnswer.WELCOME:
            outcome = without_hello(outcome)
        if self.unstaged is not None and _begins(outcome):
            outcome = NOT_BEGUN  # it belonged to a talk that was erased meanwhile
        outcome = with_what_is_shown(view, _limited(view, outcome))
        said = with_language(view, outcome)
        if (need := self._need(snapshot, outcome)) is not None:
            return Decision(needs=need)
        spoken = outcome.language or view.language
        self.decided = Decided(outcome, effects, find_recall(view), spoken)
        cleaning = cleaning_choice(view)
        deletable = bool(self.incoming.message) and (self.lookup is not None or cleaning != "self")
        staged = self.supplies.staged
        changes = tuple(
            staged if staged and change == staged.answer else change for change in said.changes
        )
        texts: tuple[TextRef | DeletionRef, ...] = (*self._deletions(outcome), *said.says)
        return Decision(changes, texts, deletable, cleans=cleaning in {"go", "self"})

    def _deletions(self, outcome: Outcome) -> tuple[DeletionRef, ...]:
        """Return what deletes the message from its chat if recovery words stand in it.

        It waits in the outbox, so that it is done wherever the program ends.
        """
        secret = self.lookup is not None or has_recovery_words(self.incoming)
        secret = secret or _is_secret_untold(self.incoming, outcome)
        message = self.incoming.message if self.context.platform.single else ""
        return (DeletionRef(message),) if secret and message else ()

    async def look_up(self, recovery: RecoveryService) -> None:
        """Look up the words that the last decision was about."""
        lookup = self.lookup
        if lookup is None:
            raise LookupError("no words are to be looked up")
        found = await recovery.look_up(self.incoming.who, lookup.words, lookup.awaits)
        lookup.result = found
        self.supplies = replace(self.supplies, found=found.found, other=found.other)

    def _need(self, snapshot: Snapshot, outcome: Outcome) -> Need | None:
        """Return what must be fetched before this outcome can be written."""
        if outcome.lookup is not None:
            self.lookup = WordLookup(outcome.lookup, outcome.waiting)
            return Need.LOOKUP
        if self.supplies.code is None and _needs_code(outcome):
            return Need.CODE
        answer = long_answer(self.incoming, snapshot, outcome.changes)
        staged = self.supplies.staged
        if answer is not None and (staged is None or staged.answer != answer):
            self.unstaged = answer
            return Need.STAGED
        return None

    def _decide(self, view: View) -> tuple[Outcome, tuple[PostCommitEffect, ...]]:
        if self.lookup is not None and self.lookup.result is not None:
            found = self.lookup.result.decide(view)
            if found is not None:
                return with_where_things_stand(view, self.incoming.heard, found), ()
            self._take_for_ordinary()
        heard = self.incoming.heard
        if isinstance(heard, UnresolvedPress) and self.buttons is not None:
            anywhere = self.buttons.read_anywhere(heard, self.incoming.who)
            if anywhere is None:
                return self._press(view, heard, self.buttons)
            heard = anywhere
        return self._hear(view, heard), ()

    def _press(
        self, view: View, press: UnresolvedPress, buttons: ButtonTokens
    ) -> tuple[Outcome, tuple[PostCommitEffect, ...]]:
        """Decide on a button beneath a question."""
        question, account = open_question(view), self.incoming.who
        meant = buttons.read(press, account, view, question)
        conversation = conversation_of(view)
        if isinstance(meant, TickPress) and conversation and not is_reworded(conversation):
            ticked = tick(conversation, question, meant)
            picture = UpdateSelection(account, self.incoming.on, ticked.offers, view)
            return ticked.outcome, (picture,)
        if isinstance(meant, SubmitPress) and not self.incoming.repeated:
            return submit(view, question, meant), ()
        return self._hear(view, press if isinstance(meant, TickPress | SubmitPress) else meant), ()

    def _hear(self, view: View, heard: MessageContent) -> Outcome:
        incoming = self.incoming
        if incoming.repeated and isinstance(incoming.heard, UnresolvedPress):
            return Outcome()
        return decide(
            view,
            heard,
            self.awaited,
            incoming.message,
            incoming.refused_at,
            last_answer=incoming.last_answer,
            burst_of=incoming.burst_of,
        )

    def _take_for_ordinary(self) -> None:
        """Go on as with any other words: these are nobody's code, and no secret."""
        self.lookup = None
        heard = self.incoming.heard
        if isinstance(heard, TextMessage | EditedMessage):
            self.incoming = replace(self.incoming, heard=replace(heard, secret=""))


def has_recovery_words(incoming: IncomingMessage) -> bool:
    """Return whether words or a code may stand behind a command, or a part of them."""
    heard = incoming.heard
    command = command_of(heard.text) if isinstance(heard, TextMessage) else None
    return command is not None and command[0] in RECOVERY_COMMANDS and bool(command[1])


def _is_secret_untold(incoming: IncomingMessage, outcome: Outcome) -> bool:
    """Return whether words or a code came where they were not even looked up, and are not told."""
    heard = incoming.heard
    if not isinstance(heard, TextMessage | EditedMessage) or not heard.secret:
        return False
    told = any(isinstance(change, SealItem) for change in outcome.changes)
    return not told and understood(heard.text) is None


def _limited(view: View, outcome: Outcome) -> Outcome:
    """Begin no more cases than one account may begin in a day."""
    most = view.settings.cases_per_day
    if _begins(outcome) and view.snapshot.cases_begun >= most:
        return Outcome(says=(say("TOO_MANY_CASES", str(most)),))
    return outcome


def _begins(outcome: Outcome) -> bool:
    return any(isinstance(change, BeginCase) for change in outcome.changes)


def _needs_code(outcome: Outcome) -> bool:
    return any(isinstance(change, HandOver) for change in outcome.changes)
