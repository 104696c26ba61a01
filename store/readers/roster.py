"""The roster: who the readers are, as a chain of notes that the readers themselves signed.

Each version is a C2SP signed note (c2sp.org/signed-note). The first, the genesis, is signed by
everybody in it, and its hash is pinned outside this program: in the configuration, on posters.
Each later version is signed by at least the quorum of the version before. So nobody who only
runs the server can add a reader.

A chain file holds the notes from the oldest to the newest, each after an empty line.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from store.cases.statement import is_week
from store.crypto.age.file import Recipient
from store.crypto.mnemonics import FINGERPRINT_BYTES
from store.model.errors import RosterError, StoreError
from store.readers.key_file import Card, ReaderKey, check_about, check_name, member_id

ROLES = ("commission", "intermediary", "mandated", "witness")
"""``mandated``: must pass on what they are told."""

HASH_BYTES = 32
NO_PREVIOUS = bytes(HASH_BYTES)
"""``previous`` of the genesis."""

Replacement: TypeAlias = tuple[bytes, bytes]
"""(new mid, old mid) of one person whose key changed."""

ReleaseKey: TypeAlias = tuple[bytes, bytes]
"""(mid, public key) of an intermediary."""

_PK_BYTES = 32
_KEY_ID_BYTES = 4
_ED25519 = b"\x01"
_ORIGIN = re.compile(r"[!-*,-~]{1,64}")  # visible ASCII without "+", as C2SP wants key names
_SIGNATURE = re.compile(r"— (\S+) (\S+)")
_LINES = re.compile(
    r"(?P<origin>\S+)/roster\npcr roster v1\nversion (?P<version>[1-9][0-9]{0,8})\n"
    r"prev (?P<prev>\S+)\n(?:reset (?P<reset>\S+)\n)?quorum (?P<quorum>[1-9][0-9]{0,3})\n"
    r"(?P<members>(?:member .+\n)+)(?P<abouts>(?:about .+\n)*)"
    r"(?P<after>(?:after .+\n)*)(?P<rel>(?:rel .+\n)*)"
)


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
        """The 32 bytes by which statements name them."""
        return member_id(self.recipient, self.sign_pk)

    @property
    def mandated(self) -> bool:
        """Whether they must pass on what they are told."""
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

    def __post_init__(self) -> None:
        for fault in _roster_faults(self):
            raise RosterError(f"Version {self.version} of the roster is not valid: {fault}.")

    @property
    def text(self) -> str:
        """The text of the note: what is hashed and signed."""
        return "".join(f"{line}\n" for line in _lines(self))

    @property
    def hash(self) -> bytes:
        """SHA-256 of the text; of version 1 it is what gets pinned."""
        return hashlib.sha256(self.text.encode()).digest()

    def active(self, week: int) -> tuple[Member, ...]:
        """The members whose time includes this ISO week."""
        return tuple(
            m for m in self.members if m.since <= week and (not m.until or week <= m.until)
        )

    def member(self, mid: bytes) -> Member | None:
        """The member with this mid, whether active or not."""
        return next((member for member in self.members if member.mid == mid), None)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, and 4 bytes of key id before 64 of Ed25519."""

    name: str
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {_base64(self.value)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A roster and whatever signatures it has so far."""

    roster: Roster
    signatures: tuple[Signature, ...] = ()

    def format(self) -> str:
        """The C2SP signed note."""
        return f"{self.roster.text}\n" + "".join(f"{line}\n" for line in self.signatures)


Chain: TypeAlias = tuple[Note, ...]
"""All versions, oldest first."""


def genesis(origin: str, quorum: int, founders: Sequence[Member]) -> Note:
    """Version 1, not signed by anybody yet."""
    return Note(Roster(origin, 1, NO_PREVIOUS, quorum, _sorted(founders)))


def member_of(card: Card, since: int) -> Member:
    """A commission member from the card that they sent."""
    roles = ("commission", "mandated") if card.must_pass_on else ("commission",)
    return Member(card.name, since, 0, roles, card.recipient, card.sign_pk, card.about)


def with_member(latest: Note, member: Member) -> Note:
    """The next version, with one member more, not signed by anybody yet."""
    old = latest.roster
    members = _sorted((*old.members, member))
    return Note(replace(old, version=old.version + 1, previous=old.hash, members=members))


def signers(chain: Chain) -> tuple[Member, ...]:
    """Those whose signatures the newest version needs: of the version before, or the founders."""
    return chain[-2 if len(chain) > 1 else -1].roster.members


def needed(chain: Chain) -> int:
    """How many of ``signers`` must sign the newest version."""
    return chain[-2].roster.quorum if len(chain) > 1 else len(chain[0].roster.members)


def signed_by(chain: Chain) -> tuple[Member, ...]:
    """Those of ``signers`` who signed the newest version.

    RosterError for a signature that does not hold or is of anybody else.
    """
    note = chain[-1]
    mids = {_signer(note, signature, signers(chain)).mid for signature in note.signatures}
    return tuple(member for member in signers(chain) if member.mid in mids)


def sign(chain: Chain, key: ReaderKey) -> Chain:
    """The chain with this reader's signature under its newest version."""
    note = chain[-1]
    member = next((m for m in signers(chain) if m.mid == key.mid), None)
    if member is None:
        raise RosterError("This key is not among those who may sign this version of the roster.")
    if member in signed_by(chain):
        raise RosterError(f"{member.pseudonym} has signed this version already.")
    name = _key_name(note.roster.origin, member)
    signature = Ed25519PrivateKey.from_private_bytes(key.sign_seed).sign(note.roster.text.encode())
    line = Signature(name, _key_id(name, member.sign_pk) + signature)
    return (*chain[:-1], replace(note, signatures=(*note.signatures, line)))


def read_chain(text: str, genesis_hash: bytes) -> Chain:
    """A chain that leads, signature by signature, back to the pinned genesis; else RosterError."""
    chain = parse_chain(text)
    if chain[0].roster.hash != genesis_hash:
        raise RosterError(
            "The roster begins with another founding version than the pinned one. Compare the"
            " pinned hash with the one on paper; if that is right, the file is not ours."
        )
    check_history(chain)
    check_signed(chain)
    return chain


def check_history(chain: Chain) -> None:
    """RosterError unless every version but the newest has all the signatures that it needs."""
    for length in range(1, len(chain)):
        check_signed(chain[:length])


def check_signed(chain: Chain) -> None:
    """RosterError unless the newest version has all the signatures that it needs."""
    missing = needed(chain) - len(signed_by(chain))
    if missing > 0:
        raise RosterError(
            f"Version {chain[-1].roster.version} of the roster lacks {missing} of"
            f" {needed(chain)} signatures. Let others sign it: holdfast roster sign."
        )


def parse_chain(text: str) -> Chain:
    """The notes of a file, each the successor of the one before; signatures are not checked."""
    blocks = text.split("\n\n")
    if len(blocks) % 2 or not blocks[0]:
        raise RosterError("The roster file is cut or has an empty line too many; get a new copy.")
    pairs = zip(blocks[::2], blocks[1::2], strict=True)
    chain = tuple(_parse_note(block + "\n", lines) for block, lines in pairs)
    if format_chain(chain) != text:
        raise RosterError("The roster file was changed or is cut; get a new copy of it.")
    _check_links(chain)
    return chain


def format_chain(chain: Chain) -> str:
    """The text of the file that ``parse_chain`` reads."""
    return "\n".join(note.format() for note in chain)


def _check_links(chain: Chain) -> None:
    previous = NO_PREVIOUS
    for version, note in enumerate(chain, start=1):
        if note.roster.version != version:
            raise RosterError(f"Version {version} is missing in the roster file; get a new copy.")
        if note.roster.previous != previous:
            raise RosterError(
                f"Version {version} of the roster does not follow the one before it."
            )
        if note.roster.origin != chain[0].roster.origin:
            raise RosterError(f"Version {version} of the roster is of another organisation.")
        previous = note.roster.hash


def _signer(note: Note, signature: Signature, signers_: Sequence[Member]) -> Member:
    version = note.roster.version
    for member in signers_:
        name = _key_name(note.roster.origin, member)
        key_id = _key_id(name, member.sign_pk)
        if signature.name == name and signature.value[:_KEY_ID_BYTES] == key_id:
            _verify(note, signature, member)
            return member
    raise RosterError(
        f"Version {version} of the roster is signed by somebody who may not sign it."
        " Remove that line, or get a new copy of the file."
    )


def _verify(note: Note, signature: Signature, member: Member) -> None:
    key = Ed25519PublicKey.from_public_bytes(member.sign_pk)
    try:
        key.verify(signature.value[_KEY_ID_BYTES:], note.roster.text.encode())
    except InvalidSignature:
        raise RosterError(
            f"The signature of {member.pseudonym} under version {note.roster.version} of the"
            " roster does not hold: the roster was changed after it. Do not use this file."
        ) from None


def _key_name(origin: str, member: Member) -> str:
    return f"{origin}/m/{member.mid[:FINGERPRINT_BYTES].hex()}"


def _key_id(name: str, sign_pk: bytes) -> bytes:
    """C2SP signed-note: the first bytes of SHA-256 over name, LF, signature type and key."""
    hashed = hashlib.sha256(name.encode() + b"\n" + _ED25519 + sign_pk)
    return hashed.digest()[:_KEY_ID_BYTES]


def _sorted(members: Sequence[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda member: member.mid))


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
    yield f"prev {_base64(roster.previous)}"
    if roster.reset is not None:
        yield f"reset {_base64(roster.reset)}"
    yield f"quorum {roster.quorum}"
    yield from map(_member_line, roster.members)
    for member in roster.members:
        if member.about:
            yield f"about {_base64(member.mid)} {_base64(member.about.encode())}"
    for word, pairs in (("after", roster.after), ("rel", roster.rel)):
        for left, right in pairs:
            yield f"{word} {_base64(left)} {_base64(right)}"


def _member_line(member: Member) -> str:
    return (
        f"member {_base64(member.mid)} {member.pseudonym} {member.since} {member.until}"
        f" {','.join(member.roles)} {member.recipient} {_base64(member.sign_pk)}"
    )


def _parse_note(text: str, lines: str) -> Note:
    return Note(_parse(text), tuple(map(_parse_signature, lines.splitlines())))


def _parse(text: str) -> Roster:
    """Reads leniently; writing it again decides whether the text was in its only form."""
    found = _LINES.fullmatch(text)
    if not found:
        raise RosterError("A version of the roster does not follow its format; get a new copy.")
    abouts = dict(_pairs(found["abouts"]))
    roster = Roster(
        origin=found["origin"],
        version=int(found["version"]),
        previous=_bytes(found["prev"]),
        quorum=int(found["quorum"]),
        members=tuple(_parse_member(line, abouts) for line in found["members"].split("\n")[:-1]),
        reset=_bytes(found["reset"]) if found["reset"] else None,
        after=_pairs(found["after"]),
        rel=_pairs(found["rel"]),
    )
    if roster.text != text:
        raise RosterError(f"Version {roster.version} of the roster is not in its only form.")
    return roster


def _parse_member(line: str, abouts: dict[bytes, bytes]) -> Member:
    try:
        _, mid, name, since, until, roles, age, sign_pk = line.split(" ")
        about = abouts.get(_bytes(mid), b"").decode()
        key = Recipient.parse(age)
        return Member(
            name, int(since), int(until), tuple(roles.split(",")), key, _bytes(sign_pk), about
        )
    except RosterError:
        raise
    except (ValueError, StoreError):
        raise RosterError("An entry of the roster is malformed; get a new copy.") from None


def _pairs(lines: str) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(map(_pair, lines.split("\n")[:-1]))


def _pair(line: str) -> tuple[bytes, bytes]:
    match line.split(" "):
        case [_, left, right]:
            return _bytes(left), _bytes(right)
        case _:
            raise RosterError("A line of the roster has not two values; get a new copy.")


def _parse_signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    if not found:
        raise RosterError("A signature line of the roster is malformed; get a new copy.")
    return Signature(found[1], _bytes(found[2]))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RosterError("The roster holds base64 that is not valid; get a new copy.") from None
