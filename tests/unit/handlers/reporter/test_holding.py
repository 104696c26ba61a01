"""What is held is stopped with one tap, a number or a word; every answer says where it stands."""

from dataclasses import replace

import pytest

from handlers.messages import ButtonPress, LastAnswer, TextMessage, UnusableMessage
from handlers.outcome import ASK, LookupPurpose, Outcome, say
from handlers.reporter.decide import decide
from handlers.reporter.holding import hold_offer
from handlers.reporter.markers import HOLD
from handlers.sending.rendering import render
from handlers.texts.english import ENGLISH
from store.model.changes import AskErasure, BeginCase, CloseCase, TakeBack
from store.model.drafts import Phase, StoredAnswer
from store.model.permissions import HeldHandover, HistoryEntry, RevocationBasis
from store.model.snapshot import AskedErasure, OpenedCase, Snapshot
from tests.sentences import RECORDED_TEXTS
from tests.unit.handlers.talks import ASH, OAK, READERS, WORDS, Talk, draft, view_of

KEPT = HeldHandover("aa" * 32, 500_012, kept=True, id="a1" * 16, readers=(OAK.id,))
UNKEPT = HeldHandover("bb" * 32, 500_020, kept=False, id="b2" * 16, readers=(ASH.id,))
ALONE = Snapshot(held=KEPT, readers=READERS)
BOTH = Snapshot(held=UNKEPT, older_holds=(KEPT,), readers=READERS)
HERE = replace(KEPT, here=True)
OPENED = replace(ALONE, held=HERE, opened=OpenedCase((), ()), kept=True)
STOP_KEPT = TakeBack(RevocationBasis.HOLD, (KEPT.statement,))
STOP_UNKEPT = TakeBack(RevocationBasis.HOLD, (UNKEPT.statement,))
STOP_BOTH = TakeBack(RevocationBasis.HOLD, (KEPT.statement, UNKEPT.statement))


def names(outcome: Outcome) -> list[str]:
    return [s.sentence for s in outcome.says]


def typed(text: str, snapshot: Snapshot = ALONE, *, greeted: bool = False) -> Outcome:
    last_answer = LastAnswer.WELCOME if greeted else LastAnswer.OTHER
    return decide(view_of(snapshot), TextMessage(text), last_answer=last_answer)


def pressed(hold: HeldHandover, snapshot: Snapshot) -> Outcome:
    return decide(view_of(snapshot), ButtonPress(HOLD, (hold.id,)))


# The button


def test_one_tap_stops_it_and_says_what_has_become_of_the_story() -> None:
    kept = pressed(KEPT, ALONE)
    assert (kept.changes, names(kept)) == ((STOP_KEPT,), ["HOLD_STOPPED"])
    unkept = pressed(UNKEPT, replace(ALONE, held=UNKEPT))
    assert (unkept.changes, names(unkept)) == ((STOP_UNKEPT,), ["HOLD_STOPPED_DELETED"])


def test_a_button_stops_no_other_hand_over_than_its_own() -> None:
    for hold, change, other in ((KEPT, STOP_KEPT, UNKEPT), (UNKEPT, STOP_UNKEPT, KEPT)):
        outcome = pressed(hold, BOTH)
        assert outcome.changes == (change,)
        assert outcome.says[-1].sentence == "HOLD_STANDS"
        assert outcome.says[-1].ids == (other.id,)


def test_a_stale_button_changes_nothing_and_says_what_is_true_now() -> None:
    gone = pressed(KEPT, Snapshot(readers=READERS))
    assert (gone.changes, names(gone)) == ((), ["HOLD_GONE"])
    other = pressed(KEPT, replace(ALONE, held=UNKEPT))
    assert (other.changes, names(other)) == ((), ["HOLD_GONE", "HOLD_STANDS"])
    beside = pressed(KEPT, Snapshot(draft=draft(), readers=READERS))
    assert (beside.changes, names(beside)) == ((), ["HOLD_GONE", "ASK"])


def test_beside_another_conversation_the_button_stops_only_what_it_was_made_for() -> None:
    beside = replace(ALONE, draft=draft())
    assert pressed(KEPT, beside).changes == (STOP_KEPT,)


def test_in_its_own_conversation_it_is_taken_back_with_the_keys_and_asked_anew() -> None:
    here = replace(KEPT, here=True)
    own = replace(ALONE, draft=draft(phase=Phase.BACK), held=here, shared=True, kept=True)
    outcome = pressed(here, own)
    taken = outcome.changes[0]
    assert isinstance(taken, TakeBack)
    assert (taken.how, taken.statements) == (RevocationBasis.WORDS, (here.statement,))
    assert names(outcome) == ["WITHDRAWN", "STILL_KEPT", "ASK"]


def test_in_the_opened_case_it_is_taken_back_with_the_keys_and_nothing_else_is() -> None:
    here = replace(KEPT, here=True)
    opened = replace(ALONE, held=here, opened=OpenedCase((), ()), kept=True)
    outcome = pressed(here, opened)
    (taken,) = outcome.changes
    assert isinstance(taken, TakeBack)
    assert (taken.how, taken.statements) == (RevocationBasis.WORDS, (here.statement,))
    assert names(outcome) == ["HOLD_STOPPED", "ASK"]


# In words


@pytest.mark.parametrize(
    "text",
    [
        *("I changed my mind", "please don't send it!!!", "stop it", "don't send", "take it back"),
        *("cancel", "undo", "no wait", "withdraw", "stop", "/stop", "/withdraw", "/stop!"),
        str(hold_offer(ENGLISH, KEPT).number),
        f"{hold_offer(ENGLISH, KEPT).number}.",
    ],
)
def test_words_that_want_to_stop_do_so_at_once(text: str) -> None:
    outcome = typed(text)
    assert (outcome.changes, names(outcome)) == ((STOP_KEPT,), ["HOLD_STOPPED"])


@pytest.mark.parametrize("text", ["don't send it", "/withdraw", "/stop"])
def test_words_mean_everything_that_can_be_stopped(text: str) -> None:
    outcome = typed(text, BOTH)
    assert (outcome.changes, names(outcome)) == ((STOP_BOTH,), ["HOLD_STOPPED_MIXED"])


def test_a_number_stops_what_it_stands_for() -> None:
    assert typed(str(hold_offer(ENGLISH, UNKEPT).number), BOTH).changes == (STOP_UNKEPT,)


@pytest.mark.parametrize("text", ["hello", "yes", "no", "ok", "don't stop it", "how?"])
def test_what_is_not_understood_is_answered_with_where_things_stand(text: str) -> None:
    outcome = typed(text)
    assert (outcome.changes, names(outcome)) == ((), ["HOLD_STANDS"])
    assert names(typed(text, BOTH)) == ["HOLD_STANDS", "HOLD_STANDS"]


@pytest.mark.parametrize("text", ["/skip", "/unknown", "/permissions"])
def test_every_answer_ends_with_where_things_stand(text: str) -> None:
    assert names(typed(text))[-1] == "HOLD_STANDS"
    assert "ASK" not in names(typed(text))
    picture = decide(view_of(ALONE), UnusableMessage(""))
    assert names(picture) == ["UNUSABLE", "HOLD_STANDS"]


@pytest.mark.parametrize("text", ["/unsafe", "I'm not safe", "/help", "/privacy"])
def test_help_stands_alone(text: str) -> None:
    outcome = typed(text)
    assert outcome.direct
    assert not outcome.says


def test_the_welcome_comes_when_it_is_asked_for_and_its_answer_begins() -> None:
    assert names(typed("/start")) == ["HELLO", "HOLD_STANDS"]
    for begun in (typed("1", greeted=True), typed("1"), typed(ENGLISH.labels["safe.go"])):
        assert isinstance(begun.changes[0], BeginCase)
        assert begun.says == (ASK,)
    pressed_go = decide(view_of(ALONE), ButtonPress("bot.safe", ("go",)))
    assert isinstance(pressed_go.changes[0], BeginCase)


@pytest.mark.parametrize("text", ["stop it", "don't send it", "cancel", "1"])
def test_words_that_may_be_a_story_stop_nothing(text: str) -> None:
    talk = Talk()
    talk.say("/start", "1", "3")
    talk.snapshot = replace(talk.snapshot, held=KEPT)
    talk.say(text)
    assert talk.told == [text]
    assert talk.taken_back == 0


def test_beside_a_story_words_to_stop_are_told_and_it_is_said_what_is_still_held() -> None:
    talk = Talk()
    talk.say("/start", "1", "3")
    talk.snapshot = replace(talk.snapshot, held=KEPT)
    assert names(talk.say("please don't send it"))[-1] == "HOLD_STANDS"
    assert talk.told == ["please don't send it"]
    assert "HOLD_STANDS" not in names(talk.say("he would not stop"))


NUMBER = str(hold_offer(ENGLISH, KEPT).number)


@pytest.mark.parametrize("text", [NUMBER, f"{NUMBER}.", f"{NUMBER} Stop it", f" {NUMBER}\n"])
def test_its_number_stops_it_also_while_a_story_is_told(text: str) -> None:
    talk = Talk()
    talk.say("/start", "1", "3", "first")
    talk.snapshot = replace(talk.snapshot, held=KEPT)
    assert talk.say(text).changes == (STOP_KEPT,)
    assert (talk.question, talk.told) == ("story", ["first"])


def test_a_number_that_two_have_stops_both() -> None:
    same = replace(UNKEPT, id=KEPT.id)
    assert typed(NUMBER, replace(BOTH, held=same)).changes == (STOP_BOTH,)


def test_a_number_stops_it_whatever_the_opened_case_offers() -> None:
    history = tuple(HistoryEntry(n, "keep", (), revoked=True) for n in range(200))
    opened = replace(ALONE, opened=OpenedCase((), history[: (int(NUMBER) - 500) // 10 // 2]))
    assert typed(NUMBER, opened).changes == (STOP_KEPT,)


@pytest.mark.parametrize("phase", [Phase.BACK, Phase.WORDS])
def test_right_after_the_second_yes_words_stop_it_too(phase: Phase) -> None:
    here = replace(KEPT, here=True)
    asked = Talk(Snapshot(draft=draft(phase=phase), held=here, shared=True, readers=READERS))
    outcome = asked.say("I changed my mind, please don't send it!!!")
    assert isinstance(outcome.changes[0], TakeBack)
    assert outcome.changes[0].statements == (here.statement,)


def test_two_recovery_words_that_are_asked_for_are_never_words_to_stop() -> None:
    here = replace(KEPT, here=True)
    words = ("cancel", "undo", *WORDS[2:])
    asked = Snapshot(draft=draft(phase=Phase.WORDS), held=here, words=words, readers=READERS)
    assert names(typed("cancel undo", asked)) == ["WRONG_WORDS"]


@pytest.mark.parametrize("waiting", list(LookupPurpose))
def test_words_to_stop_are_no_recovery_words(waiting: LookupPurpose) -> None:
    outcome = decide(view_of(ALONE), TextMessage("please don't send it"), waiting)
    assert outcome.changes == (STOP_KEPT,)
    leaving = decide(view_of(ALONE), TextMessage("/stop"), waiting)
    assert leaving.changes == ()


NO_MORE = (
    *("please tell them not to call the number", "remove my number", "dont let oak call me"),
    *("please dont call me", "dont let them contact me"),
)


@pytest.mark.parametrize("text", NO_MORE)
def test_who_wants_no_contact_is_told_how_to_stop_it_with_the_button(text: str) -> None:
    assert names(typed(text)) == ["HEARD", "HOLD_STANDS"]
    for phase in (Phase.BACK, Phase.WORDS):
        here = replace(KEPT, here=True)
        own = Snapshot(draft=draft(phase=phase), held=here, shared=True, readers=READERS)
        assert names(typed(text, own)) == ["HEARD", "HOLD_STANDS", "ASK"]
        assert names(typed(text, replace(own, held=None))) == ["HEARD", "ASK"]
        assert "/withdraw" in RECORDED_TEXTS["HEARD[no_contact]"]
    assert names(typed(text, replace(OPENED, held=None))) == ["HEARD", "ASK"]


@pytest.mark.parametrize("phase", [Phase.BACK, Phase.WORDS])
@pytest.mark.parametrize(
    "text", ["i take it back", "please stop it", "i dont want oak to read it"]
)
def test_who_takes_it_back_stops_it_where_it_is_held(text: str, phase: Phase) -> None:
    own = Snapshot(draft=draft(phase=phase), held=HERE, shared=True, readers=READERS)
    assert any(isinstance(change, TakeBack) for change in typed(text, own).changes)
    assert typed(text).changes == (STOP_KEPT,)


def test_words_that_cannot_be_added_any_more_show_the_button() -> None:
    own = Snapshot(draft=draft(phase=Phase.BACK), held=HERE, shared=True, readers=READERS)
    outcome = typed("he also wrote to my sister", own)
    assert names(outcome) == ["NOT_ADDED", "HOLD_STANDS", "ASK"]
    said = render(view_of(own), outcome.says[0])
    assert said is not None
    assert "/withdraw" in said.text
    kept = replace(own, held=None, shared=False, kept=True)
    said = render(view_of(kept), outcome.says[0])
    assert said is not None
    assert "/open and your twelve words" in said.text


# Words beside what is held


def held_alone() -> Talk:
    return Talk(ALONE)


@pytest.mark.parametrize(
    "text",
    [
        "he did it again yesterday, in the car",
        "i forgot to say he also texted me",
        "/start he did it again",
    ],
)
def test_words_that_tell_something_are_put_aside_and_it_is_said_what_is_held(text: str) -> None:
    talk = held_alone()
    outcome = talk.say(text)
    assert names(outcome) == ["ASIDE_HELD", "HOLD_STANDS", "ASK"]
    assert text.removeprefix("/start ") in [words for _, words in talk.texts.values()]
    assert talk.question == "bot.safe"
    talk.snapshot = replace(talk.snapshot, held=KEPT)
    assert names(talk.say("and then he laughed at me")) == [
        "ASIDE_FIRST_MORE",
        "HOLD_STANDS",
        "ASK",
    ]
    assert len(talk.texts) == 2


@pytest.mark.parametrize("text", ["stop", "/stop", "/withdraw", "please don't send it", NUMBER])
def test_beside_words_that_were_put_aside_it_is_stopped_as_before(text: str) -> None:
    talk = held_alone()
    talk.say("he did it again yesterday")
    talk.snapshot = replace(talk.snapshot, held=KEPT)
    assert talk.say(text).changes == (STOP_KEPT,)
    assert [words for _, words in talk.texts.values()] == ["he did it again yesterday"]


def test_words_put_aside_beside_a_hold_become_a_story_of_their_own() -> None:
    talk = held_alone()
    talk.say("he did it again yesterday")
    talk.snapshot = replace(talk.snapshot, held=KEPT)
    talk.say("No, only me", "I'll do it myself")
    assert talk.question == "bot.aside"
    talk.say("Yes, add it")
    assert talk.told == ["he did it again yesterday"]


@pytest.mark.parametrize(
    ("text", "snapshot"),
    [
        ("he did it again yesterday", replace(ALONE, cases_begun=5)),
        ("he did it again yesterday", replace(ALONE, opened_by_another=True)),
    ],
)
def test_words_beside_a_hold_that_cannot_be_kept_are_said_to_be_lost(
    text: str, snapshot: Snapshot
) -> None:
    outcome = typed(text, snapshot)
    assert (outcome.changes, names(outcome)) == ((), ["NOT_SAVED", "HOLD_STANDS"])


# Beside a talk or an opened case


@pytest.mark.parametrize("text", ["/stop", "stop", "Stop!", "/stop please", "make it stop"])
def test_in_the_opened_case_a_stop_stops_what_is_held_of_it(text: str) -> None:
    outcome = typed(text, OPENED)
    taken = outcome.changes[0]
    assert isinstance(taken, TakeBack)
    assert (taken.how, taken.statements) == (RevocationBasis.WORDS, (HERE.statement,))
    assert names(outcome)[0] == "HOLD_STOPPED"
    assert not any(isinstance(change, CloseCase) for change in outcome.changes)


def test_in_an_opened_case_of_which_nothing_is_held_a_stop_closes_it() -> None:
    outcome = typed("/stop", replace(ALONE, opened=OpenedCase((), ())))
    assert outcome.changes == (CloseCase(),)
    assert names(outcome) == ["CLOSED", "HOLD_STANDS"]


def test_closing_says_what_is_still_held_of_it() -> None:
    outcome = decide(view_of(OPENED), ButtonPress("bot.case", ("close",)))
    assert names(outcome) == ["CLOSED", "HOLD_STANDS"]


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("hold", [KEPT, HERE])
def test_who_halts_or_pauses_hears_what_is_still_held(phase: Phase, hold: HeldHandover) -> None:
    told = StoredAnswer("story", items=("ab" * 16,))
    talk = Snapshot(draft=draft(told, phase=phase), held=hold, shared=hold.here, readers=READERS)
    for text in ("stop", "/stop"):
        assert names(typed(text, talk)) == ["HOLD_STANDS", "ASK"]
    assert names(typed("/pause", talk)) == ["PAUSED", "HOLD_STANDS"]


@pytest.mark.parametrize("text", ["stop", "please don't send it", "don't tell Oak"])
def test_after_the_second_yes_a_second_stop_stops_it(text: str) -> None:
    talk = Talk(Snapshot(draft=draft(phase=Phase.BACK), held=HERE, shared=True, readers=READERS))
    talk.say("stop")
    talk.snapshot = replace(talk.snapshot, held=HERE)
    outcome = talk.say(text)
    assert isinstance(outcome.changes[0], TakeBack)
    assert outcome.changes[0].statements == (HERE.statement,)


def test_a_second_stop_in_a_story_stops_what_was_just_said_to_be_held() -> None:
    talk = Talk()
    talk.say("/start", "1", "3", "first")
    talk.snapshot = replace(talk.snapshot, held=KEPT)
    assert talk.say("stop").says[0].sentence == "HOLD_STANDS"
    assert talk.say("stop").changes == (STOP_KEPT,)


def test_erasing_another_talk_says_what_is_still_held() -> None:
    talk = Talk()
    talk.say("/start", "1", "3", "first", "/erase")
    talk.snapshot = replace(talk.snapshot, held=KEPT)
    assert names(talk.say("yes")) == ["ERASED", "HOLD_STANDS"]


def test_a_case_that_is_erased_leaves_nothing_of_its_own_held() -> None:
    asked = replace(OPENED, asked=AskedErasure("00" * 16))
    assert names(decide(view_of(asked), ButtonPress("bot.erasing", ("yes",)))) == ["ERASED"]


def test_a_goodbye_says_of_its_own_that_it_is_held_and_the_others_stand_below() -> None:
    held = draft(StoredAnswer("bot.code", ("words",)), phase=Phase.BACK)
    talk = Snapshot(draft=held, held=HERE, older_holds=(UNKEPT,), shared=True, readers=READERS)
    outcome = decide(view_of(talk), ButtonPress("bot.code", ("have",)))
    assert names(outcome) == ["GOODBYE", "HOLD_STANDS"]
    assert outcome.says[-1].ids == (UNKEPT.id,)


def test_beside_a_talk_nobody_is_told_to_begin_anew() -> None:
    for snapshot in (OPENED, replace(ALONE, draft=draft())):
        reply = render(view_of(snapshot), say("HOLD_STANDS", KEPT.id))
        assert reply is not None
        assert "/start" not in reply.text
        assert [offer.id for offer in reply.offers] == [HOLD]


# More ways to refuse


@pytest.mark.parametrize(
    "text",
    [
        *("dont tell oak", "don't tell Oak!!", "i dont want oak to read this", "no no no"),
        *("dont send it", "not yet", "wait don't", "dont let him see it", "don't show her"),
        *("do not send it to them", "i dont want him to know", "please please dont send it"),
        *("dont sent it", "cancle it", "stopp it pls", "i changed mind", "take my story back"),
        *("no stop", "im not ready yet", "nobody should read it", "don't give it to Ash"),
    ],
)
def test_more_ways_to_refuse_stop_it(text: str) -> None:
    assert typed(text).changes == (STOP_KEPT,)


@pytest.mark.parametrize(
    "text",
    [
        *("don't stop it", "dont cancel", "please do not stop it", "i never cancelled it", "no"),
        *(
            "oak",
            "not sure",
            "i dont know",
            "wait",
            "never",
            "he didn't stop",
            "i told him to stop",
        ),
        *("he said dont tell anyone or else", "i dont want to", "can't stop it", "dont delete it"),
    ],
)
def test_what_may_mean_something_else_stops_nothing(text: str) -> None:
    outcome = typed(text)
    assert not any(isinstance(change, TakeBack) for change in outcome.changes)
    assert "HOLD_STANDS" in names(outcome)


@pytest.mark.parametrize(
    "text", ["don't stop it", "dont cancel", "please do not stop it", "can't stop it"]
)
def test_what_asks_for_no_stop_is_no_story(text: str) -> None:
    assert not typed(text).changes


def test_without_anything_held_all_is_as_ever() -> None:
    nothing = Snapshot(readers=READERS)
    assert names(typed("please don't send it", nothing)) == ["ASK_CODE_WITHDRAW"]
    assert names(typed("/stop", nothing)) == ["LEFT_NOTHING"]


# Deleting


def test_of_several_erasing_stops_what_is_kept_and_asks_about_the_rest() -> None:
    outcome = typed("/erase", BOTH)
    stopped, asked = outcome.changes
    assert stopped == STOP_KEPT
    assert isinstance(asked, AskErasure)
    assert asked.asked is not None
    assert asked.asked.statements == (UNKEPT.statement,)
    assert names(outcome) == ["HOLD_STOPPED_KEPT", "ASK"]
    assert outcome.waiting is None


@pytest.mark.parametrize("text", ["/erase", "delete everything", "erase it, please"])
def test_erasing_stops_it_and_asks_for_the_words_of_what_is_kept(text: str) -> None:
    kept = typed(text)
    assert (kept.changes, names(kept)) == ((STOP_KEPT,), ["HOLD_ASKS_WORDS"])
    assert kept.waiting is LookupPurpose.ERASE


# Beside a hold, what is asked is shown


@pytest.mark.parametrize("text", ["/erase", "Yes, or I'm not sure", "I was here before"])
def test_beside_what_was_put_aside_a_question_that_opens_is_shown(text: str) -> None:
    talk = Talk(ALONE)
    talk.say("there was another guy too at work", text)
    assert talk.replies[-1].question == talk.question


@pytest.mark.parametrize("behind", ["don't stop it, send it", "no lo pares, envíalo"])
def test_a_stop_whose_words_want_it_to_go_on_stops_nothing(behind: str) -> None:
    outcome = typed(f"/stop {behind}")
    assert not outcome.changes
    assert names(outcome)[-1] == "HOLD_STANDS"
