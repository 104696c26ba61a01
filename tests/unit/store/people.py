"""Three readers whose keys never change, randomness that does not either, and shown words."""

import hashlib
from itertools import count

from store.cases import permissions
from store.cases.statement import ShownWords
from store.crypto.age.file import Entropy, Identity
from store.readers.key_file import ReaderKey


def reader(number: int) -> ReaderKey:
    """The keys of reader number so and so."""
    return ReaderKey(Identity(bytes([number] * 32)), bytes([100 + number] * 32))


def counted() -> Entropy:
    """Bytes that differ at each call and are the same in each run."""
    numbers = count()
    return lambda size: hashlib.shake_256(b"%d" % next(numbers)).digest(size)


def shown_words(revision: str, language: str, step: str, question: str, choice: str) -> ShownWords:
    """The question as it was sent and the choice that was taken."""
    return permissions.shown_words(f"{question}\n{choice}", revision, language, step)


OAK, BIRCH, YEW = reader(1), reader(2), reader(3)
