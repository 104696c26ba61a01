"""Play a script against a questionnaire."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flows.checks.problem import Problem, did_you_mean
from flows.engine import answer, back, next_step, with_readers
from flows.model import Answers, Choice, Flow, Step
from flows.responses import (
    ChoiceResponse,
    DoneResponse,
    Refusal,
    Response,
    SkipResponse,
    TextResponse,
)
from flows.tools.scripts import ExpectedResult, Script, ScriptTurn, permission_values

COMMANDS: Mapping[str, Response] = {"/skip": SkipResponse(), "/done": DoneResponse()}


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """The result of a script: final answers, choices taken, deviations."""

    answers: Answers
    taken: frozenset[tuple[str, str]]
    problems: tuple[Problem, ...]


def play_script(flow: Flow, script: Script, readers: Sequence[Choice]) -> ScriptRun:
    """Play a script from the first question, with these readers.

    It stops at the first line that the questionnaire contradicts.
    """
    player = _ScriptPlayer(with_readers(flow, readers), script.file)
    for line in script.lines if not script.problems else ():
        problem = (
            player.check_result(line)
            if isinstance(line, ExpectedResult)
            else player.play_turn(line)
        )
        if problem is not None:
            return player.finish((problem,))
    return player.finish(script.problems)


def untaken_choices(flow: Flow, runs: Iterable[ScriptRun]) -> tuple[tuple[str, str], ...]:
    """Return step and choice of every choice that no run took, in the order of the flow."""
    taken = frozenset[tuple[str, str]]().union(*(run.taken for run in runs))
    offered = ((step.id, choice.id) for step in flow.steps for choice in step.choices)
    return tuple(pair for pair in offered if pair not in taken)


@dataclass(slots=True)
class _ScriptPlayer:
    """A conversation in the middle of a script."""

    flow: Flow
    file: str
    answers: Answers = ()
    taken: set[tuple[str, str]] = field(default_factory=set)

    def finish(self, problems: tuple[Problem, ...]) -> ScriptRun:
        return ScriptRun(self.answers, frozenset(self.taken), problems)

    def play_turn(self, turn: ScriptTurn) -> Problem | None:
        self._finish_text(turn)
        if turn.reopens:
            return self._reopen(turn)
        step = next_step(self.flow, self.answers)
        if step is None or step.id != turn.step:
            asked = f"'{step.id}'" if step else "nothing more"
            return self._problem(turn.line, f"the bot asks {asked} here, not '{turn.step}'")
        if turn.reply == "/back":
            self.answers = back(self.flow, self.answers)
            return None
        return self._answer(turn, step)

    def _reopen(self, turn: ScriptTurn) -> Problem | None:
        step = self.flow.step(turn.step)
        if step is None:
            known = [other.id for other in self.flow.steps]
            what = f"there is no step '{turn.step}'"
            return self._problem(turn.line, what, did_you_mean(turn.step, known))
        return self._answer(turn, step)

    def _finish_text(self, turn: ScriptTurn) -> None:
        """Mark text as done when the script continues with another step."""
        step = next_step(self.flow, self.answers)
        if step is not None and step.many and step.id != turn.step:
            changed = answer(self.flow, self.answers, step.id, DoneResponse())
            self.answers = self.answers if isinstance(changed, Refusal) else changed

    def _answer(self, turn: ScriptTurn, step: Step) -> Problem | None:
        response = _response_to(step, turn)
        changed = answer(self.flow, self.answers, step.id, response)
        if isinstance(changed, Refusal):
            cure = did_you_mean(turn.reply, [choice.id for choice in step.choices])
            what = f"the answer is not taken: {changed.reason}"
            return self._problem(turn.line, what, cure)
        if isinstance(response, ChoiceResponse):
            self.taken.update((step.id, choice) for choice in response.ids)
        self.answers = changed
        return None

    def check_result(self, result: ExpectedResult) -> Problem | None:
        holds = dict(permission_values(self.flow, self.answers))
        for key, wanted in result.allowed:
            if _split_names(wanted) != _split_names(holds[key]):
                what = f"'{key}' is {holds[key]} here, and not {wanted}"
                return self._problem(result.line, what)
        return None

    def _problem(self, line: int, what: str, cure: str = "") -> Problem:
        return Problem(self.file, line, None, what, cure or "Change the script or the questions.")


def _split_names(written: str) -> list[str]:
    return sorted(part.strip() for part in written.split(","))


def _response_to(step: Step, turn: ScriptTurn) -> Response:
    if turn.reply in COMMANDS:
        return COMMANDS[turn.reply]
    if step.skip is not None and turn.reply == step.skip:
        return SkipResponse()
    if step.takes_text:
        return TextResponse(f"line {turn.line}")
    whole = _choice_id(step, turn.reply)
    if whole is not None:
        return ChoiceResponse((whole,))
    parts = [part.strip() for part in turn.reply.split(",")]
    return ChoiceResponse(tuple(_choice_id(step, part) or part for part in parts))


def _choice_id(step: Step, reply: str) -> str | None:
    return next((c.id for c in step.choices if reply in {c.id, c.text}), None)
