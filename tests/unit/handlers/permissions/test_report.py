"""The report: what is allowed first, then exactly the parts that were chosen."""

import pytest

import flows
from handlers.permissions.act import TERMS
from handlers.permissions.consent import Consent
from handlers.permissions.report import compile_report, part_name, week_name
from handlers.permissions.routing import hand_over
from handlers.reporter.conversation import Conversation
from handlers.texts.english import ENGLISH
from tests.unit.handlers.talks import FLOW, Talk

STORY, WISH, PERSON = "the first words", "a wish of mine", "somebody with a hat"


def report(parts: str, act: str = "listen") -> str:
    talk = Talk().begin(STORY, "more of it")
    talk.say("read", "1 3 5", "something else", WISH, PERSON, "Oak")
    talk.press(parts)
    talk.press("none")
    talk.press(act)
    talk.say("no", "right")
    talk.press("hold")
    return talk.handed[0].report


@pytest.mark.parametrize(
    ("parts", "shown", "left_out"),
    [
        ("needs", [WISH, "Somebody who listens", "something else"], [STORY, PERSON]),
        ("needs_person", [WISH, PERSON], [STORY, "more of it"]),
        ("all", [WISH, PERSON, STORY, "more of it"], []),
    ],
)
def test_exactly_the_chosen_parts_are_in_it(
    parts: str, shown: list[str], left_out: list[str]
) -> None:
    text = report(parts)
    assert all(piece in text for piece in shown)
    assert not any(piece in text for piece in left_out)


@pytest.mark.parametrize("act", list(TERMS))
def test_what_is_allowed_stands_on_top(act: str) -> None:
    assert report("all", act).splitlines()[0] == ENGLISH.report.acts[TERMS[act]]


def test_needs_come_first_and_the_story_last_in_the_order_it_was_told() -> None:
    text = report("all")
    order = ["WHAT WOULD HELP", WISH, "WHO IT IS ABOUT", PERSON, "WHAT WAS TOLD", STORY, "more"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "(week 48 of 2026)" in text


def test_what_was_skipped_leaves_no_empty_heading() -> None:
    talk = Talk().begin(STORY)
    talk.say("read", "/skip", "/skip", "/skip", "Oak", "everything", "/skip", "/skip", "no")
    talk.say("right", "1")
    text = talk.handed[0].report
    assert text == f"{ENGLISH.report.acts['act.listen']}\n\nWHAT WAS TOLD\n\n{STORY}\n({week()})\n"


def week() -> str:
    return week_name(202648)


def test_a_week_is_said_as_people_say_it() -> None:
    assert week_name(202607) == "week 7 of 2026"


def test_every_piece_has_a_name_in_the_index() -> None:
    names = {step.id: part_name(FLOW, step.id) for step in FLOW.steps if step.takes_text}
    assert names == {
        "story": "What you told",
        "needs_other": "What would help",
        "wish": "What would help",
        "person": "Who it is about",
    }
    assert part_name(FLOW, "no.such.step") == "What you told"


def test_every_act_has_its_words_in_the_overview_and_on_the_report() -> None:
    assert set(TERMS) == set(flows.model.ACTS)
    assert set(TERMS.values()) == set(ENGLISH.permissions.acts) == set(ENGLISH.report.acts)


def test_without_a_reader_there_is_no_report() -> None:
    talk = Talk().begin(STORY)
    talk.say("only keep it", "right")
    assert talk.snapshot.draft is not None
    conversation = Conversation(talk.view, talk.snapshot.draft)
    act = hand_over(conversation, 12)
    assert (act.report, act.parts, act.hold_hours) == ("", (), 0)
    nothing = compile_report(conversation, Consent())
    assert nothing == f"{ENGLISH.report.acts['act.listen']}\n"
