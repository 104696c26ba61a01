"""Define Matrix as a platform of the bot."""

import asyncio

from bot.app import Application
from bot.config.values import Config
from bot.platforms.base import PlatformDefinition
from bot.platforms.matrix.account import account_of
from bot.platforms.matrix.facts import MATRIX
from bot.runtime.status import NotifyOperator
from bot.runtime.supervisor import SupervisedPlatform


def _make_adapter(
    config: Config, application: Application, notify_operator: NotifyOperator, stop: asyncio.Event
) -> SupervisedPlatform:
    # Only here: nio takes a third of a start, which a bot without Matrix would wait for in vain.
    from bot.platforms.matrix.adapter import make_matrix_adapter  # noqa: PLC0415

    account = account_of(config)
    if account is None:
        raise ValueError("the config does not name Matrix")
    return make_matrix_adapter(application, account, notify_operator, stop)


MATRIX_PLATFORM = PlatformDefinition(
    facts=MATRIX,
    is_configured=lambda config: config.matrix is not None,
    make_adapter=_make_adapter,
)
