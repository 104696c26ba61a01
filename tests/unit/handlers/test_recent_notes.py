"""What is remembered of an account is forgotten after its time, and with the next note."""

from datetime import UTC, datetime, timedelta

from handlers.recent_notes import RecentNotes

NOW = datetime(2026, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_note_stands_until_something_else_is_noted() -> None:
    notes = RecentNotes[str](HOUR)
    assert notes.get("anna", NOW) is None
    notes.set("anna", "first", NOW)
    notes.set("anna", "second", NOW)
    assert notes.get("anna", NOW) == "second"
    assert notes.get("berta", NOW) is None
    notes.set("anna", None, NOW)
    assert notes.get("anna", NOW) is None


def test_a_note_is_forgotten_after_its_time() -> None:
    notes = RecentNotes[str](HOUR)
    notes.set("anna", "first", NOW)
    assert notes.get("anna", NOW + HOUR - timedelta(seconds=1)) == "first"
    assert notes.get("anna", NOW + HOUR) is None


def test_old_notes_of_others_are_dropped_with_the_next_one() -> None:
    notes = RecentNotes[str](HOUR)
    notes.set("anna", "first", NOW)
    notes.set("berta", "first", NOW + HOUR)
    assert len(notes) == 1
    assert notes.get("berta", NOW + HOUR) == "first"


def test_a_note_from_the_future_is_not_believed() -> None:
    notes = RecentNotes[str](HOUR)
    notes.set("anna", "first", NOW)
    assert notes.get("anna", NOW - timedelta(seconds=1)) is None
