"""What Matrix's client library keeps for itself, in one encrypted file.

matrix-nio keeps the Olm and Megolm sessions of its device, the keys of people's devices and which
of them it trusts. Its stores seal the sessions, and leave user ids, room ids and times in clear.
This one is its ``SqliteStore`` over SQLCipher: every page is encrypted, those of the log as well,
so no byte of it says whom the bot talked with (docs/cryptography.md, section 10). It belongs in no
backup: an old one would use the same keys twice.
"""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nio.store import (
    Accounts,
    DeviceKeys,
    DeviceTrustState,
    EncryptedRooms,
    Keys,
    MegolmInboundSessions,
    OutgoingKeyRequests,
    SqliteStore,
)
from peewee import DatabaseError, Model, OperationalError, SqliteDatabase, TextField
from sqlcipher3 import dbapi2 as sqlcipher

from bot.errors import CryptoStoreError
from store.crypto.kdf import expand
from store.crypto.keyring import KEY_BYTES
from store.crypto.labels import Label, derive_label
from store.model.failpoint import failpoint

FILE = "matrix.db"
BESIDE = ("", "-wal", "-shm", "-journal")
"""What can lie on the disk for one file of SQLite."""

WRITING = frozenset({"INSERT", "REPLACE", "UPDATE", "DELETE"})

WAIT_SECONDS = 2.0
"""For a program that is just ending; whoever runs on keeps the file."""

PRAGMAS: Mapping[str, object] = MappingProxyType(
    {
        "cipher_log_level": "NONE",  # it would write to the standard error, past our own log
        "locking_mode": "EXCLUSIVE",  # two programs on one device would use its keys twice
        "journal_mode": "WAL",  # one sync a commit; with the lock above there is no -shm
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "secure_delete": "ON",
        "temp_store": "MEMORY",
    }
)


class Pins(Model):
    """The master key with which a user was first seen: another one later is a question."""

    user_id = TextField(primary_key=True)
    master_key = TextField()


class Endings(Model):
    """Rooms whose talk is over: they are left, also if the program ends before it could."""

    room_id = TextField(primary_key=True)


class CipherFile(SqliteDatabase):
    """An SQLCipher file of peewee's.

    ``playhouse.sqlcipher_ext`` is not used: it keeps the passphrase among its parameters.
    """

    server_version = sqlcipher.sqlite_version_info

    def __init__(self, path: str, key: bytes) -> None:
        """Nothing is opened yet."""
        self._raw_key = key
        super().__init__(path, pragmas=dict(PRAGMAS), timeout=WAIT_SECONDS)

    def execute_sql(self, sql: str, params: Any = None, commit: Any = None) -> Any:
        """Run a statement as peewee does, with a failpoint before each that writes."""
        verb = sql.split(maxsplit=1)[0]
        if verb in WRITING:
            failpoint(f"crypto store {verb}")
        return super().execute_sql(sql, params, commit)

    def commit(self) -> None:
        """Commit as peewee does, between two failpoints."""
        failpoint("crypto store commit")
        super().commit()
        failpoint("crypto store committed")

    def bind_ctx(
        self,
        models: Sequence[type[Model]],
        bind_refs: bool = True,  # noqa: FBT001, FBT002 - peewee's own signature
        bind_backrefs: bool = True,  # noqa: FBT001, FBT002
    ) -> AbstractContextManager[Sequence[type[Model]]]:
        """As peewee's, but the models stay with this file until another one wants them.

        nio binds them anew for every row that it looks up, which costs more than all its queries.
        """
        if any(model._meta.database is not self for model in models):  # noqa: SLF001
            self.bind(models, bind_refs, bind_backrefs)
        return nullcontext(models)

    def _connect(self) -> sqlcipher.Connection:
        """As peewee does it; the raw key comes first, and passes no derivation."""
        opened = sqlcipher.connect(self.database, timeout=WAIT_SECONDS, isolation_level=None)
        try:
            opened.execute(f"PRAGMA key = \"x'{self._raw_key.hex()}'\"")
            self._add_conn_hooks(opened)
        except BaseException:
            opened.close()
            raise
        return opened


class CryptoStore(SqliteStore):
    """nio's store of one device; ``cabinet_for`` makes the class that knows the key.

    Like every store of nio it belongs to the thread that opened it, and writes where it is called.
    """

    models = [*SqliteStore.models, Pins, Endings]  # noqa: RUF012 - nio's own attribute

    def __post_init__(self) -> None:
        """Open it, or make it; raises ``CryptoStoreError`` with what is wrong and the cure."""
        self.pickle_key = self._pickle_key()
        self.database_name = self.database_name or FILE
        path = Path(self.store_path, self.database_name)
        _prepare(path)
        try:
            super().__post_init__()
            self._check_owner(path)
        except DatabaseError as error:
            self.database.close()
            raise CryptoStoreError(f"{path} {_trouble(error)}") from None
        except CryptoStoreError:
            self.database.close()
            raise

    def __repr__(self) -> str:
        """The inherited one would show the key and the account."""
        return "Cabinet()"

    def _pickle_key(self) -> str:
        raise NotImplementedError

    def _check_owner(self, path: Path) -> None:
        with self.database.bind_ctx(self.models):
            owners = {(row.user_id, row.device_id) for row in Accounts.select()}
        if owners - {(self.user_id, self.device_id)}:
            raise CryptoStoreError(
                f"{path} belongs to another device or account than the one that logs in. "
                "If the bot was logged in anew, remove the file: it makes a new one, and nothing "
                "that people told is in it."
            )

    # Leaving no trace

    def forget_room(self, room_id: str) -> None:
        """With what was said there opens no more. nio's memory is its caller's to clear."""
        with self._forgetting():
            for table in (MegolmInboundSessions, OutgoingKeyRequests, EncryptedRooms, Endings):
                table.delete().where(table.room_id == room_id).execute()

    def forget_user(self, user_id: str) -> None:
        """Their devices, trust and pin. nio's memory is its caller's to clear.

        Not the Olm sessions, which name no account: their device would go on with one that is not
        here any more, and the first message of a next talk could not be read.
        """
        with self._forgetting():
            devices = [row.id for row in DeviceKeys.select().where(DeviceKeys.user_id == user_id)]
            for table in (DeviceTrustState, Keys):
                table.delete().where(table.device.in_(devices)).execute()
            DeviceKeys.delete().where(DeviceKeys.user_id == user_id).execute()
            Pins.delete().where(Pins.user_id == user_id).execute()

    def forget_device(self, user_id: str, device_id: str) -> None:
        """Its keys and whether it was trusted. nio's memory is its caller's to clear."""
        with self._changing():
            mine = (DeviceKeys.user_id == user_id) & (DeviceKeys.device_id == device_id)
            rows = [row.id for row in DeviceKeys.select().where(mine)]
            for table in (DeviceTrustState, Keys):
                table.delete().where(table.device.in_(rows)).execute()
            DeviceKeys.delete().where(mine).execute()

    @contextmanager
    def _forgetting(self) -> Iterator[None]:
        """All of it or nothing; then its pages leave the write-ahead log too."""
        with self._changing():
            yield
        self.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self.database.bind_ctx(self.models), self.database.atomic():
            yield

    # Who a user was when they were first seen

    def pin(self, user_id: str) -> str | None:
        """The master key that this user had; None if they were never seen."""
        with self.database.bind_ctx(self.models):
            row = Pins.get_or_none(Pins.user_id == user_id)
        return None if row is None else str(row.master_key)

    def set_pin(self, user_id: str, master_key: str) -> None:
        """From now on this is their master key."""
        with self._changing():
            Pins.replace(user_id=user_id, master_key=master_key).execute()

    def drop_pin(self, user_id: str) -> None:
        """As if they had never been seen."""
        with self._forgetting():
            Pins.delete().where(Pins.user_id == user_id).execute()

    def set_ending(self, room_id: str) -> None:
        """The talk in this room is over."""
        with self._changing():
            Endings.replace(room_id=room_id).execute()

    def drop_ending(self, room_id: str) -> None:
        """Another one began there."""
        with self._changing():
            Endings.delete().where(Endings.room_id == room_id).execute()

    def endings(self) -> frozenset[str]:
        """The rooms to be left."""
        with self.database.bind_ctx(self.models):
            return frozenset(str(row.room_id) for row in Endings.select())

    def users(self) -> frozenset[str]:
        """Everybody of whom something is kept."""
        with self.database.bind_ctx(self.models):
            known = [row.user_id for table in (DeviceKeys, Pins) for row in table.select()]
        return frozenset(known)

    def close(self) -> None:
        """Give the file back."""
        self.database.close()


def cabinet_for(nio_key: bytes) -> type[CryptoStore]:
    """What ``AsyncClientConfig(store=…)`` takes. It needs no ``pickle_key``: none would be used.

    The class holds the keys, so that no argument, config or repr of nio's does.
    """
    of_file, of_pickles = file_key(nio_key), pickle_key(nio_key)

    class RawKeyDatabase(CryptoStore):
        def _create_database(self) -> SqliteDatabase:
            return CipherFile(self.database_path, of_file)

        def _pickle_key(self) -> str:
            return of_pickles

    return RawKeyDatabase


def file_key(nio_key: bytes) -> bytes:
    """The raw key of the file."""
    return expand(nio_key, derive_label(Label.NIO_FILE), KEY_BYTES)


def pickle_key(nio_key: bytes) -> str:
    """What nio seals accounts and sessions with, inside the file."""
    return expand(nio_key, derive_label(Label.NIO_PICKLE), KEY_BYTES).hex()


def discard(folder: Path, name: str = FILE) -> None:
    """Remove the file, before a new device begins: its keys belong to the old one."""
    for end in BESIDE:
        folder.joinpath(f"{name}{end}").unlink(missing_ok=True)


def _prepare(path: Path) -> None:
    """A folder and a file for this user only; SQLite gives what lies beside it the same mode."""
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


def _trouble(error: DatabaseError) -> str:
    """A sentence without anything of the error itself."""
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
