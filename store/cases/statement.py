"""Statements that a reporter signed: a permission, its revocation, or the erasure of everything.

The bodies are those of docs/cryptography.md, section 6, as they stand in signed envelopes. A
statement that exists is a valid one: making any other raises ``Unreadable``. Only the scopes that
this program can honour exist here: ``keep``, ``named`` (the permission `read`) and ``never``.

In version 1 each permission held the list of readers who must never get the case, so that the
named readers could read it. Since version 2 the list stands in statements of scope ``never``,
which no reader gets. Statements of version 1 are read and no longer made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from store.crypto import cbor
from store.crypto.signed_envelope import PUBLIC_KEY_BYTES, VERSIONS, Envelope, sign
from store.model.clock import is_week
from store.model.errors import Unreadable

VERSION = 2
HASH_BYTES = 32
ID_BYTES = 16
SALT_BYTES = 32
FIRST_PREVIOUS = bytes(HASH_BYTES)
"""``previous`` of the first statement of a case."""
SCOPES = ("keep", "named", "never")
LISTEN = "act.listen"
MAY = (
    "act.accused",  # put it to the accused
    LISTEN,  # read and listen, nothing else
    "act.named",  # act, with the reporter's name
    "act.unnamed",  # act, without naming the reporter
    "contact",  # write to the reporter
)
"""Every token of ``may``: what the readers of a report are allowed to do."""


@dataclass(frozen=True, slots=True)
class ShownWords:
    """The sentence that a reporter agreed to, so that they can prove which one it was.

    ``revision`` is that of the questionnaire (12 hexadecimal digits), or the version of the
    program for a sentence of its own; ``digest`` is SHA-256 of the exact words.
    """

    revision: str
    language: str
    step: str
    digest: bytes


@dataclass(frozen=True, slots=True, repr=False)
class ReadTerms:
    """The terms of a hand-over: which files which readers get, and what they may do."""

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
        return "ReadTerms(…)"


@dataclass(frozen=True, slots=True, repr=False)
class PermissionStatement:
    """A permission: ``named`` with ``sharing``, ``never`` with a salt, ``keep`` with neither."""

    case: bytes
    """The rid of the case, 16 bytes."""
    pk: bytes
    """The case's Ed25519 key, which must have signed this."""
    words: ShownWords
    number: int
    """From 1 within the case (``seq``)."""
    previous: bytes
    """Hash of the statement before (``prev``)."""
    never: tuple[bytes, ...] = ()
    """The mids of readers who must never get it (``not``), sorted."""
    sharing: ReadTerms | None = None
    until: int = 0
    """ISO week after which it ends; 0 for no end."""
    salt: bytes = b""
    """Random bytes of ``never``. The next statement names this one by its hash, and is read by
    readers: without a salt they could try every list of names until the hash fits."""
    version: int = VERSION

    def __post_init__(self) -> None:
        _refuse(_consent_faults(self))

    def __repr__(self) -> str:
        return f"PermissionStatement({self.scope!r}, …)"

    @property
    def scope(self) -> str:
        """Return the name of the permission in the signed body."""
        if self.sharing:
            return "named"
        return "never" if self.salt else "keep"

    def fields(self) -> cbor.Map:
        """Build the body to sign."""
        return {
            **_common(self, "consent"),
            "pk": self.pk,
            "scope": self.scope,
            "until": self.until,
            **({"not": list(self.never)} if self.salt or self.version == 1 else {}),
            **({"salt": self.salt} if self.salt else {}),
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
    stands: tuple[str, ...] = ()
    """The scopes that stand after it, sorted."""
    version: int = VERSION

    def __post_init__(self) -> None:
        _refuse(_revocation_faults(self))

    def __repr__(self) -> str:
        return "RevocationStatement(…)"

    def fields(self) -> cbor.Map:
        """Build the body to sign."""
        stands = {"stands": list(self.stands)} if self.version > 1 else {}
        return {**_common(self, "revoke"), "of": self.of, **stands}


@dataclass(frozen=True, slots=True, repr=False)
class ErasureStatement:
    """A reporter's wish that everything of a case is erased."""

    case: bytes
    words: ShownWords
    number: int
    previous: bytes
    version: int = VERSION

    def __post_init__(self) -> None:
        _refuse(_common_faults(self))

    def __repr__(self) -> str:
        return "ErasureStatement(…)"

    def fields(self) -> cbor.Map:
        """Build the body to sign."""
        return _common(self, "erase")


Statement: TypeAlias = PermissionStatement | RevocationStatement | ErasureStatement


def sign_statement(statement: Statement, seed: bytes) -> Envelope:
    """Sign a statement with the case's signing key."""
    return sign(statement.fields(), seed)


def _common(statement: Statement, kind: str) -> dict[str, cbor.Value]:
    shown = statement.words
    return {
        "v": statement.version,
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
    if statement.version not in VERSIONS:
        yield "its version is not known here; update this program"
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
    if consent.salt and (consent.version == 1 or len(consent.salt) != SALT_BYTES):
        yield "its salt has another length than 32 bytes, or its version has none"
    if consent.salt and consent.sharing:
        yield "it both shares the case and says who must never get it"
    if consent.never and not consent.salt and consent.version > 1:
        yield "it says who must never get it where others may read that"
    if consent.until and not is_week(consent.until):
        yield "its end is not a week"


def _revocation_faults(revocation: RevocationStatement) -> Iterator[str]:
    yield from _common_faults(revocation)
    if len(revocation.of) != HASH_BYTES:
        yield "it does not name the statement it takes back"
    if list(revocation.stands) != sorted(set(revocation.stands) & set(SCOPES)):
        yield "what it says to stand is not in order, or not known here"
    if revocation.stands and revocation.version == 1:
        yield "its version does not say what stands"


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
        raise invalid(fault)


def invalid(why: str) -> Unreadable:
    """Name what is wrong with a statement in the error to be raised."""
    return Unreadable(f"A reporter's statement is not valid: {why}.")
