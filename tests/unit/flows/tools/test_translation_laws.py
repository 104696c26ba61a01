"""A translation is held to the laws of its source: what the bot understands stands in it."""

from dataclasses import replace
from pathlib import Path

import pytest

import flows
from flows import Flow
from flows.checks.draft import MessageLimit
from flows.checks.problem import Problem
from flows.tools.catalogues import parse_po, to_po
from flows.tools.flow_messages import flow_source
from flows.tools.translation_laws import translation_problems

MADE = Path(__file__).parents[1] / "locale"
SOURCE = flows.load((MADE / "made.toml").read_text("utf-8"), "made.toml")
PO = (MADE / "made.es.po").read_text("utf-8")
STORY, SPANISH = "What would you like to say?", "¿Qué te gustaría contar?"


def asking(text: str) -> Flow:
    """The questionnaire of the tests with another first question."""
    first, *others = SOURCE.steps
    return replace(SOURCE, steps=(replace(first, text=text), *others))


def problems(source: str, translation: str) -> list[Problem]:
    po = PO.replace(STORY, source).replace(SPANISH, translation)
    return list(translation_problems(asking(source), parse_po(po, "made.es.po", "es")))


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Say it. /done when that is all.", "Dilo. /done cuando sea todo."),
        ("You can /pause or /stop.", "Puedes /pause o /stop."),
        ("Home and/or work.", "Casa y/o trabajo."),
        ("See https://a.example/b.", "Mira https://a.example/b."),
    ],
)
def test_what_stands_in_both_is_in_order(source: str, translation: str) -> None:
    assert problems(source, translation) == []


@pytest.mark.parametrize(
    ("source", "translation", "lost", "instead"),
    [
        ("/done when that is all.", "/hecho cuando sea todo.", "/done", "/hecho"),
        ("/done when that is all.", "Hecho cuando sea todo.", "/done", ""),
        ("/done or /stop.", "/stop o /stop.", "/done", "/stop"),
        ("Tap {done}.", "Toca {hecho}.", "{done}", "{hecho}"),
        ("Tap {done}.", "Toca.", "{done}", ""),
    ],
)
def test_a_command_or_placeholder_that_was_translated_is_named_with_its_cure(
    source: str, translation: str, lost: str, instead: str
) -> None:
    (found,) = (problem for problem in problems(source, translation) if lost in problem.what)
    assert f"Write {lost}" in found.cure
    assert instead in found.cure
    line = PO.replace(SPANISH, translation).splitlines()[found.line - 1]
    assert translation in line
    assert (found.file, found.step) == ("made.es.po", "story")


def test_a_command_that_the_original_lacks_is_named() -> None:
    (found,) = problems("Say it.", "Dilo, luego /erase.")
    assert "/erase" in found.what


def test_every_choice_and_hint_is_held_to_it() -> None:
    po = PO.replace("Empieza por donde quieras.", "Empieza, luego /hecho.")
    po = po.replace("Decidir más tarde", "Decidir {luego}")
    found = translation_problems(SOURCE, parse_po(po, "made.es.po", "es"))
    assert {problem.step for problem in found} >= {"story.hint", "fate.later"}


def test_what_is_not_translated_yet_is_no_problem() -> None:
    po = PO.replace(f'msgstr "{SPANISH}"', 'msgstr ""')
    assert translation_problems(SOURCE, parse_po(po, "made.es.po", "es")) == ()


@pytest.mark.parametrize(
    ("translation", "says"),
    [
        ("palabra " * 70, "words"),
        ("¿Por qué lo hiciste?", "says"),
        ("<b>Dilo</b>", "<b>"),
    ],
)
def test_the_rules_of_the_source_hold_in_the_translation(translation: str, says: str) -> None:
    found = problems(STORY, translation)
    assert any(says in str(problem) for problem in found)
    assert all(problem.file == "made.es.po" for problem in found)


def test_a_translation_must_fit_the_platforms() -> None:
    catalogue = parse_po(PO, "made.es.po", "es")
    found = translation_problems(SOURCE, catalogue, (MessageLimit("telegram", 10),))
    assert any("does not fit" in problem.what for problem in found)


def test_a_choice_may_not_become_a_command() -> None:
    catalogue = parse_po(PO.replace("Decidir más tarde", "stop"), "made.es.po", "es")
    found = translation_problems(SOURCE, catalogue)
    assert any(problem.step == "fate" for problem in found)


def test_the_spanish_of_the_tests_is_in_order() -> None:
    catalogue = parse_po(PO, "made.es.po", "es")
    assert translation_problems(SOURCE, catalogue) == ()
    assert parse_po(to_po(flow_source(SOURCE), catalogue), "made.es.po", "es").entries
