"""The take-back code: four words that everybody gets. It can revoke and erase, nothing else.

It is 44 random bits, independent of the twelve words. A thief of the database would need 2^44
runs of Argon2id for all codes together, and would gain revocation only.
"""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select, update

from store.crypto.case_keys import CaseKeys
from store.crypto.kdf import ZERO_NONCE, Entropy, digest, expand, lock, slow_hash, unlock
from store.crypto.labels import Label, derive_label
from store.crypto.mnemonics import code_words, draw_code
from store.db.connection import Connection
from store.db.engine import completed
from store.db.schema import case_file, takeback
from store.model.turn import NewCode

LOCATOR_BYTES = 16
LANES = (1, 4)
"""Lanes of Argon2id: one for every code that is drawn now, four for codes of the first builds.

A row does not say how its code was stretched, because its id follows from that: typed words are
looked for in both ways, for as long as cases of the first builds may live.
"""

ARGON2_AT_ONCE = 2
"""64 MiB and one core each."""


@dataclass(frozen=True, slots=True)
class CodeKey:
    """The keys that four words derive: the row's id, and the key of its content."""

    id: bytes = field(repr=False)
    key: bytes = field(repr=False)


class SlowHash:
    """Argon2id off the event loop: two at a time, of which one may have several lanes."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(ARGON2_AT_ONCE)
        self._several_lanes = asyncio.Lock()

    async def __call__(self, password: bytes, salt: bytes, lanes: int) -> bytes:
        """Hash a password; takes 0.1 to 0.2 seconds of one core."""
        async with self._several_lanes if lanes > 1 else nullcontext(), self._slots:
            hashing = asyncio.to_thread(slow_hash, password, salt, lanes)
            # Whoever is cancelled holds on: the thread computes to its end all the same.
            return await completed(asyncio.ensure_future(hashing))


@dataclass(frozen=True, slots=True)
class TakebackCodeRepository:
    """The table ``takeback``."""

    deployment: str
    entropy: Entropy = field(repr=False)
    slow: SlowHash = field(default_factory=SlowHash)

    def draw(self) -> int:
        """Draw a new code, a number of 44 bits."""
        return draw_code(self.entropy)

    async def stretch(
        self, code: int, language: str = "english", lanes: int = LANES[0]
    ) -> CodeKey:
        """Derive the row's keys from the four words; slow on purpose."""
        salt = digest(derive_label(Label.TAKEBACK, self.deployment.encode()))
        words = " ".join(code_words(code, language)).encode()
        secret = await self.slow(words, salt, lanes)
        return CodeKey(
            expand(secret, derive_label(Label.TAKEBACK_ID), 16),
            expand(secret, derive_label(Label.TAKEBACK_KEY), 32),
        )

    def write(self, connection: Connection, keys: CaseKeys, code: NewCode) -> None:
        """Write the code's row, in place of an earlier one of the same case."""
        forget_codes(connection, keys.locator)
        context = derive_label(Label.TAKEBACK_AD, code.id)
        sealed = lock(code.key, ZERO_NONCE, context, keys.locator + keys.out_key)
        connection.execute(insert(takeback).values(id=code.id, ct=sealed))
        mine = case_file.c.locator == keys.locator
        connection.execute(update(case_file).where(mine).values(tb=code.id))

    def find(self, connection: Connection, code: CodeKey) -> bytes | None:
        """Return the locator of the case that this code may take back; None if there is none."""
        query = select(takeback.c.ct).where(takeback.c.id == code.id)
        sealed = connection.execute(query).scalar()
        if sealed is None:
            return None
        context = derive_label(Label.TAKEBACK_AD, code.id)
        return unlock(code.key, ZERO_NONCE, context, sealed)[:LOCATOR_BYTES]

    def is_free(self, connection: Connection, code: CodeKey) -> bool:
        """Check that no case has this code."""
        query = select(takeback.c.id).where(takeback.c.id == code.id)
        return connection.execute(query).first() is None


def forget_codes(connection: Connection, locator: bytes) -> None:
    """Delete the code of this case, if there is one. Called before the case is deleted."""
    mine = select(case_file.c.tb).where(
        case_file.c.locator == locator, case_file.c.tb.is_not(None)
    )
    connection.execute(delete(takeback).where(takeback.c.id.in_(mine)))
