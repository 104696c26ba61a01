"""What others can see on a lock screen must not tell what somebody writes about."""

from dataclasses import replace

import pytest

from bot.config.values import Matrix, Telegram
from bot.public_names import PublicName, configured_names, topic_notes, topic_words_in
from tests.rig import Rig


def named(text: str, *, joined: bool = False) -> PublicName:
    return PublicName("The name", text, "Change it.", joined)


@pytest.mark.parametrize(
    "text",
    [
        "Harassment bot",
        "Oak assault line",
        "Against abuse",
        "VIOLENCE at work",
        "Report it",
        "Survivors' circle",
        "MeToo Oak",
        "#metoo",
        "Me Too, Oak",
        "Speak up!",
        "Union hotline",
        "Línea contra el acoso",
        "Denuncias Roble",
        "VÍCTIMAS",
        "Yo también, Roble",
    ],
)
def test_a_word_of_the_topic_is_found(text: str) -> None:
    assert topic_words_in(named(text))


@pytest.mark.parametrize(
    "text", ["OakReportBot", "oak_report_bot", "oakreportbot", "ReportOakBot", "unionabusebot"]
)
def test_it_is_found_in_a_name_without_blanks(text: str) -> None:
    assert topic_words_in(named(text, joined=True))


@pytest.mark.parametrize(
    "text",
    [
        "Oak",
        "The Example Choir",
        "oakbot",
        "grapebot",
        "support2026",
        "Choir news",
        "Coro Roble",
        "",
    ],
)
def test_a_neutral_name_is_neutral(text: str) -> None:
    assert topic_words_in(named(text)) == ()
    assert topic_words_in(named(text, joined=True)) == ()


def test_a_note_says_what_why_and_the_cure() -> None:
    [note] = topic_notes([named("Oak"), named("Report it")])
    assert note == (
        "The name, “Report it”, tells what the bot is for (report). It stands on lock screens and "
        "in lists of chats, where somebody else may see it. Change it."
    )


def test_what_the_config_names_is_looked_at_where_it_is_shown(rig: Rig) -> None:
    file = rig.folder / "secret"
    quiet = rig.config
    telegram = replace(quiet, telegram=Telegram(file, "polling", "https://api.telegram.org"))
    matrix = replace(
        quiet, matrix=Matrix("https://example.org", "@report:abuse.example", file, "Holdfast")
    )
    assert configured_names(quiet) == []
    assert [name.what for name in configured_names(telegram)][:3] == [
        "The organisation's name",
        "The bot's description on Telegram",
        "The bot's short description on Telegram",
    ]
    assert [note.partition(",")[0] for note in topic_notes(configured_names(matrix))] == [
        "The bot's user id on Matrix"
    ]


def test_the_bots_own_texts_on_telegram_tell_nothing(rig: Rig) -> None:
    telegram = Telegram(rig.folder / "secret", "polling", "https://api.telegram.org")
    assert topic_notes(configured_names(replace(rig.config, telegram=telegram))) == []
