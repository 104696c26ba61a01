"""Conversations at the places where the tests of this folder begin."""

from handlers.context import Settings
from handlers.outcome import Outcome
from handlers.reporter.markers import WORD_CHECK
from tests.unit.handlers.talks import SETTING, Talk


def sentence_names(outcome: Outcome) -> list[str]:
    """Name what is said, in order."""
    return [s.sentence for s in outcome.says]


def begin_story(settings: Settings = SETTING) -> Talk:
    """Answer everything before the story."""
    talk = Talk(settings=settings)
    talk.say("/start", "1", "3")
    return talk


def reach_overview(*, keep: str = "no", read: str = "Oak", never: str = "nobody") -> Talk:
    """Tell a story, a wish and a person, and answer up to the overview."""
    talk = begin_story()
    talk.say(
        "first",
        "second",
        "/done",
        "let someone",
        "nothing",
        "a wish",
        "/done",
        "a person",
        "/done",
    )
    talk.say(never, read, "everything", "only read", keep)
    assert talk.question == "bot.overview"
    return talk


def reach_ways_back() -> Talk:
    """Share and keep a case, up to the question how to come back."""
    talk = reach_overview(keep="yes")
    talk.press("right")
    talk.press("hold")
    assert talk.question == "bot.back"
    return talk


def checked_words(talk: Talk) -> list[str]:
    """Return the two words that are asked back."""
    assert talk.snapshot.draft
    marker = next(a for a in talk.snapshot.draft.answers if a.step == WORD_CHECK)
    return [talk.snapshot.words[int(place) - 1] for place in marker.choices]
