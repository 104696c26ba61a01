"""How much is measured: enough for figures, or just enough to see that it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handovers:
    """How many people hand over at once, and how many others talk meanwhile."""

    people: int
    others: int
    quiet_seconds: float
    """How long the others are alone, for what their answers are compared with."""


@dataclass(frozen=True, slots=True)
class Floods:
    """How many accounts flood the bot, and how many others talk for how long."""

    flooders: int
    others: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Hops:
    """How often the database is timed, in each of the ways that are compared."""

    number: int
    most_seconds: float


@dataclass(frozen=True, slots=True)
class Talks:
    """How long the talks are whose messages are compared, and how many messages are timed."""

    short: int
    long: int
    opened: int
    messages: int


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is measured."""

    rounds: int
    people: int
    """People on Telegram."""
    room_people: int
    """People on Matrix, where each of them has a real client."""
    further_questions: int
    """Further questions to each of these, so that few of them give many answers."""
    drafts: tuple[int, int, int]
    hops: Hops
    handovers: Handovers
    floods: Floods
    cases: int
    """Kept cases with which the bot starts."""
    talks: Talks


FULL = Amount(
    rounds=9,
    people=2_000,
    room_people=20,
    further_questions=10,
    drafts=(100, 10_000, 100_000),
    hops=Hops(100, 10.0),
    handovers=Handovers(100, 20, 8.0),
    floods=Floods(3, 20, 8.0),
    cases=1_000_000,
    talks=Talks(3, 850, 200, 40),
)
QUICK = Amount(
    rounds=1,
    people=10,
    room_people=2,
    further_questions=0,
    drafts=(10, 20, 40),
    hops=Hops(3, 2.0),
    handovers=Handovers(3, 2, 0.5),
    floods=Floods(2, 2, 0.5),
    cases=1_000,
    talks=Talks(3, 20, 10, 3),
)
