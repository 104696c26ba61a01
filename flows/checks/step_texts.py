"""The texts of a step."""

from collections.abc import Iterator

from flows.model import GO_ON, Choice, Flow, Kind, Step

PlacedText = tuple[str, str | Choice]
"""A text, with the key or choice that it stands under."""


def texts_of(step: Step) -> Iterator[PlacedText]:
    """Yield every text of a step with its place."""
    yield step.text, "text"
    if step.hint:
        yield step.hint, "hint"
    if step.skip:
        yield step.skip, "skip"
    if step.kind not in {Kind.SECTION, Kind.REVIEW}:  # their choices are the program's own
        yield from ((choice.text, choice) for choice in step.choices)


def announcing_sections(flow: Flow, step: Step) -> Iterator[Step]:
    """Yield the sections whose skipping skips this step too, by membership or by condition."""
    conditions = {guard.step for guard in step.when if guard.choices in {(), (GO_ON.id,)}}
    named = {step.section, *conditions}
    return (s for s in flow.steps if s.kind is Kind.SECTION and s.id in named)
