"""The secrets of a story as they are shown, one at a time: the twelve words, and the code."""

from handlers.context import View
from handlers.reporter.markers import REOPENED, find_marker
from handlers.reporter.questions import cleaning_choice
from handlers.sending.formatting import draft_expiry
from handlers.texts.english import ENGLISH


def words_text(view: View) -> str | None:
    """Show the twelve words, and say when they go and what becomes of the story without them."""
    texts, snapshot = ENGLISH.recovery, view.snapshot
    if not snapshot.words or snapshot.draft is None:
        return None
    rows = [f"{n:>4}  {word}" for n, word in enumerate(snapshot.words, 1)]
    end = texts.words_end_kept if snapshot.outlives_draft else texts.words_end
    goes = cleaning_choice(view) == "go"
    return texts.words.format(
        words="\n".join(rows),
        gone=texts.words_disappear if goes else texts.words_once,
        end=end.format(until=draft_expiry(view)),
    )


def code_text(view: View) -> str | None:
    """Show the take-back code, and say what it can do."""
    code, draft, texts = view.snapshot.code_words, view.snapshot.draft, ENGLISH.recovery
    if not code:
        return None
    shown = texts.code.format(code=" ".join(code))
    came_back = draft is not None and find_marker(draft, REOPENED) is not None
    return f"{shown} {texts.code_anew}" if came_back else shown


def after_code_text(view: View) -> str:
    """Ask to write the code down, and say that it goes with the next answer."""
    texts = ENGLISH.recovery
    goes = cleaning_choice(view) in {"go", "end"}
    return texts.have_code.format(gone=texts.code_disappears if goes else texts.code_once)
