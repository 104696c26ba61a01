import stat
from pathlib import Path

import pytest

from store.crypto import cbor
from store.crypto.age import file as age
from store.model.errors import Locked, NotForUs, StoreError, Tampered, Unreadable
from store.readers.notebook import Notebook, Pin, load_notebook, notebook_path, save_notebook
from tests.unit.store.people import BIRCH, OAK, counted

RID, PK, OTHER_PK = bytes([1] * 16), bytes([2] * 32), bytes([3] * 32)
FULL = Notebook((Pin(RID, PK, 202647),), (3, bytes(32)), ("a checkpoint",), (bytes(16),))


@pytest.mark.parametrize("notebook", [Notebook(), FULL])
def test_what_is_written_is_read(notebook: Notebook) -> None:
    assert Notebook.decode(notebook.encode()) == notebook


def test_the_first_key_of_a_case_is_the_only_one() -> None:
    pinned = Notebook().with_case(RID, PK, 202647)
    assert pinned.pins == (Pin(RID, PK, 202647),)
    assert pinned.with_case(RID, PK, 202650) == pinned
    with pytest.raises(Tampered, match="another key than before"):
        pinned.with_case(RID, OTHER_PK, 202650)


def test_cases_are_pinned_one_by_one() -> None:
    both = Notebook().with_case(RID, PK, 202647).with_case(bytes(16), OTHER_PK, 202648)
    assert len(both.pins) == 2
    both.check_case(RID, PK)


def test_the_newest_roster_stays_and_an_old_statement_may_name_an_older_one() -> None:
    assert Notebook().with_roster(1, bytes(32)).roster == (1, bytes(32))
    assert FULL.with_roster(2, bytes([9] * 32)) == FULL
    assert FULL.with_roster(4, bytes([9] * 32)).roster == (4, bytes([9] * 32))


def test_two_rosters_of_one_number_are_a_forgery() -> None:
    with pytest.raises(Tampered, match="another roster"):
        FULL.with_roster(3, bytes([9] * 32))


def test_a_key_file_has_its_notebook_beside_it() -> None:
    assert notebook_path(Path("a/oak.key")) == Path("a/oak.notebook")
    assert notebook_path(Path("a/oak")) == Path("a/oak.notebook")
    assert notebook_path(Path("a/oak.notebook")) == Path("a/oak.notebook.notebook")


def test_it_lies_sealed_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "oak.notebook"
    assert load_notebook(path, OAK) == Notebook()
    for notebook in (Notebook(), FULL):
        save_notebook(path, notebook, OAK, counted())
        assert load_notebook(path, OAK) == notebook
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert RID not in path.read_bytes()
    assert [each.name for each in tmp_path.iterdir()] == ["oak.notebook"]
    with pytest.raises(NotForUs):
        load_notebook(path, BIRCH)


def test_one_changed_byte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "oak.notebook"
    save_notebook(path, FULL, OAK, counted())
    sealed = path.read_bytes()
    for position in range(0, len(sealed), 97):
        path.write_bytes(
            sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
        )
        with pytest.raises(StoreError):
            load_notebook(path, OAK)


def test_a_disk_that_does_not_work_is_said(tmp_path: Path) -> None:
    with pytest.raises(Locked, match="cannot be read"):
        load_notebook(tmp_path, OAK)
    with pytest.raises(Locked, match="cannot be written"):
        save_notebook(tmp_path / "no" / "oak.notebook", FULL, OAK, counted())


@pytest.mark.parametrize(
    "change",
    [
        {"pins": 1},
        {"pins": [1]},
        {"pins": [[RID, PK]]},
        {"roster": [1]},
        {"cps": [1]},
        {"done": ["x"]},
        {"more": 1},
        {"v": 2},
    ],
)
def test_another_shape_is_refused(change: dict[str, cbor.Value]) -> None:
    fields = cbor.decode_map(FULL.encode())
    with pytest.raises(Unreadable):
        Notebook.decode(cbor.encode({**fields, **change}))


def test_it_is_an_age_file_over_one_record(tmp_path: Path) -> None:
    path = tmp_path / "oak.notebook"
    save_notebook(path, FULL, OAK, counted())
    record = cbor.decode_map(age.decrypt(path.read_bytes(), [OAK.identity]))
    assert sorted(record) == ["cps", "done", "pins", "roster", "v"]


def test_it_does_not_print() -> None:
    assert repr(FULL) == "Notebook(…)"
