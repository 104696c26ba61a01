"""The parts of a questionnaire's text: they are all of it, and each value is where it is said."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from flows.checks.problem import FlowProblems
from flows.files.document import Span, read_document, value_spans
from tests.program import ROOT
from tests.unit.flows.files.test_lines import TEXT
from tests.unit.flows.generated import flow_texts

if TYPE_CHECKING:
    from flows.files.lines import KeyPath

SHIPPED = sorted((ROOT / "flows").glob("*.toml"))

NOTED = """\
# Of the whole file.
name = "x"

# Directly above.
[[step]]
id = "a"   # behind
text = \"\"\"
[[step]]
# no note\"\"\"

# --- between ---

[[overrule]]
step = "a"
rule = "length"
because = "It was asked for."
[[step]]
id = "b"
"""


def parts(text: str) -> list[str]:
    document = read_document(text, "x.toml")
    spans = [part for block in document.blocks for part in (block.span, block.gap)]
    return [document.head, *(document.raw(span) for span in spans)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.stem))
def test_the_parts_are_the_text(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "".join(parts(text)) == text


@given(flow_texts())
def test_the_parts_of_any_questionnaire_are_its_text(text: str) -> None:
    assert "".join(parts(text)) == text


def test_a_block_has_the_notes_directly_above_it_and_its_own_lines() -> None:
    document = read_document(NOTED, "x.toml")
    assert [block.key for block in document.blocks] == [
        ("step", "a"),
        ("overrule", "a", "length"),
        ("step", "b"),
    ]
    first, second, third = (document.raw(block.span) for block in document.blocks)
    assert first.startswith("# Directly above.\n[[step]]")
    assert first.endswith('# no note"""\n')
    assert document.raw(document.blocks[0].gap) == "\n# --- between ---\n\n"
    assert second.startswith("[[overrule]]")
    assert third == '[[step]]\nid = "b"\n'


def test_values_are_where_they_are_written() -> None:
    spans = value_spans(TEXT)
    places: dict[KeyPath, str] = {
        ("name",): '"a"',
        ("step", 0, "text"): '"""\n[[step]]\nid = "no" """',
        ("step", 0, "when", "fate"): '"read"',
        ("step", 0, "choices", 0, "text"): '"}"',
        ("step", 0, "choices", 1): '{ "id" = \'b\', text = "\\"]" }',
        ("step", 0, "unless", "fate"): '["keep",\n  "read"]',
    }
    assert {place: _raw(TEXT, spans[place]) for place in places} == places


def _raw(text: str, span: Span) -> str:
    return text[span.start : span.end]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.stem))
def test_each_shipped_value_alone_is_what_the_file_says(path: Path) -> None:
    document = read_document(path.read_text("utf-8"), path.name)
    for block in document.blocks:
        for key, value in document.table(block).items():
            span = document.value((block.key[0], block.index, key))
            assert tomllib.loads(f"x = {document.raw(span)}") == {"x": value}


def test_a_value_in_pieces_is_said_with_its_line() -> None:
    document = read_document(TEXT, "x.toml")
    with pytest.raises(FlowProblems, match=r"x\.toml:7: 'when' is written in a way"):
        document.value(("step", 0, "when"))


def test_steps_that_are_no_blocks_are_refused() -> None:
    with pytest.raises(FlowProblems, match=r"Begin each with \[\[step\]\]"):
        read_document('step = [ { id = "a" } ]\n', "x.toml")


def test_the_same_step_twice_is_refused() -> None:
    with pytest.raises(FlowProblems, match="'a' is there twice"):
        read_document('[[step]]\nid = "a"\n[[step]]\nid = "a"\n', "x.toml")
