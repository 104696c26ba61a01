import asyncio
import threading
from dataclasses import dataclass, field

import pytest
from sqlalchemy import update

from store.cases.takeback import CodeKey, SlowHash, TakebackCodeRepository
from store.crypto.case_keys import CaseKeys
from store.crypto.mnemonics import code_words, codes
from store.db.connection import Connection
from store.db.schema import case_file, takeback
from store.model.changes import BeginCase
from store.model.errors import Tampered
from store.model.turn import NewCode
from tests.unit.store.organisation import DRAFT, OAK_ID, REPORTER, Organisation, keep, named
from tests.unit.store.people import counted

CODE = 0x123456789AB
KEYS = CaseKeys(bytes(range(16)))


@pytest.mark.parametrize(
    ("lanes", "row_id", "ct"),
    [
        (
            1,
            "324f875d9209b430f4e18b1beb2107da",
            (
                "1654e1653d4f3b52df68c7146f75752324f8985aa9880fc77cb4c17f85b14069"
                "f1527159a51db1b8e5d46e9c611201888ab5db29997e78b95a5c3b438e9656f9"
            ),
        ),
        (
            4,
            "b21f6b29f565397f49b317d0ccc2c898",
            (
                "6ee0a27d7e777fce108dc9c73196d6cdeb19f45e35116035c8f6c20a3c5300e5"
                "9f86ea70b7671ce17e4a5d6b3ee398ae881fb43dfd96fd40968d6bf79898ef98"
            ),
        ),
    ],
)
async def test_the_code_of_the_specification(
    org: Organisation, lanes: int, row_id: str, ct: str
) -> None:
    table = TakebackCodeRepository("example.org", counted())
    assert code_words(CODE) == ("banana", "pencil", "owner", "cube")
    key = await table.stretch(CODE, lanes=lanes)
    assert key.id.hex() == row_id

    def write(connection: Connection) -> None:
        table.write(connection, KEYS, NewCode(CODE, key.id, key.key))
        assert table.find(connection, key) == KEYS.locator

    await org.database.transaction(write)
    (row,) = await org.rows(takeback)
    assert row["ct"] == bytes.fromhex(ct)


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


@dataclass
class Hashing:
    """Stands in for the slow hash, and counts how many run at once, by their lanes."""

    running: list[int] = field(default_factory=list)
    seen: list[tuple[int, ...]] = field(default_factory=list)
    threads: set[threading.Thread] = field(default_factory=set)
    entered: threading.Lock = field(default_factory=threading.Lock)
    begun: threading.Event = field(default_factory=threading.Event)
    together: threading.Barrier = field(default_factory=lambda: threading.Barrier(1))

    def __call__(self, password: bytes, salt: bytes, lanes: int) -> bytes:
        with self.entered:
            self.running.append(lanes)
            self.seen.append(tuple(sorted(self.running)))
            self.threads.add(threading.current_thread())
        self.begun.set()
        self.together.wait(10)
        with self.entered:
            self.running.remove(lanes)
        return password + salt


async def test_two_slow_hashes_of_one_lane_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waits for another one: alone, none of them would ever end."""
    hashing = Hashing(together=threading.Barrier(2))
    monkeypatch.setattr("store.cases.takeback.slow_hash", hashing)
    slow = SlowHash()
    found = await asyncio.gather(*(slow(b"%d" % n, b"s", 1) for n in range(8)))
    assert found == [b"%ds" % n for n in range(8)]
    assert threading.main_thread() not in hashing.threads
    assert {*hashing.seen} == {(1,), (1, 1)}


async def test_a_slow_hash_of_four_lanes_runs_beside_no_other_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashing = Hashing()
    monkeypatch.setattr("store.cases.takeback.slow_hash", hashing)
    slow = SlowHash()
    await asyncio.gather(*(slow(b"", b"", lanes) for lanes in (4, 4, 1, 4, 4)))
    assert len(hashing.seen) == 5
    assert (4, 4) not in hashing.seen


async def test_a_cancelled_slow_hash_lets_no_other_begin_before_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashing = Hashing(together=threading.Barrier(2))
    monkeypatch.setattr("store.cases.takeback.slow_hash", hashing)
    slow = SlowHash()
    first = asyncio.create_task(slow(b"", b"", 4))
    await asyncio.to_thread(hashing.begun.wait, 10)
    first.cancel()
    second = asyncio.create_task(slow(b"", b"", 4))
    await asyncio.sleep(0)
    await asyncio.to_thread(hashing.together.wait, 10)
    await asyncio.wait({first})
    assert first.cancelled()
    await asyncio.to_thread(hashing.together.wait, 10)
    await second
    assert hashing.seen == [(4,), (4,)]


async def test_the_loop_goes_on_while_it_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash waits for something that only the loop can do: on the loop it would never end."""
    ticked = threading.Event()

    def hashed(_password: bytes, _salt: bytes, _lanes: int) -> bytes:
        return b"in time" if ticked.wait(timeout=10) else b"blocked"

    monkeypatch.setattr("store.cases.takeback.slow_hash", hashed)
    hashing = asyncio.create_task(SlowHash()(b"", b"", 1))
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


async def test_a_code_of_the_first_builds_is_found(org: Organisation) -> None:
    """They stretched it with four lanes."""
    await org.commit(BeginCase(DRAFT))
    table = org.repositories.takeback_codes
    older, newer = [await table.stretch(CODE, lanes=lanes) for lanes in (4, 1)]
    assert older.id != newer.id

    def write(connection: Connection) -> bytes:
        found = org.repositories.drafts.find(connection, REPORTER)
        assert found is not None
        table.write(connection, found.keys, NewCode(CODE, older.id, older.key))
        return found.keys.locator

    locator = await org.database.transaction(write)
    assert await org.stores.recovery.find_by_code(" ".join(code_words(CODE))) == locator


async def test_wrong_words_find_nothing(org: Organisation) -> None:
    words = (await words_of_code(org)).split()
    wrong = "abandon" if words[0] != "abandon" else "ability"
    for typed in ([wrong, *words[1:]], words[::-1], words[:3], [*words, words[0]], ["x"] * 4, []):
        assert await org.stores.recovery.find_by_code(" ".join(typed)) is None


async def test_a_wrong_code_takes_as_long_as_a_right_one(org: Organisation) -> None:
    """The slow part runs for every reading of the words and in both ways, found or not."""
    hashed: list[int] = []

    async def counting(password: bytes, salt: bytes, lanes: int) -> bytes:
        hashed.append(lanes)
        return await original(password, salt, lanes)

    words = await words_of_code(org)
    original = org.repositories.takeback_codes.slow
    object.__setattr__(org.repositories.takeback_codes, "slow", counting)
    await org.stores.recovery.find_by_code(words)
    right = len(hashed)
    await org.stores.recovery.find_by_code("abandon ability able about")
    assert (hashed[:right], hashed[right:]) == ([1, 4], [1, 4])


async def test_a_new_code_replaces_the_old_one(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    (row,) = await org.rows(case_file)
    codes = org.repositories.takeback_codes
    first, second = CodeKey(bytes(16), bytes(32)), CodeKey(bytes([1] * 16), bytes(32))

    def write_two(connection: Connection) -> None:
        found = org.repositories.drafts.find(connection, REPORTER)
        assert found is not None
        for code in (first, second):
            assert codes.is_free(connection, code)
            codes.write(connection, found.keys, NewCode(5, code.id, code.key))
            assert not codes.is_free(connection, code)
        assert codes.find(connection, first) is None
        assert codes.find(connection, second) == row["locator"]

    await org.database.transaction(write_two)
    assert len(await org.rows(takeback)) == 1


async def test_a_taken_code_is_not_given_twice(org: Organisation) -> None:
    words = await words_of_code(org)
    drawn = iter([codes(words.split())[0][1], 5])
    object.__setattr__(
        org.repositories.takeback_codes, "entropy", lambda _: (next(drawn) << 4).to_bytes(6, "big")
    )
    assert (await org.stores.cases.new_code()).number == 5


async def test_a_changed_row_is_refused(org: Organisation) -> None:
    words = await words_of_code(org)
    await org.database.transaction(
        lambda connection: connection.execute(update(takeback).values(ct=bytes(64)))
    )
    with pytest.raises(Tampered):
        await org.stores.recovery.find_by_code(words)


async def test_neither_code_nor_key_prints(org: Organisation) -> None:
    code = CodeKey(b"an id of a row..", b"a key")
    assert repr(code) == "CodeKey()"
    assert "entropy" not in repr(org.repositories.takeback_codes)
