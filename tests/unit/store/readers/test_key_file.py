import stat
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest

from store.crypto.age.file import decrypt_passphrase, encrypt_passphrase
from store.model.errors import KeyringError, Locked, Unreadable
from store.readers.key_file import (
    Card,
    ReaderKey,
    load_card,
    load_key,
    member_id,
    save_card,
    save_key,
)
from tests.unit.store.people import BIRCH, OAK, counted

PASSPHRASE = "seven trees at the river"
CARD = OAK.card("Oak", "Elected in spring; works at the print shop.", must_pass_on=True)


def sealed(lines: bytes) -> bytes:
    return encrypt_passphrase(lines, PASSPHRASE, 2, counted())


def test_new_keys_take_their_randomness_from_outside() -> None:
    assert ReaderKey.generate(counted()) == ReaderKey.generate(counted())
    entropy = counted()
    assert ReaderKey.generate(entropy) != ReaderKey.generate(entropy)


def test_a_key_file_opens_with_its_passphrase() -> None:
    assert ReaderKey.unseal(OAK.seal(PASSPHRASE, 2, counted()), PASSPHRASE) == OAK


def test_a_key_file_is_two_lines_that_any_age_program_shows() -> None:
    plain = pyrage.passphrase.decrypt(OAK.seal(PASSPHRASE, 2, counted()), PASSPHRASE).decode()
    identity, sign, end = plain.split("\n")
    assert identity.startswith("AGE-SECRET-KEY-PQ-1")
    assert sign.startswith("HOLDFAST-SIGN-1 ")
    assert not end


def test_another_passphrase_is_told_apart_from_damage() -> None:
    data = OAK.seal(PASSPHRASE, 2, counted())
    with pytest.raises(Locked):
        ReaderKey.unseal(data, "another passphrase")
    with pytest.raises(Unreadable):
        ReaderKey.unseal(data[:-1], PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"",
        lambda text: text[:-1],
        lambda text: text + b"\n",
        lambda text: text.replace(b"SIGN-1", b"SIGN-2"),
        lambda text: text.replace(b"PQ-1", b"PQ-2"),
        lambda text: text.split(b"HOLDFAST")[0] + b"HOLDFAST-SIGN-1 AAAA\n",
        lambda text: text.split(b"HOLDFAST")[0] + b"HOLDFAST-SIGN-1 *\n",
        lambda text: b"\xff" + text,
    ],
)
def test_a_file_that_opens_but_holds_something_else_is_refused(change: object) -> None:
    assert callable(change)
    lines = decrypt_passphrase(OAK.seal(PASSPHRASE, 2, counted()), PASSPHRASE)
    with pytest.raises(Unreadable):
        ReaderKey.unseal(sealed(change(lines)), PASSPHRASE)


def test_a_key_file_is_for_its_owner_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "oak.key"
    data = OAK.seal(PASSPHRASE, 2, counted())
    save_key(path, data)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(KeyringError, match="already"):
        save_key(path, b"")
    assert load_key(path, PASSPHRASE) == OAK


def test_a_missing_file_or_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(Locked, match="cannot be read"):
        load_key(tmp_path / "no.key", PASSPHRASE)
    with pytest.raises(KeyringError, match="cannot be written"):
        save_key(tmp_path / "no" / "oak.key", b"")
    with pytest.raises(Unreadable, match="cannot be read"):
        load_card(tmp_path / "no.card.toml")


@pytest.mark.parametrize("other", [CARD.format().encode(), b"", b"a sealed report", b"\xff" * 40])
def test_another_file_than_a_key_file_is_named_with_the_cure(tmp_path: Path, other: bytes) -> None:
    path = tmp_path / "oak.card.toml"
    path.write_bytes(other)
    with pytest.raises(Unreadable, match=r"oak\.card\.toml is no key file.*holdfast keygen"):
        load_key(path, PASSPHRASE)


def test_the_mid_stands_for_both_keys() -> None:
    mixed = ReaderKey(OAK.identity, BIRCH.sign_seed)
    assert len({OAK.mid, BIRCH.mid, mixed.mid}) == 3
    assert OAK.mid == member_id(OAK.identity.recipient, OAK.sign_pk) == CARD.mid
    assert OAK.fp == OAK.mid[:10]
    assert len(CARD.words) == 8


def test_a_card_holds_nothing_secret(tmp_path: Path) -> None:
    path = tmp_path / "oak.card.toml"
    save_card(path, CARD)
    assert load_card(path) == CARD
    assert "SECRET" not in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) & 0o444


@pytest.mark.parametrize("about", ['She said "yes" \\o/', "Größe · 图书馆", ""])
def test_a_card_survives_its_file(about: str) -> None:
    card = OAK.card("Oak", about)
    assert Card.parse(card.format()) == card


def test_a_name_typed_in_another_composition_is_the_same() -> None:
    text = CARD.format().replace('"Oak"', '"Bu\u0308che"')
    assert Card.parse(text).name == "Büche"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('name = "Oak"', "name = Oak", "line 4"),
        ('name = "Oak"', "", "name"),
        ('name = "Oak"', 'name = ""', "1 to 32"),
        ('name = "Oak"', 'name = "Old Oak"', "without spaces"),
        ('name = "Oak"', 'name = "Oak+Yew"', "without spaces"),
        ('name = "Oak"', f'name = "{"o" * 33}"', "1 to 32"),
        ('name = "Oak"', 'name = "O\\u202Eak"', "1 to 32"),
        ("age1pq1", "age1", "base|age|Bech32"),
        ('sign = "', 'sign = "*', "base64"),
        ('sign = "', 'sign = "AAAA', "32 bytes"),
        ("Elected", "E" * 300, "280 bytes"),
        ("Elected", "Elected\\n", "one line"),
        ("must_pass_on = true", 'must_pass_on = "yes"', "must_pass_on"),
        ("must_pass_on = true", "must_pass_on = true\nphone = 1", "phone"),
    ],
)
def test_a_mistake_in_a_card_is_named(old: str, new: str, sentence: str) -> None:
    text = CARD.format()
    assert old in text
    with pytest.raises(Unreadable, match=sentence):
        Card.parse(text.replace(old, new))


def test_a_card_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "oak.card.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Unreadable, match="not a text file"):
        load_card(path)


def test_keys_do_not_print() -> None:
    assert repr(OAK) == "ReaderKey(hidden)"


WAYS = [
    "Ma\u0301s luz, por favor",  # decomposed, as macOS types it
    "Más luz, por favor ",
    "  Más  luz, por\u00a0favor\n",
    "Ｍás luz, por favor",  # full-width
    "Más luz, por favor",
]


@pytest.mark.parametrize("typed", WAYS)
@pytest.mark.parametrize("made", WAYS)
def test_a_passphrase_opens_however_a_keyboard_types_it(made: str, typed: str) -> None:
    assert ReaderKey.unseal(OAK.seal(made, 2, counted()), typed) == OAK


def test_the_normal_form_is_the_published_one() -> None:
    sealed = OAK.seal("  Ma\u0301s  luz ", 2, counted())
    assert decrypt_passphrase(sealed, "Más luz")


@pytest.mark.parametrize("made", [*WAYS, " blanks around them "])
def test_a_key_file_of_before_opens_with_what_was_typed_then(made: str) -> None:
    lines = decrypt_passphrase(OAK.seal(PASSPHRASE, 2, counted()), PASSPHRASE)
    earlier = encrypt_passphrase(lines, made, 2, counted())
    assert ReaderKey.unseal(earlier, made) == OAK


@pytest.mark.parametrize("typed", ["Más luz, por favor ", "Ma\u0301s luz, por favor"])
def test_a_key_file_of_before_opens_as_another_keyboard_types_it(typed: str) -> None:
    lines = decrypt_passphrase(OAK.seal(PASSPHRASE, 2, counted()), PASSPHRASE)
    for made in ("Más luz, por favor", "Ma\u0301s luz, por favor"):
        assert ReaderKey.unseal(encrypt_passphrase(lines, made, 2, counted()), typed) == OAK


@pytest.mark.parametrize("typed", ["mas luz, por favor", "Más luz por favor", ""])
def test_other_letters_are_another_passphrase(typed: str) -> None:
    with pytest.raises(Locked):
        ReaderKey.unseal(OAK.seal("Más luz, por favor", 2, counted()), typed)
