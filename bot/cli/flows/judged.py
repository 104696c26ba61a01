"""A questionnaire as it is judged: what is wrong, what is set aside, what it asks of a person."""

from pathlib import Path

from bot.cli.flows.place import read
from flows.checks.check import CheckResult, check
from flows.checks.coverage import Route, Ways
from flows.checks.required import ONE_READER, ONLY_KEEP
from flows.paths import Cost

FRAME = Cost(messages=10, taps=4)
"""What the bot says and asks around a questionnaire.

Messages: hello, safe place, cleaning, acknowledgement, overview, take-back code, ways back,
words, two words given back, what happens next. Taps: safe place, cleaning, overview, ways back.
"""


def judge(path: Path, frame: Cost = FRAME) -> CheckResult:
    """Everything at once; a file that cannot be read at all is an error."""
    return check(read(path), str(path), frame=frame)


def figures(ways: Ways, frame: Cost = FRAME) -> tuple[str, ...]:
    """What it asks of a person, in numbers, a sentence each."""
    keeping = _keeping(ways.keeping, ways.tapping, frame) if ways.keeping and ways.tapping else ()
    longest = (frame + ways.longest.cost).messages
    return (
        f"{ways} it, {'all of them looked at' if ways.exact else 'counted from above'}.",
        *keeping,
        f"The longest way has {longest} messages to read (at most {ONE_READER} are allowed).",
    )


def _keeping(keeping: Route, tapping: Route, frame: Cost) -> tuple[str, ...]:
    messages, taps = (frame + keeping.cost).messages, (frame + tapping.cost).taps
    limits = f"at most {ONLY_KEEP.messages} and {ONLY_KEEP.taps} are allowed"
    return (f"Only to keep it takes {messages} messages to read and {taps} taps ({limits}).",)
