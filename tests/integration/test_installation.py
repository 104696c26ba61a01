"""An installation of version 0.1 is opened, and every promise that was made there is kept.

The copy in ``tests/fixtures`` holds talks that are open, stories that are kept, deliveries that
wait, rows that were never sent. Each test here is one promise to one of those people.
"""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from handlers.messages import ButtonPress, EditedMessage, IncomingMessage, UnresolvedPress
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from store.model.errors import NotForUs, NotPermitted
from store.readers.delivery_bundle import open_delivery
from store.readers.notebook import Notebook
from tests.installation import Installation, Noted, unpacked
from tests.moved import moved_to
from tests.recorded import GOLDEN, hold
from tests.talk_script import FILLS
from tests.visit import Visit, visiting

FIRST = 5_000
"""The number of the first message since; those of before are smaller."""
HAVE = "i've written them down"
TO_OAK = ("let some", "nothing", "/skip", "/skip", "Oak")
YES = ("everything", "no, nobody", "read and listen", "yes, keep it", "yes, that's right")


@pytest.fixture(params=["where it was", pytest.param("moved", marks=pytest.mark.postgresql)])
async def left(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Installation]:
    """What version 0.1 left; also once it moved to PostgreSQL in the middle of every talk."""
    found = unpacked(tmp_path)
    if request.param == "where it was":
        yield found
        return
    async with moved_to(request.getfixturevalue("postgresql"), found.rig):
        yield found


def held(name: str, noted: Noted) -> None:
    hold(GOLDEN / "installation" / f"{name}.txt", noted.text())


def held_where_it_is(left: Installation, name: str, noted: Noted) -> None:
    """Compare what is said when something is deleted, which PostgreSQL does less thoroughly."""
    moved = left.rig.config.store.url.startswith("postgresql")
    held(f"postgresql/{name}" if moved else name, noted)


async def opened(left: Installation, reader: str, visit: Visit, code: str) -> str:
    """The report that a reader gets with this code, on their own device."""
    member = visit.house.stores.readers.named(reader, left.rig.clock())
    assert member is not None
    bundle = await visit.house.stores.readers.bundle(member, code)
    return open_delivery(bundle, left.rig.keys[reader], Notebook()).text


async def inbox(left: Installation, reader: str) -> dict[str, bool]:
    return await left.rig.inbox(reader)


async def finished(left: Installation, name: str, *lines: str, also: Sequence[str] = ()) -> None:
    """This talk goes on with these lines to its end, and Oak's report holds all that was told."""
    before = await inbox(left, "Oak")
    async with visiting(left.rig, FIRST) as visit:
        noted = Noted(visit, left.person(name))
        await noted.say(*lines)
        held(name, noted)
        assert (await visit.house.stores.cases.snapshot(noted.who, left.rig.clock())).draft is None
    (code,) = (await inbox(left, "Oak")).keys() - before.keys()
    async with visiting(left.rig, FIRST) as visit:
        text = await opened(left, "Oak", visit, code)
    told = [*left.told(name), *also]
    assert [line for line in text.splitlines() if line in {*told, *lines}] == told


# It opens


async def test_it_opens_with_every_row_that_is_not_over(left: Installation) -> None:
    rows = {table: n for table, n in (await left.rig.rows()).items() if n}
    rows["house"] -= 1  # the latest hour that was seen, which is remembered since
    assert rows == left.story["rows"]


async def test_it_opens_again_and_again(left: Installation) -> None:
    for _ in range(3):
        assert (await left.rig.rows())["case_file"] == left.story["rows"]["case_file"]


# Talks that are open go on from exactly where they were


async def test_a_story_goes_on_on_telegram(left: Installation) -> None:
    await finished(
        left,
        "telling",
        "It goes on here.",
        "/done",
        *TO_OAK,
        "That's all",
        *YES,
        "yes, send now",
        "only the code",
        HAVE,
        also=["It goes on here."],
    )


async def test_the_questions_of_consent_go_on(left: Installation) -> None:
    await finished(left, "consenting", *YES, "yes, send now", "only the code", HAVE)


async def test_the_review_goes_on_on_matrix(left: Installation) -> None:
    await finished(left, "reviewing", "yes, send now", "only the code", HAVE)


async def test_a_bare_stop_is_still_a_part_of_the_story(left: Installation) -> None:
    await finished(
        left,
        "stopped",
        "/start",
        "it's part of my story",
        "/done",
        *TO_OAK,
        *YES,
        "yes, send now",
        "only the code",
        HAVE,
        also=["stop"],
    )


async def test_a_talk_in_words_that_were_taken_back_is_told_so(left: Installation) -> None:
    await finished(
        left,
        "recalled",
        "/start",
        "go on with the new",
        "/done",
        *TO_OAK,
        *YES,
        "yes, send now",
        "only the code",
        HAVE,
    )


async def test_the_two_words_that_were_asked_for_end_the_talk(left: Installation) -> None:
    who, words = left.person("words"), left.of("words", "words")
    async with visiting(left.rig, FIRST) as visit:
        noted = Noted(visit, who)
        await noted.say("/start", "/words")
        await noted.say(FILLS["two words"](visit.shown(who)), HAVE)
        await noted.say(f"/open {' '.join(words)}", "read it")
        held("words", noted)
        assert left.told("words")[0] in noted.text()


async def test_a_button_of_before_is_still_taken(left: Installation) -> None:
    who = left.person("choosing")
    on, token = left.of("choosing", "buttons")["keep"]
    async with visiting(left.rig, FIRST) as visit:
        noted = Noted(visit, who)
        incoming = IncomingMessage("a press", who, UnresolvedPress(token), on=on)
        await visit.conversations["telegram"].receive(incoming)
        noted.note(visit.told(who))
        assert visit.told(who)[-1].question == "bot.overview"
        held("choosing", noted)


async def test_a_message_of_before_can_still_be_edited(left: Installation) -> None:
    who = left.person("telling")
    first = left.of("telling", "typed")[left.told("telling")[0]]
    async with visiting(left.rig, FIRST) as visit:
        await visit.hear(who, EditedMessage("It was after another rehearsal.", first))
        shown = "".join(reply.text for reply in await visit.say(who, "/show"))
        assert "It was after another rehearsal." in shown
        assert left.told("telling")[0] not in shown
        assert left.told("telling")[1] in shown


# Kept stories open with their words


@pytest.mark.parametrize("name", ["kept", "unfetched", "fetched", "held_kept", "withdrawn"])
async def test_a_kept_story_opens_with_its_words_and_says_all(
    left: Installation, name: str
) -> None:
    async with visiting(left.rig, FIRST) as visit:
        noted = Noted(visit, left.person(name))
        await noted.say(f"/open {left.words(name)}", "read it", "/history", "close it")
        held(f"open_{name}", noted)
        assert left.told(name)[0] in noted.text()


async def test_other_words_open_nothing(left: Installation) -> None:
    async with visiting(left.rig, FIRST) as visit:
        swapped = left.words("kept").split()
        swapped[0], swapped[1] = swapped[1], swapped[0]
        (reply,) = await visit.say(left.person("kept"), f"/open {' '.join(swapped)}")
        assert left.told("kept")[0] not in reply.text
        assert not reply.question


# Deliveries


async def test_what_waits_is_fetched_and_opened_by_its_reader_and_nobody_else(
    left: Installation,
) -> None:
    code = left.of("unfetched", "delivery")
    assert await inbox(left, "Oak") == {code: False}
    async with visiting(left.rig, FIRST) as visit:
        text = await opened(left, "Oak", visit, code)
        assert left.told("unfetched")[0] in text
        hold(GOLDEN / "installation" / "report.txt", text + "\n")
        oak, ash = (visit.house.stores.readers.named(n, left.rig.clock()) for n in ("Oak", "Ash"))
        assert oak is not None
        assert ash is not None
        bundle = await visit.house.stores.readers.bundle(oak, code)
        for other in ("Ash", "Rowan"):
            with pytest.raises(NotForUs):
                open_delivery(bundle, left.rig.keys[other], Notebook())
        with pytest.raises(NotPermitted):
            await visit.house.stores.readers.bundle(ash, code)


async def test_a_linked_reader_fetches_in_their_chat(left: Installation) -> None:
    code, oak = left.of("unfetched", "delivery"), Account("telegram", "2001", "2001")
    async with visiting(left.rig, FIRST) as visit:
        noted = Noted(visit, oak)
        await noted.say("/inbox", f"/fetch {code}", "/inbox")
        held("oak", noted)
        bundle = visit.chats["telegram"].files[f"{code}.holdfast"]
        assert left.told("unfetched")[0] in left.rig.open("Oak", bundle).text
    assert await inbox(left, "Oak") == {code: True}


async def test_what_was_fetched_is_still_there_for_its_reader(left: Installation) -> None:
    code = left.of("fetched", "delivery")
    assert await inbox(left, "Ash") == {code: True}
    async with visiting(left.rig, FIRST) as visit:
        assert left.told("fetched")[0] in await opened(left, "Ash", visit, code)


async def test_what_is_held_is_nobodys_until_its_twelve_hours_are_over(
    left: Installation,
) -> None:
    assert await inbox(left, "Rowan") == {}
    await left.rig.pass_time(hours=11)
    assert await inbox(left, "Rowan") == {}
    await left.rig.pass_time(hours=1.5)
    codes = await inbox(left, "Rowan")
    assert list(codes.values()) == [False, False]
    async with visiting(left.rig, FIRST) as visit:
        texts = [await opened(left, "Rowan", visit, code) for code in codes]
    for name in ("held_kept", "held_not_kept"):
        assert any(left.told(name)[0] in text for text in texts)


@pytest.mark.parametrize(("name", "stays"), [("held_kept", True), ("held_not_kept", False)])
async def test_what_is_held_is_stopped_with_one_word(
    left: Installation, name: str, stays: bool
) -> None:
    async with visiting(left.rig, FIRST) as visit:
        noted = Noted(visit, left.person(name))
        await noted.say("/withdraw")
        if stays:
            held(f"withdraw_{name}", noted)
        else:
            held_where_it_is(left, f"withdraw_{name}", noted)
    await left.rig.pass_time(hours=13)
    assert len(await inbox(left, "Rowan")) == 1
    assert (await left.rig.rows())["case_file"] == left.story["rows"]["case_file"] - (not stays)


# Take-back codes


@pytest.mark.parametrize("name", ["unfetched", "fetched", "held_kept", "held_not_kept"])
async def test_a_take_back_code_takes_back(left: Installation, name: str) -> None:
    reader = {"unfetched": "Oak", "fetched": "Ash"}.get(name, "Rowan")
    before = await inbox(left, reader)
    async with visiting(left.rig, FIRST) as visit:
        noted = Noted(visit, Account("terminal", "somewhere", "else"))
        await noted.say(f"/withdraw {left.of(name, 'code')}")
        if name == "held_not_kept":  # the one that is erased with it
            held_where_it_is(left, f"code_{name}", noted)
        else:
            held(f"code_{name}", noted)
    await left.rig.pass_time(hours=13)
    left_over = await inbox(left, reader)
    assert len(left_over) == (1 if reader == "Rowan" else 0)
    assert len(before) == (0 if reader == "Rowan" else 1)


async def test_a_take_back_code_erases_what_nobody_can_read_again(left: Installation) -> None:
    async with visiting(left.rig, FIRST) as visit:
        noted = Noted(visit, Account("terminal", "somewhere", "else"))
        await noted.say(f"/erase {left.of('coded', 'code')}", "yes")
        held_where_it_is(left, "code_coded", noted)
    assert (await left.rig.rows())["case_file"] == left.story["rows"]["case_file"] - 1


async def test_tries_of_before_are_counted(left: Installation) -> None:
    trying = Account("terminal", "trying", "trying")
    wrong = "/withdraw abandon abandon abandon ability"
    async with visiting(left.rig, FIRST) as visit:
        texts = [r.text for r in await visit.say(trying, *[wrong] * 4)]
        assert [t == ENGLISH.recovery.too_many_tries for t in texts] == [False, False, False, True]


# What was committed and never sent


@pytest.mark.parametrize("platform", ["telegram", "matrix"])
async def test_what_waited_to_be_sent_is_sent_as_it_was_meant(
    left: Installation, platform: str
) -> None:
    async with visiting(left.rig, FIRST) as visit:
        sent = await visit.waiting(platform)
        noted = Noted(visit, left.person("unsent"))
        for to, reply in sorted(sent, key=lambda pair: pair[0]):
            noted.lines.append(f"# to {to}")
            noted.note([reply])
        held(f"waiting_{platform}", noted)
        assert await visit.waiting(platform) == []


# What can still be deleted, and how far was heard


@pytest.mark.parametrize("name", ["telling", "reviewing"])
async def test_messages_of_before_are_deleted_when_the_talk_is_erased(
    left: Installation, name: str
) -> None:
    who = left.person(name)
    async with visiting(left.rig, FIRST) as visit:
        chat = visit.chats[who.platform]
        for number in left.of(name, "standing"):
            chat.standing[number] = (who.name, "of before")
        await visit.say(who, "/erase", "Yes, delete it all")
        assert "of before" not in {what for _, what in chat.standing.values()}


async def test_old_messages_on_telegram_are_swept_away_in_time(left: Installation) -> None:
    left.rig.clock.forward(hours=45)
    who = left.person("telling")
    async with visiting(left.rig, FIRST) as visit:
        chat = visit.chats["telegram"]
        for number in left.of("telling", "standing"):
            chat.standing[number] = (who.name, "of before")
        telegram = visit.conversations["telegram"]
        for effect in await telegram.cleaner.find_ageing():
            await telegram.dispatcher.dispatch(effect)
        assert "of before" not in {what for _, what in chat.standing.values()}


@pytest.mark.parametrize("platform", ["telegram", "matrix"])
async def test_the_place_up_to_which_was_heard_is_known(left: Installation, platform: str) -> None:
    async with visiting(left.rig, FIRST) as visit:
        place = await visit.house.stores.cursors.position(platform)
        assert place == left.story["cursor"][platform]


# Time


async def test_open_talks_end_when_their_week_is_over(left: Installation) -> None:
    open_talks = left.story["rows"]["draft"]
    await left.rig.pass_time(days=7, hours=1)
    rows = await left.rig.rows()
    assert rows["draft"] == 0
    assert rows["case_file"] == left.story["rows"]["case_file"] - open_talks
    async with visiting(left.rig, FIRST) as visit:
        (reply, *_) = await visit.say(left.person("telling"), "/start")
        assert reply.text.startswith("Hello.")


# Coming back to a kept story, on another platform than it was told on


HERE, THERE = Account("telegram", "3001", "3001"), Account("matrix", "@kim:example.org", "!kim")


@pytest.mark.parametrize(("first", "second"), [(HERE, THERE), (THERE, HERE)])
async def test_a_kept_story_gets_an_addition_a_reader_and_another_permission(
    left: Installation, first: Account, second: Account
) -> None:
    words, told = left.words("unfetched"), left.told("unfetched")[0]
    (before,), of_ash = await inbox(left, "Oak"), await inbox(left, "Ash")
    async with visiting(left.rig, FIRST) as visit:
        await visit.say(first, f"/open {words}")
        await visit.hear(first, ButtonPress("bot.case", ("add",)))
        await visit.say(first, "One more thing.", "/done")
        for question, choice in (("bot.share_added", "yes"), ("bot.review", "now")):
            await visit.hear(first, ButtonPress(question, (choice,)))
        await visit.hear(first, ButtonPress("bot.code", ("have",)))
    (added,) = (await inbox(left, "Oak")).keys() - {before}
    async with visiting(left.rig, FIRST + 100) as visit:
        text = await opened(left, "Oak", visit, added)
        assert "One more thing." in text
        assert told not in text
        await visit.say(second, f"/open {words}")
        await visit.hear(second, ButtonPress("bot.case", ("change",)))
        await visit.hear(second, ButtonPress("bot.clean", ("self",)))
        await visit.hear(second, ButtonPress("bot.overview", ("change.read",)))
        readers = {name: reader.mid[:10].hex() for name, reader in left.rig.keys.items()}
        await visit.hear(second, ButtonPress("read", (readers["Oak"], readers["Rowan"])))
        await visit.hear(second, ButtonPress("bot.overview", ("change.act",)))
        await visit.hear(second, ButtonPress("act", ("unnamed",)))
        for question, choice in (("bot.overview", "right"), ("bot.review", "now")):
            await visit.hear(second, ButtonPress(question, (choice,)))
        await visit.hear(second, ButtonPress("bot.code", ("have",)))
    async with visiting(left.rig, FIRST + 200) as visit:
        for reader in ("Oak", "Rowan"):
            (code,) = await inbox(left, reader)
            text = await opened(left, reader, visit, code)
            assert ENGLISH.report.acts["act.unnamed"] in text
            assert told in text
            assert "One more thing." in text
        assert await inbox(left, "Ash") == of_ash
        await visit.say(first, f"/open {words}")
        (shown, _) = await visit.hear(first, ButtonPress("bot.case", ("read",)))
        assert shown.text.index(told) < shown.text.index("ADDED IN WEEK 48 OF 2026")
        history = "".join(reply.text for reply in await visit.say(first, "/history"))
        assert ENGLISH.permissions.history_revoked in history


async def test_stories_of_before_get_all_of_the_time_of_one_kept_now(left: Installation) -> None:
    moved = left.rig.config.store.url.startswith("postgresql")  # which began with an upkeep
    month = "November 2036" if moved else "November 2037"
    await left.rig.pass_time(days=365)  # else the first upkeep since comes late
    async with visiting(left.rig, FIRST) as visit:
        (menu,) = await visit.say(HERE, f"/open {left.words('kept')}")
        assert ENGLISH.case.kept_until.format(month=month) in menu.text
    await left.rig.pass_time(days=365 * 9)
    async with visiting(left.rig, FIRST + 100) as visit:
        (menu,) = await visit.say(HERE, f"/open {left.words('kept')}")
        assert menu.question == "bot.case"
    await left.rig.pass_time(days=365 + 50)
    assert (await left.rig.rows())["case_file"] == 0
