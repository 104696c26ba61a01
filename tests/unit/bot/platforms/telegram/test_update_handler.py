"""A batch of updates is taken whole, however often it comes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.platforms.telegram.effects import AcknowledgePress
from bot.platforms.telegram.update_handler import UPDATES_AT_ONCE, UpdateHandler
from bot.platforms.telegram.updates import SERVICE_NOTES
from bot.runtime.admission import Arrival
from bot.runtime.help_sender import HelpSender
from handlers.effects import PostCommitEffect
from handlers.texts.names import SentenceName
from store.model.accounts import Account
from tests.doubles.telegram.schema import bot_api

if TYPE_CHECKING:
    from bot.platforms.telegram.messenger import TelegramMessenger
    from bot.runtime.admission import Admission
    from bot.runtime.send_queues import SendQueues


def press(number: int) -> dict[str, Any]:
    person = {"id": 77, "is_bot": False, "first_name": "R"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 77, "type": "private"}, "text": "x"}
    query = {"id": f"q{number}", "from": person, "message": message, "data": "x"}
    return {"update_id": number, "callback_query": {**query, "chat_instance": "1"}}


@dataclass
class World:
    """Send queues, and an inbox that may be full."""

    full: bool = False
    effects: list[PostCommitEffect] = field(default_factory=list)
    arrived: int = 0

    def add_effect(self, _who: Account, effect: PostCommitEffect) -> None:
        self.effects.append(effect)

    async def accept(self, arrivals: Sequence[Arrival]) -> None:
        if self.full:
            raise OSError("the disk is full")
        self.arrived += len(arrivals)

    async def send(self, who: Account, sentence: SentenceName) -> None:
        raise AssertionError

    @property
    def handler(self) -> UpdateHandler:
        return UpdateHandler(
            cast("TelegramMessenger", self),
            cast("SendQueues", self),
            cast("Admission", self),
            HelpSender(self.send, lambda: 0.0),
            lambda: datetime(2026, 11, 23, tzinfo=UTC),
        )


async def test_a_press_is_acknowledged_once_however_often_it_cannot_be_stored() -> None:
    world = World(full=True)
    handler = world.handler
    for _ in range(20):
        with pytest.raises(OSError, match="full"):
            await handler.accept([press(1), press(2)])
    world.full = False
    await handler.accept([press(1), press(2)])
    assert world.effects == [AcknowledgePress("q1"), AcknowledgePress("q2")]
    assert world.arrived == 2
    await handler.accept([press(3)])
    assert world.effects[-1] == AcknowledgePress("q3")
    assert handler.acknowledged == set()


async def test_the_language_of_the_app_is_noted_with_whatever_comes() -> None:
    handler, now = World().handler, datetime(2026, 11, 23, tzinfo=UTC)
    update = press(1)
    update["callback_query"]["from"] |= {"language_code": "es-MX"}
    who = Account("telegram", "77", "77")
    handler.look([press(2)])
    assert handler.languages.preferred(who, now) == ()
    await handler.accept([update])
    assert handler.languages.preferred(who, now) == ("es",)


async def test_others_have_their_turn_while_a_batch_is_read() -> None:
    world, seen = World(), [0]
    handler = world.handler

    async def watch() -> None:
        while True:
            seen.append(len(world.effects))
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await handler.accept([press(number) for number in range(100)])
    watching.cancel()
    assert world.arrived == len(world.effects) == 100
    assert max(later - now for now, later in pairwise(seen)) <= UPDATES_AT_ONCE


# Whatever a person sends is answered

MESSAGE = frozenset(bot_api().tables["Message"].fields)
METADATA = frozenset(
    {
        *("message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat"),
        *("sender_boost_count", "sender_business_bot", "sender_tag", "date", "guest_query_id"),
        *("business_connection_id", "chat", "forward_origin", "is_topic_message"),
        *("is_automatic_forward", "reply_to_message", "external_reply", "quote"),
        *("reply_to_story", "reply_to_checklist_task_id", "reply_to_poll_option_id", "via_bot"),
        *("guest_bot_caller_user", "guest_bot_caller_chat", "edit_date", "text", "entities"),
        *("has_protected_content", "is_from_offline", "is_paid_post", "media_group_id"),
        *("author_signature", "paid_star_count", "link_preview_options", "effect_id"),
        *("suggested_post_info", "caption", "caption_entities", "show_caption_above_media"),
        *("has_media_spoiler", "reply_markup"),
    }
)
"""What says something about a message, and is none by itself."""


def sent(kind: str, content: object) -> dict[str, Any]:
    person, chat = {"id": 77, "is_bot": False, "first_name": "R"}, {"id": 77, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": person, kind: content}
    return {"update_id": 1, "message": message}


@pytest.mark.parametrize("kind", sorted(MESSAGE - METADATA))
async def test_whatever_a_person_sends_is_answered_and_only_service_notes_are_not(
    kind: str,
) -> None:
    plain = {"Integer": 1, "String": "x", "Boolean": True, "True": True}
    described = bot_api().tables["Message"].fields[kind].type
    contents = [plain[described]] if described in plain else [{}, {"unheard": "of"}]
    for content in contents:
        world = World()
        several = described.startswith("Array of ")
        await world.handler.accept([sent(kind, [content] if several else content)])
        assert world.arrived == (kind not in SERVICE_NOTES)


@pytest.mark.parametrize("kind", ["gift", "giveaway", "checklist", "hologram", "users_shared"])
async def test_what_the_library_does_not_know_is_answered_too(kind: str) -> None:
    world = World()
    await world.handler.accept([sent(kind, {"broken": ["in", "some", "way"]})])
    assert world.arrived == 1


def test_every_service_note_is_one_of_the_bot_api() -> None:
    assert MESSAGE >= SERVICE_NOTES
    assert SERVICE_NOTES.isdisjoint(METADATA)


@pytest.mark.parametrize(
    "change",
    [
        {"from": {"id": 5, "is_bot": True}},
        {"from": {"id": 78, "is_bot": False}},
        {"chat": {"id": -1, "type": "group"}},
        {"from": None},
    ],
)
async def test_what_is_unreadable_and_no_persons_is_not_answered(change: dict[str, Any]) -> None:
    update = sent("poll", {"broken": True})
    update["message"].update(change)
    world = World()
    await world.handler.accept([update])
    assert world.arrived == 0
