"""Laws about times: the organisation is copied, its clock put forward, and looked at there.

A day is promised to people in every time zone: until it begins anywhere what waits is there, and
once it is over everywhere it is gone.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from store.model.permissions import DeliveryStage
from tests.drills.permission_world import World
from tests.drills.promise_judge import NotMeant, Said
from tests.drills.promise_speech import names_in
from tests.drills.promise_store import CaseState, later

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
UPKEEP = timedelta(minutes=10)
"""Within so long the upkeep has run."""
WEST = timedelta(hours=12)
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
IN_HOURS = re.compile(r"in about (\d+) hours")
A_DAY = re.compile(r"(?:on )?(\w+) (\d+) (\w+)")
LONG = timedelta(days=40)
"""Longer than any draft, hold or unfetched copy lasts."""

STAYS = timedelta(days=20)
"""Longer than any conversation, and shorter than what nobody collects lasts."""

Check = Callable[[World, CaseState], Awaitable[None]]


def day_said(said: Said, text: str) -> datetime:
    """Read a day as it stands in a sentence: when it begins in the westernmost time zone."""
    match = A_DAY.fullmatch(text)
    assert match, f"no day: {text}"
    weekday, day, month = match.groups()
    now = said.world.now
    for year in (now.year, now.year + 1):
        begins = datetime(year, MONTHS.index(month) + 1, int(day), tzinfo=UTC) + WEST
        if begins > now - 2 * DAY:
            assert f"{begins:%A}" == weekday, "the weekday is another one"
            return begins
    raise AssertionError(f"{text} is past")


async def look_later(said: Said, when: datetime, check: Check) -> None:
    """Look at the case as it will be, if nothing is done until then."""
    if said.case is None or not said.judge.may_look_ahead(said):
        return
    async with later(said.world, when) as world:
        await check(world, await said.world.auditor.state(said.case.words, world))


async def _is_there(_world: World, state: CaseState) -> None:
    assert state.there, "it is gone too early"


async def _is_gone(_world: World, state: CaseState) -> None:
    assert not state.there, "it is still there"


def _draft_is(said: Said, *, there: bool) -> Check:
    async def check(world: World, _state: CaseState) -> None:
        draft = (await world.snapshot(said.who)).draft
        assert (draft is not None) == there, "the talk is gone" if there else "the talk is open"

    return check


async def waits_until(said: Said) -> None:
    """Until the day that was said the conversation waits, with all that was told."""
    begins = day_said(said, said.blanks["until"])
    await look_later(said, begins - HOUR, _is_there)
    await look_later(said, begins - HOUR, _draft_is(said, there=True))


async def talk_ends(said: Said) -> None:
    """After the day that was said the conversation waits no more, and its story is as it was."""
    ends = day_said(said, said.blanks["until"]) + DAY + UPKEEP
    await look_later(said, ends, _draft_is(said, there=False))


async def gone_after_day(said: Said) -> None:
    """After the day that was said it is deleted."""
    await look_later(said, day_said(said, said.blanks["until"]) + DAY + UPKEEP, _is_gone)


async def there_until_day(said: Said) -> None:
    """Until the day that was said it is there, and its words are still shown."""
    begins = day_said(said, said.blanks["until"])

    async def shows_words(world: World, _state: CaseState) -> None:
        assert said.case is not None
        assert (await world.snapshot(said.who)).words == said.case.words

    await look_later(said, begins - HOUR, shows_words)


async def stays_after_day(said: Said) -> None:
    """After the day that was said the program has no words any more, and they open it still."""
    await look_later(
        said, day_said(said, said.blanks["until"]) + DAY + UPKEEP, _opens_with_words(said)
    )


def _opens_with_words(said: Said) -> Check:
    async def check(world: World, state: CaseState) -> None:
        assert said.case is not None
        assert state.there, "it is gone"
        assert not (await world.snapshot(said.who)).words, "the program still has the words"
        recovery = world.application.stores.recovery
        found = await recovery.find_by_words(" ".join(said.case.words))
        assert found is not None, "its words find nothing"

    return check


async def waits_days(said: Said) -> None:
    """So many days it waits, and no longer."""
    days = timedelta(days=int(said.blanks["count"]))
    await look_later(said, said.world.now + days - 2 * HOUR, _is_there)
    await look_later(said, said.world.now + days + HOUR + UPKEEP, _is_gone)


async def gone_after_days(said: Said) -> None:
    """So many days it waits at most."""
    days = timedelta(days=int(said.blanks["count"]))
    await look_later(said, said.world.now + days + HOUR + UPKEEP, _is_gone)


async def these_are_the_days(said: Said) -> None:
    """So many days are configured; that they hold is looked at where something waits."""
    assert int(said.blanks["count"]) == said.world.application.settings.draft_days


async def unfetched_go(said: Said) -> None:
    """What nobody collects is there for so many days, and then it goes, within a week."""
    if said.now.draft is not None and not said.after.shares:
        assert int(said.blanks["count"]) == said.world.application.settings.unfetched_days
        return
    begun = said.world.now
    days = timedelta(days=int(said.blanks["count"]))
    if said.after.shares:
        await look_later(said, begun + days + timedelta(days=8), _is_gone)


async def stays_long(said: Said) -> None:
    """It does not end with its conversation, nor soon after."""
    await look_later(said, said.world.now + STAYS, _is_there)


async def stays_kept(said: Said) -> None:
    """It stays; of what is taken back with a code that nobody was shown yet nothing is said."""
    replies = [reply.text for _, reply in said.world.rig.screen.replies]
    codes = [code for code in said.case.codes if code in said.typed] if said.case else []
    if codes and not any(code in text for code in codes for text in replies):
        raise NotMeant
    await stays_long(said)


async def words_will_open(said: Said) -> None:
    """Long after this its words open it."""
    await look_later(said, said.world.now + LONG, _opens_with_words(said))


async def is_held(said: Said) -> None:
    """For these readers it is held until the time that was said, and released then."""
    names = names_in(said.blanks["readers"])
    states = (said.after, *said.looks[1].values())
    state = next((s for s in states if names <= s.names(DeliveryStage.HELD)), None)
    assert state is not None, f"it is held from {said.after.names(DeliveryStage.HELD)} only"
    waiting = [share for share in state.shares if share.stage is DeliveryStage.HELD]
    codes = {name: {s.code for s in waiting if s.name == name} for name in names}
    early, late = _span(said, said.blanks["due"])
    await look_later(said, early, _lies_ready(codes, ready=False))
    await look_later(said, late, _lies_ready(codes, ready=True))


def _span(said: Said, due: str) -> tuple[datetime, datetime]:
    """Read a time as it stands in a sentence: the last moment before it, and one after it."""
    now = said.world.now
    if due == "within the hour":
        return now, now + HOUR + UPKEEP
    if due == "in about an hour":
        return now + HOUR - UPKEEP, now + 2 * HOUR + UPKEEP
    if match := IN_HOURS.fullmatch(due):
        hours = int(match[1]) * HOUR
        return now + hours - UPKEEP, now + hours + HOUR + UPKEEP
    begins = day_said(said, due.removeprefix("on "))
    return begins - HOUR, begins + DAY + UPKEEP


def _lies_ready(held: Mapping[str, set[str]], *, ready: bool) -> Check:
    async def check(world: World, _state: CaseState) -> None:
        readers = world.application.stores.readers
        for name, codes in held.items():
            member = readers.named(name, world.now)
            assert member is not None
            listed = {each.code for each in await readers.deliveries(member)}
            there = codes <= listed if ready else bool(codes & listed)
            assert there == ready, f"{name} can{'' if there else 'not'} fetch it"

    return check


async def never_released(said: Said) -> None:
    """What was stopped is stopped: nothing lies ready for anybody, now or later."""
    for locator in {*said.looks[0]}:
        if said.looks[0][locator].shares and not said.looks[1][locator].shares:
            notes = said.judge.notes[locator]
            assert not said.looks[1][locator].opening, "a reader's key opens it"
            if said.judge.may_look_ahead(said):
                async with later(said.world, said.world.now + LONG) as world:
                    state = await said.world.auditor.state(notes.words, world)
                    assert not state.shares, "it was released"
                    assert not state.opening, "a reader's key opens it later"
    assert not said.after.shares, "it lies ready for somebody"
    assert not said.after.opening, "a reader's key opens it"


async def words_are_shown(said: Said) -> None:
    """Whoever asks for the words now is shown them."""
    assert said.case is not None
    async with later(said.world, said.world.now) as world:
        answer = await world.say(said.who, "/words")
    assert all(word in answer for word in said.case.words), f"no words: {answer!r}"
