"""From a sentence to a message: always possible, never with anything it should not hold."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.matrix.facts import MATRIX
from bot.platforms.telegram.facts import TELEGRAM
from handlers.messages import ChatClearing, CopiedNumber, PlatformFacts, Reply, TextMessage
from handlers.outcome import ASK, say
from handlers.permissions.overview import overview_lines
from handlers.sending.cleaning import ENDING, LEAVING
from handlers.sending.formatting import (
    format_day,
    format_due,
    format_last_day,
    format_readers,
    format_week,
)
from handlers.sending.rendering import render
from handlers.texts.catalogue import Wording
from handlers.texts.english import ENGLISH
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES
from handlers.texts.names import SENTENCE_NAMES, SentenceName
from store.model.drafts import Phase, Piece, StoredAnswer
from store.model.outbox import TextRef
from store.model.permissions import DeliveryStage, HeldHandover, HistoryEntry, StandingHandover
from store.model.snapshot import OpenedCase, Snapshot
from tests.talk_script import OAK_READS
from tests.unit.handlers.talks import (
    ASH,
    CODE,
    FLOW,
    HOUR,
    OAK,
    PLATFORM,
    READERS,
    ROWAN,
    SINGLE,
    WORDS,
    Talk,
    draft,
    view_of,
)

IN_ENGLISH = LANGUAGES[FIRST_LANGUAGE]
SENTENCES = sorted(SENTENCE_NAMES.values())
INSIDE = {"GOODBYE", "CHOOSE_ALONE", "HEARD", "KEPT_LONGER"}
"""Their references have a form of their own."""

MOST_WORDS = 60

READER_IDS = st.lists(st.sampled_from([r.id for r in READERS] + ["dd" * 10]), max_size=3)
STEPS = st.sampled_from(FLOW.steps)
MARKS = st.sampled_from(
    [
        StoredAnswer("bot.stop", ("ab",)),
        StoredAnswer("bot.erase"),
        StoredAnswer("bot.piece", ("ab",)),
        StoredAnswer("bot.asked", ("3", "9")),
        StoredAnswer("bot.again", ("story",)),
        StoredAnswer("bot.clean", ("go",)),
        StoredAnswer("bot.reopened"),
    ]
)


@st.composite
def answers(draw: st.DrawFn) -> tuple[StoredAnswer, ...]:
    """What a draft may hold, fitting or not."""
    taken = draw(st.lists(MARKS, max_size=2, unique_by=lambda m: m.step))
    for step in draw(st.lists(STEPS, unique_by=lambda s: s.id)):
        ids = [c.id for c in step.choices] + [OAK.id, ASH.id] * step.names_readers
        some = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True)) if ids else []
        items = ("ab",) if step.takes_text and draw(st.booleans()) else ()
        taken.append(StoredAnswer(step.id, tuple(some), items))
    return tuple(taken)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Whatever an account can be in."""
    share = st.builds(
        StandingHandover,
        st.just("ee"),
        READER_IDS.map(tuple),
        st.sampled_from(DeliveryStage),
        st.just(HOUR),
    )
    record = st.builds(
        HistoryEntry,
        st.integers(1, 9),
        st.sampled_from(["keep", "named"]),
        READER_IDS.map(tuple),
        st.booleans(),
    )
    opened = st.builds(
        OpenedCase, st.lists(share, max_size=2).map(tuple), st.lists(record, max_size=2).map(tuple)
    )
    talk = st.builds(draft, phase=st.sampled_from(Phase)) if draw(st.booleans()) else st.none()
    now = draw(talk)
    if now is not None:
        now = replace(now, answers=draw(answers()))
    return Snapshot(
        draft=now,
        opened=draw(st.none() | opened),
        held=draw(st.none() | st.just(HeldHandover("ee", HOUR, kept=True))),
        readers=tuple(draw(st.lists(st.sampled_from(READERS), unique=True))),
        barred=frozenset(draw(READER_IDS)),
        words=draw(st.sampled_from([(), WORDS])),
        code_words=draw(st.sampled_from([(), CODE])),
        loaded_pieces=draw(st.sampled_from([(), (Piece("ab", "story", 202648, "told"),)])),
        kept=draw(st.booleans()),
        shared=draw(st.booleans()),
    )


@st.composite
def sayings(draw: st.DrawFn) -> TextRef:
    """Any sentence with references as it may have them."""
    name = draw(st.sampled_from(SENTENCES))
    readers = draw(READER_IDS)
    match name:
        case "GOODBYE":
            way = draw(st.sampled_from(["words", "code"]))
            after = draw(st.sampled_from(["held", "held 1 500006", "now", ""]))
            return say(name, draw(st.sampled_from(["kept", "handed"])), way, after, *readers)
        case "KEPT_LONGER":
            return say(name, "203648")
        case "CHOOSE_ALONE":
            return say(name, "none", step="needs")
        case "HEARD":
            return say(name, draw(st.sampled_from(sorted(ENGLISH.listening.heard))))
        case _:
            return say(name, *readers)


@pytest.mark.long
@settings(max_examples=600)
@given(snapshots(), sayings())
def test_every_sentence_can_be_said_in_every_snapshot(snapshot: Snapshot, it: TextRef) -> None:
    reply = render(view_of(snapshot), it)
    if reply is None:
        gone = {"PAUSED", "NOTED", "SHOW_PIECE", "CODE", "WORDS", "READER_INVITED"}
        assert it.sentence in gone | {"HOLD_OVER", "HOLD_STANDS"}
        return
    assert reply.text.strip() or it.sentence == "ASK"
    assert not re.search(r"{\w*}", reply.text)
    assert len({offer.id for offer in reply.offers}) == len(reply.offers)


@pytest.mark.parametrize("name", [n for n in SENTENCES if n not in INSIDE])
def test_no_placeholder_stays_open(name: SentenceName) -> None:
    reply = render(view_of(Snapshot(draft=draft(), readers=READERS)), say(name, OAK.id))
    assert reply is None or "{" not in reply.text


def test_every_question_of_a_talk_is_short_names_its_choices_and_its_way_out() -> None:
    talk = Talk().begin("told")
    talk.say(
        "let someone", "nothing", "/skip", "/skip", "Ash", "Oak", "everything", "only read", "yes"
    )
    talk.say("yes, that's right", "Yes, send in 12 hours", "twelve words")
    asking = [r for r in talk.replies if r.question]
    assert len(asking) > 12
    for reply in asking:
        assert len(re.sub(r"(?m)^\d+\..*$", "", reply.text).split()) <= 110
        assert "/unsafe" in reply.footer
        assert reply.offers or reply.question in {"story", "wish", "person", "bot.asked"}


def test_the_first_words_stay_under_sixty() -> None:
    talk = Talk()
    talk.say("/start")
    (hello,) = talk.replies
    assert len(re.sub(r"(?m)^– .*$", "", hello.text).split()) <= 60


def test_only_an_answer_of_several_messages_may_be_finished() -> None:
    talk = Talk(settings=SINGLE)
    talk.say("/start", "1", "3")
    assert "/done" in talk.replies[-1].footer
    assert ENGLISH.telling.text_only in talk.replies[-1].text
    talk.say("told", "/done", "let someone", "nothing")
    assert "/done" not in talk.replies[-1].footer
    assert "/skip" in talk.replies[-1].footer


def test_only_the_code_may_be_copied() -> None:
    talk = Talk().begin("told")
    talk.say(*OAK_READS, "no")
    talk.say("yes, that's right")
    assert not talk.replies[-1].copyable
    talk.press("now")
    assert talk.replies[-1].copyable
    assert " ".join(CODE) in talk.replies[-1].text


def test_names_are_said_as_people_say_them() -> None:
    view = view_of(Snapshot(readers=READERS))
    assert format_readers(view, []) == "nobody"
    assert format_readers(view, [OAK.id]) == "Oak"
    assert format_readers(view, [OAK.id, ASH.id]) == "Ash and Oak"
    assert format_readers(view, [OAK.id, ASH.id, ROWAN.id]) == "Ash, Oak and Rowan"
    assert format_readers(view, ["dd" * 10]) == "a reader who left"


def test_a_day_is_said_as_a_date_and_never_a_later_one_than_it_is_for_somebody() -> None:
    assert format_day(IN_ENGLISH, 14) == "Thursday 1 January"
    assert (
        format_day(IN_ENGLISH, 24 + 11) == "Thursday 1 January"
    )  # it still is, in the westernmost zone
    assert format_day(IN_ENGLISH, 24 + 12) == "Friday 2 January"


def test_nothing_is_promised_to_be_gone_before_it_is_in_the_easternmost_zone() -> None:
    assert format_last_day(IN_ENGLISH, 9) == "Thursday 1 January"
    assert format_last_day(IN_ENGLISH, 10) == "Friday 2 January"  # so late it is there already
    assert format_last_day(IN_ENGLISH, 24 + 9) == "Friday 2 January"


@pytest.mark.parametrize("sentence", ["PAUSED", "LEFT"])
def test_who_leaves_hears_until_when_it_waits_and_by_when_it_is_gone(
    sentence: SentenceName,
) -> None:
    snapshot = Snapshot(draft=draft(StoredAnswer("story", items=("ab" * 16,))))
    reply = render(view_of(snapshot), say(sentence))
    assert reply is not None
    assert f"waits until {format_day(IN_ENGLISH, HOUR + 168)}" in reply.text
    assert f"I delete it by {format_last_day(IN_ENGLISH, HOUR + 168)}" in reply.text


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-3, "within the hour"),
        (1, "in about an hour"),
        (2, "in about 2 hours"),
        (12, "in about 12 hours"),
        (36, "in about 36 hours"),
        (48, f"on {format_day(IN_ENGLISH, HOUR + 48)}"),
    ],
)
def test_what_is_due_is_said_as_people_say_it(hours: int, said: str) -> None:
    view = replace(view_of(Snapshot()), hour=HOUR)
    assert format_due(view, HOUR + hours) == said


def test_a_week_is_said_as_people_say_it() -> None:
    view = replace(view_of(Snapshot()), hour=24 * 4)  # Monday 5 January 1970
    assert format_week(view, 197002) == "this week"
    assert format_week(view, 197001) == "last week"
    assert format_week(view, 196952) == "week 52 of 1969"


def test_the_overview_says_what_is_allowed_and_by_default_nothing() -> None:
    assert overview_lines(view_of(Snapshot(draft=draft()))) == [
        ENGLISH.permissions.nothing_allowed
    ]
    talk = Talk().begin("told")
    talk.say(
        "let someone", "nothing", "/skip", "/skip", "Ash", "Oak", "everything", "only read", "no"
    )
    lines = overview_lines(talk.view)
    assert lines[0] == "Oak may read everything, including your story."
    assert lines[1] == "They may only read and listen."
    assert lines[2].startswith("Ash must never read your story or be told that you wrote")
    assert "don't keep" in lines[-1]
    assert "90 days" in lines[-1]


def test_a_duty_to_pass_things_on_is_said_beside_the_name_and_before_the_second_yes() -> None:
    talk = Talk().begin("told")
    talk.say("let someone", "nothing", "/skip", "/skip", "nobody")
    assert [o.label for o in talk.replies[-1].offers] == [
        "Nobody for now",
        "Ash, elected",
        "Oak, elected (has to report some things)",
        "Rowan",
    ]
    talk.say("Oak", "everything", "only read", "no", "yes, that's right")
    assert ENGLISH.review.duty.format(reader="Oak") in talk.replies[-1].text
    assert "can't be unread" in talk.replies[-1].text


@pytest.mark.parametrize("platform", [TELEGRAM, MATRIX, PLATFORM])
@pytest.mark.parametrize("after", ["held", "held 1 500012", "now", ""])
@pytest.mark.parametrize("way", ["words", "code"])
def test_the_goodbye_to_a_kept_story_says_until_when_and_stays_short(
    platform: PlatformFacts, way: str, after: str
) -> None:
    readers = (OAK.id, ROWAN.id) if after else ()
    if way == "code" and not readers:
        return  # the code alone is not offered where nobody else can read it
    hold = HeldHandover("ee", HOUR + 12, kept=True) if after.startswith("held") else None
    held = Snapshot(readers=READERS, held=hold)
    view = replace(view_of(held, platform=platform), hour=HOUR)
    reply = render(view, say("GOODBYE", "kept 203648", way, after, *readers))
    assert reply is not None
    assert "until the end of November 2036" in reply.text
    assert len(reply.text.replace("– ", "").split()) <= 60
    assert ("Oak and Rowan in" in reply.text) == (after == "held")
    assert ("I'll tell Oak in" in reply.text) == (after == "held 1 500012")


def test_the_opened_story_says_of_nobody_that_they_have_a_copy_and_have_none() -> None:
    stages = (DeliveryStage.HELD, DeliveryStage.FETCHED, DeliveryStage.RELEASED)
    shares = [StandingHandover(f"{n}e" * 32, (OAK.id,), s, HOUR) for n, s in enumerate(stages)]
    twice = OpenedCase((*shares, *shares), ())
    view = replace(view_of(Snapshot(opened=twice, readers=READERS)), hour=HOUR)
    reply = render(view, ASK)
    assert reply is not None
    assert [line for line in reply.text.splitlines() if "Oak" in line] == [
        "Shared with Oak. They have a copy.",
        "Some more is shared with Oak. They don't have that yet.",
        "Some more is shared with Oak. I'll tell them within the hour.",
    ]


def test_a_goodbye_promises_only_what_follows() -> None:
    held = Snapshot(readers=READERS, held=HeldHandover("ee", HOUR, kept=True))
    reply = render(view_of(held), say("GOODBYE", "kept", "words", ""))
    assert reply is not None
    assert "I'll tell" not in reply.text
    told = render(view_of(held), say("GOODBYE", "kept", "words", "held", OAK.id))
    assert told is not None
    assert f"I'll tell Oak {format_due(view_of(held), HOUR)}" in told.text


def test_a_reader_is_asked_to_destroy_one_delivery_by_its_code() -> None:
    reply = render(view_of(Snapshot()), say("READER_DESTROY", "A1B2C3"))
    assert reply is not None
    assert "(A1B2C3)" in reply.text


def test_stopping_after_a_hand_over_does_not_say_that_nothing_was_sent() -> None:
    talk = Talk().begin("told")
    talk.say("/stop")
    assert "I sent nothing" in talk.replies[-1].text
    talk.press("go")
    talk.say(*OAK_READS, "no")
    talk.say("yes, that's right", "yes, send now", "/stop")
    assert "what you allowed still holds" in talk.replies[-1].text
    assert "I sent nothing" not in talk.replies[-1].text


# Clearing the screen


def cleared(how: str) -> list[str]:
    """What is said after the screen is cleared."""
    talk = Talk()
    talk.say("/start", "1")
    talk.press(how)
    seen = ["ASK"] if talk.replies[-1].clear else []
    for text in ("told", "/pause", "/done", "/erase"):
        outcome = talk.hear(TextMessage(text))
        seen += [s.sentence for s in outcome.says if _clear(talk.rendered(s))]
    outcome = talk.press("yes")
    return seen + [s.sentence for s in outcome.says if _clear(talk.rendered(s))]


def _clear(reply: Reply | None) -> bool:
    return reply is not None and reply.clear is not ChatClearing.NOTHING


def test_the_screen_is_cleared_as_it_was_chosen() -> None:
    assert cleared("go") == ["ASK", "ACK", "PAUSED", "ASK", "ASK", "ERASED"]
    assert cleared("end") == ["PAUSED", "ERASED"]
    assert cleared("self") == []


def test_words_and_code_are_never_cleared_before_they_were_read() -> None:
    going = draft(StoredAnswer("story", items=("ab",)), StoredAnswer("fate", ("keep",)))
    going = replace(going, answers=(StoredAnswer("bot.clean", ("go",)), *going.answers[1:]))
    for phase in (Phase.BACK, Phase.WORDS):
        asked = render(view_of(Snapshot(draft=replace(going, phase=phase))), ASK)
        assert asked is not None
        assert asked.clear is ChatClearing.NOTHING


def test_ending_is_leaving_for_good() -> None:
    assert {"PAUSED", "LEFT", "LEFT_SHARED"} == LEAVING - ENDING
    assert ENDING < LEAVING


def test_a_name_that_no_version_has_written_is_refused() -> None:
    with pytest.raises(KeyError):
        render(view_of(Snapshot()), TextRef("MISSPELT"))


SHOWS_HELP = ("HELLO", "HELP", "HELP_LINES", "DANGER", "ERASED", "ERASED_LATE", "NOTHING_KEPT")


@pytest.mark.parametrize("name", SHOWS_HELP)
def test_help_lines_stand_with_their_hours_where_somebody_comes_or_goes(
    name: SentenceName,
) -> None:
    reply = render(view_of(Snapshot(readers=READERS)), say(name))
    assert reply is not None
    assert "– A help line: 116 016 (day and night)" in reply.text
    assert reply.to_copy == (CopiedNumber("116 016", "Copy 116 016"),)


@pytest.mark.parametrize("way", ["words", "code"])
@pytest.mark.parametrize("wording", Wording)
def test_the_goodbye_shows_help_lines_on_every_platform(way: str, wording: Wording) -> None:
    platform = replace(PLATFORM, wording=wording)
    view = view_of(Snapshot(readers=READERS), platform=platform)
    reply = render(view, say("GOODBYE", "kept", way, ""))
    assert reply is not None
    assert "– A help line: 116 016 (day and night)" in reply.text
    assert reply.to_copy == (CopiedNumber("116 016", "Copy 116 016"),)


@pytest.mark.parametrize("leaves", [True, False])
def test_the_goodbye_names_the_grounding_text_where_it_can_still_be_asked_for(
    *, leaves: bool
) -> None:
    view = view_of(Snapshot(), platform=replace(PLATFORM, leaves=leaves))
    reply = render(view, say("GOODBYE", "kept", "words", ""))
    assert reply is not None
    assert ("/ground" in reply.text) is not leaves


@pytest.mark.parametrize("typed", ["/stop", "/erase"])
def test_help_lines_stand_where_a_talk_is_stopped_or_erased(typed: str) -> None:
    talk = Talk().begin("told")
    talk.say(typed)
    assert "– A help line: 116 016 (day and night)" in talk.replies[-1].text
    assert talk.replies[-1].to_copy == (CopiedNumber("116 016", "Copy 116 016"),)


def test_help_comes_before_the_commands() -> None:
    reply = render(view_of(Snapshot()), say("HELP"))
    assert reply is not None
    assert reply.text.index("116 016") < reply.text.index("/done")


@pytest.mark.parametrize("name", SHOWS_HELP)
def test_what_shows_help_lines_is_short_besides_them(name: SentenceName) -> None:
    reply = render(view_of(Snapshot()), say(name))
    assert reply is not None
    own = [line for line in reply.text.splitlines() if not line.startswith("– ")]
    assert len(" ".join(own).split()) <= MOST_WORDS


def test_the_grounding_text_asks_nothing() -> None:
    reply = render(view_of(Snapshot()), say("GROUND"))
    assert reply is not None
    assert "?" not in reply.text
    assert not reply.question
