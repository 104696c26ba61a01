"""No message is longer than somebody can take in, and none of its words is lost."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.messages import ChatClearing, CopiedNumber, Offer, Reply
from handlers.reporter.markers import ERASE, REVIEW
from handlers.sending.short_messages import MOST_WORDS, count_words, in_short_messages

LINES = st.lists(st.sampled_from(["word", "– a", "3. b", "Heading:", "", "12"]), max_size=30)
TEXTS = st.lists(LINES.map(" ".join), max_size=20).map("\n".join) | st.text()
LIST = "\n".join(f"– line {number} says five words" for number in range(15))
LONG = f"Is this right?\n\nYour list:\n\n{LIST}\n\nYou can change it."


def texts_of(text: str) -> list[str]:
    return [each.text for each in in_short_messages(Reply(text))]


@given(TEXTS)
@example(LONG)
def test_every_word_is_said_in_its_order(text: str) -> None:
    assert " ".join(texts_of(text)).split() == text.split()


@given(TEXTS)
@example(LONG)
def test_a_message_is_long_only_if_one_line_is(text: str) -> None:
    for part in texts_of(text):
        assert count_words(part) <= MOST_WORDS or len(part.split("\n")) == 1


def test_a_list_is_split_between_its_lines_and_a_heading_stays_with_its_first_line() -> None:
    lines = LIST.split("\n")
    assert texts_of(LONG) == [
        "\n".join(["Is this right?", "", "Your list:", "", *lines[:11]]),
        "\n".join([*lines[11:], "", "You can change it."]),
    ]


def test_a_short_message_stays_as_it_is() -> None:
    reply = Reply("Is this right?\n\nYes or no.", "bot.overview", clear=ChatClearing.PASSED)
    assert in_short_messages(reply) == (reply,)


@pytest.mark.parametrize("question", [REVIEW, ERASE])
def test_what_an_answer_covers_stays_whole(question: str) -> None:
    assert in_short_messages(Reply(LONG, question)) == (Reply(LONG, question),)


def test_what_was_told_stays_whole() -> None:
    assert in_short_messages(Reply(LONG, told=True)) == (Reply(LONG, told=True),)


def test_the_first_one_cleans_and_the_last_one_asks() -> None:
    first, *_, last = in_short_messages(
        Reply(
            LONG,
            "bot.overview",
            (Offer("right", "Yes"),),
            footer="/stop",
            clear=ChatClearing.PASSED,
            commands=(Offer("stop", "Stop"),),
            to_copy=(CopiedNumber("A help line", "116016"),),
            hold="aa",
        )
    )
    assert (first.clear, last.clear) == (ChatClearing.PASSED, ChatClearing.NOTHING)
    assert (last.question, last.footer, last.hold) == ("bot.overview", "/stop", "aa")
    assert last.offers
    assert last.commands
    assert last.to_copy
    assert not any((first.question, first.footer, first.hold, first.offers))
    assert not first.commands
    assert not first.to_copy
