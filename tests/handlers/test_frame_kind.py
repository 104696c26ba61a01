"""Several questionnaires: which one it is to be is asked at hello, with one choice."""

from dataclasses import replace

from handlers.frame import CLEAN, KIND
from tests.handlers.talks import FLOW, SETTING, Talk

SAW = replace(FLOW, name="witness", choose="I saw something", revision="5a35a35a35a3")
HANDLED = replace(FLOW, name="process", choose="How it was handled", revision="4a4d4a4d4a4d")
SETTING_OF_THREE = replace(
    SETTING,
    more=(SAW, HANDLED),
    revisions={flow.revision: flow for flow in (FLOW, SAW, HANDLED)},
)


def begun() -> Talk:
    talk = Talk(setting=SETTING_OF_THREE)
    talk.say("/start")
    talk.press("go")
    return talk


def test_with_one_questionnaire_nothing_is_asked() -> None:
    talk = Talk()
    talk.say("/start")
    talk.press("go")
    assert talk.question == CLEAN


def test_with_several_each_is_offered_by_its_own_label_after_the_safe_place() -> None:
    talk = begun()
    assert talk.question == KIND
    assert [o.label for o in talk.replies[-1].offers] == [
        "Something happened to me",
        "I saw something",
        "How it was handled",
    ]


def test_what_is_chosen_is_the_talk_of_this_account() -> None:
    talk = begun()
    talk.press("witness")
    assert talk.situation.draft is not None
    assert talk.situation.draft.revision == SAW.revision
    assert talk.question == CLEAN


def test_it_can_be_typed_by_number_or_words_and_other_words_are_not_kept() -> None:
    talk = begun()
    talk.say("Somebody hit me")
    assert talk.question == KIND
    assert talk.told == []
    talk.say("how it was handled")
    assert talk.situation.draft is not None
    assert talk.situation.draft.revision == HANDLED.revision


def test_a_skip_is_the_first() -> None:
    talk = begun()
    talk.say("/skip")
    assert talk.situation.draft is not None
    assert talk.situation.draft.revision == FLOW.revision
    assert talk.question == CLEAN


def test_back_changes_it_as_long_as_nothing_was_told() -> None:
    talk = begun()
    talk.press("witness")
    talk.press("self")
    talk.say("/back")
    assert talk.question == KIND
    talk.press("intake")
    assert talk.question == "story"
    talk.say("My story", "/back")
    assert talk.question == "story"


def test_it_is_one_message_and_one_choice_more() -> None:
    alone, several = Talk(), begun()
    alone.say("/start")
    alone.press("go")
    several.press("intake")
    assert len(several.replies) - len(alone.replies) == 1


def test_what_was_published_while_they_chose_is_what_they_get() -> None:
    talk = begun()
    newer = replace(SAW, revision="4e34e34e34e3")
    talk.setting = replace(
        SETTING_OF_THREE,
        more=(newer, HANDLED),
        revisions={**SETTING_OF_THREE.revisions, newer.revision: newer},
        recalled={FLOW.revision: "It was wrong."},
    )
    assert talk.question == KIND
    talk.press("witness")
    assert talk.situation.draft is not None
    assert talk.situation.draft.revision == newer.revision
