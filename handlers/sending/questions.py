"""The text of each question: the bot's own ones, and those of the questionnaire."""

from collections.abc import Callable

import flows
from flows import Kind, Step
from handlers.buttons import command_buttons
from handlers.context import View
from handlers.messages import Reply
from handlers.outcome import LookupPurpose
from handlers.permissions.act import describe_acts
from handlers.permissions.added import standing_readers
from handlers.permissions.contact import describe_contact_to
from handlers.permissions.overview import overview_lines
from handlers.permissions.report import has_content
from handlers.permissions.routing import consent_of
from handlers.permissions.sharing import sharing_change
from handlers.reporter.conversation import conversation_of, is_adding
from handlers.reporter.markers import (
    ASIDE,
    BACK,
    CASE,
    CLEAN,
    CODE,
    ERASE,
    ERASING,
    FOUND,
    KIND,
    LANGUAGE,
    OVERVIEW,
    PIECE,
    RECALLED,
    REVIEW,
    SAFE,
    SHARE_ADDED,
    STOP,
    WORD_CHECK,
    added_items,
    find_marker,
    flow_answers,
)
from handlers.reporter.numbering import used_before
from handlers.reporter.questions import (
    Question,
    cleaning_choice,
    open_question,
    question_of_hello,
)
from handlers.reporter.standing import Standing, standing_of, was_shared
from handlers.sending.cleaning import cleared_before_question
from handlers.sending.formatting import (
    format_readers,
    help_paragraph,
    how_to_end_answer,
    kept_until_month,
)
from handlers.sending.overview import bulleted, chosen_lines, handover_lines, piece_line
from handlers.sending.phone_numbers import help_numbers
from handlers.sending.recovery_secrets import (
    after_code_text,
    asked_positions,
    code_text,
    words_text,
)
from store.model.drafts import ADDED

SHOWING_HELP = frozenset({STOP, ERASE})
"""The help lines stand in these questions."""

SECRETS = frozenset({CODE, WORD_CHECK})
"""Questions with which a secret is shown: it must be copied before it goes."""


def render_question(view: View) -> Reply:
    """Render the question that is open."""
    return render_open_question(view, open_question(view))


def render_open_question(view: View, question: Question) -> Reply:
    """Render the question that is open, which was found before."""
    own_text = _OWN_QUESTIONS.get(question.id)
    text = own_text(view) if own_text else _step_text(view, question)
    if _has_first_numbers(view, question):
        text = f"{text}\n\n{view.texts.telling.own_numbers}"
    return Reply(
        text,
        question.id,
        question.offers,
        question.several,
        _footer(view, question),
        clear=cleared_before_question(view),
        copyable=question.id in SECRETS,
        lasting=question.id in SECRETS,
        traced=cleaning_choice(view) != "self",
        commands=command_buttons(view.texts, question),
        to_copy=help_numbers(view) if question.id in SHOWING_HELP else (),
    )


def _has_first_numbers(view: View, question: Question) -> bool:
    """Tell whether this is the first question of a conversation with numbers of its own.

    The hello, which has such beside words that wait, is long enough without: the question about
    those words comes next.
    """
    conversation = conversation_of(view)
    if not question.bound or conversation is None or question.id == SAFE:
        return False
    used = used_before(conversation, question.id)
    at_hello = len(question_of_hello(view).offers)
    return not used or (question.id == ASIDE and used == at_hello)


def render_reopened_question(view: View) -> Reply:
    """Say that more can be added to the story, without asking for it from the start."""
    question = open_question(view)
    return Reply(
        _add_more(view),
        question.id,
        footer=_footer(view, question),
        clear=cleared_before_question(view),
        copyable=False,
        traced=cleaning_choice(view) != "self",
        commands=command_buttons(view.texts, question),
    )


def _footer(view: View, question: Question) -> str:
    if question.id == SAFE:
        return view.texts.footers.hello
    if question.step is None:
        return view.texts.footers.frame
    if not question.free:
        return view.texts.footers.choice
    return view.texts.footers.text if question.step.many else view.texts.footers.single


def _step_text(view: View, question: Question) -> str:
    """Join what belongs to a step of the questionnaire: notes, limits, its text, its hint."""
    step, texts = question.step, view.texts.telling
    if step is None:
        return ""
    draft = view.snapshot.draft
    answers = flow_answers(draft) if draft else ()
    paragraphs = [
        note.text
        for note in flows.notes_before(view.settings.flow_of(view.snapshot), answers, step)
    ]
    begins = step is view.settings.flow_of(view.snapshot).story and not _has_pieces(answers, step)
    if begins:
        paragraphs.append(texts.draft_life.format(view.settings.draft_days))
    paragraphs.append(step.text)
    if step.hint:
        paragraphs.append(step.hint)
    if question.several:
        buttons = view.platform.buttons
        paragraphs.append(texts.several_buttons if buttons else texts.several)
    if begins:
        paragraphs.append(texts.text_only)
    if step.many:
        ended = texts.finish.format(done=how_to_end_answer(view))
        paragraphs.append(_add_more(view) if _has_pieces(answers, step) else ended)
    return "\n\n".join(paragraphs)


def _has_pieces(answers: flows.Answers, step: Step) -> bool:
    return any(a.step == step.id and a.items for a in answers)


def _add_more(view: View) -> str:
    return view.texts.telling.add_more.format(done=how_to_end_answer(view))


def _safe(view: View) -> str:
    return view.texts.welcome.safe


def _kind(view: View) -> str:
    return view.texts.welcome.kind


def _recalled(view: View) -> str:
    draft = view.snapshot.draft
    because = revocation_reason(view, draft.revision if draft else "")
    return view.texts.revoked_questions.recalled.format(because=because)


def revocation_reason(view: View, revision: str) -> str:
    """Return why a revision was revoked, in its maintainers' words (their length was checked)."""
    return view.settings.recalled.get(revision) or view.texts.revoked_questions.unsaid


def which_language(view: View) -> str:
    """Ask for the language in each of them."""
    spoken = (each.texts for each in view.settings.languages.values())
    return "\n".join(texts.language.ask for texts in spoken)


def _clean(view: View) -> str:
    if view.platform.single:
        return view.texts.worded(view.platform.wording).clean_chat
    return view.texts.telling.clean


def _stop(view: View) -> str:
    texts = view.texts.leaving
    stopped = {
        Standing.SHARED: texts.stopped_shared,
        Standing.KEPT: texts.stopped_kept,
    }.get(standing_of(view.snapshot), texts.stopped)
    return f"{stopped}\n\n{help_paragraph(view)}"


def _erase(view: View) -> str:
    texts, draft = view.texts.leaving, view.snapshot.draft
    marker = find_marker(draft, ERASE) if draft is not None else None
    asked_by = marker.choices[0] if marker and marker.choices else ""
    if asked_by == "unsure":
        asked = texts.erase_first.format(view.settings.draft_days)
    elif asked_by in {*LookupPurpose}:
        asked = texts.erase_for_room
    else:
        asked = f"{texts.erase} {texts.erase_shared}" if view.snapshot.shared else texts.erase
    return f"{asked}\n\n{help_paragraph(view)}"


def _erasing(view: View) -> str:
    """Ask whether a whole story is to go, and say what of it stays elsewhere."""
    texts, asked, opened = view.texts.leaving, view.snapshot.asked, view.snapshot.opened
    if asked is not None and asked.statements:
        return texts.erase_held
    is_own = asked is not None and asked.is_of_opened and opened is not None
    return texts.erase_unshared if is_own and not was_shared(opened) else texts.erase_case


def _found(view: View) -> str:
    return view.texts.recovery.code_unasked


def _overview(view: View) -> str:
    return view.texts.permissions.overview.format(lines=bulleted(overview_lines(view)))


def _review(view: View) -> str:
    conversation = conversation_of(view)
    if conversation is not None and is_adding(conversation):
        return _review_added(view, added_items(conversation.draft))
    texts = view.texts.review
    step = next(s for s in view.settings.flow_of(view.snapshot).steps if s.kind is Kind.REVIEW)
    lines = [piece_line(view, n, piece) for n, piece in enumerate(view.snapshot.pieces, 1)]
    chosen = chosen_lines(view, texts.choice_line, "; ")
    paragraphs = [step.text]
    if lines or not chosen:
        paragraphs.append(
            texts.pieces.format(lines="\n".join(lines)) if lines else texts.no_pieces
        )
    if chosen:
        paragraphs.append(texts.chosen.format(lines="\n".join(chosen)))
    consent, conversation = consent_of(view), conversation_of(view)
    if conversation is not None and consent.readers and not has_content(conversation, consent):
        readers = format_readers(view, consent.readers)
        return "\n\n".join([*paragraphs, texts.nothing_to_read.format(readers=readers)])
    return "\n\n".join([*paragraphs, *_limits_of_sharing(view)])


def _limits_of_sharing(view: View) -> list[str]:
    """Say what changes for whom, what sharing cannot undo, who must pass some things on."""
    conversation = conversation_of(view)
    if conversation is None:
        return []
    consent, texts = consent_of(view), view.texts.review
    change = sharing_change(conversation, consent)
    said = [
        template.format(readers=consent.names(readers))
        for template, readers in (
            (view.texts.case.unchanged_for, change.unchanged),
            (view.texts.case.ends_for, change.ended),
            (view.texts.case.instead_for, change.renewed),
            (view.texts.case.given_to, change.added),
        )
        if readers
    ]
    if not change.given:
        return said
    duties = [
        texts.duty.format(reader=r.name)
        for r in view.snapshot.readers
        if r.id in change.given and r.must_pass_on
    ]
    if consent.contact:
        said.append(describe_contact_to(consent, change.given))
    return [*said, texts.sharing.format(view.settings.hold_hours), *duties]


def _review_added(view: View, added: tuple[str, ...]) -> str:
    """Show what was added, and nothing else, before it is shared."""
    consent = consent_of(view)
    numbered = enumerate(view.snapshot.pieces, 1)
    lines = [piece_line(view, n, piece) for n, piece in numbered if piece.item in added]
    said = view.texts.case.review_added.format(
        readers=consent.names(consent.readers), lines="\n".join(lines), acts=describe_acts(consent)
    )
    return "\n\n".join([said, *_limits_of_sharing(view)])


def _piece(view: View) -> str:
    return view.texts.review.piece_ask


def _about_asides(view: View) -> str:
    conversation, texts = conversation_of(view), view.texts.listening
    count = len(conversation.asides) if conversation else 1
    return texts.aside_ask if count == 1 else texts.aside_ask_several.format(count)


def _code(view: View) -> str:
    return "\n\n".join(filter(None, (code_text(view), after_code_text(view))))


def _way_back(view: View) -> str:
    texts, several = view.texts.recovery, len(open_question(view).offers) > 1
    return texts.way_back if several else texts.only_words


def _asked_words(view: View) -> str:
    first, second = asked_positions(view)
    asked = view.texts.recovery.ask_words.format(first=first, second=second)
    return "\n\n".join(filter(None, (words_text(view), asked)))


def _case(view: View) -> str:
    texts = view.texts.case
    opened = view.snapshot.opened
    shares = opened.shares if opened else ()
    lines = [texts.kept, *handover_lines(view, shares)]
    if not shares:
        lines.append(texts.unshared if was_shared(opened) else texts.never_shared)
    if view.snapshot.until:
        lines.append(kept_until_month(view, view.snapshot.until))
    return texts.case.format(lines="\n".join(lines))


def _add(view: View) -> str:
    return view.texts.case.add.format(done=how_to_end_answer(view))


def _share_added(view: View) -> str:
    readers = format_readers(view, standing_readers(view.snapshot))
    return view.texts.case.share_added.format(readers=readers)


_OWN_QUESTIONS: dict[str, Callable[[View], str]] = {
    SAFE: _safe,
    KIND: _kind,
    LANGUAGE: which_language,
    RECALLED: _recalled,
    CLEAN: _clean,
    STOP: _stop,
    ERASE: _erase,
    ERASING: _erasing,
    FOUND: _found,
    OVERVIEW: _overview,
    REVIEW: _review,
    PIECE: _piece,
    ASIDE: _about_asides,
    CODE: _code,
    BACK: _way_back,
    WORD_CHECK: _asked_words,
    CASE: _case,
    ADDED: _add,
    SHARE_ADDED: _share_added,
}
