"""Words of people who want to stop, or delete, what is about to be shared."""

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.folding import folded
from handlers.reporter.hold_words import MOST_WORDS, HoldWords, wants_to_erase, wants_to_stop
from handlers.texts.tables import TypedLanguage
from handlers.texts.typed_languages import TYPED_LANGUAGES

IN_EACH_LANGUAGE = pytest.mark.parametrize(
    "language", TYPED_LANGUAGES, ids=lambda language: language.code
)


@pytest.mark.parametrize(
    "text",
    [
        *("I changed my mind", "please don't send it!!!", "stop it", "don't send", "STOP!!"),
        *("take it back", "cancel", "undo", "no wait", "withdraw", "Stop it please 🙏"),
        *("I changed my mind, please don’t send it!!!", "no no no stop", "Oh no, wait, stop it"),
        *("wait, no. Don't share it.", "please, please stop", "sorry, I want to take it back"),
        *(
            "not yet",
            "ok never mind",
            "that was a mistake... cancel that",
            "Do not send it. Please!",
        ),
        *(
            "¡Para!",
            "no la envíes",
            "Por favor, no la envíes!!!",
            "cancélala",
            "cancelar",
            "retirar",
        ),
        *(
            "he cambiado de opinión",
            "Cambié de opinión, por favor no lo mandes",
            "no lo compartas",
        ),
        *("no quiero que la lean", "no quiero que nadie lo lea", "deten el envio", "espera, no"),
        *("ya no quiero", "todavía no", "fue un error", "no no", "no estoy lista", "ay no, para"),
    ],
)
def test_who_wants_to_stop_is_understood(text: str) -> None:
    assert wants_to_stop(folded(text))
    assert not wants_to_erase(folded(text))


@pytest.mark.parametrize(
    "text",
    [
        *("don't stop it", "please don't cancel", "do not stop", "no, don't stop"),
        *("send it", "yes send it", "don't wait, send it", "stop him", "he said stop", "wait"),
        *("I don't want to stop it", "please", "no", "", "how do i stop it?", "hello"),
        *("stop " + "please " * MOST_WORDS, "they must stop it", "I can't stop crying"),
        *("no pares", "por favor no lo canceles", "no cancelar", "no quiero parar", "envíala"),
        *("sí, envíala", "no paraba", "para mi madre", "dijo que parara", "¿cómo lo paro?"),
        *("por favor", "no he cambiado de opinión", "no dejo de llorar", "no esperes, envíala"),
    ],
)
def test_who_says_anything_else_stops_nothing(text: str) -> None:
    assert not wants_to_stop(folded(text))


@pytest.mark.parametrize(
    "text",
    [
        *("delete everything", "Erase it, please", "stop, delete it all"),
        *("borra todo", "Bórralo, por favor", "para, bórralo todo", "quiero borrar mi historia"),
    ],
)
def test_who_wants_it_deleted_is_understood_as_that(text: str) -> None:
    assert wants_to_erase(folded(text))
    assert not wants_to_stop(folded(text))


@pytest.mark.parametrize(
    "text", ["don't delete it", "no lo borres", "no borrar", "no quiero borrarlo"]
)
def test_who_wants_it_not_to_be_deleted_deletes_nothing(text: str) -> None:
    assert not wants_to_erase(folded(text))


@IN_EACH_LANGUAGE
def test_every_phrase_is_written_as_it_is_compared(language: TypedLanguage) -> None:
    table = language.hold
    for phrase in table.stops | table.erases | table.beside | table.contrary | table.it:
        assert language.compared(folded(phrase)) == phrase


@IN_EACH_LANGUAGE
def test_no_phrase_that_stops_says_the_contrary(language: TypedLanguage) -> None:
    words = HoldWords(language)
    for phrase in language.hold.stops:
        assert words.asks_to_stop(phrase), phrase
    for phrase in language.hold.contrary:
        assert not words.asks_to_stop(phrase), phrase
        assert not words.asks_to_erase(phrase), phrase


@IN_EACH_LANGUAGE
@given(data=st.data())
def test_what_stands_beside_changes_nothing(language: TypedLanguage, data: st.DataObject) -> None:
    table = language.hold
    beside = data.draw(st.lists(st.sampled_from(sorted(table.beside)), max_size=6))
    phrase = data.draw(st.sampled_from(sorted(table.stops)))
    words = [word for each in beside for word in each.split()]
    assert not wants_to_stop(" ".join(words)) or _is_made_of(words, table.stops)
    if len(words) + len(phrase.split()) <= MOST_WORDS:
        assert wants_to_stop(" ".join([*words, phrase]))
        assert wants_to_stop(" ".join([phrase, *words]))


def _is_made_of(words: list[str], stops: Collection[str]) -> bool:
    """Tell whether words that may stand beside are by chance a phrase ("no" and "wait")."""
    places = range(len(words))
    return any(" ".join(words[at : at + many]) in stops for at in places for many in (2, 3))
