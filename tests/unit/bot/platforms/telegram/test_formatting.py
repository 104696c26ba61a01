"""Replies become messages that fit, and no word is lost or broken on the way."""

from bot.platforms.splitting import units
from bot.platforms.telegram.facts import MAX_UNITS
from bot.platforms.telegram.formatting import keyboard, parts_of
from handlers.messages import Offer, Reply


def test_only_the_last_part_asks() -> None:
    offers = (Offer("a", "Yes", "token"),)
    reply = Reply(
        "word " * 2000, "q", offers, footer="/skip", commands=(Offer("skip", "Skip", "t"),)
    )
    *before, last = parts_of(reply)
    assert len(before) == 2
    assert all(keyboard(part) is None and part.question == "" for part in before)
    assert last.text.endswith("/skip")
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
