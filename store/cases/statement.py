"""What a reporter signed: a permission given, taken back, or everything erased.

The bodies of docs/cryptography.md, section 6, as they stand in signed envelopes. A statement
that exists is a valid one: making or reading any other raises Unreadable. Of the scopes only
those exist here that this program can honour: ``keep`` and ``named`` (the permission `read`);
a reader's program that meets another one must say so rather than guess.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from store.crypto import cbor
from store.crypto.signed_envelope import PUBLIC_KEY_BYTES, Envelope, sign
from store.model.errors import Unreadable

HASH_BYTES = 32
ID_BYTES = 16
FIRST_PREVIOUS = bytes(HASH_BYTES)
"""``previous`` of the first statement of a case."""

LISTEN = "act.listen"
MAY = (
    "act.accused",  # put it to the accused
    LISTEN,  # read and listen, nothing else
    "act.named",  # act, with the reporter's name
    "act.unnamed",  # act, without naming the reporter
    "contact",  # write to the reporter
)
"""Every token of ``may``: what the readers of a report are allowed to do."""

_COMMON = frozenset({"v", "t", "case", "seq", "prev", "words"})
_CONSENT = _COMMON | {"pk", "scope", "until", "not"}
_SHARING = frozenset({"items", "to", "may", "future", "roster"})
_LAST_WEEK = 53


def is_week(number: int) -> bool:
    """Whether this is an ISO week as we write them, for instance 202647."""
    return 1 <= number % 100 <= _LAST_WEEK and number // 100 in range(1970, 10_000)


@dataclass(frozen=True, slots=True)
class ShownWords:
    """The sentence that somebody said yes to, so that they can prove which one it was.

    ``revision`` is that of the questionnaire (12 hexadecimal digits), or the version of the
    program for a sentence of its own; ``digest`` is SHA-256 of the exact words.
    """

    revision: str
    language: str
    step: str
    digest: bytes


def shown_words(revision: str, language: str, step: str, question: str, choice: str) -> ShownWords:
    """The question as it was sent and the choice that was taken, before any formatting."""
    text = f"{question}\n{choice}".encode()
    return ShownWords(revision, language, step, hashlib.sha256(text).digest())


@dataclass(frozen=True, slots=True, repr=False)
class ReadTerms:
    """Which files whom, and what they may do: what a hand-over needs beyond the yes itself."""

    items: tuple[tuple[bytes, bytes], ...]
    """(item id, SHA-256 of its payload), sorted."""
    to: tuple[bytes, ...]
    """The mids of the named readers, sorted."""
    may: tuple[str, ...]
    future: bool
    """Whether readers elected later may be given it."""
    roster: tuple[int, bytes]
    """(version, SHA-256 of the note's text) of the roster in which the readers were named."""

    def __post_init__(self) -> None:
        _refuse(_sharing_faults(self))

    def __repr__(self) -> str:
        return "Sharing(…)"


@dataclass(frozen=True, slots=True, repr=False)
class PermissionStatement:
    """A permission. With ``sharing`` its scope is ``named``, without it is ``keep``."""

    case: bytes
    """The rid of the case, 16 bytes."""
    pk: bytes
    """The case's Ed25519 key, which must have signed this."""
    words: ShownWords
    number: int
    """From 1 within the case (``seq``)."""
    previous: bytes
    """Hash of the statement before (``prev``)."""
    never: tuple[bytes, ...]
    """The mids of readers who must never get it (``not``), sorted."""
    sharing: ReadTerms | None = None
    until: int = 0
    """ISO week after which it ends; 0 for no end."""

    def __post_init__(self) -> None:
        _refuse(_consent_faults(self))

    def __repr__(self) -> str:
        return f"Consent({self.scope!r}, …)"

    @property
    def scope(self) -> str:
        """The name of the permission in the signed body."""
        return "named" if self.sharing else "keep"

    def fields(self) -> cbor.Map:
        """The body to sign."""
        return {
            **_common(self, "consent"),
            "pk": self.pk,
            "scope": self.scope,
            "until": self.until,
            "not": list(self.never),
            **(_sharing_fields(self.sharing) if self.sharing else {}),
        }


@dataclass(frozen=True, slots=True, repr=False)
class RevocationStatement:
    """A permission taken back; ``of`` is the hash of the statement that gave it."""

    case: bytes
    of: bytes
    words: ShownWords
    number: int
    previous: bytes

    def __post_init__(self) -> None:
        _refuse(_common_faults(self))
        if len(self.of) != HASH_BYTES:
            _refuse(["it does not name the statement it takes back"])

    def __repr__(self) -> str:
        return "Revoke(…)"

    def fields(self) -> cbor.Map:
        """The body to sign."""
        return {**_common(self, "revoke"), "of": self.of}


@dataclass(frozen=True, slots=True, repr=False)
class ErasureStatement:
    """The wish that everything of a case goes."""

    case: bytes
    words: ShownWords
    number: int
    previous: bytes

    def __post_init__(self) -> None:
        _refuse(_common_faults(self))

    def __repr__(self) -> str:
        return "Erase(…)"

    def fields(self) -> cbor.Map:
        """The body to sign."""
        return _common(self, "erase")


Statement: TypeAlias = PermissionStatement | RevocationStatement | ErasureStatement


def sign_statement(statement: Statement, seed: bytes) -> Envelope:
    """The statement under the case's signing key."""
    return sign(statement.fields(), seed)


def read_statement(fields: cbor.Map) -> Statement:
    """The statement of an envelope's fields; Unreadable for another type, scope or key set."""
    match fields:
        case {"t": "consent", "scope": "keep"}:
            return _read_consent(_exactly(fields, _CONSENT), None)
        case {"t": "consent", "scope": "named"}:
            return _read_consent(_exactly(fields, _CONSENT | _SHARING), _read_sharing(fields))
        case {"t": "revoke"}:
            return _read_revoke(_exactly(fields, _COMMON | {"of"}))
        case {"t": "erase"}:
            return _read_erase(_exactly(fields, _COMMON))
        case _:
            raise _fault("its type or scope is not known here; update this program")


def _exactly(fields: cbor.Map, keys: frozenset[str]) -> cbor.Map:
    if set(fields) != keys:
        raise _fault("it has keys that its kind must not have, or lacks some")
    return fields


def _read_consent(fields: cbor.Map, sharing: ReadTerms | None) -> PermissionStatement:
    case, number, previous, words = _read_common(fields)
    match fields:
        case {"pk": bytes(pk), "not": [*never], "until": int(until)}:
            return PermissionStatement(
                case, pk, words, number, previous, _hashes(never), sharing, until
            )
        case _:
            raise _misshapen()


def _read_sharing(fields: cbor.Map) -> ReadTerms:
    match fields:
        case {
            "items": [*items],
            "to": [*to],
            "may": [*may],
            "future": 0 | 1 as future,
            "roster": [int(version), bytes(note)],
        }:
            tokens = tuple(token if isinstance(token, str) else "" for token in may)
            pairs = tuple(_read_item(item) for item in items)
            return ReadTerms(pairs, _hashes(to), tokens, future == 1, (version, note))
        case _:
            raise _misshapen()


def _read_item(item: cbor.Value) -> tuple[bytes, bytes]:
    match item:
        case [bytes(name), bytes(payload)]:
            return name, payload
        case _:
            raise _misshapen()


def _read_revoke(fields: cbor.Map) -> RevocationStatement:
    case, number, previous, words = _read_common(fields)
    match fields:
        case {"of": bytes(of)}:
            return RevocationStatement(case, of, words, number, previous)
        case _:
            raise _misshapen()


def _read_erase(fields: cbor.Map) -> ErasureStatement:
    case, number, previous, words = _read_common(fields)
    return ErasureStatement(case, words, number, previous)


def _read_common(fields: cbor.Map) -> tuple[bytes, int, bytes, ShownWords]:
    match fields:
        case {
            "case": bytes(case),
            "seq": int(number),
            "prev": bytes(previous),
            "words": [str(revision), str(language), str(step), bytes(digest)],
        }:
            return case, number, previous, ShownWords(revision, language, step, digest)
        case _:
            raise _misshapen()


def _hashes(values: Sequence[cbor.Value]) -> tuple[bytes, ...]:
    return tuple(value if isinstance(value, bytes) else b"" for value in values)


def _common(statement: Statement, kind: str) -> dict[str, cbor.Value]:
    shown = statement.words
    return {
        "v": cbor.VERSION,
        "t": kind,
        "case": statement.case,
        "seq": statement.number,
        "prev": statement.previous,
        "words": [shown.revision, shown.language, shown.step, shown.digest],
    }


def _sharing_fields(sharing: ReadTerms) -> dict[str, cbor.Value]:
    return {
        "items": [list(item) for item in sharing.items],
        "to": list(sharing.to),
        "may": list(sharing.may),
        "future": int(sharing.future),
        "roster": list(sharing.roster),
    }


def _common_faults(statement: Statement) -> Iterator[str]:
    if len(statement.case) != ID_BYTES:
        yield "it does not name a case"
    if len(statement.previous) != HASH_BYTES:
        yield "it does not name the statement before it"
    if (statement.number == 1) != (statement.previous == FIRST_PREVIOUS):
        yield "its number and the statement before it contradict each other"
    if statement.number < 1:
        yield "its number is below 1"
    if len(statement.words.digest) != HASH_BYTES:
        yield "it does not name the words that were shown"


def _consent_faults(consent: PermissionStatement) -> Iterator[str]:
    yield from _common_faults(consent)
    if len(consent.pk) != PUBLIC_KEY_BYTES:
        yield "it does not hold the key that signs it"
    if not _are_mids(consent.never):
        yield "its list of readers who must never get it is not in order"
    if consent.sharing and set(consent.never) & set(consent.sharing.to):
        yield "it names the same reader as one who may and one who must never"
    if consent.until and not is_week(consent.until):
        yield "its end is not a week"


def _sharing_faults(sharing: ReadTerms) -> Iterator[str]:
    ids = [item for item, _ in sharing.items]
    if not ids or ids != sorted(set(ids)):
        yield "its items are missing or not in order"
    if any((len(i), len(payload)) != (ID_BYTES, HASH_BYTES) for i, payload in sharing.items):
        yield "one of its items has no proper id and hash"
    if not sharing.to or not _are_mids(sharing.to):
        yield "its readers are missing or not in order"
    if sharing.roster[0] < 1 or len(sharing.roster[1]) != HASH_BYTES:
        yield "it does not name the roster of its readers"
    yield from _may_faults(sharing.may)


def _may_faults(may: tuple[str, ...]) -> Iterator[str]:
    if not set(may) <= set(MAY) or list(may) != sorted(set(may)):
        yield "what its readers may do is not in order, or not known here"
    acts = {token for token in may if token.startswith("act.")}
    if not acts or (LISTEN in acts and acts != {LISTEN}):
        yield "its readers must either only listen or be allowed some way to act"


def _are_mids(mids: tuple[bytes, ...]) -> bool:
    return list(mids) == sorted(set(mids)) and all(len(mid) == HASH_BYTES for mid in mids)


def _refuse(faults: Iterable[str]) -> None:
    for fault in faults:
        raise _fault(fault)


def _fault(why: str) -> Unreadable:
    return Unreadable(f"A reporter's statement is not valid: {why}.")


def _misshapen() -> Unreadable:
    return _fault("one of its values has another shape than its format says")
