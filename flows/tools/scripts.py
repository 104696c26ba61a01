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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.checks.problem import Problem, did_you_mean
from flows.consent import permissions
from flows.engine import answer, next_step
from flows.model import ACTS, PARTS, Answer, Answers, Flow, Kind, Step
from flows.responses import (
    ChoiceResponse,
    DoneResponse,
    Refusal,
    Response,
    SkipResponse,
    TextResponse,
)

TURN = re.compile(r"<\s*(change\s+)?(\w+)\s*>\s*(.+)")
DEFAULT_RESULTS: Mapping[str, str] = {
    "keep": "no",
    "read": "nobody",
    "parts": "all",
    "never": "nobody",
    "act": ACTS[0],
}
"""The keys of a result line, with the values that hold where they are left out."""


@dataclass(frozen=True, slots=True)
class ScriptTurn:
    """One turn: the bot asks a step, and the reporter replies."""

    line: int
    step: str
    reply: str = field(repr=False)
    reopens: bool = False
    """True if the reporter opened this line of the overview, out of turn."""


@dataclass(frozen=True, slots=True)
class ExpectedResult:
    """The permissions expected at this point, completed with the defaults."""

    line: int
    allowed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation to play; ``problems`` are lines that could not be understood."""

    file: str
    lines: tuple[ScriptTurn | ExpectedResult, ...]
    problems: tuple[Problem, ...] = ()


def parse_script(text: str, file: str) -> Script:
    """Parse the text of a script."""
    parsed = [
        _line(line.strip(), number, file)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.strip().startswith("#")
    ]
    lines = tuple(entry for entry in parsed if not isinstance(entry, Problem))
    return Script(file, lines, tuple(entry for entry in parsed if isinstance(entry, Problem)))


def _line(line: str, number: int, file: str) -> ScriptTurn | ExpectedResult | Problem:
    turn = TURN.fullmatch(line)
    if turn is not None:
        return ScriptTurn(number, turn[2], turn[3], reopens=bool(turn[1]))
    if line.startswith("="):
        return _result(line[1:].strip(), number, file)
    cure = 'Write "< step > answer" or "= read: Reader A; act: listen".'
    return Problem(file, number, None, "this is neither a turn nor a result", cure)


def _result(written: str, number: int, file: str) -> ExpectedResult | Problem:
    pairs = [] if written == "nothing" else [part.partition(":") for part in written.split(";")]
    named = {key.strip(): value.strip() for key, _, value in pairs}
    for key in named:
        if key not in DEFAULT_RESULTS:
            what = f"a result has no part '{key}'"
            return Problem(file, number, None, what, did_you_mean(key, tuple(DEFAULT_RESULTS)))
    return ExpectedResult(number, tuple({**DEFAULT_RESULTS, **named}.items()))


def write_script(
    flow: Flow, answers: Answers, text_of_item: Callable[[str], str]
) -> tuple[str, ...]:
    """Write the script of a conversation that gives these answers, with its result.

    ``flow`` has its readers bound; ``text_of_item`` returns the words of an item.
    """
    writer = _ScriptWriter(flow, {response.step: response for response in answers}, text_of_item)
    writer.write()
    return (*writer.lines, _result_line(flow, writer.answers))


@dataclass(slots=True)
class _ScriptWriter:
    """A conversation that is repeated to write down its turns."""

    flow: Flow
    final: Mapping[str, Answer]
    text_of_item: Callable[[str], str] = field(repr=False)
    lines: list[str] = field(default_factory=list, repr=False)
    answers: Answers = ()

    def write(self) -> None:
        """Write from the first question to the last that was answered."""
        while (step := next_step(self.flow, self.answers)) is not None and step.id in self.final:
            if step.kind is Kind.REVIEW:
                self._reopen_lines()
            if not self._step(step):
                return
        self._reopen_lines()

    def _reopen_lines(self) -> None:
        """Write what was opened in the overview, which revokes the yes of the review."""
        for step in self.flow.steps:
            waits = step.place is not None and step.id in self.final
            if waits and not any(response.step == step.id for response in self.answers):
                self._write_replies(step, "change ")

    def _step(self, step: Step) -> bool:
        """Write one question in its turn; return whether the conversation continues after it."""
        return self._write_replies(step) and (not step.many or self._apply(step, DoneResponse()))

    def _write_replies(self, step: Step, how: str = "") -> bool:
        for reply, response in _replies(step, self.final[step.id], self.text_of_item):
            if not self._apply(step, response):
                return False
            self.lines.append(f"< {how}{step.id} > {reply}")
        return True

    def _apply(self, step: Step, response: Response) -> bool:
        changed = answer(self.flow, self.answers, step.id, response)
        if isinstance(changed, Refusal):
            return isinstance(response, DoneResponse)  # a skip has closed it already
        self.answers = changed
        return True


def _replies(
    step: Step, final: Answer, text_of_item: Callable[[str], str]
) -> Iterator[tuple[str, Response]]:
    """Yield the replies to one step; readers by their names, other choices by their ids."""
    for item in final.items:
        yield " ".join(text_of_item(item).split()), TextResponse(item)
    if final.choices:
        taken = (c for c in step.choices if c.id in final.choices)
        named = (c.text if step.names_readers and c.id != step.refusal else c.id for c in taken)
        yield ", ".join(named), ChoiceResponse(final.choices)
    elif not final.items:
        yield "/skip", SkipResponse()


def _result_line(flow: Flow, answers: Answers) -> str:
    holds = (
        f"{key}: {value}"
        for key, value in permission_values(flow, answers)
        if value != DEFAULT_RESULTS[key]
    )
    return f"= {'; '.join(holds) or 'nothing'}"


def permission_values(flow: Flow, answers: Answers) -> Iterator[tuple[str, str]]:
    """Yield the permissions in the words of a result line."""
    allowed = permissions(flow, answers)
    parts = (name for name, covered in PARTS.items() if covered == allowed.parts)
    yield "keep", "yes" if allowed.keep else "no"
    yield "read", _names(flow, "read", allowed.read)
    yield "parts", next(parts, DEFAULT_RESULTS["parts"])
    yield "never", _names(flow, "never", allowed.never)
    yield "act", allowed.act


def _names(flow: Flow, permission: str, ids: Sequence[str]) -> str:
    step = flow.permission_step(permission)
    choices = step.choices if step else ()
    return ", ".join(choice.text for choice in choices if choice.id in ids) or "nobody"
