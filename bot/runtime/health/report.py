"""Judge what was recorded and what was found: a line for each part, and what all of it means."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.runtime.clock_status import doubt_of
from bot.runtime.health.record import Health, PlatformHealth, WaitingMessages, to_minute
from store.steady_clock import LatestHour

SILENT_AFTER = timedelta(minutes=3)
"""A bot that runs records its state each minute; after so long it counts as hanging."""

UPKEEP_LATE_AFTER = timedelta(minutes=5)
WAITING_LATE_AFTER = timedelta(minutes=10)
SPARE_BYTES = 300_000_000
"""So much more than the floor below which nothing new is taken must be free."""
CONFIRM_AFTER_OUTAGE = (
    "After so long it is not believed at the next start, until 'holdfast clock --confirm' says "
    "that it is right."
)
GIGABYTE, MEGABYTE = 1_000_000_000, 1_000_000


class Verdict(StrEnum):
    """How a part is."""

    GOOD = "good"
    WRONG = "wrong"
    """The operator must do something."""
    UNSURE = "unsure"
    """It cannot be told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of one part."""

    part: str
    verdict: Verdict
    text: str


class Running(StrEnum):
    """Whether the bot is there."""

    YES = "yes"
    HANGS = "hangs"
    NO = "no"
    UNKNOWN = "unknown"


UNKNOWN = {
    Running.NO: "not known while the bot does not run",
    Running.HANGS: "not known, because the bot records nothing",
    Running.UNKNOWN: "not known, because the bot has recorded nothing",
}


def is_running(health: Health | None, now: datetime, *, held: bool | None) -> Running:
    """Judge by the record and by whether a process holds its folder; None: that is unknown."""
    if held is False or (held is None and health is not None and health.ended):
        return Running.NO
    if health is None or (held is None and health.recorded + SILENT_AFTER <= now):
        return Running.UNKNOWN
    # The record may be of an earlier process, if the folder is held and nothing was recorded yet.
    is_silent = health.ended is not None or now - health.recorded >= SILENT_AFTER
    return Running.HANGS if is_silent else Running.YES


def bot_finding(running: Running, health: Health | None, now: datetime) -> Finding:
    """Say whether the bot runs, and what to do if it does not."""
    last = f" since {_when(health.recorded, now)}" if health else ""
    match running:
        case Running.YES:
            started = f"since {_when(health.started, now)}" if health else ""
            return Finding("bot", Verdict.GOOD, f"it runs, {started}")
        case Running.HANGS:
            text = (
                f"it is there and has recorded nothing{last}. It is just starting, it hangs, or "
                "it cannot write into its folder. Ask again in a minute; if it stays so, look at "
                "its log, and start it anew."
            )
            return Finding("bot", Verdict.WRONG, text)
        case Running.UNKNOWN:
            text = (
                f"nothing was recorded here{last}, and whether it runs cannot be told. Ask again "
                "in a minute; if it stays so, look at its log, and start it anew."
            )
            return Finding("bot", Verdict.UNSURE, text)
        case Running.NO:
            return Finding("bot", Verdict.WRONG, f"it does not run. {_ending(health, now)}")


def _ending(health: Health | None, now: datetime) -> str:
    start = (
        "Start it, for instance with 'systemctl start holdfast'. Until then nobody is answered, "
        "and nothing that is due is handed over or erased."
    )
    if health is None:
        return f"It has never recorded anything here. {start}"
    if health.ended:
        return f"It ended as it was told to at {_when(health.ended, now)}. {start}"
    return (
        "It ended without being told to, by a crash or with the machine, after "
        f"{_when(health.recorded, now)}. Look at the end of its log. {start}"
    )


def platform_findings(
    configured: Iterable[str], health: Health | None, running: Running, now: datetime
) -> Iterator[Finding]:
    """Say of each configured platform whether the bot is connected to it."""
    recorded = {each.title.casefold(): each for each in health.platforms} if health else {}
    for name in sorted(configured):
        platform = recorded.get(name)
        if running is not Running.YES:
            yield Finding(name, Verdict.UNSURE, UNKNOWN[running])
        elif platform is None:
            text = (
                "in the config, and not served: the bot was started before that, or its part of "
                "the config was wrong then. Start the bot anew."
            )
            yield Finding(name, Verdict.WRONG, text)
        else:
            yield _platform_finding(name, platform, now)


def _platform_finding(name: str, platform: PlatformHealth, now: datetime) -> Finding:
    since = f"since {_when(platform.since, now)}"
    if platform.connected:
        return Finding(name, Verdict.GOOD, f"connected, {since}")
    why = platform.problem or (
        "It is still connecting, or it is started again after an error of the program; the log "
        "says more. Ask again in a minute."
    )
    return Finding(name, Verdict.WRONG, f"not connected, {since}. {why}")


def waiting_finding(waiting: WaitingMessages, running: Running, now: datetime) -> Finding:
    """Say how many messages wait, and whether they wait for too long."""
    if running is not Running.YES:
        return Finding("waiting", Verdict.UNSURE, UNKNOWN[running])
    if not waiting.count:
        return Finding("waiting", Verdict.GOOD, "no message waits to be handled")
    number = "1 message" if waiting.count == 1 else f"{waiting.count:,} messages"
    if waiting.oldest is None:
        return Finding("waiting", Verdict.GOOD, f"{number} to be handled")
    text = f"{number} to be handled, the oldest since {_when(waiting.oldest, now)}"
    if now - waiting.oldest < WAITING_LATE_AFTER:
        return Finding("waiting", Verdict.GOOD, text)
    cure = (
        "People wait for answers, or one of them has sent very many messages. Look at the log for "
        "'turn-failed', and whether something else keeps the machine busy."
    )
    return Finding("waiting", Verdict.WRONG, f"{text}. {cure}")


def upkeep_finding(health: Health | None, running: Running, now: datetime) -> Finding:
    """Say when what was due was last done."""
    if health is None:
        return Finding("upkeep", Verdict.UNSURE, "not known: nothing was recorded here")
    text = f"last done at {_when(health.upkeep, now)}"
    if running is not Running.YES:
        return Finding("upkeep", Verdict.UNSURE, text)
    if now - health.upkeep < UPKEEP_LATE_AFTER:
        return Finding("upkeep", Verdict.GOOD, text)
    cure = (
        "What is due is neither handed over nor erased. Look at the log for 'upkeep-failed', and "
        "at the other lines here."
    )
    return Finding("upkeep", Verdict.WRONG, f"{text}. {cure}")


def disk_finding(folder: str, free: int | None, floor: int) -> Finding:
    """Say how much space is left; ``free`` is in bytes, None if that cannot be told.

    Below ``floor`` bytes the bot takes nothing new.
    """
    if free is None:
        text = f"how much is free cannot be told: {folder} is missing, or closed to this user"
        return Finding("disk", Verdict.UNSURE, text)
    amount = f"{free / GIGABYTE:.1f} GB" if free >= GIGABYTE else f"{free // MEGABYTE} MB"
    if free >= floor + SPARE_BYTES:
        return Finding("disk", Verdict.GOOD, f"{amount} free, where {folder} is")
    cure = f"Make room: below {floor // MEGABYTE} MB nothing new that people write is taken."
    return Finding("disk", Verdict.WRONG, f"only {amount} free, where {folder} is. {cure}")


def clock_finding(latest: LatestHour | None, running: Running, now: datetime) -> Finding:
    """Say whether the machine's clock fits the latest hour that the bot has seen."""
    if latest is None:
        return Finding("clock", Verdict.UNSURE, "not known: nothing was remembered here")
    if latest.fits(now):
        return Finding("clock", Verdict.GOOD, "it fits what the bot has last seen")
    if running is not Running.YES and latest.begins < now:
        text = f"the bot last knew it at {_when(latest.begins, now)}. {CONFIRM_AFTER_OUTAGE}"
        return Finding("clock", Verdict.UNSURE, text)
    return Finding("clock", Verdict.WRONG, doubt_of(now, latest.begins))


def exit_code(running: Running, findings: Sequence[Finding]) -> int:
    """Return 0 if all is well, 1 if the operator must do something, 2 if it cannot be told."""
    verdicts = {finding.verdict for finding in findings}
    if running in (Running.NO, Running.UNKNOWN):
        return 2
    if Verdict.WRONG in verdicts:
        return 1
    return 2 if Verdict.UNSURE in verdicts else 0


def _when(moment: datetime, now: datetime) -> str:
    """Write a time in UTC, as the log has it, and how long ago that was."""
    minutes = max(0, int((to_minute(now) - moment).total_seconds()) // 60)
    return f"{moment:%Y-%m-%d %H:%M} UTC ({_ago(minutes)})"


def _ago(minutes: int) -> str:
    if minutes < 1:
        return "just now"
    for size, word in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    raise ValueError(minutes)
