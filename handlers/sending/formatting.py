"""Dates and lists of names, as people write them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from handlers.context import HOUR_SECONDS, HelpLine, View
from handlers.permissions.report import WEEKS_IN_HUNDRED
from handlers.texts.languages import Language
from handlers.texts.reader_names import list_names
from handlers.texts.written import write_day, write_month
from store.model.clock import month_of_week
from store.model.permissions import HeldHandover

WEST_HOURS = 12
"""So many hours the westernmost time zone is behind UTC."""
EAST_HOURS = 14
"""So many hours the easternmost time zone is ahead of UTC."""
MOST_HOURS_SAID = 36
"""Until then a time is said in hours; later as a day."""


def format_day(language: Language, hour: int) -> str:
    """Write the day of an hour, counted since 1970, as a weekday and a date.

    Nobody says which time zone they are in. Where their day may be another one than in UTC, the
    earlier day is said: what waits is never promised for longer than it waits.
    """
    time = datetime.fromtimestamp((hour - WEST_HOURS) * HOUR_SECONDS, tz=UTC)
    return write_day(language, time.date())


def format_last_day(language: Language, hour: int) -> str:
    """Write the day by which something has ended at an hour, wherever its reporter is.

    Where their day may be another one than in UTC, the later day is said: what is deleted is never
    promised to be gone earlier than it is.
    """
    return format_day(language, hour + EAST_HOURS + WEST_HOURS)


def format_due(view: View, hour: int) -> str:
    """Write when something is due, as it follows a verb: *in about 12 hours*."""
    texts, hours = view.texts.times, int(hour - view.hour)  # never more than there are
    if hours < 1:
        return texts.within_hour
    if hours > MOST_HOURS_SAID:
        return texts.on_day.format(day=format_day(view.spoken, hour))
    return texts.in_hours.format(hours)


def format_week(view: View, week: int) -> str:
    """Write a week, as 202647, as people say it: *this week*, or *week 47 of 2026*."""
    texts = view.texts.times
    now = datetime.fromtimestamp(view.hour * HOUR_SECONDS, tz=UTC)
    for said, day in ((texts.this_week, now), (texts.last_week, now - timedelta(weeks=1))):
        year, number, _ = day.isocalendar()
        if week == year * WEEKS_IN_HUNDRED + number:
            return said
    year, number = divmod(week, WEEKS_IN_HUNDRED)
    return texts.week.format(number=number, year=year)


def how_to_end_answer(view: View) -> str:
    """Say how an answer of several messages is ended here, as the end of a sentence."""
    return view.texts.labels["do.tap_done" if view.platform.buttons else "do.done"]


def format_month(language: Language, week: int) -> str:
    """Write the month in which a week begins, with its year."""
    return write_month(language, month_of_week(week))


def kept_until_month(view: View, week: int) -> str:
    """Say until when a story is kept, by the last week in which it is there."""
    return view.texts.case.kept_until.format(month=format_month(view.spoken, week))


def format_readers(view: View, readers: Iterable[str]) -> str:
    """List readers by their names in the roster: *Oak*, *Oak and Ash*, *Oak, Ash and Rowan*."""
    return list_names(view.spoken, view.snapshot.readers, readers)


def format_help_lines(lines: Iterable[HelpLine]) -> str:
    """List the help lines, one a line."""
    return "\n".join(f"– {line.name}: {line.contact} ({line.hours})" for line in lines)


def help_paragraph(view: View) -> str:
    """List the help lines below the words that introduce them."""
    return f"{view.texts.help.help_intro}\n\n{format_help_lines(view.settings.help_lines)}"


def draft_expiry(view: View) -> str:
    """Write when the open draft expires; empty if there is none."""
    draft = view.snapshot.draft
    return format_day(view.spoken, draft.expires) if draft else ""


def draft_gone(view: View) -> str:
    """Write by which day the open draft is deleted if nobody comes back; empty without one."""
    draft = view.snapshot.draft
    return format_last_day(view.spoken, draft.expires) if draft else ""


def handover_due(view: View) -> str:
    """Write when the held hand-over is released; empty if none is held."""
    held = view.snapshot.held
    return hold_due(view, held) if held else ""


def hold_due(view: View, hold: HeldHandover) -> str:
    """Write when a held hand-over is released."""
    return format_due(view, hold.due)
