"""A platform is added by one module and one line of a registry; the rest comes with the loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.platforms.registry import make_adapters
from bot.runtime import rate_limits
from bot.runtime.supervisor import serve
from store.model.accounts import Account
from tests.integration.post_office import CLOSED, POST, PostOffice, define_post
from tests.rig import Rig

STORY = "It was after the rehearsal in spring."
UNTIL_THE_STORY = ("/start", "1")
FROM_THE_STORY = (
    "/done",
    "Let someone read it",
    *("/skip", "/skip", "/skip"),
    *(
        "Nobody in particular",
        "Oak",
        "Everything",
        "Act without naming me",
        "/skip",
        "/skip",
        "No",
    ),
    *("Yes, that's right", "Yes, send now"),
)
SECONDS_TO_STOP = 5


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(rate_limits, "LONGEST_SECONDS", 0.1)


@asynccontextmanager
async def running(rig: Rig, office: PostOffice, reported: list[str]) -> AsyncIterator[None]:
    """Run the bot at the post office; at the end it must stop by itself, within seconds."""
    registry = (define_post(office),)
    async with rig.house() as application:
        stop = asyncio.Event()
        adapters = make_adapters(registry, rig.config, application, reported.append, stop)
        task = asyncio.create_task(serve(application, adapters, stop, reported.append))
        try:
            yield
            stop.set()
            await asyncio.wait_for(task, SECONDS_TO_STOP)
        finally:
            task.cancel()
            await asyncio.wait([task])


async def say(office: PostOffice, *texts: str) -> None:
    """Write letters as Robin, each after the answer to the one before."""
    for text in texts:
        before = len(office.received.get("robin", ()))
        await office.write("robin", text)
        await office.wait(
            lambda before=before: (  # type: ignore[misc]
                not office.letters and len(office.received.get("robin", ())) > before
            )
        )


async def stored_pieces(rig: Rig) -> list[str]:
    """Read back what is sealed of Robin's story."""
    async with rig.house() as application:
        robin = Account(POST.name, "robin", "robin")
        found = await application.stores.cases.snapshot(robin, rig.clock(), pieces=True)
        return [piece.text for piece in found.pieces]


async def test_a_whole_conversation_is_held_over_it(rig: Rig) -> None:
    office, reported = PostOffice(), list[str]()
    async with running(rig, office, reported):
        await say(office, *UNTIL_THE_STORY, STORY, *FROM_THE_STORY)
    (code,) = await rig.inbox("Oak")
    assert STORY in rig.open("Oak", await rig.fetch("Oak", code)).text
    assert reported == []
    assert office.connections == 1


async def test_it_connects_as_soon_as_the_server_answers(rig: Rig) -> None:
    office, reported = PostOffice(is_open=False), list[str]()
    async with running(rig, office, reported):
        await office.wait(lambda: office.connections >= 3)
        await office.set_state(is_open=True)
        await say(office, *UNTIL_THE_STORY)
    assert reported == [CLOSED, "Post is there again."]


async def test_it_reconnects_after_a_failure_and_loses_nothing(rig: Rig) -> None:
    office, reported = PostOffice(), list[str]()
    async with running(rig, office, reported):
        await say(office, *UNTIL_THE_STORY)
        await office.set_state(is_open=False)
        await office.write("robin", STORY)
        await office.wait(lambda: office.connections >= 3)
        await office.set_state(is_open=True)
        await office.wait(lambda: "Saved. Carry on" in office.received["robin"][-1])
    assert await stored_pieces(rig) == [STORY]
    assert reported == [CLOSED, "Post is there again."]


async def test_a_letter_that_was_not_confirmed_counts_once_after_a_restart(rig: Rig) -> None:
    office, reported = PostOffice(), list[str]()
    async with running(rig, office, reported):
        await say(office, *UNTIL_THE_STORY)
        await office.write("robin", STORY)
        letter = office.letters[0]
        await office.wait(lambda: not office.letters)
    office.letters.append(letter)
    async with running(rig, office, reported):
        await office.wait(lambda: not office.letters)
    assert await stored_pieces(rig) == [STORY]


async def test_a_reply_that_could_not_be_sent_is_redelivered_after_a_restart(rig: Rig) -> None:
    office, reported = PostOffice(), list[str]()
    async with running(rig, office, reported):
        await say(office, *UNTIL_THE_STORY)
        before = len(office.received["robin"])
        await office.set_state(takes_replies=False)
        await office.write("robin", "/help")
        await office.write("robin", STORY)
        await office.wait(lambda: not office.letters)
    await office.set_state(takes_replies=True)
    assert len(office.received["robin"]) == before
    async with running(rig, office, reported):
        await office.wait(
            lambda: any("Saved. Carry on" in t for t in office.received["robin"][before:])
        )
    assert "Saved. Carry on" in office.received["robin"][-1]


async def test_it_stops_within_seconds_while_it_cannot_connect(rig: Rig) -> None:
    office, reported = PostOffice(is_open=False), list[str]()
    async with running(rig, office, reported):
        await office.wait(lambda: office.connections >= 1)
    assert office.received == {}
