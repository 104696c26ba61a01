"""Messages made from the names in the outbox, when they are sent, from what is open then."""

from dataclasses import replace

from handlers.buttons import command_buttons
from handlers.context import View, open_languages
from handlers.messages import Offer, Reply
from handlers.reporter.holding import hold_offer
from handlers.reporter.markers import SAFE
from handlers.reporter.questions import open_question
from handlers.sending.cleaning import (
    LASTING,
    READ_BACK,
    SEALED,
    cleaning_choice_of,
    cleared_before_sentence,
    ends_chat,
)
from handlers.sending.held import hold_beneath
from handlers.sending.phone_numbers import help_numbers
from handlers.sending.questions import render_question, render_reopened_question
from handlers.sending.sentences import SHOWING_HELP, sentence_text
from handlers.texts.names import SENTENCE_NAMES, SentenceName
from store.model.outbox import TextRef

NOTICES: frozenset[SentenceName] = frozenset({"READER_DESTROY", "READER_NOTICE"})
"""These come to readers unasked."""

ANSWERS: frozenset[SentenceName] = frozenset(
    name for name in SENTENCE_NAMES.values() if name.startswith("READER_") and name not in NOTICES
)
"""These answer a reader's command. They are not deleted from the reader's chat."""


def render(view: View, ref: TextRef) -> Reply | None:
    """Render one message, or nothing if what it is about is gone."""
    return _render(view_for(view, ref), ref)


def view_for(view: View, ref: TextRef) -> View:
    """Return the view in the language of a message.

    Readers are spoken to in the first one. What is open has one language, also for a message that
    was written before it was chosen: no question is asked in two. Everything else is said in the
    language in which it was written.
    """
    if ref.sentence in {*NOTICES, *ANSWERS}:
        return view.in_language(view.settings.first_language)
    tags = (*open_languages(view.snapshot), ref.language or view.language)
    spoken = (tag for tag in tags if tag in view.settings.languages)
    return view.in_language(next(spoken, view.settings.first_language))


def render_help(view: View, sentence: SentenceName, *, is_language_known: bool) -> Reply | None:
    """Render help lines; above them, they are introduced in every language if none is known."""
    reply = render(view, TextRef(sentence, language=view.language))
    if reply is None or is_language_known:
        return reply
    others = (each for tag, each in view.settings.languages.items() if tag != view.language)
    spoken = (each.texts.help for each in others)
    intros = [t.danger if sentence == "DANGER" else t.help_intro for t in spoken]
    return replace(reply, text="\n".join([*intros, reply.text]))


def _render(view: View, ref: TextRef) -> Reply | None:
    match ref.sentence:
        case "ASK":
            return render_question(view)
        case "HELLO":
            return _hello(view, ref)
        case "ADD_MORE":
            return render_reopened_question(view)
        case _:
            text = sentence_text(view, ref)
            if text is None:
                return None
            return Reply(text) if ref.sentence in ANSWERS else _with_marks(view, ref, text)


def _hello(view: View, ref: TextRef) -> Reply:
    """Render the welcome together with its question, unless a talk was begun since."""
    text = sentence_text(view, ref) or ""
    if open_question(view).id != SAFE:
        return _with_marks(view, ref, text)
    asked, numbers = render_question(view), help_numbers(view)
    return replace(asked, text=f"{text}\n\n{asked.text}", to_copy=numbers, copyable=True)


def _with_marks(view: View, ref: TextRef, text: str) -> Reply:
    for_reader, hold = ref.sentence in NOTICES, hold_beneath(view, ref)
    return Reply(
        f"{text}\n\n{_about_leaving(view)}" if _leaves(view, ref) else text,
        offers=(hold_offer(view.texts, hold),) if hold else (),
        hold=hold.id if hold else "",
        clear=cleared_before_sentence(view, ref),
        silent=ref.sentence == "UNCLEANED",
        copyable=ref.sentence not in READ_BACK,
        lasting=ref.sentence in LASTING,
        told=ref.sentence in READ_BACK,
        for_reader=for_reader,
        traced=cleaning_choice_of(view, ref) != "self" and not for_reader,
        commands=_commands(view) if ref.sentence in {*SEALED, "UNUSABLE"} else (),
        to_copy=help_numbers(view) if ref.sentence in SHOWING_HELP else (),
    )


def _leaves(view: View, ref: TextRef) -> bool:
    return view.platform.leaves and ends_chat(view, ref.sentence)


def _about_leaving(view: View) -> str:
    return view.texts.matrix.stays if view.snapshot.holds else view.texts.matrix.left


def _commands(view: View) -> tuple[Offer, ...]:
    """Return the buttons of an open question for free text, which goes with the sealed message.

    What could not be taken can be said in place of what was sealed right before.
    """
    question = open_question(view)
    return command_buttons(view.texts, question) if question.free else ()
