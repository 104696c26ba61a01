"""Define Matrix as a platform of the bot."""

import asyncio

from bot.app import Application
from bot.config.values import Config
from bot.platforms.base import PlatformAdapter, PlatformDefinition
from bot.platforms.matrix.adapter import make_matrix_adapter
from bot.platforms.matrix.connection import MatrixConnection
from bot.platforms.matrix.facts import MATRIX
from bot.platforms.matrix.login import MatrixAccount
from bot.runtime.status import NotifyOperator


def account_of(config: Config) -> MatrixAccount | None:
    """Return the bot's account on Matrix, if the config names one."""
    if config.matrix is None:
        return None
    return MatrixAccount(
        config.matrix.homeserver,
        config.matrix.user_id,
        config.matrix.password_file,
        config.matrix.device_name,
        config.store.database.parent / "matrix",
    )


def _make_adapter(
    config: Config, application: Application, notify_operator: NotifyOperator, stop: asyncio.Event
) -> PlatformAdapter[MatrixConnection]:
    account = account_of(config)
    if account is None:
        raise ValueError("the config does not name Matrix")
    return make_matrix_adapter(application, account, notify_operator, stop)


MATRIX_PLATFORM = PlatformDefinition(
    facts=MATRIX,
    is_configured=lambda config: config.matrix is not None,
    make_adapter=_make_adapter,
)
