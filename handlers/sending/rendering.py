"""From a sentence by name to a message: rendered when it is sent, from what is open then.

If what a sentence needs is gone by then, nothing is sent in its place.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import flows
from flows import Kind
from handlers.buttons import command_buttons
from handlers.context import HelpLine, View
from handlers.messages import ChatClearing, Offer, Reply
from handlers.permissions import report
from handlers.permissions.overview import overview_lines
from handlers.permissions.routing import consent_of
from handlers.reporter.markers import (
    BACK,
    CASE,
    CLEAN,
    CODE,
    ERASE,
    KIND,
    OVERVIEW,
    PIECE,
    RECALLED,
    REVIEW,
    SAFE,
    STOP,
    WORD_CHECK,
    find_marker,
    flow_answers,
)
from handlers.reporter.questions import Question, cleaning_choice, open_question
from handlers.texts import english as words
from handlers.texts.reader_names import list_names
from store.model.drafts import Phase, Piece
from store.model.outbox import TextRef
from store.model.permissions import DeliveryStage, StandingHandover
from store.model.readers import Reader

HOUR_SECONDS = 3600
LEAVING = frozenset(
    {"GOODBYE", "ERASED", "NOTHING_KEPT", "CLOSED", "PAUSED", "LEFT", "LEFT_SHARED"}
)
ENDING = LEAVING - {"PAUSED", "LEFT", "LEFT_SHARED"}
"""After these nothing is open."""
READ_BACK = frozenset({"SHOW_ALL", "SHOW_PIECE"})
"""What was told: a platform may keep it from being passed on."""
LASTING = frozenset({"CODE", "WORDS", "HELP", "HELP_LINES", "PRIVACY"})
"""What must be copied before it goes, or was asked for so as to be read in peace."""
SEALED = frozenset(
    {"ACK", "EDITED", "KEPT_COMMAND", "KEPT_UNKNOWN", "KEPT_SAFE", "CHARACTERS_LEFT_OUT"}
)
"""What is said when words were sealed: *as I go*, those words go now, and with them the question;
so these carry its buttons. Before anything else that is said, the question is still open."""


def render(view: View, say: TextRef) -> Reply | None:
    """One message, or nothing if what it was about is gone."""
    if say.sentence == "ASK":
        return ask(view)
    if say.sentence == "ADD_MORE":
        return _resumed(view)
    special = _SENTENCES.get(say.sentence)
    text = special(view, say) if special else _plain(view, say)
    if text is None:
        return None
    leaves = view.platform.leaves and say.sentence in ENDING
    return Reply(
        f"{text}\n\n{words.ROOM_LEFT}" if leaves else text,
        clear=_clears(view, say),
        silent=say.sentence == "UNCLEANED",
        copyable=say.sentence not in READ_BACK,
        lasting=say.sentence in LASTING,
        told=say.sentence in READ_BACK,
        for_reader=say.sentence.startswith("READER_"),
        traced=_how(view, say) != "self" and not say.sentence.startswith("READER_"),
        commands=_commands(view) if say.sentence in SEALED else (),
    )


def _commands(view: View) -> tuple[Offer, ...]:
    question = open_question(view)
    return command_buttons(question) if question.free else ()


def _resumed(view: View) -> Reply:
    """The story is open again, as it was, without asking for it from the start."""
    question = open_question(view)
    return Reply(
        words.ADD_MORE,
        question.id,
        footer=_footer(question),
        clear=_clears_before(view),
        copyable=False,
        traced=cleaning_choice(view) != "self",
        commands=command_buttons(question),
    )


def _how(view: View, say: TextRef) -> str:
    """How the chat is to be cleaned, also when its talk has just ended: then the row says it."""
    return cleaning_choice(view) or (say.step if say.sentence in LEAVING else "")


def _clears(view: View, say: TextRef) -> ChatClearing:
    """On leaving, the screen is cleared for everybody who did not choose to do it themselves."""
    how = _how(view, say)
    if how == "go" and say.sentence in (SEALED if view.platform.single else {"ACK"}):
        return ChatClearing.PASSED
    return ChatClearing.ALL if how != "self" and say.sentence in LEAVING else ChatClearing.NOTHING


def _plain(view: View, say: TextRef) -> str:
    """A sentence whose blanks are the organisation's numbers or references of the row."""
    template = sentence(view, say.sentence)
    settings = view.settings
    return template.format(
        organisation=settings.organisation,
        reads_along=view.platform.reads_along,
        keeps=view.platform.keeps,
        days=settings.draft_days,
        hours=settings.hold_hours,
        limit=_first(say),
        count=_first(say),
        code=_first(say),
        word=_first(say),
        readers=names(view, say.ids),
        until=_until(view),
        due=_due(view),
    )


def sentence(view: View, name: str) -> str:
    """A sentence by its name; some platforms have one of their own."""
    return view.platform.own_words.get(name) or str(getattr(words, name))


def _first(say: TextRef) -> str:
    return say.ids[0] if say.ids else ""


def _until(view: View) -> str:
    draft = view.snapshot.draft
    return moment(draft.expires) if draft else ""


def _due(view: View) -> str:
    held = view.snapshot.held
    return moment(held.due) if held else ""


def moment(hour: int) -> str:
    """An hour since 1970 as a date with its time, for people."""
    time = datetime.fromtimestamp(hour * HOUR_SECONDS, tz=UTC)
    return f"{time:%A} {time.day} {time:%B}, {time:%H:%M} UTC"


def names(view: View, readers: Iterable[str]) -> str:
    """Readers by the names of the roster: *Oak*, *Oak and Ash*, *Oak, Ash and Rowan*."""
    return list_names(view.snapshot.readers, readers)


# Questions


def ask(view: View) -> Reply | None:
    """Whatever question is open."""
    question = open_question(view)
    own = _QUESTIONS.get(question.id)
    text = own(view) if own else _of_step(view, question)
    return Reply(
        text,
        question.id,
        question.offers,
        question.several,
        _footer(question),
        clear=_clears_before(view),
        copyable=question.id == CODE,
        traced=cleaning_choice(view) != "self",
        commands=command_buttons(question),
    )


def _clears_before(view: View) -> ChatClearing:
    """*As I go*: what was answered disappears when the next question comes.

    A screen that can only be cleared whole keeps what must be copied first.
    """
    draft = view.snapshot.draft
    shown = draft is not None and draft.phase in {Phase.BACK, Phase.WORDS}
    if draft is None or cleaning_choice(view) != "go" or (shown and not view.platform.single):
        return ChatClearing.NOTHING
    return ChatClearing.PASSED


def _footer(question: Question) -> str:
    if question.id == SAFE:
        return words.FOOTER_HELLO
    if question.step is None:
        return words.FOOTER_FRAME
    if not question.free:
        return words.FOOTER_CHOICE
    return words.FOOTER_TEXT if question.step.many else words.FOOTER_SINGLE


def _of_step(view: View, question: Question) -> str:
    step = question.step
    if step is None:
        return ""
    draft = view.snapshot.draft
    answers = flow_answers(draft) if draft else ()
    notes = [
        n.text for n in flows.notes_before(view.settings.flow_of(view.snapshot), answers, step)
    ]
    only_text = [words.TEXT_ONLY] if step.kind is Kind.TEXT and step.many else []
    told = any(a.step == step.id and a.items for a in answers)
    more = [words.ADD_MORE] if told and step.many else []
    hint = [step.hint] if step.hint else []
    several = [_several(view)] if question.several else []
    return "\n\n".join([*notes, *only_text, step.text, *hint, *several, *more])


def _several(view: View) -> str:
    return words.SEVERAL_BUTTONS if view.platform.buttons else words.SEVERAL


def _safe(view: View) -> str:
    asked = words.SAFE_SEVERAL if view.settings.more else words.SAFE
    return asked.format(days=view.settings.draft_days)


def _kind(_view: View) -> str:
    return words.KIND


def _recalled(view: View) -> str:
    draft = view.snapshot.draft
    return words.RECALLED.format(because=_because(view, draft.revision if draft else ""))


def _because(view: View, revision: str) -> str:
    """In the maintainers' words, which are as long as they were checked to be."""
    return view.settings.recalled.get(revision) or words.UNSAID


def _clean(view: View) -> str:
    return sentence(view, "CLEAN_CHAT") if view.platform.single else words.CLEAN


def _stop(view: View) -> str:
    return words.STOPPED_SHARED if view.snapshot.shared else words.STOPPED


def _erase(view: View) -> str:
    return f"{words.ERASE} {words.ERASE_SHARED}" if view.snapshot.shared else words.ERASE


def _overview(view: View) -> str:
    return words.OVERVIEW.format(lines="\n".join(f"– {line}" for line in overview_lines(view)))


def _review(view: View) -> str:
    step = next(s for s in view.settings.flow_of(view.snapshot).steps if s.kind is Kind.REVIEW)
    lines = [_piece_line(view, n, p) for n, p in enumerate(view.snapshot.pieces, 1)]
    index = words.PIECES.format(lines="\n".join(lines)) if lines else words.NO_PIECES
    sharing = words.SHARING.format(hours=view.settings.hold_hours)
    duty = [words.DUTY.format(reader=r.name) for r in _duty_bound(view)]
    return "\n\n".join(
        [step.text, index, *([sharing, *duty] if consent_of(view).allowed.read else [])]
    )


def _duty_bound(view: View) -> list[Reader]:
    named = consent_of(view).allowed.read
    return [r for r in view.snapshot.readers if r.id in named and r.must_pass_on]


def _piece_line(view: View, number: int, piece: Piece) -> str:
    part = report.part_name(view.settings.flow_of(view.snapshot), piece.step)
    return words.PIECE_LINE.format(
        number=number, part=part, count=len(piece.text), week=report.week_name(piece.week)
    )


def _piece(_view: View) -> str:
    return words.PIECE_ASK


def _code(_view: View) -> str:
    return words.HAVE_CODE


def _back(_view: View) -> str:
    return words.WAY_BACK


def _asked(view: View) -> str:
    draft = view.snapshot.draft
    mark = find_marker(draft, WORD_CHECK) if draft else None
    first, second = mark.choices if mark else ("", "")
    return words.ASK_WORDS.format(first=first, second=second)


def _case(view: View) -> str:
    opened = view.snapshot.opened
    shares = opened.shares if opened else ()
    lines = [words.CASE_KEPT, *(share_line(view, s) for s in shares)]
    if not shares:
        lines.append(words.CASE_UNSHARED)
    return words.CASE.format(lines="\n".join(lines))


def share_line(view: View, share: StandingHandover) -> str:
    """How far a hand-over is, for its reporter."""
    template = {
        DeliveryStage.HELD: words.CASE_SHARE_HELD,
        DeliveryStage.RELEASED: words.CASE_SHARE_RELEASED,
        DeliveryStage.FETCHED: words.CASE_SHARE_FETCHED,
    }[share.stage]
    return template.format(readers=names(view, share.readers), due=moment(share.due))


_QUESTIONS: dict[str, Callable[[View], str]] = {
    SAFE: _safe,
    KIND: _kind,
    RECALLED: _recalled,
    CLEAN: _clean,
    STOP: _stop,
    ERASE: _erase,
    OVERVIEW: _overview,
    REVIEW: _review,
    PIECE: _piece,
    CODE: _code,
    BACK: _back,
    WORD_CHECK: _asked,
    CASE: _case,
}


# Sentences that need more than numbers


def help_lines(lines: Iterable[HelpLine]) -> str:
    """Whom one can talk to, a line each."""
    return "\n".join(f"– {line.name}: {line.contact} ({line.hours})" for line in lines)


def _help(view: View, _say: TextRef) -> str:
    return f"{words.COMMANDS}\n\n{_help_lines(view, _say)}"


def _help_lines(view: View, _say: TextRef) -> str:
    return f"{words.HELP_INTRO}\n\n{help_lines(view.settings.help_lines)}"


def _asked_for_words(view: View, say: TextRef) -> str:
    """Words that open or take back: a chat does not keep the message they come in."""
    text = str(getattr(words, say.sentence))
    return f"{text} {sentence(view, 'GONE_AT_ONCE')}" if view.platform.single else text


def _uncleaned(view: View, say: TextRef) -> str:
    """Some messages stay, and nobody should rely on them to be gone."""
    count = _first(say)
    name = "UNCLEANED_ONE" if count == "1" else "UNCLEANED"
    return sentence(view, name).format(count=count)


def _unusable(_view: View, say: TextRef) -> str:
    return words.UNUSABLE.get(_first(say), words.UNUSABLE[""])


def _recalled_allowed(view: View, say: TextRef) -> str:
    return words.RECALLED_ALLOWED.format(because=_because(view, _first(say)))


def _paused(view: View, _say: TextRef) -> str | None:
    text = words.PAUSED_SHARED if view.snapshot.shared else words.PAUSED
    return text.format(until=_until(view)) if view.snapshot.draft else None


def _show_all(view: View, _say: TextRef) -> str:
    pieces = view.snapshot.pieces
    shown = [_piece_text(view, n, p) for n, p in enumerate(pieces, 1)]
    return "\n\n".join(shown) or words.NO_PIECES


def _show_piece(view: View, say: TextRef) -> str | None:
    numbered = enumerate(view.snapshot.pieces, 1)
    return next((_piece_text(view, n, p) for n, p in numbered if p.item == _first(say)), None)


def _piece_text(view: View, number: int, piece: Piece) -> str:
    return f"{_piece_line(view, number, piece)}\n\n{piece.text}"


def _code_shown(view: View, _say: TextRef) -> str | None:
    code = view.snapshot.code_words
    return words.CODE.format(code=" ".join(code)) if code else None


def _words_shown(view: View, _say: TextRef) -> str | None:
    if not view.snapshot.words or view.snapshot.draft is None:
        return None
    rows = [f"{n:>4}  {word}" for n, word in enumerate(view.snapshot.words, 1)]
    end = words.WORDS_END_SHARED if view.snapshot.shared else words.WORDS_END
    return words.WORDS.format(words="\n".join(rows), end=end.format(until=_until(view)))


def _wrong_words(view: View, _say: TextRef) -> str:
    draft = view.snapshot.draft
    mark = find_marker(draft, WORD_CHECK) if draft else None
    first, second = mark.choices if mark else ("", "")
    return words.WRONG_WORDS.format(first=first, second=second)


def _choose_alone(view: View, say: TextRef) -> str:
    step = view.settings.flow_of(view.snapshot).step(say.step)
    choice = step.choice(_first(say)) if step else None
    label = choice.text if choice else ""
    return words.CHOOSE_ALONE.format(label=label)


def _goodbye(view: View, say: TextRef) -> str:
    kept, way, after, *readers = say.ids
    what = {
        ("kept", "words"): words.GOODBYE_WORDS,
        ("kept", "code"): words.GOODBYE_SHARED if readers else words.GOODBYE_CODE,
    }.get((kept, way), words.GOODBYE_HANDED)
    follows = {"held": words.NEXT_HELD, "now": words.NEXT_NOW, "": ""}[after]
    named = names(view, readers)
    return sentence(view, "GOODBYE").format(
        what=what.format(readers=named),
        way=words.WAY_WORDS if way == "words" else words.WAY_CODE,
        next=follows.format(readers=named, due=_due(view)),
        help=help_lines(view.settings.help_lines),
    )


def _permissions(view: View, _say: TextRef) -> str:
    lines = "\n".join(f"– {line}" for line in overview_lines(view))
    return words.PERMISSIONS.format(lines=lines)


def _history(view: View, _say: TextRef) -> str:
    opened = view.snapshot.opened
    lines = [
        words.HISTORY_LINE.format(
            number=g.number,
            what=words.HISTORY_KEEP
            if g.scope == "keep"
            else words.HISTORY_READ.format(readers=names(view, g.readers)),
            state=words.HISTORY_REVOKED if g.revoked else "",
        )
        for g in (opened.history if opened else ())
    ]
    return "\n".join(lines) or words.HISTORY_NONE


_SENTENCES: dict[str, Callable[[View, TextRef], str | None]] = {
    "HELP": _help,
    "HELP_LINES": _help_lines,
    "UNUSABLE": _unusable,
    "UNCLEANED": _uncleaned,
    "ASK_OPEN": _asked_for_words,
    "ASK_CODE_WITHDRAW": _asked_for_words,
    "ASK_CODE_ERASE": _asked_for_words,
    "PAUSED": _paused,
    "RECALLED_ALLOWED": _recalled_allowed,
    "SHOW_ALL": _show_all,
    "SHOW_PIECE": _show_piece,
    "CODE": _code_shown,
    "WORDS": _words_shown,
    "WRONG_WORDS": _wrong_words,
    "CHOOSE_ALONE": _choose_alone,
    "GOODBYE": _goodbye,
    "PERMISSIONS": _permissions,
    "HISTORY": _history,
}
