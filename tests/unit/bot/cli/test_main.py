"""The entry: what each way of ending says, and with which exit code."""

import argparse
from pathlib import Path

import pytest

from bot.cli import COMMANDS, OVERVIEW, init, main
from bot.errors import ConfigError, ConfigProblems, FolderError
from flows import FlowProblems, Problem
from store.model.errors import Locked
from store.version import VERSION

CANARY = "sparrow-canary"
INIT = ("init", "oak")


def registered() -> dict[str, argparse.ArgumentParser]:
    commands = argparse.ArgumentParser().add_subparsers()
    for module in COMMANDS:
        module.register(commands)
    return dict(commands.choices)


def raises(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def run(_args: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(init, "run", run)


@pytest.mark.parametrize("argv", [[], ["--help"], ["-h"]])
def test_alone_it_tells_who_does_what(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    said = capsys.readouterr()
    assert said.err == ""
    for heading, commands in OVERVIEW:
        assert f"{heading}:\n  holdfast {commands[0][0]} " in said.out


def test_the_overview_names_every_command_once() -> None:
    named = [name for _, commands in OVERVIEW for name, _ in commands]
    assert sorted(named) == sorted(registered())


def test_the_overview_fits_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 80


@pytest.mark.parametrize("name", sorted(registered()))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: holdfast {name} ")


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"holdfast {VERSION}\n"


def test_what_is_no_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["trie"])
    assert left.value.code == 2
    assert "'init'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (Locked("The passphrase is wrong."), ["The passphrase is wrong."]),
        (FolderError("oak is not empty."), ["oak is not empty."]),
        (
            ConfigProblems(
                Path("c.toml"), [ConfigError("a", "x", "Y."), ConfigError("b", "x", "Y.")]
            ),
            ["c.toml: a: x. Y.", "c.toml: b: x. Y."],
        ),
        (
            FlowProblems([Problem("i.toml", 2, "s", "x", "Y.")]),
            ["i.toml:2: step 's': x. Y."],
        ),
    ],
)
def test_a_refusal_is_its_sentences(
    error: Exception,
    lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    raises(monkeypatch, error)
    assert main(INIT) == 1
    said = capsys.readouterr()
    assert said.err.splitlines() == [f"holdfast: {line}" for line in lines]
    assert said.out == ""


def test_an_interruption_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raises(monkeypatch, KeyboardInterrupt())
    assert main(INIT) == 130
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_what_nobody_foresaw_shows_type_and_place_and_no_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raises(monkeypatch, ValueError(CANARY))
    assert main(INIT) == 70
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("holdfast: something went wrong")
    assert "(ValueError at bot.cli:" in said.err
    assert len(said.err.splitlines()) == 1
    assert CANARY not in said.err
    assert "Traceback" not in said.err


def test_the_exit_code_is_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init, "run", lambda _args: 3)
    assert main(INIT) == 3
