"""Talks written down as plain text, so that whoever edits the questions can test them.

One line a turn, ``< step the bot asks > what the reporter answers``. A choice is written as its
id or in its own words, several with a comma between; ``/skip``, ``/done`` and ``/back`` are what
they say. Lines of one text follow each other; the next step's line means that they were done.
``< change step > answer`` opens a line of the overview, answered before or waiting there, and
answers it anew; a fork gets a further branch that way. ``=`` is the result that must hold there,
such as ``= read: Reader A; parts: needs; act: listen``:
what it does not name was not given (nothing kept, nobody reads, readers only listen), and parts
that it does not name are all. ``= nothing`` says so in one word. ``#`` begins a comment line.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.checks.problem import Problem, did_you_mean
from flows.engine import (
    ChoiceResponse,
    DoneResponse,
    Refusal,
    Response,
    SkipResponse,
    TextResponse,
    answer,
    back,
    next_step,
    permissions,
    with_readers,
)
from flows.model import ACTS, PARTS, Answer, Answers, Choice, Flow, Kind, Step

TURN = re.compile(r"<\s*(change\s+)?(\w+)\s*>\s*(.+)")
COMMANDS: Mapping[str, Response] = {"/skip": SkipResponse(), "/done": DoneResponse()}
RESULTS: Mapping[str, str] = {
    "keep": "no",
    "read": "nobody",
    "parts": "all",
    "never": "nobody",
    "act": ACTS[0],
}
"""What a result line may name, and what holds where it does not."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The bot asks a step, the reporter says something."""

    line: int
    step: str
    says: str = field(repr=False)
    again: bool = False
    """It was not its turn: the reporter opened this line of the overview."""


@dataclass(frozen=True, slots=True)
class Result:
    """What must be allowed at this point, completed by what holds where nothing is said."""

    line: int
    allowed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A talk to try; ``problems`` are the lines that could not be understood."""

    file: str
    lines: tuple[Turn | Result, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """How a talk went: the answers at its end, what was chosen, where it was not as written."""

    answers: Answers
    taken: frozenset[tuple[str, str]]
    problems: tuple[Problem, ...]


def parse(text: str, file: str) -> Script:
    """The script that a text holds."""
    parsed = [
        _line(line.strip(), number, file)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.strip().startswith("#")
    ]
    lines = tuple(entry for entry in parsed if not isinstance(entry, Problem))
    return Script(file, lines, tuple(entry for entry in parsed if isinstance(entry, Problem)))


def _line(line: str, number: int, file: str) -> Turn | Result | Problem:
    turn = TURN.fullmatch(line)
    if turn is not None:
        return Turn(number, turn[2], turn[3], again=bool(turn[1]))
    if line.startswith("="):
        return _result(line[1:].strip(), number, file)
    cure = 'Write "< step > answer" or "= read: Reader A; act: listen".'
    return Problem(file, number, None, "this is neither a turn nor a result", cure)


def _result(written: str, number: int, file: str) -> Result | Problem:
    pairs = [] if written == "nothing" else [part.partition(":") for part in written.split(";")]
    named = {key.strip(): value.strip() for key, _, value in pairs}
    for key in named:
        if key not in RESULTS:
            what = f"a result has no part '{key}'"
            return Problem(file, number, None, what, did_you_mean(key, tuple(RESULTS)))
    return Result(number, tuple({**RESULTS, **named}.items()))


def play(flow: Flow, script: Script, readers: Sequence[Choice]) -> ScriptRun:
    """The script's talk, from the first question to its last line, with these readers.

    It ends at the first line that is not as the questionnaire would have it.
    """
    stage = _Stage(with_readers(flow, readers), script.file)
    for line in script.lines if not script.problems else ():
        problem = stage.result(line) if isinstance(line, Result) else stage.turn(line)
        if problem is not None:
            return stage.played((problem,))
    return stage.played(script.problems)


def untaken(flow: Flow, played: Iterable[ScriptRun]) -> tuple[tuple[str, str], ...]:
    """Step and choice of every choice that none of the talks took, in the order of the flow."""
    taken = frozenset[tuple[str, str]]().union(*(talk.taken for talk in played))
    offered = ((step.id, choice.id) for step in flow.steps for choice in step.choices)
    return tuple(pair for pair in offered if pair not in taken)


def script_of(flow: Flow, answers: Answers, said: Callable[[str], str]) -> tuple[str, ...]:
    """The lines of a talk that leads to these answers, and what they allow at its end.

    ``flow`` has its readers bound; ``said`` gives the words of an item.
    """
    writer = _Writer(flow, {given.step: given for given in answers}, said)
    writer.write()
    return (*writer.lines, _result_line(flow, writer.made))


@dataclass(slots=True)
class _Writer:
    """A talk that is held once more, to write down what is said in it."""

    flow: Flow
    final: Mapping[str, Answer]
    said: Callable[[str], str] = field(repr=False)
    lines: list[str] = field(default_factory=list, repr=False)
    made: Answers = ()

    def write(self) -> None:
        """From the first question to the last that was answered."""
        while (step := next_step(self.flow, self.made)) is not None and step.id in self.final:
            if step.kind is Kind.REVIEW:
                self._opened()
            if not self._step(step):
                return
        self._opened()

    def _opened(self) -> None:
        """What was opened in the overview, which takes back the yes of the review."""
        for step in self.flow.steps:
            waits = step.place is not None and step.id in self.final
            if waits and not any(given.step == step.id for given in self.made):
                self._turns(step, "change ")

    def _step(self, step: Step) -> bool:
        """One question in its turn; whether the talk goes on behind it."""
        return self._turns(step) and (not step.many or self._take(step, DoneResponse()))

    def _turns(self, step: Step, how: str = "") -> bool:
        for says, given in _turns_of(step, self.final[step.id], self.said):
            if not self._take(step, given):
                return False
            self.lines.append(f"< {how}{step.id} > {says}")
            how = "change " if step.kind is Kind.FORK else how
        return True

    def _take(self, step: Step, given: Response) -> bool:
        changed = answer(self.flow, self.made, step.id, given)
        if isinstance(changed, Refusal):
            return isinstance(given, DoneResponse)  # a skip has closed it already
        self.made = changed
        return True


def _turns_of(
    step: Step, final: Answer, said: Callable[[str], str]
) -> Iterator[tuple[str, Response]]:
    """What is said at one step; choices of the roster by their names, others by their ids."""
    for item in final.items:
        yield " ".join(said(item).split()), TextResponse(item)
    if step.kind is Kind.FORK and final.choices:
        yield from ((choice, ChoiceResponse((choice,))) for choice in final.choices)
    elif final.choices:
        taken = (c for c in step.choices if c.id in final.choices)
        named = (c.text if step.names_readers and c.id != step.refusal else c.id for c in taken)
        yield ", ".join(named), ChoiceResponse(final.choices)
    elif not final.items:
        yield "/skip", SkipResponse()


def _result_line(flow: Flow, answers: Answers) -> str:
    holds = (f"{key}: {value}" for key, value in _allowed(flow, answers) if value != RESULTS[key])
    return f"= {'; '.join(holds) or 'nothing'}"


@dataclass(slots=True)
class _Stage:
    """A talk in the middle of a script."""

    flow: Flow
    file: str
    answers: Answers = ()
    taken: set[tuple[str, str]] = field(default_factory=set)

    def played(self, problems: tuple[Problem, ...]) -> ScriptRun:
        return ScriptRun(self.answers, frozenset(self.taken), problems)

    def turn(self, turn: Turn) -> Problem | None:
        self._done_before(turn)
        if turn.again:
            return self._changed(turn)
        step = next_step(self.flow, self.answers)
        if step is None or step.id != turn.step:
            asked = f"'{step.id}'" if step else "nothing more"
            return self._problem(turn.line, f"the bot asks {asked} here, not '{turn.step}'")
        if turn.says == "/back":
            self.answers = back(self.flow, self.answers)
            return None
        return self._answer(turn, step)

    def _changed(self, turn: Turn) -> Problem | None:
        step = self.flow.step(turn.step)
        if step is None:
            known = [other.id for other in self.flow.steps]
            what = f"there is no step '{turn.step}'"
            return self._problem(turn.line, what, did_you_mean(turn.step, known))
        return self._answer(turn, step)

    def _done_before(self, turn: Turn) -> None:
        """Words are done when the script goes on to another step."""
        step = next_step(self.flow, self.answers)
        if step is not None and step.many and step.id != turn.step:
            changed = answer(self.flow, self.answers, step.id, DoneResponse())
            self.answers = self.answers if isinstance(changed, Refusal) else changed

    def _answer(self, turn: Turn, step: Step) -> Problem | None:
        given = _given(step, turn)
        changed = answer(self.flow, self.answers, step.id, given)
        if isinstance(changed, Refusal):
            cure = did_you_mean(turn.says, [choice.id for choice in step.choices])
            what = f"the answer is not taken: {changed.reason}"
            return self._problem(turn.line, what, cure)
        if isinstance(given, ChoiceResponse):
            self.taken.update((step.id, choice) for choice in given.ids)
        self.answers = changed
        return None

    def result(self, result: Result) -> Problem | None:
        holds = dict(_allowed(self.flow, self.answers))
        for key, wanted in result.allowed:
            if _listed(wanted) != _listed(holds[key]):
                what = f"'{key}' is {holds[key]} here, and not {wanted}"
                return self._problem(result.line, what)
        return None

    def _problem(self, line: int, what: str, cure: str = "") -> Problem:
        return Problem(self.file, line, None, what, cure or "Change the script or the questions.")


def _listed(written: str) -> list[str]:
    return sorted(part.strip() for part in written.split(","))


def _given(step: Step, turn: Turn) -> Response:
    if turn.says in COMMANDS:
        return COMMANDS[turn.says]
    if step.told:
        return TextResponse(f"line {turn.line}")
    whole = _choice_id(step, turn.says)
    if whole is not None:
        return ChoiceResponse((whole,))
    parts = [part.strip() for part in turn.says.split(",")]
    return ChoiceResponse(tuple(_choice_id(step, part) or part for part in parts))


def _choice_id(step: Step, says: str) -> str | None:
    return next((c.id for c in step.choices if says in {c.id, c.text}), None)


def _allowed(flow: Flow, answers: Answers) -> Iterator[tuple[str, str]]:
    """What the answers allow, in the words of a result line."""
    allowed = permissions(flow, answers)
    parts = (name for name, covered in PARTS.items() if covered == allowed.parts)
    yield "keep", "yes" if allowed.keep else "no"
    yield "read", _names(flow, "read", allowed.read)
    yield "parts", next(parts, RESULTS["parts"])
    yield "never", _names(flow, "never", allowed.never)
    yield "act", allowed.act


def _names(flow: Flow, permission: str, ids: Sequence[str]) -> str:
    step = flow.asking(permission)
    choices = step.choices if step else ()
    return ", ".join(choice.text for choice in choices if choice.id in ids) or "nobody"
