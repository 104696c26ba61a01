"""The bot's own sentences: short, plain, without blame; each is used, and each can be said."""

import ast
import re
from dataclasses import replace

import pytest

from handlers.buttons import command_buttons
from handlers.outcome import SHOWING_QUESTION
from handlers.reporter.questions import step_question
from handlers.reporter.typed_text import BARE
from handlers.sending.sentences import _COMPOSED
from handlers.texts.english import ENGLISH
from handlers.texts.names import EARLIER_NAMES, SENTENCE_NAMES, plain_sentences
from tests.sentences import (
    RECORDED_TEXTS,
    ROOT,
    entries_in_code,
    entries_of,
    entry_names,
    names_in_code,
    names_said,
)
from tests.unit.handlers.talks import FLOW

MOST_WORDS = 60
FORBIDDEN = re.compile(
    r"\b(why|alleged|allegedly|allegation|claim(s|ed)?|victim|confess|accus(e|ed|ation)|"
    r"member(?<!commission member)|brave|proud|well done|great|good job|unfortunately|"
    r"understand how|your fault|should have|could have|failed to|must not|wrongly)\b",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"{(\w*)}")


@pytest.mark.parametrize("name", sorted(RECORDED_TEXTS))
def test_a_sentence_is_short_and_blames_and_praises_nobody(name: str) -> None:
    text = RECORDED_TEXTS[name]
    joined = name in {"NEXT_HELD", "NEXT_NOW"} or name.startswith("HISTORY")
    assert text.strip() == text or joined
    assert len(text.split()) <= MOST_WORDS
    assert not FORBIDDEN.search(text)
    assert "!" not in text


def test_every_name_that_the_store_says_too_is_a_name_of_a_sentence() -> None:
    assert names_said() <= set(SENTENCE_NAMES)
    assert len(names_said()) > 40


def test_every_name_of_a_sentence_is_said_by_this_version_or_was_by_an_earlier_one() -> None:
    assert set(SENTENCE_NAMES) - EARLIER_NAMES <= names_in_code()
    assert EARLIER_NAMES.isdisjoint(names_said())


def test_every_plain_sentence_has_a_name_and_every_other_name_a_renderer() -> None:
    plain = set(plain_sentences(ENGLISH))
    assert plain.isdisjoint(_COMPOSED)
    assert plain | set(_COMPOSED) | SHOWING_QUESTION == set(SENTENCE_NAMES)


def test_every_text_is_used() -> None:
    assert entry_names() <= entries_in_code()


def test_a_text_that_nothing_reads_is_found() -> None:
    tree = ast.parse("ENGLISH.telling.used\ntexts.read\nENGLISH.labels['x']\nother.dead\n")
    assert entries_of(tree) >= {"used", "read"}
    assert "dead" not in entries_of(tree)


def test_every_label_is_a_choice_that_is_offered() -> None:
    source = (ROOT / "handlers" / "reporter" / "questions.py").read_text("utf-8")
    beneath = {f"button.{name}" for name in buttons_beneath_questions()}
    for label in ENGLISH.labels:
        owner, choice = label.split(".")
        if owner == "button":
            assert label in beneath, label
        else:
            assert f'"{choice}"' in source or owner in {"change", "do"}, label


def buttons_beneath_questions() -> set[str]:
    """What a chat offers beneath any question of the questionnaire."""
    questions = [step_question(FLOW, (), step) for step in FLOW.steps]
    questions.append(replace(questions[0], has_asides=True))
    return {offer.id for question in questions for offer in command_buttons(ENGLISH, question)}


def test_what_cleaning_a_chat_means_and_cannot_do_is_said_when_it_is_asked() -> None:
    for choice in ("clean.go", "clean.end", "clean.self"):
        assert f'"{ENGLISH.labels[choice]}"' in ENGLISH.chat.clean_chat
    before_self, after = ENGLISH.chat.clean_chat.split(f'"{ENGLISH.labels["clean.self"]}"')
    assert "two days" in before_self
    assert "I delete nothing" in after
    assert "Telegram may still keep copies" in after


def test_every_command_that_is_named_exists() -> None:
    commands = BARE | {"inbox", "join", "fetch"}
    for name, text in RECORDED_TEXTS.items():
        for command in re.findall(r"(?<![\w“])/(\w+)", text.replace("/{word}", "")):
            assert command in commands, (name, command)


def test_every_command_is_explained() -> None:
    explained = set(re.findall(r"/(\w+)", ENGLISH.help.commands))
    assert explained >= BARE - {"start", "help", "language", "add"}


def test_the_limits_are_said_before_anything_is_told() -> None:
    assert "Nobody is reading now" in ENGLISH.welcome.hello
    assert "program" in ENGLISH.welcome.hello
    assert "can't give legal advice or send help" in ENGLISH.welcome.hello
    assert "/stop" in ENGLISH.welcome.hello
    assert "{help}" in ENGLISH.welcome.hello
    assert "{reads_along}" in ENGLISH.welcome.hello
    assert "use your account" in RECORDED_TEXTS["DRAFT_LIFE"]
    assert "not end-to-end" in ENGLISH.chat.privacy


def test_what_cannot_be_undone_is_said_where_it_is_decided() -> None:
    assert "can't be unread" in RECORDED_TEXTS["SHARING"]
    assert "can't be brought back" in ENGLISH.leaving.erase
    assert "What I can't delete" in ENGLISH.leaving.erased
    assert "can't be unread" in ENGLISH.handover.withdrawn_late
    assert "can't be unread" in ENGLISH.handover.withdrawn_fetched


def test_the_first_choice_gives_nothing_away() -> None:
    assert list(ENGLISH.labels).index("erase.no") < list(ENGLISH.labels).index("erase.yes")
    assert next(iter(ENGLISH.permissions.acts)) == "act.listen"


def test_placeholders_have_names() -> None:
    for name, text in RECORDED_TEXTS.items():
        assert all(PLACEHOLDER.findall(text)) or "{" not in text, name
