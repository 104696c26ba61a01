"""The bot's own sentences: short, plain, without blame; each is used, and each can be said."""

import ast
import re

import pytest

from handlers.buttons import command_buttons
from handlers.reporter.questions import step_question
from handlers.reporter.typed_text import BARE
from handlers.sending import rendering as render
from handlers.texts import english as words
from tests.unit.handlers.spoken import ROOT, SENTENCES, names_in_code, names_of, said
from tests.unit.handlers.talks import FLOW

MOST_WORDS = 60
FORBIDDEN = re.compile(
    r"\b(why|alleged|allegedly|allegation|claim(s|ed)?|victim|confess|accus(e|ed|ation)|"
    r"member(?<!commission member)|brave|proud|well done|great|good job|sorry|unfortunately|"
    r"understand how|your fault|should have|could have|failed to|must not|wrongly)\b",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"{(\w*)}")


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_a_sentence_is_short_and_blames_and_praises_nobody(name: str) -> None:
    text = SENTENCES[name]
    joined = name in {"NEXT_HELD", "NEXT_NOW"} or name.startswith("HISTORY")
    assert text.strip() == text or joined
    assert len(text.split()) <= MOST_WORDS
    assert not FORBIDDEN.search(text)
    assert "!" not in text


def test_every_sentence_that_is_said_exists() -> None:
    known = set(vars(words)) | set(render._SENTENCES) | {"ASK", "ADD_MORE"}
    assert said() <= known
    assert len(said()) > 40


def test_every_sentence_is_used() -> None:
    constants = {name for name in vars(words) if name.isupper()}
    assert constants <= names_in_code()


def test_a_sentence_that_nobody_says_is_found() -> None:
    tree = ast.parse("words.USED\nsay('SAID')\nother.DEAD\n")
    assert names_of(tree) & {"USED", "SAID", "DEAD"} == {"USED", "SAID"}


def test_every_label_is_a_choice_that_is_offered() -> None:
    source = (ROOT / "handlers" / "reporter" / "questions.py").read_text("utf-8")
    beneath = {f"button.{name}" for name in buttons_beneath_questions()}
    for label in words.LABELS:
        owner, choice = label.split(".")
        if owner == "button":
            assert label in beneath, label
        else:
            assert f'"{choice}"' in source or owner == "change", label


def buttons_beneath_questions() -> set[str]:
    """What a chat offers beneath any question of the questionnaire."""
    questions = (step_question(FLOW, (), step) for step in FLOW.steps)
    return {offer.id for question in questions for offer in command_buttons(question)}


def test_what_cleaning_a_chat_means_and_cannot_do_is_said_when_it_is_asked() -> None:
    for choice in ("clean.go", "clean.end", "clean.self"):
        assert f'"{words.LABELS[choice]}"' in words.CLEAN_CHAT
    before_self, after = words.CLEAN_CHAT.split('"I do it myself"')
    assert "two days" in before_self
    assert "nothing is deleted for you" in after
    assert "may not reach what Telegram keeps" in after


def test_every_command_that_is_named_exists() -> None:
    commands = BARE | {"inbox", "join", "fetch"}
    for name, text in SENTENCES.items():
        for command in re.findall(r"(?<![\w“])/(\w+)", text.replace("/{word}", "")):
            assert command in commands, (name, command)


def test_every_command_is_explained() -> None:
    explained = set(re.findall(r"/(\w+)", words.COMMANDS))
    assert explained >= BARE - {"start", "help", "language", "add"}


def test_the_limits_are_said_before_anything_is_told() -> None:
    assert "Nobody is reading now" in words.HELLO
    assert "program" in words.HELLO
    assert "no lawyer and no emergency service" in words.HELLO
    assert "/stop" in words.HELLO
    assert "/unsafe" in words.HELLO
    assert "{reads_along}" in words.HELLO
    assert "another device" in words.SAFE
    assert "not end-to-end" in words.PRIVACY


def test_what_cannot_be_undone_is_said_where_it_is_decided() -> None:
    assert "cannot make them forget" in words.SHARING
    assert "cannot be brought back" in words.ERASE
    assert "cannot be reached" in words.ERASED
    assert "cannot be made unread" in words.WITHDRAWN_LATE
    assert "cannot be made unread" in words.WITHDRAWN_FETCHED


def test_the_first_choice_gives_nothing_away() -> None:
    assert list(words.LABELS).index("erase.no") < list(words.LABELS).index("erase.yes")
    assert next(iter(words.ACTS)) == "act.listen"


def test_placeholders_havenames_of() -> None:
    for name, text in SENTENCES.items():
        assert all(PLACEHOLDER.findall(text)) or "{" not in text, name
