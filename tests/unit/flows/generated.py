"""Questionnaires and talks made up by hypothesis, and the shipped one; nothing is tested here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from itertools import combinations, islice
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from flows.checks.paths import TEXT_GIVEN, Selection
from flows.checks.paths import Path as Way
from flows.engine import answer, next_step, options, with_readers
from flows.files.load import load
from flows.model import SAMPLE_READERS as PATH_READERS
from flows.model import Answer, Answers, Choice, Flow, Kind, Step
from flows.responses import (
    ChoiceResponse,
    DoneResponse,
    Refusal,
    Response,
    SkipResponse,
    TextResponse,
)

FLOWS = Path(__file__).parents[3] / "flows"
READERS = (Choice("a1", "Oak"), Choice("b2", "Elm"), Choice("c3", "Ash"))
INTAKE = load((FLOWS / "intake.toml").read_text(encoding="utf-8"), "intake.toml")

Entry = dict[str, Any]

STORY: Entry = {"id": "story", "kind": "text", "many": True, "text": "Begin where you like."}
REVIEW: Entry = {"id": "review", "kind": "review", "text": "This is what you allowed."}
READ: Entry = {
    "id": "read",
    "kind": "permission",
    "asks": "read",
    "text": "Who may read your story?",
    "choices": [{"id": "nobody", "text": "Nobody"}],
    "when": {"fate": "read"},
}
PARTS: Entry = {
    "id": "parts",
    "kind": "detail",
    "of": "parts",
    "text": "How much?",
    "choices": [{"id": i, "text": i} for i in ("needs", "needs_person", "all")],
    "when": {"read": True},
}
NEVER: Entry = {
    "id": "never",
    "kind": "permission",
    "asks": "never",
    "text": "Who must not?",
    "choices": [{"id": "none", "text": "Nobody"}],
    "when": {"read": True},
}
ACT: Entry = {
    "id": "act",
    "kind": "permission",
    "asks": "act",
    "text": "What may they do?",
    "choices": [{"id": i, "text": i} for i in ("listen", "unnamed", "put", "named")],
    "when": {"read": True},
}
KEEP: Entry = {
    "id": "keep",
    "kind": "permission",
    "asks": "keep",
    "text": "Keep it?",
    "choices": [{"id": "no", "text": "No"}, {"id": "yes", "text": "Yes"}],
    "when": {"fate": "read"},
}


def fate(*ids: str, asks: bool = True) -> Entry:
    """A fork with these choices."""
    choices: list[Entry] = [{"id": i, "text": i} for i in ids]
    if asks:
        choices[0]["asks"] = "keep"
    return {"id": "fate", "kind": "fork", "text": "What should happen?", "choices": choices}


def toml(steps: Sequence[Mapping[str, Any]]) -> str:
    """The text of a questionnaire with these steps."""
    head = 'name = "made"\nlanguage = "en"\nchoose = "A talk"\n'
    return head + "".join(f"\n[[step]]\n{_lines(step)}" for step in steps)


def _lines(step: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in step.items())


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


@st.composite
def _plain(draw: st.DrawFn, step_id: str) -> Entry:
    """A question, note or section without conditions."""
    kind = draw(st.sampled_from(["note", "text", "person", "one", "many", "section"]))
    step: Entry = {"id": step_id, "kind": kind, "text": f"Words of {step_id}."}
    if kind == "text":
        step["many"] = draw(st.booleans())
        if not step["many"] and draw(st.booleans()):
            step["skip"] = f"No {step_id}"
    if kind == "section":
        step["touches"] = "body"
    if kind in {"one", "many"}:
        step["choices"] = [{"id": i, "text": i} for i in ("x", "y", "z")]
    if kind == "many" and draw(st.booleans()):
        step["choices"][2]["alone"] = True
    return step


@st.composite
def _guards(draw: st.DrawFn, above: Sequence[Entry]) -> Entry:
    """Conditions on some of the questions above."""
    askable = [step for step in above if step["kind"] != "note"]
    chosen = draw(st.lists(st.sampled_from(askable), max_size=2, unique_by=lambda s: s["id"]))
    return {step["id"]: draw(_wanted(step)) for step in chosen}


def _wanted(step: Entry) -> st.SearchStrategy[Any]:
    ids = [choice["id"] for choice in step.get("choices", [])]
    anything: st.SearchStrategy[Any] = st.just(value=True)
    if not ids:
        return anything
    return anything | st.sampled_from(ids) | st.lists(st.sampled_from(ids), min_size=1, max_size=2)


@st.composite
def _permissions(draw: st.DrawFn) -> list[Entry]:
    """Permission steps in a valid order, some of them waiting in the overview."""
    rest = draw(st.permutations([PARTS, NEVER, ACT, KEEP]))
    steps = [dict(step) for step in (READ, *rest[: draw(st.integers(0, 4))])]
    for step in steps[1:]:
        if draw(st.integers(0, 4)) == 0:
            step["place"] = "overview"
    return steps


@st.composite
def _any_flow_text(draw: st.DrawFn) -> str:
    """Draw the text of any valid questionnaire, with permissions among its questions."""
    reading = draw(st.booleans())
    fork = fate(*(["keep", "read"] if reading else ["keep"]), "later", "erase")
    asked = draw(_permissions()) if reading else []
    plain = [draw(_plain(f"s{i}")) for i in range(draw(st.integers(0, 6)))]
    steps: list[Entry] = [dict(STORY), fork]
    while plain or asked:
        source = plain if plain and (not asked or draw(st.booleans())) else asked
        steps.append(_placed(draw, source.pop(0), steps))
    return toml([*steps, REVIEW])


def _placed(draw: st.DrawFn, step: Entry, above: Sequence[Entry]) -> Entry:
    """The step with conditions and a section that its place allows."""
    when = {**draw(_guards(above)), **step.get("when", {})}
    unless = draw(_guards(above))
    section = draw(st.sampled_from([None, *(s["id"] for s in above if s["kind"] == "section")]))
    more = {"when": when, "unless": unless, "section": section}
    return step | {key: value for key, value in more.items() if value}


MADE_UP = 120
"""How many questionnaires are made up. All laws share them: drawing one takes long."""


def _draw_texts() -> tuple[str, ...]:
    """Draw the texts of the made-up questionnaires, the same ones on every machine."""
    texts: list[str] = []

    @settings(max_examples=MADE_UP, phases=[Phase.generate], database=None, derandomize=True)
    @given(_any_flow_text())
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    return tuple(dict.fromkeys(texts))


TEXTS = _draw_texts()


def flow_texts() -> st.SearchStrategy[str]:
    """Choose the text of a made-up questionnaire."""
    return st.sampled_from(TEXTS)


@cache
def flow_of(text: str) -> Flow:
    """Load a made-up questionnaire, once."""
    return load(text, "made.toml")


@cache
def _bound_flow(text: str | None, readers: int) -> Flow:
    return with_readers(INTAKE if text is None else flow_of(text), READERS[:readers])


def flows() -> st.SearchStrategy[Flow]:
    """Choose a made-up questionnaire or the shipped one, with one to three readers."""
    texts = flow_texts() | st.none()
    return st.builds(_bound_flow, texts, st.integers(1, len(READERS)))


def reloaded(answers: Answers) -> Answers:
    """The answers as they come back from a store: nothing but plain values survives."""
    plain = json.loads(json.dumps([asdict(entry) for entry in answers]))
    return tuple(
        Answer(p["step"], tuple(p["choices"]), tuple(p["items"]), p["closed"]) for p in plain
    )


def inputs(flow: Flow, step: Step, answers: Answers) -> st.SearchStrategy[Response]:
    """Choose a response that a person can give to this step now."""
    if step.takes_text:
        began = any(a.step == step.id and a.items for a in answers)
        return _text_inputs(can_be_done=step.many and began)
    return _choice_inputs(step, options(flow, step, answers))


@cache
def _text_inputs(*, can_be_done: bool) -> st.SearchStrategy[Response]:
    texts = st.builds(TextResponse, st.text("abc", min_size=1, max_size=3))
    given: st.SearchStrategy[Response] = st.just(SkipResponse()) | texts
    return given | st.just(DoneResponse()) if can_be_done else given


@cache
def _choice_inputs(step: Step, offered: tuple[Choice, ...]) -> st.SearchStrategy[Response]:
    one: st.SearchStrategy[tuple[str, ...]] = st.sampled_from([(c.id,) for c in offered])
    several = [choice.id for choice in offered if not choice.alone]
    if step.takes_several and several:
        one |= st.lists(st.sampled_from(several), min_size=1, unique=True).map(tuple)
    chosen: st.SearchStrategy[Response] = one.map(ChoiceResponse)
    return chosen if step.kind is Kind.REVIEW else st.just(SkipResponse()) | chosen


def after(flow: Flow, answers: Answers, step_id: str, given: Response) -> Answers:
    """The answers after one that is certainly taken, through the store and back."""
    changed = answer(flow, answers, step_id, given)
    assert not isinstance(changed, Refusal), (step_id, changed)
    return reloaded(changed)


@st.composite
def talks(draw: st.DrawFn) -> tuple[Flow, tuple[Answers, ...]]:
    """A questionnaire and the answers after each turn of a talk that goes straight on."""
    flow = draw(flows())
    states: list[Answers] = [()]
    for _ in range(draw(st.integers(0, 20))):
        step = next_step(flow, states[-1])
        if step is None:
            break
        given = draw(inputs(flow, step, states[-1]))
        states.append(after(flow, states[-1], step.id, given))
    return flow, tuple(states)


Wandering = tuple[Flow, Answers]
"""A questionnaire with the answers of a conversation that changed earlier ones, in any order."""


def wanderings() -> st.SearchStrategy[Wandering]:
    """Choose a conversation in which earlier answers were changed."""
    return st.sampled_from(_draw_wanderings())


@cache
def _draw_wanderings() -> tuple[Wandering, ...]:
    drawn: list[Wandering] = []

    @settings(max_examples=MADE_UP, phases=[Phase.generate], database=None, derandomize=True)
    @given(_any_wandering())
    def collect(wandering: Wandering) -> None:
        drawn.append(wandering)

    collect()
    return tuple(drawn)


@st.composite
def _any_wandering(draw: st.DrawFn) -> Wandering:
    flow, states = draw(talks())
    answers = states[-1]
    for _ in range(draw(st.integers(0, 6))):
        step = draw(st.sampled_from([s for s in flow.steps if s.kind is not Kind.NOTE]))
        changed = answer(flow, answers, step.id, draw(inputs(flow, step, answers)))
        answers = answers if isinstance(changed, Refusal) else reloaded(changed)
    return flow, answers


# --- every way through, as the engine walks it -------------------------------------------------


def walked(flow: Flow) -> Iterator[Way]:
    """Every way through the flow by asking the engine itself: slow, and right by definition."""
    yield from _onward(with_readers(flow, PATH_READERS), (), ())


@cache
def first_paths(text: str, most: int) -> tuple[Way, ...]:
    """Walk the first paths through a made-up questionnaire, once."""
    return tuple(islice(walked(flow_of(text)), most))


def _onward(flow: Flow, answers: Answers, path: Way) -> Iterator[Way]:
    step = next_step(flow, answers)
    if step is None:
        yield path
        return
    for selection in _ways(flow, step, answers):
        yield from _onward(
            flow, _after(flow, answers, step, selection), (*path, (step.id, selection))
        )


def _after(flow: Flow, answers: Answers, step: Step, selection: Selection) -> Answers:
    for response in _inputs(step, selection):
        changed = answer(flow, answers, step.id, response)
        assert not isinstance(changed, Refusal), (step.id, selection)
        answers = changed
    return answers


def _inputs(step: Step, selection: Selection) -> tuple[Response, ...]:
    if not selection:
        return (SkipResponse(),)
    if not step.takes_text:
        return (ChoiceResponse(selection),)
    return (TextResponse("item"), DoneResponse()) if step.many else (TextResponse("item"),)


def _ways(flow: Flow, step: Step, answers: Answers) -> Iterator[Selection]:
    if step.kind is not Kind.REVIEW:
        yield ()
    if step.takes_text:
        yield TEXT_GIVEN
    elif step.takes_several:
        yield from _subsets(flow, step, options(flow, step, answers))
    else:
        yield from ((choice.id,) for choice in options(flow, step, answers))


def _subsets(flow: Flow, step: Step, offered: Sequence[Choice]) -> Iterator[Selection]:
    yield from ((choice.id,) for choice in offered if choice.alone)
    together = [choice.id for choice in offered if not choice.alone]
    guards = [guard for other in flow.steps for guard in (*other.when, *other.unless)]
    named = {choice for guard in guards if guard.step == step.id for choice in guard.choices}
    apart = [choice for choice in together if step.names_readers or choice in named]
    alike = tuple(choice for choice in together if choice not in apart)
    for size in range(len(apart) + 1):
        for some in combinations(apart, size):
            yield from filter(None, dict.fromkeys((some, (*some, *alike))))


def long_text(length: int, conditions: int) -> str:
    """The text of a questionnaire of so many steps, each with so many conditions on others."""
    chance = Random(length + conditions)  # noqa: S311 - the same file each time
    steps: list[Entry] = [STORY, fate("keep", "read", "later", "erase")]
    for number in range(length - 8):
        kind = chance.choice(["note", "text", "one", "many", "text"])
        step: Entry = {"id": f"s{number}", "kind": kind, "text": f"Words of step {number}."}
        if kind in {"one", "many"}:
            step["choices"] = [{"id": i, "text": f"{i} it is"} for i in ("x", "y", "z")]
        above = [other for other in steps[2:] if other["kind"] != "note"]
        named = chance.sample(above, min(len(above), chance.randint(0, conditions)))
        wanted = {s["id"]: "x" if s["kind"] in {"one", "many"} else True for s in named}
        steps.append(step | {"when": {"fate": "read", **wanted}})
    return toml([*steps, READ, PARTS, NEVER, ACT, KEEP, REVIEW])
