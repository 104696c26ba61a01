"""The JSON Schema from which text editors complete; ``flows.checks.check`` stays the authority.

Draft 4, because editors of TOML read that. It is built from the kinds and keys of the parser;
``flow.schema.json`` beside this module is its text, and a test holds it to that. A questionnaire
names it in its first line: ``#:schema ./flow.schema.json``.
"""

import json
from collections.abc import Mapping
from typing import Any

from flows.checks.care import CARE_RULES
from flows.checks.rules.conditions import SECTION_SUBJECTS
from flows.checks.rules.names import IDENTIFIER
from flows.checks.rules.permissions import DETAIL_PERMISSIONS
from flows.files.keys import CHOICE_KEYS, COMMON_KEYS, KIND_KEYS, OVERRULE_KEYS, TOP_KEYS
from flows.model import PERMISSIONS, Kind

Schema = dict[str, Any]

ID: Schema = {"type": "string", "pattern": f"^{IDENTIFIER.pattern}$"}
TEXT: Schema = {"type": "string", "minLength": 1}
GUARD_VALUE: Schema = {
    "anyOf": [
        {"enum": [True]},
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ]
}
CONDITION: Schema = {"type": "object", "additionalProperties": GUARD_VALUE}

VALUES: Mapping[str, tuple[str, Schema]] = {
    "id": ("A short name; answers are kept under it.", ID),
    "text": ("What is said.", TEXT),
    "hint": ("Said below the question, in the same message.", TEXT),
    "when": ("Asked only if all of this holds of the answers above.", CONDITION),
    "unless": ("Not asked if all of this holds of the answers above.", CONDITION),
    "section": ("The section above with which it is skipped.", ID),
    "place": ("Waits in the overview and is not asked in its turn.", {"enum": ["overview"]}),
    "many": ("As many messages as they like.", {"type": "boolean"}),
    "part": ("Belongs to the needs, and not to the story.", {"enum": ["needs"]}),
    "skip": ("What somebody says who leaves this question out.", TEXT),
    "touches": ("What the section is about.", {"enum": list(SECTION_SUBJECTS)}),
    "asks": ("The one permission that it asks for.", {"enum": list(PERMISSIONS)}),
    "of": ("What it narrows.", {"enum": list(DETAIL_PERMISSIONS)}),
    "alone": ("Goes with no other choice.", {"type": "boolean"}),
    "name": ("The name of the questionnaire; it stays as it is.", ID),
    "language": ("The language of these words, like en.", TEXT),
    "choose": ("How the talk is called at hello.", TEXT),
    "rule": ("The rule of care that is set aside.", {"enum": list(CARE_RULES)}),
    "because": ("The reason, in a sentence.", TEXT),
}
"""Meaning and schema of each key; ``kind``, ``step`` and the lists are built below."""

REQUIRED = {"id", "text", "choices", "asks", "of", "touches"}
OPTIONAL_IN_CHOICES = {"asks", "alone"}


def build_schema() -> Schema:
    """Build the schema of a questionnaire."""
    steps = [{"$ref": f"#/definitions/{kind}"} for kind in Kind]
    lists: dict[str, Schema] = {
        "step": {"type": "array", "minItems": 1, "items": {"oneOf": steps}},
        "overrule": {"type": "array", "items": _table(OVERRULE_KEYS, OVERRULE_KEYS, {"step": ID})},
    }
    required = tuple(key for key in TOP_KEYS if key != "overrule")
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "A questionnaire of Holdfast",
        **_table(TOP_KEYS, required, lists),
        "definitions": {str(kind): _step(kind) for kind in Kind},
    }


def _step(kind: Kind) -> Schema:
    keys = (*COMMON_KEYS, *KIND_KEYS[kind])
    own: dict[str, Schema] = {"kind": {"enum": [str(kind)]}, "choices": _choices(kind)}
    return _table(keys, ("kind", *(key for key in keys if key in REQUIRED)), own)


def _choices(kind: Kind) -> Schema:
    keys = CHOICE_KEYS.get(kind, ("id", "text"))
    required = tuple(key for key in keys if key not in OPTIONAL_IN_CHOICES)
    return {"type": "array", "minItems": 1, "items": _table(keys, required, {})}


def _table(keys: tuple[str, ...], required: tuple[str, ...], own: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": {key: own[key] if key in own else _value(key) for key in keys},
        "required": list(required),
        "additionalProperties": False,
    }


def _value(key: str) -> Schema:
    meaning, values = VALUES[key]
    return {"description": meaning, **values}


def schema_text() -> str:
    """Return the text of ``flow.schema.json``."""
    return json.dumps(build_schema(), indent=2) + "\n"
