"""Words that open a story or take it back are never taken for a part of one."""

import pytest

from handlers.messages import TextMessage
from handlers.texts.english import ENGLISH
from tests.rig import Rig, person
from tests.talk_script import FILLS
from tests.unit.handlers.chats import Phone
from tests.unit.handlers.test_turn import give_back

STORY = "what happened at the summer camp"


@pytest.fixture(name="anna")
def _anna(rig: Rig) -> Phone:
    return Phone(rig)


async def shared(anna: Phone) -> str:
    """A story that is kept, and shared with Oak: its take-back code."""
    await anna.begin("self", STORY)
    await anna.share("Oak", keep=True)
    await anna.press("code")
    code = anna.code()
    await anna.press("have")
    return code


async def everything_for(anna: Phone, reader: str) -> str:
    """All that stands in what a reader can fetch."""
    rig, found = anna.rig, list[str]()
    for code in await rig.inbox(reader):
        report = rig.open(reader, await rig.fetch(reader, code))
        found += [repr(getattr(report, name)) for name in dir(report) if name[0] != "_"]
    return "\n".join(found)


# Awaited words stay awaited


EXPLAINED = (
    *("/help", "help", "/unsafe", "I'm not safe", "/privacy", "/ground", "/language", "/show 1"),
    *("hello", "wait", "what if he finds out", "who are you", "/done", "/permissions", "ok"),
)


@pytest.mark.parametrize("between", EXPLAINED)
async def test_words_are_awaited_through_everything_that_only_explains(
    anna: Phone, between: str
) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.type("/withdraw", between)
        await anna.type(code)
        assert anna.texts()[-2].startswith(ENGLISH.handover.withdrawn_late), between
    assert await anna.rig.inbox("Oak") == {}
    assert code not in anna.own()


async def test_a_stale_button_leaves_the_words_awaited(anna: Phone) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.type("/withdraw")
        await anna.hear(anna.incoming(TextMessage("/pause")))
        await anna.type(code)
    assert await anna.rig.inbox("Oak") == {}


async def test_who_leaves_is_not_asked_for_words_any_more(anna: Phone) -> None:
    await shared(anna)
    async with anna.staying():
        await anna.type("/withdraw", "/stop", "it happened last year at the camp")
        assert any("aside, sealed" in text for text in anna.texts()), anna.texts()
        await anna.press("go")
        await anna.type("/withdraw")


# A code that nobody asked for


async def test_a_code_after_a_restart_is_asked_about_and_takes_back(anna: Phone) -> None:
    code = await shared(anna)
    await anna.type("/withdraw")
    async with anna.staying():
        await anna.type(code)
        assert code not in anna.own()
        assert ENGLISH.recovery.code_unasked in anna.texts()[-1]
        assert await anna.rig.inbox("Oak") != {}
        await anna.type(ENGLISH.labels["found.withdraw"])
    assert await anna.rig.inbox("Oak") == {}


async def test_a_code_thirteen_hours_later_is_asked_about(anna: Phone) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.type("/withdraw")
        await anna.rig.pass_time(hours=13)
        await anna.type(code)
        assert ENGLISH.recovery.code_unasked in anna.texts()[-1]
        await anna.press("withdraw")
    assert await anna.rig.inbox("Oak") == {}


async def test_a_code_can_delete_after_one_more_question_or_do_nothing(anna: Phone) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.type(code)
        await anna.press("no")
        assert anna.texts()[-1] == ENGLISH.recovery.code_left
        await anna.type(code)
        await anna.press("erase")
        assert (await anna.rig.rows())["takeback"] == 1
        await anna.press("yes")
    assert (await anna.rig.rows())["takeback"] == 0


async def test_a_code_that_was_replaced_says_nothing_of_what_it_leaves(rig: Rig) -> None:
    labels, elsewhere = ENGLISH.labels, person("elsewhere")
    await rig.tell(STORY)
    await rig.share("Oak", keep=True)
    twelve = " ".join(await give_back(rig))
    async with rig.staying():
        await rig.say(FILLS["four words"](rig.shown()))
        await rig.say(twelve, labels["case.change"], labels["clean.self"], who=elsewhere)
        await rig.say(labels["change.keep"], "no", labels["overview.right"], who=elsewhere)
        await rig.press("bot.review", "keep", who=elsewhere)
        said = await rig.press("bot.found", "withdraw")
    assert (await rig.rows())["case_file"] == 1
    untrue = {ENGLISH.handover.still_kept, ENGLISH.handover.withdrawn_erased}
    assert not untrue & {reply.text for reply in said}


async def test_a_code_that_another_replaced_deletes_nothing_although_it_was_asked_about(
    rig: Rig,
) -> None:
    labels, elsewhere = ENGLISH.labels, person("elsewhere")
    await rig.tell(STORY)
    await rig.share("Oak", keep=True)
    twelve = " ".join(await give_back(rig))
    async with rig.staying():
        await rig.say(FILLS["four words"](rig.shown()))
        await rig.say(twelve, labels["case.change"], labels["clean.self"], who=elsewhere)
        await rig.say(labels["change.act"], "act without naming me", who=elsewhere)
        await rig.say(labels["overview.right"], who=elsewhere)
        *_, shown = await rig.press("bot.review", "now", who=elsewhere)
        assert ENGLISH.recovery.code_anew in shown.text
        await rig.press("bot.found", "erase")
        await rig.say("yes")
    assert (await rig.rows())["case_file"] == 1


@pytest.mark.parametrize("told", [(), ("another story",)])
async def test_a_code_in_an_open_talk_is_no_piece_of_its_story(
    anna: Phone, told: tuple[str, ...]
) -> None:
    code = await shared(anna)
    await anna.begin("self", *told)
    async with anna.staying():
        await anna.type("/withdraw")
        assert anna.texts()[-2] == ENGLISH.handover.nothing_shared
        await anna.type(code)
        assert code not in anna.own()
        assert ENGLISH.recovery.code_unasked in anna.texts()[-1]
        await anna.press("withdraw")
        assert await anna.pieces() == [*told]
        await anna.type("and a bit more")
        assert await anna.pieces() == [*told, "and a bit more"]
    assert await anna.rig.inbox("Oak") == {}


LEADS = ("", "/done ", "/add ", "/start ", "/pause ", "withdraw ", "my code is ", "Code: ")


@pytest.mark.parametrize("lead", LEADS)
async def test_a_code_never_gets_into_what_a_reader_fetches(anna: Phone, lead: str) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.begin("self", "told again")
        await anna.type(lead + code)
        await anna.type("something else")
        await anna.share("Oak", keep=True)
    everything = await everything_for(anna, "Oak")
    assert "told again" in everything
    assert code not in everything


@pytest.mark.parametrize("words", ["is it this one?", "it happened after I wrote this"])
async def test_a_code_that_is_quoted_gets_into_no_story(anna: Phone, words: str) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.begin("self", "told again")
        quoting = TextMessage(words, f"> {code}\n{words}")
        await anna.hear(anna.incoming(quoting, message="9999"))
        assert ENGLISH.recovery.code_unasked in anna.texts()[-1]
        await anna.press("no")
        assert await anna.pieces() == ["told again"]


async def test_a_command_beside_a_quoted_code_acts(anna: Phone) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.begin("self", "told again")
        await anna.hear(anna.incoming(TextMessage("/stop", f"> {code}\n/stop"), message="9999"))
        assert anna.question == "bot.stop"


async def test_a_code_beside_a_choice_or_before_the_hello_is_not_put_aside(anna: Phone) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.type("something happened to me", code)
        await anna.press("no", "go", "self")
        assert anna.question == "bot.aside"
        await anna.type(code)
        await anna.press("no", "yes")
        assert await anna.pieces() == ["something happened to me"]


async def test_a_message_changed_into_a_code_is_no_piece_either(anna: Phone) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.begin("self")
        told = await anna.type("it was")
        await anna.edit(told, code)
        assert ENGLISH.recovery.code_unasked in anna.texts()[-1]
        assert await anna.pieces() == ["it was"]


async def test_a_code_where_twelve_words_are_awaited_is_asked_about(anna: Phone) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.type("/withdraw", "/add", code)
        assert ENGLISH.recovery.code_unasked in anna.texts()[-1]
        await anna.press("withdraw")
    assert await anna.rig.inbox("Oak") == {}


# Four words that only look like a code


SENTENCE = "they laugh all night"


async def test_four_listed_words_of_a_story_stay_words_of_it(anna: Phone) -> None:
    async with anna.staying():
        await anna.begin("self", "they drove me out", SENTENCE)
    assert await anna.pieces() == ["they drove me out", SENTENCE]
    assert SENTENCE in anna.own()


async def test_at_the_hello_it_is_said_that_no_story_has_this_code(anna: Phone) -> None:
    async with anna.staying():
        await anna.type(SENTENCE)
        assert anna.texts()[-2] == ENGLISH.recovery.no_code_unasked
        assert SENTENCE not in anna.own()


async def test_sentences_of_a_story_never_keep_a_code_from_taking_back(anna: Phone) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.begin("self", "they drove me out", *[SENTENCE] * 6)
        await anna.type(f"/withdraw {code}")
        assert ENGLISH.handover.withdrawn_late in anna.texts()
    assert await anna.rig.inbox("Oak") == {}


async def test_what_cannot_be_looked_up_any_more_today_is_not_sealed(anna: Phone) -> None:
    async with anna.staying():
        await anna.begin("self")
        await anna.type(*[SENTENCE] * 5, SENTENCE)
        assert anna.texts()[-2] == ENGLISH.recovery.code_unchecked
        await anna.type("he laughed")
    assert await anna.pieces() == [*[SENTENCE] * 5, "he laughed"]


# Twelve words that nobody asked for


async def test_twelve_words_in_a_talk_are_no_piece_of_its_story(anna: Phone) -> None:
    await anna.begin("self", STORY)
    await anna.share("Oak", keep=True)
    twelve = " ".join(await anna.give_back())
    async with anna.staying():
        await anna.begin("self", "another")
        for typed in (twelve, twelve.replace(" ", ", "), twelve.rsplit(" ", 1)[0] + " cinnamox"):
            await anna.type(typed)
            assert typed not in anna.own()
            assert ENGLISH.recovery.words_unasked in anna.texts()[-2:]
    assert await anna.pieces() == ["another"]


async def test_twelve_words_beside_first_words_ask_before_those_are_deleted(anna: Phone) -> None:
    await anna.begin("self", STORY)
    await anna.share("Oak", keep=True)
    twelve = " ".join(await anna.give_back())
    async with anna.staying():
        await anna.type("he did it again", twelve)
        assert twelve not in anna.own()
        assert anna.question == "bot.erase"
        await anna.press("yes")
        assert anna.texts()[-1].startswith(ENGLISH.recovery.ask_open)
        await anna.type(twelve)
        assert anna.question == "bot.case"


@pytest.mark.parametrize("command", ["/withdraw", "/withdraw {words}", "{words}"])
async def test_twelve_words_take_back_beside_first_words_after_that_question(
    anna: Phone, command: str
) -> None:
    await anna.begin("self", STORY)
    await anna.share("Oak", keep=True)
    twelve = " ".join(await anna.give_back())
    async with anna.staying():
        await anna.type("he did it again", command.format(words=twelve))
        if "{" not in command:
            await anna.type(twelve)
        assert ENGLISH.leaving.erase_for_room in anna.texts()[-1]
        await anna.press("yes")
        await anna.type(twelve)
        if "/" not in command:
            await anna.press("withdraw")
    assert await anna.rig.inbox("Oak") == {}


async def test_a_burst_of_first_words_keeps_four_listed_ones(anna: Phone) -> None:
    async with anna.staying():
        await anna.type("they drove me out", SENTENCE)
        await anna.press("go", "self", "yes")
    assert await anna.pieces() == ["they drove me out", SENTENCE]


async def test_a_code_that_is_typed_back_where_it_is_shown_goes_from_the_chat(anna: Phone) -> None:
    await anna.begin("self", STORY)
    await anna.share("Oak", keep=True)
    await anna.press("code")
    code = anna.code()
    await anna.type(code)
    assert code not in anna.own()
    assert anna.question == "bot.code"


# What follows where nothing is asked


UNASKED = (ENGLISH.labels["found.withdraw"], ENGLISH.labels["found.no"])


@pytest.mark.parametrize("chosen", UNASKED)
@pytest.mark.parametrize("typed", ["yes", "Yes!", "no", "1", "2", "sí"])
async def test_a_yes_after_a_code_typed_alone_answers_no_welcome_that_nobody_saw(
    anna: Phone, chosen: str, typed: str
) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.type(code)
        await anna.type(chosen, typed)
        assert anna.texts()[-1].startswith("Hello."), anna.texts()[-1]
        assert ENGLISH.welcome.safe in anna.texts()[-1]
        assert (await anna.rig.rows())["draft"] == 0
        await anna.type("yes")
        assert ENGLISH.welcome.not_now in anna.texts()[-1]  # now it was asked


@pytest.mark.parametrize("typed", ["yes", "no", "1"])
async def test_a_yes_after_a_deletion_by_code_answers_no_welcome_that_nobody_saw(
    anna: Phone, typed: str
) -> None:
    code = await shared(anna)
    async with anna.staying():
        await anna.type("/erase", code)
        await anna.press("yes")
        await anna.type(typed)
        assert ENGLISH.welcome.safe in anna.texts()[-1]
        assert (await anna.rig.rows())["draft"] == 0


async def test_a_yes_after_a_goodbye_or_a_farewell_begins_nothing(anna: Phone) -> None:
    async with anna.staying():
        await shared(anna)
        await anna.type("no")
        assert (await anna.rig.rows())["draft"] == 0
        await anna.type("bye", "no")
        assert (await anna.rig.rows())["draft"] == 0
        await anna.type("no, only me")
        assert (await anna.rig.rows())["draft"] == 1
