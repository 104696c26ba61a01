"""The bot's own sentences as messages to translate."""

from dataclasses import dataclass, replace

import pytest

from flows.tools.catalogues import Message
from flows.tools.text_tree import TextTree
from handlers.texts.counted import Counted
from handlers.texts.english import ENGLISH
from handlers.texts.messages import bot_source
from tests.sentences import RECORDED_TEXTS


def message(context: str) -> Message:
    return next(m for m in bot_source().messages if m.context == context)


def notes(context: str) -> str:
    return " ".join(message(context).notes)


def test_every_text_is_a_message_at_a_place_of_its_own() -> None:
    messages = bot_source().messages
    said = {text for m in messages for text in (m.text, m.plural) if text}
    assert said >= {*RECORDED_TEXTS.values()}
    assert len({m.context for m in messages}) == len(messages)


def test_the_place_is_the_path_in_the_catalogue() -> None:
    places = {m.context for m in bot_source().messages}
    assert places > {"welcome.hello", "refusals.unusable.edit", "permissions.parts.needs+person"}
    assert places > {"labels.safe.go", "telling.declined.", "room.privacy"}


def test_a_translator_is_told_where_a_sentence_stands() -> None:
    assert "at most 28 characters" in notes("labels.safe.go")
    assert "the end of a sentence" in notes("labels.do.tap_done")
    assert "at most 60 words" in notes("welcome.hello")
    assert "at most 120 characters" in notes("telegram.about_short")


def test_what_is_signed_is_to_be_translated_exactly() -> None:
    signed = {m.context for m in bot_source().messages if m.signed}
    assert signed > {"handover.withdrawn", "handover.unkept", "case.share_added"}
    assert all("no more and no less" in notes(context) for context in signed)
    assert "welcome.hello" not in signed


def test_what_differs_with_a_number_has_a_plural() -> None:
    counted = Counted(("A word.", "{count} words."), lambda count: int(count != 1))
    texts = replace(ENGLISH, help=replace(ENGLISH.help, ground=counted))  # type: ignore[arg-type]
    found = next(m for m in bot_source(texts).messages if m.context == "help.ground")
    assert (found.text, found.plural) == ("A word.", "{count} words.")


def test_what_is_no_text_is_refused() -> None:
    @dataclass(frozen=True)
    class Group:
        number: int

    with pytest.raises(TypeError, match="number holds int, which is no text"):
        list(TextTree((str,)).texts(Group(1)))
