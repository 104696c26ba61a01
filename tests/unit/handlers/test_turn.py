"""Whole talks, from hello to goodbye, with the program started anew before every message."""

import asyncio
import random

import pytest

import flows
from handlers.context import View
from handlers.messages import (
    ALBUM_PART,
    ButtonPress,
    ChatClearing,
    IncomingMessage,
    Reply,
    TextMessage,
    UnusableMessage,
)
from handlers.reporter import recovery_service
from handlers.reporter.markers import BACK, ERASING, PIECE, flow_answers
from handlers.reporter.questions import open_question
from handlers.reporter.typed_text import match_offers
from handlers.texts.english import ENGLISH
from handlers.turn import failure_reply
from store.model.drafts import Phase
from store.model.errors import NotForUs
from store.model.snapshot import Snapshot
from tests.databases import ON_BOTH_ENGINES
from tests.rig import Rig, person
from tests.talk_script import FILLS, OAK_READS, twelve_words

OTHER = person("reporter-two")
HAVE = ENGLISH.labels["code.have"]
SAYINGS = ("stop", "help", "no", "back", "send", "yes")
CASE_TABLES = ("case_file", "item", "permission", "access_grant", "delivery", "takeback", "draft")


async def snapshot(rig: Rig) -> Snapshot:
    async with rig.house() as house:
        return await house.stores.cases.snapshot(person(), rig.clock(), pieces=True)


async def left(rig: Rig) -> dict[str, int]:
    """Rows of the case that are still there."""
    rows = await rig.rows()
    return {table: rows[table] for table in CASE_TABLES if rows[table]}


async def keep_it(rig: Rig, *story: str) -> tuple[str, ...]:
    """A kept case, talked to its end; its twelve words."""
    await rig.tell(*story)
    await rig.say("just keep it", "yes, that's right", "yes, keep it like this")
    return await give_back(rig)


async def give_back(rig: Rig) -> tuple[str, ...]:
    """Give back the two words that are asked for, and have the code written down."""
    last = (await rig.say("/start"))[-1]
    if last.question == BACK:
        (last,) = await rig.say("twelve words")
    await rig.say(FILLS["two words"](last.text), HAVE)
    return twelve_words(last.text)


def code_in(replies: list[Reply]) -> str:
    """The four words, as they were shown."""
    shown = next(r.text for r in replies if r.text.startswith("Your take-back code"))
    return next(line for line in shown.splitlines() if line.startswith("    ")).strip()


def erased_late(rig: Rig) -> str:
    """What is said after erasing with a code; a server keeps remains."""
    leaving = ENGLISH.leaving
    kept_nothing = rig.config.store.database is not None
    text = leaving.erased_late if kept_nothing else leaving.erased_late_remains
    return f"{text}\n\n{ENGLISH.help.help_intro}\n\n– A help line: 116 016 (day and night)"


# What is kept, and who gets it


@ON_BOTH_ENGINES
async def test_no_to_everything_keeps_nothing(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say("/skip")  # the fork: decide later
    await rig.say(
        "let someone", "nothing", "/skip", "/skip", "nobody", "nobody", "no", "yes, that's right"
    )
    await rig.say("delete my story")
    assert await left(rig)
    await rig.say("yes")
    assert not await left(rig)
    assert ENGLISH.leaving.nothing_kept in rig.shown()


@ON_BOTH_ENGINES
async def test_the_named_reader_opens_and_no_other(rig: Rig) -> None:
    await rig.tell("first words", "second words")
    await rig.share("Oak", keep=False)
    (code,) = await rig.inbox("Oak")
    assert not await rig.inbox("Ash")
    assert not await rig.inbox("Rowan")
    bundle = await rig.fetch("Oak", code)
    text = rig.open("Oak", bundle).text
    assert text.index("first words") < text.index("second words")
    assert ENGLISH.report.acts["act.listen"] in text.partition(ENGLISH.report.notice)[0]
    await rig.say(HAVE)
    for other in ("Ash", "Rowan"):
        with pytest.raises(NotForUs):
            rig.open(other, bundle)


@ON_BOTH_ENGINES
async def test_without_keep_nothing_is_left_once_it_was_fetched(rig: Rig) -> None:
    await rig.tell("first words")
    await rig.share("Oak", keep=False)
    await rig.say(HAVE)
    (code,) = await rig.inbox("Oak")
    await rig.fetch("Oak", code)
    assert not await left(rig)


@ON_BOTH_ENGINES
@pytest.mark.parametrize(
    ("parts", "shown", "hidden"),
    [
        ("1", ["my wish"], ["my story", "my person"]),
        ("2", ["my wish", "my person"], ["my story"]),
        ("3", ["my wish", "my person", "my story"], []),
    ],
)
async def test_a_reader_opens_exactly_the_chosen_parts(
    rig: Rig, parts: str, shown: list[str], hidden: list[str]
) -> None:
    await rig.tell("my story")
    await rig.say(
        "let someone", "nothing", "my wish", "/done", "my person", "/done", "nobody", "Oak", parts
    )
    await rig.say("act without", "no", "yes, that's right", "2")
    (code,) = await rig.inbox("Oak")
    opened = rig.open("Oak", await rig.fetch("Oak", code))
    assert all(text in opened.text for text in shown)
    assert not any(text in opened.text for text in hidden)
    assert ENGLISH.report.acts["act.unnamed"] in opened.text.partition(ENGLISH.report.notice)[0]


# Story words


async def test_a_story_of_command_words_survives_whole_in_both_ways(rig: Rig) -> None:
    await rig.say("/start", "1", "3", *SAYINGS)  # and just goes on
    await rig.say("stop")
    await rig.press("bot.stop", "story")
    await rig.say(*SAYINGS[1:], "/done")
    told = [p.text for p in (await snapshot(rig)).pieces]
    assert told == [*SAYINGS, *SAYINGS]
    await rig.share("Oak", keep=False)
    (code,) = await rig.inbox("Oak")
    text = rig.open("Oak", await rig.fetch("Oak", code)).text
    assert [line for line in text.splitlines() if line in SAYINGS] == [*SAYINGS, *SAYINGS]


async def test_one_acknowledgement_for_a_burst(rig: Rig) -> None:
    await rig.say("/start", "1", "3")
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        before = len(rig.screen.replies)
        for number in range(5):
            await conversations.receive(_typed(f"line {number}"))
        assert len(rig.screen.replies) == before
        await conversations.settle(person())
    assert [r.text for _, r in rig.screen.replies[before:]] == [
        ENGLISH.telling.ack.format(done=ENGLISH.labels["do.done"])
    ]


def _typed(text: str) -> IncomingMessage:
    return IncomingMessage(f"message {text}", person(), TextMessage(text))


async def test_the_same_message_counts_once(rig: Rig) -> None:
    await rig.say("/start", "1", "3")
    for _ in range(3):
        await rig.hear(TextMessage("told once"), message="one and the same")
    assert [p.text for p in (await snapshot(rig)).pieces] == ["told once"]


async def test_what_a_screen_cannot_show_is_left_out_and_said(rig: Rig) -> None:
    await rig.say("/start", "1", "3")
    (said,) = await rig.say("be\x07ll")
    assert said.text == ENGLISH.telling.characters_left_out
    (said,) = await rig.say("a" * 100_000)
    assert "20000" in said.text
    assert [p.text for p in (await snapshot(rig)).pieces] == ["bell"]


async def test_pictures_and_edits_are_answered_and_lose_nothing(rig: Rig) -> None:
    await rig.say("/start", "1", "3", "told")
    for kind, text in (
        ("edit", ENGLISH.refusals.unusable["edit"]),
        ("voice", ENGLISH.refusals.unusable[""]),
    ):
        (said,) = await rig.hear(UnusableMessage(kind))
        assert said.text == text
    assert await rig.hear(UnusableMessage(ALBUM_PART)) == []
    assert [p.text for p in (await snapshot(rig)).pieces] == ["told"]


# Help


@pytest.mark.parametrize("text", ["/unsafe", "/help", "/privacy"])
async def test_help_stores_nothing_at_all(rig: Rig, text: str) -> None:
    for before in ((), ("/start", "1", "3"), ("told", "/done"), ("let someone", "nothing")):
        await rig.say(*before)
        rows = await rig.rows()
        (said,) = await rig.say(text)
        assert said.text
        assert await rig.rows() == rows  # no mark that it was seen, nothing to be sent


async def test_i_am_not_safe_without_a_slash_shows_help_lines(rig: Rig) -> None:
    for before in ((), ("/start", "1"), ("3",), ("/done",)):
        await rig.say(*before)
        said = await rig.say("I am not safe")
        assert "116 016" in said[0].text


# Stopping and leaving


async def test_stop_and_erase_leaves_nothing(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say("/stop")
    assert (await rig.press("bot.stop", "erase"))[0].question == "bot.erase"
    assert await left(rig)
    (said,) = await rig.press("bot.erase", "yes")
    assert said.text.startswith("It's deleted.")
    assert not await left(rig)


async def test_hanging_up_is_one_sentence_and_everything_waits(rig: Rig) -> None:
    await rig.tell("a story")
    async with rig.house() as house:
        await house.conversations(rig.screen).hang_up(person(), "bye")
        assert await house.conversations(rig.screen).processor.has_draft(person())
    assert rig.screen.replies[-1][1].text.startswith("You left.")
    assert (await rig.say("/start"))[-1].question == "fate"


async def test_a_draft_that_nobody_came_back_to_ends_with_nothing_left(rig: Rig) -> None:
    await rig.tell("a story")
    (said,) = await rig.say("/pause")
    assert "Sunday 29 November" in said.text
    await rig.pass_time(days=7, hours=1)
    assert not await left(rig)
    assert (await rig.say("/start"))[0].text.startswith("Hello.")


@ON_BOTH_ENGINES
async def test_a_shared_story_opens_with_words_that_were_never_typed_back(rig: Rig) -> None:
    """What is said with the words is true: it stays saved, whoever reads it."""
    await rig.tell("a story")
    await rig.share("Oak", keep=True)
    shown = (await rig.say("twelve words"))[0].text
    assert ENGLISH.recovery.words_end_kept.partition("}")[2].strip() in shown
    rows = (line.split() for line in shown.splitlines())
    twelve = [row[1] for row in rows if len(row) == 2 and row[0].isdecimal()]
    await rig.pass_time(days=8)
    async with rig.staying():
        (menu,) = await rig.say(" ".join(twelve))
        assert menu.question == "bot.case"
        assert "a story" in (await rig.say("read it"))[0].text


async def test_what_follows_in_the_same_breath_is_not_cleared_away(rig: Rig) -> None:
    await rig.say("/start", "1", "as we go", "told", "/done")
    shown = await rig.say("/show")
    assert [r.clear for r in shown] == [ChatClearing.PASSED, ChatClearing.NOTHING]
    assert "told" in shown[0].text


def test_an_error_is_said_without_a_word_of_what_was_typed() -> None:
    assert failure_reply(ENGLISH).text == ENGLISH.refusals.failed


# Withdrawing in the held hours


@ON_BOTH_ENGINES
async def test_withdrawing_in_the_talk_means_nothing_was_ever_fetched(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.share("Oak", keep=True, now=False)
    assert await rig.inbox("Oak") == {}
    shown = await rig.say("/withdraw")
    assert len(shown) <= 3
    await never_arrives(rig)
    assert shown[-1].question == "fate"


async def never_arrives(rig: Rig) -> None:
    await rig.pass_time(hours=14)
    for reader in rig.keys:
        assert await rig.inbox(reader) == {}


@ON_BOTH_ENGINES
@pytest.mark.parametrize("keep", [True, False])
async def test_withdrawing_afterwards_from_the_same_account(rig: Rig, keep: bool) -> None:
    await rig.tell("a story")
    await rig.share("Oak", keep=keep, now=False)
    await rig.say(*(("only the code",) if keep else ()), HAVE)
    assert (await snapshot(rig)).draft is None
    (said,) = await rig.say("/withdraw")
    texts = ENGLISH.handover
    assert said.text.startswith(texts.hold_stopped if keep else texts.hold_stopped_deleted)
    assert bool(await left(rig)) == keep
    await never_arrives(rig)


@ON_BOTH_ENGINES
async def test_withdrawing_beside_a_new_talk_stops_what_is_held(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.share("Oak", keep=False, now=False)
    await rig.say(HAVE, "/start", "1", "3", "another story")
    (said, *_) = await rig.say("/withdraw")
    assert said.text.startswith(ENGLISH.handover.hold_stopped_deleted)
    await never_arrives(rig)
    assert [p.text for p in (await snapshot(rig)).pieces] == ["another story"]


@ON_BOTH_ENGINES
async def test_withdrawing_with_the_words(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.share("Oak", keep=True, now=False)
    twelve = await give_back(rig)
    shown = await rig.say(f"/withdraw {' '.join(twelve)}", who=OTHER)
    assert shown[0].text == ENGLISH.handover.withdrawn
    await never_arrives(rig)


@ON_BOTH_ENGINES
async def test_withdrawing_with_the_code_from_another_account(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say(*OAK_READS, "no")
    code = code_in(await rig.say("yes, that's right", "1"))
    await rig.say(HAVE)
    async with rig.staying():
        await rig.say("/withdraw", who=OTHER)
        said = await rig.say(code.upper(), who=OTHER)
    taken_back, erased = (reply.text for reply in said)
    assert taken_back == ENGLISH.handover.withdrawn_late
    assert erased.startswith(ENGLISH.handover.withdrawn_erased)
    assert not await left(rig)
    await never_arrives(rig)


@ON_BOTH_ENGINES
async def test_erasing_with_the_code_leaves_nothing(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.share("Oak", keep=True)
    code = code_in(await rig.say("only the code"))
    await rig.say(HAVE)
    async with rig.staying():
        (asked,) = await rig.say(f"/erase {code}", who=OTHER)
        assert asked.question == ERASING
        assert await left(rig)
        (said,) = await rig.say("yes", who=OTHER)
    assert said.text == erased_late(rig)
    assert not await left(rig)


@ON_BOTH_ENGINES
async def test_a_yes_after_a_restart_erases_nothing(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.share("Oak", keep=True)
    code = code_in(await rig.say("only the code"))
    await rig.say(HAVE, f"/erase {code}", "yes")
    assert await left(rig)


async def test_five_tries_with_a_code_a_day_then_that_is_said(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery_service, "CODE_TRIES_IN_ALL", 3)
    monkeypatch.setattr(
        recovery_service, "CODE_DELAY_SECONDS", 0.0
    )  # a flood slows, and blocks nobody
    tried = [await rig.say("/withdraw abandon ability able about") for _ in range(6)]
    assert [replies[0].text for replies in tried[:5]] == [ENGLISH.recovery.no_code] * 5
    assert tried[5][0].text == ENGLISH.recovery.too_many_tries
    (said,) = await rig.say("/withdraw abandon ability able about", who=OTHER)
    assert said.text == ENGLISH.recovery.no_code
    rig.clock.forward(days=1)
    (said,) = await rig.say("/withdraw abandon ability able about")
    assert said.text == ENGLISH.recovery.no_code


async def test_words_of_no_list_are_no_try(rig: Rig) -> None:
    texts = ENGLISH.recovery
    answers = {
        "my hands won't stop": texts.not_words,
        "please take it back": texts.ask_code_withdraw,  # so it is understood, and asked for anew
        "I changed my mind": texts.ask_code_withdraw,
        "zone zoo wolf wodo": texts.word_unlisted.format(places="4"),
        "zone zoo wolf": texts.words_or_code_count.format(count=3),
        "zone zurdo wolf wood": texts.word_unlisted.format(places="2"),
        "abandon " * 12: texts.words_mixed,
    }
    async with rig.staying():
        await rig.say("/withdraw")
        for typed, answer in answers.items():
            for _ in range(recovery_service.CODE_TRIES + 1):
                (said,) = await rig.say(typed)
                assert said.text == answer
        (said,) = await rig.say("zone zoo wolf wood")
        assert said.text == texts.no_code


LISTED = (
    *("abandon", "ability", "able", "about", "above", "absent", "absorb", "abstract", "absurd"),
    *("abuse", "access"),
)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (" ".join(LISTED), ENGLISH.recovery.words_count.format(count=11)),
        (" ".join([*LISTED, "acid", "act"]), ENGLISH.recovery.words_count.format(count=13)),
        (" ".join([*LISTED, "cinnamox"]), ENGLISH.recovery.word_unlisted.format(places="12")),
        (
            " ".join(["cinnamox", *LISTED[:7], "xyz", *LISTED[:3]]),
            ENGLISH.recovery.words_unlisted.format(places="1 and 9"),
        ),
        (
            "1. cinnamox, 2. " + ", ".join(LISTED),
            ENGLISH.recovery.word_unlisted.format(places="1"),
        ),
        (" ".join([*LISTED, "acid"]), ENGLISH.recovery.words_mixed),
        ("I wrote them somewhere", ENGLISH.recovery.not_words),
        ("where did I put them", ENGLISH.recovery.not_words),
        ("abandon", ENGLISH.recovery.not_words),
        ("?", ENGLISH.recovery.not_words),
        ("word " * 2_000, ENGLISH.recovery.not_words),
    ],
)
async def test_what_is_wrong_with_typed_words_is_said_without_repeating_them(
    rig: Rig, typed: str, answer: str
) -> None:
    async with rig.staying():
        await rig.say("/open")
        (said,) = await rig.say(typed)
        assert said.text == answer
        assert "cinnamox" not in said.text
        (said,) = await rig.say(typed)  # it is still awaited
        assert said.text == answer


async def test_who_lost_their_words_hears_what_still_works_and_is_asked_again(rig: Rig) -> None:
    async with rig.staying():
        await rig.say("/open")
        for _ in range(2):  # they are still awaited
            explained, asked = await rig.say("I lost my words")
            assert explained.text == ENGLISH.listening.heard["lost_words"]
            assert asked.text == ENGLISH.recovery.ask_open


@pytest.mark.parametrize("command", ["open", "withdraw", "erase"])
async def test_a_mistyped_word_behind_a_command_is_explained(rig: Rig, command: str) -> None:
    (said,) = await rig.say(f"/{command} {' '.join([*LISTED, 'cinnamox'])}")
    assert said.text == ENGLISH.recovery.word_unlisted.format(places="12")


async def test_recovery_words_with_a_slip_are_no_story_at_hello(rig: Rig) -> None:
    async with rig.staying():
        (said,) = await rig.say(" ".join([*LISTED, "cinnamox"]))
        assert said.text == ENGLISH.recovery.word_unlisted.format(places="12")
        (said,) = await rig.say(" ".join([*LISTED, "acid"]))
        assert said.text == ENGLISH.recovery.words_mixed


async def test_taking_back_beside_an_open_talk_needs_no_second_word(rig: Rig) -> None:
    async with rig.staying():
        await rig.tell("a story")
        await rig.share("Oak", keep=False, now=False)
        said = await rig.say("/withdraw it now please I do not want anyone to see this again")
        assert said[0].text == ENGLISH.handover.withdrawn
    await never_arrives(rig)


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("/withdraw please", True),
        ("/withdraw I take it all back!", True),
        ("/withdraw I take it back", True),
        ("/WITHDRAW.", False),
    ],
)
async def test_withdraw_acts_whatever_stands_behind_it(rig: Rig, text: str, remark: bool) -> None:
    async with rig.staying():
        await rig.tell("It was in spring.")
        said = [reply.text for reply in await rig.say(text)]
        acted, asked = [reply.text for reply in await rig.say("/withdraw")]
        not_kept = ENGLISH.telling.not_kept_behind.format(word="withdraw")
        assert said == [acted, *([not_kept] if remark else []), asked]


async def test_a_sentence_of_twelve_words_behind_withdraw_takes_back_beside_a_talk(
    rig: Rig,
) -> None:
    async with rig.staying():
        await rig.tell("a story")
        await rig.share("Oak", keep=False, now=False)
        said = await rig.say("/withdraw it now please I do not want anyone to see this again")
        assert said[0].text == ENGLISH.handover.withdrawn
    await never_arrives(rig)


async def test_the_words_of_another_story_open_nothing_beside_a_talk(rig: Rig) -> None:
    twelve = await keep_it(rig, "first words")
    async with rig.staying():
        await rig.tell("another story")
        (said, asked) = await rig.say(f"/erase {' '.join(twelve)}")
        assert said.text == ENGLISH.refusals.talk_first
        assert asked.question == "fate"
    assert (await rig.rows())["case_file"] == 2


@pytest.mark.parametrize("text", ["/erase it", "/erase now, please do", "/erase!"])
async def test_erase_asks_whatever_stands_behind_it(rig: Rig, text: str) -> None:
    async with rig.staying():
        await rig.tell("It was in spring.")
        assert (await rig.say(text))[-1].question == "bot.erase"


# Coming back with the words


@pytest.mark.parametrize("spelling", ["upper", "prefixes", "blanks", "sentence", "listed"])
async def test_words_open_in_every_spelling(rig: Rig, spelling: str) -> None:
    twelve = await keep_it(rig, "first words", "second words")
    assert (await rig.rows())["draft"] == 0
    typed = {
        "upper": " ".join(twelve).upper(),
        "prefixes": " ".join(word[:4] for word in twelve),
        "blanks": "  " + "   ".join(twelve) + " ",
        "sentence": ", ".join(twelve).capitalize() + ".",
        "listed": "\n".join(f"{number}. {word}" for number, word in enumerate(twelve, 1)),
    }[spelling]
    async with rig.staying():
        await rig.say("/start", "I was here before", typed)
        (shown, menu) = await rig.say("read it")
        assert shown.text.index("first words") < shown.text.index("second words")
        assert menu.question == "bot.case"
        await rig.say("delete everything", "yes")
    assert not await left(rig)


async def test_words_alone_open_too_and_a_session_ends(rig: Rig) -> None:
    twelve = await keep_it(rig, "first words")
    async with rig.staying():
        assert (await rig.say(" ".join(twelve)))[0].question == "bot.case"
        rig.clock.forward(minutes=11)
        shown = await rig.say("read it")
    assert shown[-1].question == "bot.safe"
    assert "first words" not in "".join(reply.text for reply in shown)


async def test_an_opened_case_is_open_for_its_account_only(rig: Rig) -> None:
    twelve = await keep_it(rig, "first words")
    async with rig.staying():
        await rig.say(" ".join(twelve))
        assert (await rig.say("read it", who=OTHER))[-1].question == "bot.safe"
        await rig.say("close it")
        assert (await rig.say("read it"))[-1].question == "bot.safe"
    assert "first words" not in rig.shown(OTHER)


async def test_wrong_words_are_answered_and_can_be_typed_again(rig: Rig) -> None:
    twelve = await keep_it(rig, "first words")
    async with rig.staying():
        await rig.say("/open")
        (said,) = await rig.say(" ".join(reversed(twelve[:11])))
        assert said.text == ENGLISH.recovery.words_count.format(count=11)
        unknown = "abandon " * 11 + "about"
        assert (await rig.say(unknown))[0].text == ENGLISH.recovery.no_case
        lost = await rig.say("I lost my words")  # four words, and no code
        assert lost[0].text == ENGLISH.listening.heard["lost_words"]
        assert lost[1].text.startswith(ENGLISH.recovery.ask_open)
        assert (await rig.say(" ".join(twelve[:4])))[0].text == ENGLISH.recovery.code_or_words
        await rig.say("/open")
        assert (await rig.say(" ".join(twelve)))[0].question == "bot.case"


async def test_a_first_message_of_twelve_or_four_words_is_a_greeting(rig: Rig) -> None:
    first, more = ENGLISH.listening.aside_first.format(days=7), ENGLISH.listening.aside_first_more
    told = ("he hit me twice", "he came in and I could not move at all that night")
    for text, said in zip(told, (first, more), strict=True):
        shown = await rig.say(text)
        assert [r.text for r in shown][1] == said
        assert shown[-1].question == "bot.safe"


@ON_BOTH_ENGINES
async def test_handing_over_now_after_opening(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.share("Oak", keep=True, now=False)
    twelve = await give_back(rig)
    async with rig.staying():
        await rig.say(" ".join(twelve))
        assert await rig.inbox("Oak") == {}
        (said, menu) = await rig.say("send it now")
        assert "Oak can read it" in said.text
        assert "now" not in [o.id for o in menu.offers]
    assert list((await rig.inbox("Oak")).values()) == [False]


@ON_BOTH_ENGINES
async def test_never_holds_after_reopening_with_the_words(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.share("Oak", keep=True, never="Ash")
    twelve = await give_back(rig)
    async with rig.staying():
        await rig.say(" ".join(twelve), "stop sharing", "change what i allow")
        await rig.say("I'll do it myself")
        shown = await rig.say("nobody")
        assert [o.label.split(",")[0] for o in shown[-1].offers] == [
            "Nobody for now",
            "Oak",
            "Rowan",
        ]
        shown = await rig.say("Ash, Rowan")
        assert shown[0].text == ENGLISH.listening.aside
        await rig.say("Rowan", "everything", "only read", "yes, keep it")
        await rig.say(ENGLISH.labels["aside.no"], "yes, that's right")
        code = code_in(await rig.press("bot.review", "now"))
        await rig.say(HAVE)
    assert await rig.inbox("Ash") == {}
    (delivery,) = await rig.inbox("Rowan")
    assert "a story" in rig.open("Rowan", await rig.fetch("Rowan", delivery)).text
    async with rig.staying():  # the new code is the one that counts
        _, said = await rig.say(f"/erase {code}", "yes", who=OTHER)
    assert said.text == erased_late(rig)
    assert not await left(rig)


@ON_BOTH_ENGINES
async def test_no_to_keeping_after_reopening_ends_with_the_last_fetch(rig: Rig) -> None:
    twelve = await keep_it(rig, "a story")
    async with rig.staying():
        await rig.say(" ".join(twelve), "change what i allow", "I'll do it myself")
        await rig.say(
            "nothing", "/skip", "/skip", "nobody", "Oak", "everything", "only read", "no"
        )
        await rig.say("yes, that's right")
        await rig.press("bot.review", "now")
        await rig.say(HAVE)
    (delivery,) = await rig.inbox("Oak")
    await rig.fetch("Oak", delivery)
    assert not await left(rig)


# Limits


async def test_an_account_begins_so_many_talks_a_day_and_no_more(rig: Rig) -> None:
    for _ in range(5):
        await rig.say("/start", "1", "/erase", "2")
    (said,) = await rig.say("1")
    assert "5 talks" in said.text
    assert not await left(rig)
    assert (await rig.say("1", who=OTHER))[0].question == "bot.clean"
    rig.clock.forward(days=1)
    assert (await rig.say("1"))[0].question == "bot.clean"


async def test_one_account_knows_nothing_of_another(rig: Rig) -> None:
    await rig.tell("a story")
    shown = await rig.say("/show", "/words", "/permissions", "/history", who=OTHER)
    assert {r.text for r in shown} == {ENGLISH.welcome.nothing_open}


async def test_messages_of_one_account_do_not_overlap(rig: Rig) -> None:
    await rig.say("/start", "1", "3")
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        await asyncio.gather(*(conversations.receive(_typed(f"line {n}")) for n in range(8)))
    told = [p.text for p in (await snapshot(rig)).pieces]
    assert sorted(told) == [f"line {n}" for n in range(8)]


# Any talk

MESSAGES = (
    *("stop", "/stop", "/back", "/skip", "/done", "/pause", "/show", "/show 1", "/start", "/help"),
    *("/words", "/permissions", "/unsafe", "/unknown", "/open", "/history", "/erase", "/withdraw"),
    *("1", "1", "1", "1", "2", "2", "3", "4", "1 3", "yes", "no", "nothing", "nobody"),
    *("let someone", "Oak", "Oak, Ash", "everything", "yes, that's right", HAVE, "just keep it"),
    *("something that was told", "and more of it", "help", "", "\x07", "one two three four"),
)
STEPS = 40


@pytest.mark.long
@pytest.mark.parametrize("seed", range(30))
async def test_any_talk_keeps_what_was_told_and_allows_what_was_said(rig: Rig, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a talk that can be had again
    named: set[str] = set()
    async with rig.staying():
        assert rig.conversations is not None
        snapshots = rig.conversations.snapshots
        after = await snapshots.read(person(), pieces=True)
        for _ in range(STEPS):
            before = after
            text = chance.choice(MESSAGES)
            named |= names_said(before, text)
            await rig.hear(_stale(chance) if chance.random() < 0.1 else TextMessage(text))
            after = await snapshots.read(person(), pieces=True)
            hold(before, after)
    await rig.pass_time(hours=13)
    assert {r.name for r in after.snapshot.readers if await rig.inbox(r.name)} <= named


def _stale(chance: random.Random) -> ButtonPress:
    return ButtonPress(chance.choice(["bot.none", "bot.sent", "bot.gone"]), ("yes",))


def names_said(view: View, text: str) -> set[str]:
    """Whom this message names, where it is asked who may read it."""
    question = open_question(view)
    ids = match_offers(text, question.offers, several=True) if question.id == "read" else None
    return {r.name for r in view.snapshot.readers if r.id in (ids or ())}


def hold(before: View, after: View) -> None:
    """What must be so between any message and the next."""
    told = {p.item: p.text for p in after.snapshot.pieces}
    assert len(told) == len(after.snapshot.pieces)
    draft = after.snapshot.draft
    if before.snapshot.draft is None or draft is None:
        return
    answers = flow_answers(draft)
    assert flows.settle(after.settings.flow_of(after.snapshot), answers) == answers
    story = {p.item for p in before.snapshot.pieces if p.step == "story"}
    assert story <= set(told) or open_question(before).id == PIECE
    if draft.phase in {Phase.QUESTIONS, Phase.REVIEW}:
        assert not after.snapshot.shared


@ON_BOTH_ENGINES
async def test_what_was_fetched_before_the_talk_ended_is_said(rig: Rig) -> None:
    await rig.tell("first words")
    await rig.share("Oak", keep=False)
    (code,) = await rig.inbox("Oak")
    await rig.fetch("Oak", code)
    assert (await rig.rows())["case_file"] == 0
    assert "116 016" in (await rig.say("/unsafe"))[-1].text
    (told,) = await rig.say(HAVE)
    assert told.text == ENGLISH.leaving.ended
    assert (await rig.rows())["draft"] == 0
    assert "Nobody is reading now" in (await rig.say("/start"))[0].text
