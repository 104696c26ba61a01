"""Recalled questionnaires: their reporters are told plainly, and nothing is lost."""

from dataclasses import replace

import pytest

from handlers.outcome import ASK
from handlers.reporter.conversation import Conversation
from handlers.reporter.markers import RECALL_SHOWN, RECALLED, REVIEW, without_markers
from store.model.changes import EraseCase, EraseItems
from store.model.drafts import Phase, StoredAnswer
from store.model.snapshot import Snapshot
from tests.unit.handlers.talks import FLOW, READERS, SETTING, Talk, draft

OLD = replace(FLOW, revision="0ld0ld0ld0ld")
STORY = replace(FLOW.steps[0], id="telling", text="What is there to tell?")
NEW = replace(FLOW, revision="4e34e34e34e3", steps=(STORY, *FLOW.steps[1:]))
BECAUSE = "A question was unkind."
BEFORE = replace(SETTING, flow=OLD, revisions={OLD.revision: OLD})
SINCE = replace(
    SETTING,
    flow=NEW,
    revisions={OLD.revision: OLD, NEW.revision: NEW},
    recalled={OLD.revision: BECAUSE},
)


def recalled(talk: Talk) -> Talk:
    """From now on the program knows."""
    talk.settings = SINCE
    talk.replies.clear()
    return talk


def telling(*story: str) -> Talk:
    talk = Talk(settings=BEFORE)
    talk.say("/start", "1", "3", *story)
    return talk


def at_review() -> Talk:
    talk = telling("My story")
    talk.say("/done", "just keep it", "yes, that's right")
    assert talk.question == REVIEW
    return talk


def handed_over() -> Talk:
    talk = at_review()
    talk.press("keep")
    return talk


def test_at_the_next_message_the_reason_is_told_and_three_things_can_be_done() -> None:
    talk = recalled(telling("My story"))
    talk.say("/start")
    assert talk.question == RECALLED
    last = talk.replies[-1]
    assert f"“{BECAUSE}”" in last.text
    assert [o.label for o in last.offers] == [
        "Go on with the new ones",
        "Decide later",
        "Delete it",
    ]


def test_words_that_were_under_way_are_kept_and_not_praised_with_a_go_on() -> None:
    talk = recalled(telling("One"))
    outcome = talk.say("Two, sent before they knew")
    assert talk.told == ["One", "Two, sent before they knew"]
    assert outcome.says == (ASK,)
    assert talk.question == RECALLED


@pytest.mark.parametrize("command", ["/done", "/skip", "/back"])
def test_no_command_goes_on_in_the_old_words(command: str) -> None:
    talk = recalled(telling("My story"))
    before = talk.snapshot.draft
    talk.say(command)
    assert talk.question == RECALLED
    assert talk.snapshot.draft is not None
    assert without_markers(talk.snapshot.draft, RECALL_SHOWN) == before


def test_a_button_of_an_old_question_asks_what_now() -> None:
    talk = telling("My story")
    talk.say("/done")
    recalled(talk)
    assert talk.press("keep").says == (ASK,)  # of the question that is open now: not offered
    assert not [a for a in talk.snapshot.draft.answers if a.step == "fate"]  # type: ignore[union-attr]  # there is one


def test_going_on_keeps_the_story_under_the_new_question_and_asks_the_rest_anew() -> None:
    talk = telling("My story")
    talk.say("/done", "let someone", "nothing", "A wish", "/done", "/skip")
    recalled(talk)
    outcome = talk.press("again")
    assert talk.told == ["My story"]
    assert any(isinstance(c, EraseItems) for c in outcome.changes)
    assert talk.snapshot.draft is not None
    assert talk.snapshot.draft.revision == NEW.revision
    assert [a.step for a in talk.snapshot.draft.answers] == ["bot.clean", "telling"]
    assert talk.question == "fate"
    assert talk.snapshot.pieces[0].step == "telling"


def test_a_story_that_is_still_being_told_goes_on_in_the_new_words() -> None:
    talk = recalled(telling("One"))
    talk.press("again")
    assert talk.question == "telling"
    assert "What is there to tell?" in talk.replies[-1].text
    talk.say("Two")
    assert talk.told == ["One", "Two"]


def test_deciding_later_changes_nothing_and_is_asked_again_when_they_come() -> None:
    talk = recalled(telling("My story"))
    before = talk.snapshot
    talk.press("later")
    assert talk.snapshot == before
    assert "Your story is saved and waits until" in talk.replies[-1].text
    talk.say("/start")
    assert talk.question == RECALLED


def test_erasing_is_asked_once_more() -> None:
    talk = recalled(telling("My story"))
    talk.press("erase")
    outcome = talk.press("yes")
    assert EraseCase() in outcome.changes


def test_a_review_of_old_words_gives_nothing_away() -> None:
    talk = recalled(at_review())
    assert talk.press("keep").says == (ASK,)
    assert talk.handed == []
    talk.press("again")
    assert talk.question == "fate"


def test_a_reporter_who_allowed_something_still_gets_to_the_ways_back() -> None:
    talk = handed_over()
    question = talk.question
    recalled(talk)
    assert talk.question == question
    assert not Conversation(talk.view, talk.view.snapshot.draft).is_halted_by_recall  # type: ignore[arg-type]  # there is one


def test_stop_and_erase_work_as_ever_and_come_back_to_it() -> None:
    talk = recalled(telling("My story"))
    talk.say("/stop")
    assert talk.question == "bot.stop"
    talk.press("go")
    assert talk.question == RECALLED


def test_a_stop_that_was_told_is_not_lost_over_it() -> None:
    talk = telling("One")
    talk.say("stop")
    recalled(talk)
    talk.press("story")
    assert talk.told == ["One", "stop"]
    assert talk.question == RECALLED


def test_of_a_case_that_was_kept_before_all_that_was_told_stays() -> None:
    answers = (
        StoredAnswer("bot.reopened"),
        StoredAnswer("story", (), ("aa" * 16,)),
        StoredAnswer("fate", ("read",)),
        StoredAnswer("wish", (), ("bb" * 16,)),
    )
    texts = {"aa" * 16: ("story", "My story"), "bb" * 16: ("wish", "A wish")}
    old = replace(draft(*answers), revision=OLD.revision)
    snapshot = Snapshot(draft=old, readers=READERS, kept=True)
    talk = Talk(snapshot, SINCE, texts=texts)
    talk._read_back()
    talk.press("again")
    assert talk.snapshot.draft is not None
    assert "bot.reopened" in {a.step for a in talk.snapshot.draft.answers}
    assert talk.told == ["My story", "A wish"]
    assert talk.question == "needs"


def test_another_revision_notices_nothing() -> None:
    talk = telling("My story")
    talk.settings = replace(SINCE, flow=OLD, recalled={NEW.revision: BECAUSE})
    talk.say("/done")
    assert talk.question == "fate"


def test_a_reason_with_signs_of_a_template_is_shown_as_it_is() -> None:
    talk = telling("My story")
    talk.settings = replace(SINCE, recalled={OLD.revision: "{because} {0}"})
    talk.say("/start")
    assert "“{because} {0}”" in talk.replies[-1].text


def test_without_a_reason_that_is_said() -> None:
    talk = telling("My story")
    talk.settings = replace(SINCE, recalled={OLD.revision: ""})
    talk.say("/start")
    assert "They gave no reason." in talk.replies[-1].text


def test_a_recalled_review_goes_back_to_the_questions() -> None:
    talk = recalled(at_review())
    talk.press("again")
    assert talk.snapshot.draft is not None
    assert talk.snapshot.draft.phase is Phase.QUESTIONS


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1", "ASKED_LATER"), ("3", "ASKED_LATER"), ("2", "PAUSED"), ("yes", "HEARD")],
)
def test_a_choice_that_was_typed_before_it_was_told_decides_nothing(typed: str, said: str) -> None:
    talk = recalled(at_review())
    told = talk.told
    outcome = talk.say(typed)
    assert outcome.says[0].sentence == said
    assert talk.question == RECALLED
    assert talk.told == told
    talk.say("/start")
    talk.say("Go on with the new ones")
    assert talk.question == "fate"


def test_a_second_recall_is_told_before_it_takes_a_choice() -> None:
    talk = recalled(telling("My story"))
    talk.say("/start", "Go on with the new ones")
    talk.settings = replace(talk.settings, recalled={OLD.revision: BECAUSE, NEW.revision: BECAUSE})
    assert talk.say("1").says[0].sentence == "ASKED_LATER"
    assert talk.question == RECALLED
