"""Dates and lists of names, as people write them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from handlers.context import HelpLine, View
from handlers.texts.english import ENGLISH
from handlers.texts.reader_names import list_names

HOUR_SECONDS = 3600


def format_hour(hour: int) -> str:
    """Write an hour, counted since 1970, as a weekday, a date and a time."""
    time = datetime.fromtimestamp(hour * HOUR_SECONDS, tz=UTC)
    return f"{time:%A} {time.day} {time:%B}, {time:%H:%M} UTC"


def format_readers(view: View, readers: Iterable[str]) -> str:
    """List readers by their names in the roster: *Oak*, *Oak and Ash*, *Oak, Ash and Rowan*."""
    return list_names(view.snapshot.readers, readers)


def format_help_lines(lines: Iterable[HelpLine]) -> str:
    """List the help lines, one a line."""
    return "\n".join(f"– {line.name}: {line.contact} ({line.hours})" for line in lines)


def help_paragraph(view: View) -> str:
    """List the help lines below the words that introduce them."""
    return f"{ENGLISH.help.help_intro}\n\n{format_help_lines(view.settings.help_lines)}"


def draft_expiry(view: View) -> str:
    """Write when the open draft expires; empty if there is none."""
    draft = view.snapshot.draft
    return format_hour(draft.expires) if draft else ""


def handover_due(view: View) -> str:
    """Write when the held hand-over is released; empty if none is held."""
    held = view.snapshot.held
    return format_hour(held.due) if held else ""
