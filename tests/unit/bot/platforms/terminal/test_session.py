import asyncio
import io
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.terminal import session as sessions
from bot.platforms.terminal.adapter import Line, TerminalMessenger
from bot.platforms.terminal.session import Session, terminal_account
from bot.runtime.conversations import Conversations
from handlers.texts.english import ENGLISH
from handlers.turn import TurnProcessor
from store.cases.expiry import Expiry
from store.model.errors import UnknownRevision
from tests.rig import Rig

FAILED = ENGLISH.refusals.failed.split("\n", maxsplit=1)[0]
WHO = terminal_account("reporter-one")


@dataclass
class Screen:
    """A session on a screen of its own; each line is typed when the one before was answered."""

    session: Session
    out: io.StringIO = field(default_factory=io.StringIO)

    async def hold(self, *lines: Line) -> bool:
        return await self.session.run(typed(*lines))

    @property
    def shown(self) -> str:
        return " ".join(self.out.getvalue().split())


async def typed(*lines: Line) -> AsyncIterator[Line]:
    for line in lines:
        yield line


@asynccontextmanager
async def screen(rig: Rig) -> AsyncIterator[Screen]:
    out = io.StringIO()
    async with rig.house() as house:
        yield Screen(Session(house, TerminalMessenger(out, Path()), WHO), out)


def failing(monkeypatch: pytest.MonkeyPatch, method: str, error: Exception, *, times: int) -> None:
    """A method of the conversations fails so often, and then works again."""
    owner: Any = TurnProcessor if method == "has_draft" else Conversations
    works, left = getattr(owner, method), [error] * times

    async def fail(self: object, *args: object) -> object:
        if left:
            raise left.pop()
        return await works(self, *args)

    monkeypatch.setattr(owner, method, fail)


async def test_it_says_hello_by_itself(rig: Rig) -> None:
    async with screen(rig) as here:
        assert not await here.hold()
    assert here.shown.startswith("Hello. I'm a program of The Example Choir.")


async def test_a_talk_that_ends_is_finished_and_nobody_left_it(rig: Rig) -> None:
    async with screen(rig) as here:
        assert await here.hold("1", "My story", "/erase", "Yes, delete it all")
    assert "You left" not in here.shown


async def test_a_talk_that_is_open_was_left_and_is_there_next_time(rig: Rig) -> None:
    async with screen(rig) as here:
        assert not await here.hold("1", "My story")
    assert here.shown.count("You left. Your story is saved and waits until") == 1
    async with screen(rig) as there:
        assert not await there.hold("/show")
    assert "My story" in there.shown


async def test_a_burst_has_one_acknowledgement(rig: Rig) -> None:
    async with screen(rig) as here:
        await here.hold("1", *(f"part {n}" for n in range(9)), None, None, "/show")
    assert here.shown.count("Saved. Carry on") == 1
    assert all(f"part {n}" in here.shown for n in range(9))


async def test_every_answer_of_a_long_burst_is_kept_in_its_order(rig: Rig) -> None:
    story = [f"line {number:02}" for number in range(100)]
    async with screen(rig) as here:
        await here.hold("1", *story, None)
        assert here.shown.count("Saved. Carry on") == 1
        snapshot = await here.session.application.stores.cases.snapshot(
            WHO, rig.clock(), pieces=True
        )
    assert [piece.text for piece in snapshot.pieces] == story


@pytest.mark.parametrize("method", ["receive", "has_draft"])
async def test_an_error_in_a_turn_is_said_and_the_talk_goes_on(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async with screen(rig) as here:
        await here.hold("1", "before")
        failing(monkeypatch, method, OSError("a typed word"), times=1)
        await here.hold("after", None, "after", None, "/show")
    assert here.shown.count(FAILED) == 1
    assert "before" in here.shown
    assert here.shown.count("after") >= 1
    assert here.shown.count("You left") == 2


async def test_an_acknowledgement_that_failed_asks_nobody_to_tell_it_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "settle", OSError(), times=1)
    async with screen(rig) as here:
        await here.hold("1", "before", None, None)
    assert FAILED not in here.shown
    assert here.shown.count("Saved. Carry on") == 1


async def test_an_error_at_hello_is_no_talk(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "receive", OSError(), times=1)
    async with screen(rig) as here:
        assert not await here.hold("hello")
    assert here.shown.startswith(FAILED)


async def test_an_error_at_leaving_is_said(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "hang_up", OSError(), times=1)
    async with screen(rig) as here:
        assert not await here.hold("1")
    assert here.shown.endswith("come back later.")


async def test_the_log_has_kind_and_place_of_an_error_and_no_word(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing(monkeypatch, "receive", OSError("a typed word"), times=1)
    with caplog.at_level(logging.INFO):
        async with screen(rig) as here:
            await here.hold()
    [record] = [r for r in caplog.records if r.name == "bot.platforms.terminal.session"]
    assert "error=OSError" in vars(record)["holdfast"]
    assert "typed" not in caplog.text + vars(record)["holdfast"]


@pytest.mark.parametrize("error", [UnknownRevision("gone"), BrokenPipeError()])
async def test_what_no_talk_can_mend_ends_the_program(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    failing(monkeypatch, "receive", error, times=1)
    async with screen(rig) as here:
        with pytest.raises(type(error)):
            await here.hold("1")


# Beside the talk


async def until(condition: asyncio.Event) -> AsyncIterator[Line]:
    await asyncio.wait_for(condition.wait(), 30)
    yield "/help"


async def test_what_is_due_is_done_while_nobody_types(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "UPKEEP_SECONDS", 0.0)
    async with screen(rig) as here:
        done = asyncio.Event()
        works = Expiry.run

        async def run(self: Expiry, now: object) -> None:
            await works(self, rig.clock())
            done.set()

        monkeypatch.setattr(Expiry, "run", run)
        await here.session.run(until(done))
    assert FAILED not in here.shown


async def test_what_failed_beside_the_talk_is_tried_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sessions, "UPKEEP_SECONDS", 0.0)
    async with screen(rig) as here:
        done, tries = asyncio.Event(), iter([OSError(), None])

        async def run(self: Expiry, now: object) -> None:
            if error := next(tries, None):
                raise error
            done.set()

        monkeypatch.setattr(Expiry, "run", run)
        await here.session.run(until(done))
    assert "upkeep-failed" in [r.args[0] for r in caplog.records if r.args]  # type: ignore[index]
    assert FAILED not in here.shown


def test_an_account_of_the_terminal_is_its_own_address() -> None:
    assert (WHO.platform, WHO.name, WHO.address) == ("terminal", "reporter-one", "reporter-one")
