"""How the bot speaks, held on whole talks: short, plain, one question and few words at a time."""

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

import flows
from bot.platforms.matrix.facts import MATRIX
from bot.platforms.telegram.facts import TELEGRAM
from bot.platforms.terminal.adapter import terminal_platform
from handlers.messages import PlatformFacts, Reply
from handlers.reporter.markers import REVIEW, WORD_CHECK, as_kept
from handlers.reporter.questions import open_question
from handlers.sending.short_messages import MOST_WORDS, count_words, in_short_messages
from handlers.texts.english import ENGLISH
from store.model.changes import Change, EndDraft, HandOver
from store.model.permissions import (
    DeliveryStage,
    HeldHandover,
    StandingGrant,
    StandingHandover,
)
from store.model.snapshot import OpenedCase, Snapshot
from tests.readability import reading_grade
from tests.sentences import RECORDED_TEXTS
from tests.unit.handlers.reporter.places import checked_words
from tests.unit.handlers.talks import ASH, HOUR, OAK, READERS, SETTING, Talk

MOST_LETTERS = 28
HIGHEST_GRADE = 6.0
FEWEST_WORDS_GRADED = 10
"""In a shorter text one name decides."""
TALKS = 120
LINES = 60
PLATFORMS = (TELEGRAM, MATRIX, terminal_platform(can_clear=True))
QUESTIONNAIRES = tuple(
    flows.load(path.read_text("utf-8"), path.name)
    for path in sorted(Path(flows.__file__).parent.glob("*.toml"))
)
TYPED = ("It was at camp, 0151 1.", "yes", "I don't know", "stop", "/done", "/skip", "/back")
COMMANDS = (
    *("/permissions", "/withdraw", "/erase", "/pause", "/stop", "/history", "/words", "/help"),
    *("/privacy", "/unsafe"),
)
LISTED = re.compile(r"(?m)^(?:– .*|\s*\d+[. ].*|“.*”)$")
"""A line of a list: a help line, a part of the story, what is allowed, a question in quotes."""


class Delivered(Talk):
    """A talk in which what was handed over is held, as in the store, also after its end."""

    def _hand_over(self, change: HandOver) -> None:
        super()._hand_over(change)
        self.snapshot = replace(self.snapshot, until=203648 * self.snapshot.kept)
        readers = [r for p in change.permissions if p.scope == "named" for r in p.readers]
        if readers and change.hold_hours:
            kept, due = self.snapshot.kept, int(self.view.hour) + change.hold_hours
            held = HeldHandover("aa" * 32, due, kept=kept, id="a1" * 16, readers=(*readers,))
            self.snapshot = replace(self.snapshot, held=replace(held, here=True))

    def _apply(self, change: Change) -> None:
        held = self.snapshot.held
        super()._apply(change)
        if isinstance(change, EndDraft) and held is not None:
            self.snapshot = replace(self.snapshot, held=replace(held, here=False))


def played(seed: int, platform: PlatformFacts) -> Talk:
    """A talk of somebody who chooses and types at random."""
    chance = random.Random(seed)  # noqa: S311 - a talk that can be had again
    flow = QUESTIONNAIRES[seed % len(QUESTIONNAIRES)]
    settings = replace(SETTING, flow=flow, revisions={flow.revision: flow})
    talk = Delivered(settings=settings, platform=platform)
    talk.say("/start")
    for _ in range(LINES):
        _go_on(talk, chance)
    return talk


def _go_on(talk: Talk, chance: random.Random) -> None:
    offers = talk.offered
    often = 0.2 if open_question(talk.view).free else 0.8  # words have one choice, to leave it out
    if offers and chance.random() < often:
        talk.press(chance.choice(offers))
    else:
        talk.say(chance.choice(TYPED if chance.random() < 0.8 else COMMANDS))


def shared() -> Talk:
    """A talk in which everything is shared with Oak, and kept."""
    talk = Talk().begin("It was at the summer camp.")
    talk.say("let someone", "nothing", "/skip", "/skip", "Ash", "Oak", "everything", "only read")
    talk.say("yes, keep it", "yes, that's right")
    talk.press("now")
    return talk


def come_back(seed: int, platform: PlatformFacts) -> Talk:
    """A talk of somebody who comes back to a kept story, and goes on at random."""
    chance, first = random.Random(seed), shared()  # noqa: S311 - a talk that can be had again
    told, grant = first.handed[-1].draft, "ee" * 32
    stage = chance.choice([*DeliveryStage])
    shares = (
        (StandingHandover(grant, (OAK.id,), stage, HOUR + 5),) if chance.random() < 0.7 else ()
    )
    opened = OpenedCase(shares, (), as_kept(told.answers), told.revision, 203748)
    kept = Snapshot(opened=opened, readers=READERS, barred=frozenset({ASH.id}), kept=True)
    if shares:
        kept = replace(
            kept, shared=True, grants=(StandingGrant(grant, (OAK.id,), ("act.listen",)),)
        )
    talk = Delivered(replace(kept, until=203648), platform=platform, texts={**first.texts})
    talk.say("/open")
    for _ in range(LINES):
        _go_on(talk, chance)
    return talk


@pytest.fixture(scope="module")
def replies() -> list[Reply]:
    """Everything that is said in many talks on all platforms with all questionnaires."""
    seeds = [(seed, platform) for seed in range(TALKS) for platform in PLATFORMS]
    talks = (talk for at in seeds for talk in (played(*at), come_back(*at)))
    said = [reply for talk in talks for reply in talk.replies]
    assert {"bot.case", "bot.added", "bot.share_added"} <= {reply.question for reply in said}
    assert {reply.question for reply in said} >= {
        step.id
        for f in QUESTIONNAIRES
        for step in f.steps
        if step.kind.value not in {"note", "review"}
    }
    return said


def own_words(reply: Reply) -> str:
    """What the bot says itself: not the organisation's help lines, nor the lines of a list."""
    return LISTED.sub("", reply.text)


def long_messages(replies: list[Reply]) -> list[str]:
    """Return the messages, as they are sent, that are longer than can be taken in.

    Each word of a list counts, but not the review, nor what the reporter told. Where there are
    no buttons, the answers to choose from stand below; they are held to the length of a label.
    """
    counted = (r for r in replies if not r.told and r.question != REVIEW)
    sent = {each.text for r in counted for each in in_short_messages(r)}
    return [text for text in sent if count_words(text) > MOST_WORDS]


def test_no_message_has_more_words_than_can_be_taken_in(replies: list[Reply]) -> None:
    assert not long_messages(replies)


def test_the_longest_messages_are_among_those_that_are_counted(replies: list[Reply]) -> None:
    said = "\n".join({reply.text for reply in replies})
    assert ENGLISH.matrix.stays in said
    assert "Your twelve words:" in said
    assert ENGLISH.help.commands in said
    assert "After that I won't know you" in said


def test_no_message_asks_two_questions(replies: list[Reply]) -> None:
    assert not {r.text for r in replies if own_words(r).count("?") > 1}


def test_every_message_is_plain_enough_for_the_sixth_grade(replies: list[Reply]) -> None:
    graded = {
        own_words(r)
        for r in replies
        if len(own_words(r).split()) >= FEWEST_WORDS_GRADED and not r.told
    }
    hard = {
        f"{grade:.1f} {text}" for text in graded if (grade := reading_grade(text)) > HIGHEST_GRADE
    }
    assert not hard


def test_every_label_fits_on_a_button(replies: list[Reply]) -> None:
    people = {reader.id for reader in READERS}
    labels = {o.label for r in replies for o in (*r.offers, *r.commands) if o.id not in people}
    assert not {label for label in labels if len(label) > MOST_LETTERS}


COLD = re.compile(
    r"(?<!/)\b(erased?|erasing|handed|hand(ing)? over|fetch(ed|es)?|halt(ed|s)?|shall|is to be|"
    r"thereby|what you told|pieces?|recogni[sz]ed)\b",
    re.IGNORECASE,
)
SAID_BEFORE = (
    "It is no lawyer",
    "whoever you choose",
    "whoever holds this account",
    "type safely here",
    "Shall this chat",
    "when that is all for now",
    "Sealed. Go on",
    "What should happen with it",
    "only erasing is final",
    "is a full answer",
    "two are suggested",
    "will not tell them that it exists",
    "Is it right?",
    "Nobody writes to you",
    "you cannot make them forget",
    "must pass some things on",
    "even if you want no way back",
    "Your part is done",
    "You will not be recognised",
    "Taken back. Nobody",
    "You said yes to nothing",
    "What cannot be reached from here",
    "Here you were",
)
"""What was found cold, stiff or untrue when people held talks, and must not come back."""


def every_text() -> list[str]:
    """The bot's own texts and those of the questionnaires, but for what readers are told.

    Readers fetch what was shared with them by a command of that name.
    """
    steps = [step for flow in QUESTIONNAIRES for step in flow.steps]
    asked = [text for s in steps for text in (s.text, s.hint or "", *(c.text for c in s.choices))]
    own = (text for name, text in RECORDED_TEXTS.items() if not name.startswith("READER_"))
    return [*own, *asked]


def test_the_words_are_those_that_people_say() -> None:
    assert not {text for text in every_text() if COLD.search(text)}


@pytest.mark.parametrize("words", SAID_BEFORE)
def test_a_sentence_that_hurt_or_misled_does_not_come_back(words: str) -> None:
    assert not [text for text in every_text() if words.casefold() in text.casefold()]


def test_hello_is_at_most_three_messages_before_the_first_question() -> None:
    for platform in PLATFORMS:
        talk = Talk(platform=platform)
        talk.say("/start")
        talk.press("go")
        talk.press("self")
        assert talk.question == "story"
        assert len(talk.replies) == 3


def test_a_story_for_one_reader_takes_at_most_22_messages() -> None:
    talk = Talk(platform=TELEGRAM)
    talk.say("/start")
    talk.press("go")
    talk.press("self")
    talk.say("It was at the summer camp.", "/done", "let someone", "nothing")
    talk.say("An apology.", "/done", "The choir's treasurer.", "/done", "Ash", "Oak", "everything")
    talk.say("act without naming me", "yes, keep it", "yes, that's right")
    talk.press("now")
    talk.press("words")
    assert talk.question == WORD_CHECK
    talk.say(" ".join(checked_words(talk)))
    talk.press("have")
    assert talk.snapshot.draft is None
    said = [part for reply in talk.replies for part in in_short_messages(reply)]
    assert len(said) <= 22, [part.text for part in said]


def test_what_is_said_of_cleaning_names_the_choices() -> None:
    for text in (ENGLISH.chat.clean_chat, ENGLISH.room.clean_chat, ENGLISH.telling.clean):
        assert all(f'"{ENGLISH.labels[f"clean.{c}"]}"' in text for c in ("go", "end", "self"))
