"""A whole story is deleted by a yes to that question, and by nothing that was said before it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.platforms.matrix.facts import MATRIX
from bot.platforms.telegram.facts import TELEGRAM
from handlers.messages import PlatformFacts
from handlers.outcome import LookupPurpose
from handlers.reporter.markers import ERASE, ERASING, SAFE
from handlers.reporter.questions import open_question
from handlers.texts.english import ENGLISH
from store.model.changes import EraseCase
from store.model.drafts import Draft
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.handlers.reporter.places import sentence_names
from tests.unit.handlers.talks import PLATFORM, READERS, Talk

EVERYWHERE = (PLATFORM, TELEGRAM, MATRIX)
WITHOUT_CARRIERS = (PLATFORM, TELEGRAM)
FIRST = "my choir leader locked the door"
LABEL = ENGLISH.labels["erase.yes"]


def opened(platform: PlatformFacts) -> Talk:
    return Talk(Snapshot(readers=READERS, opened=OpenedCase((), ()), kept=True), platform=platform)


def at_fork(platform: PlatformFacts) -> Talk:
    return Talk(platform=platform).begin("a story")


def stopped(platform: PlatformFacts) -> Talk:
    talk = at_fork(platform)
    talk.say("/stop")
    return talk


def first_words(platform: PlatformFacts) -> Talk:
    talk = Talk(platform=platform)
    talk.say(FIRST)
    return talk


Place = Callable[[PlatformFacts], Talk]
PLACES: tuple[Place, ...] = (at_fork, stopped, opened, first_words)
ASKING = (
    *(
        "delete it",
        "Delete it",
        "delete everything",
        "delete it all",
        "delete",
        "please delete it",
    ),
    *("erase it", "delete it please", "Delete all of it"),
)


def is_there(talk: Talk) -> bool:
    return talk.snapshot.draft is not None or talk.snapshot.opened is not None


@pytest.mark.parametrize("platform", EVERYWHERE, ids=lambda p: p.name)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("words", ASKING)
def test_the_words_that_asked_for_it_do_not_confirm_it(
    platform: PlatformFacts, place: Place, words: str
) -> None:
    talk = place(platform)
    for _ in range(3):
        talk.say(words)
    assert is_there(talk)
    assert talk.question in {ERASE, ERASING}


@pytest.mark.parametrize("platform", WITHOUT_CARRIERS, ids=lambda p: p.name)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "yes",
    [
        LABEL,
        "yes",
        "Yes.",
        "yes please",
        "yes, erase it all",
        "yes delete everything now",
        "YES!!",
        "sí",
        "Sí, bórralo todo",
        "si por favor",
    ],
)
def test_a_yes_confirms_it_in_any_words(platform: PlatformFacts, place: Place, yes: str) -> None:
    talk = place(platform)
    talk.say("/erase")
    talk.say(yes)
    assert not is_there(talk)


@pytest.mark.parametrize("place", PLACES)
def test_where_messages_can_be_held_back_the_number_or_all_of_the_label_does(
    place: Place,
) -> None:
    for typed in (LABEL, "number"):
        talk = place(MATRIX)
        talk.say("/erase", "yes")
        assert is_there(talk)
        (number,) = (o.number for o in open_question(talk.view).offers if o.id == "yes")
        talk.say(str(number) if typed == "number" else typed)
        assert not is_there(talk)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "text",
    [
        "yes?",
        "yes no wait",
        "yes but not now",
        "yes or no",
        "sí?",
        "sí pero ahora no",
        "si me dejas pensarlo",
        "borra",
        "yesterday",
        "do not delete it",
        "yes he hit me again",
    ],
)
def test_what_may_be_no_yes_asks_again(place: Place, text: str) -> None:
    talk = place(TELEGRAM)
    talk.say("/erase", text)
    assert is_there(talk)


def test_a_yes_right_after_what_was_put_aside_confirms_erasing() -> None:
    talk = at_fork(TELEGRAM)
    talk.say("he found my phone", "delete everything now")
    assert talk.question == ERASE
    talk.say("yes")
    assert not is_there(talk)


def test_a_button_is_asked_for_where_there_are_buttons() -> None:
    said = dict[str, str]()
    for platform in (TELEGRAM, PLATFORM):
        talk = at_fork(platform)
        talk.say("let someone", "nothing", "/skip", "/skip", "nobody", "Oak", "everything")
        talk.say("only read", "he found my phone", "yes")
        assert talk.question == "keep"
        said[platform.name] = talk.replies[-2].text
    assert said == {
        TELEGRAM.name: ENGLISH.refusals.by_button,
        PLATFORM.name: ENGLISH.refusals.by_number,
    }


# Words that wait before the first choice


@pytest.mark.parametrize("text", ["yes", "Yes!", "yes please", "ye", "yes add it", "yes i do"])
@pytest.mark.parametrize("platform", EVERYWHERE, ids=lambda p: p.name)
def test_a_bare_yes_after_first_words_is_asked_about(platform: PlatformFacts, text: str) -> None:
    talk = first_words(platform)
    talk.say(text)
    assert talk.question == SAFE
    assert is_there(talk)


def test_nothing_that_was_held_back_answers_the_hello_in_a_room_while_words_wait() -> None:
    for text in ("1", "2", "3", "yes", "no"):
        talk = first_words(MATRIX)
        talk.say(text)
        assert (talk.question, is_there(talk)) == (SAFE, True), text
    talk = first_words(MATRIX)
    go, *_ = open_question(talk.view).offers
    talk.say(str(go.number))
    assert talk.question != SAFE


@pytest.mark.parametrize("platform", EVERYWHERE, ids=lambda p: p.name)
def test_words_that_wait_are_deleted_after_one_more_question(platform: PlatformFacts) -> None:
    talk = first_words(platform)
    talk.press("unsure")
    assert talk.question == ERASE
    assert ENGLISH.leaving.erase_first.format(7) in talk.replies[-1].text
    talk.press("no")
    assert talk.question == SAFE
    assert is_there(talk)
    talk.press("unsure")
    outcome = talk.press("yes")
    assert (outcome.changes, sentence_names(outcome)) == ((EraseCase(),), ["NOT_NOW_DROPPED"])


def test_a_kept_story_is_opened_in_their_place_after_one_more_question() -> None:
    for way in ("press", "/open"):
        talk = first_words(TELEGRAM)
        outcome = talk.press("back") if way == "press" else talk.say(way)
        assert (talk.question, outcome.waiting) == (ERASE, None)
        assert ENGLISH.leaving.erase_for_room in talk.replies[-1].text
        outcome = talk.press("yes")
        assert sentence_names(outcome) == ["ASIDE_ENDED", "ASK_OPEN"]
        assert outcome.waiting is LookupPurpose.OPEN


def test_taking_something_back_deletes_nothing_that_waits() -> None:
    talk = first_words(TELEGRAM)
    outcome = talk.say("/withdraw")
    assert (outcome.changes, outcome.waiting) == ((), LookupPurpose.WITHDRAW)
    assert is_there(talk)


@pytest.mark.parametrize("platform", EVERYWHERE, ids=lambda p: p.name)
@pytest.mark.parametrize("text", ["delete everything", "delete it", "stop please"])
def test_the_question_that_was_opened_is_shown(platform: PlatformFacts, text: str) -> None:
    talk = first_words(platform)
    talk.say(text)
    assert talk.question != SAFE
    assert talk.replies[-1].question == talk.question


def test_drafts_of_before_know_what_their_question_asks() -> None:
    talk = at_fork(PLATFORM)
    talk.say("/erase")
    draft = talk.snapshot.draft
    assert isinstance(draft, Draft)
    talk.snapshot = replace(talk.snapshot, draft=draft)
    assert talk.rendered(talk.say("hm").says[-1])
