"""A number that stops or deletes something is typed for nothing else: no list, year or call."""

from dataclasses import replace

from bot.platforms.matrix.facts import MATRIX
from handlers.reporter.holding import FIRST_NUMBER, NUMBERS, hold_offer
from handlers.reporter.numbering import number_asked, number_menu
from handlers.reporter.questions import CASE_CHOICES, bot_choices
from handlers.reporter.typed_text import is_number
from handlers.texts.english import ENGLISH
from store.model.permissions import HeldHandover, HistoryEntry
from store.model.snapshot import AskedErasure, OpenedCase, Snapshot
from tests.unit.handlers.talks import OAK, Talk

EMERGENCY = frozenset({110, 112, 113, 115, 117, 118, 119, 122, 144, 190, 911, 988, 995, 999})
YEARS = frozenset(range(1900, 2100))
MENU = bot_choices(ENGLISH, "case", *CASE_CHOICES)


def of_menus() -> set[int]:
    """The numbers of opened cases, however often they were changed."""
    numbers = set[int]()
    for changes in range(500):
        history = tuple(HistoryEntry(n, "named", ("a",), False) for n in range(changes))
        opened = OpenedCase((), history)
        numbers |= {offer.number for offer in number_menu(opened, CASE_CHOICES, MENU)}
    return numbers


def of_questions() -> set[int]:
    """The numbers of the questions whether a story is to go, and what a code is for."""
    numbers = set[int]()
    for n in range(4_000):
        asked = AskedErasure(f"{n:08x}" + "00" * 12)
        for offers in (bot_choices(ENGLISH, "erase", "no", "yes"), MENU[:3]):
            numbers |= {offer.number for offer in number_asked(asked, offers)}
    return numbers


def of_holds() -> set[int]:
    return {*range(FIRST_NUMBER, FIRST_NUMBER + NUMBERS)}


def test_no_list_shares_a_number_with_another_a_year_or_a_call() -> None:
    kinds = [of_menus(), of_questions(), of_holds(), {*EMERGENCY}, {*YEARS}]
    for n, numbers in enumerate(kinds):
        for others in kinds[n + 1 :]:
            assert not numbers & others


def test_every_number_of_a_hold_can_be_typed() -> None:
    for identity in range(0, 2**32, 2**22):
        hold = HeldHandover("aa" * 32, 500_000, kept=True, readers=(OAK.id,), id=f"{identity:08x}")
        offer = hold_offer(ENGLISH, hold)
        assert offer.number in of_holds()
        assert is_number(str(offer.number))


def test_a_call_for_help_in_a_story_stops_nothing() -> None:
    talk = Talk(platform=MATRIX).begin()
    hold = HeldHandover("aa" * 32, 500_000, kept=True, readers=(OAK.id,), id="00" * 16)
    talk.snapshot = replace(talk.snapshot, held=hold)
    talk.say("/back")
    for number in sorted(EMERGENCY | {2013}):
        talk.say(str(number))
    assert talk.taken_back == 0
    assert isinstance(talk.snapshot, Snapshot)
