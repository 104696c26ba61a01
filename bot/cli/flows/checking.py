"""Check a questionnaire file with the bot's own costs and the platforms' limits."""

from pathlib import Path

from bot.cli.flows.flow_folder import read_file
from bot.publishing.translated import MESSAGE_LIMITS
from flows.checks.check import CheckResult, check
from flows.checks.coverage import PathSummary
from flows.checks.paths import Cost
from flows.checks.required import MAX_COST_TO_KEEP, MAX_MESSAGES
from handlers.permissions.registry import HONOURED

BOT_COST = Cost(messages=8, taps=4)
"""The bot's own messages and taps around a questionnaire.

Messages: hello with the safe place, cleaning, overview, what was handed over, ways back, the words
with their check, the take-back code, what happens next. Only keeping takes two fewer. Taps: safe
place, cleaning, overview, take-back code.
"""


def check_file(path: Path) -> CheckResult:
    """Check a file.

    :raises FolderError: the file cannot be read at all.
    """
    return check_text(read_file(path), str(path))


def check_text(text: str, file: str) -> CheckResult:
    """Check a text; ``file`` is only a name for the problems."""
    return check(text, file, bot_cost=BOT_COST, message_limits=MESSAGE_LIMITS, honoured=HONOURED)


def path_figures(paths: PathSummary) -> tuple[str, ...]:
    """Say in one sentence each what a questionnaire asks of a person, in numbers."""
    longest = (BOT_COST + paths.longest.cost).messages
    return (
        f"{paths} it, {'all of them looked at' if paths.exact else 'counted from above'}.",
        *_keep_figure(paths),
        f"The longest way has {longest} messages to read (at most {MAX_MESSAGES} are allowed).",
    )


def _keep_figure(paths: PathSummary) -> tuple[str, ...]:
    if paths.keep_most_messages is None or paths.keep_most_taps is None:
        return ()
    messages = (BOT_COST + paths.keep_most_messages.cost).messages
    taps = (BOT_COST + paths.keep_most_taps.cost).taps
    limits = f"at most {MAX_COST_TO_KEEP.messages} and {MAX_COST_TO_KEEP.taps} are allowed"
    return (f"Only to keep it takes {messages} messages to read and {taps} taps ({limits}).",)
