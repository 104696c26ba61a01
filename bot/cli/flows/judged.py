"""A questionnaire as it is judged: what is wrong, what is set aside, what it asks of a person."""

from dataclasses import dataclass
from pathlib import Path

from bot.cli.flows.place import read
from flows import Flow, FlowProblems, Problem, load
from flows.paths import LIMIT, Cost, TooManyPaths, cost, paths

FRAME = Cost(messages=10, taps=4)
"""What the bot says and asks around a questionnaire.

Messages: hello, safe place, cleaning, acknowledgement, overview, take-back code, ways back,
words, two words given back, what happens next. Taps: safe place, cleaning, overview, ways back.
"""

KEEP_MESSAGES, KEEP_TAPS, READER_MESSAGES = 14, 7, 24


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of one file."""

    flow: Flow | None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


def judge(path: Path) -> Judged:
    """Everything at once; a file that cannot be read at all is an error."""
    text = read(path)
    try:
        flow = load(text, str(path))
    except FlowProblems as error:
        return Judged(None, error.problems)
    return Judged(flow, (), (), figures(flow))


def figures(flow: Flow) -> tuple[str, ...]:
    """What it asks of a person, in numbers, a sentence each."""
    try:
        ways = paths(flow, LIMIT)
    except TooManyPaths:
        return (f"There are more than {LIMIT} ways through it; not all were looked at.",)
    fork = flow.fork.id if flow.fork else ""
    costs = [(dict(way).get(fork, ()), FRAME + cost(flow, way)) for way in ways]
    return (
        f"There are {len(ways)} ways through it; all of them were looked at.",
        *_keeping([c for taken, c in costs if taken == ("keep",)]),
        *_reading([c for taken, c in costs if "read" in taken]),
    )


def _keeping(costs: list[Cost]) -> tuple[str, ...]:
    if not costs:
        return ()
    messages, taps = max(c.messages for c in costs), max(c.taps for c in costs)
    limits = f"the limits are {KEEP_MESSAGES} and {KEEP_TAPS}"
    return (f"To only keep it: at most {messages} messages to read and {taps} taps ({limits}).",)


def _reading(costs: list[Cost]) -> tuple[str, ...]:
    if not costs:
        return ()
    messages = max(c.messages for c in costs)
    limit = f"the limit is {READER_MESSAGES}"
    return (f"To let somebody read it: at most {messages} messages to read ({limit}).",)
