"""The talk while a draft is open: nothing told is lost, nothing is allowed that was not said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows
from handlers.messages import TextMessage
from handlers.outcome import TAKE_BACK, Outcome
from handlers.permissions.routing import consent_of
from handlers.reporter import telling as talking
from handlers.reporter.markers import REOPENED, WORD_CHECK, flow_answers
from handlers.reporter.questions import open_question
from handlers.reporter.ways_back import draw_places
from store.model.changes import EndDraft, EraseCase, EraseItems, HandOver, SealItem, TakeBack
from store.model.drafts import StoredAnswer
from store.model.snapshot import Snapshot
from tests.unit.handlers.talks import ASH, FLOW, OAK, READERS, ROWAN, Talk, draft

SAYINGS = ("stop", "help", "no", "back", "send", "yes")


def names(outcome: Outcome) -> list[str]:
    return [s.sentence for s in outcome.says]


def begun() -> Talk:
    talk = Talk()
    talk.say("/start", "1", "3")
    return talk


def shared(*, keep: str = "no", read: str = "Oak", never: str = "no, nobody") -> Talk:
    """Up to the overview, with a story, a wish and a person."""
    talk = begun()
    talk.say("first", "second", "/done", "read", "none", "a wish", "a person", read, "everything")
    talk.say(never, "listen", keep)
    assert talk.question == "bot.overview"
    return talk


def asked_words(talk: Talk) -> list[str]:
    """The two that are asked back."""
    assert talk.snapshot.draft
    mark = next(a for a in talk.snapshot.draft.answers if a.step == WORD_CHECK)
    return [talk.snapshot.words[int(place) - 1] for place in mark.choices]


# Telling


def test_a_story_of_command_words_survives_where_stop_was_part_of_it() -> None:
    talk = begun()
    talk.say("stop")
    assert talk.question == "bot.stop"
    talk.press("story")
    talk.say(*SAYINGS[1:], "/done")
    assert talk.told == list(SAYINGS)
    assert talk.question == "fate"


def test_a_story_of_command_words_survives_where_one_just_goes_on() -> None:
    talk = begun()
    talk.say(*SAYINGS, "/done")
    assert talk.told == list(SAYINGS)
    assert talk.question == "fate"


def test_stop_as_the_last_word_and_again_and_again_is_told_too() -> None:
    talk = begun()
    talk.say("I said", "stop", "stop", "Stop!", "/done")
    assert talk.told == ["I said", "stop", "stop", "Stop!"]
    assert talk.question == "fate"


@pytest.mark.parametrize("question", ["needs_other", "wish", "person"])
def test_stop_can_be_the_whole_of_a_single_answer(question: str) -> None:
    talk = single(question)
    before = talk.told
    talk.say("stop")
    assert talk.question == "bot.stop"
    talk.press("story")
    assert talk.told == [*before, "stop"]
    assert talk.question != question


@pytest.mark.parametrize("question", ["needs_other", "wish", "person"])
def test_stop_and_what_follows_are_one_single_answer(question: str) -> None:
    talk = single(question)
    before = talk.told
    talk.say("stop", "stop", "that is what I want")
    assert talk.told == [*before, "stop", "stop", "that is what I want"]
    assert talk.question not in {question, "bot.stop"}


@pytest.mark.parametrize("question", ["needs_other", "wish", "person"])
@pytest.mark.parametrize("word", SAYINGS[1:])
def test_command_words_are_single_answers(question: str, word: str) -> None:
    talk = single(question)
    before = talk.told
    talk.say(word)
    assert talk.told == [*before, word]
    assert talk.question != question


def single(question: str) -> Talk:
    talk = begun()
    talk.say("first", "/done", "read", "5")
    for step in ("needs_other", "wish"):
        if talk.question != question:
            assert talk.question == step
            talk.say("said")
    assert talk.question == question
    return talk


@pytest.mark.parametrize(("choice", "sentence"), [("keep", "PAUSED"), ("erase", "ASK")])
def test_a_stop_that_was_meant_is_no_part_of_the_story(choice: str, sentence: str) -> None:
    talk = begun()
    talk.say("first", "stop")
    outcome = talk.press(choice)
    assert names(outcome) == [sentence]
    assert [isinstance(c, EraseItems) for c in outcome.changes].count(True) == 1
    assert talk.told == ["first"]
    assert list(talk.texts.values()) == [("story", "first")]  # the sealed stop is erased


def test_showing_a_piece_ends_the_question_and_erases_the_sealed_stop() -> None:
    talk = begun()
    talk.say("first", "stop", "/show 1")
    assert talk.question == "bot.piece"
    assert len(talk.texts) == 1


def test_one_acknowledgement_for_words_and_none_beside_a_remark() -> None:
    talk = begun()
    assert names(talk.say("some words")) == ["ACK"]
    assert names(talk.say("help")) == ["KEPT_COMMAND"]
    assert names(talk.say("be\x07ll")) == ["CHARACTERS_LEFT_OUT"]
    assert names(talk.say("cafe\u0301")) == ["ACK"]  # nothing was left out
    assert talk.told[-1] == "café"


def test_empty_lines_between_paragraphs_are_passed_over() -> None:
    talk = begun()
    assert talk.say("", "   ") == Outcome()
    assert names(talk.say("\x07")) == ["CHARACTERS_LEFT_OUT"]
    assert not talk.texts


def test_a_talk_that_is_full_says_so_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "MOST_PIECES", 2)
    talk = begun()
    talk.say("first", "second")
    assert names(talk.say("third")) == ["DRAFT_FULL"]
    assert names(talk.say("stop")) == ["DRAFT_FULL"]
    assert talk.told == ["first", "second"]
    talk.say("/done")
    assert talk.question == "fate"


def test_done_needs_something_told() -> None:
    talk = begun()
    assert names(talk.say("/done")) == ["NOTHING_TOLD", "ASK"]
    talk.say("/skip")
    assert names(talk.say("/done")) == ["NOT_A_TEXT", "ASK"]


# Skip and back


def test_a_skipped_question_is_not_asked_again() -> None:
    talk = begun()
    seen = [talk.question]
    talk.say("told", "/done", "read")
    while talk.question != "bot.overview":
        seen.append(talk.question)
        talk.say("/skip")
    assert len(seen) == len(set(seen))
    assert not consent_of(talk.view).allowed.read


def test_back_shows_each_answer_again_and_loses_no_story() -> None:
    talk = shared()
    for _ in range(20):
        talk.say("/back")
        assert talk.told == ["first", "second", "a wish", "a person"]
    assert names(talk.say("/back")) == ["FIRST", "ASK"]
    assert talk.question == "story"


@pytest.mark.parametrize("command", ["/skip", "/done"])
def test_after_back_what_was_told_stands_unless_something_else_is_told(command: str) -> None:
    talk = begun()
    talk.say("first", "/done", "/back", command)
    assert talk.told == ["first"]
    assert talk.question == "fate"
    talk.say("/back", "second", "/done")
    assert talk.told == ["first", "second"]
    assert talk.question == "fate"


def test_after_back_a_single_answer_is_replaced_and_the_old_one_erased() -> None:
    talk = begun()
    talk.say("first", "/done", "read", "none", "old wish", "/back", "new wish")
    assert talk.told == ["first", "new wish"]
    assert len(talk.texts) == 2


def test_after_back_a_permission_can_be_taken_away_by_skipping() -> None:
    talk = begun()
    talk.say("first", "/done", "read", "none", "/skip", "/skip", "Oak", "/back")
    assert talk.question == "read"
    talk.say("/skip")
    assert not consent_of(talk.view).allowed.read


def test_an_answer_that_no_longer_applies_is_erased_at_once() -> None:
    talk = begun()
    talk.say("first", "/done", "read", "5", "something else", "/back", "/back")
    assert talk.question == "needs"
    talk.say("none")
    assert talk.told == ["first"]
    assert [text for _, text in talk.texts.values()] == ["first"]


def test_choices_that_do_not_fit_are_explained() -> None:
    talk = begun()
    talk.say("first", "/done", "read")
    assert names(talk.press("listen", "none")) == ["CHOOSE_ALONE", "ASK"]
    talk.say("none", "/skip", "/skip", "Oak")
    assert names(talk.press("all", "needs")) == ["CHOOSE_ONE", "ASK"]
    assert names(talk.say("perhaps")) == ["CHOOSE", "ASK"]


def test_deciding_later_decides_nothing() -> None:
    for later in ("decide later", "/skip"):
        talk = begun()
        talk.say("first", "/done")
        assert names(talk.say(later)) == ["LATER", "PAUSED"]
        assert talk.question == "fate"
        assert talk.told == ["first"]


# Pieces


def test_a_piece_is_shown_by_its_number_also_after_another_one() -> None:
    talk = begun()
    talk.say("first", "second")
    talk.say("/show 1")
    assert talk.replies[-2].text.endswith("first")
    talk.say("/show 2")
    assert talk.replies[-2].text.endswith("second")
    talk.press("back")
    assert talk.told == ["first", "second"]
    assert names(talk.say("/show 3")) == ["PIECE_MISSING"]
    assert names(talk.say("/show x")) == ["PIECE_MISSING"]
    assert names(talk.say("/show " + "9" * 5_000)) == ["PIECE_MISSING"]


def test_a_piece_can_be_left_out_for_good() -> None:
    talk = shared()
    talk.say("right", "/show 1")
    outcome = talk.press("out")
    assert names(outcome) == ["LEFT_OUT", "ASK"]
    assert talk.told == ["second", "a wish", "a person"]
    assert len(talk.texts) == 3
    assert talk.question == "bot.review"


def test_a_piece_can_be_left_out_after_the_way_there_was_begun_anew() -> None:
    talk = begun()
    talk.say("first", "/show 1")
    talk.press("out")
    assert talk.question == "story"
    assert not talk.texts
    talk.say("second", "/done")
    assert talk.told == ["second"]


# The second yes


def test_no_to_everything_hands_over_nothing_and_erases() -> None:
    talk = begun()
    talk.say("first", "/done", "read", "none", "/skip", "/skip", "nobody", "no", "right")
    offers = [o.id for o in open_question(talk.view).offers]
    assert offers == ["finish", "show", "change"]
    outcome = talk.press("finish")
    assert outcome.changes == (EraseCase(),)
    assert not talk.handed


def test_only_keep_it_keeps_and_shares_nothing() -> None:
    talk = begun()
    talk.say("first", "/done", "only keep it", "right")
    talk.press("keep")
    (act,) = talk.handed
    assert [p.scope for p in act.permissions] == ["keep"]
    assert not act.report
    assert act.hold_hours == 0


def test_nothing_is_handed_over_before_the_second_yes() -> None:
    talk = shared()
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
    talk = shared()
    talk.press("right")
    talk.press("now")
    assert talk.handed[0].hold_hours == 0


def test_never_holds_through_the_overview_until_it_is_changed_itself() -> None:
    talk = shared(never="Ash")
    talk.press("change.read")
    assert ASH.id not in [o.id for o in open_question(talk.view).offers]
    talk.press(OAK.id, ROWAN.id)
    talk.press("right")
    talk.press("hold")
    (act,) = talk.handed
    named = next(p for p in act.permissions if p.scope == "named")
    assert set(named.readers) == {OAK.id, ROWAN.id}
    assert named.barred == (ASH.id,)


def test_whoever_may_read_cannot_be_barred_in_the_same_breath() -> None:
    talk = shared()
    talk.press("change.never")
    assert OAK.id not in [o.id for o in open_question(talk.view).offers]


@pytest.mark.parametrize("line", ["fork", "read", "parts", "never", "act", "keep"])
def test_every_line_of_the_overview_can_be_opened_and_left_as_it_is(line: str) -> None:
    talk = shared(keep="yes")
    before = consent_of(talk.view).allowed
    step = {"fork": "fate"}.get(line, line)
    assert names(talk.press(f"change.{step}")) == ["AGAIN", "ASK"]
    assert talk.question == step
    talk.say("/done")
    assert talk.question == "bot.overview"
    assert consent_of(talk.view).allowed == before


# Ways back


def kept() -> Talk:
    talk = shared(keep="yes")
    talk.press("right")
    talk.press("hold")
    assert talk.question == "bot.back"
    return talk


def test_the_words_are_shown_until_two_were_given_back() -> None:
    talk = kept()
    assert names(talk.press("words")) == ["WORDS", "ASK"]
    first = asked_words(talk)
    assert names(talk.say("neither of them")) == ["WRONG_WORDS"]
    assert names(talk.say("/words")) == ["WORDS", "ASK"]
    assert asked_words(talk) == first  # the same two
    talk.say("/back")
    assert talk.question == "bot.back"
    talk.press("words")
    assert asked_words(talk) == first
    outcome = talk.say(" ".join(first))
    assert outcome.changes == (EndDraft(),)
    assert names(outcome) == ["GOODBYE"]


@pytest.mark.parametrize(
    "form", ["{0} {1}", "{0}, {1}", "{0} and {1}", " {0}\t{1}. ", "3. {0} 4. {1}"]
)
def test_two_words_can_be_given_back_as_people_write(form: str) -> None:
    talk = kept()
    talk.press("words")
    first, second = asked_words(talk)
    assert talk.say(form.format(first.upper(), second)).changes == (EndDraft(),)


def test_two_words_in_the_wrong_order_are_not_the_two() -> None:
    talk = kept()
    talk.press("words")
    assert not talk.say(" ".join(reversed(asked_words(talk)))).changes


def test_the_code_alone_ends_the_talk() -> None:
    talk = kept()
    assert talk.press("code").changes == (EndDraft(),)
    handed = shared()
    handed.press("right")
    handed.press("now")
    assert handed.question == "bot.code"
    assert names(handed.say("/words")) == ["NO_WORDS_YET", "ASK"]
    assert handed.press("have").changes == (EndDraft(),)


@given(st.binary(min_size=1, max_size=64))
def test_the_two_places_are_different_and_among_the_twelve(numbers: bytes) -> None:
    stream = iter([*numbers, *range(256)])
    first, second = map(int, draw_places(lambda size: bytes(next(stream) for _ in range(size))))
    assert 1 <= first < second <= 12


# Withdrawing


def test_withdrawing_before_anything_was_handed_over_says_so() -> None:
    assert names(begun().say("/withdraw")) == ["NOTHING_SHARED", "ASK"]


def test_withdrawing_while_the_draft_is_open_opens_the_fork_again() -> None:
    talk = kept()
    outcome = talk.say("/withdraw")
    assert TAKE_BACK in outcome.changes
    assert talk.question == "fate"
    assert consent_of(talk.view).allowed == flows.permissions(FLOW, ())
    assert talk.told[:2] == ["first", "second"]


def test_late_withdrawing_says_what_cannot_be_undone() -> None:
    talk = shared()
    talk.press("right")
    talk.press("now")
    assert names(talk.say("/withdraw")) == ["WITHDRAWN_LATE", "ASK"]


# A kept case that became a talk again


def reopened(keep: str) -> Talk:
    told = StoredAnswer("story", items=("ab" * 16,))
    answers = (StoredAnswer(REOPENED), told, StoredAnswer("fate", ("read",)))
    talk = Talk(
        Snapshot(draft=draft(*answers), readers=READERS, kept=True, words=("a",) * 12),
        texts={"ab" * 16: ("story", "told")},
    )
    talk.say("none", "/skip", "/skip", "Oak", "everything", "no, nobody", "listen", keep, "right")
    return talk


def test_whoever_came_with_the_words_is_given_the_new_code() -> None:
    talk = reopened("yes")
    assert names(talk.press("hold")) == ["HANDED_HELD", "CODE", "ASK"]
    assert talk.question == "bot.code"
    outcome = talk.press("have")
    assert outcome.changes == (EndDraft(),)
    assert outcome.says[0].ids[:2] == ("kept", "words")


def test_no_to_keeping_ends_what_was_kept_before() -> None:
    talk = reopened("no")
    outcome = talk.press("hold")
    assert isinstance(outcome.changes[0], TakeBack)
    assert isinstance(outcome.changes[1], HandOver)
    assert not any(p.scope == "keep" for p in talk.handed[0].permissions)


# Laws

MESSAGES = st.one_of(
    st.sampled_from(("stop", "/stop", "/back", "/skip", "/done", "/pause", "/show", "/show 1")),
    st.sampled_from(("/erase", "/withdraw", "/words", "/permissions", "/unsafe", "/unknown")),
    st.sampled_from(
        ("1", "2", "3", "4", "1 2", "yes", "no", "none", "nobody", "read", "Oak, Ash")
    ),
    st.text(max_size=12),
)


@settings(max_examples=150)
@given(st.lists(MESSAGES, max_size=40))
def test_over_any_messages_answers_are_settled_and_told_words_stay(texts: list[str]) -> None:
    talk = begun()
    told: dict[str, str] = {}
    for text in texts:
        before = talk.question
        outcome = talk.hear(TextMessage(text))
        told |= {c.item: c.text for c in outcome.changes if isinstance(c, SealItem)}
        told = {i: t for i, t in told.items() if i not in _dropped(outcome)}
        if talk.snapshot.draft is None:
            return
        answers = flow_answers(talk.snapshot.draft)
        flow = talk.view.settings.flow_of(talk.snapshot)
        assert flows.settle(flow, answers) == answers
        assert {i: t for i, (_, t) in talk.texts.items()} == told
        if before == "story" and not text.startswith("/"):
            assert not _dropped(outcome)


def _dropped(outcome: Outcome) -> set[str]:
    return {i for c in outcome.changes if isinstance(c, EraseItems) for i in c.items}
