"""Several questionnaires: which one it is to be is asked by itself, before anything is told."""

from dataclasses import replace

import pytest

from handlers.reporter.markers import CLEAN, KIND, SAFE
from handlers.texts.english import ENGLISH
from tests.unit.handlers.talks import FLOW, SETTING, Talk

SAW = replace(FLOW, name="witness", choose="I saw something", revision="5a35a35a35a3")
HANDLED = replace(FLOW, name="process", choose="How it was handled", revision="4a4d4a4d4a4d")
SETTING_OF_THREE = replace(
    SETTING,
    more=(SAW, HANDLED),
    revisions={flow.revision: flow for flow in (FLOW, SAW, HANDLED)},
)


def begun() -> Talk:
    talk = Talk(settings=SETTING_OF_THREE)
    talk.say("/start")
    return talk


def test_with_one_questionnaire_nothing_is_asked() -> None:
    talk = Talk()
    talk.say("/start")
    talk.press("go")
    assert talk.question == CLEAN


def test_with_several_it_is_asked_by_itself_after_the_yes() -> None:
    talk = begun()
    assert talk.question == SAFE
    talk.press("go")
    assert talk.question == KIND
    assert [o.label for o in talk.replies[-1].offers] == [
        "Something happened to me",
        "I saw something",
        "How it was handled",
    ]
    assert talk.replies[-1].text == ENGLISH.welcome.kind


def test_the_chosen_questionnaire_is_asked_in_this_conversation() -> None:
    talk = begun()
    talk.say("no, only me")
    talk.press("witness")
    assert talk.snapshot.draft is not None
    assert talk.snapshot.draft.revision == SAW.revision
    assert talk.question == CLEAN


def test_it_can_be_typed_by_number_or_words_and_other_words_are_not_kept() -> None:
    talk = begun()
    talk.say("Somebody hit me")
    assert talk.question == SAFE
    assert talk.told == []
    talk.press("go")
    talk.say("how it was handled")
    assert talk.snapshot.draft is not None
    assert talk.snapshot.draft.revision == HANDLED.revision


@pytest.mark.parametrize(
    ("typed", "revision"),
    [
        ("i saw it happen to somebody else", SAW.revision),
        ("How my case was handled.", HANDLED.revision),
        ("it happened to me", FLOW.revision),
    ],
)
def test_what_it_is_about_can_be_said_in_other_words(typed: str, revision: str) -> None:
    talk = begun()
    talk.say("no, only me", typed)
    assert talk.snapshot.draft is not None
    assert (talk.question, talk.snapshot.draft.revision) == (CLEAN, revision)


def test_who_cannot_type_there_or_was_here_before_is_asked_as_ever() -> None:
    talk = begun()
    talk.press("unsure")
    assert talk.snapshot.draft is None
    talk.say("/start")
    talk.press("back")
    assert "twelve words" in talk.replies[-1].text


def test_back_changes_it_as_long_as_nothing_was_told() -> None:
    talk = begun()
    talk.say("no, only me")
    talk.press("witness")
    talk.press("self")
    talk.say("/back")
    assert talk.question == KIND
    talk.press("intake")
    assert talk.question == "story"
    talk.say("My story", "/back")
    assert talk.question == "story"


def test_it_costs_one_message_and_one_choice_more() -> None:
    alone, several = Talk(), begun()
    alone.say("/start")
    for talk, choices in ((alone, ("go",)), (several, ("go", "intake"))):
        for choice in choices:
            talk.press(choice)
        assert talk.question == CLEAN
    assert len(several.replies) == len(alone.replies) + 1


def test_a_skip_of_the_way_back_is_the_first() -> None:
    talk = begun()
    talk.say("no, only me")
    talk.press("witness")
    talk.press("self")
    talk.say("/back", "/skip")
    assert talk.snapshot.draft is not None
    assert talk.snapshot.draft.revision == FLOW.revision


def test_what_was_published_while_they_chose_is_what_they_get() -> None:
    talk = begun()
    newer = replace(SAW, revision="4e34e34e34e3")
    talk.settings = replace(
        SETTING_OF_THREE,
        more=(newer, HANDLED),
        revisions={**SETTING_OF_THREE.revisions, newer.revision: newer},
        recalled={FLOW.revision: "It was wrong."},
    )
    assert talk.question == SAFE
    talk.say("no, only me")
    talk.press("witness")
    assert talk.snapshot.draft is not None
    assert talk.snapshot.draft.revision == newer.revision


def test_a_number_is_not_read_against_questionnaires_that_were_published_since() -> None:
    talk = begun()
    talk.say("no, only me")
    talk.press("witness")
    talk.press("self")
    talk.say("/back")
    assert talk.question == KIND
    talk.settings = replace(SETTING_OF_THREE, more=(HANDLED, SAW))
    talk.say("2")
    assert talk.replies[-2].text == ENGLISH.refusals.list_changed
    assert talk.question == KIND
    talk.say("2")
    assert talk.snapshot.draft is not None
    assert talk.snapshot.draft.revision == HANDLED.revision
