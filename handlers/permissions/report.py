"""The report: one readable document, compiled from the pieces that the reporter chose to share.

First what the reporter allows; then each chosen part under its heading, in the reporter's own
order, every piece with its week.
"""

import flows
from flows import Flow, Kind, Step
from handlers.context import View
from handlers.reporter.questions import bound_flow, flow_answers
from handlers.texts import english as words

PART_ORDER = ("needs", "person", "story")
WEEKS_IN_HUNDRED = 100
MAY = {
    "listen": "act.listen",
    "unnamed": "act.unnamed",
    "put": "act.accused",
    "named": "act.named",
}
"""What the questionnaire calls it, and what the signed statement calls it."""


def part_name(flow: Flow, step_id: str) -> str:
    """What a piece is called in the index."""
    step = flow.step(step_id)
    return words.PART_NAMES[flows.part_of(step) if step else "story"]


def compiled(view: View, allowed: flows.Permissions) -> str:
    """The text that the named readers open, and nothing else of the talk."""
    chosen = [part for part in PART_ORDER if part in allowed.parts]
    sections = [words.REPORT_ACTS[MAY[allowed.act]]]
    sections += [section for part in chosen if (section := _section(view, part))]
    return "\n\n".join(sections) + "\n"


def _section(view: View, part: str) -> str:
    flow = bound_flow(view)
    lines = [
        line
        for step in flow.steps
        if step.kind in _SHARED_KINDS and flows.part_of(step) == part
        for line in _answer(view, step)
    ]
    heading = words.REPORT_HEADINGS[part].upper()
    return "\n\n".join([heading, *lines]) if lines else ""


_SHARED_KINDS = {Kind.TEXT, Kind.PERSON, Kind.ONE, Kind.MANY}


def _answer(view: View, step: Step) -> list[str]:
    """The pieces of one step, each with its week; choices in the words that were chosen."""
    told = [p for p in view.snapshot.pieces if p.step == step.id]
    if told:
        return [f"{p.text}\n({week_name(p.week)})" for p in told]
    draft = view.snapshot.draft
    answers = flow_answers(draft) if draft else ()
    taken = next((a.choices for a in answers if a.step == step.id), ())
    return [c.text for c in step.choices if c.id in taken]


def week_name(week: int) -> str:
    """202647 as people say it."""
    year, number = divmod(week, WEEKS_IN_HUNDRED)
    return f"week {number} of {year}"
