"""The bot's own sentences as messages to translate, with notes for their translators."""

from collections.abc import Mapping

from flows.checks.care.readability import MAX_LABEL, MAX_WORDS
from flows.tools.catalogues import Message, Source
from flows.tools.flow_messages import EXACT
from flows.tools.text_tree import TextTree
from handlers.texts.catalogue import Catalogue
from handlers.texts.counted import Counted
from handlers.texts.english import ENGLISH

NAME = "bot"
"""How the bot's own sentences are called where questionnaires have their names."""
ENGLISH_TAG = "en"
LABELS = "labels."
INSIDE = "labels.do."
"""Labels that stand in a sentence."""
COUNTED_LABELS = ("review.send_later",)
"""Labels that a number changes."""

TEXTS: TextTree[str | Counted] = TextTree((str, Counted))
"""Where the texts stand in a catalogue."""

SIGNED = (
    "handover.withdrawn",
    "handover.unkept",
    "case.share_added",
    "labels.share_added.yes",
    "permissions.parts.",
    "permissions.acts.",
    "permissions.act_unnamed_anyone",
    "report.acts.",
)
"""Places, or how they begin, of what is signed, or says what was allowed."""

NOTES: Mapping[str, str] = {
    "labels.do.done": "the end of a sentence: When you've said enough for now, …",
    "labels.do.tap_done": "the end of a sentence: When you've said enough for now, …",
    "review.send_later": f"on a button, at most {MAX_LABEL} characters",
    "labels.": f"on a button, at most {MAX_LABEL} characters",
    "footers.": "commands; nothing here is translated",
    "permissions.parts.": "stands in a sentence: Oak may read …",
    "permissions.history_revoked": "stands behind what was allowed, with a space before",
    "report.": "read by those with whom a story is shared",
    "readers.": "said to somebody of the commission, never to a reporter",
    "review.part_names.": "the name of a part, in a list",
    "telegram.menu.": "beside a command in the menu, a few words",
    "telegram.about_short": "at most 120 characters",
    "telegram.about": "at most 512 characters",
    "times.": "stands inside a sentence: I'll tell Oak …",
}
"""By the place, or by how it begins; the first that fits is said."""
LONG = f"at most {MAX_WORDS} words, short ones"


def bot_source(texts: Catalogue = ENGLISH) -> Source:
    """List every sentence that the bot says itself, in the order of its catalogue."""
    said = ((place, text) for place, text in TEXTS.texts(texts) if text)
    return Source(NAME, ENGLISH_TAG, tuple(_message(place, text) for place, text in said))


def is_label(place: str) -> bool:
    """Tell whether a text is shown on a button."""
    return place in COUNTED_LABELS or (place.startswith(LABELS) and not place.startswith(INSIDE))


def _message(place: str, text: str | Counted) -> Message:
    signed = place.startswith(SIGNED)
    note = next((note for start, note in NOTES.items() if place.startswith(start)), LONG)
    notes = (note, EXACT) if signed else (note,)
    if isinstance(text, str):
        return Message(place, text, notes, place, signed)
    one, other = text.forms
    return Message(place, one, notes, place, signed, other)
