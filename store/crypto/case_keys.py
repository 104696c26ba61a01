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
MOST_DERIVED = 4096
"""Cases whose keys are cached at once, about 18 KB each. If more people than that write within a
minute, keys are derived anew for each answer."""


def rid_of(box: bytes) -> bytes:
    """Derive the mailbox address, 16 bytes: the only name of a case that readers see."""
    return digest(derive_label(Label.CASE_RID, box))[:16]


@dataclass(frozen=True)
class CaseKeys:
    """The keys of a case, derived when they are asked for. In memory only while it is unlocked."""

    entropy: bytes = field(repr=False)

    @cached_property
    def root(self) -> bytes:
        """Extract the key from which all others are derived."""
        return extract(derive_label(Label.CASE_ROOT), self.entropy)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Spell the twelve words, in English."""
        return words_of(self.entropy)

    def derive(self, label: Label, size: int) -> bytes:
        """Derive one key for one purpose."""
        return expand(self.root, derive_label(label), size)

    @cached_property
    def locator(self) -> bytes:
        """Derive the primary key of the case's row, which readers never see."""
        return self.derive(Label.CASE_LOCATOR, 16)

    @cached_property
    def identity(self) -> Identity:
        """Derive the reporter's hybrid age key."""
        return Identity(self.derive(Label.CASE_MAILBOX, 32))

    @cached_property
    def recipient(self) -> Recipient:
        """Return the public half of ``identity``, to which the case is sealed."""
        return self.identity.recipient

    @cached_property
    def box(self) -> bytes:
        """Return the 1216 bytes of ``recipient``."""
        return self.recipient.raw

    @cached_property
    def rid(self) -> bytes:
        """See ``rid_of``."""
        return rid_of(self.box)

    @cached_property
    def sign_seed(self) -> bytes:
        """Derive the seed of the Ed25519 key that signs statements."""
        return self.derive(Label.CASE_SIGN, 32)

    @cached_property
    def sign_public(self) -> bytes:
        """Derive the public half of the signing key, 32 bytes."""
        key = Ed25519PrivateKey.from_private_bytes(self.sign_seed)
        return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @cached_property
    def state_key(self) -> bytes:
        """Derive the key that seals the state of the draft."""
        return self.derive(Label.CASE_STATE, 32)

    @cached_property
    def out_key(self) -> bytes:
        """Derive W, which stands in the take-back row and is to find match rows."""
        return self.derive(Label.CASE_OUT, 32)


@dataclass(slots=True)
class DerivedKeyCache:
    """Keys of open conversations that were derived within the last minute.

    Whoever writes five messages has them derived once. What is found by them is read from the
    disk all the same. Upkeep forgets them once a minute, and so does every conversation that ends.
    Threads may use it at the same time: what one derives while another forgets is not kept.
    """

    kept: dict[bytes, CaseKeys] = field(default_factory=dict, repr=False)

    def of(self, entropy: bytes) -> CaseKeys:
        """Return the keys of this case, derived once."""
        kept = self.kept
        if len(kept) >= MOST_DERIVED:
            kept = self.kept = {}
        return kept.setdefault(entropy, CaseKeys(entropy))

    def forget(self) -> None:
        """Forget all keys; they are derived again when they are needed."""
        self.kept = {}
