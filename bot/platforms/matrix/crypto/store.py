"""Keep what nio stores for the bot's device in one encrypted file.

nio stores the Olm and Megolm sessions of its device, the keys of other devices and which of them
it trusts. Its own stores encrypt the sessions and leave user ids, room ids and times in clear.
This one is nio's ``SqliteStore`` on SQLCipher: every page is encrypted, those of the write-ahead
log too, so no byte shows with whom the bot talked (docs/cryptography.md, section 10). The file
belongs in no backup: an old copy would use the same keys twice.
"""

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from nio.crypto.sessions import OlmAccount
from nio.store import (
    Accounts,
    DeviceKeys,
    DeviceTrustState,
    EncryptedRooms,
    Keys,
    MegolmInboundSessions,
    OlmSessions,
    OutgoingKeyRequests,
    SqliteStore,
)
from peewee import DatabaseError, OperationalError, SqliteDatabase

from bot.errors import CryptoStoreError
from bot.platforms.matrix.crypto.cipher_file import CipherFile
from bot.platforms.matrix.crypto.ended_sessions import EndedSession, EndedSessions
from bot.platforms.matrix.crypto.tables import FinishedRoom, PinnedIdentity, ReadMessages
from store.crypto.kdf import expand
from store.crypto.keyring import KEY_BYTES
from store.crypto.labels import Label, derive_label

T = TypeVar("T")

FILE = "matrix.db"
FILE_SUFFIXES = ("", "-wal", "-shm", "-journal")
"""The files that SQLite may keep for one database."""

NAMED_AT_ONCE = 500
"""Rooms, accounts or devices that one statement names."""


class CryptoStore(SqliteStore):
    """nio's store of one device; ``store_class_for`` makes the class that knows the key.

    Like every store of nio it belongs to the thread that opened it, and its calls block.
    """

    models = [  # noqa: RUF012 - nio's own attribute
        *SqliteStore.models,
        PinnedIdentity,
        FinishedRoom,
        ReadMessages,
        EndedSession,
    ]
    account_row: Accounts | None = None

    def __post_init__(self) -> None:
        """Open or create the file; raise ``CryptoStoreError`` with the cause and the cure."""
        self.pickle_key = self._pickle_key()
        self.database_name = self.database_name or FILE
        path = Path(self.store_path, self.database_name)
        _prepare_file(path)
        try:
            super().__post_init__()
            self._check_owner(path)
        except DatabaseError as error:
            self.database.close()
            raise CryptoStoreError(f"{path} {_describe(error)}") from None
        except CryptoStoreError:
            self.database.close()
            raise

    def __repr__(self) -> str:
        """Hide the key and the account, which the inherited one shows."""
        return "CryptoStore()"

    def _pickle_key(self) -> str:
        raise NotImplementedError

    def load_account(self) -> OlmAccount | None:
        """Load the keys of the device from its row as it is now."""
        self.account_row = None
        account: OlmAccount | None = super().load_account()
        return account

    def _get_account(self) -> Accounts | None:
        """Return the row of the device; nio looks it up for every key that it stores."""
        if self.account_row is None:
            self.account_row = super()._get_account()
        return self.account_row

    def _check_owner(self, path: Path) -> None:
        with self.database.bind_ctx(self.models):
            owners = {(row.user_id, row.device_id) for row in Accounts.select()}
        if owners - {(self.user_id, self.device_id)}:
            raise CryptoStoreError(
                f"{path} belongs to another device or account than the one that logs in. "
                "If the bot was logged in anew, remove the file: it makes a new one, and nothing "
                "that people told is in it."
            )

    @property
    def ended(self) -> EndedSessions:
        """Return the sessions that were deleted and must not begin again."""
        return EndedSessions(self.database)

    # Forgetting

    def forget_room(self, room_id: str) -> None:
        """Delete the keys to what was written in a room; the caller clears nio's memory."""
        self.forget_rooms((room_id,))

    def forget_rooms(self, room_ids: Sequence[str]) -> None:
        """Delete the keys to what was written in these rooms, in one transaction."""
        with self._deletion():
            for table in (
                MegolmInboundSessions,
                OutgoingKeyRequests,
                EncryptedRooms,
                FinishedRoom,
            ):
                for some in _portions(room_ids):
                    table.delete().where(table.room_id.in_(some)).execute()

    def forget_users(self, user_ids: Collection[str]) -> None:
        """Delete devices, trust, identity and Olm sessions; the caller clears nio's memory.

        Takes one transaction, and none if nothing is stored of them: somebody may have led the
        bot into a room of thousands.
        """
        stored = sorted(self.users().intersection(user_ids))
        if not stored:
            return
        with self._deletion():
            for some in _portions(stored):
                self._forget_users(some)

    def _forget_users(self, user_ids: Sequence[str]) -> None:
        theirs = DeviceKeys.user_id.in_(user_ids)
        devices = [row.id for row in DeviceKeys.select().where(theirs)]
        for some in _portions(devices):
            keys = Keys.select(Keys.key).where(Keys.device.in_(some))
            self._end_sessions(OlmSessions.sender_key.in_(keys))
            for table in (DeviceTrustState, Keys):
                table.delete().where(table.device.in_(some)).execute()
        DeviceKeys.delete().where(theirs).execute()
        PinnedIdentity.delete().where(PinnedIdentity.user_id.in_(user_ids)).execute()

    def forget_sessions(self, session_ids: Sequence[str]) -> None:
        """Delete Olm sessions; the caller clears nio's memory."""
        with self._transaction():
            for some in _portions(session_ids):
                self._end_sessions(OlmSessions.session_id.in_(some))

    def _end_sessions(self, which: Any) -> None:
        """Delete Olm sessions, and let none of them begin again."""
        self.ended.add(row.session_id for row in OlmSessions.select().where(which))
        OlmSessions.delete().where(which).execute()

    def forget_keys(self, session_ids: Sequence[str]) -> None:
        """Delete single keys to what was written in rooms; the caller clears nio's memory."""
        with self._deletion():
            for some in _portions(session_ids):
                mine = MegolmInboundSessions.session_id.in_(some)
                MegolmInboundSessions.delete().where(mine).execute()

    def forget_device(self, user_id: str, device_id: str) -> None:
        """Delete a device's keys and trust; the caller clears nio's memory."""
        with self._transaction():
            mine = (DeviceKeys.user_id == user_id) & (DeviceKeys.device_id == device_id)
            rows = [row.id for row in DeviceKeys.select().where(mine)]
            for table in (DeviceTrustState, Keys):
                table.delete().where(table.device.in_(rows)).execute()
            DeviceKeys.delete().where(mine).execute()

    @contextmanager
    def _deletion(self) -> Iterator[None]:
        """Delete in one transaction, then remove the deleted pages from the write-ahead log."""
        with self._transaction():
            yield
        self.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self.database.bind_ctx(self.models), self.database.atomic():
            yield

    # Remembering

    def pinned_identity(self, user_id: str) -> tuple[str, ...]:
        """Return the master key that is pinned for the user, then those that vouched for it.

        Return nothing if they were never seen.
        """
        with self.database.bind_ctx(self.models):
            row = PinnedIdentity.get_or_none(PinnedIdentity.user_id == user_id)
        return () if row is None else tuple(str(row.master_key).split())

    def pin_identity(self, user_id: str, *keys: str) -> None:
        """Pin these master keys for the user, the current one first, in place of any other."""
        with self._transaction():
            PinnedIdentity.replace(user_id=user_id, master_key=" ".join(keys)).execute()

    def add_finished_room(self, room_id: str) -> None:
        """Remember that the conversation in this room is over."""
        with self._transaction():
            FinishedRoom.replace(room_id=room_id).execute()

    def remove_finished_room(self, room_id: str) -> None:
        """Forget that: another conversation began there."""
        with self._transaction():
            FinishedRoom.delete().where(FinishedRoom.room_id == room_id).execute()

    def finished_rooms(self) -> frozenset[str]:
        """Return the rooms that the bot shall leave."""
        with self.database.bind_ctx(self.models):
            return frozenset(str(row.room_id) for row in FinishedRoom.select())

    def users(self) -> frozenset[str]:
        """Return every user of whom something is kept."""
        with self.database.bind_ctx(self.models):
            users = [
                row.user_id for table in (DeviceKeys, PinnedIdentity) for row in table.select()
            ]
        return frozenset(users)

    def close(self) -> None:
        """Close the file, and release its lock."""
        self.database.close()


def store_class_for(nio_key: bytes) -> type[CryptoStore]:
    """Return a class with which nio opens the store; a ``pickle_key`` given to it is not used.

    The class holds the keys, so that no argument, config or repr of nio's does.
    """
    key_of_file, key_of_pickles = file_key(nio_key), pickle_key(nio_key)

    class KeyedCryptoStore(CryptoStore):
        def _create_database(self) -> SqliteDatabase:
            return CipherFile(self.database_path, key_of_file)

        def _pickle_key(self) -> str:
            return key_of_pickles

    return KeyedCryptoStore


def file_key(nio_key: bytes) -> bytes:
    """Derive the raw key of the file."""
    return expand(nio_key, derive_label(Label.NIO_FILE), KEY_BYTES)


def pickle_key(nio_key: bytes) -> str:
    """Derive the key with which nio encrypts accounts and sessions inside the file."""
    return expand(nio_key, derive_label(Label.NIO_PICKLE), KEY_BYTES).hex()


def delete_store(folder: Path, name: str = FILE) -> None:
    """Delete the file before a new device begins: its keys belong to the old one."""
    for suffix in FILE_SUFFIXES:
        folder.joinpath(f"{name}{suffix}").unlink(missing_ok=True)


def _portions(names: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield as many at once as a statement may name."""
    for begin in range(0, len(names), NAMED_AT_ONCE):
        yield names[begin : begin + NAMED_AT_ONCE]


def _prepare_file(path: Path) -> None:
    """Create folder and file for this user only; SQLite copies the mode to the files beside it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
            raise CryptoStoreError(
                f"Other users of this computer can look into {path.parent}. "
                f"Close it: chmod 700 {path.parent}"
            )
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.fchmod(handle, 0o600)
        finally:
            os.close(handle)
    except OSError as error:
        raise CryptoStoreError(
            f"{path} cannot be written ({error.strerror}). It must belong to the user that runs "
            "the bot: check its owner and the free space, then start again."
        ) from None


def _describe(error: DatabaseError) -> str:
    """Describe the error in a sentence that repeats nothing of it."""
    if isinstance(error, OperationalError):
        if "locked" in str(error):
            return (
                "is in use by another program. Only one may use a Matrix device: stop the other."
            )
        return "cannot be used. Check the file's owner and the free disk space, then start again."
    return (
        "does not open with the key 'nio' of bot.keys: the key is another one, or the file is "
        "damaged. Put the keyring back that belongs to it; or remove the file and log in anew: "
        "nothing that people told is in it."
    )
