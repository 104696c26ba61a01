"""What the page does with a questionnaire: check, talk, save, test."""

import asyncio
import io
from pathlib import Path

import pytest

from flows.files.load import load
from flows.model import SAMPLE_READERS
from flows.tools.script_player import play_script
from flows.tools.scripts import parse_script
from tests.unit.bot.cli.flows.conftest import edit, folder
from tests.unit.bot.cli.flows.web.page import FILE, Visitor, contents, started, visiting, words

__all__ = ["folder"]

BROKEN = ('kind = "fork"', 'kind = "frok"')


async def test_a_file_is_read_with_what_is_to_be_said_of_it(folder: Path) -> None:
    async with visiting(folder) as visitor:
        opened = await visitor.ask("open", name=FILE)
        assert opened["text"] == started(folder)
        assert opened["problems"] == [] or opened["verdict"].endswith("to mend.")
        assert "edits no file" in await visitor.refused("open", name="../made.toml")
        assert "edits no file" in await visitor.refused("open", name=["made.toml"])


async def test_problems_have_their_line(folder: Path) -> None:
    async with visiting(folder) as visitor:
        text = started(folder).replace(*BROKEN)
        checked = await visitor.ask("check", name=FILE, text=text)
        found = [p for p in checked["problems"] if "no kind 'frok'" in p["what"]]
        assert [p["line"] for p in found] == [text[: text.index("frok")].count("\n") + 1]
        assert found[0]["cure"] == "Did you mean 'fork'?"
        assert checked["verdict"].endswith("to mend.")


@pytest.mark.parametrize("text", ["", "[[", "\ud800", "x" * 500_000, "[" * 5_000])
async def test_no_text_breaks_the_check(folder: Path, text: str) -> None:
    async with visiting(folder) as visitor:
        assert (await visitor.ask("check", name=FILE, text=text))["problems"]


@pytest.mark.parametrize("data", ["", "[]", "null", "{", "\ud83d", '{"name": 1}', "[" * 100_000])
async def test_what_is_no_request_is_refused(folder: Path, data: str) -> None:
    async with visiting(folder) as visitor:
        status, answer = await visitor.post(
            "check", data=data.encode("utf-8", "surrogatepass") or b" "
        )
        assert (status, list(answer)) == (400, ["error"])


async def test_too_much_is_refused(folder: Path) -> None:
    async with visiting(folder) as visitor:
        status, _ = await visitor.post("check", data=io.BytesIO(b"x" * 4_000_000))
        assert status == 413


# --- saving -------------------------------------------------------------------------------------


async def saved(visitor: Visitor, text: str) -> object:
    stamp = (await visitor.ask("open", name=FILE))["stamp"]
    return await visitor.ask("save", name=FILE, text=text, stamp=stamp)


async def test_a_text_is_saved_as_it_is(folder: Path) -> None:
    (folder / FILE).chmod(0o640)
    text = started(folder).replace("happen?", "happen now?\u2028é")
    async with visiting(folder) as visitor:
        await saved(visitor, text)
    assert (folder / FILE).read_bytes() == text.encode()
    assert (folder / FILE).stat().st_mode & 0o777 == 0o640


async def test_a_file_that_somebody_else_changed_is_not_written_over(folder: Path) -> None:
    async with visiting(folder) as visitor:
        opened = await visitor.ask("open", name=FILE)
        edit(folder / FILE, "happen?", "happen then?")
        said = await visitor.refused("save", 409, name=FILE, text="x", stamp=opened["stamp"])
        assert "was changed by somebody else" in said
    assert "happen then?" in started(folder)


async def test_a_link_is_not_written_through(folder: Path) -> None:
    target = folder / "elsewhere"
    (folder / FILE).rename(target)
    (folder / FILE).symlink_to(target)
    async with visiting(folder) as visitor:
        stamp = (await visitor.ask("open", name=FILE))["stamp"]
        said = await visitor.refused("save", name=FILE, text="x", stamp=stamp)
        assert "is a link" in said
    assert target.read_text("utf-8") != "x"


# --- the talk -----------------------------------------------------------------------------------


async def test_a_talk_is_held_on_both_platforms_with_their_own_words(folder: Path) -> None:
    async with visiting(folder) as visitor:
        chats = await visitor.ask("begin", name=FILE, text=started(folder))
        assert set(chats) == {"telegram", "matrix"}
        assert "Telegram" in words(chats, "telegram")
        assert any(message["rows"] for message in chats["telegram"]["messages"])
        assert not any(message["rows"] for message in chats["matrix"]["messages"])


async def test_the_words_that_were_typed_on_the_page_are_asked(folder: Path) -> None:
    text = started(folder).replace("What would you like to say?", "What would you like to tell?")
    async with visiting(folder) as visitor:
        await visitor.ask("begin", name=FILE, text=text)
        chats = await told(visitor)
        assert "What would you like to tell?" in words(chats, "telegram")
        assert "What would you like to say?" not in words(chats, "telegram")
    assert "like to say?" in started(folder)


async def told(visitor: Visitor) -> object:
    """Go to the story on Telegram, by the first buttons that are offered."""
    chats = await visitor.ask("settle", platform="telegram")
    for _ in range(4):
        if "like to tell?" in words(chats, "telegram") or "to say?" in words(chats, "telegram"):
            break
        message = next(m for m in reversed(chats["telegram"]["messages"]) if m["rows"])
        token = message["rows"][0][0]["token"]
        chats = await visitor.ask("press", platform="telegram", message=message["id"], token=token)
    return chats


async def test_a_broken_text_begins_no_talk_and_ends_none(folder: Path) -> None:
    async with visiting(folder) as visitor:
        await visitor.ask("begin", name=FILE, text=started(folder))
        broken = started(folder).replace(*BROKEN)
        assert "Did you mean 'fork'?" in await visitor.refused("begin", name=FILE, text=broken)
        chats = await visitor.ask("say", platform="telegram", text="hello")
        assert "hello" in words(chats, "telegram")


async def test_without_a_talk_nothing_can_be_said(folder: Path) -> None:
    async with visiting(folder) as visitor:
        assert "Begin one." in await visitor.refused("say", platform="telegram", text="x")
        await visitor.ask("begin", name=FILE, text=started(folder))
        assert "no chat of this name" in await visitor.refused("say", platform="irc", text="x")
        assert "sent no text" in await visitor.refused("say", platform="matrix")


async def test_a_button_that_is_not_there_is_pressed_by_nobody(folder: Path) -> None:
    async with visiting(folder) as visitor:
        before = await visitor.ask("begin", name=FILE, text=started(folder))
        asked = {"platform": "telegram", "message": "1", "token": "made up"}
        assert await visitor.ask("press", **asked) == before


async def test_nothing_of_a_talk_is_left(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr("tempfile.tempdir", str(place))
    async with visiting(folder) as visitor:
        await visitor.ask("begin", name=FILE, text=started(folder))
        first = set(place.rglob("organisation"))
        await visitor.ask("begin", name=FILE, text=started(folder))
        assert len(first) == 1
        assert not first & set(place.rglob("organisation"))
    assert list(place.iterdir()) == []


async def test_requests_at_once_keep_one_talk(folder: Path) -> None:
    async with visiting(folder) as visitor:
        begin = [visitor.ask("begin", name=FILE, text=started(folder)) for _ in range(2)]
        await asyncio.gather(*begin)
        says = [visitor.ask("say", platform="matrix", text=f"word {n}") for n in range(5)]
        chats = (await asyncio.gather(*says))[-1]
        assert [f"word {n}" in words(chats, "matrix") for n in range(5)] == [True] * 5


# --- talks as tests -----------------------------------------------------------------------------


async def test_a_talk_is_saved_as_a_test(folder: Path) -> None:
    async with visiting(folder) as visitor:
        await visitor.ask("begin", name=FILE, text=started(folder))
        await told(visitor)
        await visitor.ask("say", platform="telegram", text="It was late.")
        kept = await visitor.ask("keep", platform="telegram", test="it-was-late")
        assert kept == {"written": "made-it-was-late.txt"}
        text = (folder / "scripts" / "made-it-was-late.txt").read_text("utf-8")
        assert "It was late." not in text
        run = play_script(
            load(started(folder), FILE), parse_script(text, "made.txt"), SAMPLE_READERS
        )
        assert run.problems == ()
        said = await visitor.refused("keep", platform="telegram", test="it-was-late")
        assert "did not make" in said


@pytest.mark.parametrize("name", ["", "../x", "A b", "x/y", "-", "x" * 41, None, 3, "x.txt"])
async def test_a_test_has_a_plain_name(folder: Path, name: object) -> None:
    before = contents(folder)
    async with visiting(folder) as visitor:
        await visitor.ask("begin", name=FILE, text=started(folder))
        said = await visitor.refused("keep", platform="telegram", test=name)
        assert "short name" in said
    assert contents(folder) == before


async def test_without_an_answer_there_is_no_test_to_save(folder: Path) -> None:
    async with visiting(folder) as visitor:
        await visitor.ask("begin", name=FILE, text=started(folder))
        said = await visitor.refused("keep", platform="matrix", test="nothing")
        assert "No question was answered" in said


async def test_all_tests_are_tried_with_the_words_on_the_page(folder: Path) -> None:
    async with visiting(folder) as visitor:
        tried = await visitor.ask("try", name=FILE, text=started(folder))
        assert tried == {"count": 5, "problems": []}
        (folder / "scripts" / "made-wrong.txt").write_text("< wish > a\n", "utf-8")
        tried = await visitor.ask("try", name=FILE, text=started(folder))
        assert "not 'wish'" in tried["problems"][0]


async def test_a_number_that_can_be_copied_on_telegram_can_be_copied_here(folder: Path) -> None:
    async with visiting(folder) as visitor:
        await visitor.ask("begin", name=FILE, text=started(folder))
        chats = await visitor.ask("say", platform="telegram", text="/unsafe")
        copied = [copy["text"] for m in chats["telegram"]["messages"] for copy in m["copies"]]
        assert "000 000" in copied
        assert not [copy for m in chats["matrix"]["messages"] for copy in m["copies"]]
