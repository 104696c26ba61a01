"""Replies show commands as they can be typed and numbered choices, in parts that fit."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.crypto.device_crypto import MEGOLM
from bot.platforms.matrix.events import COMMANDS
from bot.platforms.matrix.formatting import (
    MAX_TEXT_UNITS,
    event_content,
    full_text,
    split_reply,
    typeable,
)
from bot.platforms.splitting import units
from handlers.messages import Offer, Reply
from handlers.texts.english import ENGLISH
from tests.integration.matrix.devices import BOT, BOT_DEVICE, ROOM, Device
from tests.sentences import RECORDED_TEXTS

EVENT_BYTES = 65_536
"""The limit of an event (room events, "Size limits"), with all that servers add."""
SERVERS_BYTES = 3_000
OFFERS = (Offer("a", "Just keep it"), Offer("b", "Erase it, and /stop"))


# Commands


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("/done ends a text, /skip leaves out.", "!done ends a text, !skip leaves out."),
        ("/done", "!done"),
        ("Write /stop.", "Write !stop."),
        ("(/help) “/open” '/back' \"/words\"", "(!help) “!open” '!back' \"!words\""),
        ("/done\n/stop", "!done\n!stop"),
        ("write /withdraw one two", "write !withdraw one two"),
        ("/start/here /open-data /help.html", "/start/here /open-data /help.html"),
        ("https://example.org/help", "https://example.org/help"),
        ("https://example.org/-/open?x=/add#/back", "https://example.org/-/open?x=/add#/back"),
        ("https://example.org/~/stop http:/stop", "https://example.org/~/stop http:/stop"),
        ("and/or, either/open, 1/add, ./start", "and/or, either/open, 1/add, ./start"),
        ("/opened /stopped /foo /", "/opened /stopped /foo /"),
        ("/fetch K7Q2ZZ, /inbox, /join", "!fetch K7Q2ZZ, !inbox, !join"),
    ],
)
def test_commands_are_shown_as_they_can_be_typed_and_addresses_stay(text: str, typed: str) -> None:
    assert typeable(text) == typed


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_shown_with_an_exclamation_mark(name: str) -> None:
    assert typeable(f"Or /{name}.") == f"Or !{name}."


def test_no_sentence_shows_a_slash_command() -> None:
    for name, text in RECORDED_TEXTS.items():
        own = typeable(RECORDED_TEXTS.get(f"ROOM[{name}]", text))
        left = [w for w in own.split() if w.strip("“”\"'().,:;").removeprefix("/") in COMMANDS]
        assert not [w for w in left if "/" in w], name


def test_a_reporters_own_words_stay_as_they_are() -> None:
    told = "He said /stop and /done, and I went."
    assert full_text(Reply(told, told=True)) == told
    assert full_text(Reply(told, told=True, copyable=False, footer="/back")) == f"{told}\n\n!back"
    assert full_text(Reply(told, copyable=False)) == "He said !stop and !done, and I went."


def test_a_label_is_shown_as_it_is_typed() -> None:
    assert full_text(Reply("What now?", offers=OFFERS)).endswith("2. Erase it, and /stop")


# Choices


def test_choices_are_numbered_between_text_and_footer() -> None:
    reply = Reply("What now?", "fate", OFFERS, footer="/skip")
    (part,) = split_reply(reply)
    assert part.text == "What now?\n\n1. Just keep it\n2. Erase it, and /stop\n\n!skip"
    assert (part.offers, part.footer, part.question) == ((), "", "fate")


def test_only_the_last_of_several_parts_asks() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "words " * 200 for n in range(12))
    parts = split_reply(Reply(text, "fate", OFFERS, footer="/skip", silent=True))
    assert len(parts) > 1
    assert [part.question for part in parts] == [""] * (len(parts) - 1) + ["fate"]
    assert parts[-1].text.endswith("1. Just keep it\n2. Erase it, and /stop\n\n!skip")
    assert all(units(part.text) <= MAX_TEXT_UNITS for part in parts)
    assert all(part.silent for part in parts)


def test_an_empty_reply_is_one_part() -> None:
    assert len(split_reply(Reply(""))) == 1


def test_silent_replies_are_notices() -> None:
    assert event_content(Reply("x", silent=True)) == {"msgtype": "m.notice", "body": "x"}
    for_reader = Reply("x", silent=True, for_reader=True)  # no app would tell them of a notice
    assert event_content(for_reader) == {"msgtype": "m.text", "body": "x"}
    assert event_content(Reply("x")) == {"msgtype": "m.text", "body": "x"}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300), st.integers(1, 9))
def test_splitting_loses_no_words(text: str, times: int) -> None:
    parts = split_reply(Reply(f"{text} " * times, told=True))
    assert " ".join(p.text for p in parts).split() == (f"{text} " * times).split()


# Size


@pytest.mark.parametrize("sign", ["a", "\u5b57", "\U0001f642", "\u0001", '"', "\\"])
def test_the_longest_part_fits_into_an_event(tmp_path: Path, sign: str) -> None:
    bot = Device(tmp_path, BOT, BOT_DEVICE)
    bot.olm.create_outbound_group_session(ROOM)
    bot.olm.outbound_group_sessions[ROOM].shared = True
    parts = split_reply(Reply(sign * 30_000, told=True))
    assert len(parts) > 3
    sizes = []
    for part in parts:
        plain: dict[str, Any] = {"type": "m.room.message", "content": event_content(part)}
        content = bot.olm.group_encrypt(ROOM, plain)
        assert content["algorithm"] == MEGOLM
        sizes.append(len(json.dumps(content).encode()))
    bot.store.close()
    assert max(sizes) < EVENT_BYTES - SERVERS_BYTES, max(sizes)


def test_every_sentence_is_one_part() -> None:
    for name, text in RECORDED_TEXTS.items():
        assert len(split_reply(Reply(text))) == 1, name
    assert len(split_reply(Reply(ENGLISH.room.privacy))) == 1
