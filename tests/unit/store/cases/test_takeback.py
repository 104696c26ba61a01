import asyncio
import threading

import pytest
from sqlalchemy import update

from store.cases.takeback import CodeKey, SlowHash, TakebackCodeRepository
from store.crypto.case_keys import CaseKeys
from store.crypto.mnemonics import code_words, codes
from store.db.schema import case_file, takeback
from store.model.changes import BeginCase
from store.model.errors import Tampered
from tests.unit.store.organisation import DRAFT, OAK_ID, REPORTER, Organisation, keep, named
from tests.unit.store.people import counted

CODE = 0x123456789AB
KEYS = CaseKeys(bytes(range(16)))


async def test_the_code_of_the_specification(org: Organisation) -> None:
    table = TakebackCodeRepository("example.org", counted())
    assert code_words(CODE) == ("banana", "pencil", "owner", "cube")
    key = await table.stretch(CODE)
    assert key.id.hex() == "b21f6b29f565397f49b317d0ccc2c898"
    async with org.database.transaction() as connection:
        await table.write(connection, KEYS, key)
        assert await table.find(connection, key) == KEYS.locator
    (row,) = await org.rows(takeback)
    assert row["ct"] == bytes.fromhex(
        "6ee0a27d7e777fce108dc9c73196d6cdeb19f45e35116035c8f6c20a3c5300e5"
        "9f86ea70b7671ce17e4a5d6b3ee398ae881fb43dfd96fd40968d6bf79898ef98"
    )


async def test_the_code_of_another_organisation_is_another() -> None:
    here, there = (
        TakebackCodeRepository(name, counted()) for name in ("example.org", "example.net")
    )
    assert (await here.stretch(CODE)).id != (await there.stretch(CODE)).id


def test_a_code_has_44_bits() -> None:
    drawn = [TakebackCodeRepository("example.org", fixed).draw() for fixed in (_zeros, _ones)]
    assert drawn == [0, 2**44 - 1]


def _zeros(size: int) -> bytes:
    return bytes(size)


def _ones(size: int) -> bytes:
    return b"\xff" * size


# --- slow, and beside the event loop


async def test_the_slow_hash_runs_in_a_thread_and_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    at_once = 0
    most = 0
    entered = threading.Lock()

    def hashed(password: bytes, salt: bytes) -> bytes:
        nonlocal at_once, most
        with entered:
            at_once += 1
            most = max(most, at_once)
        threads.append(threading.current_thread())
        with entered:
            at_once -= 1
        return password + salt

    monkeypatch.setattr("store.cases.takeback.slow_hash", hashed)
    slow = SlowHash()
    found = await asyncio.gather(*(slow(b"%d" % n, b"s") for n in range(8)))
    assert found == [b"%ds" % n for n in range(8)]
    assert threading.main_thread() not in threads
    assert most == 1


async def test_the_loop_goes_on_while_it_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash waits for something that only the loop can do: on the loop it would never end."""
    ticked = threading.Event()

    def hashed(_password: bytes, _salt: bytes) -> bytes:
        return b"in time" if ticked.wait(timeout=10) else b"blocked"

    monkeypatch.setattr("store.cases.takeback.slow_hash", hashed)
    hashing = asyncio.create_task(SlowHash()(b"", b""))
    asyncio.get_running_loop().call_soon(ticked.set)
    assert await hashing == b"in time"


# --- finding


async def words_of_code(org: Organisation) -> str:
    return " ".join((await org.share(keep(), named(OAK_ID))).code_words)


async def test_four_words_find_their_case(org: Organisation) -> None:
    words = await words_of_code(org)
    (row,) = await org.rows(case_file)
    assert len(words.split()) == 4
    assert await org.stores.recovery.find_by_code(words) == row["locator"]
    assert await org.stores.recovery.find_by_code(words.upper()) == row["locator"]
    assert await org.stores.recovery.find_by_code(" ".join(w[:4] for w in words.split()))


async def test_wrong_words_find_nothing(org: Organisation) -> None:
    words = (await words_of_code(org)).split()
    wrong = "abandon" if words[0] != "abandon" else "ability"
    for typed in ([wrong, *words[1:]], words[::-1], words[:3], [*words, words[0]], ["x"] * 4, []):
        assert await org.stores.recovery.find_by_code(" ".join(typed)) is None


async def test_a_wrong_code_takes_as_long_as_a_right_one(org: Organisation) -> None:
    """The slow part runs once for every reading of the words, found or not."""
    hashed: list[bytes] = []

    async def counting(password: bytes, salt: bytes) -> bytes:
        hashed.append(password)
        return await original(password, salt)

    words = await words_of_code(org)
    original = org.repositories.takeback_codes.slow
    object.__setattr__(org.repositories.takeback_codes, "slow", counting)
    await org.stores.recovery.find_by_code(words)
    right = len(hashed)
    await org.stores.recovery.find_by_code("abandon ability able about")
    assert (right, len(hashed)) == (1, 2)


async def test_a_new_code_replaces_the_old_one(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    (row,) = await org.rows(case_file)
    async with org.database.transaction() as connection:
        found = await org.repositories.drafts.find(connection, REPORTER)
        assert found is not None
        first, second = CodeKey(bytes(16), bytes(32)), CodeKey(bytes([1] * 16), bytes(32))
        for code in (first, second):
            assert await org.repositories.takeback_codes.is_free(connection, code)
            await org.repositories.takeback_codes.write(connection, found.keys, code)
            assert not await org.repositories.takeback_codes.is_free(connection, code)
        assert await org.repositories.takeback_codes.find(connection, first) is None
        assert await org.repositories.takeback_codes.find(connection, second) == row["locator"]
    assert len(await org.rows(takeback)) == 1


async def test_a_taken_code_is_not_given_twice(org: Organisation) -> None:
    words = await words_of_code(org)
    drawn = iter([codes(words.split())[0][1], 5])
    object.__setattr__(
        org.repositories.takeback_codes, "entropy", lambda _: (next(drawn) << 4).to_bytes(6, "big")
    )
    new = await org.stores.cases._new_code()
    assert new is not None
    assert new[0] == 5


async def test_a_changed_row_is_refused(org: Organisation) -> None:
    words = await words_of_code(org)
    async with org.database.transaction() as connection:
        await connection.execute(update(takeback).values(ct=bytes(64)))
    with pytest.raises(Tampered):
        await org.stores.recovery.find_by_code(words)


async def test_neither_code_nor_key_prints(org: Organisation) -> None:
    code = CodeKey(b"an id of a row..", b"a key")
    assert repr(code) == "CodeKey()"
    assert "entropy" not in repr(org.repositories.takeback_codes)
