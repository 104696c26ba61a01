import io
from pathlib import Path

import pytest

from bot.cli import main
from store.readers.key_file import save_card, save_key
from store.readers.roster_parser import parse_chain
from tests.unit.store.people import BIRCH, OAK, YEW, counted

PASSPHRASE = "seven trees at the river"
KEYS = {"Oak": OAK, "Birch": BIRCH, "Yew": YEW}


class Office:
    """A folder with three cards, three keys and perhaps a roster, and what was said last."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch
        self.roster = folder / "roster.note"
        self.out, self.err = "", ""
        for name, key in KEYS.items():
            save_card(folder / f"{name}.card.toml", key.card(name, f"I am {name}."))
            save_key(folder / f"{name}.key", key.seal(PASSPHRASE, 2, counted()))

    def run(self, *arguments: str | Path, typed: str = PASSPHRASE) -> int:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        code = main(["roster", *map(str, arguments)])
        self.out, self.err = self._capsys.readouterr()
        return code

    def found(self, quorum: int = 2, *names: str) -> int:
        cards = [("--card", self.folder / f"{name}.card.toml") for name in names]
        flat = [part for pair in cards for part in pair]
        about = ("--origin", "example.org", "--quorum", str(quorum), "--out", self.roster)
        return self.run("new", *about, *flat)

    def add(self, name: str) -> int:
        return self.run("add", "--card", self.folder / f"{name}.card.toml", self.roster)

    def sign(self, name: str, typed: str = PASSPHRASE) -> int:
        return self.run("sign", "--key", self.folder / f"{name}.key", self.roster, typed=typed)

    @property
    def pin(self) -> str:
        return parse_chain(self.roster.read_text("utf-8"))[0].roster.hash.hex()


@pytest.fixture
def office(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capsys, monkeypatch)


@pytest.fixture
def founded(office: Office) -> Office:
    assert office.found(2, "Oak", "Birch") == 0
    return office


def test_founding_shows_the_hash_the_words_and_who_signs(founded: Office) -> None:
    assert founded.pin in founded.out
    assert "still needs 2" in founded.out
    for name in ("Oak", "Birch"):
        assert " ".join(KEYS[name].card(name).words) in founded.out
        assert f"I am {name}." in founded.out


def test_from_founding_to_a_third_reader(founded: Office) -> None:
    assert [founded.sign("Oak"), founded.sign("Birch")] == [0, 0]
    assert "all the signatures" in founded.out
    assert founded.run("verify", founded.roster, "--genesis", founded.pin) == 0
    assert founded.add("Yew") == 0
    assert "still needs 2 of these to sign" in founded.out
    assert [founded.sign("Birch"), founded.sign("Oak")] == [0, 0]
    assert founded.run("verify", founded.roster, "--genesis", founded.pin) == 0
    assert "version 2" in founded.out
    assert "Yew" in founded.out


def test_whoever_signs_sees_what_first(founded: Office) -> None:
    founded.sign("Oak")
    founded.sign("Birch")
    founded.add("Yew")
    founded.sign("Oak")
    assert "Yew" in founded.out.split("a change needs")[0]
    assert " ".join(YEW.card("Yew").words) in founded.out
    assert " ".join(OAK.card("Oak").words) not in founded.out


def test_showing_works_before_everybody_signed(founded: Office) -> None:
    assert founded.run("show", founded.roster) == 0
    assert "version 1" in founded.out
    assert founded.pin in founded.out


@pytest.mark.parametrize("pin", ["", "00", "0" * 63, "x" * 64])
def test_a_hash_mistyped_is_said(founded: Office, pin: str) -> None:
    assert founded.run("verify", founded.roster, "--genesis", pin) == 1
    assert "64 digits" in founded.err


def test_a_wrong_hash_and_too_few_signatures_are_refused(founded: Office) -> None:
    assert founded.run("verify", founded.roster, "--genesis", "0" * 64) == 1
    assert "pinned" in founded.err
    assert founded.run("verify", founded.roster, "--genesis", founded.pin) == 1
    assert "lacks 2 of 2" in founded.err


def test_nobody_is_added_before_the_version_is_signed(founded: Office) -> None:
    before = founded.roster.read_bytes()
    assert founded.add("Yew") == 1
    assert "lacks" in founded.err
    assert founded.roster.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("Yew", PASSPHRASE, "not among those"),
        ("Oak", "wrong", "passphrase"),
        ("Nobody", PASSPHRASE, "no key file"),
    ],
)
def test_a_signature_that_cannot_be_changes_nothing(
    founded: Office, name: str, typed: str, sentence: str
) -> None:
    before = founded.roster.read_bytes()
    assert founded.sign(name, typed) == 1
    assert sentence in founded.err
    assert founded.roster.read_bytes() == before


def test_a_roster_is_not_founded_over_another(founded: Office) -> None:
    before = founded.roster.read_bytes()
    assert founded.found(1, "Yew") == 1
    assert "already" in founded.err
    assert founded.roster.read_bytes() == before


def test_a_quorum_above_the_founders_is_refused(office: Office) -> None:
    assert office.found(3, "Oak", "Birch") == 1
    assert "quorum" in office.err
    assert not office.roster.exists()


def test_a_roster_that_is_missing_or_no_text_is_said(office: Office) -> None:
    assert office.run("show", office.roster) == 1
    assert "cannot be read" in office.err
    office.roster.write_bytes(b"\xff")
    assert office.run("show", office.roster) == 1
    assert "not a roster" in office.err


def test_nothing_is_left_beside_the_roster(founded: Office) -> None:
    assert not founded.roster.with_name("roster.note.new").exists()


def test_a_name_that_looks_like_another_comes_into_no_roster(office: Office) -> None:
    save_card(office.folder / "Twin.card.toml", YEW.card("Оak"))  # Cyrillic
    assert office.found(2, "Oak", "Birch", "Twin") == 1
    assert "look alike" in office.err
    assert not office.roster.exists()
    assert office.found(2, "Oak", "Birch") == 0
    office.sign("Oak")
    office.sign("Birch")
    before = office.roster.read_bytes()
    assert office.add("Twin") == 1
    assert office.roster.read_bytes() == before


def test_a_name_that_nobody_can_type_comes_into_no_roster(office: Office) -> None:
    save_card(office.folder / "Two.card.toml", YEW.card("2"))
    assert office.found(2, "Oak", "Two") == 1
    assert "cannot be chosen by typing" in office.err
    assert not office.roster.exists()


def test_a_new_key_is_entered_as_the_same_persons(founded: Office) -> None:
    assert [founded.sign("Oak"), founded.sign("Birch")] == [0, 0]
    card = founded.folder / "new-oak.card.toml"
    save_card(card, YEW.card("Oak", "I am Oak."))
    assert founded.run("replace", "--card", card, founded.roster) == 0
    assert [founded.sign("Oak"), founded.sign("Birch")] == [0, 0]
    newest = parse_chain(founded.roster.read_text("utf-8"))[-1].roster
    assert newest.after == ((YEW.mid, OAK.mid),)
    assert {m.mid for m in newest.members} == {YEW.mid, BIRCH.mid}
    assert founded.run("verify", founded.roster, "--genesis", founded.pin) == 0


def test_a_key_is_replaced_only_where_somebody_has_the_name(founded: Office) -> None:
    assert [founded.sign("Oak"), founded.sign("Birch")] == [0, 0]
    before = founded.roster.read_text("utf-8")
    for name in ("Yew", "Oak"):
        card = founded.folder / f"{name}.card.toml"
        assert founded.run("replace", "--card", card, founded.roster) != 0
        assert "Nobody in this list is called" in founded.err
    assert founded.roster.read_text("utf-8") == before
