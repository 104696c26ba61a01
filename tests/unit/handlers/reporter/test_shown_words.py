"""What the chat shows of a message is sealed; only a person's own words act or choose."""

import pytest

from handlers.messages import TextMessage
from handlers.outcome import LookupPurpose, Outcome
from handlers.reporter.decide import decide
from store.model.snapshot import Snapshot
from tests.unit.handlers.reporter.places import begin_story
from tests.unit.handlers.reporter.test_decide import EVERY_QUESTION, talk_at
from tests.unit.handlers.reporter.what_followed import asides_of
from tests.unit.handlers.talks import SETTING, view_of

MARK = "[Forwarded from Jonas]\n"


def names(outcome: Outcome) -> list[str]:
    return [s.sentence for s in (*outcome.direct, *outcome.says)]


def forwarded(text: str) -> TextMessage:
    return TextMessage(text, MARK + text, forwarded=True)


def test_what_is_shown_is_what_is_sealed() -> None:
    talk = begin_story()
    talk.hear(TextMessage("he wrote this", "> be nice to me\nhe wrote this"))
    talk.hear(forwarded("come to my office"))
    assert talk.told == ["> be nice to me\nhe wrote this", f"{MARK}come to my office"]


def test_a_quotation_does_not_hide_a_choice_or_a_command() -> None:
    talk = talk_at("fate")
    talk.hear(TextMessage("1", "> What would you like to do with your story?\n1"))
    assert talk.question == "bot.overview"
    talk.hear(TextMessage("/stop", "> anything\n/stop"))
    assert talk.question == "bot.stop"


def test_a_bare_stop_with_a_quotation_halts() -> None:
    talk = begin_story()
    talk.hear(TextMessage("stop", "> are you sure?\nstop"))
    assert talk.question == "bot.stop"
    talk.press("story")
    assert talk.told == ["> are you sure?\nstop"]


@pytest.mark.parametrize("question", EVERY_QUESTION[1:])
@pytest.mark.parametrize("text", ["1", "yes", "Yes, that is right", "Oak", "stop", "/done"])
def test_somebody_elses_words_never_choose_and_never_act(question: str, text: str) -> None:
    talk = talk_at(question)
    told, handed = talk.told, list(talk.handed)
    outcome = talk.hear(forwarded(text))
    assert talk.handed == handed
    if talk.told != told:
        assert talk.told == [*told, MARK + text]
    else:
        assert talk.question in {question, "bot.aside"}
        kept = [talk.texts[item][1] for item in asides_of(talk.snapshot.draft)]
        assert kept == ([MARK + text] if outcome.changes else [])


def test_recovery_words_that_were_kept_in_another_chat_work_when_they_are_sent_on() -> None:
    twelve = forwarded("word " * 12)
    assert decide(view_of(Snapshot()), twelve).lookup is not None
    four = forwarded("/withdraw zone zoo wolf wood")
    assert decide(view_of(Snapshot()), four).lookup is not None
    asked = decide(view_of(Snapshot()), forwarded("zone zoo wolf wood"), LookupPurpose.ERASE)
    assert asked.lookup is not None
    assert asked.lookup.text == "zone zoo wolf wood"


def test_a_forwarded_stop_with_a_slash_halts() -> None:
    talk = begin_story()
    talk.hear(forwarded("/stop"))
    assert talk.question == "bot.stop"


def test_a_message_is_as_long_as_what_is_shown_of_it() -> None:
    talk = begin_story()
    outcome = talk.hear(TextMessage("short", "> " + "a" * SETTING.text_length + "\nshort"))
    assert names(outcome) == ["TOO_LONG"]
    assert talk.told == []
