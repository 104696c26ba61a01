"""The ways back, one secret at a time: twelve words, two of which are checked, then the code."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.outcome import Outcome, say
from handlers.reporter.markers import BACK, CODE, REOPENED, STOP, WORD_CHECK
from handlers.reporter.questions import open_question
from handlers.reporter.ways_back import draw_places
from handlers.texts.english import ENGLISH
from store.model.changes import EndDraft, OutliveDraft, SaveDraft
from store.model.drafts import Phase, StoredAnswer
from store.model.snapshot import Snapshot
from tests.unit.handlers.reporter.places import (
    begin_story,
    checked_words,
    reach_overview,
    reach_ways_back,
    sentence_names,
)
from tests.unit.handlers.talks import CODE as FOUR
from tests.unit.handlers.talks import PLATFORM, READERS, Talk, draft
from tests.unit.handlers.talks import WORDS as TWELVE

STAYS_SAVED = ENGLISH.recovery.words_end_kept.partition(".")[2].strip()


def only_kept() -> Talk:
    """Keep a story that nobody reads, up to its first secret."""
    talk = begin_story()
    talk.say("first", "/done", "just keep it", "yes, that's right", "yes, keep it")
    return talk


def not_kept() -> Talk:
    """Share a story that is not to be kept, up to its first secret."""
    talk = reach_overview()
    talk.press("right")
    talk.press("now")
    return talk


def has_words(outcome: Outcome) -> bool:
    """Tell whether the story was let outlive its draft, which goes on."""
    kinds = [type(change) for change in outcome.changes]
    return kinds == [OutliveDraft, SaveDraft]


def secrets_in(text: str) -> set[str]:
    """Name which secrets stand in a text."""
    shown = {"words"} if all(word in text for word in TWELVE) else set()
    return shown | ({"code"} if " ".join(FOUR) in text else set())


def secrets_shown(talk: Talk) -> list[set[str]]:
    """Name the secrets in each message with one, in order."""
    return [found for reply in talk.replies if (found := secrets_in(reply.text))]


def test_a_story_that_is_only_kept_goes_on_with_the_words_at_once() -> None:
    talk = only_kept()
    assert talk.question == WORD_CHECK
    assert secrets_in(talk.replies[-1].text) == {"words"}
    assert ENGLISH.recovery.words_once in talk.replies[-1].text
    talk.say(" ".join(checked_words(talk)))
    assert talk.question == CODE
    assert secrets_shown(talk) == [{"words"}, {"code"}]


def test_where_somebody_reads_a_kept_story_there_is_a_choice_first() -> None:
    talk = reach_ways_back()
    assert secrets_shown(talk) == []
    assert [o.id for o in open_question(talk.view).offers] == ["words", "code"]
    assert talk.replies[-1].text == ENGLISH.recovery.way_back


def test_a_story_that_is_not_kept_has_the_code_alone() -> None:
    talk = not_kept()
    assert talk.question == CODE
    assert secrets_shown(talk) == [{"code"}]
    assert sentence_names(talk.say("/words")) == ["NO_WORDS_YET", "ASK"]
    outcome = talk.press("have")
    assert outcome.changes == (EndDraft(),)
    assert outcome.says[0].ids[:2] == ("handed", "code")


def test_the_words_are_shown_until_two_were_given_back() -> None:
    talk = reach_ways_back()
    assert sentence_names(talk.press("words")) == ["ASK"]
    first = checked_words(talk)
    assert sentence_names(talk.say("neither word")) == ["WRONG_WORDS"]
    assert sentence_names(talk.say("/words")) == ["ASK"]
    assert checked_words(talk) == first  # the same two
    talk.say("/back")
    assert talk.question == BACK
    talk.press("words")
    assert checked_words(talk) == first
    outcome = talk.say(" ".join(first))
    assert has_words(outcome)
    assert sentence_names(outcome) == ["ASK"]
    assert secrets_in(talk.replies[-1].text) == {"code"}
    assert sentence_names(talk.say("/words")) == ["WORDS_GIVEN", "ASK"]
    assert sentence_names(talk.say("/back")) == ["DECIDED", "ASK"]
    outcome = talk.press("have")
    assert outcome.changes == (EndDraft(),)
    assert outcome.says[0].ids[:2] == ("kept", "words")


def test_the_code_alone_can_still_be_exchanged_for_the_words() -> None:
    talk = reach_ways_back()
    talk.press("code")
    assert talk.question == CODE
    talk.say("/back")
    assert talk.question == BACK
    talk.press("code")
    talk.say("/words")
    assert talk.question == WORD_CHECK
    talk.say("/back")
    talk.press("code")
    outcome = talk.press("have")
    assert outcome.changes == (EndDraft(),)
    assert outcome.says[0].ids[:2] == ("kept", "code")


def test_going_back_from_the_words_of_a_kept_story_offers_no_way_without_them() -> None:
    talk = only_kept()
    assert sentence_names(talk.say("/back")) == ["DECIDED", "ASK"]
    assert talk.question == WORD_CHECK


@pytest.mark.parametrize("leave", ["/stop", "/pause", "stop"])
@pytest.mark.parametrize("secret", ["words", "code"])
def test_whoever_comes_back_sees_the_open_secret_again(leave: str, secret: str) -> None:
    talk = only_kept()
    if secret == "code":
        talk.say(" ".join(checked_words(talk)))
    talk.say(leave)
    talk.replies.clear()
    if talk.question == STOP:
        assert [o.id for o in open_question(talk.view).offers][-1] == "go"
        talk.press("go")
    else:
        assert sentence_names(talk.say("/start")) == ["HERE_YOU_WERE", "ASK"]
    assert secrets_shown(talk) == [{secret}]


def test_no_message_of_any_way_has_two_secrets() -> None:
    for talk in (only_kept(), not_kept(), reach_ways_back()):
        if talk.question == BACK:
            talk.press("words")
        if talk.question == WORD_CHECK:
            talk.say("/words", "/start", " ".join(checked_words(talk)), "/words", "/start")
        assert talk.question == CODE
        assert all(len(found) == 1 for found in secrets_shown(talk))


@pytest.mark.parametrize(
    ("cleaning", "words", "code"),
    [
        ("go", "words_disappear", "code_disappears"),
        ("end", "words_once", "code_disappears"),
        ("self", "words_once", "code_once"),
    ],
)
def test_what_will_go_from_the_chat_is_said_before(cleaning: str, words: str, code: str) -> None:
    talk = Talk()
    talk.say("/start", "1")
    talk.press(cleaning)
    talk.say("first", "/done", "just keep it", "yes, that's right", "yes, keep it")
    assert getattr(ENGLISH.recovery, words) in talk.replies[-1].text
    talk.say(" ".join(checked_words(talk)))
    assert getattr(ENGLISH.recovery, code) in talk.replies[-1].text


# What was shared may be taken back elsewhere meanwhile, and readers come and go


def test_the_code_alone_is_offered_as_long_as_what_was_shared_stands() -> None:
    talk = reach_ways_back()
    talk.snapshot = replace(talk.snapshot, readers=READERS[1:])
    assert [o.id for o in open_question(talk.view).offers] == ["words", "code"]
    talk.snapshot = replace(talk.snapshot, shared=False, held=None)
    assert [o.id for o in open_question(talk.view).offers] == ["words"]


def test_the_ways_back_are_listed_as_they_are_asked() -> None:
    talk = reach_overview(keep="yes")
    talk.platform = replace(PLATFORM, reorders=True)
    talk.say("/start")
    talk.press("right")
    talk.press("hold")
    assert [o.id for o in open_question(talk.view).offers] == ["words", "code"]
    first, _ = open_question(talk.view).offers
    assert sentence_names(talk.say(str(first.number))) == ["ASK"]
    assert talk.question == WORD_CHECK


def test_the_goodbye_names_no_reader_of_what_was_taken_back_meanwhile() -> None:
    talk = reach_ways_back()
    talk.press("words")
    talk.say(" ".join(checked_words(talk)))
    talk.snapshot = replace(talk.snapshot, shared=False, held=None)
    assert talk.press("have").says[0].ids == ("kept", "words", "")


# Drafts of the version that showed the code first


def old_draft(phase: Phase, *answers: StoredAnswer, shared: bool = False) -> Talk:
    """Return a talk whose draft an earlier version left in this phase."""
    fork = StoredAnswer("fate", ("read" if shared else "keep",))
    given = (
        (StoredAnswer("read", (READERS[0].id,)), StoredAnswer("keep", ("yes",))) if shared else ()
    )
    told = StoredAnswer("story", items=("ab" * 16,))
    left = replace(draft(told, fork, *given, *answers), phase=phase, code=1)
    return Talk(
        Snapshot(
            draft=left,
            readers=READERS,
            words=TWELVE,
            code_words=FOUR,
            kept=True,
            shared=shared,
            outlives_draft=shared,
        ),
        texts={"ab" * 16: ("story", "told")},
    )


def test_an_old_draft_between_the_ways_back_is_offered_the_words_alone_if_only_kept() -> None:
    talk = old_draft(Phase.BACK)
    talk.say("/start")
    assert [o.id for o in open_question(talk.view).offers] == ["words"]
    assert talk.replies[-1].text == ENGLISH.recovery.only_words
    talk.press("words")
    assert has_words(talk.say(" ".join(checked_words(talk))))
    assert talk.press("have").changes == (EndDraft(),)


def test_an_old_draft_between_the_ways_back_still_chooses_if_somebody_reads() -> None:
    talk = old_draft(Phase.BACK, shared=True)
    talk.say("/start")
    assert [o.id for o in open_question(talk.view).offers] == ["words", "code"]


def test_an_old_draft_that_waits_for_two_words_goes_on_to_the_code() -> None:
    talk = old_draft(Phase.WORDS, StoredAnswer(WORD_CHECK, ("3", "9")))
    talk.say("/start")
    assert secrets_in(talk.replies[-1].text) == {"words"}
    assert has_words(talk.say(f"{TWELVE[2]} {TWELVE[8]}"))
    assert talk.question == CODE
    assert talk.press("have").says[0].ids[:2] == ("kept", "words")


def test_an_old_draft_of_a_reopened_case_has_the_code_alone() -> None:
    talk = old_draft(Phase.BACK, StoredAnswer(REOPENED), shared=True)
    assert talk.question == CODE
    assert talk.press("have").says[0].ids[:2] == ("kept", "words")


def test_what_an_earlier_version_wrote_to_the_outbox_is_still_said() -> None:
    talk = old_draft(Phase.BACK)
    for ref, secret in ((say("CODE"), "code"), (say("WORDS"), "words")):
        reply = talk.rendered(ref)
        assert reply is not None
        assert secrets_in(reply.text) == {secret}


# What becomes of the story is said, and it is what the store does


def test_a_story_that_only_its_words_open_ends_without_them() -> None:
    talk = only_kept()
    assert ENGLISH.recovery.words_end.partition("{")[0] in talk.replies[-1].text


def test_a_story_that_readers_have_does_not_end_without_the_words() -> None:
    talk = reach_ways_back()
    talk.press("words")
    assert STAYS_SAVED in talk.replies[-1].text


# The two words, as people type them


@pytest.mark.parametrize(
    "form", ["{0} {1}", "{0}, {1}", "{0} and {1}", " {0}\t{1}. ", "3. {0} 4. {1}"]
)
def test_two_words_can_be_given_back_as_people_write(form: str) -> None:
    talk = only_kept()
    first, second = checked_words(talk)
    assert has_words(talk.say(form.format(first.upper(), second)))


@pytest.mark.parametrize(
    "form",
    [
        "number {a}: {0}, number {b}: {1}",
        "{b}: {1}, {a}: {0}",
        "{a}. {0}\n{b}. {1}",
        "The words are “{0}” and “{1}”.",
        "{0:.4} {1:.4}",
        "{all}",
    ],
)
def test_two_words_can_be_given_back_with_their_numbers_cut_or_among_all(form: str) -> None:
    talk = only_kept()
    words = talk.snapshot.words
    first, second = checked_words(talk)
    a, b = (words.index(word) + 1 for word in (first, second))
    said = form.format(first, second, a=a, b=b, all=" ".join(words))
    assert has_words(talk.say(said))


@pytest.mark.parametrize(
    "form", ["{b}: {1}, {b}: {0}", "{0}", "{0} {1} {0}", "{0:.2} {1:.2}", "12"]
)
def test_what_is_not_the_two_words_is_refused(form: str) -> None:
    talk = only_kept()
    words = talk.snapshot.words
    first, second = checked_words(talk)
    a, b = (words.index(word) + 1 for word in (first, second))
    assert not talk.say(form.format(first, second, a=a, b=b)).changes


def test_two_words_in_the_wrong_order_are_not_the_two() -> None:
    talk = only_kept()
    assert not talk.say(" ".join(reversed(checked_words(talk)))).changes


@given(st.binary(min_size=1, max_size=64))
def test_the_two_places_are_different_and_among_the_twelve(numbers: bytes) -> None:
    stream = iter([*numbers, *range(256)])
    first, second = map(int, draw_places(lambda size: bytes(next(stream) for _ in range(size))))
    assert 1 <= first < second <= 12


# What else is said while two words are asked back


TOLD = "I forgot he also threatened my sister"


@pytest.mark.parametrize("text", [TOLD, "he also hit my mother"])
def test_what_tells_something_there_is_said_not_to_be_kept(text: str) -> None:
    talk = only_kept()
    assert sentence_names(talk.say(text)) == ["NOT_ADDED", "ASK"]


def test_a_wrong_try_loses_nothing_and_claims_nothing() -> None:
    talk = only_kept()
    first, _ = checked_words(talk)
    for tried in ("zone wolf", f"I think it is {first} and something"):
        assert sentence_names(talk.say(tried)) == ["WRONG_WORDS"]
    assert "lost" not in talk.replies[-1].text


def test_who_wrote_them_down_is_asked_for_the_two_and_goes_on_after_the_code() -> None:
    talk = only_kept()
    places = [str(talk.snapshot.words.index(word) + 1) for word in checked_words(talk)]
    talk.say("ok i wrote them down")
    assert talk.replies[-1].text == ENGLISH.recovery.wrote_down.format(
        first=places[0], second=places[1]
    )
    talk.say(" ".join(checked_words(talk)))
    assert talk.question == CODE
    assert talk.say("i wrote it down").changes == (EndDraft(),)


def test_what_losing_them_means_is_said_as_it_is() -> None:
    heard, talk = ENGLISH.listening.heard, only_kept()
    talk.say("what if i lose them")
    assert talk.replies[-2].text == heard["losing_kept"]
    talk.say(" ".join(checked_words(talk)), "what if i lose them?")
    assert talk.replies[-2].text == heard["losing_code"]
    talk = reach_ways_back()
    talk.press("words")
    talk.say("what happens if i lose them")
    assert talk.replies[-2].text == heard["losing_shared"]
    talk = reach_ways_back()
    talk.press("code")
    talk.say("what if i lose them")
    assert talk.replies[-2].text == heard["losing_code_alone"]
