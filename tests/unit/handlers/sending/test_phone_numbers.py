"""Only what can be dialled is offered as a number to copy."""

from dataclasses import replace

import pytest

from handlers.context import HelpLine
from handlers.messages import CopiedNumber
from handlers.sending.phone_numbers import help_numbers, is_phone_number
from store.model.snapshot import Snapshot
from tests.unit.handlers.talks import SETTING, view_of


@pytest.mark.parametrize(
    "contact",
    [
        "112",
        "116 016",
        "+49 30 123456",
        "0800 111 0 111",
        "(030) 12-34-56",
        " 0800/1110111 ",
        "988",
    ],
)
def test_a_telephone_number_is_one(contact: str) -> None:
    assert is_phone_number(contact)


@pytest.mark.parametrize(
    "contact",
    ["", "12", "help@example.org", "https://example.org/116016", "@helpline", "116 016 (Robin)"],
)
def test_anything_else_is_none(contact: str) -> None:
    assert not is_phone_number(contact)


def test_more_digits_than_a_number_has_are_none() -> None:
    assert not is_phone_number("1" * 16)


def test_numbers_are_copied_as_they_are_written_and_once() -> None:
    lines = (
        HelpLine("A", " 116 016 ", "always"),
        HelpLine("B", "help@example.org", "always"),
        HelpLine("C", "116 016", "at night"),
    )
    view = view_of(Snapshot(), settings=replace(SETTING, help_lines=lines))
    assert help_numbers(view) == (CopiedNumber("116 016", "Copy 116 016"),)
