"""The report: what is allowed first, then exactly the parts that were chosen."""

from dataclasses import replace
from pathlib import Path

import pytest

import flows
from handlers.permissions.act import TERMS, instruct_readers
from handlers.permissions.consent import Consent
from handlers.permissions.report import compile_report, part_name, week_name
from handlers.permissions.routing import hand_over
from handlers.reporter.conversation import Conversation
from handlers.texts.english import ENGLISH
from tests.unit.handlers.talks import FLOW, SETTING, Talk

STORY, WISH, PERSON = "the first words", "a wish of mine", "somebody with a hat"


LEFT_OPEN = ("everything", "/skip", "/skip", "/skip", "no")
"""From the parts to the keeping."""
SKIPPED = ("let someone", "/skip", "/skip", "/skip", "/skip")
"""From the fork to the readers."""


def report(parts: str, act: str = "listen") -> str:
    talk = Talk().begin(STORY, "more of it")
    talk.say("let someone", "1 3 5", "something else", "/done", WISH, "/done", PERSON, "/done")
    talk.say("nobody", "Oak")
    talk.press(parts)
    talk.press("none")
    talk.press(act)
    talk.say("/skip", "/skip", "no", "yes, that's right")
    talk.press("hold")
    return talk.handed[0].report


@pytest.mark.parametrize(
    ("parts", "shown", "left_out"),
    [
        ("needs", [WISH, "Someone who listens", "something else"], [STORY, PERSON]),
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
def test_what_is_allowed_stands_on_top_word_for_word(act: str) -> None:
    step = FLOW.permission_step("act")
    choice = step.choice(act) if step else None
    assert choice is not None
    said = ENGLISH.report.chosen.format(label=choice.text)
    assert f"“{choice.text}”" in said
    assert report("all", act).startswith(f"{said}\n\n{ENGLISH.report.acts[TERMS[act]]}\n\n")


@pytest.mark.parametrize("name", ["intake", "witness", "process"])
def test_every_limit_of_every_questionnaire_reaches_the_readers(name: str) -> None:
    file = Path(flows.__file__).parent / f"{name}.toml"
    step = flows.load(file.read_text("utf-8"), file.name).permission_step("act")
    assert step is not None
    for choice in step.choices:
        allowed = flows.Permissions(act=choice.id)
        said = instruct_readers(Consent(allowed=allowed, chosen={"act": choice.text}))
        assert f"“{choice.text}”" in said
        assert said.endswith(ENGLISH.report.acts[TERMS[choice.id]])


def test_a_limit_comes_before_what_is_allowed() -> None:
    for term in ("act.unnamed", "act.accused"):
        text = ENGLISH.report.acts[term]
        assert text.index("Say nothing") < text.index("you may")


def test_who_left_it_open_is_not_quoted() -> None:
    talk = Talk().begin(STORY)
    talk.say(*SKIPPED, "Oak", *LEFT_OPEN)
    talk.say("yes, that's right", "1")
    assert talk.handed[0].report.startswith(ENGLISH.report.unanswered)


def test_the_readers_are_told_with_whom_to_talk_and_how_to_step_aside() -> None:
    assert ENGLISH.report.alone in report("all")
    talk = Talk().begin(STORY)
    talk.say(*SKIPPED, "Oak, Ash", *LEFT_OPEN)
    talk.say("yes, that's right", "1")
    assert ENGLISH.report.together.format(readers="Ash and Oak") in talk.handed[0].report


def test_a_notice_stands_before_what_was_told() -> None:
    text = report("all")
    assert text.index(ENGLISH.report.notice) < text.index("WHAT WOULD HELP")


def test_the_readers_words_are_short_and_plain() -> None:
    texts = ENGLISH.report
    assert max(len(text.split()) for text in (texts.together, texts.alone, texts.notice)) <= 60


def test_needs_come_first_and_the_story_last_in_the_order_it_was_told() -> None:
    text = report("all")
    order = ["WHAT WOULD HELP", WISH, "WHO IT IS ABOUT", PERSON, "WHAT WAS TOLD", STORY, "more"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "(week 48 of 2026)" in text


def test_what_was_skipped_leaves_no_empty_heading() -> None:
    talk = Talk().begin(STORY)
    talk.say(*SKIPPED, "Oak", *LEFT_OPEN)
    talk.say("yes, that's right", "1")
    text = talk.handed[0].report
    before, _, told = text.partition(f"{ENGLISH.report.notice}\n\n")
    assert told == f"WHAT WAS TOLD\n\n{STORY}\n({week()})\n"
    assert "\n\n\n" not in before


def week() -> str:
    return week_name(ENGLISH, 202648)


def test_a_week_is_said_as_people_say_it() -> None:
    assert week_name(ENGLISH, 202607) == "week 7 of 2026"


def test_every_piece_has_a_name_in_the_index() -> None:
    names = {step.id: part_name(ENGLISH, FLOW, step.id) for step in FLOW.steps if step.takes_text}
    assert names == {
        "story": "Your story",
        "needs_other": "What would help",
        "wish": "What would help",
        "person": "Who you named",
        "called": "What they call you",
        "reach": "How to reach you",
        "reach_when": "When to reach you",
        "reach_as": "Who they say they are",
        "reach_others": "Who else might answer",
    }
    assert part_name(ENGLISH, FLOW, "no.such.step") == "Your story"


def test_every_act_has_its_words_in_the_overview_and_on_the_report() -> None:
    assert set(TERMS) == set(flows.model.ACTS)
    assert set(TERMS.values()) == set(ENGLISH.permissions.acts) == set(ENGLISH.report.acts)


def test_without_a_reader_there_is_no_report() -> None:
    talk = Talk().begin(STORY)
    talk.say("just keep it", "yes, that's right")
    assert talk.snapshot.draft is not None
    conversation = Conversation(talk.view, talk.snapshot.draft)
    act = hand_over(conversation, 12)
    assert (act.report, act.parts, act.hold_hours) == ("", (), 0)
    nothing = compile_report(conversation, Consent())
    assert nothing.endswith(f"{ENGLISH.report.notice}\n")


def test_an_answer_that_means_nothing_alone_stands_behind_its_question() -> None:
    talk = Talk().begin(STORY)
    talk.say("let someone", "1 3", WISH, "/done", PERSON, "/done", "nobody", "Oak", "help and")
    talk.say("only read", "Kim", "0151 1", "in the evening", "no message", "a friend", "my boss")
    talk.say("no", "yes, that's right", "1")
    told = talk.handed[0].report.partition("WHAT WOULD HELP\n\n")[2]
    assert told.replace(f"\n({week()})", "").rstrip().split("\n\n") == [
        behind("needs", "Someone who listens\nCompany or practical help"),
        behind("wish", WISH),
        behind("called", "Kim"),
        behind("reach", "0151 1"),
        behind("reach_when", "in the evening"),
        behind("reach_message", "No message"),
        behind("reach_as", "a friend"),
        behind("reach_others", "my boss"),
    ]


def behind(step_id: str, answer: str) -> str:
    """An answer as readers see it."""
    step = FLOW.step(step_id)
    return f"“{step.text if step else None}”\n{answer}"


def test_who_knows_of_what_a_witness_tells_stands_behind_its_question() -> None:
    file = Path(flows.__file__).parent / "witness.toml"
    flow = flows.load(file.read_text("utf-8"), file.name)
    settings = replace(SETTING, flow=flow, revisions={flow.revision: flow})
    talk = Talk(settings=settings).begin(STORY)
    talk.say(
        "let someone", "they know", "nothing", "/skip", "/skip", "nobody", "Oak", "everything"
    )
    talk.say("only read", "no", "yes, that's right", "1")
    asked = "“Does the person it happened to know that you are writing?”\nThey know"
    assert asked in talk.handed[0].report
