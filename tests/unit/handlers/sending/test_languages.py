"""What is sent is in one language: a later message takes the place of one of before in any."""

from dataclasses import replace

from handlers.outcome import ASK, ASK_WHEN_QUIET, say
from handlers.sending.due_messages import due_messages, waits_for_quiet
from handlers.sending.rendering import render, render_help, view_for
from store.model.accounts import Account
from store.model.outbox import OutboxMessage, TextRef
from store.model.snapshot import Snapshot
from tests.other_language import BOTH_LANGUAGES, OTHER
from tests.unit.handlers.talks import SETTING, draft, view_of

BOTH = replace(SETTING, languages=BOTH_LANGUAGES)
WHO = Account("terminal", "somebody", "somebody")


def waiting(*texts: TextRef) -> list[OutboxMessage]:
    return [OutboxMessage(bytes([n]), WHO, text, repeated=False) for n, text in enumerate(texts)]


def test_a_question_in_the_new_language_takes_the_place_of_the_old_one() -> None:
    before, after = waiting(ASK, replace(ASK, language=OTHER))
    assert due_messages([before, after], quiet=True) == ([after], [before])


def test_what_waits_for_quiet_does_so_in_every_language() -> None:
    [held] = waiting(replace(ASK_WHEN_QUIET, language=OTHER))
    assert waits_for_quiet(held)
    [asked] = waiting(replace(ASK, language=OTHER))
    assert not waits_for_quiet(asked)


def test_a_message_is_in_its_own_language_unless_something_is_open() -> None:
    nothing, talk = (view_of(Snapshot(draft=each), BOTH) for each in (None, draft()))
    said = TextRef("ACK", language=OTHER)
    assert view_for(nothing, said).language == OTHER
    assert view_for(talk, said).language == "en"
    assert view_for(nothing, replace(said, language="nl")).language == "en"
    assert view_for(nothing.in_language(OTHER), replace(said, language="")).language == OTHER


def test_readers_are_spoken_to_in_the_first_language() -> None:
    view = view_of(Snapshot(), BOTH).in_language(OTHER)
    for name in ("READER_NOTICE", "READER_UNKNOWN"):
        assert view_for(view, TextRef(name, language=OTHER)).language == "en"


def test_help_is_introduced_in_every_language_if_none_is_known() -> None:
    view, texts = view_of(Snapshot(), BOTH), BOTH_LANGUAGES[OTHER].texts.help
    plain = render(view, say("HELP_LINES"))
    known = render_help(view, "HELP_LINES", is_language_known=True)
    unknown = render_help(view, "HELP_LINES", is_language_known=False)
    danger = render_help(view, "DANGER", is_language_known=False)
    assert plain is not None
    assert unknown is not None
    assert danger is not None
    assert known == plain
    assert unknown.text == f"{texts.help_intro}\n{plain.text}"
    assert unknown.to_copy == plain.to_copy
    assert danger.text.startswith(texts.danger)
    alone = view_of(Snapshot(), SETTING)
    assert render_help(alone, "HELP_LINES", is_language_known=False) == plain
