"""A choice that allows something answers its own question, however messages are carried."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from bot.platforms.matrix.facts import MATRIX
from handlers.messages import Offer
from handlers.outcome import Outcome
from handlers.reporter.markers import (
    CASE,
    ERASE,
    OVERVIEW,
    RECALLED,
    REVIEW,
    SAFE,
    STOP,
    flow_answers,
)
from handlers.reporter.numbering import FIRST_STARTS, STARTS
from handlers.reporter.questions import Question, asks_for_consent, open_question
from handlers.texts.english import ENGLISH
from store.model.drafts import StoredAnswer
from store.model.permissions import DeliveryStage, HistoryEntry, StandingHandover
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.handlers.talks import (
    ASH,
    FLOW,
    OAK,
    PLATFORM,
    READERS,
    ROWAN,
    SETTING,
    WORDS,
    Talk,
)

NOTHING_CHOSEN = {ENGLISH.refusals.choose, ENGLISH.refusals.by_number}


@dataclass
class Room(Talk):
    """A talk in a room; what a person typed can be delivered late, again, or in another order."""

    typed: list[str] = field(default_factory=list)

    def asked(self) -> Question:
        return open_question(self.view)

    def number(self, choice: str) -> str:
        """The number of the offer with this id or the beginning of this label, as it is listed."""
        offers = self.asked().offers
        found = [
            str(offer.number or place)
            for place, offer in enumerate(offers, 1)
            if offer.id == choice or offer.label.startswith(choice)
        ]
        assert found, f"{self.question} offers no {choice}"
        return found[0]

    def choose(self, *choices: str) -> Outcome:
        text = " ".join(self.number(choice) for choice in choices)
        self.typed.append(text)
        return self.say(text)

    def to(self, *steps: str | tuple[str, ...]) -> "Room":
        """On, from the story: commands as they are, choices by the numbers that are listed."""
        for step in steps:
            if isinstance(step, str) and step.startswith("/"):
                self.say(step)
            else:
                self.choose(*([step] if isinstance(step, str) else step))
        return self


def room() -> Room:
    return Room(platform=MATRIX).begin("told")  # type: ignore[return-value]  # it returns itself


TO_REVIEW = ("read", "none", "/skip", "/skip", "none", "Oak", "all", "listen", "yes", "right")


def at_review() -> Room:
    talk = room().to(*TO_REVIEW)
    assert talk.question == REVIEW
    return talk


def nothing(talk: Talk, text: str) -> bool:
    """Whether a text answers nothing: no answer of the draft is another one."""
    before, question = talk.snapshot, talk.question
    outcome = talk.say(text)
    assert not [c for c in outcome.changes if type(c).__name__ != "SaveDraft"]
    return (talk.question, talk.snapshot.draft) == (question, before.draft)


def test_a_two_of_the_fork_says_nothing_at_the_review() -> None:
    talk = at_review()
    for number in range(1, 10):
        assert nothing(talk, str(number))
    assert not talk.handed


def test_every_number_that_was_typed_says_nothing_in_every_later_question() -> None:
    talk = room()
    for step in (*TO_REVIEW, "change", "right", "hold"):
        for typed in talk.typed:
            if asks_for_consent(talk.asked()):
                assert nothing(talk, typed), (talk.question, typed)
        talk.to(step)
    assert len(talk.handed) == 1


def test_a_number_says_nothing_when_its_question_is_asked_anew() -> None:
    talk = room()
    read = talk.number("read")
    talk.to("read", "/back")
    assert talk.question == FLOW.fork.id if FLOW.fork else ""
    assert nothing(talk, read)
    talk.to("keep")


def test_a_question_that_is_only_shown_again_keeps_its_numbers() -> None:
    talk = room()
    number = talk.number("read")
    talk.say("12345")
    talk.say("/pause")
    talk.say("/start")
    assert talk.number("read") == number


@pytest.mark.parametrize("seed", range(20))
def test_messages_in_any_order_allow_nothing_that_was_not_asked(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a talk that can be had again
    talk = at_review()
    for typed in chance.choices(talk.typed, k=40):
        talk.say(typed)
        assert not talk.handed
        assert talk.taken_back == 0
    assert talk.snapshot.draft is not None
    named = [a.choices for a in talk.snapshot.draft.answers if a.step == "read"]
    assert named == [(OAK.id,)]


def test_a_number_of_the_review_does_not_erase() -> None:
    talk = at_review()
    numbers = [talk.number(o.id) for o in talk.asked().offers]
    talk.say("/erase")
    assert talk.question == ERASE
    assert all(nothing(talk, number) for number in numbers)
    talk.choose("yes")
    assert talk.snapshot.draft is None


def test_a_number_of_before_is_no_part_of_the_story_after_a_stop() -> None:
    talk = Room(platform=MATRIX)
    talk.say("/start", "1", "3", "told", "/stop")
    assert talk.question == STOP
    assert nothing(talk, "3")
    talk.say("it went on")
    assert talk.told == ["told", "it went on"]


def test_numbers_of_one_conversation_do_not_fit_the_next() -> None:
    first, second = room(), room()
    second.snapshot = replace(second.snapshot, words=tuple(reversed(WORDS)))
    assert first.number("read") != second.number("read")


def test_numbers_have_two_digits_for_as_long_as_a_talk_usually_is() -> None:
    talk = at_review()
    numbers = [offer.number for offer in talk.asked().offers]
    assert min(numbers) >= FIRST_STARTS
    assert max(numbers) < 99 + STARTS


# Words


def test_words_choose_where_no_earlier_question_offered_them() -> None:
    talk = room()
    talk.say("let someone read it", "nothing", "/skip", "/skip")
    assert talk.question == "never"
    talk.say("Oak")
    assert talk.question == "read"


def test_a_reader_who_may_be_meant_as_excluded_is_chosen_by_number_only() -> None:
    talk = at_review().to("change", "change.read")
    assert talk.question == "read"
    talk.say("Oak")
    assert talk.replies[-2].text == ENGLISH.refusals.by_number
    assert talk.question == "read"
    talk.say(f"{talk.number('Oak')} Oak")
    assert talk.question != "read"


@pytest.mark.parametrize("word", ["yes", "no", "ok", "ye"])
def test_a_word_of_several_questions_chooses_nothing(word: str) -> None:
    assert nothing(at_review(), word)


@pytest.mark.parametrize("word", ["keep", "it"])
def test_such_a_word_allows_and_takes_back_nothing(word: str) -> None:
    talk = at_review()
    outcome = talk.say(word)
    assert {type(c).__name__ for c in outcome.changes} <= {"SaveDraft", "SealItem"}
    assert not talk.handed
    assert talk.question == REVIEW


def test_what_was_said_to_an_opened_case_hands_nothing_over() -> None:
    talk = at_review()
    draft = talk.snapshot.draft
    assert draft is not None
    of_a_case = replace(draft, answers=(*draft.answers, StoredAnswer(CASE, ("1",))))
    talk.snapshot = replace(talk.snapshot, draft=of_a_case)
    talk.say("send it now")
    assert not talk.handed


def test_a_talk_whose_questions_are_lost_can_still_be_erased_in_words() -> None:
    talk = room()
    draft = talk.snapshot.draft
    assert draft is not None
    lost = replace(draft, revision="lost")
    talk.snapshot = replace(talk.snapshot, draft=lost)
    talk.say("/erase", "Yes, delete it all")
    assert talk.snapshot.draft is None


def test_a_no_to_erasing_is_heard_in_any_words() -> None:
    talk = at_review()
    talk.say("/erase", "no")
    assert talk.question == REVIEW


def test_the_words_of_one_question_alone_choose_in_it() -> None:
    talk = at_review()
    talk.say("Yes, send now")
    assert len(talk.handed) == 1


@pytest.mark.parametrize("typed", ["Yes, send now", "send now", "Yes, send in 12 hours"])
def test_words_of_an_earlier_review_share_nothing_at_a_later_one(typed: str) -> None:
    talk = at_review().to("change", "change.read", ("Ash", "Oak"), "right")
    assert talk.question == REVIEW
    talk.say(typed)
    assert talk.replies[-2].text == ENGLISH.refusals.by_number
    assert not talk.handed
    talk.to("now")
    assert len(talk.handed) == 1


def test_words_of_an_earlier_hand_over_share_nothing_after_it_was_taken_back() -> None:
    talk = at_review().to("hold", "/withdraw", *TO_REVIEW)
    assert talk.question == REVIEW
    talk.say("Yes, send now")
    assert len(talk.handed) == 1


def test_words_put_aside_at_the_review_are_asked_about_before_anything_is_shared() -> None:
    talk = at_review()
    talk.say("take her name out", "Yes, send now")
    assert (talk.question, talk.handed) == ("bot.aside", [])
    talk.to("no", "now")
    assert len(talk.handed) == 1


def test_a_yes_to_an_earlier_question_erases_nothing_at_a_later_one() -> None:
    talk = room().to("/erase")
    talk.say("no")
    talk.say("/erase", "Yes, delete it all")
    assert talk.question == ERASE
    talk.to("yes")
    assert talk.snapshot.draft is None


def test_ordinary_questions_are_answered_as_everywhere() -> None:
    talk = Room(platform=MATRIX)
    talk.say("/start")
    assert talk.question == SAFE
    talk.say("1", "when I finish", "told", "/done")
    talk.to("read")
    talk.say("1 4")
    assert talk.question == "wish"


def test_where_nobody_carries_messages_unread_numbers_begin_at_one() -> None:
    talk = Talk().begin("told")
    assert {offer.number for offer in open_question(talk.view).offers} == {0}
    talk.say("2")
    assert talk.question == "needs"


# The list as it was shown


@pytest.mark.parametrize("platform", [PLATFORM, MATRIX])
@pytest.mark.parametrize("readers", [(OAK, ROWAN), (ASH, ROWAN), (), (*READERS[::-1],)])
def test_a_number_is_not_read_against_another_list_than_was_shown(
    platform: object, readers: tuple[object, ...]
) -> None:
    talk = room() if platform is MATRIX else Room().begin("told")
    assert isinstance(talk, Room)
    talk.to("read", "none", "/skip", "/skip", "none")
    ash = talk.number("Ash")
    talk.snapshot = replace(talk.snapshot, readers=readers)  # type: ignore[arg-type]  # readers
    talk.say(ash)
    assert talk.replies[-2].text == ENGLISH.refusals.list_changed
    assert talk.question == "read"
    if ROWAN in readers:
        talk.choose("Rowan")
        draft = talk.snapshot.draft
        assert draft is not None
        assert next(a.choices for a in draft.answers if a.step == "read") == (ROWAN.id,)


def test_a_number_of_the_old_list_says_nothing_in_the_new_one() -> None:
    talk = room().to("read", "none", "/skip", "/skip")
    old = [talk.number(offer.id) for offer in talk.asked().offers]
    talk.snapshot = replace(talk.snapshot, readers=(ROWAN,))
    talk.say(old[0])
    for number in old:
        assert nothing(talk, number)


def test_a_recall_takes_no_number_of_the_question_before() -> None:
    talk = room()
    numbers = [talk.number(offer.id) for offer in talk.asked().offers]
    recalled = {FLOW.revision: "a mistake"}
    talk.settings = replace(SETTING, recalled=recalled)
    assert talk.question == RECALLED
    before = talk.snapshot.draft
    talk.say(numbers[0])  # it is told with this one
    assert before is not None
    assert talk.snapshot.draft is not None
    assert flow_answers(talk.snapshot.draft) == flow_answers(before)
    assert talk.question == RECALLED
    assert all(nothing(talk, number) for number in numbers)


# A case that was opened


def opened(*stages: DeliveryStage, revoked: int = 0) -> Room:
    shares = tuple(
        StandingHandover(f"s{n}", (OAK.id,), stage, 9, 202648) for n, stage in enumerate(stages)
    )
    history = [HistoryEntry(n + 1, "named", (OAK.id,), revoked=False) for n in range(len(stages))]
    gone = [HistoryEntry(n + 10, "named", (OAK.id,), revoked=True) for n in range(revoked)]
    case = OpenedCase(shares, (*history, *gone))
    return Room(Snapshot(opened=case, words=WORDS, readers=READERS), platform=MATRIX)


def listed(talk: Room) -> dict[str, str]:
    assert talk.question == CASE
    return {offer.id: str(offer.number) for offer in talk.asked().offers}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (lambda: opened(DeliveryStage.HELD), lambda: opened(DeliveryStage.RELEASED)),
        (lambda: opened(DeliveryStage.HELD), lambda: opened(revoked=1)),
        (lambda: opened(revoked=1), lambda: opened(DeliveryStage.HELD, revoked=1)),
        (lambda: opened(DeliveryStage.FETCHED), lambda: opened(revoked=1)),
    ],
)
def test_a_number_of_the_menu_means_the_same_or_nothing_after_a_change(
    before: Callable[[], Room], after: Callable[[], Room]
) -> None:
    first, second = listed(before()), listed(after())
    by_number = {number: choice for choice, number in second.items()}
    assert all(by_number.get(number, choice) == choice for choice, number in first.items())


def test_no_number_of_a_conversation_stands_in_the_menu() -> None:
    talk = at_review()
    for typed in talk.typed:
        assert nothing(opened(DeliveryStage.HELD), typed)


def test_the_menu_hands_over_by_its_own_number() -> None:
    talk = opened(DeliveryStage.HELD)
    assert talk.say(listed(talk)["now"]).changes


def test_the_overview_asks_for_no_consent() -> None:
    assert not asks_for_consent(Question(OVERVIEW, (Offer("right", "Yes, that's right"),)))


def test_going_on_after_a_stop_needs_no_number() -> None:
    talk = room().to("read")
    talk.say("/stop")
    assert talk.question == STOP
    talk.say("go on")
    assert talk.question == "needs"


def test_a_story_is_kept_in_words_although_the_review_offers_that_too() -> None:
    talk = room()
    talk.say("/done")
    talk.say(ENGLISH.labels["review.just_keep"])
    assert talk.question == OVERVIEW
    draft = talk.snapshot.draft
    assert draft is not None
    assert ("fate", ("keep",)) in [(a.step, a.choices) for a in draft.answers]
