from pathlib import Path

from flows.files.load import load
from flows.tools.flowchart import draw_flowchart
from tests.unit.bot.cli.flows.conftest import Act


def test_the_picture_goes_to_the_output_and_what_to_do_with_it_beside(
    folder: Path, act: Act
) -> None:
    ran = act("draw")
    assert ran.code == 0
    assert ran.out == draw_flowchart(load((folder / "made.toml").read_text("utf-8"), "made.toml"))
    assert "Forges show it between ```mermaid and ```" in ran.err


def test_a_page_is_written_with_a_fence(folder: Path, act: Act) -> None:
    assert act("draw", "--out", "made.md").out == ""
    page = (folder / "made.md").read_text("utf-8")
    assert page.startswith("```mermaid\n%% made, revision ")
    assert page.endswith("```\n")


def test_several_are_drawn_one_below_the_other(folder: Path, act: Act) -> None:
    (folder / "second.toml").write_text((folder / "made.toml").read_text("utf-8"), "utf-8")
    assert act("draw").out.count("```mermaid\n") == 2


def test_a_broken_one_is_not_drawn(folder: Path, act: Act) -> None:
    (folder / "made.toml").write_text("[[step]]\n", "utf-8")
    ran = act("draw", "made.toml")
    assert (ran.code, ran.out) == (1, "")
    assert "holdfast: made.toml:1: " in ran.err
