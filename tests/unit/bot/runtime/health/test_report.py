"""How the operator is told what is well and what is not."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.runtime.health.record import Health, PlatformHealth, WaitingMessages
from bot.runtime.health.report import (
    SPARE_BYTES,
    Finding,
    Running,
    Verdict,
    bot_finding,
    disk_finding,
    exit_code,
    is_running,
    platform_findings,
    upkeep_finding,
    waiting_finding,
)

NOW = datetime(2026, 11, 29, 12, 0, 30, tzinfo=UTC)
FLOOR = 200_000_000
NOON = NOW.replace(second=0)
CONNECTED = PlatformHealth("Telegram", connected=True, since=NOON - timedelta(hours=2))


def health(recorded: int = 0, upkeep: int = 0, ended: int | None = None) -> Health:
    """Recorded so many minutes ago."""
    ago = [NOON - timedelta(minutes=minutes) for minutes in (recorded, upkeep, ended or 0)]
    started = NOON - timedelta(days=3)
    return Health(started, ago[0], ago[1], (CONNECTED,), ended=None if ended is None else ago[2])


@pytest.mark.parametrize(
    ("held", "recorded", "running"),
    [
        (True, health(), Running.YES),
        (True, health(recorded=2), Running.YES),
        (True, health(recorded=3), Running.HANGS),
        (True, health(ended=0), Running.HANGS),
        (True, None, Running.UNKNOWN),
        (False, health(), Running.NO),
        (False, health(ended=1), Running.NO),
        (False, None, Running.NO),
        (None, health(), Running.YES),
        (None, health(recorded=3), Running.UNKNOWN),
        (None, health(ended=0), Running.NO),
        (None, None, Running.UNKNOWN),
    ],
)
def test_whether_it_runs(held: bool | None, recorded: Health | None, running: Running) -> None:
    assert is_running(recorded, NOW, held=held) is running


def test_a_bot_that_runs_is_good() -> None:
    finding = bot_finding(Running.YES, health(), NOW)
    assert finding == Finding(
        "bot", Verdict.GOOD, "it runs, since 2026-11-26 12:00 UTC (3 days ago)"
    )


@pytest.mark.parametrize(
    ("running", "recorded", "words"),
    [
        (Running.NO, health(ended=1), "as it was told to at 2026-11-29 11:59 UTC (1 minute ago)"),
        (Running.NO, health(61), "without being told to, by a crash or with the machine, after"),
        (Running.NO, health(61), "2026-11-29 10:59 UTC (1 hour ago)"),
        (Running.NO, None, "never recorded anything here. Start it, for instance"),
        (Running.HANGS, health(9), "recorded nothing since 2026-11-29 11:51 UTC (9 minutes ago)"),
        (Running.UNKNOWN, None, "nothing was recorded here, and whether it runs cannot be told"),
    ],
)
def test_a_bot_that_does_not_run_is_told_with_what_to_do(
    running: Running, recorded: Health | None, words: str
) -> None:
    finding = bot_finding(running, recorded, NOW)
    assert finding.verdict is not Verdict.GOOD
    assert words in finding.text
    assert "start it" in finding.text.casefold()


def found(*platforms: PlatformHealth, running: Running = Running.YES) -> list[Finding]:
    recorded = Health(NOON, NOON, NOON, platforms)
    return list(platform_findings({"telegram"}, recorded, running, NOW))


def test_a_platform_is_connected_since_then_or_is_not_because_of_this() -> None:
    since = NOON - timedelta(minutes=5)
    lost = PlatformHealth("Telegram", connected=False, since=since, problem="The token is wrong.")
    quiet = PlatformHealth("Telegram", connected=False, since=since)
    text = "connected, since 2026-11-29 10:00 UTC (2 hours ago)"
    assert found(CONNECTED) == [Finding("telegram", Verdict.GOOD, text)]
    [wrong], [unexplained] = found(lost), found(quiet)
    assert (wrong.verdict, unexplained.verdict) == (Verdict.WRONG, Verdict.WRONG)
    assert wrong.text == (
        "not connected, since 2026-11-29 11:55 UTC (5 minutes ago). The token is wrong."
    )
    assert "the log says more" in unexplained.text


def test_a_platform_that_was_not_there_at_the_start_wants_a_new_start() -> None:
    [finding] = found()
    assert finding.verdict is Verdict.WRONG
    assert finding.text.endswith("Start the bot anew.")


@pytest.mark.parametrize("running", [Running.NO, Running.HANGS, Running.UNKNOWN])
def test_nothing_is_known_of_a_bot_that_does_not_run(running: Running) -> None:
    findings = [
        *found(CONNECTED, running=running),
        waiting_finding(WaitingMessages(3, NOON), running, NOW),
        upkeep_finding(health(), running, NOW),
        upkeep_finding(None, running, NOW),
    ]
    assert {finding.verdict for finding in findings} == {Verdict.UNSURE}
    assert "3" not in findings[1].text


@pytest.mark.parametrize(
    ("waiting", "verdict", "words"),
    [
        (WaitingMessages(), Verdict.GOOD, "no message waits"),
        (WaitingMessages(1), Verdict.GOOD, "1 message to be handled"),
        (WaitingMessages(1234, NOON), Verdict.GOOD, "1,234 messages to be handled, the oldest"),
        (WaitingMessages(2, NOON - timedelta(minutes=9)), Verdict.GOOD, "(9 minutes ago)"),
        (WaitingMessages(2, NOON - timedelta(minutes=10)), Verdict.WRONG, "'turn-failed'"),
    ],
)
def test_messages_may_wait_and_not_for_long(
    waiting: WaitingMessages, verdict: Verdict, words: str
) -> None:
    finding = waiting_finding(waiting, Running.YES, NOW)
    assert finding.verdict is verdict
    assert words in finding.text


@pytest.mark.parametrize(("minutes", "verdict"), [(4, Verdict.GOOD), (5, Verdict.WRONG)])
def test_upkeep_may_be_minutes_late(minutes: int, verdict: Verdict) -> None:
    finding = upkeep_finding(health(upkeep=minutes), Running.YES, NOW)
    assert finding.verdict is verdict
    assert f"({minutes} minutes ago)" in finding.text


@pytest.mark.parametrize(
    ("free", "verdict", "words"),
    [
        (35_420_000_000, Verdict.GOOD, "35.4 GB free, where /srv is"),
        (FLOOR + SPARE_BYTES, Verdict.GOOD, "500 MB free"),
        (
            FLOOR + SPARE_BYTES - 1,
            Verdict.WRONG,
            "only 499 MB free, where /srv is. Make room: below 200 MB",
        ),
        (0, Verdict.WRONG, "only 0 MB free"),
        (None, Verdict.UNSURE, "/srv is missing, or closed to this user"),
    ],
)
def test_there_must_be_room(free: int | None, verdict: Verdict, words: str) -> None:
    finding = disk_finding("/srv", free, FLOOR)
    assert finding.verdict is verdict
    assert words in finding.text


def test_the_exit_code_says_the_worst() -> None:
    good, wrong, unsure = (Finding("part", verdict, "") for verdict in Verdict)
    assert exit_code(Running.YES, [good]) == 0
    assert exit_code(Running.YES, [good, wrong, unsure]) == 1
    assert exit_code(Running.YES, [good, unsure]) == 2
    assert exit_code(Running.HANGS, [wrong]) == 1
    assert exit_code(Running.NO, [wrong]) == 2
    assert exit_code(Running.UNKNOWN, [wrong]) == 2
