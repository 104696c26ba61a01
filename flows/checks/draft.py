"""A questionnaire under examination, as the rules see it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from flows.checks.coverage import PathSummary
from flows.checks.paths import Cost
from flows.checks.problem import Problem
from flows.files.lines import KeyPath, line_at
from flows.model import Choice, Flow, Kind, Step


@dataclass(frozen=True, slots=True)
class MessageLimit:
    """The longest message of one platform, in UTF-16 code units."""

    platform: str
    units: int


@dataclass(frozen=True, slots=True)
class FlowDraft:
    """A flow under examination, its file, and the permissions that this build can honour.

    ``lines`` says where the keys of the file stand, as far as that is known. ``paths``,
    ``bot_cost`` (the bot's own messages and taps) and ``message_limits`` are set for
    ``checks.check`` only.
    """

    file: str
    flow: Flow
    honoured: Collection[str]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    paths: PathSummary | None = None
    bot_cost: Cost = field(default_factory=Cost)
    message_limits: tuple[MessageLimit, ...] = ()

    def problem(
        self, step: Step | None, what: str, cure: str, at: str | Choice = "", rule: str = ""
    ) -> Problem:
        """Build a problem of a step, of one of its keys or choices, or of the whole file."""
        line = self._line(step, at)
        return Problem(self.file, line, (step and step.id) or None, what, cure, rule)

    def _line(self, step: Step | None, at: str | Choice) -> int:
        if step is None:
            return line_at(self.lines, (str(at),))
        if isinstance(at, Choice):
            return at.line or step.line_of("choices")
        return step.line_of(at)

    def of_kind(self, *kinds: Kind) -> Iterator[Step]:
        """Yield the steps of these kinds, in the order of the file."""
        return (step for step in self.flow.steps if step.kind in kinds)

    def above(self, step: Step) -> tuple[Step, ...]:
        """Return the steps above this one, found by identity because ids may be duplicated."""
        index = next(i for i, other in enumerate(self.flow.steps) if other is step)
        return self.flow.steps[:index]


Rule = Callable[[FlowDraft], Iterator[Problem]]
"""A check that yields what it finds wrong."""
