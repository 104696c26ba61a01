"""A new organisation's folder: complete, private, and never made over another one."""

import io
import stat
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flows
from bot.cli import main
from bot.cli.init import LATER
from bot.config.load import parse_config, read_config
from bot.config.values import HelpLine
from bot.errors import ConfigProblems
from bot.installation import FLOW_FILES, TEMPLATE, Founding, config_text

NAMED = ("--name", "Oak Union", "--id", "oak.example")
HELPED = ("--help-name", "Night line", "--help-contact", "0800 1", "--help-hours", "always")


class Keyboard(io.StringIO):
    """Somebody at a terminal, who types these lines and then leaves."""

    def isatty(self) -> bool:
        return True


def left_to_do(folder: Path) -> list[str]:
    with pytest.raises(ConfigProblems) as caught:
        read_config(folder / "config.toml")
    return [problem.key for problem in caught.value.problems]


def type_lines(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard("".join(f"{line}\n" for line in lines)))


def snapshot(folder: Path) -> dict[Path, bytes | None]:
    return {p: p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


def test_the_folder_holds_all_that_changes_later(tmp_path: Path) -> None:
    folder = tmp_path / "oak"
    assert main(["init", str(folder), *NAMED, *HELPED]) == 0
    assert {p.name for p in folder.iterdir()} == {"config.toml", "keyring", "data", "flows"}
    assert left_to_do(folder) == ["roster.genesis"]


def test_nobody_else_on_the_machine_can_look_in(tmp_path: Path) -> None:
    folder = tmp_path / "oak"
    folder.mkdir(mode=0o755)
    assert main(["init", str(folder), *NAMED]) == 0
    for place in (folder, folder / "keyring", folder / "data"):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_the_questions_are_a_copy_of_those_that_ship(tmp_path: Path) -> None:
    main(["init", str(tmp_path / "oak"), *NAMED])
    package = Path(flows.__file__).parent
    shipped = [p.relative_to(package) for pattern in FLOW_FILES for p in package.glob(pattern)]
    assert Path("intake.toml") in shipped
    copied = tmp_path / "oak" / "flows"
    files = {p.relative_to(copied) for p in copied.rglob("*") if p.is_file()}
    assert {p for p in files if p.parts[0] != "shipped"} == set(shipped)
    assert all((copied / p).read_bytes() == (package / p).read_bytes() for p in shipped)


def test_what_comes_next_is_said_and_can_be_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "oak union"
    main(["init", str(folder), *NAMED])
    said = capsys.readouterr().out
    assert "[[organisation.help]]" in said
    assert "\n     holdfast roster new --origin oak.example " in said
    assert f"\n     holdfast check --config '{folder}/config.toml'\n" in said
    assert f"\n     holdfast run --config '{folder}/config.toml'\n" in said


def test_a_named_help_line_is_no_longer_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", str(tmp_path / "oak"), *NAMED, *HELPED])
    assert "organisation.help" not in capsys.readouterr().out


def test_an_installation_is_never_made_over_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "oak"
    main(["init", str(folder), *NAMED])
    before = snapshot(folder)
    assert main(["init", str(folder), "--name", "Elm", "--id", "elm.example"]) == 1
    assert snapshot(folder) == before
    assert f"holdfast: {folder} is not empty. Nothing was changed" in capsys.readouterr().err


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "oak"
    file.write_text("mine", encoding="utf-8")
    assert main(["init", str(file), *NAMED]) == 1
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_place_that_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "no" / "oak"), *NAMED]) == 1
    assert "Its parent must be there" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--name", "Oak", "--id", "Oak Union"), "organisation.id: it contains characters"),
        (
            ("--name", "O\x1bak", "--id", "oak"),
            "organisation.name: it is too long or not one line",
        ),
        ((*NAMED, "--help-name", "Night line"), "organisation.help 1.contact: it is empty"),
    ],
)
def test_what_could_not_be_read_later_is_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    assert main(["init", str(tmp_path / "oak"), *options]) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_where_nobody_can_be_asked_the_options_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Oak Union\noak.example\n"))
    assert main(["init", str(tmp_path / "oak")]) == 1
    assert "needs --name and --id. Nothing was made." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_it_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "oak"
    type_lines(monkeypatch, "Oak Union", "oak.example", "Night line", "0800 1", "always")
    assert main(["init", str(folder)]) == 0
    organisation = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))[
        "organisation"
    ]
    assert (organisation["name"], organisation["id"]) == ("Oak Union", "oak.example")
    assert organisation["help"] == [{"name": "Night line", "contact": "0800 1", "hours": "always"}]


def test_a_help_line_can_be_named_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    type_lines(monkeypatch, "Oak Union", "oak.example", "")
    assert main(["init", str(tmp_path / "oak")]) == 0
    assert left_to_do(tmp_path / "oak") == list(LATER)


def test_an_empty_answer_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    type_lines(monkeypatch, "", "oak.example", "Night line", "0800 1", "always")
    assert main(["init", str(tmp_path / "oak")]) == 1
    assert list(tmp_path.iterdir()) == []


def test_leaving_the_questions_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    type_lines(monkeypatch, "Oak Union")
    assert main(["init", str(tmp_path / "oak")]) == 1
    assert "Nothing was made." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_every_word_of_the_example_is_in_the_config(tmp_path: Path) -> None:
    main(["init", str(tmp_path / "oak"), *NAMED, *HELPED])
    example = TEMPLATE.read_text(encoding="utf-8").splitlines()
    made = (tmp_path / "oak" / "config.toml").read_text(encoding="utf-8").splitlines()
    changed = [line for line in made if line not in example]
    assert len(made) == len(example)
    assert changed == [
        'name = "Oak Union"',
        'id = "oak.example"',
        'name = "Night line"',
        'contact = "0800 1"',
        'hours = "always"',
    ]


LINE = st.text(
    st.characters(exclude_categories=("C", "Z")) | st.sampled_from(' "\\=[]#'), min_size=1
).filter(lambda line: bool(line.strip()) and len(line) <= 200)


@given(LINE, LINE, LINE, LINE)
def test_whatever_is_named_is_read_back(name: str, who: str, contact: str, hours: str) -> None:
    founding = Founding(Path("oak"), name, "oak.example", HelpLine(who, contact, hours))
    text = config_text(founding).replace('genesis = ""', f'genesis = "{"5e" * 32}"')
    organisation = parse_config(text, Path("config.toml")).organisation
    assert organisation.name == name.strip()
    assert organisation.help == (HelpLine(who.strip(), contact.strip(), hours.strip()),)
