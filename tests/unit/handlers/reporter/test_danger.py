"""Words of danger are found as people type them, and a story is not taken for one."""

import time

import pytest

from handlers.messages import EditedMessage, TextMessage
from handlers.reporter.danger import says_danger
from handlers.reporter.typed_text import NOT_SAFE
from handlers.texts.english_danger import ENGLISH_DANGER
from tests.unit.handlers.reporter.test_decide import talk_at
from tests.unit.handlers.talks import Talk

DANGER = [
    "he is outside",
    "He's outside!!",
    "hes outside my house",
    "he is at the door",
    "HE IS AT THE DOOR",
    "he’s at my door now",
    "omg he is here",
    "wait, she's here",
    "I think he's coming back",
    "they are outside. what do I do",
    "I can't write much, he is in the house",
    "somebody is following me",
    "my ex is at the door",
    "my husband is coming upstairs, he is going to kill me",
    "I'm scared for my life",
    "i am so scared",
    "i want to die",
    "I just want to die…",
    "honestly I don't want to live any more after this",
    "I'm going to kill myself",
    "he will kill me",
    "he'll kill me if he reads this",
    "he said he would kill me",
    "they will find me",
    "help me",
    "please help me!!",
    "help me please",
    "somebody help me",
    "call the police",
    "he locked me in",
    "he has a knife",
    "i'm in danger",
    "It was in spring.\nHe followed me home.\nhe is outside\n",
    "ｈｅ ｉｓ ｏｕｔｓｉｄｅ",
    "he is outside 😭😭",
    "hes at my house",
    "my ex is coming to my house",
    "he wants to kill me",
    "he want kill me",
    "he going kill me",
    "my uncle wants to hurt us",
    "he outside",
    "he come now",
    "pls help me",
    "plz help me hes here",
    "im scared hes outside",
    "im so scared he is here he has a knife",
    "he just came home i have to go",
    "he came back",
    "My husband just got home",
    "i hear him coming up",
    "I can hear them",
    "oh no hes coming up",
    "help",
    "HELP!!",
    "hlp me",
    "help help",
    "save me",
    "i want die",
    "i wnat to die",
    "i dont want live",
    "i dont wanna live anymore",
    "im gonna kill my self",
    "i am going to end it",
    "i feel so suicidal",
    "i took too many pills",
    "im not save here",
    "i am scard",
    "im hiding in the bathroom",
    "they wont let me out",
    "he is looking for me",
    "I wrote to her. he is coming home!",
    "he knows where i am",
    "need police",
    "he told me last year: I will tell everybody, and he said he will kill me",
]
STORY = [
    "",
    "…",
    "He stood outside the meeting.",
    "he was at the door",
    "She asked who is at the door of the office.",
    "He is in the commission.",
    "he is here since 2019",
    "help me, I said, and nobody came",
    "nobody would help me",
    "I didn't die",
    "They want to kill the motion.",
    "I am scared of meetings since then.",
    "we talked outside",
    "I want to live",
    "i do not want to die",
    "he came to my house in spring",
    "he is close to the chairman",
    "he is after me in the list of speakers",
    "they are looking for me to sign it",
    "he outside of the party is nobody",
    "he wanted to kill the motion",
    "we need help with the minutes",
    "save me a seat, he said",
    "she comes from another town",
    "he said stop",
    "In spring he came back. I left.",
    "he came back from the meeting",
    "I could hear them in the next room when it was over and nobody said a word",
    "I said stop and he would not stop",
    "i am afraid of him since then",
]


@pytest.mark.parametrize("typed", DANGER)
def test_who_is_in_danger_is_heard(typed: str) -> None:
    assert says_danger(typed)


@pytest.mark.parametrize("typed", STORY)
def test_a_story_is_a_story(typed: str) -> None:
    assert not says_danger(typed)


def test_every_phrase_of_the_table_stands_there_as_it_is_compared() -> None:
    table = ENGLISH_DANGER
    for phrase in table.anywhere | table.sentences | table.messages:
        assert says_danger(phrase), phrase
        assert says_danger(f"{phrase.upper()}!"), phrase
    assert all(" " not in word for word in table.around)


def test_a_very_long_story_is_looked_through_quickly() -> None:
    story = "he is in the same group as me and i want to say that " * 20_000
    began = time.perf_counter()
    assert not says_danger(story)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("typed", ["he is at the door", "i want to die", "help me please"])
def test_what_is_said_in_danger_is_kept_and_acknowledged_beside_the_help_lines(
    typed: str,
) -> None:
    talk = talk_at("story")
    outcome = talk.say(typed)
    assert [text.sentence for text in outcome.direct] == ["DANGER"]
    assert [text.sentence for text in outcome.says] == ["ACK"]
    assert talk.told == [typed]


@pytest.mark.parametrize("place", ["bot.safe", "fate", "needs", "read", "bot.review"])
def test_danger_is_heard_wherever_words_are_no_answer(place: str) -> None:
    talk = talk_at(place)
    outcome = talk.say("he is at the door")
    assert "DANGER" in [text.sentence for text in outcome.direct]
    assert talk.question in {place, "bot.aside"}  # at the review, it is asked about


def test_danger_is_heard_where_nothing_is_open_and_behind_a_command() -> None:
    assert [t.sentence for t in Talk().say("he is outside").direct] == ["DANGER"]
    behind = talk_at("story").say("/pause he is outside")
    assert [t.sentence for t in behind.direct] == ["DANGER"]
    assert [t.sentence for t in talk_at("story").say("/unsafe he is outside").direct] == [
        "HELP_LINES"
    ]


def test_an_edit_can_say_it_too() -> None:
    talk = talk_at("story")
    talk.hear(TextMessage("he was outside"), "1")
    outcome = talk.hear(EditedMessage("he is outside", "1"))
    assert [text.sentence for text in outcome.direct] == ["DANGER"]


def test_who_says_plainly_that_they_are_not_safe_is_answered_as_before() -> None:
    for typed in sorted(NOT_SAFE):
        assert [t.sentence for t in talk_at("story").say(typed).direct] == ["HELP_LINES"]
