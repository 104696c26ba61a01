"""Read back the pieces that were told, and leave one of them out."""

from dataclasses import replace

from flows.folding import folded
from handlers.context import View
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter import additions
from handlers.reporter.asking_again import settle
from handlers.reporter.conversation import Conversation, conversation_of, erase_dropped, is_adding
from handlers.reporter.markers import PIECE
from handlers.reporter.questions import open_question
from handlers.reporter.typed_text import is_number
from store.model.drafts import Phase


def show_pieces(view: View, number: str) -> Outcome:
    """Show the piece of this number, or all of them where no number is given.

    Choices are asked again after all of them; a story that is being told is not interrupted.
    """
    pieces = view.snapshot.pieces
    number = folded(number)
    if not number:
        return saying(say("SHOW_ALL"), *(() if open_question(view).free else (ASK,)))
    place = int(number) if is_number(number) else 0
    if not 0 < place <= len(pieces):
        return saying(say("PIECE_MISSING", str(len(pieces))))
    item, conversation = pieces[place - 1].item, conversation_of(view)
    if conversation is None or conversation.draft.phase not in {Phase.QUESTIONS, Phase.REVIEW}:
        return saying(say("SHOW_PIECE", item), ASK)
    resumed, erased = conversation.resume()
    return resumed.with_marker(PIECE, item).save(say("SHOW_PIECE", item), ASK, changes=erased)


def choose_for_piece(conversation: Conversation, choice: str) -> Outcome:
    """Go back to the open question, or leave the piece that was shown out for good."""
    marker, resumed = conversation.marker(PIECE), conversation.without_markers(PIECE)
    if choice != "out" or marker is None:
        return resumed.save(ASK)
    if is_adding(conversation):
        return additions.leave_out(resumed, marker.choices)
    before = resumed.answers
    left = tuple(
        replace(a, items=tuple(i for i in a.items if i not in marker.choices)) for a in before
    )
    settled = settle(resumed, left)
    changes = erase_dropped(before, settled.answers)
    return settled.save(say("LEFT_OUT"), ASK, changes=changes)
