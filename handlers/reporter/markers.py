"""The bot's own questions, and the markers among a draft's answers that open them.

A marker is an answer to a step whose name begins with ``bot.``, which no questionnaire can use.
The names are stored in sealed drafts and hashed into button tokens: they never change.
"""

from collections.abc import Sequence
from dataclasses import replace

from flows import Answer, Answers
from store.model.drafts import (
    ADDED,
    ADDED_BEFORE,
    ADDITIONS,
    SHARED_BEFORE,
    Draft,
    StoredAnswer,
)

MARKER_PREFIX = "bot."
SAFE = "bot.safe"
KIND = "bot.kind"
RECALLED = "bot.recalled"
CLEAN = "bot.clean"
STOP = "bot.stop"
ERASE = "bot.erase"
AGAIN = "bot.again"
PIECE = "bot.piece"
OVERVIEW = "bot.overview"
REVIEW = "bot.review"
CODE = "bot.code"
BACK = "bot.back"
WORD_CHECK = "bot.asked"
CASE = "bot.case"
REOPENED = "bot.reopened"
DROPPED = "bot.dropped"
"""No question: items of a kept story that no question is about any more, among the choices. They
are erased with the second yes: until then the story is as it was."""
CONTACT = "bot.contact"
"""No question: how to reach the reporter, as it was when a kept story was opened again."""
ERASING = "bot.erasing"
FOUND = "bot.found"
"""What a take-back code is for that nobody had asked for."""
HOLD = "bot.hold"
"""No question: the button that stops what is held, whatever is asked."""

ASIDE = "bot.aside"
"""The items of words that came beside an answer, among the choices: nothing reads them back as
told. It is also the question whether they belong to the story."""
ASIDE_OFFERED = "bot.offered"
"""The offer to add them stands right above the open question: a bare yes or no may be meant for
it."""

ASIDE_LATER = "bot.aside_later"
"""They came while all was shown once more: it is asked about them after the yes to that."""

FIRST_WORDS = "bot.first"
"""Nothing was chosen yet: the draft holds only words that were kept aside before the hello."""
SHARE_ADDED = "bot.share_added"

LANGUAGE = "bot.language"
SHOWN_IN = "bot.shown_in"
"""No question: permissions that were asked in another language than that of now, each behind the
tag of that language. They are signed in the words that were shown."""

WORDING = "bot.wording"
"""No question: of each language in which something was asked, which translation it was."""

REWORDED = "bot.reworded"
"""Words that were shown are gone, and the open question was not shown in those of now: it takes no
choice before it was. It is set as a draft is read, and never written."""

UNSHOWN = "bot.unshown"
"""Whatever was asked in between is over, and the question behind it was not shown since: what is
typed allows, erases and takes back nothing before it was."""

RECALL_SHOWN = "bot.recall_shown"
"""The recalled revision of which it was asked what to do now: before that it takes no choice."""

TICKED = "bot.ticked"
"""The question in which choices were ticked, and those that are; nothing is answered yet."""

NUMBERS = "bot.numbers"
"""The list of the question that was asked last: numbers used before, and with it; which question,
and a hash of its choices; then the questions that decide and were asked before."""

SHOWN = frozenset(
    {
        *(TICKED, NUMBERS, ASIDE, ASIDE_OFFERED, ASIDE_LATER, SHOWN_IN, WORDING, REWORDED),
        *(UNSHOWN, RECALL_SHOWN),
    }
)
"""Markers that say how a question is shown, and open none: with them it is the same moment."""

INTERRUPTIONS = (STOP, ERASE, PIECE, LANGUAGE)
"""Questions asked in between, the most urgent first; the one behind them stays open."""


def find_marker(draft: Draft, name: str) -> StoredAnswer | None:
    """Return the draft's marker of this name, or None if it is not set."""
    for answer in draft.answers:
        if answer.step == name:
            return answer
    return None


def with_marker(draft: Draft, marker: StoredAnswer) -> Draft:
    """Set a marker in place of an earlier one of the same name."""
    return replace(draft, answers=(*without_markers(draft, marker.step).answers, marker))


def without_markers(draft: Draft, *names: str) -> Draft:
    """Remove the markers of these names; return the draft itself if none of them is set."""
    if all(answer.step not in names for answer in draft.answers):
        return draft
    return replace(draft, answers=tuple(a for a in draft.answers if a.step not in names))


def flow_answers(draft: Draft) -> Answers:
    """Return the draft's answers to the questionnaire, without the markers."""
    return tuple(
        Answer(a.step, a.choices, a.items, a.closed)
        for a in draft.answers
        if not a.step.startswith(MARKER_PREFIX)
    )


def with_flow_answers(draft: Draft, answers: Answers) -> Draft:
    """Replace the answers to the questionnaire and leave the markers as they are."""
    added = tuple(a for a in draft.answers if a.step in ADDITIONS)
    set_markers = (a for a in draft.answers if a.step.startswith(MARKER_PREFIX))
    markers = tuple(a for a in set_markers if a not in added)
    stored = tuple(StoredAnswer(a.step, a.choices, a.items, a.closed) for a in answers)
    return replace(draft, answers=(*markers, *stored, *added))


def added_items(draft: Draft) -> tuple[str, ...]:
    """Return the items that were added in this conversation."""
    marker = find_marker(draft, ADDED)
    return marker.items if marker else ()


def with_added(draft: Draft, items: tuple[str, ...]) -> Draft:
    """Replace the items that were added in this conversation."""
    return with_marker(draft, StoredAnswer(ADDED, items=items))


def kept_draft(draft: Draft) -> Draft:
    """Return the draft with what outlives it."""
    return replace(draft, answers=as_kept(draft.answers))


def as_kept(answers: Sequence[StoredAnswer]) -> tuple[StoredAnswer, ...]:
    """Return what outlives a conversation: how the chat is cleaned, what was told and added, the
    languages of its permissions with their words, that a story that was joined to it was shared.

    What was added in it is then what was added before.
    """
    lasting = {CLEAN, SHARED_BEFORE, SHOWN_IN, WORDING}
    told = (a for a in answers if a.step in lasting or not a.step.startswith(MARKER_PREFIX))
    added = tuple(
        item for step in ADDITIONS for a in answers if a.step == step for item in a.items
    )
    return (*told, *((StoredAnswer(ADDED_BEFORE, items=added),) if added else ()))
