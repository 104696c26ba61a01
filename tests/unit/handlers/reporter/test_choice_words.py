"""What people type in place of a label chooses what it says, in every language."""

from collections.abc import Iterator
from itertools import chain

import pytest

from flows.folding import folded, plain
from handlers.reporter.conversation import conversation_of
from handlers.reporter.questions import open_question
from handlers.reporter.typed_choices import read_choices
from handlers.texts.tables import TypedLanguage
from handlers.texts.typed_languages import TYPED_LANGUAGES
from tests.unit.handlers.reporter.test_decide import talk_at

PLACES = {"safe": "bot.safe", "fork": "fate", "overview": "bot.overview", "review": "bot.review"}
"""By question of the tables: where a talk stands that is asked it."""
MOST_PHRASES = 60
"""So many of each choice are typed; there are hundreds of those that are put together."""
IN_EACH_LANGUAGE = pytest.mark.parametrize(
    "language", TYPED_LANGUAGES, ids=lambda language: language.code
)


def phrases_of(language: TypedLanguage, question: str) -> Iterator[tuple[str, str]]:
    """Yield each choice of a question with phrases that mean it."""
    for name, phrases in language.choices.by_choice.items():
        asked, _, choice = name.partition(".")
        if asked == question:
            every = max(1, len(phrases) // MOST_PHRASES)
            yield from ((choice, phrase) for phrase in sorted(phrases)[::every])


@IN_EACH_LANGUAGE
@pytest.mark.parametrize("question", list(PLACES))
def test_words_choose_what_they_say(language: TypedLanguage, question: str) -> None:
    view = talk_at(PLACES[question]).view
    current, hours = open_question(view), view.settings.hold_hours
    offered = {offer.id for offer in current.offers}
    for choice, phrase in phrases_of(language, question):
        typed = f"{phrase.format(hours=hours).capitalize()}!"
        meant = read_choices(view, conversation_of(view), current, typed)
        assert meant == (choice,) or choice not in offered, phrase


@IN_EACH_LANGUAGE
def test_no_words_choose_anything_where_something_is_allowed(language: TypedLanguage) -> None:
    own = {"safe", "fork", "overview", "review", "case", "clean", "kind", "stop"}
    assert {name.partition(".")[0] for name in language.choices.by_choice} <= own


@IN_EACH_LANGUAGE
def test_phrases_are_written_as_they_are_compared(language: TypedLanguage) -> None:
    table, answers = language.choices, language.answers
    compared = (table.changes_a_line, table.leads_in_change, language.refusals.words)
    choices = (phrase.format(hours=1) for each in table.by_choice.values() for phrase in each)
    for phrase in (*choices, *chain(*compared), *language.topics.words):
        assert language.compared(folded(phrase)) == phrase
    words = (
        *(answers.not_safe, answers.leaving, answers.bare_answers, answers.yes, answers.polite),
        *(answers.stressing, answers.leading_in, answers.said_beside, answers.limiting),
        *(answers.answering, answers.goes_on, answers.bare_commands),
    )
    for phrase in chain(*words):
        assert plain(phrase) == phrase


@IN_EACH_LANGUAGE
def test_no_spelling_is_spelt_anew(language: TypedLanguage) -> None:
    for misspelt, meant in language.spellings.items():
        assert plain(misspelt) == misspelt
        assert " " not in misspelt
        assert language.compared(meant) == meant


def test_every_language_has_words_for_the_same_choices() -> None:
    first, *others = (language.choices.by_choice.keys() for language in TYPED_LANGUAGES)
    assert all(choices == first for choices in others)


@pytest.mark.parametrize(
    "typed",
    [
        *("send it now?", "Send it now ❌", "~~send it now~~", "yes send it now?"),
        *("¿envíalo ahora?", "no lo envíes", "envíalo ahora no", "no, mejor no", "correcto no"),
    ],
)
def test_words_with_a_doubt_choose_nothing_at_the_review(typed: str) -> None:
    talk = talk_at("bot.review")
    talk.say(typed)
    assert not talk.handed
