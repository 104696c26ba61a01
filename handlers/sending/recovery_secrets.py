"""The secrets of a story as they are shown, one at a time: the twelve words, and the code."""

from handlers.context import View
from handlers.reporter.markers import REOPENED, WORD_CHECK, find_marker
from handlers.reporter.questions import cleaning_choice
from handlers.sending.formatting import draft_expiry
from handlers.texts.written import write_list
from store.model.outbox import TextRef


def words_text(view: View) -> str | None:
    """Show the twelve words, and say when they go and what becomes of the story without them."""
    texts, snapshot = view.texts.recovery, view.snapshot
    if not snapshot.words or snapshot.draft is None:
        return None
    rows = [f"{n:>4}  {word}" for n, word in enumerate(snapshot.words, 1)]
    end = texts.words_end_kept if snapshot.outlives_draft else texts.words_end
    gone = {"go": texts.words_disappear, "self": texts.stays_in_chat}
    return texts.words.format(
        words="\n".join(rows),
        gone=gone.get(cleaning_choice(view), texts.words_once),
        end=end.format(until=draft_expiry(view)),
    )


def code_text(view: View) -> str | None:
    """Show the take-back code, and say what it can do."""
    code, draft, texts = view.snapshot.code_words, view.snapshot.draft, view.texts.recovery
    if not code:
        return None
    shown = texts.code.format(code=" ".join(code))
    came_back = draft is not None and find_marker(draft, REOPENED) is not None
    return f"{shown} {texts.code_anew}" if came_back else shown


def after_code_text(view: View) -> str:
    """Ask to write the code down, and say whether it goes with the next answer."""
    texts = view.texts.recovery
    goes = texts.code_disappears
    gone = {"go": goes, "end": goes, "self": texts.stays_in_chat}
    return texts.have_code.format(gone=gone.get(cleaning_choice(view), texts.code_once))


def asked_positions(view: View) -> tuple[str, str]:
    """Return the positions of the two recovery words that are asked for; empty if none are."""
    draft = view.snapshot.draft
    marker = find_marker(draft, WORD_CHECK) if draft else None
    first, second = marker.choices if marker else ("", "")
    return first, second


def wrong_words_text(view: View, _ref: TextRef) -> str:
    """Say that these are not the two words, and ask for them again."""
    first, second = asked_positions(view)
    return view.texts.recovery.wrong_words.format(first=first, second=second)


def wrote_down_text(view: View, _ref: TextRef) -> str:
    """Ask for the two words by which it is checked that they were written down."""
    first, second = asked_positions(view)
    return view.texts.recovery.wrote_down.format(first=first, second=second)


def unlisted_text(view: View, ref: TextRef) -> str:
    """Say which words are in no list, by their places: the row holds no typed words."""
    texts = view.texts.recovery
    return texts.words_unlisted.format(len(ref.ids), places=write_list(view.spoken, ref.ids))
