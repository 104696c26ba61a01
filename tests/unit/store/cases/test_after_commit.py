"""What a turn still owes once it is committed: erased bytes, and keys that leave the memory."""

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from store.db.database import Database
from store.db.engine import Work
from store.model.changes import CloseCase, EndDraft, EraseCase
from store.model.failpoint import installed
from store.model.outbox import TextRef
from tests.unit.store.organisation import OAK_ID, REPORTER, Organisation, keep, named

ERASED = (TextRef("ERASED"),)


async def open_kept_case(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    words = " ".join((await org.snapshot()).words)
    await org.commit(EndDraft())
    assert await org.open_with_words(REPORTER, words)
    assert (await org.snapshot()).opened is not None


def fail_checkpoint(name: str) -> None:
    """Be a disk that is full when the log is to be emptied."""
    if name == "checkpoint":
        raise OperationalError("PRAGMA", None, sqlite3.OperationalError("disk is full"))


async def test_keys_of_an_opened_case_leave_the_memory_although_nobody_looks(
    org: Organisation,
) -> None:
    await open_kept_case(org)
    await org.pass_time(minutes=11)
    assert not org.repositories.sessions._sessions


async def test_a_failing_checkpoint_is_said_and_undoes_nothing(file_org: Organisation) -> None:
    await open_kept_case(file_org)
    with installed(fail_checkpoint):
        assert await file_org.commit(EraseCase(), says=ERASED, message="m")
    waiting = await file_org.stores.outbox.messages_for(REPORTER)
    assert [message.sentence for message in waiting][-2:] == ["ERASED", "TRACES"]
    assert not await file_org.commit(EraseCase(), says=ERASED, message="m")


async def test_a_closed_case_is_closed_although_the_answer_to_its_commit_was_lost(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_kept_case(org)
    write = Database.transaction

    async def losing(self: Database, work: Work[object], lock: bytes = b"") -> object:
        await write(self, work, lock)
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(Database, "transaction", losing)
        with pytest.raises(ConnectionError):
            await org.commit(CloseCase(), says=(TextRef("CLOSED"),), message="m")
    assert not await org.commit(CloseCase(), says=(TextRef("CLOSED"),), message="m")
    assert (await org.snapshot()).opened is None
