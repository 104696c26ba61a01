"""Three readers whose keys never change, and randomness that does not either."""

import hashlib
from itertools import count

from store.crypto.age.file import Entropy, Identity
from store.readers.key_file import ReaderKey


def reader(number: int) -> ReaderKey:
    """The keys of reader number so and so."""
    return ReaderKey(Identity(bytes([number] * 32)), bytes([100 + number] * 32))


def counted() -> Entropy:
    """Bytes that differ at each call and are the same in each run."""
    numbers = count()
    return lambda size: hashlib.shake_256(b"%d" % next(numbers)).digest(size)


OAK, BIRCH, YEW = reader(1), reader(2), reader(3)
