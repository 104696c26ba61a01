"""A clock that jumps erases and releases nothing before its time has really passed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.cases.expiry import Expiry
from store.db.schema import case_file
from store.inbox.watermarks import Watermarks
from store.model.clock import hour_of
from store.steady_clock import (
    DRIFT,
    LEAP,
    OUTAGE,
    LatestHour,
    SteadyClock,
    confirm_clock,
    latest_hour,
    record_hour,
)
from tests.unit.store.organisation import OAK_ID, START, Organisation, keep, named
from tests.unit.store.people import OAK

HOUR = timedelta(hours=1)
JUMPS = [timedelta(days=-5000), -HOUR, HOUR, timedelta(days=2), timedelta(days=5000)]


@dataclass
class Machine:
    """A machine whose clock may jump while real time passes."""

    clock: datetime = START
    seconds: float = 0.0
    latest: LatestHour | None = None
    steady: SteadyClock = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start the program anew."""
        self.steady = SteadyClock(lambda: self.clock, lambda: self.seconds, self.latest)

    def go_on(self, time: timedelta) -> None:
        """Let real time pass."""
        self.clock += time
        self.seconds += time.total_seconds()


@dataclass
class Bot(Machine):
    """The program on such a machine, over a store."""

    org: Organisation | None = None

    @property
    def store(self) -> Organisation:
        assert self.org is not None
        return self.org

    async def restart(self) -> None:
        self.latest = await self.store.database.read(latest_hour)
        self.start()

    async def run(self) -> None:
        """Do what is due."""
        self.steady.follow(await self.store.database.read(latest_hour))
        self.store.now = self.steady()
        watermarks = Watermarks(frozenset(), self.steady)
        expiry = Expiry(self.store.database, self.store.repositories, watermarks)
        await expiry.run(self.store.now)

    async def confirm(self) -> None:
        clock = self.clock
        await self.store.database.transaction(lambda connection: confirm_clock(connection, clock))

    async def is_released(self) -> bool:
        return bool(await self.store.inbox(OAK))

    async def is_kept(self) -> bool:
        return bool(await self.store.rows(case_file))


@pytest.fixture
def bot(org: Organisation) -> Bot:
    return Bot(org=org)


# The time that is told


def test_a_clock_that_goes_as_time_does_is_followed() -> None:
    machine = Machine()
    for _ in range(100):
        machine.go_on(7 * HOUR)
        machine.clock += timedelta(seconds=7 * 3600 * DRIFT / 2)
        assert machine.steady() == machine.clock
    assert not machine.steady.difference()


@pytest.mark.parametrize("jump", JUMPS)
def test_after_a_jump_time_goes_on_as_it_really_passes(jump: timedelta) -> None:
    machine = Machine()
    machine.go_on(HOUR)
    machine.clock += jump
    assert machine.steady() == START + HOUR
    machine.go_on(HOUR)
    assert machine.steady() == START + 2 * HOUR
    assert machine.steady.difference() == jump
    machine.clock -= jump
    assert not machine.steady.difference()


@given(st.lists(st.timedeltas(-LEAP, LEAP), max_size=50))
def test_many_small_jumps_are_no_more_than_one(jumps: list[timedelta]) -> None:
    machine = Machine()
    for jump in jumps:
        machine.clock += jump
        assert abs(machine.steady() - START) <= LEAP


@pytest.mark.parametrize("jump", [-10 * HOUR, 10 * HOUR, 2 * LEAP])
def test_no_jump_is_believed_however_long_the_program_has_run(jump: timedelta) -> None:
    machine = Machine()
    for _ in range(400):
        machine.go_on(24 * HOUR)
        assert machine.steady() == machine.clock
    real = machine.clock
    machine.clock += jump
    assert machine.steady() == real
    for _ in range(400):
        machine.go_on(24 * HOUR)
        assert machine.steady() == machine.clock - jump


@pytest.mark.parametrize("jump", [timedelta(0), timedelta(minutes=50), OUTAGE])
def test_a_short_outage_is_believed(jump: timedelta) -> None:
    machine = Machine(START + jump, latest=LatestHour(hour_of(START)))
    assert machine.steady() == START + jump


@pytest.mark.parametrize("jump", [*JUMPS[:2], *JUMPS[3:], OUTAGE + HOUR])
def test_a_clock_that_does_not_fit_the_latest_hour_is_not_believed(jump: timedelta) -> None:
    latest = LatestHour(hour_of(START))
    machine = Machine(START + jump, latest=latest)
    assert machine.steady() == latest.begins
    machine.go_on(HOUR)
    assert machine.steady() == latest.begins + HOUR


def test_what_a_person_confirmed_is_believed() -> None:
    machine = Machine(START + 90 * HOUR, latest=LatestHour(hour_of(START), 3))
    machine.steady.follow(LatestHour(hour_of(START) + 1, 3))
    assert machine.steady.difference()
    machine.steady.follow(LatestHour(hour_of(machine.clock), 4))
    assert machine.steady() == machine.clock


def test_a_clock_that_jumped_since_it_was_confirmed_is_not_believed() -> None:
    machine = Machine(latest=LatestHour(hour_of(START)))
    machine.clock += 5000 * HOUR
    machine.steady.follow(LatestHour(hour_of(START), 1))
    assert machine.steady() < START + HOUR


# What is remembered


async def test_the_latest_hour_is_remembered_and_an_earlier_one_is_not(org: Organisation) -> None:
    for now in (START, START + 5 * HOUR, START + 2 * HOUR):
        await org.database.transaction(partial(record_hour, now=now))
    assert await org.database.read(latest_hour) == LatestHour(hour_of(START + 5 * HOUR))


async def test_a_person_may_confirm_an_earlier_hour_too(org: Organisation) -> None:
    for act, now in ((record_hour, START), (confirm_clock, START - 500 * HOUR)):
        await org.database.transaction(partial(act, now=now))
    assert await org.database.read(latest_hour) == LatestHour(hour_of(START) - 500, 1)


# What is due


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("jump", [timedelta(days=-9), timedelta(days=2), timedelta(days=5000)])
async def test_a_clock_that_jumps_releases_and_erases_nothing(
    bot: Bot, jump: timedelta, restarted: bool
) -> None:
    await bot.store.share(named(OAK_ID), hold=12)
    await bot.run()
    bot.clock += jump
    if restarted:
        await bot.restart()
    for _ in range(12):
        await bot.run()
        assert not await bot.is_released()
        assert await bot.is_kept()
        bot.go_on(HOUR)
    bot.go_on(HOUR)
    await bot.run()
    assert await bot.is_released()


async def test_what_was_due_is_done_when_a_person_confirmed_the_clock(bot: Bot) -> None:
    await bot.store.share(keep(), named(OAK_ID), hold=12)
    await bot.run()
    bot.clock += timedelta(days=2)
    await bot.restart()
    await bot.run()
    assert not await bot.is_released()
    await bot.confirm()
    await bot.run()
    assert await bot.is_released()


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.timedeltas(timedelta(0), 3 * HOUR)),
        st.tuples(st.just("jump"), st.timedeltas(timedelta(days=-99), timedelta(days=99))),
        st.tuples(st.just("restart"), st.just(timedelta(0))),
    ),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(ACTS)
def test_in_any_order_no_more_time_is_told_than_has_passed(
    acts: list[tuple[str, timedelta]],
) -> None:
    machine, restarts = Machine(), 0
    machine.latest = LatestHour(hour_of(START))
    machine.start()
    for act, time in acts:
        if act == "pass":
            machine.go_on(time)
        elif act == "jump":
            machine.clock += time
        else:
            machine.latest = LatestHour(max(hour_of(machine.steady()), machine.latest.hour))
            machine.start()
            restarts += 1
        passed = timedelta(seconds=machine.seconds)
        allowed = passed * (1 + DRIFT) + LEAP + restarts * (OUTAGE + HOUR)
        assert machine.steady() - START <= allowed
