import hashlib
from dataclasses import replace
from typing import Any

import pytest

from store.cases.statement import (
    FIRST_PREVIOUS,
    ErasureStatement,
    PermissionStatement,
    ReadTerms,
    RevocationStatement,
    Statement,
    sign_statement,
)
from store.cases.statement_reader import read_statement
from store.crypto import cbor
from store.crypto import signed_envelope as envelope
from store.crypto.case_keys import CaseKeys
from store.model.errors import Unreadable
from store.readers.key_file import member_id
from tests.unit.store.people import shown_words

KEYS = CaseKeys(bytes(range(16)))
PK = bytes.fromhex("b6a052d507497584f2e4f1707d7af9fa124c60cfbb9ceccf10bbb726a550824c")
MID = bytes.fromhex("48f83b3b2a08bef2266711a56990950ff0565c6fb6a85a83a9b1d883ab69a0cd")
WORDS = shown_words("0123456789ab", "en", "readers", "Who may read it?", "Oak may read it.")
SHARING = ReadTerms(
    items=((bytes([0x33] * 16), hashlib.sha256(b"payload").digest()),),
    to=(MID,),
    may=("act.listen", "contact"),
    future=False,
    roster=(1, hashlib.sha256(b"roster").digest()),
)
NAMED = PermissionStatement(KEYS.rid, PK, WORDS, 1, FIRST_PREVIOUS, (), SHARING)
KEEP = PermissionStatement(KEYS.rid, PK, WORDS, 2, bytes([1] * 32))
NEVER = PermissionStatement(KEYS.rid, PK, WORDS, 2, bytes([1] * 32), (MID,), salt=bytes([5] * 32))
STANDS = ("keep", "never")
REVOKE = RevocationStatement(KEYS.rid, bytes([2] * 32), WORDS, 3, bytes([3] * 32), STANDS)
ERASE = ErasureStatement(KEYS.rid, WORDS, 4, bytes([4] * 32))
FIRST_NAMED = replace(NAMED, version=1)
FIRST_KEEP = replace(KEEP, never=(MID,), version=1)
FIRST_REVOKE = replace(REVOKE, stands=(), version=1)
FIRST_ERASE = replace(ERASE, version=1)
STATEMENTS = {
    "named": NAMED,
    "keep": KEEP,
    "never": NEVER,
    "revoke": REVOKE,
    "erase": ERASE,
    "named, version 1": FIRST_NAMED,
    "keep, version 1": FIRST_KEEP,
    "revoke, version 1": FIRST_REVOKE,
    "erase, version 1": FIRST_ERASE,
}
EVERY, NAMES = [*STATEMENTS.values()], [*STATEMENTS]


def test_inputs_of_the_vector() -> None:
    assert KEYS.rid.hex() == "c2a41fcb481f1260094d624c3045ae15"
    assert member_id(KEYS.identity.recipient, PK) == MID


def test_consent_of_version_1_of_the_specification() -> None:
    signed = sign_statement(FIRST_NAMED, KEYS.sign_seed)
    assert len(signed.body) == 378
    assert signed.hash.hex() == "da7ce812dcb16b0aa15d32a2f9dd32a063e3249f063b1dd948418b5240cc2ae7"
    assert signed.signature.hex() == (
        "06b9f3a533eaeeab5829c6eb5677a07f0c7aaedd06b79350e2e1a03fe4170af9"
        "13806fe58bce1369c50fa58cf939ab0c508618f14d69c55f26b18e0b4d7c2304"
    )
    assert envelope.verify(signed.encode(), PK) == signed


@pytest.mark.parametrize("statement", EVERY, ids=NAMES)
def test_what_is_signed_is_read(statement: Statement) -> None:
    signed = sign_statement(statement, KEYS.sign_seed)
    assert read_statement(envelope.parse(signed.encode()).fields) == statement


@pytest.mark.parametrize(
    ("statement", "keys"),
    [
        (NAMED, "case future items may pk prev roster scope seq t to until v words"),
        (KEEP, "case pk prev scope seq t until v words"),
        (NEVER, "case not pk prev salt scope seq t until v words"),
        (REVOKE, "case of prev seq stands t v words"),
        (ERASE, "case prev seq t v words"),
        (FIRST_NAMED, "case future items may not pk prev roster scope seq t to until v words"),
        (FIRST_KEEP, "case not pk prev scope seq t until v words"),
        (FIRST_REVOKE, "case of prev seq t v words"),
        (FIRST_ERASE, "case prev seq t v words"),
    ],
    ids=NAMES,
)
def test_each_kind_has_its_keys_and_no_other(statement: Statement, keys: str) -> None:
    assert sorted(statement.fields()) == keys.split()


@pytest.mark.parametrize("statement", EVERY, ids=NAMES)
def test_a_key_too_many_or_too_few_is_refused(statement: Statement) -> None:
    fields = dict(statement.fields())
    for extra in {"k", "T", "rel", "if", "of", "items", "to", "x", "not", "salt"} - fields.keys():
        with pytest.raises(Unreadable):
            read_statement({**fields, extra: 1})
    for key in fields:
        with pytest.raises(Unreadable):
            read_statement({name: fields[name] for name in fields if name != key})


@pytest.mark.parametrize("scope", ["commission", "match", "introduce", "numbers", "quote", "", 7])
def test_a_scope_that_cannot_be_honoured_is_refused(scope: cbor.Value) -> None:
    with pytest.raises(Unreadable, match="update this program"):
        read_statement({**NAMED.fields(), "scope": scope})


def test_the_words_are_the_question_and_the_choice() -> None:
    text = b"Who may read it?\nOak may read it."
    assert WORDS.digest == hashlib.sha256(text).digest()


BAD_VALUES: dict[str, list[cbor.Value]] = {
    "t": ["reply", 1],
    "case": [b"short", "text"],
    "pk": [bytes(31), 1],
    "seq": [0, 2, "1"],
    "prev": [bytes([9] * 32), b"", 0],
    "until": [7, 202600, 202654, "202647"],
    "words": [[], ["0123456789ab", "en", "readers"], ["0123456789ab", "en", "readers", b"x"]],
    "items": [[], [b"x"], [[bytes(16), bytes(31)]], [[bytes(16), bytes(32)]] * 2, 0],
    "to": [[], [b"x"], [MID, MID], [bytes([255] * 32), MID], ["x"], MID],
    "not": [[MID], [b"x"], [bytes([9] * 32), bytes([8] * 32)], [1], "x"],
    "may": [
        [],
        ["contact"],
        ["act.listen", "act.named"],
        ["contact", "act.listen"],
        ["act.listen", "act.listen"],
        ["act.shout"],
        ["act.listen", 1],
        "act.listen",
    ],
    "future": [2, "0"],
    "roster": [[], [0, bytes(32)], [1, b"x"], [1, bytes(32), 0], bytes(32)],
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in BAD_VALUES.items() for value in values]
)
def test_a_value_outside_its_meaning_is_refused(key: str, value: cbor.Value) -> None:
    with pytest.raises(Unreadable):
        read_statement({**FIRST_NAMED.fields(), key: value})


@pytest.mark.parametrize("version", [0, 3, "2"])
@pytest.mark.parametrize("statement", EVERY, ids=NAMES)
def test_another_version_is_refused(statement: Statement, version: cbor.Value) -> None:
    with pytest.raises(Unreadable):
        read_statement({**statement.fields(), "v": version})


@pytest.mark.parametrize("salt", [b"", bytes(31), "x"])
def test_who_must_never_get_it_is_salted(salt: cbor.Value) -> None:
    with pytest.raises(Unreadable):
        read_statement({**NEVER.fields(), "salt": salt})


@pytest.mark.parametrize("stands", [["never", "keep"], ["keep", "keep"], ["act"], [1], "keep"])
def test_what_stands_is_in_order_and_known(stands: cbor.Value) -> None:
    with pytest.raises(Unreadable):
        read_statement({**REVOKE.fields(), "stands": stands})


@pytest.mark.parametrize("of", [b"", bytes(31), 1])
def test_taking_back_names_a_statement(of: cbor.Value) -> None:
    with pytest.raises(Unreadable):
        read_statement({**REVOKE.fields(), "of": of})


@pytest.mark.parametrize(
    "may",
    [
        ("act.listen",),
        ("act.listen", "contact"),
        ("act.accused",),
        ("act.accused", "act.named", "act.unnamed", "contact"),
    ],
)
def test_listening_stands_alone_and_acts_stand_together(may: tuple[str, ...]) -> None:
    assert replace(SHARING, may=may).may == may


@pytest.mark.parametrize(
    "change",
    [
        {"never": (MID,)},
        {"never": (MID,), "version": 1},
        {"salt": bytes(32)},
        {"version": 3},
        {"number": 2},
        {"number": 0, "previous": bytes([1] * 32)},
        {"until": 202699},
        {"case": b""},
    ],
)
def test_an_invalid_permission_cannot_even_be_made(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        replace(NAMED, **change)


def test_the_end_week_is_kept() -> None:
    ending = replace(NAMED, until=202653)
    assert read_statement(ending.fields()) == ending


@pytest.mark.parametrize("statement", [*EVERY, SHARING])
def test_nothing_of_it_prints(statement: object) -> None:
    assert len(repr(statement)) < 40
