"""What a button says to the program: a token that means nothing to anybody else.

A token is bound to the account, its case, the question, and all that was answered when it was
shown. So a button that another person presses, or one of an earlier question, or one whose
question looks different by now, is not taken: the question that is open is asked again. Which of
several choices are ticked stands in the token too, encrypted, so that nothing of it is kept here.

The construction is a synthetic IV (as in RFC 5297): a tag over context and plaintext, and the
plaintext encrypted under a stream that the tag chooses.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from handlers.context import View
from handlers.messages import ButtonPress, Offer, Reply, TextMessage, UnresolvedPress
from handlers.reporter.questions import Question
from handlers.texts import english as words
from store.model.accounts import Account
from store.model.drafts import StoredAnswer
from store.model.permissions import HistoryEntry, StandingHandover

Mac = Callable[[bytes], bytes]
"""A keyed hash of 32 bytes. Made in the composition root."""

TAG_BYTES = 12
MASK_BYTES = 31
"""With the number of a choice as much as one hash hides; a token has 60 signs, of 64 at most."""
MOST_OFFERS = 8 * MASK_BYTES
"""What comes after so many can only be typed."""
TOKEN_BYTES = TAG_BYTES + 1 + MASK_BYTES
SUBMIT = 255
COMMANDS = ("done", "skip")
FIRST_COMMAND = 250


@dataclass(frozen=True, slots=True)
class SelectionChange:
    """Some of several choices are ticked now; nothing is answered yet."""

    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class ButtonTokens:
    """Makes tokens and reads them."""

    mac: Mac = field(repr=False)

    def bind(self, reply: Reply, who: Account, view: View, question: Question) -> Reply:
        """The reply with a token behind each of its offers and commands."""
        ticked = (n for n, offer in enumerate(reply.offers[:MOST_OFFERS]) if offer.ticked)
        mask = sum(1 << number for number in ticked)
        here = context(who, view, question)
        pressed = (
            replace(offer, token=self._token(here, number, mask))
            for number, offer in enumerate(reply.offers[:MOST_OFFERS])
        )
        return replace(
            reply,
            offers=(*pressed, *reply.offers[MOST_OFFERS:]),
            commands=tuple(
                replace(c, token=self._token(*_command(c, who, view, question, here), mask))
                for c in reply.commands
            ),
        )

    def read(
        self, tap: UnresolvedPress, who: Account, view: View, question: Question
    ) -> ButtonPress | TextMessage | SelectionChange:
        """What was meant by it; a press of nothing if it belongs to another moment."""
        here = context(who, view, question)
        for where in (here, _standing(who, view, question)):
            plain = self._open(where, tap.token)
            if plain is not None and (plain[0] in _COMMAND_NUMBERS) == (where != here):
                return _meant(question, plain[0], int.from_bytes(plain[1:], "big"))
        return ButtonPress("", ())

    def _token(self, where: bytes, number: int, mask: int) -> str:
        plain = bytes([number]) + mask.to_bytes(MASK_BYTES, "big")
        tag = self.mac(b"tag" + where + plain)[:TAG_BYTES]
        return base64.urlsafe_b64encode(tag + self._stream(tag, plain)).decode()

    def _open(self, where: bytes, token: str) -> bytes | None:
        try:
            raw = base64.urlsafe_b64decode(token.encode())
        except (binascii.Error, ValueError):
            return None
        if base64.urlsafe_b64encode(raw).decode() != token or len(raw) != TOKEN_BYTES:
            return None  # another spelling is another token
        tag, plain = raw[:TAG_BYTES], self._stream(raw[:TAG_BYTES], raw[TAG_BYTES:])
        # A client that guesses tags gets no timing to guess by: it sees the answer of a network.
        made = self.mac(b"tag" + where + plain)[:TAG_BYTES]
        return plain if made == tag else None

    def _stream(self, tag: bytes, data: bytes) -> bytes:
        stream = self.mac(b"pad" + tag)
        return bytes(a ^ b for a, b in zip(data, stream, strict=True))


def _meant(
    question: Question, number: int, mask: int
) -> ButtonPress | TextMessage | SelectionChange:
    if number in _COMMAND_NUMBERS:
        return TextMessage(f"/{COMMANDS[number - FIRST_COMMAND]}")
    if number == SUBMIT:
        chosen = [o.id for n, o in enumerate(question.offers) if mask >> n & 1]
        return ButtonPress(question.id, tuple(chosen))
    if not question.several or _goes_alone(question, number):
        return ButtonPress(question.id, (question.offers[number].id,))
    return SelectionChange(ticked(question.offers, mask ^ (1 << number)))


def ticked(offers: Sequence[Offer], mask: int) -> tuple[Offer, ...]:
    """The offers, with those of the mask ticked."""
    return tuple(replace(o, ticked=bool(mask >> n & 1)) for n, o in enumerate(offers))


def _goes_alone(question: Question, number: int) -> bool:
    """A choice that goes with no other is an answer by itself, in one tap."""
    choice = question.step.choice(question.offers[number].id) if question.step else None
    return choice is not None and choice.alone


_COMMAND_NUMBERS = range(FIRST_COMMAND, FIRST_COMMAND + len(COMMANDS))


def _command(
    command: Offer, who: Account, view: View, question: Question, here: bytes
) -> tuple[bytes, int]:
    """*Done* stays good while a story grows; what submits an answer belongs to its moment."""
    if command.id not in COMMANDS:
        return here, SUBMIT
    return _standing(who, view, question), FIRST_COMMAND + COMMANDS.index(command.id)


def offered(question: Question) -> tuple[Offer, ...]:
    """The commands that stand as buttons beneath this question."""
    submit = ["submit"] if question.several else []
    step = question.step
    done = ["done"] if step is not None and question.free and step.many else []
    skip = ["skip"] if step is not None else []
    return tuple(Offer(name, words.LABELS[f"button.{name}"]) for name in (*submit, *done, *skip))


def context(who: Account, view: View, question: Question) -> bytes:
    """The account, its case, the question with its choices, and all that was answered so far."""
    offers = tuple(offer.id for offer in question.offers)
    return _digest(who, question.id, (offers, _moment(view)))


def _standing(who: Account, view: View, question: Question) -> bytes:
    """The account and the question, in this talk."""
    return _digest(who, question.id, ("standing", view.snapshot.words))


class _Verbatim(str):
    """Text that stands in a ``repr`` as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _moment(view: View) -> object:
    """What the moment of a question is recognised by.

    Its ``repr`` is hashed, and buttons in chats outlive an update of the program, so the form of
    each record is written out here: renaming a class must not invalidate them.
    """
    draft, opened = view.snapshot.draft, view.snapshot.opened
    which = view.snapshot.words  # two cases may have the same answers, in the same hour
    if draft is not None:
        answers = tuple(_answer(a) for a in draft.answers)
        return (which, draft.revision, draft.phase.value, answers, draft.ends)
    if opened is None:
        return ()
    return (which, tuple(map(_share, opened.shares)), tuple(map(_entry, opened.history)))


def _answer(a: StoredAnswer) -> _Verbatim:
    return _Verbatim(
        f"Answered(step={a.step!r}, choices={a.choices!r}, items={a.items!r}, closed={a.closed!r})"
    )


def _share(s: StandingHandover) -> _Verbatim:
    stage = f"<Stage.{s.stage.name}: {s.stage.value!r}>"
    return _Verbatim(
        f"Share(statement={s.statement!r}, readers={s.readers!r}, stage={stage}, "
        f"due={s.due!r}, week={s.week!r})"
    )


def _entry(e: HistoryEntry) -> _Verbatim:
    return _Verbatim(
        f"Given(number={e.number!r}, scope={e.scope!r}, readers={e.readers!r}, "
        f"revoked={e.revoked!r})"
    )


def _digest(who: Account, question: str, more: object) -> bytes:
    """Of plain values whose ``repr`` says all of them."""
    return sha256(repr((who.platform, who.name, question, more)).encode()).digest()
