"""How long is waited, for one chat and for all: with a clock that only tests move."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime import rate_limits as module
from bot.runtime.rate_limits import (
    FAILURES,
    MARGIN_SECONDS,
    SWEEP_CHATS,
    Pace,
    RateLimiter,
    backoff,
)

PACE = Pace(seconds=1.0, burst=20, steady=3)


@dataclass
class Hands:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="hands")
def _hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    monkeypatch.setattr(module, "FIRST_SECONDS", 1.0)
    monkeypatch.setattr(module, "LONGEST_SECONDS", 30.0)
    monkeypatch.setattr(module, "MARGIN_SECONDS", 0.1)
    return Hands()


def test_each_failure_doubles_the_wait_up_to_thirty_seconds(hands: Hands) -> None:
    assert [backoff(n) for n in (0, 1, 2, 4, 5, 99999)] == [1, 2, 4, 16, 30, 30]


def test_a_flood_wait_holds_up_only_its_chat(hands: Hands) -> None:
    patience = RateLimiter(hands)
    patience.flooded("a", 5)
    assert patience.left("a") == pytest.approx(5.1)
    assert patience.left("b") == 0
    hands.now += 5
    assert patience.left("a") > 0
    hands.now += 0.2
    assert patience.left("a") == 0
    assert patience.chats == {}


def test_a_second_flood_wait_holds_up_everybody(hands: Hands) -> None:
    patience = RateLimiter(hands)
    patience.flooded("a", 5)
    patience.flooded("a", 5)
    assert patience.left("c") == 0
    patience.flooded("b", 7)
    assert patience.left("c") == pytest.approx(7.1)


def test_everybody_waits_while_no_call_succeeds(hands: Hands) -> None:
    patience = RateLimiter(hands)
    for number in range(FAILURES):
        patience.failed(f"chat {number}", 0)
    assert patience.left("another") == 1
    patience.succeeded()
    hands.now += 2
    patience.failed("a", 0)
    assert patience.left("another") == 0
    assert "chat" not in repr(patience)


# The pace of a chat


def test_a_burst_goes_at_once_and_then_a_message_a_second(hands: Hands) -> None:
    limiter = RateLimiter(hands, PACE)
    for _ in range(PACE.burst):
        assert limiter.pace_left("a") == 0
        limiter.count_message("a")
    for _ in range(3):
        assert limiter.pace_left("a") == pytest.approx(1)
        hands.now += 1
        assert limiter.pace_left("a") == 0
        limiter.count_message("a")
    assert limiter.pace_left("b") == 0
    hands.now += PACE.burst
    assert limiter.pace_left("a") == 0


def test_deletions_delay_no_message(hands: Hands) -> None:
    limiter = RateLimiter(hands, PACE)
    limiter.count_calls("a", 100)
    assert limiter.pace_left("a") == 0


def test_without_a_pace_nothing_is_counted_and_any_two_refusals_are_of_everybody(
    hands: Hands,
) -> None:
    limiter = RateLimiter(hands)
    for chat in ("a", "b"):
        for _ in range(1000):
            limiter.count_message(chat)
    assert (limiter.pace_left("a"), limiter.chats) == (0, {})
    limiter.flooded("a", 5)
    limiter.flooded("b", 5)
    assert limiter.left("c") == pytest.approx(5.1)


def write_fast(limiter: RateLimiter, *chats: str) -> None:
    for chat in chats:
        for _ in range(PACE.steady + 1):
            limiter.count_message(chat)


def test_chats_that_were_written_to_too_fast_hold_up_themselves_only(hands: Hands) -> None:
    limiter = RateLimiter(hands, PACE)
    write_fast(limiter, "a", "b")
    limiter.flooded("a", 5)
    limiter.flooded("b", 7)
    assert (limiter.left("a"), limiter.left("b")) == pytest.approx((5.1, 7.1))
    assert limiter.left("c") == 0


def test_a_chat_that_is_refused_again_after_its_wait_is_still_to_blame(hands: Hands) -> None:
    limiter = RateLimiter(hands, PACE)
    write_fast(limiter, "a", "b")
    for _ in range(5):
        for chat in ("a", "b"):
            limiter.flooded(chat, 5)
        hands.now += 5 + MARGIN_SECONDS
        for chat in ("a", "b"):
            assert limiter.left(chat) == 0
            soon = pytest.approx(0, abs=1e-9)
            assert limiter.pace_left(chat) == soon, "one message may go when the wait is over"
            limiter.count_message(chat)
            assert limiter.pace_left(chat) == pytest.approx(1), "and then one a second"
    assert limiter.left("c") == 0


def test_a_chat_that_was_quiet_for_long_enough_counts_again(hands: Hands) -> None:
    limiter = RateLimiter(hands, PACE)
    write_fast(limiter, "a")
    limiter.flooded("a", 5)
    hands.now += 5 + PACE.burst
    for chat in ("a", "b"):
        limiter.count_message(chat)
        limiter.flooded(chat, 5)
    assert limiter.left("c") == pytest.approx(5.1)


def test_a_refusal_counts_as_long_as_its_chat_waits(hands: Hands) -> None:
    limiter = RateLimiter(hands, PACE)
    limiter.flooded("a", 5)
    hands.now += 6
    limiter.flooded("b", 5)
    assert limiter.left("c") == 0
    limiter.flooded("a", 2)
    assert limiter.left("c") == pytest.approx(2.1)


def test_a_failure_is_no_refusal(hands: Hands) -> None:
    limiter = RateLimiter(hands, PACE)
    limiter.failed("a", 4)
    limiter.flooded("b", 7)
    assert limiter.left("c") == 0


def test_quiet_chats_are_forgotten(hands: Hands) -> None:
    limiter = RateLimiter(hands, PACE)
    for number in range(100 * SWEEP_CHATS):
        limiter.count_message(f"chat {number}")
        hands.now += 0.01
        assert len(limiter.chats) <= 2 * SWEEP_CHATS
    assert "chat" not in repr(limiter)


@dataclass
class Track:
    """Calls since a moment at which the chat was ahead of its pace by ``ahead`` calls."""

    since: float
    ahead: float
    calls: list[float] = field(default_factory=list)

    def level(self, now: float) -> float:
        """Return by how many calls the chat is ahead, looked at from each moment before."""
        starts = [self.ahead + len(self.calls) - (now - self.since)]
        later = (len(self.calls) - n - (now - at) for n, at in enumerate(self.calls))
        return max(0.0, *starts, *later)


@dataclass
class Behaviour:
    """What one chat did, and what of it was refused, told apart by definition."""

    tracks: list[Track]
    messages: list[float] = field(default_factory=list)
    level: float = 0.0

    def call(self, now: float) -> None:
        for track in self.tracks:
            track.calls.append(now)
        self.level = max(track.level(now) for track in self.tracks)

    def is_refused_within_pace(self, until: float) -> bool:
        if self.level <= PACE.steady:
            return True
        self.tracks.append(Track(until, PACE.burst - 1))
        return False


CHATS = ("loud", "louder", "third", "fourth")
steps = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 80)),
    st.tuples(st.just("send"), st.sampled_from(CHATS)),
    st.tuples(st.just("burst"), st.sampled_from(CHATS[:2])),
    st.tuples(st.just("refuse"), st.sampled_from(CHATS[:2])),
    st.tuples(st.just("refuse quiet"), st.sampled_from(CHATS[3:])),
)


@given(st.lists(steps, max_size=60))
def test_a_chat_within_its_pace_waits_for_no_chat_that_is_not(
    history: list[tuple[str, int | str]],
) -> None:
    """Nobody waits for chats that caused their refusal; two others refused hold up everybody."""
    hands = Hands()
    limiter = RateLimiter(hands, PACE)
    chats = {name: Behaviour([Track(0.0, 0)]) for name in CHATS}
    refused: list[tuple[str, float]] = []
    for what, which in history:
        match what, which:
            case "wait", int(quarters):
                hands.now += quarters / 4
            case (("send" | "burst"), str(name)):
                for _ in range(1 if what == "send" else 5):
                    chats[name].call(hands.now)
                    limiter.count_message(name)
            case _, str(name):
                until = hands.now + 8 + MARGIN_SECONDS
                if chats[name].is_refused_within_pace(until):
                    refused.append((name, until))
                limiter.flooded(name, 8)
            case _:
                raise AssertionError(what)
        _check_third(limiter, hands.now, chats["third"], refused)


def _check_third(
    limiter: RateLimiter, now: float, third: Behaviour, refused: list[tuple[str, float]]
) -> None:
    if not refused:
        assert limiter.left("third") == 0
    waiting = {name: until for name, until in refused if until > now}
    if len(waiting) > 1:
        assert limiter.left("third") >= min(waiting.values()) - now
    own = max(track.level(now) for track in third.tracks)
    assert limiter.pace_left("third") == pytest.approx(max(0.0, own - (PACE.burst - 1)))
