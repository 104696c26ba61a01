"""Who comes, leaves, needs a moment or is in danger is answered, and no word is lost."""

import pytest

from handlers.messages import LastAnswer, TextMessage
from handlers.outcome import LookupPurpose, Outcome
from handlers.reporter.decide import decide
from handlers.texts.english import ENGLISH
from store.model.changes import SealItem
from tests.unit.handlers.reporter.places import begin_story
from tests.unit.handlers.reporter.test_being_reached import at_called, at_reach
from tests.unit.handlers.reporter.test_decide import talk_at
from tests.unit.handlers.reporter.test_holding import ALONE, KEPT
from tests.unit.handlers.reporter.test_sayings import talk_in
from tests.unit.handlers.talks import SINGLE, Talk

DANGER = ("I want to die", "quiero morirme", "he is at the door")
GREETINGS = ("hi", "Hello!", "hey 👋", "good evening", "hola", "buenas tardes")
FAREWELLS = ("bye", "Goodbye", "ciao", "adiós", "see you", "thanks, bye", "hasta luego")
MOMENTS = (
    *("i dont have a pen", "wait", "one moment", "give me a minute", "no tengo boli"),
    *("un momento", "espera"),
)
SCREENSHOTS = ("can I take a screenshot", "¿puedo hacer una captura de pantalla?")


def names(outcome: Outcome) -> list[str]:
    """What is said, by name; of what answers a saying, what it is about."""
    return [" ".join((text.sentence, *text.ids[:1])) for text in outcome.says]


# Danger


@pytest.mark.parametrize("typed", DANGER)
def test_danger_as_the_very_first_words_is_kept_aside_as_any_first_words(typed: str) -> None:
    talk = Talk()
    outcome = talk.say(typed)
    assert [text.sentence for text in outcome.direct] == ["DANGER"]
    assert names(outcome) == ["HELLO words", "ASIDE_FIRST", "ASK"]
    talk.press("go")
    talk.press("self")
    assert talk.question == "bot.aside"
    talk.press("yes")
    assert talk.told == [typed]


@pytest.mark.parametrize("typed", DANGER)
def test_danger_while_something_is_held_is_kept_aside_as_any_first_words(typed: str) -> None:
    outcome = Talk(ALONE).say(typed)
    assert names(outcome)[0] == "ASIDE_HELD"
    assert [c.text for c in outcome.changes if isinstance(c, SealItem)] == [typed]


@pytest.mark.parametrize("typed", DANGER)
@pytest.mark.parametrize("state", ["words", "opened"])
def test_danger_that_cannot_be_kept_is_said_to_be_left_out(state: str, typed: str) -> None:
    outcome = talk_in(state).say(typed)
    assert [text.sentence for text in outcome.direct] == ["DANGER"]
    assert names(outcome) == ["NOT_ADDED", "ASK"]


@pytest.mark.parametrize("typed", DANGER)
def test_danger_where_words_are_awaited_is_said_to_be_left_out(typed: str) -> None:
    outcome = Talk().hear(TextMessage(typed), waiting=LookupPurpose.OPEN)
    assert names(outcome) == ["NOT_SAVED", "ASK_OPEN"]
    assert outcome.waiting is LookupPurpose.OPEN


# Who leaves


@pytest.mark.parametrize("typed", FAREWELLS)
@pytest.mark.parametrize("state", ["choice", "permission", "overview", "review", "words"])
def test_a_farewell_in_an_open_talk_is_told_where_things_stand(state: str, typed: str) -> None:
    talk = talk_in(state)
    before = talk.snapshot
    assert names(talk.say(typed)) == ["PAUSED", "HEARD goodbye"]
    assert talk.snapshot == before


@pytest.mark.parametrize("typed", FAREWELLS)
def test_a_farewell_at_the_story_is_offered_and_not_told(typed: str) -> None:
    talk = talk_in("story")
    told = talk.told
    outcome = talk.say(typed)
    assert names(outcome) == ["PAUSED", "ASIDE_TEXT", "HEARD goodbye"]
    assert talk.told == told
    talk.say("/add")
    assert talk.told == [*told, typed]


@pytest.mark.parametrize("typed", ["bye", "goodbye", "adiós"])
def test_a_farewell_where_nothing_is_open_is_a_short_goodbye(typed: str) -> None:
    assert names(Talk().say(typed)) == ["HEARD goodbye"]
    assert names(Talk(ALONE).say(typed)) == ["HEARD goodbye", f"HOLD_STANDS {KEPT.id}"]
    awaited = Talk().hear(TextMessage(typed), waiting=LookupPurpose.WITHDRAW)
    assert (names(awaited), awaited.waiting) == (["HEARD goodbye"], None)


def test_a_farewell_ends_the_wait_for_words_beside_words_put_aside() -> None:
    outcome = talk_in("first").hear(TextMessage("bye"), waiting=LookupPurpose.WITHDRAW)
    assert (names(outcome), outcome.waiting) == (["PAUSED", "HEARD goodbye"], None)


@pytest.mark.parametrize("typed", FAREWELLS)
def test_a_farewell_closes_an_opened_story_and_takes_nothing_back(typed: str) -> None:
    talk = talk_in("opened")
    assert names(talk.say(typed)) == ["CLOSED"]
    assert talk.taken_back == 0


@pytest.mark.parametrize("typed", ["bye", "adiós"])
@pytest.mark.parametrize("talk", [at_called(), at_reach()], ids=["called", "reach"])
def test_a_farewell_is_no_name_and_no_way(talk: Talk, typed: str) -> None:
    told = talk.told
    assert names(talk.say(typed)) == ["PAUSED", "HEARD goodbye"]
    assert talk.told == told


@pytest.mark.parametrize("typed", ["ciao", "buenas noches"])
def test_what_greets_as_well_as_it_leaves_greets_who_has_begun_nothing(typed: str) -> None:
    assert [text.sentence for text in Talk().say(typed).says] == ["HELLO"]


# Who comes


@pytest.mark.parametrize("typed", GREETINGS)
def test_a_greeting_at_the_story_is_told_where_things_stand_and_is_offered(typed: str) -> None:
    talk = talk_in("story")
    told = talk.told
    assert names(talk.say(typed)) == ["HERE_YOU_WERE", "ASIDE_TEXT", "ASK"]
    assert talk.told == told
    talk.say("/add")
    assert talk.told == [*told, typed]


@pytest.mark.parametrize("typed", GREETINGS)
def test_a_greeting_with_more_words_behind_it_is_told(typed: str) -> None:
    talk = talk_in("story")
    talk.say(f"{typed} it went on in summer")
    assert talk.told[-1] == f"{typed} it went on in summer"


def test_a_greeting_at_a_question_for_one_message_is_no_answer_to_it() -> None:
    talk = Talk(settings=SINGLE).begin("It was in spring.")
    talk.press("read")
    talk.press("none")
    assert talk.question == "wish"
    told = talk.told
    assert names(talk.say("hello")) == ["HERE_YOU_WERE", "ASIDE_TEXT", "ASK"]
    assert (talk.question, talk.told) == ("wish", told)


@pytest.mark.parametrize("typed", ["hi", "hola"])
@pytest.mark.parametrize("talk", [at_called(), at_reach()], ids=["called", "reach"])
def test_a_greeting_is_no_name_and_no_way(talk: Talk, typed: str) -> None:
    assert names(talk.say(typed)) == ["NOT_AN_ANSWER", "ASK"]


@pytest.mark.parametrize("typed", [*GREETINGS, "I'm back", *FAREWELLS])
def test_nothing_takes_the_place_of_a_story_of_which_nothing_was_told_yet(typed: str) -> None:
    talk = begin_story()
    assert not talk.say(typed).changes
    assert talk.question == "story"
    talk.say("It was in spring.")
    assert talk.told == ["It was in spring."]


def test_what_a_greeting_is_an_answer_to_is_told_as_the_beginning_of_a_story() -> None:
    talk = begin_story()
    talk.hear(TextMessage("hello", "> See you tonight, or else.\nhello"))
    assert talk.told == ["> See you tonight, or else.\nhello"]


# Who needs a moment while something is held, or after something that asks for nothing


@pytest.mark.parametrize("typed", [*MOMENTS, "later", "mañana", "too much"])
def test_who_waits_during_a_hold_is_not_told_that_nothing_was_saved(typed: str) -> None:
    assert names(Talk(ALONE).say(typed)) == [f"HOLD_STANDS {KEPT.id}"]


@pytest.mark.parametrize("typed", ["wait", "later", "hello", "yes", "what do you mean"])
def test_words_are_awaited_on_during_a_hold_through_what_is_said_meanwhile(typed: str) -> None:
    outcome = Talk(ALONE).hear(TextMessage(typed), waiting=LookupPurpose.OPEN)
    assert (outcome.lookup, outcome.waiting) == (None, LookupPurpose.OPEN)
    assert "ASK_OPEN" in names(outcome)


@pytest.mark.parametrize("typed", [*MOMENTS, "later", "mañana", "too much"])
def test_who_waits_after_a_talk_is_not_told_that_nothing_was_saved(typed: str) -> None:
    outcome = decide(Talk().view, TextMessage(typed), last_answer=LastAnswer.NO_QUESTION)
    assert names(outcome) == ["HELLO words"]
    assert names(Talk().say(typed)) == ["NOT_NOW"]


# Who needs a moment for the secrets


@pytest.mark.parametrize("typed", MOMENTS)
def test_who_needs_a_moment_at_the_words_is_told_how_long_they_can_be_seen(typed: str) -> None:
    talk = talk_at("bot.asked")
    before = talk.snapshot
    assert names(talk.say(typed)) == ["HEARD words_wait", "ASK"]
    assert "21 January" in talk.replies[-2].text
    assert "/words" in talk.replies[-2].text
    assert talk.snapshot == before


@pytest.mark.parametrize("typed", SCREENSHOTS)
def test_who_asks_for_a_picture_of_the_words_is_told_what_that_means(typed: str) -> None:
    talk = talk_at("bot.asked")
    assert names(talk.say(typed)) == ["HEARD screenshot", "HEARD words_wait", "ASK"]
    code = talk_at("bot.code")
    assert names(code.say(typed)) == ["HEARD screenshot", "HEARD code_waits", "ASK"]


@pytest.mark.parametrize("typed", MOMENTS)
def test_who_needs_a_moment_at_the_code_is_told_that_it_waits(typed: str) -> None:
    talk = talk_at("bot.code")
    before = talk.snapshot
    assert names(talk.say(typed)) == ["HEARD code_waits", "ASK"]
    assert talk.snapshot == before


@pytest.mark.parametrize("typed", MOMENTS)
def test_who_needs_a_moment_in_an_opened_story_closes_and_takes_back_nothing(typed: str) -> None:
    talk = talk_in("opened")
    outcome = talk.say(typed)
    assert (names(outcome), outcome.changes) == (["ASK"], ())


# What is said of words that were kept as an answer


def test_what_is_kept_as_another_answer_is_not_said_to_be_in_the_story() -> None:
    talk = talk_at("wish")
    for typed in ("wait", "done", "/nothing of this kind", "I'm not safe", "/help me please"):
        talk.say(typed)
        assert talk.told[-1] == typed
        said = " ".join(reply.text for reply in talk.replies[-2:])
        assert "your answer" in said, typed
        assert "to your story" not in said, typed


def test_a_stop_among_other_answers_is_not_said_to_be_in_the_story() -> None:
    talk = talk_at("wish")
    talk.say("I wish for peace.", "stop", "and quiet")
    assert talk.replies[-2].text == ENGLISH.leaving.still_stopped_answer
    story = talk_at("story")
    story.say("It was in spring.", "stop", "and in summer")
    assert story.replies[-2].text == ENGLISH.leaving.still_stopped
