"""Everything that is said to a reporter is in their language, and to readers in the first one."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TypeVar

import pytest

from handlers.context import Settings, View, make_view
from handlers.messages import Reply
from handlers.outcome import say, take_back
from handlers.permissions import consent
from handlers.reporter.languages import LANGUAGE_PREFIX
from handlers.sending.rendering import ANSWERS, NOTICES, render
from handlers.texts.counted import Counted
from handlers.texts.english import ENGLISH
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES, Language
from handlers.texts.names import SENTENCE_NAMES, SentenceName
from store.model.outbox import TextRef
from store.model.permissions import StandingGrant
from store.model.snapshot import Snapshot
from tests.unit.handlers.sending.test_rendering import INSIDE
from tests.unit.handlers.talks import FLOW, OAK, PLATFORM, READERS, Talk, draft, drawn
from tests.unit.handlers.talks import SETTING as IN_ENGLISH

MADE_UP, MARK = "xx", "‡"
TO_READERS = NOTICES | ANSWERS
Kind = TypeVar("Kind")
QUIET = {"ASK", "ADD_MORE", "HOLD_OVER", "PAUSED", "NOTED", "SHOW_PIECE", "CODE", "WORDS"}
"""These are nothing in this snapshot, or say a question of the questionnaire."""
IN_ALL = {"WHICH_LANGUAGE"}
"""It is said in every language at once."""
TO_REPORTERS = {*SENTENCE_NAMES.values()} - INSIDE - QUIET - IN_ALL - TO_READERS


def marked(value: Kind) -> Kind:
    """Put a mark before every text of a catalogue."""
    return _marked(value)  # type: ignore[return-value]  # of the same type, text by text


def _marked(value: object) -> object:
    if isinstance(value, str):
        return f"{MARK}{value}"
    if isinstance(value, Counted):
        return Counted(tuple(f"{MARK}{form}" for form in value.forms), value.form_of)
    if isinstance(value, Mapping):
        return {key: _marked(text) for key, text in value.items()}
    assert is_dataclass(value)
    assert not isinstance(value, type)
    return replace(value, **{f.name: _marked(getattr(value, f.name)) for f in fields(value)})


MADE_UP_LANGUAGE = Language(MADE_UP, "Made up", "es", marked(ENGLISH))
IN_MADE_UP = replace(FLOW, language=MADE_UP)
SETTING = replace(
    IN_ENGLISH,
    languages={FIRST_LANGUAGE: LANGUAGES[FIRST_LANGUAGE], MADE_UP: MADE_UP_LANGUAGE},
    translations={(FLOW.revision, MADE_UP): IN_MADE_UP},
    begun_in={MADE_UP: (IN_MADE_UP,)},
)
"""An organisation that also speaks a language whose every text has a mark, and whose lists and
dates are Spanish."""


@pytest.fixture(autouse=True)
def consent_in_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what is allowed described in that language as well."""
    monkeypatch.setattr(consent, "LANGUAGES", SETTING.languages)


def spoken_to(snapshot: Snapshot) -> View:
    """What handlers look at for somebody who chose the made-up language."""
    return make_view(snapshot, SETTING, PLATFORM, drawn, (MADE_UP,))


@dataclass
class MadeUpTalk(Talk):
    """A talk with somebody who is spoken to in the made-up language."""

    settings: Settings = SETTING

    @property
    def view(self) -> View:
        return make_view(self.snapshot, self.settings, self.platform, drawn, (MADE_UP,))

    def rendered(self, sentence: TextRef) -> Reply | None:
        """A sentence as it looks now, in the language that its turn put on it."""
        return super().rendered(replace(sentence, language=MADE_UP))


def shared() -> MadeUpTalk:
    """A talk in which everything is shared with Oak after a hold."""
    talk = MadeUpTalk()
    talk.say("/start")
    for choice in ("go", "self"):
        talk.press(choice)
    talk.say("It was at the summer camp.", "/done")
    while talk.question != "bot.review":
        wanted = ("none", "read", OAK.id, "all", "listen", "yes", "right")
        press = next((each for each in wanted if each in talk.offered), None)
        _ = talk.say("/skip") if press is None else talk.press(press)
    talk.press("hold")
    return talk


@pytest.mark.parametrize(
    "name", sorted({*SENTENCE_NAMES.values()} - INSIDE - QUIET - IN_ALL - TO_READERS)
)
def test_every_sentence_is_in_the_language_of_the_account(name: SentenceName) -> None:
    view = spoken_to(Snapshot(draft=draft(language=MADE_UP), readers=READERS))
    reply = render(view, replace(say(name, OAK.id), language=MADE_UP))
    assert reply is None or reply.text.startswith(MARK)


@pytest.mark.parametrize("name", sorted(TO_READERS))
def test_readers_are_spoken_to_in_the_language_of_the_organisation(name: SentenceName) -> None:
    reply = render(spoken_to(Snapshot(readers=READERS)), say(name, OAK.id))
    assert reply is None or MARK not in reply.text


def test_every_question_of_the_bot_is_asked_in_the_language_with_its_choices() -> None:
    asked = [reply for reply in shared().replies if reply.question.startswith("bot.")]
    assert {reply.question for reply in asked} >= {"bot.safe", "bot.overview", "bot.review"}
    for reply in asked:
        assert MARK in reply.text
        own = [offer for offer in reply.offers if not offer.id.startswith(LANGUAGE_PREFIX)]
        assert all(offer.label.startswith(MARK) for offer in own)
        assert all(command.label.startswith(MARK) for command in reply.commands)
        assert reply.footer.startswith(MARK)


def test_the_report_is_in_the_language_of_the_organisation() -> None:
    (handed,) = shared().handed
    assert handed.report
    assert MARK not in handed.report


def test_a_list_of_readers_is_joined_as_in_the_language() -> None:
    named = tuple(reader.id for reader in READERS)
    text = replace(say("HANDED_NOW", *named), language=MADE_UP)
    said = render(spoken_to(Snapshot(readers=READERS)), text)
    assert said is not None
    assert "Ash, Oak y Rowan" in said.text


def test_what_is_signed_is_what_was_said() -> None:
    grant = StandingGrant("ee" * 32, (OAK.id,), ("act.listen",))
    talk = shared()
    talk.snapshot = replace(talk.snapshot, shared=True, grants=(grant,))
    outcome = talk.say("/withdraw")
    assert take_back(MADE_UP_LANGUAGE.texts) in outcome.changes
    assert take_back(MADE_UP_LANGUAGE.texts).shown == f"{MARK}{ENGLISH.handover.withdrawn}"


def test_a_view_speaks_the_language_that_it_names() -> None:
    talk = MadeUpTalk()
    assert talk.view.texts.leaving.later == f"{MARK}{ENGLISH.leaving.later}"
    assert talk.view.settings.own_texts is ENGLISH
