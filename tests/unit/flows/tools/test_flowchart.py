from dataclasses import replace
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.files.load import load
from flows.model import Kind
from flows.tools.flowchart import MAX_TEXT, draw_flowchart, escape_label, shorten
from tests.unit.flows.generated import (
    INTAKE,
    KEEP,
    READ,
    REVIEW,
    STORY,
    Entry,
    fate,
    flow_of,
    flow_texts,
    toml,
)
from tests.unit.flows.mermaid import Picture, read
from tests.unit.flows.path_listing import listed

PICTURE = read(draw_flowchart(INTAKE))


def drawn(*steps: Entry) -> Picture:
    return read(text_of(*steps))


def text_of(*steps: Entry) -> str:
    fork = fate("keep", *(["read"] if READ in steps else []), "later", "erase")
    return draw_flowchart(load(toml([STORY, fork, *steps, REVIEW]), "made.toml"))


def test_every_step_stands_in_the_picture() -> None:
    questions = {node.removeprefix("q_") for node in PICTURE.nodes if node.startswith("q_")}
    assert questions == {step.id for step in INTAKE.steps}


def test_permissions_are_hexagons_and_no_other_step_is() -> None:
    hexagons = [line for line in draw_flowchart(INTAKE).splitlines() if "{{" in line]
    names = {line.strip().partition("{{")[0] for line in hexagons}
    assert names == {f"q_{step.id}" for step in INTAKE.steps if step.kind is Kind.PERMISSION}


def test_a_condition_is_a_diamond_with_a_yes_and_a_no() -> None:
    step = {"id": "more", "kind": "text", "text": "More?", "when": {"fate": "read"}}
    picture = drawn(READ, step)
    assert picture.nodes["if_read"] == "fate: “read”"
    assert picture.arrows["if_read"] == [("q_read", "yes"), ("q_review", "no")]
    assert picture.arrows["q_read"] == [("q_more", "")]


def test_what_is_known_already_is_not_asked_again() -> None:
    again = {"id": "again", "kind": "text", "text": "Again?", "when": {"more": True}}
    more = {"id": "more", "kind": "text", "text": "More?", "when": {"fate": "read"}}
    picture = drawn(READ, more, again)
    assert picture.nodes["if_again"] == "more: answered"
    assert picture.arrows["if_read"][1] == ("q_review", "no")


def test_an_unless_is_said_as_a_not() -> None:
    keep = KEEP | {"unless": {"fate": "keep"}}
    assert drawn(READ, keep).nodes["if_keep"] == "not (fate: “keep”)"


def test_of_two_choices_of_one_question_only_one_leads_on() -> None:
    one: Entry = {"id": "one", "kind": "one", "text": "Which?"}
    one["choices"] = [{"id": "x", "text": "x"}, {"id": "y", "text": "y"}]
    steps = [{"id": i, "kind": "text", "text": i, "when": {"one": i}} for i in ("x", "y")]
    picture = drawn(one, *steps)
    assert picture.arrows["q_x"] == [("q_review", "")]
    assert picture.arrows["if_x"] == [("q_x", "yes"), ("if_y", "no")]


def test_what_waits_in_the_overview_hangs_on_the_review() -> None:
    picture = drawn(READ, KEEP | {"place": "overview"})
    assert ("q_keep", "can be opened") in picture.arrows["q_review"]
    assert picture.looks["q_keep"] == "permission"


def test_a_note_and_a_section_have_shapes_of_their_own() -> None:
    note = {"id": "n", "kind": "note", "text": "A note."}
    section = {"id": "s", "kind": "section", "touches": "body", "text": "About your body."}
    within = {"id": "w", "kind": "text", "text": "How is it?", "section": "s"}
    text = text_of(note, section, within)
    assert 'q_n>"' in text
    assert 'q_s(["' in text
    assert read(text).nodes["if_w"] == "s: not skipped"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a "b"', "a #34;b#34;"),
        ("<b>&amp;", "#60;b#62;#38;amp#59;"),
        ("`**x**` #1;", "#96;#42;#42;x#42;#42;#96; #35;1#59;"),
        ("a|b]c}d", "a#124;b#93;c#125;d"),
        ("¿Qué? – niño", "#191;Qué? – niño"),
        ("a\nb", "a#10;b"),
    ],
)
def test_no_sign_of_a_text_is_taken_for_mermaid(text: str, expected: str) -> None:
    assert escape_label(text) == expected


@given(st.text())
def test_whatever_the_words_are_the_picture_stays_one(words: str) -> None:
    steps = tuple(replace(step, text=words) for step in INTAKE.steps)
    assert read(draw_flowchart(replace(INTAKE, steps=steps))).nodes.keys() == PICTURE.nodes.keys()


def test_long_texts_are_shortened_between_words() -> None:
    text = "word " * 60
    assert len(shorten(text)) <= MAX_TEXT + 1
    assert shorten(text).endswith("word…")
    assert shorten("short") == "short"


@given(flow_texts())
def test_every_talk_that_can_be_held_is_a_way_through_the_picture(text: str) -> None:
    flow = flow_of(text)
    picture = read(draw_flowchart(flow))
    between = frozenset(
        node
        for node in picture.nodes
        if node.startswith("if_") or node in {f"q_{s.id}" for s in flow.steps if s.kind == "note"}
    )
    for path in islice(listed(flow), 60):
        places = ["hello", *(f"q_{step}" for step, _ in path), "over"]
        for start, end in pairwise(places):
            assert picture.leads(start, end, between), (start, end)


@given(flow_texts())
def test_a_picture_does_not_grow_faster_than_its_questionnaire(text: str) -> None:
    flow = flow_of(text)
    arrows = sum(len(arrows) for arrows in read(draw_flowchart(flow)).arrows.values())
    assert arrows <= 3 * len(flow.steps) + 1
