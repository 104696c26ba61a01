"""Draw a questionnaire as a Mermaid flowchart, which Git forges and many editors show.

The list runs from top to bottom, with a diamond wherever a step may be skipped; permissions are
hexagons. It is drawn from the flow that runs, so it cannot show another one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.conditions import (
    READER_LEFT,
    Knowledge,
    quote_choices,
    required_guards,
    steps_in_sequence,
)
from flows.model import Flow, Guard, Kind, Step

MADE_BY = "made by 'holdfast flows draw'"
"""Stands in the first line: a picture may take the place of an earlier one."""

MAX_TEXT = 160
"""The most characters of a text; the printed questionnaire has all of it."""

SHAPES: Mapping[Kind, tuple[str, str]] = {
    Kind.NOTE: (">", "]"),
    Kind.TEXT: ("[", "]"),
    Kind.PERSON: ("[", "]"),
    Kind.ONE: ("[", "]"),
    Kind.MANY: ("[", "]"),
    Kind.SECTION: ("([", "])"),
    Kind.FORK: ("[", "]"),
    Kind.PERMISSION: ("{{", "}}"),
    Kind.DETAIL: ("[", "]"),
    Kind.REVIEW: ("[[", "]]"),
}
CLASSES: Mapping[Kind, str] = {
    Kind.FORK: "fork",
    Kind.PERMISSION: "permission",
    Kind.DETAIL: "permission",
    Kind.SECTION: "section",
    Kind.REVIEW: "review",
}
STYLE_CLASSES = (
    "classDef permission fill:#fff0c2,stroke:#8a6100,color:#000,stroke-width:2px;",
    "classDef fork fill:#dcebff,stroke:#1f4e8c,color:#000,stroke-width:2px;",
    "classDef section fill:#fde2e2,stroke:#8c1f1f,color:#000;",
    "classDef review fill:#e2f4e2,stroke:#1f6b1f,color:#000;",
    "classDef condition fill:#ffffff,stroke:#666,color:#000;",
)
SAFE_CHARACTERS = frozenset(" .,:!?'()/-–—…+=“”‘’·_")
"""The characters, besides letters and digits, with no meaning in a quoted Mermaid text."""

ROSTER = "the names of the roster"
HELLO, END = "hello", "over"


@dataclass(frozen=True, slots=True)
class _Vertex:
    """A vertex of the chart: a step, or the condition before one."""

    step: Step
    asks: bool
    """True for the condition."""

    @property
    def id(self) -> str:
        return f"{'if' if self.asks else 'q'}_{self.step.id}"


@dataclass(slots=True)
class _Chart:
    """A chart under construction, with what is certain on arrival at each vertex."""

    flow: Flow
    arrived: dict[str, Knowledge] = field(default_factory=dict)
    arrows: list[str] = field(default_factory=list)

    def arrow(self, start: str, label: str, after: int, knowledge: Knowledge) -> None:
        """Draw an arrow to the next step that can be asked, or to its condition."""
        place = self._next(after, knowledge)
        end = place.id if place else END
        self.arrows.append(f"{start} {_arrow(label)} {end}")
        if place:
            before = self.arrived.get(place.id)
            self.arrived[place.id] = before.intersection(knowledge) if before else knowledge

    def _next(self, after: int, knowledge: Knowledge) -> _Vertex | None:
        for step in steps_in_sequence(self.flow)[after:]:
            if not knowledge.is_impossible(step):
                return _Vertex(step, asks=not knowledge.is_certain(step))
        return None

    def visit(self, number: int, step: Step) -> Iterator[_Vertex]:
        """Yield the vertices of this step that are reachable, and draw what follows them."""
        condition, question = _Vertex(step, asks=True), _Vertex(step, asks=False)
        knowledge = self.arrived.get(condition.id)
        if knowledge is not None:
            yield condition
            self._into(question, knowledge.with_guards(required_guards(step)))
            self.arrows.append(f"{condition.id} {_arrow('yes')} {question.id}")
            self.arrow(condition.id, "no", number + 1, knowledge.after_skipping(step))
        if question.id in self.arrived:
            yield question
            self.arrow(question.id, "", number + 1, self.arrived[question.id])

    def _into(self, place: _Vertex, knowledge: Knowledge) -> None:
        before = self.arrived.get(place.id)
        self.arrived[place.id] = before.intersection(knowledge) if before else knowledge


def draw_flowchart(flow: Flow) -> str:
    """Draw the flowchart as Mermaid text."""
    drawing = _Chart(flow)
    drawing.arrow(HELLO, "", 0, Knowledge(flow))
    places = [
        place
        for number, step in enumerate(steps_in_sequence(flow))
        for place in drawing.visit(number, step)
    ]
    lines = (
        "flowchart TD",
        f'{HELLO}(["{escape_label(flow.choose)}"])',
        *(_vertex_line(place, drawing.arrived[place.id]) for place in places),
        f'{END}(("end"))',
        *drawing.arrows,
        *_overview_lines(flow),
        *STYLE_CLASSES,
        *_class_lines(places),
    )
    head = f"%% {flow.name}, revision {flow.revision}; {MADE_BY}"
    return f"{head}\n" + "\n  ".join(lines) + "\n"


def _vertex_line(place: _Vertex, knowledge: Knowledge) -> str:
    step = place.step
    if place.asks:
        return f'{place.id}{{"{escape_label(_condition(knowledge, step))}"}}'
    opening, closing = SHAPES[step.kind]
    return f'{place.id}{opening}"{_caption(step)}"{closing}'


def _caption(step: Step) -> str:
    """Build the label: id and kind in small print, the text, and the choices."""
    asks = f" {step.asks}" if step.asks else ""
    head = f"{step.id} · {step.kind}{asks}"
    offered = [
        *(choice.text for choice in step.choices),
        *([ROSTER] if step.names_readers else []),
    ]
    chosen = "".join(f"<br/>– {escape_label(text)}" for text in offered)
    return f"<small>{escape_label(head)}</small><br/>{escape_label(shorten(step.text))}{chosen}"


def _condition(knowledge: Knowledge, step: Step) -> str:
    """Describe the condition that decides here, without what is already certain."""
    holds = [
        _short_guard(knowledge.flow, guard)
        for guard in required_guards(step)
        if not knowledge.implies(guard)
    ]
    spared = [
        _short_guard(knowledge.flow, guard)
        for guard in step.unless
        if not knowledge.implies(guard)
    ]
    left = [READER_LEFT] if step.asks == "never" else []
    return " and ".join((*holds, *left, *((f"not ({' and '.join(spared)})",) if spared else ())))


def _short_guard(flow: Flow, guard: Guard) -> str:
    step = flow.step(guard.step)
    if step is None or not guard.choices:
        return f"{guard.step}: {_describe_any_answer(step)}"
    return f"{guard.step}: {quote_choices(step, guard.choices)}"


def _describe_any_answer(step: Step | None) -> str:
    """Describe a condition that only asks for an answer."""
    if step is None or step.kind is Kind.SECTION:
        return "not skipped"
    if step.kind is Kind.PERMISSION:
        return "somebody named" if step.names_readers else "a yes"
    return "answered"


def _overview_lines(flow: Flow) -> Iterator[str]:
    """Yield what waits in the overview, attached to the review."""
    review = next((step for step in flow.steps if step.kind is Kind.REVIEW), None)
    for step in flow.steps:
        if step.place is not None and review:
            yield _vertex_line(_Vertex(step, asks=False), Knowledge(flow))
            yield f'q_{review.id} -.->|"can be opened"| q_{step.id}'
            yield f"class q_{step.id} permission;"


def _class_lines(places: list[_Vertex]) -> Iterator[str]:
    for place in places:
        look = "condition" if place.asks else CLASSES.get(place.step.kind)
        if look:
            yield f"class {place.id} {look};"


def _arrow(label: str) -> str:
    return f'-->|"{label}"|' if label else "-->"


def shorten(text: str) -> str:
    """Shorten a text to whole words."""
    line = " ".join(text.split())
    if len(line) <= MAX_TEXT:
        return line
    return f"{line[:MAX_TEXT].rsplit(' ', 1)[0]}…"


def escape_label(text: str) -> str:
    """Escape a text for Mermaid: unsafe characters become their numbers."""
    return "".join(s if s.isalnum() or s in SAFE_CHARACTERS else f"#{ord(s)};" for s in text)
