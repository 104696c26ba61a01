"""What people say to the bot is understood in every state, and answered as the table says."""

import re
from dataclasses import replace
from functools import cache
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.folding import folded
from handlers.outcome import ASK, LookupPurpose, say
from handlers.reporter.listening import SayingMatcher, understood
from handlers.reporter.markers import BACK, CODE, WORD_CHECK
from handlers.reporter.questions import open_question
from handlers.texts.sayings import Saying
from handlers.texts.tables import TypedLanguage
from handlers.texts.typed_languages import TYPED_LANGUAGES
from store.model.changes import TakeBack
from store.model.permissions import HeldHandover
from tests.sayings import SAYINGS, SAYINGS_OF, STATES, outcomes
from tests.unit.handlers.reporter.test_decide import SHARED_CASE, talk_at
from tests.unit.handlers.reporter.what_followed import what_follows
from tests.unit.handlers.talks import OAK, Talk

LEAST_SAYINGS = {"en": 200, "es": 120}
PLACES = {
    "start": "bot.safe",
    "first": "bot.safe",
    "story": "story",
    "choice": "fate",
    "permission": "read",
    "overview": "bot.overview",
    "review": "bot.review",
    "words": "bot.asked",
    "code": "bot.safe",
}
"""By state: the question that is open in it."""
LETTERS = st.characters(codec="ascii", categories=["Ll", "Nd", "Zs"])
BY_LABEL = ("chooses", "decides", "withdraws", "begins")
"""What is said answers the question there: it is one of its labels."""
NEVER = frozenset({"hands over", "ends", "erases", "withdraws"})
"""Nothing that is said in words may do any of these, however it is understood."""


@cache
def _reached(state: str) -> Talk:
    if state == "opened":
        return Talk(replace(SHARED_CASE, kept=True))
    talk = talk_at(PLACES[state])
    if state == "first":
        talk.say("He hit me after the meeting.")
    if state == "story":
        talk.say("It was in spring.")
    return talk


def talk_in(state: str) -> Talk:
    """Return a talk in one of the states of the table."""
    talk = _reached(state)
    return replace(talk, texts={**talk.texts}, replies=[], handed=[*talk.handed])


def followed(talk: Talk, state: str, typed: str) -> str:
    """Say something in a state, and what followed."""
    waiting = LookupPurpose.OPEN if state == "code" else None
    return ", ".join(what_follows(talk, typed, waiting)) or "goes on"


@pytest.mark.parametrize("language", list(LEAST_SAYINGS))
def test_the_table_has_enough_lines_and_every_saying(language: str) -> None:
    table = SAYINGS_OF[language]
    assert len(table) >= LEAST_SAYINGS[language]
    assert {*table.values()} == {"story", *Saying} - {Saying.REGRET}


def test_no_line_stands_in_two_tables() -> None:
    assert len(SAYINGS) == sum(map(len, SAYINGS_OF.values()))


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_reached(state: str) -> None:
    assert talk_in(state).question == PLACES.get(state, "bot.case")


@pytest.mark.parametrize("typed", list(SAYINGS))
def test_what_is_said_leads_in_every_state_to_what_the_table_says(typed: str) -> None:
    assert (understood(typed) or "story") == SAYINGS[typed]
    for state, follows in outcomes(typed):
        talk = talk_in(state)
        told, handed = talk.told, [*talk.handed]
        assert followed(talk, state, typed) == follows, state
        assert talk.handed == handed
        if not follows.startswith(BY_LABEL) and not _is_label(talk_in(state), typed):
            assert NEVER.isdisjoint(follows.split(", ")), state
            assert talk.told[: len(told)] == told


def _is_label(talk: Talk, typed: str) -> bool:
    """Whether this is the whole label of a choice there, so that it is the answer."""
    return folded(typed) in [folded(o.label) for o in open_question(talk.view).offers]


REGRETS = (
    *("NO WAIT", "no no wait", "wait no", "Wait, NO!!", "omg no", "oh no no", "shit no hold on"),
    *(
        "wrong person",
        "omg wrong person",
        "I sent it to the wrong person!",
        "that was the wrong one",
    ),
    *("no espera", "Espera, no", "ay no no", "la persona equivocada", "me equivoqué de persona"),
    *("noooo", "nononono", "no no no no", "dont", "undo!!", "i didnt mean that"),
    *(
        "omg what did i do",
        "no please",
        "me equivoque",
        "equivocado",
        "no por favor",
        "ay qué hice",
    ),
)
"""Said right after something was shared; anywhere else these are what they were without it."""


@pytest.mark.parametrize("typed", REGRETS)
@pytest.mark.parametrize("place", [BACK, WORD_CHECK, CODE])
@pytest.mark.parametrize("is_held", [False, True])
def test_regret_right_after_sharing_is_answered_with_the_way_back(
    typed: str, place: str, *, is_held: bool
) -> None:
    talk = just_shared(place, is_held=is_held)
    before = talk.snapshot
    outcome = talk.say(typed)
    if is_held and any(isinstance(change, TakeBack) for change in outcome.changes):
        return  # said plainly enough to stop what is held at once
    assert talk.snapshot == before
    assert say("HEARD", "unsend") in outcome.says
    assert outcome.says[-1] == ASK
    stands = [text for text in outcome.says if text.sentence == "HOLD_STANDS"]
    assert len(stands) == is_held


def just_shared(place: str, *, is_held: bool) -> Talk:
    """A talk right after the second yes, at one of the questions that follow."""
    talk = talk_at(place)
    here = HeldHandover("aa" * 32, 500_012, kept=True, id="a1" * 16, readers=(OAK.id,), here=True)
    talk.snapshot = replace(talk.snapshot, shared=True, held=here if is_held else None)
    return talk


@pytest.mark.parametrize("typed", REGRETS)
def test_elsewhere_the_same_words_are_not_taken_for_regret(typed: str) -> None:
    assert understood(typed) is not Saying.REGRET
    for state in ("choice", "permission", "overview", "review"):
        outcome = talk_in(state).say(typed)
        assert say("HEARD", "unsend") not in outcome.says, state


@pytest.mark.parametrize("language", TYPED_LANGUAGES, ids=lambda language: language.code)
def test_a_language_finds_nothing_else_in_the_words_of_another(language: TypedLanguage) -> None:
    matcher = SayingMatcher(language)
    for code, table in SAYINGS_OF.items():
        for typed, said in table.items():
            found = matcher.first_that_fits(folded(typed), {Saying.REGRET}) or "story"
            assert found == said or (found == "story" and code != language.code), typed


@pytest.mark.parametrize("language", TYPED_LANGUAGES, ids=lambda language: language.code)
@settings(max_examples=150)
@given(data=st.data())
def test_every_way_to_say_something_is_understood(
    language: TypedLanguage, data: st.DataObject
) -> None:
    alternatives = sorted({*chain(*language.sayings.patterns.values())})
    pattern = data.draw(st.sampled_from(alternatives))
    typed = data.draw(st.from_regex(re.compile(f"^(?:{pattern})\\Z", re.ASCII), alphabet=LETTERS))
    assert SayingMatcher(language).first_that_fits(typed) is not None


@pytest.mark.parametrize(
    "typed", ["so " * 40, "please stop it " * 3, "i really still just " * 4, "add it to " * 5]
)
def test_what_is_long_or_tangled_is_compared_at_once(typed: str) -> None:
    assert understood(typed) in {None, Saying.STOP}


@pytest.mark.parametrize(
    "told",
    [
        *("he told me to stop", "I said no", "he came back", "he deleted everything", "rape"),
        *("I want him to stop", "I never said yes", "dont tell my mother", "only Oak", "home"),
        *("I lost my job", "that he leaves", "back in 2013", "how could he", "nobody helped"),
        *("they read it aloud", "I called the police", "it was not my fault", "Oak please"),
        *("me dijo que parara", "le dije que no", "volvió", "lo borró todo", "violación"),
        *("quiero que él pare", "nunca dije que sí", "no se lo digas a mi madre", "solo Oak"),
        *("perdí mi trabajo", "que se vaya", "en 2013", "cómo pudo", "nadie ayudó", "Oak y Ash"),
        *("lo leyeron en voz alta", "llamé a la policía", "no fue mi culpa", "por la noche"),
    ],
)
def test_what_tells_something_is_never_taken_for_a_saying(told: str) -> None:
    assert understood(told) is None
