"""A hand-over is behind the watermarks when everything that could stop it was taken over."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from store.inbox.watermarks import GRACE, LONGEST_GAP, UNDER_WAY, Watermark, Watermarks
from store.model.clock import HOUR_SECONDS, hour_of

DUE = datetime(2026, 11, 23, 22, tzinfo=UTC)
HOUR = hour_of(DUE)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@dataclass
class Platforms:
    """Platforms that are heard, or not, while a clock goes on."""

    now: datetime = DUE - 3 * MINUTE
    watermarks: Watermarks = field(init=False)

    def __post_init__(self) -> None:
        self.watermarks = Watermarks(frozenset({"matrix", "telegram"}), lambda: self.now)

    def hear(self, *platforms: str) -> None:
        """Ask each, and take over all that it has."""
        for platform in platforms:
            mark = self.watermarks.of(platform)
            mark.asking()
            mark.caught_up()

    def go_on(self, until: datetime, *hearing: str) -> None:
        """Hear some platforms each minute, for the last time at that moment."""
        while self.now < until:
            self.now = min(self.now + MINUTE, until)
            self.hear(*hearing)

    def passed(self, hour: int = HOUR) -> bool:
        return self.watermarks.passed(hour)


def test_an_hour_is_passed_when_every_platform_was_asked_after_it() -> None:
    platforms = Platforms()
    platforms.go_on(DUE, "telegram", "matrix")
    assert not platforms.passed()
    platforms.go_on(DUE + UNDER_WAY, "telegram")
    assert not platforms.passed()
    platforms.go_on(platforms.now + SECOND, "matrix")
    assert platforms.passed()
    assert not platforms.passed(HOUR + 1)


def test_it_counts_when_a_platform_was_asked_and_not_when_it_answered() -> None:
    platforms = Platforms()
    platforms.go_on(DUE - SECOND, "telegram", "matrix")
    mark = platforms.watermarks.of("telegram")
    mark.asking()
    platforms.go_on(DUE + MINUTE, "matrix")
    mark.caught_up()
    assert not platforms.passed()
    platforms.hear("telegram")
    assert platforms.passed()


def test_a_request_that_failed_or_left_something_out_does_not_count() -> None:
    platforms = Platforms()
    platforms.go_on(DUE - SECOND, "telegram", "matrix")
    mark = platforms.watermarks.of("telegram")
    mark.asking()  # a full batch
    platforms.go_on(DUE + MINUTE, "matrix")
    mark.asking()
    assert not platforms.passed()
    mark.caught_up()  # perhaps the answer to the first request, given once more
    assert not platforms.passed()
    mark.caught_up()  # nothing was asked
    assert not platforms.passed()
    platforms.hear("telegram")
    assert platforms.passed()


def test_after_a_start_nothing_is_passed_that_came_before() -> None:
    platforms = Platforms(DUE + MINUTE)
    assert not platforms.passed()
    platforms.hear("telegram", "matrix")
    platforms.go_on(DUE + GRACE, "telegram", "matrix")
    assert not platforms.passed()
    platforms.go_on(DUE + GRACE + MINUTE, "telegram", "matrix")
    assert platforms.passed()


def test_an_hour_in_an_outage_is_passed_after_half_an_hour_of_hearing() -> None:
    platforms = Platforms()
    platforms.go_on(DUE - MINUTE, "telegram", "matrix")
    platforms.go_on(DUE + 90 * MINUTE, "matrix")
    assert not platforms.passed()
    platforms.hear("telegram")
    back = platforms.now
    platforms.go_on(back + GRACE - SECOND, "telegram", "matrix")
    assert not platforms.passed()
    platforms.go_on(back + GRACE, "telegram", "matrix")
    assert platforms.passed()


def test_half_an_hour_of_the_clock_without_hearing_is_not_enough() -> None:
    platforms = Platforms()
    platforms.go_on(DUE - MINUTE, "telegram", "matrix")
    platforms.go_on(DUE + 90 * MINUTE, "matrix")
    platforms.hear("telegram")
    platforms.go_on(platforms.now + 2 * GRACE, "matrix")
    assert not platforms.passed()
    platforms.hear("telegram")
    assert not platforms.passed(), "it was away again"


def test_an_outage_that_was_over_before_the_hour_needs_no_grace() -> None:
    platforms = Platforms(DUE - 90 * MINUTE)
    platforms.hear("telegram", "matrix")
    platforms.go_on(DUE - 10 * MINUTE, "matrix")
    platforms.go_on(DUE + MINUTE, "telegram", "matrix")
    assert platforms.passed()


def test_an_outage_after_all_was_taken_over_holds_up_nothing() -> None:
    platforms = Platforms()
    platforms.go_on(DUE + MINUTE, "telegram", "matrix")
    platforms.now += timedelta(hours=2)
    assert platforms.passed()


def test_a_short_gap_is_no_outage() -> None:
    platforms = Platforms()
    platforms.go_on(DUE - SECOND, "telegram", "matrix")
    platforms.now += LONGEST_GAP
    platforms.hear("telegram", "matrix")
    assert platforms.passed()


def test_without_a_chat_platform_everything_is_passed() -> None:
    assert Watermarks(frozenset(), lambda: DUE).passed(HOUR)


def test_another_platform_that_is_heard_does_not_help() -> None:
    platforms = Platforms()
    platforms.go_on(DUE + timedelta(hours=2), "terminal", "telegram")
    assert not platforms.passed()


def test_a_clock_that_was_set_back_is_believed_from_then_on() -> None:
    platforms = Platforms()
    platforms.go_on(DUE + MINUTE, "telegram", "matrix")
    platforms.now = DUE - timedelta(hours=3)
    assert not platforms.passed()
    platforms.hear("telegram", "matrix")
    platforms.go_on(DUE - MINUTE, "telegram", "matrix")
    assert not platforms.passed()
    platforms.go_on(DUE + MINUTE, "telegram", "matrix")
    assert platforms.passed()


def test_platforms_are_named_while_they_are_not_heard() -> None:
    platforms = Platforms()
    assert platforms.watermarks.unheard() == ()
    platforms.go_on(platforms.now + LONGEST_GAP + SECOND)
    assert platforms.watermarks.unheard() == ("matrix", "telegram")
    platforms.hear("matrix", "telegram")
    assert platforms.watermarks.unheard() == ()
    platforms.go_on(platforms.now + LONGEST_GAP + SECOND, "matrix")
    assert platforms.watermarks.unheard() == ("telegram",)


def test_what_comes_was_sent_after_what_was_taken_over_before() -> None:
    mark = Watermark(lambda: DUE)
    assert hour_of(mark.earliest()) == 0
    mark.asking()
    mark.caught_up()
    assert mark.earliest() == DUE - UNDER_WAY
    assert hour_of(mark.earliest()) == DUE.timestamp() // HOUR_SECONDS - 1
