"""Collect what the chat platforms can do, see and keep; for code below the adapters."""

from bot.platforms.matrix.facts import MATRIX
from bot.platforms.telegram.facts import TELEGRAM

CHAT_PLATFORMS = (TELEGRAM, MATRIX)
