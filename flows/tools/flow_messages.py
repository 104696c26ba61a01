"""The sentences of a questionnaire, as messages to translate."""

from collections.abc import Iterator, Mapping

from flows.checks.care.readability import MAX_LABEL, MAX_WORDS
from flows.model import SIGNED_KINDS, Choice, Flow, Kind, Step
from flows.tools.catalogues import Message, Source

CHOOSE = "choose"

KINDS: Mapping[Kind, str] = {
    Kind.NOTE: "a note; nothing is asked",
    Kind.TEXT: "a question that is answered in own words",
    Kind.PERSON: "a question about a person, answered in a few words",
    Kind.ONE: "a question with one answer",
    Kind.MANY: "a question with several answers",
    Kind.SECTION: "a notice before something hard; it can be skipped",
    Kind.FORK: "the question what should happen with the story",
    Kind.PERMISSION: "this asks for a permission",
    Kind.DETAIL: "this narrows a permission",
    Kind.REVIEW: "the last look, before the second yes",
}

LONG = f"at most {MAX_WORDS} words, short ones"
EXACT = "what is shown here is what is signed: no more and no less than the original"


def flow_source(flow: Flow) -> Source:
    """List every sentence of a questionnaire, in its order."""
    hello = Message(CHOOSE, flow.choose, ("how the talk is called at hello, on a button",))
    steps = (message for step in flow.steps for message in _of_step(step))
    return Source(flow.name, flow.language, (hello, *steps))


def _of_step(step: Step) -> Iterator[Message]:
    signed = step.kind in SIGNED_KINDS
    exact = (EXACT,) if signed else ()
    yield Message(step.id, step.text, (KINDS[step.kind], LONG, *exact), step.id, signed)
    if step.hint:
        yield Message(f"{step.id}.hint", step.hint, ("shown below the question",), step.id)
    if step.skip:
        label = f"leaves the question out, on a button, at most {MAX_LABEL} characters"
        yield Message(f"{step.id}.skip", step.skip, (label,), step.id)
    for choice in step.choices:
        notes = _choice_notes(step, choice)
        yield Message(f"{step.id}.{choice.id}", choice.text, notes, step.id, signed)


def _choice_notes(step: Step, choice: Choice) -> tuple[str, ...]:
    notes = [f"a choice on a button, at most {MAX_LABEL} characters"]
    if choice.id == step.refusal and step.kind is Kind.PERMISSION:
        notes.append("this refuses the permission")
    elif step.kind is Kind.PERMISSION or choice.asks:
        notes.append("by taking it, somebody gives a permission")
    return tuple(notes)
