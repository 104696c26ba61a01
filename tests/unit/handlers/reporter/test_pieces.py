"""Pieces that were told: read back by number, and left out for good."""

from tests.unit.handlers.reporter.places import begin_story, reach_overview, sentence_names


def test_a_piece_is_shown_by_its_number_also_after_another_one() -> None:
    talk = begin_story()
    talk.say("first", "second")
    talk.say("/show 1")
    assert talk.replies[-2].text.endswith("first")
    talk.say("/show 2")
    assert talk.replies[-2].text.endswith("second")
    talk.press("back")
    assert talk.told == ["first", "second"]
    assert sentence_names(talk.say("/show 3")) == ["PIECE_MISSING"]
    assert sentence_names(talk.say("/show x")) == ["PIECE_MISSING"]
    assert sentence_names(talk.say("/show " + "9" * 5_000)) == ["PIECE_MISSING"]


def test_a_piece_can_be_left_out_for_good() -> None:
    talk = reach_overview()
    talk.say("yes, that's right", "/show 1")
    outcome = talk.press("out")
    assert sentence_names(outcome) == ["LEFT_OUT", "ASK"]
    assert talk.told == ["second", "a wish", "a person"]
    assert len(talk.texts) == 3
    assert talk.question == "bot.review"


def test_a_piece_can_be_left_out_after_the_way_there_was_begun_anew() -> None:
    talk = begin_story()
    talk.say("first", "/show 1")
    talk.press("out")
    assert talk.question == "story"
    assert not talk.texts
    talk.say("second", "/done")
    assert talk.told == ["second"]
