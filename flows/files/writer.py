"""Write a flow as the text of a questionnaire file."""

import json
from collections.abc import Iterator, Mapping

from flows.model import Choice, Flow, Guard, Kind, Overrule, Step

FIXED = frozenset({Kind.SECTION, Kind.REVIEW})
"""The kinds whose choices are written in no file."""


def to_toml(flow: Flow) -> str:
    """Convert a flow to TOML; loading the text gives the same steps and words, where TOML allows.

    The choices of sections and of the review are the same in every file, and are omitted.
    """
    head = {"name": flow.name, "language": flow.language, "choose": flow.choose}
    return "".join(
        (
            *(f"{key} = {_text(value)}\n" for key, value in head.items()),
            *(f"\n[[step]]\n{''.join(_lines(step))}" for step in flow.steps),
            *map(_overrule, flow.overrules),
        )
    )


def _lines(step: Step) -> Iterator[str]:
    texts: Mapping[str, str | None] = {
        "id": step.id,
        "kind": step.kind,
        "text": step.text,
        "hint": step.hint,
        "asks": step.asks,
        "of": step.of,
        "touches": step.touches,
        "part": step.part,
        "skip": step.skip,
        "section": step.section,
        "place": step.place,
    }
    yield from (f"{key} = {_text(value)}\n" for key, value in texts.items() if value)
    if step.many:
        yield "many = true\n"
    for key, guards in (("when", step.when), ("unless", step.unless)):
        if guards:
            yield f"{key} = {{ {', '.join(map(_guard, guards))} }}\n"
    if step.choices and step.kind not in FIXED:
        yield f"choices = [ {', '.join(_choice(step, choice) for choice in step.choices)} ]\n"


def _overrule(overrule: Overrule) -> str:
    parts = {"step": overrule.step, "rule": overrule.rule, "because": overrule.because}
    return "\n[[overrule]]\n" + "".join(f"{key} = {_text(text)}\n" for key, text in parts.items())


def _guard(guard: Guard) -> str:
    choices = ", ".join(map(_text, guard.choices))
    return f"{guard.step} = {f'[{choices}]' if choices else 'true'}"


def _choice(step: Step, choice: Choice) -> str:
    asks = f", asks = {_text(choice.asks)}" if choice.asks else ""
    alone = ", alone = true" if choice.alone and step.kind is Kind.MANY else ""
    return f"{{ id = {_text(choice.id)}, text = {_text(choice.text)}{asks}{alone} }}"


def _text(text: str) -> str:
    """Quote a text; a JSON string is a TOML string too, except for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
