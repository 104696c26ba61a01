"""An SQLCipher file as a database of peewee."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType
from typing import Any

from peewee import Model, SqliteDatabase
from sqlcipher3 import dbapi2 as sqlcipher

from store.model.failpoint import failpoint

WRITE_VERBS = frozenset({"INSERT", "REPLACE", "UPDATE", "DELETE"})

LOCK_TIMEOUT_SECONDS = 2.0
"""Enough for a program that is just ending; one that runs on keeps the file."""

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


class CipherFile(SqliteDatabase):
    """A database of peewee in an SQLCipher file.

    ``playhouse.sqlcipher_ext`` is not used: it keeps the passphrase among its parameters.
    """

    server_version = sqlcipher.sqlite_version_info

    def __init__(self, path: str, key: bytes) -> None:
        """Remember path and key; nothing is opened yet."""
        self._raw_key = key
        # Whoever comes late must not open the file once more: its lock would never be released.
        super().__init__(
            path, pragmas=dict(PRAGMAS), timeout=LOCK_TIMEOUT_SECONDS, autoconnect=False
        )

    def execute_sql(self, sql: str, params: Any = None, commit: Any = None) -> Any:
        """Run a statement as peewee does, with a failpoint before each that writes."""
        verb = sql.split(maxsplit=1)[0]
        if verb in WRITE_VERBS:
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
        """Bind models as peewee does, and leave them bound until another file needs them.

        nio binds them for every row that it looks up, which costs more than all of its queries.
        """
        if any(model._meta.database is not self for model in models):  # noqa: SLF001
            self.bind(models, bind_refs, bind_backrefs)
        return nullcontext(models)

    def _connect(self) -> sqlcipher.Connection:
        """Connect as peewee does, with the raw key first, which passes no key derivation."""
        opened = sqlcipher.connect(
            self.database, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None
        )
        try:
            opened.execute(f"PRAGMA key = \"x'{self._raw_key.hex()}'\"")
            self._add_conn_hooks(opened)
        except BaseException:
            opened.close()
            raise
        return opened
