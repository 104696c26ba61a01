"""What a server answers is taken only in the form in which it can be used later."""

from collections.abc import Mapping
from typing import Any

import pytest
from telegram import Bot

from bot.platforms.telegram.http_transport import HttpTransport
from bot.platforms.telegram.messenger import TelegramMessenger
from handlers.messages import Reply
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from tests.unit.store.organisation import START

SOMEBODY = Account("telegram", "7", "7")


class Answering(HttpTransport):
    """A transport on which every call has the same result."""

    def __init__(self, result: Any) -> None:
        super().__init__()
        self.result = result

    async def call(self, url: str, fields: Mapping[str, str], seconds: float | None = None) -> Any:
        return self.result


@pytest.mark.parametrize(
    ("result", "ids"),
    [
        ({"message_id": 41}, ("41",)),
        ({"message_id": "no number"}, ()),
        ({"message_id": None}, ()),
        ({"message_id": [1]}, ()),
        ({}, ()),
        (True, ()),
    ],
)
async def test_only_a_number_is_remembered_as_the_id_of_a_message(
    result: Any, ids: tuple[str, ...]
) -> None:
    transport = Answering(result)
    bot = Bot("1:AA", request=transport, get_updates_request=transport)
    messenger = TelegramMessenger(bot, lambda: START, ENGLISH.telegram)
    assert await messenger.send(SOMEBODY, Reply("text")) == ids
