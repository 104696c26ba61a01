"""Replies become messages that fit, and no word is lost or broken on the way."""

import json

from bot.platforms.splitting import units
from bot.platforms.telegram.facts import MAX_UNITS
from bot.platforms.telegram.formatting import keyboard, markup, parts_of
from handlers.messages import CopiedNumber, Offer, Reply
from tests.doubles.telegram.schema import check_request


def test_only_the_last_part_asks() -> None:
    offers = (Offer("a", "Yes", "token"),)
    reply = Reply(
        "word " * 2000, "q", offers, footer="/skip", commands=(Offer("skip", "Skip", "t"),)
    )
    *before, last = parts_of(reply)
    assert len(before) == 2
    assert all(keyboard(part) is None and part.question == "" for part in before)
    assert "/skip" not in last.text  # the buttons say it
    assert all(units(part.text) <= MAX_UNITS for part in (*before, last))


def test_a_row_for_each_offer_and_one_for_the_commands() -> None:
    offers = (Offer("a", "Yes", "t1", ticked=True), Offer("b", "No", "t2"))
    found = keyboard(
        Reply("", "q", offers, commands=(Offer("c", "C", "t3"), Offer("d", "D", "t4")))
    )
    assert found is not None
    rows = [[(b.text, b.callback_data) for b in row] for row in found.inline_keyboard]
    assert rows == [[("✓ Yes", "t1")], [("No", "t2")], [("C", "t3"), ("D", "t4")]]


def test_a_label_too_long_for_a_button_stands_in_the_message_too() -> None:
    long = "Something that is much longer than a button of a phone"
    assert parts_of(Reply("Which?", "q", (Offer("a", "Yes"),)))[0].text == "Which?"
    (listed,) = parts_of(Reply("Which?", "q", (Offer("a", "Yes"), Offer("b", long))))
    assert listed.text == f"Which?\n\n1. Yes\n2. {long}"


def copied(*numbers: str) -> tuple[CopiedNumber, ...]:
    return tuple(CopiedNumber(number, f"Copy {number}") for number in numbers)


def test_a_number_has_a_button_of_its_own_below_all_others_that_copies_it() -> None:
    reply = Reply("help", "q", (Offer("a", "Yes", "t1"),), to_copy=copied("116 016", "112"))
    shown = json.loads(markup(reply))
    assert check_request("sendMessage", {"chat_id": 77, "text": "a", "reply_markup": shown}) == []
    assert shown["inline_keyboard"][1:] == [
        [{"text": "Copy 116 016", "copy_text": {"text": "116 016"}}],
        [{"text": "Copy 112", "copy_text": {"text": "112"}}],
    ]
    found = keyboard(reply)
    assert found is not None
    assert found.to_dict() == shown


def test_a_number_is_offered_once_where_a_text_needs_several_messages() -> None:
    *before, last = parts_of(Reply("word " * 2000, to_copy=copied("116 016")))
    assert all(part.to_copy == () for part in before)
    assert last.to_copy == copied("116 016")


def test_what_is_too_long_for_a_button_to_copy_has_none() -> None:
    assert markup(Reply("help", to_copy=copied("1" + " " * 256 + "12"))) == ""
    assert markup(Reply("help", to_copy=copied(""))) == ""


def test_the_double_knows_how_much_a_button_copies() -> None:
    for text, allowed in (("1" * 256, True), ("1" * 257, False), ("", False)):
        button = {"text": "Copy", "copy_text": {"text": text}}
        shown = {"inline_keyboard": [[button]]}
        found = check_request("sendMessage", {"chat_id": 77, "text": "a", "reply_markup": shown})
        assert (found == []) is allowed
