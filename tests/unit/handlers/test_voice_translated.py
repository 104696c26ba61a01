"""How the bot speaks in every other language, held on whole talks like the English."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import flows
from flows import Flow
from flows.tools.catalogues import parse_po
from flows.tools.translation import translate
from handlers.context import View
from handlers.messages import PlatformFacts, Reply
from handlers.reporter.markers import SAFE, as_kept
from handlers.reporter.questions import open_question
from handlers.texts.languages import LANGUAGES
from handlers.texts.translation import shipped_languages
from store.model.outbox import TextRef
from store.model.permissions import DeliveryStage, StandingGrant, StandingHandover
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.handlers import test_voice as english
from tests.unit.handlers.talks import ASH, HOUR, OAK, READERS, SETTING

PACKAGE = Path(flows.__file__).parent
TALKS = 40
LINES = 40


@dataclass
class Translated(english.Delivered):
    """A talk in another language."""

    language: str = ""

    @property
    def view(self) -> View:
        return replace(super().view, language=self.language)

    def rendered(self, sentence: TextRef) -> Reply | None:
        """A sentence as it looks now: the handlers leave its language to the turn."""
        return super().rendered(replace(sentence, language=self.language))


def asked_in(flow: Flow, language: str) -> Flow:
    file = PACKAGE / "locale" / f"{flow.name}.{language}.po"
    found = translate(flow, parse_po(file.read_text("utf-8"), file.name, language))
    assert isinstance(found, Flow)
    return found


def begin(flow: Flow, platform: PlatformFacts, language: str) -> Translated:
    settings = replace(SETTING, languages=LANGUAGES, flow=flow, revisions={flow.revision: flow})
    return Translated(settings=settings, platform=platform, language=language)


def go_on(talk: Translated, chance: random.Random) -> None:
    """Choose and type at random; whatever is typed is typed in English."""
    for _ in range(LINES):
        offers = talk.offered
        often = 0.2 if open_question(talk.view).free else 0.8
        if offers and chance.random() < often:
            talk.press(chance.choice(offers))
        else:
            lines = english.TYPED if chance.random() < 0.8 else english.COMMANDS
            talk.say(chance.choice(lines))


def come_back(first: Translated, chance: random.Random) -> Translated:
    """A talk of somebody who comes back to a kept story, which may be shared."""
    told = first.handed[-1].draft if first.handed else first.snapshot.draft
    assert told
    stage, grant = chance.choice([*DeliveryStage]), "ee" * 32
    shares = (StandingHandover(grant, (OAK.id,), stage, HOUR + 5),)
    opened = OpenedCase(shares, (), as_kept(told.answers), told.revision, 203748)
    opened = replace(opened, language=first.language)
    kept = Snapshot(opened=opened, readers=READERS, barred=frozenset({ASH.id}), kept=True)
    granted = StandingGrant(grant, (OAK.id,), ("act.listen",))
    kept = replace(kept, shared=True, grants=(granted,), until=203648)
    talk = begin(first.settings.flow, first.platform, first.language)
    talk.snapshot, talk.texts = kept, {**first.texts}
    talk.say("/open")
    return talk


def talks_in(language: str) -> Iterator[Translated]:
    flows_asked = [asked_in(flow, language) for flow in english.QUESTIONNAIRES]
    for seed in range(TALKS):
        for platform in english.PLATFORMS:
            chance = random.Random(seed)  # noqa: S311 - a talk that can be had again
            talk = begin(flows_asked[seed % len(flows_asked)], platform, language)
            talk.say("/start")
            go_on(talk, chance)
            yield talk
            if talk.handed:
                again = come_back(talk, chance)
                go_on(again, chance)
                yield again


@pytest.fixture(scope="module", params=shipped_languages())
def replies(request: pytest.FixtureRequest) -> list[Reply]:
    """Everything that is said in many talks on all platforms with all questionnaires."""
    said = [reply for talk in talks_in(request.param) for reply in talk.replies]
    assert {"bot.safe", "fate", "bot.overview", "bot.case"} <= {reply.question for reply in said}
    asking = LANGUAGES[request.param].texts.welcome.safe
    assert all(asking in reply.text for reply in said if reply.question == SAFE)
    return said


def test_no_message_has_more_words_than_can_be_taken_in(replies: list[Reply]) -> None:
    assert not english.long_messages(replies)


def test_no_message_asks_two_questions(replies: list[Reply]) -> None:
    assert not {r.text for r in replies if english.own_words(r).count("?") > 1}


def test_every_label_fits_on_a_button_and_is_told_from_the_others(replies: list[Reply]) -> None:
    people = {reader.id for reader in READERS}
    for reply in replies:
        labels = [o.label for o in (*reply.offers, *reply.commands) if o.id not in people]
        assert not [label for label in labels if len(label) > english.MOST_LETTERS]
        assert len({label.casefold() for label in labels}) == len(labels), labels
