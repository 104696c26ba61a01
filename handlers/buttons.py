"""Make and read the tokens behind buttons, which only this program understands.

A token is bound to the account, its case, the question, and all that was answered when it was
shown. So a button that another person presses, one of an earlier question, or one whose question
looks different by now is refused, and the open question is asked again. Only the button that stops
a hand-over is bound to that alone. Which of several choices
were shown as ticked is encrypted in the token: so a press says what it wants of its choice, and a
second tap on a picture that was not changed yet wants the same. What is ticked is in the draft.

The construction is a synthetic IV (as in RFC 5297): a tag over context and plaintext, and the
plaintext encrypted under a stream that the tag chooses.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256

from handlers.context import View
from handlers.messages import ButtonPress, Offer, Reply, TextMessage, UnresolvedPress
from handlers.reporter.markers import (
    BACK,
    CASE,
    CODE,
    FIRST_WORDS,
    FOUND,
    HOLD,
    SAFE,
    SHOWN,
    WORD_CHECK,
    find_marker,
)
from handlers.reporter.questions import Question
from handlers.reporter.typed_text import NOT_SAFE_TOKEN
from handlers.texts.catalogue import Catalogue
from handlers.texts.languages import FIRST_LANGUAGE
from store.model.accounts import Account
from store.model.drafts import StoredAnswer
from store.model.permissions import HistoryEntry, StandingHandover

Mac = Callable[[bytes], bytes]
"""Computes a keyed hash of 32 bytes."""

TAG_BYTES = 12
MASK_BYTES = 31
"""With the number of a choice this fills one hash; a token has 60 characters, and 64 would fit."""
MOST_OFFERS = 8 * MASK_BYTES
"""Further choices have no button and can only be typed."""
TOKEN_BYTES = TAG_BYTES + 1 + MASK_BYTES
SUBMIT = 255
STOP_HOLD = 0
"""The only number in the context of its own."""
HOLD_BYTES = 16
"""Of the row by which a hand-over can be stopped (``HeldHandover.id``)."""
COMMANDS = ("done", "skip", "back", "pause", "add")
FIRST_COMMAND = 250
OUTSIDE = frozenset({SAFE, CASE, FOUND})
"""Questions where no talk is open that could be paused or gone back in."""
DECIDED = frozenset({BACK, CODE, WORD_CHECK})
"""Questions after the second yes, behind which there is no way back."""


@dataclass(frozen=True, slots=True)
class TickPress:
    """A press that wants one of several choices ticked or not; nothing is answered yet."""

    choice: str
    ticked: bool
    shown: tuple[str, ...]
    """The choices that were ticked on the picture that was pressed."""


@dataclass(frozen=True, slots=True)
class SubmitPress:
    """A press that gives the ticked choices as the answer."""

    shown: tuple[str, ...]
    """The choices that were ticked on the picture that was pressed."""


Meaning = ButtonPress | TextMessage | TickPress | SubmitPress
"""What a press means beside the open question."""


@dataclass(frozen=True, slots=True)
class ButtonTokens:
    """Makes the tokens of an account's buttons and reads them back."""

    mac: Mac = field(repr=False)

    def bind(self, reply: Reply, account: Account, view: View, question: Question) -> Reply:
        """Return the reply with a token behind each of its offers and commands."""
        if reply.hold and not reply.question:
            return replace(reply, offers=tuple(self._stopping(reply, account)))
        numbered = list(enumerate(reply.offers[:MOST_OFFERS]))
        mask = sum(1 << number for number, offer in numbered if offer.ticked)
        of_question = _question_context(account, view, question)
        of_conversation = _conversation_context(account, view, question)
        offers = (
            replace(offer, token=self._token(of_question, number, mask))
            for number, offer in numbered
        )
        commands = (
            Offer(
                each.id, each.label, self._command_token(each, of_question, of_conversation, mask)
            )
            for each in reply.commands
        )
        return replace(
            reply,
            offers=(*offers, *reply.offers[MOST_OFFERS:]),
            commands=tuple(commands),
        )

    def _stopping(self, reply: Reply, account: Account) -> Iterator[Offer]:
        """Yield the offers of a reply that asks nothing, with the token that stops its hold."""
        stopping = int.from_bytes(bytes.fromhex(reply.hold), "big")
        for offer in reply.offers:
            token = self._token(_hold_context(account), STOP_HOLD, stopping)
            yield replace(offer, token=token)

    def read_anywhere(
        self, press: UnresolvedPress, account: Account
    ) -> ButtonPress | TextMessage | None:
        """Return what a press means that means the same whatever is asked; None for others."""
        if press.token == NOT_SAFE_TOKEN:
            return TextMessage("/unsafe")
        plain = self._open(_hold_context(account), press.token)
        return None if plain is None else ButtonPress(HOLD, (plain[-HOLD_BYTES:].hex(),))

    def read(
        self, press: UnresolvedPress, account: Account, view: View, question: Question
    ) -> Meaning:
        """Return what a press means beside the open question.

        A token of another moment, account or key is read as a press of nothing.
        """
        of_question = _question_context(account, view, question)
        of_conversation = _conversation_context(account, view, question)
        for context in (of_question, of_conversation):
            plain = self._open(context, press.token)
            if plain is None:
                continue
            number, mask = plain[0], int.from_bytes(plain[1:], "big")
            if (number in _COMMAND_NUMBERS) == (context == of_conversation):
                return _meaning(question, number, mask)
        return ButtonPress("", ())

    def _command_token(
        self, command: Offer, of_question: bytes, of_conversation: bytes, mask: int
    ) -> str:
        """Return a command's token.

        *Done*, *skip* and *add* stay valid while a story grows; what submits an answer belongs to
        its moment. *I'm not safe* means the same everywhere; it is read before anything is opened.
        """
        if command.id == "unsafe":
            return NOT_SAFE_TOKEN
        if command.id not in COMMANDS:
            return self._token(of_question, SUBMIT, mask)
        number = FIRST_COMMAND + COMMANDS.index(command.id)
        return self._token(of_conversation, number, mask)

    def _token(self, context: bytes, number: int, mask: int) -> str:
        plain = bytes([number]) + mask.to_bytes(MASK_BYTES, "big")
        tag = self.mac(b"tag" + context + plain)[:TAG_BYTES]
        return base64.urlsafe_b64encode(tag + self._stream(tag, plain)).decode()

    def _open(self, context: bytes, token: str) -> bytes | None:
        """Return a token's plaintext, or None if it was not made for this context."""
        try:
            raw = base64.urlsafe_b64decode(token.encode())
        except (binascii.Error, ValueError):
            return None
        if base64.urlsafe_b64encode(raw).decode() != token or len(raw) != TOKEN_BYTES:
            return None  # each token has one spelling
        tag, plain = raw[:TAG_BYTES], self._stream(raw[:TAG_BYTES], raw[TAG_BYTES:])
        # A plain comparison suffices: across a network nobody can time it to guess a tag.
        expected = self.mac(b"tag" + context + plain)[:TAG_BYTES]
        return plain if expected == tag else None

    def _stream(self, tag: bytes, data: bytes) -> bytes:
        stream = self.mac(b"pad" + tag)
        combined = int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")
        return combined.to_bytes(len(stream), "big")


def command_buttons(texts: Catalogue, question: Question) -> tuple[Offer, ...]:
    """Return the commands that stand as buttons beneath a question."""
    submit = ["submit"] if question.several else []
    step = question.step
    done = ["done"] if step is not None and question.free and step.many else []
    skip = ["skip"] if step is not None and step.skip is None else []
    back = [] if question.id in OUTSIDE | DECIDED else ["back"]
    pause = [] if question.id in OUTSIDE else ["pause"]
    add = ["add"] if question.has_asides else []
    names = (*submit, *done, *skip, *add, *back, *pause, "unsafe")
    return tuple(Offer(name, texts.labels[f"button.{name}"]) for name in names)


def _meaning(question: Question, number: int, mask: int) -> Meaning:
    if number in _COMMAND_NUMBERS:
        return TextMessage(f"/{COMMANDS[number - FIRST_COMMAND]}")
    shown = tuple(o.id for n, o in enumerate(question.offers) if mask >> n & 1)
    if number == SUBMIT:
        return SubmitPress(shown)
    choice = question.offers[number].id
    if not question.several or _stands_alone(question, number):
        return ButtonPress(question.id, (choice,))
    return TickPress(choice, choice not in shown, shown)


def _stands_alone(question: Question, number: int) -> bool:
    """Tell whether a choice goes with no other: then one press of it is the answer."""
    choice = question.step.choice(question.offers[number].id) if question.step else None
    return choice is not None and choice.alone


_COMMAND_NUMBERS = range(FIRST_COMMAND, FIRST_COMMAND + len(COMMANDS))


# The contexts that tokens are bound to. Buttons in chats outlive an update of the program, so
# the hashed text must stay the same to the byte: records are written out with their first names.


def _question_context(account: Account, view: View, question: Question) -> bytes:
    """Hash the account, its case, the question with its choices, and all answers so far."""
    offers = tuple(offer.id for offer in question.offers)
    return _digest(account, question.id, (offers, _moment(view, question.id)))


def _hold_context(account: Account) -> bytes:
    """Hash the account alone.

    What is stopped stands in the token, and is nothing but the id of a row that goes with the
    hold. So an old token leads to no case, with whatever keys.
    """
    return _digest(account, HOLD, ())


def _conversation_context(account: Account, view: View, question: Question) -> bytes:
    """Hash the account, its case and the question, whatever was answered since."""
    return _digest(account, question.id, ("standing", view.snapshot.words))


class _VerbatimText(str):
    """Text whose ``repr`` is the text itself, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _moment(view: View, question: str) -> object:
    """Return a value whose ``repr`` changes with every answer and every hand-over.

    What was put aside before the first choice changes nothing: the buttons stay those of the
    hello.
    """
    draft, opened, asked = view.snapshot.draft, view.snapshot.opened, view.snapshot.asked
    if asked is not None:
        return ("erasing", asked.id)
    case = view.snapshot.words  # two cases may have the same answers, in the same hour
    if draft is not None and find_marker(draft, FIRST_WORDS) and question == SAFE:
        return ()
    if draft is not None:
        covered = SHOWN - {question}
        answers = tuple(_answer_form(a) for a in draft.answers if a.step not in covered)
        language = () if draft.language == FIRST_LANGUAGE else (draft.language,)
        return (case, draft.revision, draft.phase.value, answers, draft.ends, *language)
    if opened is None:
        return ()
    return (
        case,
        tuple(map(_handover_form, opened.shares)),
        tuple(map(_history_form, opened.history)),
    )


def _answer_form(a: StoredAnswer) -> _VerbatimText:
    return _VerbatimText(
        f"Answered(step={a.step!r}, choices={a.choices!r}, items={a.items!r}, closed={a.closed!r})"
    )


def _handover_form(s: StandingHandover) -> _VerbatimText:
    stage = f"<Stage.{s.stage.name}: {s.stage.value!r}>"
    return _VerbatimText(
        f"Share(statement={s.statement!r}, readers={s.readers!r}, stage={stage}, "
        f"due={s.due!r}, week={s.week!r})"
    )


def _history_form(e: HistoryEntry) -> _VerbatimText:
    return _VerbatimText(
        f"Given(number={e.number!r}, scope={e.scope!r}, readers={e.readers!r}, "
        f"revoked={e.revoked!r})"
    )


def _digest(account: Account, question: str, more: object) -> bytes:
    """Hash the ``repr`` of plain values that say everything in it."""
    return sha256(repr((account.platform, account.name, question, more)).encode()).digest()
