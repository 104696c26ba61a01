"""The platforms that this build knows: a new one is a folder of its own and a line here."""

import asyncio
from collections.abc import Sequence

from bot.app import Application
from bot.config.values import Config
from bot.platforms.base import PlatformDefinition
from bot.platforms.matrix.definition import MATRIX_PLATFORM
from bot.platforms.telegram.definition import TELEGRAM_PLATFORM
from bot.runtime.status import NotifyOperator
from bot.runtime.supervisor import SupervisedPlatform

PLATFORMS: tuple[PlatformDefinition, ...] = (TELEGRAM_PLATFORM, MATRIX_PLATFORM)


def make_adapters(
    platforms: Sequence[PlatformDefinition],
    config: Config,
    application: Application,
    notify_operator: NotifyOperator,
    stop: asyncio.Event,
) -> tuple[SupervisedPlatform, ...]:
    """Build the bot on every platform that the config names."""
    return tuple(
        platform.make_adapter(config, application, notify_operator, stop)
        for platform in platforms
        if platform.is_configured(config)
    )
