"""Inbox keys: each seals new rows of the inbox for ten minutes, and ends soon after that.

Whatever people type passes through the inbox, recovery words too. A row is deleted when its
message was handled, but a copy of the database that was made before has it still. So its key must
end soon: ``inbox.keys`` is in no backup, rows that wait for longer are sealed again under the
newest key, and the older one is destroyed.
"""

import asyncio
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from store.crypto.kdf import Entropy, expand
from store.crypto.keyring import KEY_BYTES, format_keys, locked, read_keys, replace_secret_file
from store.crypto.labels import Label, derive_label
from store.model.errors import KeyringError, Locked

INBOX_KEYS = "inbox.keys"
PREFIX = "inbox."
SEALING_SECONDS = 600
"""How long a key seals new rows."""


@dataclass(slots=True)
class Renewals:
    """The renewals of this program, by number."""

    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the one that runs."""
    begun: int = 0
    done: int = 0
    """The last that did not fail."""


@dataclass(slots=True)
class InboxKeys:
    """The keys of ``inbox.keys``, by number: the second in which each was made, or a later one.

    ``keys`` is replaced as a whole and never changed: the event loop and the database's threads
    use it at the same time.
    """

    folder: Path
    entropy: Entropy = field(repr=False)
    keys: dict[int, bytes] = field(default_factory=dict, repr=False)
    sealing: int | None = None
    """The number of the key that seals new rows; None if the next row needs a new one."""
    derived: dict[int, bytes] = field(default_factory=dict, repr=False)
    changing: threading.Lock = field(default_factory=threading.Lock, repr=False)
    renewals: Renewals = field(default_factory=Renewals, repr=False)

    def is_due(self, now: datetime) -> bool:
        """Return whether new rows need a new key: there is none, or its ten minutes are over.

        Also where the clock was put back behind the key's beginning.
        """
        sealing = self.sealing
        return sealing is None or not 0 <= int(now.timestamp()) - sealing < SEALING_SECONDS

    def add(self, now: datetime) -> int:
        """Make a key that seals from now on; it is on the disk when this returns its number."""
        with self.changing, locked(self.folder):
            number = int(now.timestamp())
            while number in self.keys:
                number += 1
            self._replace({**self.keys, number: self.entropy(KEY_BYTES)})
            self.sealing = number
        return number

    def retire(self) -> frozenset[int]:
        """Seal nothing more with the keys that there are, whose numbers are returned.

        The next row needs a new one. Waits for a key that is being added: it is retired as well.
        """
        with self.changing:
            self.sealing = None
            return frozenset(self.keys)

    def destroy(self, unneeded: Collection[int]) -> None:
        """Forget these keys, on the disk too; the file that held them is blotted out."""
        with self.changing, locked(self.folder):
            left = {number: key for number, key in self.keys.items() if number not in unneeded}
            if len(left) < len(self.keys):
                self._replace(left)

    def sealing_key(self, number: int) -> bytes:
        """Derive what rows are sealed with; raise ``Locked`` if the key is not here any more."""
        derived = self.derived
        if number not in derived:
            if number not in self.keys:
                raise Locked("A waiting message is older than its key; it cannot be read.")
            key = expand(self.keys[number], derive_label(Label.INBOX_KEY), KEY_BYTES)
            derived[number] = key
        return derived[number]

    def _replace(self, keys: dict[int, bytes]) -> None:
        lines = {f"{PREFIX}{number}": key for number, key in keys.items()}
        replace_secret_file(self.folder / INBOX_KEYS, format_keys(lines))
        self.keys = keys
        self.derived = {}  # what a thread derives meanwhile goes into the old one, and is gone


def open_inbox_keys(folder: Path, entropy: Entropy) -> InboxKeys:
    """Read the file, if there is one; raise ``KeyringError`` with what is wrong and the cure."""
    path = folder / INBOX_KEYS
    keys = {}
    for name, key in read_keys(path).items() if path.exists() else ():
        number = name.removeprefix(PREFIX)
        if not number.isdecimal() or len(key) != KEY_BYTES:
            raise KeyringError(
                f"{path} has a line that is no key of the inbox. Remove that line: messages that "
                "came in its ten minutes and were not handled are lost, and must be sent again."
            )
        keys[int(number)] = key
    return InboxKeys(folder, entropy, keys, next(reversed(keys), None))
