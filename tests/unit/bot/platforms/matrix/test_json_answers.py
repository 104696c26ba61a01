"""Whatever one event holds, the others in the same answer are read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.json_answers import MOST_NESTED, parse_answer

DEEP = 50_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 10**9) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def nested(depth: int, opening: str, closing: str) -> str:
    return opening * depth + "1" + closing * depth


@given(st.dictionaries(st.text(), JSON))
def test_an_answer_is_read_as_it_is(answer: dict[str, Any]) -> None:
    assert parse_answer(json.dumps(answer).encode()) == answer


@pytest.mark.parametrize(
    ("hostile", "becomes"),
    [
        ("7" * 5000, None),
        ("-" + "7" * 5000, None),
        ("1e99999", float("inf")),
    ],
)
def test_a_number_of_thousands_of_digits_hides_nothing_else(hostile: str, becomes: object) -> None:
    payload = f'{{"before": [1], "hostile": {hostile}, "after": {{"a": "b"}}}}'
    expected = {"before": [1], "hostile": becomes, "after": {"a": "b"}}
    assert parse_answer(payload.encode()) == expected


@given(JSON, JSON)
def test_what_is_nested_too_deeply_hides_nothing_else(before: Any, after: Any) -> None:
    for opening, closing in (("[", "]"), ('{"]": ', "}"), ('[{"\\"{": ', "}]")):
        hostile = nested(DEEP, opening, closing)
        said = f'{{"x": {json.dumps(before)}, "hostile": {hostile}, "y": {json.dumps(after)}}}'
        answer = parse_answer(said.encode())
        assert answer is not None
        assert (answer["x"], answer["y"]) == (before, after)
        assert f"{answer['hostile']}".count("[") <= MOST_NESTED


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b"<html>",
        b'{"a": "' + b'\\"' * 1_000_000,
        b'"' * 1_000_001,
        b"[" * DEEP,
        b"]" * DEEP,
        b'{"a": ' + b"7" * 5000,
    ],
)
def test_what_is_no_object_is_refused_at_once(payload: bytes) -> None:
    assert parse_answer(payload) is None


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert parse_answer(b'{"a": "\xff", "b": 1}') == {"a": "\ufffd", "b": 1}
