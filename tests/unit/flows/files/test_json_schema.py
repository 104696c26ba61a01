import json
import tomllib
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given

from flows import load
from flows.files.json_schema import build_schema, schema_text
from flows.files.keys import ALL_KEYS, KIND_KEYS
from flows.model import Kind
from tests.unit.flows.generated import FLOWS, flow_texts

DRAFT_4: Any = import_module("jsonschema").Draft4Validator  # comes with matrix-nio, untyped
NAME = "flow.schema.json"
SHIPPED = (FLOWS / "intake.toml").read_text("utf-8")


def objections(text: str) -> list[str]:
    return [error.message for error in DRAFT_4(build_schema()).iter_errors(tomllib.loads(text))]


def test_the_committed_schema_is_the_one_that_the_code_makes() -> None:
    # To make it anew: python -c "from flows.schema import as_text as t; print(t(), end='')"
    assert (FLOWS / NAME).read_text("utf-8") == schema_text()


def test_it_is_a_schema_of_the_draft_that_editors_read() -> None:
    made = json.loads(schema_text())
    DRAFT_4.check_schema(made)
    assert made["$schema"] == "http://json-schema.org/draft-04/schema#"


def test_every_kind_and_key_is_in_it_with_its_meaning() -> None:
    kinds = build_schema()["definitions"]
    assert set(kinds) == {str(kind) for kind in Kind}
    for kind in Kind:
        assert set(KIND_KEYS[kind]) < set(kinds[kind]["properties"]) <= set(ALL_KEYS)


def test_the_shipped_questions_are_within_it() -> None:
    assert objections(SHIPPED) == []


@given(flow_texts())
def test_so_is_every_questionnaire_that_can_be_asked(text: str) -> None:
    assert objections(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "fork"', 'kind = "frok"'),
        ("many = true", "mnay = true"),
        ('asks = "act"', 'asks = "atc"'),
        ('part = "needs"', 'part = "story"'),
        ("when = { read = true }", "when = { read = false }"),
    ],
)
def test_a_slip_is_seen_in_the_editor(old: str, new: str) -> None:
    assert objections(SHIPPED.replace(old, new)) != []


def test_its_line_at_the_top_of_a_file_changes_nothing() -> None:
    named = f"#:schema ./{NAME}\n{SHIPPED}"
    assert load(named, "intake.toml").revision == load(SHIPPED, "intake.toml").revision
