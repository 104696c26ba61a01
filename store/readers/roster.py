"""The roster: who the readers are, as a chain of notes that the readers themselves signed.

Each version is a C2SP signed note (c2sp.org/signed-note). The first, the genesis, is signed by
everybody in it, and its hash is pinned outside this program: in the configuration, on posters.
Each later version is signed by at least the quorum of the version before. So nobody who only
runs the server can add a reader.

A chain file holds the notes from the oldest to the newest, each after an empty line.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from store.crypto.age.file import Recipient
from store.model.clock import is_week
from store.model.errors import RosterError
from store.readers.key_file import check_about, check_name, member_id

ROLES = ("commission", "intermediary", "mandated", "witness")
"""``mandated``: must pass on what they learn."""
HASH_BYTES = 32

NO_PREVIOUS = bytes(HASH_BYTES)
"""``previous`` of the genesis."""

Replacement: TypeAlias = tuple[bytes, bytes]
"""(new mid, old mid) of one person whose key changed."""

ReleaseKey: TypeAlias = tuple[bytes, bytes]
"""(mid, public key) of an intermediary."""
_PK_BYTES = 32
_ORIGIN = re.compile(r"[!-*,-~]{1,64}")  # visible ASCII without "+", as C2SP wants key names


@dataclass(frozen=True, slots=True)
class Member:
    """One reader, intermediary or witness. To people they are *readers*, never members.

    ``since`` and ``until`` are ISO weeks, both included; ``until`` is 0 while no end is set.
    """

    pseudonym: str
    since: int
    until: int
    roles: tuple[str, ...]
    recipient: Recipient
    sign_pk: bytes
    about: str = ""

    def __post_init__(self) -> None:
        check_name(self.pseudonym)
        check_about(self.about)
        for fault in _member_faults(self):
            raise RosterError(f"The roster's entry for {self.pseudonym} is not valid: {fault}.")

    @property
    def mid(self) -> bytes:
        """Compute the 32 bytes by which statements name this member."""
        return member_id(self.recipient, self.sign_pk)

    @property
    def mandated(self) -> bool:
        """Check whether they must pass on what they learn."""
        return "mandated" in self.roles


@dataclass(frozen=True, slots=True)
class Roster:
    """One version of the list; ``members`` are sorted by mid. One that exists is valid."""

    origin: str
    version: int
    previous: bytes
    quorum: int
    members: tuple[Member, ...]
    reset: bytes | None = None
    after: tuple[Replacement, ...] = ()
    rel: tuple[ReleaseKey, ...] = ()
    text: str = field(init=False, repr=False, compare=False)
    """The text of the note: what is hashed and signed. Written once: its keys take long."""
    hash: bytes = field(init=False, repr=False, compare=False)
    """SHA-256 of the text; the hash of version 1 is what gets pinned. Every hand-over names it."""

    def __post_init__(self) -> None:
        for fault in _roster_faults(self):
            raise RosterError(f"Version {self.version} of the roster is not valid: {fault}.")
        object.__setattr__(self, "text", "".join(f"{line}\n" for line in _lines(self)))
        object.__setattr__(self, "hash", hashlib.sha256(self.text.encode()).digest())

    def active(self, week: int) -> tuple[Member, ...]:
        """List the members whose time includes this ISO week."""
        return tuple(
            m for m in self.members if m.since <= week and (not m.until or week <= m.until)
        )

    def member(self, mid: bytes) -> Member | None:
        """Find the member with this mid, active or not."""
        return next((member for member in self.members if member.mid == mid), None)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, and 4 bytes of key id before 64 of Ed25519."""

    name: str
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {base64_of(self.value)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A roster and whatever signatures it has so far."""

    roster: Roster
    signatures: tuple[Signature, ...] = ()

    def format(self) -> str:
        """Write the C2SP signed note."""
        return f"{self.roster.text}\n" + "".join(f"{line}\n" for line in self.signatures)


Chain: TypeAlias = tuple[Note, ...]
"""All versions, oldest first."""


def _member_faults(member: Member) -> Iterator[str]:
    if not is_week(member.since) or (member.until and not is_week(member.until)):
        yield "its weeks are not weeks, such as 202647"
    if member.until and member.until < member.since:
        yield "it ends before it begins"
    if not member.roles or list(member.roles) != sorted(set(member.roles) & set(ROLES)):
        yield f"its roles must be some of {', '.join(ROLES)}, in this order"
    if len(member.sign_pk) != _PK_BYTES:
        yield "its signing key has another length than 32 bytes"


def _roster_faults(roster: Roster) -> Iterator[str]:
    mids = [member.mid for member in roster.members]
    names = {member.pseudonym.casefold() for member in roster.members}
    if not _ORIGIN.fullmatch(roster.origin):
        yield "its origin must be 1 to 64 visible ASCII characters without +"
    if not mids or mids != sorted(set(mids)):
        yield "it names nobody, or somebody twice"
    if len(names) != len(mids):
        yield "two of its readers have the same name"
    if not 1 <= roster.quorum <= len(mids):
        yield "its quorum must be at least 1 and at most the number of its readers"
    if roster.version < 1 or (roster.version == 1) != (roster.previous == NO_PREVIOUS):
        yield "its number and the version before it contradict each other"
    if roster.reset is not None and roster.version != 1:
        yield "only a first version can be a reset"


def _lines(roster: Roster) -> Iterator[str]:
    yield f"{roster.origin}/roster"
    yield "pcr roster v1"
    yield f"version {roster.version}"
    yield f"prev {base64_of(roster.previous)}"
    if roster.reset is not None:
        yield f"reset {base64_of(roster.reset)}"
    yield f"quorum {roster.quorum}"
    yield from map(_member_line, roster.members)
    for member in roster.members:
        if member.about:
            yield f"about {base64_of(member.mid)} {base64_of(member.about.encode())}"
    for word, pairs in (("after", roster.after), ("rel", roster.rel)):
        for left, right in pairs:
            yield f"{word} {base64_of(left)} {base64_of(right)}"


def _member_line(member: Member) -> str:
    return (
        f"member {base64_of(member.mid)} {member.pseudonym} {member.since} {member.until}"
        f" {','.join(member.roles)} {member.recipient} {base64_of(member.sign_pk)}"
    )


def base64_of(data: bytes) -> str:
    """Encode bytes as they stand in a note."""
    return base64.b64encode(data).decode()


def format_chain(chain: Chain) -> str:
    """Write the text of the file that ``parse_chain`` reads."""
    return "\n".join(note.format() for note in chain)
