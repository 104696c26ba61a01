import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.leak_scan import files_below, find_new_texts, find_texts

TEXT = "the door stayed shut"
FILE = Path("a.db")


def test_files_below_are_all_but_those_of_the_folder_named(tmp_path: Path) -> None:
    for name in ("data/a.db", "data/deep/b.log", "keyring/bot.keys", "data/keyring/c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    below = files_below(tmp_path, without="keyring")
    assert below == {
        tmp_path / "data/a.db": b"data/a.db",
        tmp_path / "data/deep/b.log": b"data/deep/b.log",
    }


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode().hex().encode(),
        TEXT.encode().hex().upper().encode(),
    ],
    ids=["plain", "utf-16-le", "utf-16-be", "hex", "HEX"],
)
def test_a_text_is_found_as_it_is_and_in_the_usual_encodings(data: bytes) -> None:
    assert find_texts({FILE: b"\x00\xff" + data + b"rest"}, [TEXT]) == [(TEXT, FILE)]


@given(before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_base64_of_anything_around_it_is_seen_through(before: bytes, after: bytes) -> None:
    data = base64.b64encode(before + TEXT.encode() + after)
    assert find_texts({FILE: data}, [TEXT]) == [(TEXT, FILE)]


@given(data=st.binary(max_size=400))
def test_chance_finds_nothing(data: bytes) -> None:
    assert find_texts({FILE: data}, [TEXT]) == []


def test_short_words_are_not_looked_for() -> None:
    assert find_texts({FILE: b"no"}, ["no", ""]) == []


def test_what_any_database_holds_is_not_taken_for_a_find() -> None:
    before, after = {FILE: b"member expire"}, {FILE: b"member expire " + TEXT.encode()}
    assert find_new_texts(before, after, iter(["member", TEXT])) == [(TEXT, FILE)]
