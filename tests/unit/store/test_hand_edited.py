"""Files that people edit are read leniently, and refused with what, where and the cure."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.load import parse_config, read_config
from bot.errors import ConfigProblems
from bot.roster_file import read_roster
from store.hand_edited import Slip, decode, parse_toml
from store.model.errors import RosterError, Unreadable
from store.readers.key_file import load_card, load_key, save_card, save_key
from store.readers.roster import format_chain
from store.readers.roster_parser import parse_chain
from tests.rig import Rig
from tests.unit.store.organisation import FOUNDED
from tests.unit.store.people import OAK, counted

CARD = OAK.card("Oak", "Elected in spring.")
CONFIG = """[organisation]
name = "Oak Union"
id = "oak.example"
[[organisation.help]]
name = "Night line"
contact = "0800 1"
hours = "day and night"
[roster]
genesis = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"
"""

SLIPS = [
    ("name = “Oak”", "curly", 'straight "'),
    ('name = "Oak”', "curly", 'straight "'),
    ("must_pass_on = yes", "neither true nor false", "true or false"),
    ("must_pass_on = True", "neither true nor false", "small letters"),
    ('folder = "C:\\Users"', "special sign", "Write / instead"),
    ('folder = "C:\\data"', "special sign", "Write / instead"),
    ('about = "a line that a mail\nprogram broke"', "ends between", "in one line"),
    ("program broke", "no key", "in one line"),
    ('> name = "Oak"', "put >", "Take the >"),
    ("name = Oak", "value cannot be read", "quotation marks"),
]


@pytest.mark.parametrize(("line", "what", "cure"), SLIPS)
def test_a_slip_is_named_with_its_line_and_cure(line: str, what: str, cure: str) -> None:
    slip = parse_toml(f'# a remark\nfirst = "good"\n{line}\nlast = "good"\n')
    assert isinstance(slip, Slip)
    assert slip.line == 3
    assert what in slip.what
    assert cure in slip.cure


@pytest.mark.parametrize(("line", "what", "cure"), SLIPS)
def test_a_config_with_a_slip_says_the_same(line: str, what: str, cure: str) -> None:
    with pytest.raises(ConfigProblems) as said:
        parse_config(f"{line}\n{CONFIG}", Path("/srv/oak/config.toml"))
    (problem,) = said.value.problems
    assert what in problem.why
    assert "at line 1" in problem.why
    assert cure in problem.cure


def test_a_folder_of_windows_that_turns_into_a_line_break_is_said() -> None:
    text = CONFIG + '[flow]\nfolder = "C:\\new"\n'
    with pytest.raises(ConfigProblems) as said:
        parse_config(text, Path("/srv/oak/config.toml"))
    (problem,) = said.value.problems
    assert problem.key == "flow.folder"
    assert "write / instead" in problem.cure


@pytest.mark.parametrize(("line", "what", "cure"), SLIPS)
def test_a_card_with_a_slip_says_the_same(tmp_path: Path, line: str, what: str, cure: str) -> None:
    (tmp_path / "oak.card").write_text(f"{line}\n{CARD.format()}", "utf-8")
    with pytest.raises(Unreadable) as said:
        load_card(tmp_path / "oak.card")
    assert "line 1: " in str(said.value)
    assert what in str(said.value)
    assert cure in str(said.value)


def test_yes_in_quotation_marks_is_said_to_be_no_truth(tmp_path: Path) -> None:
    text = CARD.format().replace("must_pass_on = false", 'must_pass_on = "yes"')
    (tmp_path / "oak.card").write_text(text, "utf-8")
    with pytest.raises(Unreadable, match=r"must_pass_on.*true or false"):
        load_card(tmp_path / "oak.card")


READABLE: list[Callable[[str], bytes]] = [
    lambda text: text.encode(),
    lambda text: text.encode("utf-8-sig"),
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    lambda text: text.replace("\n", "\r").encode(),
]


@pytest.mark.parametrize("number", range(len(READABLE)))
def test_marks_and_line_ends_of_other_programs_do_not_matter(
    rig: Rig, tmp_path: Path, number: int
) -> None:
    saved = READABLE[number]
    save_card(tmp_path / "oak.card", CARD)
    (tmp_path / "other.card").write_bytes(saved((tmp_path / "oak.card").read_text("utf-8")))
    assert load_card(tmp_path / "other.card") == CARD
    for name in ("config.toml", "roster.note"):
        file = rig.folder / name
        file.write_bytes(saved(file.read_text("utf-8")))
    assert read_roster(read_config(rig.folder / "config.toml"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252", "utf-32"])
def test_another_encoding_is_said_with_its_cure(rig: Rig, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "oak.card").write_bytes(f"# é\n{CARD.format()}".encode(encoding))
    with pytest.raises(Unreadable, match="UTF-8"):
        load_card(tmp_path / "oak.card")
    config = rig.folder / "config.toml"
    text = config.read_text("utf-8")
    config.write_bytes(f"# é\n{text}".encode(encoding))
    with pytest.raises(ConfigProblems, match="UTF-8"):
        read_config(config)
    roster = rig.folder / "roster.note"
    roster.write_bytes(f"é{roster.read_text('utf-8')}".encode(encoding))
    with pytest.raises(RosterError):
        read_roster(rig.config)


@pytest.mark.parametrize("width", [40, 76])
def test_a_roster_that_a_mail_program_broke_names_the_line(width: int) -> None:
    text = format_chain(FOUNDED)
    number = next(n for n, line in enumerate(text.split("\n"), 1) if line.startswith("member"))
    lines = text.split("\n")
    line = lines[number - 1]
    broken = "\n".join([*lines[: number - 1], line[:width], line[width:], *lines[number:]])
    with pytest.raises(RosterError, match=rf"Line {number}.*mail program.*new copy"):
        parse_chain(broken)
    with pytest.raises(RosterError, match=r"Line 1 .*new copy"):
        parse_chain("> " + text)


def test_a_key_file_that_was_taken_for_text_is_said(tmp_path: Path) -> None:
    save_key(tmp_path / "oak.key", OAK.seal("seven trees", 2, counted()))
    data = (tmp_path / "oak.key").read_bytes()
    (tmp_path / "changed.key").write_bytes(data.replace(b"\n", b"\r\n"))
    with pytest.raises(Unreadable, match=r"line ends of Windows.*Copy it once more"):
        load_key(tmp_path / "changed.key", "seven trees")


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_or_named(text: str) -> None:
    found = parse_toml(text)
    assert isinstance(found, dict) or (found.what and found.cure)


@given(st.binary(max_size=60))
def test_whatever_bytes_there_are_they_are_read_or_named(data: bytes) -> None:
    text = decode(data)
    assert isinstance(text, str) or (text.line >= 1 and text.cure)
