"""The text of each sentence that stands in the outbox by its name."""

from collections.abc import Callable
from typing import get_args

from handlers.context import View
from handlers.messages import ALBUM_PART
from handlers.outcome import OTHER_ANSWER, SHOWING_QUESTION
from handlers.permissions.overview import overview_lines
from handlers.reporter.markers import find_marker
from handlers.sending.blanks import filled, first_id
from handlers.sending.formatting import (
    draft_expiry,
    format_due,
    format_help_lines,
    format_month,
    format_readers,
    handover_due,
    help_paragraph,
)
from handlers.sending.held import hold_stands, is_held, no_longer_held
from handlers.sending.leaving import decided, left, not_added, paused
from handlers.sending.overview import all_pieces, bulleted, history_line, piece_text
from handlers.sending.questions import revocation_reason, which_language
from handlers.sending.recovery_secrets import (
    code_text,
    unlisted_text,
    words_text,
    wrong_words_text,
    wrote_down_text,
)
from handlers.texts.catalogue import Catalogue
from handlers.texts.names import SentenceName, sentence_name
from store.model.clock import is_week
from store.model.outbox import TextRef

Text = Callable[[Catalogue], str]
"""Takes one text from a catalogue."""

Renderer = Callable[[View, TextRef], str | None]
"""Gives the text of a sentence, or nothing if what it is about is gone."""

SHOWING_HELP: frozenset[SentenceName] = frozenset(
    {"HELLO", "HELP", "HELP_LINES", "DANGER", "GOODBYE", "ERASED", "ERASED_LATE", "NOTHING_KEPT"}
)
"""The help lines stand in these."""


def sentence_text(view: View, ref: TextRef) -> str | None:
    """Return the text of a sentence, or nothing if what it is about is gone.

    Raises ``KeyError`` for a name that no version has written.
    """
    return _RENDERERS[sentence_name(ref.sentence)](view, ref)


def _filled_by_database(everything: Text, remaining: Text) -> Renderer:
    """Make the renderer of a text that differs where the database keeps what was deleted."""

    def render(view: View, ref: TextRef) -> str:
        said = remaining if view.settings.keeps_remains else everything
        return filled(view, ref, said(view.texts))

    return render


def _of_kept_words(of_story: Text, of_answer: Text) -> Renderer:
    """Make the renderer of what is said of words that were kept: in the story, or beside it."""

    def render(view: View, ref: TextRef) -> str:
        said = of_answer if ref.step == OTHER_ANSWER else of_story
        return filled(view, ref, said(view.texts))

    return render


def _with_remains(text: Text) -> Renderer:
    """Make the renderer of a text that says what is deleted; what remains is said behind it."""
    return _filled_by_database(text, lambda texts: f"{text(texts)}\n\n{texts.leaving.remains}")


def _plain(name: SentenceName) -> Renderer:
    """Make the renderer of one text, whose blanks are settings or the references of the row."""

    def render(view: View, ref: TextRef) -> str:
        return filled(view, ref, view.spoken.plain_sentences[name])

    return render


def _privacy(view: View, ref: TextRef) -> str:
    return filled(view, ref, view.texts.worded(view.platform.wording).privacy)


def _help(view: View, ref: TextRef) -> str:
    """Say who can help first: whoever needs that must not search for it."""
    return f"{_help_lines(view, ref)}\n\n{view.texts.help.commands}"


def _help_lines(view: View, _ref: TextRef) -> str:
    return help_paragraph(view)


def _danger(view: View, _ref: TextRef) -> str:
    return f"{view.texts.help.danger}\n\n{format_help_lines(view.settings.help_lines)}"


def _beside_help(render: Renderer) -> Renderer:
    """Show the help lines below a text."""

    def beside(view: View, ref: TextRef) -> str | None:
        text = render(view, ref)
        return text and f"{text}\n\n{help_paragraph(view)}"

    return beside


def _asking_for_words(text: Text) -> Renderer:
    """Make the renderer of a request for words; a chat deletes the message that holds them."""

    def render(view: View, _ref: TextRef) -> str:
        gone, asked = view.texts.worded(view.platform.wording).gone_at_once, text(view.texts)
        return f"{asked} {gone}" if view.platform.single else asked

    return render


def _uncleaned(view: View, ref: TextRef) -> str:
    """Say how many messages stay, so that nobody relies on their being gone."""
    return filled(view, ref, view.texts.worded(view.platform.wording).uncleaned)


def _unusable(view: View, ref: TextRef) -> str | None:
    """Say what could not be taken; beside what nobody could read stand the help lines."""
    texts, kind = view.texts.refusals.unusable, first_id(ref)
    if kind == ALBUM_PART:
        return None
    text = texts.get(kind, texts[""])
    return f"{text}\n\n{_help_lines(view, ref)}" if kind == "key" else text


def _recalled_allowed(view: View, ref: TextRef) -> str:
    because = revocation_reason(view, first_id(ref))
    return view.texts.revoked_questions.recalled_allowed.format(because=because)


def _here_you_were(view: View, _ref: TextRef) -> str:
    texts = view.texts.welcome
    text = texts.here_you_were_shared if view.snapshot.outlives_draft else texts.here_you_were
    return text.format(until=draft_expiry(view))


def _while_held(text: Text) -> Renderer:
    """Say whom the bot will tell, and when; or what became of it since."""

    def render(view: View, ref: TextRef) -> str:
        held = is_held(view, ref.ids)
        return filled(view, ref, text(view.texts)) if held else no_longer_held(view, ref.ids)

    return render


def _show_all(view: View, _ref: TextRef) -> str:
    return "\n\n".join(all_pieces(view)) or view.texts.review.no_pieces


def _show_piece(view: View, ref: TextRef) -> str | None:
    pieces = enumerate(view.snapshot.pieces, 1)
    return next((piece_text(view, n, p) for n, p in pieces if p.item == first_id(ref)), None)


def _by_number(view: View, _ref: TextRef) -> str:
    texts = view.texts.refusals
    return texts.by_button if view.platform.buttons else texts.by_number


def _choose_alone(view: View, ref: TextRef) -> str:
    step = view.settings.flow_of(view.snapshot).step(ref.step)
    choice = step.choice(first_id(ref)) if step else None
    return view.texts.refusals.choose_alone.format(label=choice.text if choice else "")


def _declined(view: View, ref: TextRef) -> str:
    """Say what follows from leaving a question out."""
    texts = view.texts.telling.declined
    return texts.get(ref.step, texts[""])


def _noted(view: View, ref: TextRef) -> str | None:
    """Say what counts of several taps, as the draft has it."""
    flow, draft = view.settings.flow_of(view.snapshot), view.snapshot.draft
    answer = find_marker(draft, ref.step) if draft else None
    step = flow.step(ref.step)
    if answer is None or step is None:
        return None
    labels = [choice.text for choice in step.choices if choice.id in answer.choices]
    return view.texts.refusals.noted.format(labels="; ".join(labels)) if labels else None


def _goodbye(view: View, ref: TextRef) -> str:
    """Say what was kept, the way back, and what follows, all of which stand in the row."""
    texts = view.texts.leaving
    kept_until, way, after, *readers = ref.ids
    kept, _, until = kept_until.partition(" ")  # earlier versions did not say until when
    week = _week_in(until)
    what = {
        ("kept", "words"): texts.goodbye_words,
        ("kept", "code"): texts.goodbye_shared if readers else texts.goodbye_code,
    }.get((kept, way), texts.goodbye_handed)
    if after.startswith("held") and not is_held(view, readers):
        after = ""  # it was stopped or released since, and neither is known here
    if week and way == "words":
        what = texts.until_words_shared if readers else texts.until_words
    elif week and readers:
        what = texts.until_code
    named, follows = format_readers(view, readers), _what_follows(view, after, readers)
    if after == "now" and "{readers}" in what:
        follows = texts.next_now_them
    by_words = texts.way_words_shared if readers else texts.way_words
    way = by_words if way == "words" else texts.way_code
    after_that = texts.next_time_held if after.startswith("held") else texts.next_time
    goodbye = view.texts.worded(view.platform.wording).goodbye.format(
        what=what.format(readers=named, month=format_month(view.spoken, week) if week else ""),
        way="\n\n".join(filter(None, (follows, after_that.format(way=way)))),
        help=format_help_lines(view.settings.help_lines),
    )
    # Where the bot leaves the chat, no command would be heard any more.
    return goodbye if view.platform.leaves else f"{goodbye}\n\n{view.texts.help.ground_offer}"


def _what_follows(view: View, after: str, readers: list[str]) -> str:
    """Say who is told, and when; of some readers only those who are told later are named."""
    texts = view.texts.leaving
    if after == "now":
        return texts.next_now.format(readers=format_readers(view, readers))
    if not after:
        return ""
    _, *later = after.split()
    if not later:
        return texts.next_held.format(
            readers=format_readers(view, readers), due=handover_due(view)
        )
    count, hour = map(int, later)
    named = format_readers(view, readers[:count])
    return texts.next_held.format(readers=named, due=format_due(view, hour))


def _heard(view: View, ref: TextRef) -> str:
    """Answer what somebody said to the bot."""
    return filled(view, ref, view.texts.listening.heard[first_id(ref)])


def _permissions(view: View, _ref: TextRef) -> str:
    return view.texts.permissions.permissions.format(lines=bulleted(overview_lines(view)))


def _history(view: View, _ref: TextRef) -> str:
    opened = view.snapshot.opened
    entries = opened.history if opened else ()
    lines = "\n".join(history_line(view, entry) for entry in entries)
    return lines or view.texts.permissions.history_none


def _inbox(view: View, _ref: TextRef) -> str:
    """List what waits for a reader at the moment when this is sent."""
    texts, reader = view.texts.readers, view.reader
    if not reader.linked:
        return texts.unlinked
    lines = [
        texts.inbox_line.format(code=d.code, state=texts.old if d.fetched else texts.new)
        for d in reader.deliveries
    ]
    return texts.inbox.format(lines="\n".join(lines)) if lines else texts.empty


def _invited(view: View, ref: TextRef) -> str | None:
    """Say what to do with the file that came before this, as long as its digits can be typed."""
    return view.texts.readers.invited.format(name=first_id(ref)) if view.reader.invited else None


def _expired(view: View, _ref: TextRef) -> str | None:
    """Say that a file came too late to be sent, unless another one was made since."""
    return None if view.reader.invited else view.texts.readers.wrong


def _nothing(_view: View, _ref: TextRef) -> str | None:
    """Say nothing: the row has the chat cleaned, or left."""
    return None


def _kept_longer(view: View, ref: TextRef) -> str | None:
    week = _week_in(first_id(ref))
    texts = view.texts.case
    return texts.kept_longer.format(month=format_month(view.spoken, week)) if week else None


def _week_in(text: str) -> int:
    """Read a week from a row, 0 if there is none."""
    week = int(text) if text.isdecimal() else 0
    return week if is_week(week) else 0


_COMPOSED: dict[SentenceName, Renderer] = {
    "ASK_OPEN": _asking_for_words(lambda texts: texts.recovery.ask_open),
    "ASK_JOIN": _asking_for_words(lambda texts: texts.case.ask_join),
    "ASK_CODE_WITHDRAW": _asking_for_words(lambda texts: texts.recovery.ask_code_withdraw),
    "ASK_CODE_ERASE": _asking_for_words(lambda texts: texts.recovery.ask_code_erase),
    "ASIDE_DROPPED": _with_remains(lambda texts: texts.listening.aside_dropped),
    "BY_NUMBER": _by_number,
    "CHOOSE_ALONE": _choose_alone,
    "CODE": lambda view, _ref: code_text(view),
    "DANGER": _danger,
    "DECIDED": decided,
    "DECLINED": _declined,
    "ERASED": _beside_help(
        _filled_by_database(
            lambda texts: texts.leaving.erased, lambda texts: texts.leaving.erased_remains
        )
    ),
    "ERASED_LATE": _beside_help(
        _filled_by_database(
            lambda texts: texts.leaving.erased_late,
            lambda texts: texts.leaving.erased_late_remains,
        )
    ),
    "GOODBYE": _goodbye,
    "HANDED_HELD": _while_held(lambda texts: texts.handover.handed_held),
    "HANDED_HELD_ALSO": _while_held(lambda texts: texts.handover.handed_held_also),
    "HEARD": _heard,
    "HELP": _help,
    "HELP_LINES": _help_lines,
    "HEARD_KEPT": _of_kept_words(
        lambda texts: texts.listening.heard_kept, lambda texts: texts.listening.heard_kept_answer
    ),
    "HERE_YOU_WERE": _here_you_were,
    "HISTORY": _history,
    "HOLD_ASKS_WORDS": _asking_for_words(lambda texts: texts.handover.hold_asks_words),
    "HOLD_OVER": _nothing,
    "HOLD_STANDS": hold_stands,
    "HOLD_STOPPED_DELETED": _with_remains(lambda texts: texts.handover.hold_stopped_deleted),
    "KEPT_BEHIND": _of_kept_words(
        lambda texts: texts.telling.kept_behind, lambda texts: texts.telling.kept_behind_answer
    ),
    "KEPT_COMMAND": _of_kept_words(
        lambda texts: texts.telling.kept_command, lambda texts: texts.telling.kept_command_answer
    ),
    "KEPT_SAFE": _of_kept_words(
        lambda texts: texts.telling.kept_safe, lambda texts: texts.telling.kept_safe_answer
    ),
    "KEPT_UNKNOWN": _of_kept_words(
        lambda texts: texts.telling.kept_unknown, lambda texts: texts.telling.kept_unknown_answer
    ),
    "KEPT_LONGER": _kept_longer,
    "LEFT": left,
    "LEFT_SHARED": left,
    "LEFT_OUT": _with_remains(lambda texts: texts.review.left_out),
    "NOTED": _noted,
    "NOT_ADDED": not_added,
    "NOT_NOW_DROPPED": _with_remains(lambda texts: texts.listening.not_now_dropped),
    "NOTHING_KEPT": _beside_help(_with_remains(lambda texts: texts.leaving.nothing_kept)),
    "PAUSED": paused,
    "PERMISSIONS": _permissions,
    "PRIVACY": _privacy,
    "READER_EXPIRED": _expired,
    "READER_INBOX": _inbox,
    "READER_INVITED": _invited,
    "RECALLED_ALLOWED": _recalled_allowed,
    "SHOW_ALL": _show_all,
    "SHOW_PIECE": _show_piece,
    "STILL_STOPPED": _of_kept_words(
        lambda texts: texts.leaving.still_stopped,
        lambda texts: texts.leaving.still_stopped_answer,
    ),
    "UNCLEANED": _uncleaned,
    "UNUSABLE": _unusable,
    "WHICH_LANGUAGE": lambda view, _ref: which_language(view),
    "WITHDRAWN_ERASED": _with_remains(lambda texts: texts.handover.withdrawn_erased),
    "WORDS": lambda view, _ref: words_text(view),
    "WORDS_UNLISTED": unlisted_text,
    "WRONG_WORDS": wrong_words_text,
    "WROTE_DOWN": wrote_down_text,
}
_RENDERERS: dict[SentenceName, Renderer] = {
    name: _COMPOSED[name] if name in _COMPOSED else _plain(name)
    for name in get_args(SentenceName)
    if name not in SHOWING_QUESTION
}
