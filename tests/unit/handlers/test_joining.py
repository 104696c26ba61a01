"""Somebody who forgot that they told before joins two stories into one."""

import pytest

from handlers.messages import Reply
from handlers.reporter.markers import HOLD
from handlers.texts.english import ENGLISH
from store.model.changes import JoinCase
from store.model.drafts import Draft
from store.model.errors import NotPermitted
from tests.databases import ON_BOTH_ENGINES
from tests.rig import Rig, person
from tests.unit.handlers.test_after_commit import linked
from tests.unit.handlers.test_coming_back import reports, shared
from tests.unit.handlers.test_turn import give_back, keep_it, left

CASE, LABELS = ENGLISH.case, ENGLISH.labels
JOIN = LABELS["case.join"]
FIRST = "i told this before"
OTHER, LATER = person("told before"), person("much later")


async def told_before(rig: Rig, *story: str) -> str:
    """Another story of the same person, kept; its twelve words."""
    return " ".join(await keep_it(rig, *(story or (FIRST,))))


async def join(rig: Rig, words: str, others: str) -> list[Reply]:
    """Open a story, and join another one to it; what was answered to the words of that."""
    await rig.say(words, JOIN)
    return await rig.say(others)


@ON_BOTH_ENGINES
async def test_all_of_the_other_story_stands_in_the_open_one_with_its_own_dates(rig: Rig) -> None:
    others = await told_before(rig, FIRST, "in two messages")
    await rig.pass_time(days=70)
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        await rig.say(words)
        (asked,) = await rig.say(JOIN)
        assert asked.text == CASE.ask_join
        said, menu = await rig.say(others)
        assert said.text == CASE.joined
        assert menu.question == "bot.case"
        shown = (await rig.say("read it"))[0].text
        await rig.say("close it")
    places = [shown.index(w) for w in ("a story", "ADDED IN WEEK 48 OF 2026", FIRST, "in two")]
    assert places == sorted(places)
    assert (await left(rig))["case_file"] == 1
    async with rig.staying():
        await rig.say(words, who=LATER)
        assert "in two messages" in (await rig.say("read it", who=LATER))[0].text
        await rig.say("close it", who=LATER)
        (said,) = await rig.say(f"/open {others}", who=LATER)
        assert said.text == ENGLISH.recovery.no_case


@ON_BOTH_ENGINES
async def test_who_could_read_either_story_reads_nothing_more_without_a_new_yes(rig: Rig) -> None:
    others = await shared(rig, "Ash")
    (fetched,) = await rig.inbox("Ash")
    await rig.fetch("Ash", fetched)
    await rig.tell("the second story")
    await rig.share("Oak", keep=True)
    words = " ".join(await give_back(rig))
    before = await rig.inbox("Oak")
    async with rig.staying():
        await join(rig, words, others)
    assert await rig.inbox("Ash") == {}
    assert await rig.inbox("Oak") == before
    (report,) = await reports(rig, "Oak")
    assert "a story" not in report
    async with rig.staying():
        await rig.say(words, "change what i allow", LABELS["clean.self"])
        await rig.press("bot.overview", "change.read")
        await rig.say("Ash")
        await rig.press("bot.overview", "right")
        await rig.press("bot.review", "now")
        await rig.say(LABELS["code.have"])
    (report,) = await reports(rig, "Ash")
    assert "the second story" in report
    assert "a story" in report
    assert await rig.inbox("Oak") == {}


@ON_BOTH_ENGINES
async def test_a_copy_of_the_other_story_is_told_of_and_asked_to_be_destroyed(rig: Rig) -> None:
    ash = await linked(rig, "Ash")
    others = await shared(rig, "Ash")
    (fetched,) = await rig.inbox("Ash")
    await rig.fetch("Ash", fetched)
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        said, stays, menu = await join(rig, words, others)
        assert said.text == CASE.joined
        assert stays.text == ENGLISH.leaving.fetched_stays.format(readers="Ash")
        assert CASE.unshared in menu.text
    await rig.say("/inbox", who=ash)
    asked = ENGLISH.readers.destroy.format(code=fetched)
    assert asked in [reply.text for to, reply in rig.screen.replies if to == ash.name]


@pytest.mark.parametrize("between", ["add to it", "change what i allow"])
async def test_that_the_other_story_was_shared_outlives_what_follows(
    rig: Rig, between: str
) -> None:
    others = await shared(rig, "Ash")
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        *_, menu = await join(rig, words, others)
        assert CASE.unshared in menu.text
        await rig.say(between)
        if between == "add to it":
            await rig.say("more words", "/done")
        else:
            await rig.say(LABELS["clean.self"], "nothing", "/skip", "/skip")
            await rig.say("nobody in particular", "nobody for now", "yes, keep it")
            await rig.say("yes, that's right")
            await rig.press("bot.review", "keep")
            await rig.say(LABELS["code.have"])
    async with rig.staying():
        *_, menu = await rig.say(words, who=LATER)
        assert CASE.unshared in menu.text
        *_, asked = await rig.say("/erase", who=LATER)
        assert ENGLISH.leaving.erase_case in asked.text


async def test_what_is_held_of_the_other_story_is_handed_to_nobody(rig: Rig) -> None:
    await rig.tell(FIRST, who=OTHER)
    for choice in (
        "let someone",
        "nothing",
        "/skip",
        "/skip",
        "nobody",
        "Oak",
        "everything",
        "only read",
    ):
        await rig.say(choice, who=OTHER)
    await rig.say("yes, keep it", "yes, that's right", who=OTHER)
    await rig.press("bot.review", "hold", who=OTHER)
    (asked,) = await rig.say("twelve words", who=OTHER)
    rows = (line.split() for line in asked.text.splitlines())
    others = " ".join(row[1] for row in rows if len(row) == 2 and row[0].isdecimal())
    async with rig.house() as house:
        (hold,) = (await house.stores.cases.snapshot(OTHER, rig.clock())).holds
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        said, _ = await join(rig, words, others)
        assert said.text == CASE.joined
    (gone,) = await rig.press(HOLD, hold.id, who=OTHER)
    assert gone.text == ENGLISH.handover.hold_gone
    await rig.pass_time(hours=14)
    assert await rig.inbox("Oak") == {}
    assert (await left(rig))["case_file"] == 1


@ON_BOTH_ENGINES
async def test_who_must_never_read_the_other_story_must_never_read_both(rig: Rig) -> None:
    await rig.tell(FIRST)
    await rig.share("Ash", keep=True, never="Oak")
    others = " ".join(await give_back(rig))
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        said, _ = await join(rig, words, others)
        assert said.text == CASE.joined
        await rig.say("change what i allow", LABELS["clean.self"], "nothing", "/skip", "/skip")
        replies = await rig.say("nobody in particular")
        assert "Oak" not in {offer.label.split(",")[0] for offer in replies[-1].offers}


async def test_nothing_is_joined_while_somebody_may_read_who_never_must(rig: Rig) -> None:
    await rig.tell(FIRST)
    await rig.share("Ash", keep=True, never="Oak")
    others = " ".join(await give_back(rig))
    words = await shared(rig, "Oak")
    before = await rig.inbox("Oak"), await rig.inbox("Ash")
    async with rig.staying():
        said, menu = await join(rig, words, others)
        assert said.text == CASE.join_never.format(readers="Oak")
        assert menu.question == "bot.case"
        assert FIRST not in (await rig.say("read it"))[0].text
        await rig.say("stop sharing")
        said, _ = await join(rig, words, others)
        assert said.text == CASE.joined
    assert (await rig.inbox("Ash")) != before[1]
    assert (await left(rig))["case_file"] == 1


async def test_words_that_join_nothing_change_nothing(rig: Rig) -> None:
    others = await told_before(rig)
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        said, _ = await join(rig, words, words)
        assert said.text == CASE.join_same
        await rig.say(JOIN)
        (said,) = await rig.say("abandon " * 11 + "about")
        assert said.text == ENGLISH.recovery.no_case
        (said,) = await rig.say("zoo " * 4)
        assert said.text == ENGLISH.recovery.code_or_words
        (menu,) = await rig.say("/start")
        assert menu.question == "bot.case"
        (said, *_) = await rig.say(others)
        assert said.text != CASE.joined
        await rig.say("close it", others)
        assert FIRST in (await rig.say("read it"))[0].text


async def test_a_story_of_which_only_a_report_is_left_is_not_joined(rig: Rig) -> None:
    await rig.tell(FIRST)
    await rig.share("Oak", keep=True)
    others = " ".join(await give_back(rig))
    async with rig.staying():
        await rig.say(others, "change what i allow", LABELS["clean.self"])
        await rig.press("bot.overview", "change.keep")
        await rig.say("no")
        await rig.press("bot.overview", "right")
        await rig.press("bot.review", "keep")
        await rig.say(LABELS["code.have"])
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        said, _ = await join(rig, words, others)
    assert said.text == CASE.join_nothing
    assert len(await rig.inbox("Oak")) == 1


async def test_a_long_message_of_the_other_story_is_moved_whole(rig: Rig) -> None:
    long = "a long message " * 1_200
    others = await told_before(rig, long)
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        await join(rig, words, others)
        assert long.strip() in (await rig.say("read it"))[0].text


async def test_what_was_joined_lasts_as_what_was_added(rig: Rig) -> None:
    others = await told_before(rig)
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        await join(rig, words, others)
        await rig.say("add to my story", "one more thing", "/done")
        shown = (await rig.say("read it"))[0].text
        assert FIRST in shown
        assert "one more thing" in shown
        await rig.say("close it")
        await rig.say(words, LABELS["case.erase"], "yes, delete")
    assert not await left(rig)


async def test_only_a_second_case_that_was_found_can_be_joined(rig: Rig) -> None:
    words = " ".join(await keep_it(rig, "a story"))
    async with rig.staying():
        await rig.say(words)
        async with rig.house() as house:
            change = JoinCase(Draft("", "en"), "shown")
            with pytest.raises(NotPermitted):
                await house.stores.cases.commit(person(), "m", (change,), (), rig.clock())
