"""The overview and the second yes: nothing is allowed that was not said."""

import pytest

import flows
from handlers.outcome import take_back
from handlers.permissions.overview import overview_lines
from handlers.permissions.routing import consent_of
from handlers.reporter.markers import REOPENED
from handlers.reporter.questions import open_question
from handlers.texts.english import ENGLISH
from store.model.changes import EndDraft, EraseCase, HandOver, StopKeeping
from store.model.drafts import StoredAnswer
from store.model.snapshot import Snapshot
from tests.unit.handlers.reporter.places import (
    begin_story,
    reach_overview,
    reach_ways_back,
    sentence_names,
)
from tests.unit.handlers.talks import ASH, FLOW, OAK, READERS, ROWAN, Talk, draft


def test_no_to_everything_hands_over_nothing_and_erases() -> None:
    talk = begin_story()
    talk.say(
        "first",
        "/done",
        "let someone",
        "nothing",
        "/skip",
        "/skip",
        "nobody",
        "nobody",
        "no",
        "yes, that's right",
    )
    offers = [o.id for o in open_question(talk.view).offers]
    assert offers == ["just_keep", "finish", "show", "change"]
    assert not any(isinstance(change, EraseCase) for change in talk.press("finish").changes)
    assert talk.question == "bot.erase"
    outcome = talk.press("yes")
    assert outcome.changes == (EraseCase(),)
    assert [text.sentence for text in outcome.says] == ["NOTHING_KEPT"]
    assert not talk.handed


def test_deleting_a_story_in_the_review_can_be_left_at_the_second_question() -> None:
    talk = begin_story()
    talk.say("first", "/done", "let someone", *("/skip",) * 5, "no")
    talk.press("right")
    talk.say("Delete my story", "no")
    assert talk.question == "bot.review"
    assert talk.told == ["first"]


@pytest.mark.parametrize("typed", ["finish", "hold", "now", "keep"])
def test_no_id_gives_the_second_yes_or_takes_it(typed: str) -> None:
    nothing_allowed = begin_story()
    nothing_allowed.say("first", "/done", "let someone", *("/skip",) * 5, "no")
    for talk in (reach_overview(), nothing_allowed):
        talk.press("right")
        talk.say(typed)
        assert talk.question in {"bot.review", "bot.aside"}
        assert talk.told
        assert not talk.handed


def test_only_keep_it_keeps_and_shares_nothing() -> None:
    talk = begin_story()
    talk.say("first", "/done", "just keep it", "yes, that's right")
    talk.press("keep")
    (act,) = talk.handed
    assert [p.scope for p in act.permissions] == ["keep"]
    assert not act.report
    assert act.hold_hours == 0


def test_nothing_is_handed_over_before_the_second_yes() -> None:
    talk = reach_overview()
    assert not talk.handed
    talk.press("right")
    assert not talk.handed
    talk.press("show")
    assert not talk.handed
    talk.press("change")
    assert talk.question == "bot.overview"
    talk.press("right")
    talk.press("hold")
    (act,) = talk.handed
    assert act.hold_hours == 12
    assert [p.readers for p in act.permissions if p.scope == "named"] == [(OAK.id,)]


def test_now_is_said_by_itself() -> None:
    talk = reach_overview()
    talk.press("right")
    talk.press("now")
    assert talk.handed[0].hold_hours == 0


def test_never_holds_through_the_overview_until_it_is_changed_itself() -> None:
    talk = reach_overview(never="Ash")
    talk.press("change.read")
    assert ASH.id not in [o.id for o in open_question(talk.view).offers]
    talk.press(OAK.id, ROWAN.id)
    talk.press("right")
    talk.press("hold")
    (act,) = talk.handed
    readers = {p.scope: set(p.readers) for p in act.permissions}
    assert readers["named"] == {OAK.id, ROWAN.id}
    assert readers["never"] == {ASH.id}


def test_a_reader_who_may_read_cannot_be_barred_at_the_same_time() -> None:
    talk = reach_overview()
    talk.press("change.never")
    assert OAK.id not in [o.id for o in open_question(talk.view).offers]


@pytest.mark.parametrize("line", ["fork", "read", "parts", "never", "act", "keep"])
def test_every_line_of_the_overview_can_be_opened_and_left_as_it_is(line: str) -> None:
    talk = reach_overview(keep="yes")
    before = consent_of(talk.view).allowed
    step = {"fork": "fate"}.get(line, line)
    assert sentence_names(talk.press(f"change.{step}")) == ["AGAIN", "ASK"]
    assert talk.question == step
    talk.say("/done")
    assert talk.question == "bot.overview"
    assert consent_of(talk.view).allowed == before


def test_only_keeping_it_after_all_takes_the_place_of_sharing_it() -> None:
    talk = reach_overview(keep="yes")
    outcome = talk.say("Change what happens to it", "Just keep it")
    assert sentence_names(outcome) == ["FORK_ANEW", "FORK_ASIDE", "ASK"]
    assert consent_of(talk.view).readers == ()
    assert talk.question == "bot.aside"
    talk.say("Yes, add it")
    assert talk.told == ["first", "second", "a wish", "a person"]
    assert talk.question == "bot.overview"
    assert overview_lines(talk.view) == [
        "I keep your story for when you come back.",
        "You let nobody read your story.",
    ]
    talk.say("Yes, that's right")
    assert "now" not in talk.offered
    assert "hold" not in talk.offered
    talk.say("Yes, keep it like this")
    assert [p.scope for p in talk.handed[-1].permissions] == ["keep"]
    assert not talk.handed[-1].report


def test_letting_somebody_read_it_after_all_asks_again_whether_it_is_kept() -> None:
    talk = begin_story()
    talk.say("first", "/done", "Just keep it", "Change what happens to it")
    assert sentence_names(talk.say("Let someone read it")) == ["FORK_ANEW", "ASK"]
    assert not consent_of(talk.view).keeps_case
    talk.say("nothing", "/skip", "/skip", "nobody", "Oak", "everything", "only read")
    assert talk.question == "keep"


def test_the_same_choice_again_changes_nothing_and_says_nothing() -> None:
    talk = reach_overview(keep="yes")
    before = consent_of(talk.view).allowed
    outcome = talk.say("Change what happens to it", "Let someone read it")
    assert sentence_names(outcome) == ["ASK"]
    assert consent_of(talk.view).allowed == before


def test_withdrawing_before_anything_was_handed_over_says_so() -> None:
    assert sentence_names(begin_story().say("/withdraw")) == ["NOTHING_SHARED", "ASK"]


def test_withdrawing_while_the_draft_is_open_opens_the_fork_again() -> None:
    talk = reach_ways_back()
    outcome = talk.say("/withdraw")
    assert take_back(ENGLISH) in outcome.changes
    assert talk.question == "fate"
    assert consent_of(talk.view).allowed == flows.permissions(FLOW, ())
    assert talk.told[:2] == ["first", "second"]


def test_late_withdrawing_says_what_cannot_be_undone() -> None:
    talk = reach_overview()
    talk.press("right")
    talk.press("now")
    assert sentence_names(talk.say("/withdraw")) == ["WITHDRAWN_LATE", "DROPPED", "ASK"]


def test_withdrawing_in_a_talk_takes_back_the_reading_only_and_says_what_stands() -> None:
    talk = reach_overview(never="Ash", keep="yes")
    talk.press("right")
    talk.press("now")
    said = sentence_names(talk.say("/withdraw"))
    assert said == ["WITHDRAWN_LATE", "STILL_KEPT_AND_NEVER", "DROPPED", "ASK"]
    assert consent_of(talk.view).keeps_case
    talk.press("read")
    talk.say("/done", "/done", "/done")
    talk.say("/skip", "/skip", "/skip", "nobody")
    offered = [o.id for o in open_question(talk.view).offers]
    assert talk.question == "read"
    assert ASH.id not in offered


def reopened(keep: str, *, taken_back: bool = False) -> Talk:
    told = StoredAnswer("story", items=("ab" * 16,))
    answers = (StoredAnswer(REOPENED), told, StoredAnswer("fate", ("read",)))
    talk = Talk(
        Snapshot(
            draft=draft(*answers),
            readers=READERS,
            kept=True,
            words=("a",) * 12,
            taken_back=taken_back,
        ),
        texts={"ab" * 16: ("story", "told")},
    )
    talk.say(
        "nothing",
        "/skip",
        "/skip",
        "nobody",
        "Oak",
        "everything",
        "only read",
        keep,
        "yes, that's right",
    )
    return talk


def test_a_reporter_who_came_with_the_words_is_given_the_new_code() -> None:
    talk = reopened("yes")
    assert sentence_names(talk.press("hold")) == ["HANDED_HELD", "ASK"]
    assert talk.question == "bot.code"
    outcome = talk.press("have")
    assert outcome.changes == (EndDraft(),)
    assert outcome.says[0].ids[:2] == ("kept", "words")


def test_nobody_is_said_not_to_read_what_was_shared_before() -> None:
    talk = reopened("yes", taken_back=True)
    assert sentence_names(talk.press("hold")) == ["HANDED_HELD_ALSO", "ASK"]
    assert sentence_names(talk.say("/withdraw"))[0] == "WITHDRAWN_LATE"


def test_nothing_is_added_where_it_cannot_be() -> None:
    talk = reopened("yes")
    talk.press("now")
    assert sentence_names(talk.say("/add")) == ["DECIDED", "ASK"]


def test_no_to_keeping_ends_what_was_kept_before() -> None:
    talk = reopened("no")
    outcome = talk.press("hold")
    assert isinstance(outcome.changes[0], StopKeeping)
    assert "UNKEPT" in sentence_names(outcome)
    assert isinstance(outcome.changes[1], HandOver)
    assert not any(p.scope == "keep" for p in talk.handed[0].permissions)


# In other words than the labels


@pytest.mark.parametrize(
    "typed", ["looks right", "That looks right!", "ok", "yes looks good", "that's correct"]
)
def test_the_overview_is_agreed_to_in_the_words_of_people(typed: str) -> None:
    talk = reach_overview()
    talk.say(typed)
    assert talk.question == "bot.review"


@pytest.mark.parametrize(
    "typed",
    [
        *("change it", "no, change that", "thats not right", "no", "that's wrong", "oops"),
        *("i dont want oak to read it", "dont share it"),
    ],
)
def test_who_wants_something_else_at_the_overview_is_asked_for_its_line(typed: str) -> None:
    talk = reach_overview()
    outcome = talk.say(typed)
    assert (sentence_names(outcome), outcome.changes) == (["CHOOSE_LINE", "ASK"], ())
    assert talk.question == "bot.overview"


@pytest.mark.parametrize(
    "typed", ["send it in 12 hours", "in 12 hours", "12 hours", "Send in 12 hours please"]
)
def test_the_held_yes_is_given_in_the_words_of_people(typed: str) -> None:
    talk = reach_overview()
    talk.say("looks right", typed)
    (act,) = talk.handed
    assert act.hold_hours == 12


def test_sending_it_now_needs_its_object() -> None:
    talk = reach_overview()
    talk.say("looks right", "now", "send", "yes", "send it", "in 3 hours", "hours", "ok now")
    assert not talk.handed
    talk = reach_overview()
    talk.say("looks right", "send it now")
    assert [act.hold_hours for act in talk.handed] == [0]


def test_changing_it_at_the_review_goes_back_to_the_overview() -> None:
    talk = reach_overview()
    talk.say("looks right", "change it")
    assert talk.question == "bot.overview"


@pytest.mark.parametrize(
    "typed", ["share it", "i think someone should read it", "please report it", "let oak read it"]
)
def test_a_wish_at_the_fork_leads_to_the_questions_about_it(typed: str) -> None:
    talk = begin_story()
    talk.say("first", "/done", typed)
    assert talk.question == "needs"
    assert consent_of(talk.view).readers == ()


def test_how_to_be_reached_becomes_no_part_of_a_story() -> None:
    talk = begin_story()
    talk.say("first", "/done", "let someone", "someone who listens", "a wish", "/done", "/skip")
    talk.say("nobody", "Oak", "everything", "only read", "Kim", "0151 1", *("/skip",) * 4, "no")
    assert talk.question == "bot.overview"
    talk.press("change.fate")
    outcome = talk.press("keep")
    assert sentence_names(outcome) == ["FORK_ANEW", "DROPPED", "FORK_ASIDE", "ASK"]
    talk.press("yes")
    assert talk.told == ["first", "a wish"]
