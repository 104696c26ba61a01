"""The errors of the store: one class for each condition. Their messages never carry data.

::

    StoreError
    ├── Unreadable      bytes that are not what they should be
    │   ├── Tampered    a seal, signature or checksum does not hold
    │   └── NotForUs    sealed correctly, but for another key
    ├── Locked          the key is not here (no keyring, no words, wrong passphrase)
    ├── KeyringError    the keyring cannot be read or written
    ├── RosterError     the roster is not a valid chain from the pinned genesis
    ├── NotPermitted    no unrevoked permission of the reporter says so
    ├── WrongDatabase   a database of another version or another organisation
    ├── CopyRefused     a database cannot be copied to another one
    ├── DatabaseClosed  the program is stopping, and its database is closed
    ├── UnknownRevision a draft names a questionnaire that is not here
    ├── TooLong         more than a limit allows
    ├── StagedItemGone  what was staged for a turn is not there any more
    ├── PiecesNotLoaded pieces are read that were not opened for it
    ├── NeedsUnmet      a turn needs something again and again
    └── BrokenBackend   the cryptographic library fails its own vectors
"""


class StoreError(Exception):
    """Something at rest is not as it must be; the message says what, where and what next."""


class Unreadable(StoreError):
    """Bytes do not follow their format."""


class Tampered(Unreadable):
    """A seal, signature or checksum does not hold: something changed since it was written."""


class NotForUs(Unreadable):
    """The seal is good, but none of the keys at hand opens it."""


class Locked(StoreError):
    """What is asked for exists, but its key is not here."""


class KeyringError(StoreError):
    """The keyring folder or one of its files cannot be used."""


class RosterError(StoreError):
    """The roster does not lead, signature by signature, back to the pinned genesis."""


class NotPermitted(StoreError):
    """No unrevoked permission of the reporter allows it."""


class WrongDatabase(StoreError):
    """The database was written by another version or belongs to another organisation."""


class DatabaseClosed(StoreError):
    """The database was closed: nothing of what was asked for has been done."""


class CopyRefused(StoreError):
    """A database cannot be copied: the source is not at rest, or the target not empty."""


class UnknownRevision(StoreError):
    """A draft names a revision of the questionnaire that is not in the flow folder."""


class TooLong(StoreError):
    """Something is longer than a limit allows."""


class StagedItemGone(StoreError):
    """What was staged for a turn was erased, or replaced, before the turn could keep it."""


class PiecesNotLoaded(StoreError):
    """The pieces of a story are read from a snapshot that was loaded without them."""


class NeedsUnmet(StoreError):
    """A turn still needs something after everything was fetched for it several times."""


class BrokenBackend(StoreError):
    """The cryptographic library does not reproduce a known answer; nothing may run on it."""
