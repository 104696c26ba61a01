"""Everything of one case follows from its 16 bytes of entropy, the reporter's twelve words."""

from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from store.crypto.age.file import Identity, Recipient
from store.crypto.kdf import digest, expand, extract
from store.crypto.labels import Label, derive_label
from store.crypto.mnemonics import words_of

ENTROPY_BYTES = 16
MOST_DERIVED = 1024


def rid_of(box: bytes) -> bytes:
    """The mailbox address, 16 bytes: the only name of a case that readers see."""
    return digest(derive_label(Label.CASE_RID, box))[:16]


@dataclass(frozen=True)
class CaseKeys:
    """The keys of a case, derived when they are asked for. In memory only while it is unlocked."""

    entropy: bytes = field(repr=False)

    @cached_property
    def root(self) -> bytes:
        """Where all derivation starts."""
        return extract(derive_label(Label.CASE_ROOT), self.entropy)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The twelve words, in English."""
        return words_of(self.entropy)

    def derive(self, label: Label, size: int) -> bytes:
        """One key for one purpose."""
        return expand(self.root, derive_label(label), size)

    @cached_property
    def locator(self) -> bytes:
        """Primary key of the case row; never shown to readers."""
        return self.derive(Label.CASE_LOCATOR, 16)

    @cached_property
    def identity(self) -> Identity:
        """The reporter's hybrid age key."""
        return Identity(self.derive(Label.CASE_MAILBOX, 32))

    @cached_property
    def recipient(self) -> Recipient:
        """Public half of ``identity``: what is sealed for the reporter is sealed to it."""
        return self.identity.recipient

    @cached_property
    def box(self) -> bytes:
        """The bytes of ``recipient``, 1216 of them."""
        return self.recipient.raw

    @cached_property
    def rid(self) -> bytes:
        """See ``rid_of``."""
        return rid_of(self.box)

    @cached_property
    def sign_seed(self) -> bytes:
        """Seed of the Ed25519 key that signs statements."""
        return self.derive(Label.CASE_SIGN, 32)

    @cached_property
    def sign_public(self) -> bytes:
        """Public half of it, 32 bytes."""
        key = Ed25519PrivateKey.from_private_bytes(self.sign_seed)
        return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @cached_property
    def state_key(self) -> bytes:
        """Seals the state of the draft."""
        return self.derive(Label.CASE_STATE, 32)

    @cached_property
    def out_key(self) -> bytes:
        """W: travels in the take-back row, and finds match rows once there are any."""
        return self.derive(Label.CASE_OUT, 32)


@dataclass(slots=True)
class DerivedKeyCache:
    """Keys of open talks that were derived within the last minute.

    Whoever writes five messages has them derived once. What is found by them is read from the
    disk all the same. Upkeep forgets them once a minute, and so does every talk that ends.
    """

    kept: dict[bytes, CaseKeys] = field(default_factory=dict, repr=False)

    def of(self, entropy: bytes) -> CaseKeys:
        """The keys of this case."""
        if len(self.kept) >= MOST_DERIVED:
            self.kept.clear()
        return self.kept.setdefault(entropy, CaseKeys(entropy))

    def forget(self) -> None:
        """All of them; who goes on writing has them derived once more."""
        self.kept.clear()
