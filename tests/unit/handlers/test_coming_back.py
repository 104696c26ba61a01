"""Somebody comes back to a kept story: adds to it, changes what they allow, has it kept longer."""

from datetime import date

import pytest

from handlers.messages import EditedMessage, Reply, TextMessage
from handlers.permissions.routing import consent_of
from handlers.reporter.markers import HOLD
from handlers.sending.formatting import format_month
from handlers.texts.english import ENGLISH
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES
from store.model.clock import last_week_of_month, month_of_week
from store.model.drafts import StoredAnswer
from store.model.snapshot import OpenedCase, Snapshot
from tests.databases import ON_BOTH_ENGINES
from tests.rig import START, Rig, person
from tests.unit.handlers.talks import FLOW, READERS, Talk, draft, view_of
from tests.unit.handlers.test_turn import code_in, give_back, keep_it, left

LABELS = ENGLISH.labels
ADD = ENGLISH.case.add.format(done=LABELS["do.done"])
OTHER = person("on another device")
LATER = person("much later")


async def kept(rig: Rig, *story: str) -> str:
    """A story that is kept; its twelve words."""
    return " ".join(await keep_it(rig, *story))


async def shared(rig: Rig, *readers: str) -> str:
    """A kept story that these readers may read; its twelve words."""
    await rig.tell("a story")
    await rig.share(*readers, keep=True)
    return " ".join(await give_back(rig))


def offers(replies: list[Reply]) -> list[str]:
    return [offer.id for offer in replies[-1].offers]


async def snapshot_of(rig: Rig) -> Snapshot:
    async with rig.house() as house:
        return await house.stores.cases.snapshot(person(), rig.clock())


async def reports(rig: Rig, reader: str) -> list[str]:
    """Everything that a reader can open now."""
    codes = await rig.inbox(reader)
    return [rig.open(reader, await rig.fetch(reader, code)).text for code in codes]


# Adding


@ON_BOTH_ENGINES
async def test_what_is_added_stands_under_its_own_date_and_needs_the_words(rig: Rig) -> None:
    words = await kept(rig, "a story")
    await rig.pass_time(days=70)
    async with rig.staying():
        assert "add" in offers(await rig.say(words, who=OTHER))
        (asked,) = await rig.say("add to my story", who=OTHER)
        assert asked.text == ADD
        await rig.say("one more thing", "and another", who=OTHER)
        said, menu = await rig.say("/done", who=OTHER)
        assert said.text == ENGLISH.case.added_kept
        assert menu.question == "bot.case"
        shown = (await rig.say("read it", who=OTHER))[0].text
        await rig.say("close it", who=OTHER)
    told, heading, added = (
        shown.index(what) for what in ("a story", "ADDED IN WEEK 5 OF 2027", "one more thing")
    )
    assert told < heading < added < shown.index("and another")
    assert (await rig.rows())["draft"] == 0
    async with rig.staying():
        await rig.say(words, who=LATER)
        assert "and another" in (await rig.say("read it", who=LATER))[0].text


async def test_additions_of_several_visits_stand_each_under_its_week(rig: Rig) -> None:
    words = await kept(rig, "a story")
    for text in ("added first", "added second"):
        await rig.pass_time(days=7)
        async with rig.staying():
            await rig.say(words, "add to my story", text, "/done", "close it")
    async with rig.staying():
        shown = (await rig.say(words, "read it"))[1].text
    places = [shown.index(w) for w in ("WEEK 49", "added first", "WEEK 50", "added second")]
    assert places == sorted(places)


async def test_nothing_added_leaves_the_story_as_it_was(rig: Rig) -> None:
    words = await kept(rig, "a story")
    async with rig.staying():
        for leaving in ("/done", "/skip", "/back"):
            await rig.say(words)
            said, menu = (await rig.say("add to my story", leaving))[1:]
            assert said.text == ENGLISH.case.nothing_added
            assert menu.question == "bot.case"
        assert "ADDED" not in (await rig.say("read it"))[0].text


@pytest.mark.parametrize("place", ["committed", "sent"])
async def test_an_acknowledged_addition_survives_its_talk(rig: Rig, place: str) -> None:
    """The program starts anew in the middle, or nobody ever comes back to the talk."""
    words = await kept(rig, "a story")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing")
    if place == "sent":
        await rig.pass_time(days=15)  # the conversation ends by its time
    else:
        await rig.say("/erase", "no")  # it goes on after a restart
        await rig.say("/back")
    async with rig.staying():
        await rig.say(words, who=LATER)
        assert "one more thing" in (await rig.say("read it", who=LATER))[0].text


async def test_an_addition_can_be_corrected_and_left_out_while_it_is_open(rig: Rig) -> None:
    words = await kept(rig, "a story")
    async with rig.staying():
        await rig.say(words, "add to my story")
        await rig.say("one other thing", "to be left out", "/show 3")
        await rig.press("bot.piece", "out")
        await rig.say("stop", LABELS["stop.story"], "/done and the last")
        shown = (await rig.say("read it"))[0].text
    assert "one other thing" in shown
    assert "to be left out" not in shown
    assert "stop" in shown
    assert "and the last" in shown


def test_an_addition_is_sealed_anew_when_its_message_is_edited() -> None:
    opened = OpenedCase((), (), (StoredAnswer("story"),), FLOW.revision)
    talk = Talk(Snapshot(opened=opened, readers=READERS, kept=True))
    talk.press("add")
    talk.hear(TextMessage("one more thing"), "typed")
    talk.hear(EditedMessage("one other thing", "typed"))
    assert talk.told == ["one other thing"]
    talk.say("/done")
    assert talk.question == "bot.case"


@ON_BOTH_ENGINES
async def test_readers_get_an_addition_only_by_a_yes_of_its_own(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    await rig.pass_time(days=7)
    assert [("a story" in text) for text in await reports(rig, "Oak")] == [True]
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing")
        (asked,) = await rig.say("/done")
        assert asked.question == "bot.share_added"
        assert offers([asked]) == ["no", "yes"]
        await rig.say("no, don't share it")
        assert len(await rig.inbox("Oak")) == 1
        await rig.say("add to my story", "the other thing", "/done")
        (review,) = await rig.press("bot.share_added", "yes")
        assert "one more thing" not in review.text
        assert ENGLISH.permissions.acts["act.listen"] in review.text
        code = code_in(await rig.press("bot.review", "now"))
        await rig.say(LABELS["code.have"])
    texts = await reports(rig, "Oak")
    (added,) = [text for text in texts if "the other thing" in text]
    assert "ADDED IN WEEK 49 OF 2026" in added
    assert "a story" not in added
    assert "one more thing" not in added
    assert not await rig.inbox("Ash")
    await rig.say(f"/withdraw {code}", who=OTHER)
    assert not await rig.inbox("Oak")
    async with rig.staying():
        shown = (await rig.say(words, "read it"))[1].text
        assert "the other thing" in shown


async def test_a_shared_addition_is_held_and_can_be_stopped(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    await reports(rig, "Oak")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing", "/done")
        await rig.press("bot.share_added", "yes")
        await rig.press("bot.review", "hold")
        await rig.say(LABELS["code.have"])
    assert len(await rig.inbox("Oak")) == 1
    await rig.say("/withdraw")
    await rig.pass_time(hours=13)
    assert len(await rig.inbox("Oak")) == 1
    async with rig.staying():
        await rig.say(words)
        assert "one more thing" in (await rig.say("read it"))[0].text


async def test_readers_of_an_addition_may_do_with_it_what_they_may_do_with_the_rest(
    rig: Rig,
) -> None:
    await rig.tell("a story")
    for choice in (
        "let someone",
        "nothing",
        "/skip",
        "/skip",
        "nobody",
        "Oak",
        "everything",
        "act without",
    ):
        await rig.say(choice)
    await rig.say("yes, keep it", "yes, that's right")
    await rig.press("bot.review", "now")
    words = " ".join(await give_back(rig))
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing", "/done")
        await rig.press("bot.share_added", "yes")
        await rig.press("bot.review", "now")
        await rig.say(LABELS["code.have"])
    report = ENGLISH.report
    (added,) = [text for text in await reports(rig, "Oak") if "one more thing" in text]
    assert added.startswith(f"{report.adds}\n\n{report.acts['act.unnamed']}")
    assert report.unanswered not in added


async def test_one_tap_stops_what_was_added_and_nothing_else(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    first = await rig.inbox("Oak")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing", "/done")
        await rig.press("bot.share_added", "yes")
        await rig.press("bot.review", "hold")
        await rig.say(LABELS["code.have"])
    (hold,) = (await snapshot_of(rig)).holds
    (said,) = await rig.press(HOLD, hold.id)
    assert said.text == ENGLISH.handover.hold_stopped_rest
    await rig.pass_time(hours=13)
    assert await rig.inbox("Oak") == first
    (asked, *_) = await rig.press(HOLD, hold.id)
    assert asked.text == ENGLISH.handover.hold_gone


async def test_one_tap_in_the_opened_story_stops_its_own(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    first = await rig.inbox("Oak")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing", "/done")
        await rig.press("bot.share_added", "yes")
        await rig.press("bot.review", "hold")
        (hold,) = (await snapshot_of(rig)).holds
        stopped, *_, asked = await rig.press(HOLD, hold.id)
        assert stopped.text == ENGLISH.handover.hold_stopped_rest
        assert asked.text == ADD
        await rig.say("/done")
        await rig.press("bot.share_added", "yes")
        await rig.press("bot.review", "hold")
        await rig.say(LABELS["code.have"], words)
        (hold,) = (await snapshot_of(rig)).holds
        said, menu = await rig.press(HOLD, hold.id)
        assert said.text == ENGLISH.handover.hold_stopped_rest
        assert menu.question == "bot.case"
    await rig.pass_time(hours=13)
    assert await rig.inbox("Oak") == first


async def test_a_story_that_was_not_kept_stays_as_long_as_it_is_shared(rig: Rig) -> None:
    """Nobody keeps it any more, and one reader has it: a tap ends what is held for another."""
    words = await shared(rig, "Oak")
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"])
        await rig.press("bot.overview", "change.read")
        await rig.say("Oak, Rowan")
        await rig.press("bot.overview", "change.keep")
        await rig.say("no")
        await rig.press("bot.overview", "right")
        handed, *_ = await rig.press("bot.review", "hold")
        goodbye, *_ = await rig.say(LABELS["code.have"])
    told = "I'll tell Rowan in about 12 hours."
    assert handed.text == f"{told} Until then /withdraw stops it."
    assert "saved for Oak and Rowan.\n" in goodbye.text
    assert f"{told} /withdraw stops it.\n" in goodbye.text
    (hold,) = (await snapshot_of(rig)).holds
    (said,) = await rig.press(HOLD, hold.id)
    assert said.text == ENGLISH.handover.hold_stopped_rest
    assert len(await rig.inbox("Oak")) == 1
    await rig.pass_time(hours=13)
    assert not await rig.inbox("Rowan")


async def test_withdrawing_while_adding_takes_back_and_goes_on(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing", "/done")
        replies = await rig.say("/withdraw")
        assert replies[-1].text == ADD
        assert not await rig.inbox("Oak")
        (said, _) = await rig.say("/done")
        assert said.text == ENGLISH.case.added_kept


async def test_what_is_typed_beside_a_choice_is_added_only_by_a_yes(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing", "/done")
        (asked,) = await rig.say("my sister saw it too")
        assert asked.question == "bot.aside"
        said, asked = await rig.say(LABELS["aside.yes"])
        assert said.text == ENGLISH.listening.aside_added
        assert asked.question == "bot.share_added"
        await rig.press("bot.share_added", "yes")
        said, review = await rig.say("my brother saw nothing")
        assert (said.text, review.question) == (ENGLISH.listening.aside_review, "bot.review")
        (asked,) = await rig.press("bot.review", "hold")
        assert asked.question == "bot.aside"
        said, review = await rig.say(LABELS["aside.no"])
        assert said.text == ENGLISH.listening.aside_dropped
        assert review.text.count("Added") == 2
        await rig.say("/back", "/back")
        await rig.say(LABELS["share_added.no"])
        shown = (await rig.say("read it"))[0].text
    assert "my sister saw it too" in shown
    assert "my brother" not in shown


async def test_what_was_typed_beside_a_choice_is_asked_about_before_it_ends(rig: Rig) -> None:
    words = await kept(rig, "a story")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing", "/show 1")
        await rig.say("my sister saw it too")
        (asked,) = await rig.press("bot.piece", "back")
        (asked,) = await rig.say("/done")
        assert asked.question == "bot.aside"
        said, asked = await rig.say(LABELS["aside.yes"])
        assert said.text == ENGLISH.listening.aside_added
        assert asked.text == ADD
        await rig.say("/done")
        shown = (await rig.say("read it"))[0].text
    assert "my sister saw it too" in shown


@ON_BOTH_ENGINES
async def test_what_is_added_from_two_accounts_at_once_all_stays(rig: Rig) -> None:
    words = await kept(rig, "a story")
    async with rig.staying():
        await rig.say(words, "add to my story")
        await rig.say(words, "add to my story", who=OTHER)
        await rig.say("one more thing")
        await rig.say("another thing", who=OTHER)
        await rig.say("and a third", "/done", "close it")
        await rig.say("/done", who=OTHER)
        shown = (await rig.say("read it", who=OTHER))[0].text
        assert all(text in shown for text in ("one more thing", "another thing", "and a third"))
        await rig.say("close it", who=OTHER)
        await rig.say(words, who=LATER)
        shown = (await rig.say("read it", who=LATER))[0].text
    assert all(text in shown for text in ("one more thing", "another thing", "and a third"))


async def test_what_is_left_out_does_not_come_back_from_another_account(rig: Rig) -> None:
    words = await kept(rig, "a story")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing")
        await rig.say(words, "add to my story", "another thing", who=OTHER)
        await rig.say("/show 2")
        await rig.press("bot.piece", "out")
        await rig.say("/done")
        await rig.say("a third", "/done", who=OTHER)
        shown = (await rig.say("read it", who=OTHER))[0].text
    assert "one more thing" not in shown
    assert "a third" in shown


async def test_adding_needs_an_open_case(rig: Rig) -> None:
    words = await kept(rig, "a story")
    async with rig.staying():
        (asked,) = await rig.say("/add")
        assert asked.text.startswith(ENGLISH.recovery.ask_open)
        await rig.say(words)
        assert (await rig.say("/add"))[0].text == ADD
        assert (await rig.say("/add"))[0].text == ADD
    await rig.say("/start", "1", "3", "another story", who=OTHER)
    assert (await rig.say("/add", who=OTHER))[0].text == ENGLISH.refusals.not_yet_add


async def test_erasing_while_adding_erases_all_of_it(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing", "/erase", "yes")
    assert not await left(rig)


# Changing what is allowed


@ON_BOTH_ENGINES
async def test_one_more_reader_changes_nothing_for_the_first(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    (code,) = await rig.inbox("Oak")
    await rig.fetch("Oak", code)
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"])
        await rig.press("bot.overview", "change.read")
        await rig.say("Oak, Rowan")
        (review,) = await rig.press("bot.overview", "right")
        assert ENGLISH.case.unchanged_for.format(readers="Oak") in review.text
        assert ENGLISH.case.given_to.format(readers="Rowan") in review.text
        await rig.press("bot.review", "now")
        await rig.say(LABELS["code.have"])
    assert await rig.inbox("Oak") == {code: True}
    assert "a story" in (await reports(rig, "Rowan"))[0]
    assert not await rig.inbox("Ash")


@ON_BOTH_ENGINES
async def test_one_reader_fewer_takes_it_back_from_that_one_only(rig: Rig) -> None:
    words = await shared(rig, "Oak", "Rowan")
    (code,) = await rig.inbox("Oak")
    bundle = await rig.fetch("Oak", code)
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"])
        await rig.press("bot.overview", "change.read")
        await rig.say("Oak")
        (review,) = await rig.press("bot.overview", "right")
        assert ENGLISH.case.ends_for.format(readers="Rowan") in review.text
        assert offers([review])[0] == "keep"
        said = await rig.press("bot.review", "keep")
        assert said[0].text == ENGLISH.case.taken_back_from.format(readers="Rowan")
        await rig.say(LABELS["code.have"])
    assert not await rig.inbox("Rowan")
    assert await rig.inbox("Oak") == {code: True}
    before, after = rig.open("Oak", bundle), rig.open("Oak", await rig.fetch("Oak", code))
    assert after.text == before.text
    assert after.statement.number > before.statement.number
    assert after.sharing.to == (rig.keys["Oak"].mid,)
    async with rig.staying():
        history = (await rig.say(words, "/history"))[1].text
    assert ENGLISH.permissions.history_revoked in history


async def test_a_held_share_of_a_reader_who_stays_is_still_held(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.share("Oak", "Rowan", keep=True, now=False)
    words = " ".join(await give_back(rig))
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"], who=OTHER)
        await rig.press("bot.overview", "change.read", who=OTHER)
        await rig.say("Oak", who=OTHER)
        await rig.press("bot.overview", "right", who=OTHER)
        await rig.press("bot.review", "keep", who=OTHER)
        await rig.say(LABELS["code.have"], who=OTHER)
    await rig.pass_time(hours=11)
    assert not await rig.inbox("Oak")
    await rig.pass_time(hours=2)
    assert len(await rig.inbox("Oak")) == 1
    assert not await rig.inbox("Rowan")


async def test_other_parts_and_other_acts_reach_the_same_reader_anew(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    await reports(rig, "Oak")
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"])
        await rig.press("bot.overview", "change.act")
        await rig.say("act without naming me")
        await rig.press("bot.overview", "right")
        await rig.press("bot.review", "now")
        await rig.say(LABELS["code.have"])
    (text,) = await reports(rig, "Oak")
    assert ENGLISH.report.acts["act.unnamed"] in text


async def reachable(rig: Rig) -> str:
    """A kept story that Oak may read, with a way to reach its reporter; its twelve words."""
    await rig.tell("a story")
    for answer in ("let someone", "nothing", "/skip", "/skip", "nobody", "Oak", "everything"):
        await rig.say(answer)
    await rig.say("act and use my name", "Kim", "0151 1", "/skip", "no message", "/skip", "/skip")
    await rig.say("yes, keep it", "yes, that's right")
    await rig.press("bot.review", "now")
    return " ".join(await give_back(rig))


@ON_BOTH_ENGINES
async def test_a_way_that_is_not_asked_for_any_more_goes_with_the_second_yes(rig: Rig) -> None:
    words = await reachable(rig)
    items = (await rig.rows())["item"]
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"])
        await rig.press("bot.overview", "change.act")
        await rig.say("only read")
    await rig.pass_time(days=15)  # the talk ends by its time
    async with rig.staying():
        await rig.say(words, who=LATER)
        assert "0151 1" in (await rig.say("read it", who=LATER))[0].text
        await rig.say("change what i allow", LABELS["clean.self"], who=LATER)
        await rig.press("bot.overview", "change.act", who=LATER)
        await rig.say("only read", who=LATER)
        await rig.press("bot.overview", "right", who=LATER)
        said = await rig.press("bot.review", "now", who=LATER)
        assert ENGLISH.telling.dropped in [reply.text for reply in said]
        await rig.say(LABELS["code.have"], who=LATER)
    async with rig.staying():
        assert "0151 1" not in (await rig.say(words, "read it"))[1].text
    assert (await rig.rows())["item"] <= items
    (text,) = await reports(rig, "Oak")
    assert "0151 1" not in text
    assert ENGLISH.report.no_way in text


@ON_BOTH_ENGINES
async def test_another_way_takes_the_place_of_the_one_that_readers_have(rig: Rig) -> None:
    words = await reachable(rig)
    await reports(rig, "Oak")
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"])
        await rig.say("change how they reach me", "/done", "0151 2", "/done", "/done", "/done")
        await rig.say("/done")
        (review,) = await rig.press("bot.overview", "right")
        assert ENGLISH.case.instead_for.format(readers="Oak") in review.text
        await rig.press("bot.review", "now")
        await rig.say(LABELS["code.have"])
    (text,) = await reports(rig, "Oak")
    assert "0151 2" in text
    assert "0151 1" not in text


async def test_nothing_changes_before_the_second_yes(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    before = await rig.inbox("Oak")
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"])
        await rig.press("bot.overview", "change.read")
        await rig.say("nobody")
        assert await rig.inbox("Oak") == before
        lines = (await rig.say("/permissions"))[0].text
        assert ENGLISH.case.line_standing.format(readers="Oak") in lines
        await rig.press("bot.overview", "right")
        await rig.press("bot.review", "keep")
        assert not await rig.inbox("Oak")
        await rig.say(LABELS["code.have"])
    async with rig.staying():
        assert "a story" in (await rig.say(words, "read it"))[1].text


async def test_who_adds_to_a_shared_story_is_not_told_that_nobody_may_read_it(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing")
        lines = (await rig.say("/permissions"))[0].text
    assert ENGLISH.case.line_stays.format(readers="Oak") in lines
    assert ENGLISH.permissions.line_nobody not in lines
    assert ENGLISH.case.line_standing.format(readers="Oak") not in lines


async def test_the_overview_says_that_what_was_added_later_is_no_part_of_it(rig: Rig) -> None:
    words = await shared(rig, "Oak")
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"])
        assert ENGLISH.case.line_added not in (await rig.say("/permissions"))[0].text
        await rig.press("bot.overview", "right")
        await rig.press("bot.review", "keep")
        await rig.say(LABELS["code.have"])
    async with rig.staying():
        await rig.say(words, "add to my story", "one more thing", "/done")
        await rig.press("bot.share_added", "no")
        overview = await rig.say("change what i allow", LABELS["clean.self"])
        assert ENGLISH.case.line_added in "\n".join(reply.text for reply in overview)


def test_to_skip_the_question_of_keeping_ends_no_keeping() -> None:
    told = (StoredAnswer("story"), StoredAnswer("fate", ("read",)))
    kept_before = Snapshot(draft=draft(*told, StoredAnswer("keep")), readers=READERS, kept=True)
    assert consent_of(view_of(kept_before)).keeps_case


# Until when it is kept


def test_a_kept_story_says_at_the_goodbye_and_at_each_visit_until_when() -> None:
    assert month_of_week(last_week_of_month(START, 120)) == date(2036, 11, 1)
    assert (
        format_month(LANGUAGES[FIRST_LANGUAGE], last_week_of_month(START, 120)) == "November 2036"
    )


async def test_one_tap_keeps_it_longer_from_the_opened_story_only(rig: Rig) -> None:
    words = await kept(rig, "a story")
    until = ENGLISH.case.kept_until
    assert ENGLISH.leaving.until_words.format(month="November 2036") in rig.shown()
    async with rig.staying():
        replies = await rig.say(words)
        assert until.format(month="November 2036") in replies[-1].text
        assert "renew" not in offers(replies)
        await rig.say("close it")
    await rig.pass_time(days=365)
    async with rig.staying():
        await rig.say(words)
        said, menu = await rig.say("keep it longer")
        assert said.text == ENGLISH.case.kept_longer.format(month="November 2037")
        assert until.format(month="November 2037") in menu.text
        assert "renew" not in offers([menu])
        await rig.say("close it")
    await rig.pass_time(days=3300)
    assert (await left(rig))["case_file"] == 1
    await rig.pass_time(days=365 + 40)
    assert not await left(rig)


async def test_readers_are_asked_to_destroy_a_story_whose_time_is_over(rig: Rig) -> None:
    await shared(rig, "Oak")
    oak = person("oak's account")
    async with rig.house() as house:
        member = house.stores.readers.named("Oak", rig.clock())
        links = house.stores.readers.repositories.linked_accounts
        assert member is not None
        await house.stores.cases.database.transaction(lambda c: links.link(c, oak, member.mid))
    (code,) = await rig.inbox("Oak")
    await rig.pass_time(days=3653 + 40)
    assert not await left(rig)
    shown = await rig.say("/inbox", who=oak)
    assert ENGLISH.readers.ended.format(code=code) in [reply.text for reply in shown]
