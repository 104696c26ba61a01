"""Signed JSON matches the examples of the specification."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.crypto.signing import (
    add_signature,
    canonical_json,
    is_signed_by,
    public_key,
    sign,
    unpadded_base64,
)

SEED = base64.b64decode("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1=")
EXAMPLES = (
    ("{}", "{}"),
    ('{"one": 1, "two": "Two"}', '{"one":1,"two":"Two"}'),
    ('{"b": "2", "a": "1"}', '{"a":"1","b":"2"}'),
    ('{"b":"2","a":"1"}', '{"a":"1","b":"2"}'),
    (
        """{"auth": {"success": true, "mxid": "@john.doe:example.com", "profile": {
        "display_name": "John Doe", "three_pids": [
        {"medium": "email", "address": "john.doe@example.org"},
        {"medium": "msisdn", "address": "123456789"}]}}}""",
        (
            '{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe",'
            '"three_pids":[{"address":"john.doe@example.org","medium":"email"},'
            '{"address":"123456789","medium":"msisdn"}]},"success":true}}'
        ),
    ),
    ('{"a": "日本語"}', '{"a":"日本語"}'),
    ('{"本": 2, "日": 1}', '{"日":1,"本":2}'),
    (r'{"a": "\u65E5"}', '{"a":"日"}'),
    ('{"a": null}', '{"a":null}'),
    ('{"a": -0, "b": 1e10}', '{"a":0,"b":10000000000}'),
)
"""Matrix, appendices, "Canonical JSON"."""
SIGNED: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {},
        "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ",
    ),
    (
        {"one": 1, "two": "Two"},
        "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
    ),
)
"""Matrix, appendices, "Cryptographic Test Vectors"."""

WHO, KEY = "@bot:example.org", "ONE"
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text().filter(lambda k: k not in {"signatures", "unsigned"}), values)


@pytest.mark.parametrize(("given_", "wanted"), EXAMPLES)
def test_json_is_made_canonical_as_the_specification_shows(given_: str, wanted: str) -> None:
    assert canonical_json(json.loads(given_)) == wanted.encode()


@pytest.mark.parametrize(("value", "wanted"), SIGNED)
def test_signatures_are_those_of_the_specification(value: dict[str, Any], wanted: str) -> None:
    assert sign(value, SEED) == wanted
    signed = add_signature(value, "domain", "1", wanted)
    assert is_signed_by(signed, "domain", "1", public_key(SEED))


@given(objects)
def test_a_signature_covers_all_but_signatures_and_unsigned(value: dict[str, Any]) -> None:
    signed = add_signature(value, WHO, KEY, sign(value, SEED))
    again = add_signature(signed, "@other:example.org", "TWO", "x")
    assert is_signed_by({**again, "unsigned": {"a": 1}}, WHO, KEY, public_key(SEED))


@given(objects, objects)
def test_any_other_object_does_not_verify(value: dict[str, Any], other: dict[str, Any]) -> None:
    signed = add_signature(value, WHO, KEY, sign(value, SEED))
    changed = {**other, "signatures": signed["signatures"]}
    assert is_signed_by(changed, WHO, KEY, public_key(SEED)) is (
        canonical_json(other) == canonical_json(value)
    )


@given(objects, st.integers(0, 511))
def test_one_changed_bit_makes_a_signature_invalid(value: dict[str, Any], bit: int) -> None:
    good = base64.b64decode(sign(value, SEED) + "==")
    bad = bytearray(good)
    bad[bit // 8] ^= 1 << bit % 8
    signed = add_signature(value, WHO, KEY, unpadded_base64(bytes(bad)))
    assert not is_signed_by(signed, WHO, KEY, public_key(SEED))
    other = public_key(bytes(32))
    assert not is_signed_by(add_signature(value, WHO, KEY, unpadded_base64(good)), WHO, KEY, other)


@pytest.mark.parametrize("signatures", [None, [], {}, {WHO: 1}, {WHO: {}}, {"@x:y": {}}])
def test_malformed_signatures_are_invalid(signatures: Any) -> None:
    assert not is_signed_by({"signatures": signatures}, WHO, KEY, public_key(SEED))


@given(values, st.text() | st.just(public_key(SEED)))
def test_verifying_never_raises(signed: Any, public: str) -> None:
    value = {"signatures": {WHO: {f"ed25519:{KEY}": signed}}}
    assert not is_signed_by(value, WHO, KEY, public)


def test_a_signature_with_a_line_break_is_invalid() -> None:
    """Otherwise the same signature could be written in many ways."""
    good = sign({}, SEED)
    assert not is_signed_by(add_signature({}, WHO, KEY, f"{good[:9]}\n{good[9:]}"), WHO, KEY, "")
    signed = add_signature({}, WHO, KEY, f"{good[:9]}\n{good[9:]}")
    assert not is_signed_by(signed, WHO, KEY, public_key(SEED))


def test_deeply_nested_objects_are_not_signed() -> None:
    value: Any = {}
    for _ in range(3000):
        value = {"a": value}
    assert not is_signed_by(add_signature(value, WHO, KEY, "AA"), WHO, KEY, public_key(SEED))
