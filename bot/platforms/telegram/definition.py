"""Telegram as a platform of the bot."""

import asyncio

from bot.app import Application
from bot.config.values import Config
from bot.platforms.base import PlatformDefinition
from bot.platforms.telegram.facts import TELEGRAM
from bot.runtime.status import NotifyOperator
from bot.runtime.supervisor import SupervisedPlatform


def _make_adapter(
    config: Config, application: Application, notify_operator: NotifyOperator, stop: asyncio.Event
) -> SupervisedPlatform:
    # Only here: its library takes a fifth of a start, also where the bot is not on Telegram.
    from bot.platforms.telegram.adapter import (  # noqa: PLC0415
        BotApiEndpoint,
        make_telegram_adapter,
    )

    if config.telegram is None:
        raise ValueError("the config does not name Telegram")
    endpoint = BotApiEndpoint(config.telegram.api_base, config.telegram.token_file)
    return make_telegram_adapter(application, endpoint, notify_operator, stop)


TELEGRAM_PLATFORM = PlatformDefinition(
    facts=TELEGRAM,
    is_configured=lambda config: config.telegram is not None,
    make_adapter=_make_adapter,
)
