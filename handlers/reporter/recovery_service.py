"""Looking up what reporters come back with: twelve words, or the four of a take-back code."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from flows.folding import folded
from handlers.context import Clock, View
from handlers.messages import EditedMessage, IncomingMessage, TextMessage
from handlers.outcome import ASK, CaseLookup, LookupPurpose, Outcome, say, saying
from handlers.ports.stores import RecoveryStore
from handlers.reporter import erasing, joining, opened_case
from handlers.reporter.commands_with_words import run_without_words
from handlers.reporter.conversation import conversation_of, is_unbegun
from handlers.reporter.item_ids import new_item_id
from handlers.reporter.standing import STILL_KEPT
from handlers.reporter.stopping import ask_to_erase
from handlers.reporter.typed_text import command_of
from handlers.reporter.welcome import keep_first_words
from store.model.accounts import EVERYBODY, Account
from store.model.changes import OpenCase, TakeBackByCode
from store.model.phrase import CASE_WORDS, CODE_WORDS, tokens_of
from store.model.turn import FoundCase

CODE_TRIES = 5
"""Codes that one account may try in a day."""

CODE_TRIES_IN_ALL = 200
"""Codes that may be tried in a day before every answer to one is delayed."""

CODE_DELAY_SECONDS = 10.0

COUNTER = "takeback"
COUNTER_UNASKED = "takeback_unasked"
"""Of words that nobody had asked for: sentences of a story must never keep a code from being
looked up that somebody gives to take something back."""

ONLY_WORDS = frozenset({LookupPurpose.OPEN, LookupPurpose.JOIN})
"""For these a take-back code is not enough."""

MOST_MISTYPED = 2
"""Words too many, too few or unlisted with which twelve are recovery words still, and no sentence
of a story."""

LEADING = frozenset(
    {
        *("withdraw", "erase", "delete", "open", "take", "back", "it", "please", "with", "and"),
        *("my", "the", "code", "words", "is", "are", "these", "this", "four", "twelve", "here"),
    }
)
"""With these somebody leads into words or a code: *my code is …*."""

MOST_LEADING = 5

LONGEST_SECRET = 1_000
"""Characters: in a longer text nobody looks for recovery words that were not asked for."""

QUOTED = ">"
"""Before each line that a message quotes, where the chat shows it so."""

MOST_EXPLAINED = 30
"""Nobody looks for the one mistake in a longer text."""


@dataclass(frozen=True, slots=True)
class LookupResult:
    """What a look-up found, and what is decided about the message because of it."""

    decide: Callable[[View], Outcome | None] = field(repr=False)
    """None: nobody asked for these words and they are no secret, so they are as any others."""
    found: FoundCase | None = None
    """The turn sees this case as opened."""
    other: FoundCase | None = None
    """The turn sees it as a second case, which may be joined to the one that is open."""


def _answering(outcome: Outcome) -> LookupResult:
    """Make the result of a look-up that is only answered."""
    return LookupResult(lambda _view: outcome)


@dataclass(frozen=True, slots=True)
class RecoveryService:
    """Finds what people come back for; what it means for the case is decided in their turn."""

    store: RecoveryStore
    clock: Clock

    def marked(self, incoming: IncomingMessage) -> IncomingMessage:
        """Return a message with what in it may be recovery words or a take-back code."""
        heard = incoming.heard
        if not isinstance(heard, TextMessage | EditedMessage):
            return incoming
        command = command_of(heard.text)
        secret = self._secret_in(command[1] if command else heard.text)
        if command is None:
            secret = secret or self._secret_quoted_in(heard.whole)
        return replace(incoming, heard=replace(heard, secret=secret)) if secret else incoming

    def may_open(self, incoming: IncomingMessage) -> bool:
        """Return whether recovery words or a take-back code may stand in a message."""
        return self.marked(incoming) is not incoming

    def _secret_in(self, text: str) -> str:
        """Return what may be words or a code: all of a text, or all behind what leads into it."""
        if not text or len(text) > LONGEST_SECRET:
            return ""
        tokens = tokens_of(text)
        for n, token in enumerate(tokens[:MOST_LEADING], 1):
            if folded(token) not in LEADING:
                break
            rest = " ".join(tokens[n:])
            if self.store.are_code(rest) or self.store.are_words(rest):
                return rest
        return text if self._may_be_secret(text, len(tokens)) else ""

    def _secret_quoted_in(self, whole: str) -> str:
        """Return what may be words or a code in what a message quotes, which is sealed with it."""
        lines = [line[1:] for line in whole.splitlines() if line.startswith(QUOTED)]
        return next(filter(None, map(self._secret_in, ("\n".join(lines), *lines))), "")

    def may_be_secret(self, text: str) -> bool:
        """Return whether these can be recovery words or a take-back code, also mistyped."""
        return self._may_be_secret(text, len(tokens_of(text)))

    def _may_be_secret(self, text: str, count: int) -> bool:
        """Return the same of a text that has so many words."""
        if count == CODE_WORDS:
            return self.store.are_code(text)
        return self._are_about_twelve(text, count)

    def _may_be_words(self, text: str) -> bool:
        """Return whether these are about twelve words, with one or two of no list at most."""
        return self._are_about_twelve(text, len(tokens_of(text)))

    def _are_about_twelve(self, text: str, count: int) -> bool:
        if abs(count - CASE_WORDS) > MOST_MISTYPED:
            return False
        return len(self.store.unlisted_places(text)) <= MOST_MISTYPED

    async def look_up(
        self, account: Account, lookup: CaseLookup, waiting: LookupPurpose | None
    ) -> LookupResult:
        """Find the case of these words, outside of the turn that asked for it."""
        if lookup.unasked:
            return await self._unasked(account, lookup)
        if lookup.behind_command and not self.may_be_secret(lookup.text):
            return LookupResult(partial(run_without_words, name=lookup.purpose.value))
        if self.store.are_code(lookup.text):  # nobody guesses with a sentence: it is no try
            if lookup.purpose not in ONLY_WORDS:
                return await self._by_code(account, lookup, waiting)
            other = _answering(Outcome(says=(say("CODE_OR_WORDS"),)))
            return await self._ask_about_code(account, lookup, other, other)
        return await self._by_words(lookup, waiting)

    async def _unasked(self, account: Account, lookup: CaseLookup) -> LookupResult:
        """Ask what words are for that nobody had asked for; a code that is none is a sentence."""
        if self.store.are_code(lookup.text):
            unchecked = _answering(saying(say("CODE_UNCHECKED"), ASK))
            return await self._ask_about_code(
                account, lookup, LookupResult(_decide_unfound), unchecked
            )
        result = await self._by_words(lookup, None)
        return replace(result, decide=partial(_decide_beside_talk, result.decide))

    async def _ask_about_code(
        self, account: Account, lookup: CaseLookup, unfound: LookupResult, unchecked: LookupResult
    ) -> LookupResult:
        """Find the case, and ask what its code is for. As each try it is counted."""
        tried = await self._try(account, lookup)
        if tried.are_too_many:
            return unchecked
        if tried.locator is None:
            return unfound
        kept = await self.store.is_kept(tried.locator)
        return LookupResult(partial(_decide_asking, tried.locator, kept, tried.delay))

    async def _by_words(self, lookup: CaseLookup, waiting: LookupPurpose | None) -> LookupResult:
        """Find the case; where these are no words of any, say what is wrong with them.

        Somebody who was not asked for words hears it only if these are meant as such.
        """
        if not self.store.are_words(lookup.text):
            if waiting is None and not self._may_be_words(lookup.text):
                return LookupResult(partial(_keep, lookup))
            meant = waiting if lookup.behind_command else waiting or lookup.purpose
            return _answering(self._explain(lookup, meant))
        missing = Outcome(says=(say("NO_CASE"),), waiting=waiting)
        found = await self.store.find_by_words(lookup.text)
        if found is None:
            return _answering(missing)
        if lookup.purpose is LookupPurpose.JOIN:
            return LookupResult(joining.join, other=found)
        return LookupResult(partial(_decide_opened, lookup.purpose, missing), found)

    async def _by_code(
        self, account: Account, lookup: CaseLookup, waiting: LookupPurpose | None
    ) -> LookupResult:
        """Find the case. Many tries slow the answer down, and never block a withdrawal."""
        missing = Outcome(says=(say("NO_CODE"),), waiting=waiting)
        tried = await self._try(account, lookup)
        if tried.are_too_many:
            return _answering(Outcome(says=(say("TOO_MANY_TRIES"),)))
        locator, delay = tried.locator, tried.delay
        if locator is None:
            return _answering(replace(missing, delay=delay))
        if lookup.purpose is LookupPurpose.ERASE:
            return LookupResult(partial(_decide_erasing, locator, delay))
        kept = await self.store.is_kept(locator)
        said = (say("WITHDRAWN_LATE"), STILL_KEPT if kept else say("WITHDRAWN_ERASED"))
        withdraws = TakeBackByCode(locator, erase=False)
        return _answering(Outcome((withdraws,), said, delay=delay))

    async def _try(self, account: Account, lookup: CaseLookup) -> "_Tried":
        """Find the case of a code, as often as an account may on a day."""
        counter = COUNTER_UNASKED if lookup.unasked else COUNTER
        if await self.store.count(counter, account, self.clock()) > CODE_TRIES:
            return _Tried(None, are_too_many=True)
        in_all = await self.store.count(COUNTER, EVERYBODY, self.clock())
        delay = CODE_DELAY_SECONDS if in_all > CODE_TRIES_IN_ALL else 0.0
        return _Tried(await self.store.find_by_code(lookup.text), delay)

    def _explain(self, lookup: CaseLookup, waiting: LookupPurpose | None) -> Outcome:
        """Say what is wrong with words that open nothing: their number, or the place of one.

        The lists of words are public, and no case is looked at for it. Rows of the outbox never
        hold typed words, so a word is named by its place.
        """
        count = len(tokens_of(lookup.text))
        unlisted = self.store.unlisted_places(lookup.text) if count <= MOST_EXPLAINED else ()
        wanted = {CASE_WORDS, *(() if lookup.purpose in ONLY_WORDS else (CODE_WORDS,))}
        allowed = count // (2 if count in wanted else 4)  # people write sentences here as well
        if not 1 < count <= MOST_EXPLAINED or len(unlisted) > allowed:
            said = say("NOT_WORDS")
        elif count not in wanted:
            said = say("WORDS_COUNT" if len(wanted) == 1 else "WORDS_OR_CODE_COUNT", str(count))
        elif unlisted:
            said = say("WORDS_UNLISTED", *map(str, unlisted))
        else:
            said = say("WORDS_MIXED")
        return Outcome(says=(said,), waiting=waiting)


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of trying a code."""

    locator: bytes | None = field(repr=False)
    delay: float = 0.0
    are_too_many: bool = False
    """It was not looked up: the account may try no more today."""


def _decide_asking(locator: bytes, kept: bool, delay: float, view: View) -> Outcome:  # noqa: FBT001 - bound by partial
    """Ask what a code is for that nobody had asked for."""
    return replace(erasing.ask_about_code(view, locator, kept=kept), delay=delay)


def _decide_unfound(view: View) -> Outcome | None:
    """Say that no story has this code to somebody who tells nothing; else it is a sentence."""
    tells = conversation_of(view) is not None
    return None if tells else saying(say("NO_CODE_UNASKED"), ASK)


def _decide_beside_talk(decide: Callable[[View], Outcome | None], view: View) -> Outcome | None:
    """Open nothing beside a talk, and keep the words out of its story."""
    conversation = conversation_of(view)
    if conversation is None or is_unbegun(conversation):
        return decide(view)
    return saying(say("WORDS_UNASKED"), ASK)


def _decide_erasing(locator: bytes, delay: float, view: View) -> Outcome:
    """Ask once more before the case of a code is erased."""
    return replace(erasing.ask_to_erase_by_code(view, locator), delay=delay)


def _keep(lookup: CaseLookup, view: View) -> Outcome:
    """Keep twelve words that are those of no case: somebody began to tell."""
    return keep_first_words(view, TextMessage(lookup.text), new_item_id(view, ""))


def _decide_opened(purpose: LookupPurpose, missing: Outcome, view: View) -> Outcome:
    """Open the case, and do in it what the words were given for, whatever else is held here."""
    conversation = conversation_of(view)
    if conversation is not None and is_unbegun(conversation):
        return ask_to_erase(conversation, purpose)
    if conversation is not None:
        return saying(say("TALK_FIRST"), ASK)
    if view.snapshot.opened is None:
        return missing
    match purpose:
        case LookupPurpose.WITHDRAW:
            outcome = opened_case.withdraw(view)
        case LookupPurpose.ERASE:
            outcome = erasing.ask_to_erase_opened(view)
        case _:
            outcome = saying(ASK)
    return replace(outcome, changes=(OpenCase(), *outcome.changes))
