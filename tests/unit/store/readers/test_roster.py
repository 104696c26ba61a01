import base64
import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from store.model.errors import RosterError, StoreError
from store.readers import roster, roster_chain, roster_parser
from store.readers.key_file import ReaderKey
from store.readers.roster import Chain, Member, Note, Roster
from tests.unit.store.people import BIRCH, OAK, YEW, reader

WEEK = 202647


def member(name: str, key: ReaderKey, about: str = "") -> Member:
    return roster_chain.member_of(key.card(name, about), WEEK)


FOUNDERS = [member("Oak", OAK, "Elected in spring."), member("Birch", BIRCH)]
PENDING: Chain = (roster_chain.genesis("example.org", 2, FOUNDERS),)
GENESIS = roster_chain.sign(roster_chain.sign(PENDING, OAK), BIRCH)
PIN = GENESIS[0].roster.hash
WITH_YEW: Chain = (*GENESIS, roster_chain.with_member(GENESIS[0], member("Yew", YEW)))
COMPLETE = roster_chain.sign(roster_chain.sign(WITH_YEW, OAK), BIRCH)


def read(chain: Chain) -> Chain:
    return roster_chain.read_chain(roster.format_chain(chain), PIN)


def test_a_chain_leads_back_to_its_genesis() -> None:
    assert read(GENESIS) == GENESIS
    assert read(COMPLETE) == COMPLETE


def test_the_text_has_the_lines_of_the_format() -> None:
    lines = COMPLETE[1].roster.text.split("\n")
    assert lines[:3] == ["example.org/roster", "pcr roster v1", "version 2"]
    assert lines[3] == "prev " + base64.b64encode(GENESIS[0].roster.hash).decode()
    assert lines[4] == "quorum 2"
    members = [line.split(" ") for line in lines[5:8]]
    assert [base64.b64decode(line[1]) for line in members] == sorted(
        key.mid for key in (OAK, BIRCH, YEW)
    )
    oak = next(line for line in members if line[2] == "Oak")
    assert oak[3:6] == ["202647", "0", "commission"]
    assert oak[6] == str(OAK.identity.recipient)
    assert base64.b64decode(oak[7]) == OAK.sign_pk
    assert lines[8].split(" ")[0] == "about"
    assert lines[9:] == [""]


def test_the_genesis_has_zeros_before_it() -> None:
    assert f"\nprev {'A' * 43}=\n" in GENESIS[0].roster.text
    assert hashlib.sha256(GENESIS[0].roster.text.encode()).digest() == PIN


def test_a_signature_line_is_that_of_a_c2sp_signed_note() -> None:
    dash, name, value = str(GENESIS[0].signatures[0]).split(" ")
    raw = base64.b64decode(value)
    assert dash == "\u2014"
    assert name == f"example.org/m/{OAK.fp.hex()}"
    assert raw[:4] == hashlib.sha256(name.encode() + b"\n\x01" + OAK.sign_pk).digest()[:4]
    text = GENESIS[0].roster.text.encode()
    Ed25519PublicKey.from_public_bytes(OAK.sign_pk).verify(raw[4:], text)


def test_key_ids_and_signatures_are_those_of_the_reference_implementation() -> None:
    # The example in the documentation of golang.org/x/mod/sumdb/note.
    key = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    line = roster_parser._parse_signature(
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
        "otpRZb6KE6RyyBwJnAM="
    )
    assert line.value[:4].hex() == "c74f20a3" == roster_chain._key_id(line.name, key).hex()
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    Ed25519PublicKey.from_public_bytes(key).verify(line.value[4:], text.encode())


def test_notes_stand_one_after_the_other_with_an_empty_line_between() -> None:
    text = roster.format_chain(COMPLETE)
    assert text.count("\n\n") == 3
    assert text == f"{COMPLETE[0].format()}\n{COMPLETE[1].format()}"


def test_a_version_nobody_has_signed_yet_can_be_kept() -> None:
    for chain in (PENDING, WITH_YEW):
        assert roster_parser.parse_chain(roster.format_chain(chain)) == chain


def test_all_founders_must_sign() -> None:
    with pytest.raises(RosterError, match="lacks 2 of 2"):
        read(PENDING)
    with pytest.raises(RosterError, match="lacks 1 of 2"):
        read(roster_chain.sign(PENDING, OAK))


def test_the_quorum_of_the_version_before_must_sign() -> None:
    assert roster_chain.needed(WITH_YEW) == 2
    with pytest.raises(RosterError, match="Version 2 of the roster lacks 1"):
        read(roster_chain.sign(WITH_YEW, OAK))


def test_a_newcomer_cannot_vouch_for_themself() -> None:
    with pytest.raises(RosterError, match="not among those"):
        roster_chain.sign(WITH_YEW, YEW)
    forged = roster_chain.sign((WITH_YEW[1],), YEW)[0].signatures[-1]
    with pytest.raises(RosterError, match="somebody who may not"):
        read((*GENESIS, replace(WITH_YEW[1], signatures=(forged,))))


def test_nobody_signs_twice() -> None:
    with pytest.raises(RosterError, match="already"):
        roster_chain.sign(GENESIS, OAK)


def test_one_signature_repeated_counts_once() -> None:
    once = roster_chain.sign(WITH_YEW, OAK)[1]
    twice = replace(once, signatures=once.signatures * 2)
    with pytest.raises(RosterError, match="lacks 1"):
        read((*GENESIS, twice))


def test_a_wrong_genesis_is_refused() -> None:
    with pytest.raises(RosterError, match="pinned"):
        roster_chain.read_chain(roster.format_chain(GENESIS), bytes(32))


def test_a_missing_version_is_refused() -> None:
    third = roster_chain.with_member(COMPLETE[1], member("Elm", reader(4)))
    with pytest.raises(RosterError, match="Version 2 is missing"):
        read((*GENESIS, third))
    with pytest.raises(RosterError, match="Version 1 is missing"):
        read(COMPLETE[1:])


def test_a_version_that_follows_another_is_refused() -> None:
    other = replace(COMPLETE[1].roster, previous=bytes([1] * 32))
    with pytest.raises(RosterError, match="does not follow"):
        read((*GENESIS, Note(other)))


def test_a_version_of_another_organisation_is_refused() -> None:
    other = replace(COMPLETE[1].roster, origin="example.net")
    with pytest.raises(RosterError, match="another organisation"):
        read((*GENESIS, Note(other)))


def test_a_signature_moved_to_another_text_is_refused() -> None:
    changed = replace(WITH_YEW[1].roster, quorum=1)
    moved = Note(changed, COMPLETE[1].signatures)
    with pytest.raises(RosterError, match="does not hold"):
        read((*GENESIS, moved))


def test_an_early_version_is_checked_as_well() -> None:
    with pytest.raises(RosterError, match="Version 1 of the roster lacks"):
        read((*roster_chain.sign(PENDING, OAK), COMPLETE[1]))


@settings(max_examples=60)
@given(st.data())
def test_one_changed_character_anywhere_is_refused(data: st.DataObject) -> None:
    text = roster.format_chain(COMPLETE)
    at = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.sampled_from("\n aZ0+=—").filter(lambda sign: sign != text[at]))
    with pytest.raises(StoreError):
        roster_chain.read_chain(text[:at] + sign + text[at + 1 :], PIN)


@given(st.integers(0))
def test_a_cut_file_is_refused(end: int) -> None:
    text = roster.format_chain(COMPLETE)
    start_of_second = len(GENESIS[0].format())
    cut = text[: end % len(text)]
    if cut == text[:start_of_second]:
        return
    with pytest.raises(StoreError):
        roster_chain.read_chain(cut, PIN)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pcr roster v1", "pcr roster v2"),
        ("version 1\n", "version 01\n"),
        ("version 1\n", ""),
        ("quorum 2", "quorum 3"),
        ("quorum 2", "quorum 0"),
        ("quorum 2", "quorum two"),
        ("Birch", "oak"),
        ("Birch", "Old Birch"),
        ("202647", "202699"),
        ("202647 0", "202647 202601"),
        ("commission", "commission,commission"),
        ("commission", "witness,commission"),
        ("commission", "queen"),
        ("age1pq1", "age1"),
        ("about", "besides"),
        ("about ", "about x "),
        ("=\n", "\n"),
        ("example.org/roster", "example org/roster"),
    ],
)
def test_a_text_outside_the_format_is_refused(old: str, new: str) -> None:
    text = roster.format_chain(PENDING)
    assert old in text
    with pytest.raises(RosterError):
        roster_parser.parse_chain(text.replace(old, new))


@pytest.mark.parametrize(
    "lines", ["- a AAAA\n", "— a\n", "— a *\n", "— a AA==\n", "— a  AAAA\n", "hello\n"]
)
def test_a_malformed_signature_line_is_refused(lines: str) -> None:
    with pytest.raises(RosterError):
        read(roster_parser.parse_chain(f"{PENDING[0].format()}{lines}"))


@pytest.mark.parametrize("text", ["", "\n", "\n\n", "\n\n\n\n", "hello"])
def test_what_is_not_a_roster_is_refused(text: str) -> None:
    with pytest.raises(RosterError):
        roster_parser.parse_chain(text)


def test_further_lines_are_kept() -> None:
    full = replace(
        GENESIS[0].roster,
        reset=bytes([7] * 32),
        after=((YEW.mid, OAK.mid),),
        rel=((BIRCH.mid, bytes(1216)),),
    )
    assert roster_parser.parse_chain(roster.format_chain((Note(full),))) == (Note(full),)
    kinds = [line.split(" ")[0] for line in full.text.split("\n")[2:-1]]
    assert kinds == [
        "version",
        "prev",
        "reset",
        "quorum",
        "member",
        "member",
        "about",
        "after",
        "rel",
    ]


def test_only_a_first_version_can_be_a_reset() -> None:
    with pytest.raises(RosterError, match="reset"):
        replace(COMPLETE[1].roster, reset=bytes(32))


def test_nobody_stands_in_it_twice() -> None:
    with pytest.raises(RosterError, match="twice"):
        roster_chain.with_member(GENESIS[0], member("Other", OAK))
    with pytest.raises(RosterError, match="same name"):
        roster_chain.with_member(GENESIS[0], member("OAK", YEW))


@pytest.mark.parametrize("quorum", [-1, 0, 3])
def test_a_quorum_that_nobody_can_reach_or_nobody_needs_is_refused(quorum: int) -> None:
    with pytest.raises(RosterError, match="quorum"):
        roster_chain.genesis("example.org", quorum, FOUNDERS)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "ü.org", "x" * 65, "a\nb"])
def test_an_origin_that_cannot_name_keys_is_refused(origin: str) -> None:
    with pytest.raises(RosterError, match="origin"):
        roster_chain.genesis(origin, 1, FOUNDERS)


@pytest.mark.parametrize(
    ("week", "names"),
    [
        (202646, set()),
        (202647, {"Oak", "Birch"}),
        (202653, {"Oak", "Birch"}),
        (202701, {"Birch"}),
    ],
)
def test_a_time_in_office_has_a_first_and_a_last_week(week: int, names: set[str]) -> None:
    leaving = [replace(FOUNDERS[0], until=202653), FOUNDERS[1]]
    active = roster_chain.genesis("example.org", 1, leaving).roster.active(week)
    assert {each.pseudonym for each in active} == names


def test_the_card_says_whether_they_must_pass_on() -> None:
    bound = roster_chain.member_of(OAK.card("Oak", must_pass_on=True), WEEK)
    assert bound.mandated
    assert bound.roles == ("commission", "mandated")
    assert not FOUNDERS[0].mandated


def test_a_member_is_found_by_mid() -> None:
    current: Roster = COMPLETE[1].roster
    found = current.member(YEW.mid)
    assert found is not None
    assert found.pseudonym == "Yew"
    assert current.member(bytes(32)) is None


def test_those_who_signed_are_named() -> None:
    assert roster_chain.signed_by(WITH_YEW) == ()
    assert [
        each.pseudonym for each in roster_chain.signed_by(roster_chain.sign(WITH_YEW, OAK))
    ] == ["Oak"]
