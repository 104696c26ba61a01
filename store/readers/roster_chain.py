"""Make the next version of a roster, sign it, and check the signatures of a chain."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from store.crypto.mnemonics import FINGERPRINT_BYTES
from store.model.errors import RosterError
from store.readers.key_file import Card, ReaderKey
from store.readers.roster import NO_PREVIOUS, Chain, Member, Note, Roster, Signature
from store.readers.roster_parser import parse_chain

_KEY_ID_BYTES = 4
_ED25519 = b"\x01"


def genesis(origin: str, quorum: int, founders: Sequence[Member]) -> Note:
    """Create version 1, not signed by anybody yet."""
    return Note(Roster(origin, 1, NO_PREVIOUS, quorum, _sorted(founders)))


def member_of(card: Card, since: int) -> Member:
    """Create a commission member from the card that they sent."""
    roles = ("commission", "mandated") if card.must_pass_on else ("commission",)
    return Member(card.name, since, 0, roles, card.recipient, card.sign_pk, card.about)


def with_member(latest: Note, member: Member) -> Note:
    """Create the next version, with one member more, not signed by anybody yet."""
    old = latest.roster
    members = _sorted((*old.members, member))
    return Note(replace(old, version=old.version + 1, previous=old.hash, members=members))


def with_new_key(latest: Note, member: Member) -> Note:
    """Create the next version, with a new key in place of that of the member of this name.

    The version says that one replaced the other. Raises ``RosterError`` if nobody has the name.
    """
    old, name = latest.roster, member.pseudonym.casefold()
    before = next((m for m in old.members if m.pseudonym.casefold() == name), None)
    if before is None or before.mid == member.mid:
        raise RosterError(
            f"Nobody in this list is called {member.pseudonym} and has another key. `holdfast"
            " roster add` adds somebody new."
        )
    members = _sorted((*(m for m in old.members if m != before), member))
    after = tuple(sorted((*old.after, (member.mid, before.mid))))
    number = old.version + 1
    return Note(replace(old, version=number, previous=old.hash, members=members, after=after))


def signers(chain: Chain) -> tuple[Member, ...]:
    """List who may sign the newest version: members of the one before, or the founders."""
    return chain[-2 if len(chain) > 1 else -1].roster.members


def needed(chain: Chain) -> int:
    """Count how many of ``signers`` must sign the newest version."""
    return chain[-2].roster.quorum if len(chain) > 1 else len(chain[0].roster.members)


def signed_by(chain: Chain) -> tuple[Member, ...]:
    """List those of ``signers`` who signed the newest version.

    Raises ``RosterError`` for a signature that does not hold or is of anybody else.
    """
    note = chain[-1]
    mids = {_signer(note, signature, signers(chain)).mid for signature in note.signatures}
    return tuple(member for member in signers(chain) if member.mid in mids)


def sign(chain: Chain, key: ReaderKey) -> Chain:
    """Add this reader's signature to the newest version."""
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
    """Read a chain that leads, signature by signature, back to the pinned genesis.

    Raises ``RosterError`` for any other text.
    """
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
    """Raise ``RosterError`` unless every version but the newest has the signatures it needs."""
    for length in range(1, len(chain)):
        check_signed(chain[:length])


def check_signed(chain: Chain) -> None:
    """Raise ``RosterError`` unless the newest version has all the signatures that it needs."""
    missing = needed(chain) - len(signed_by(chain))
    if missing > 0:
        raise RosterError(
            f"Version {chain[-1].roster.version} of the roster lacks {missing} of"
            f" {needed(chain)} signatures. Let others sign it: holdfast roster sign."
        )


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
    """Compute the key id of a C2SP signed note.

    It is the first bytes of SHA-256 over name, LF, signature type and key.
    """
    hashed = hashlib.sha256(name.encode() + b"\n" + _ED25519 + sign_pk)
    return hashed.digest()[:_KEY_ID_BYTES]


def _sorted(members: Sequence[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda member: member.mid))
