"""What readers do in chat: link an account, see what waits, fetch it; without any content."""

import re

import pytest

from handlers.readers.commands import WRONG_DIGITS_IN_ALL
from handlers.texts.english import ENGLISH
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from tests.rig import Rig, person

READER = person("reader-one")


async def digits(rig: Rig, reader: str = "Oak") -> str:
    """What the reader reads in the sealed file, on their own device."""
    await rig.say(f"/join {reader}", who=READER)
    sealed = rig.screen.files["join.age"]
    body = Document.decode(age.decrypt(sealed, [rig.keys[reader].identity])).body
    return str(dict(cbor.decode_map(body, "An invitation"))["code"])


async def link(rig: Rig) -> None:
    (said,) = await rig.say(f"/join {await digits(rig)}", who=READER)
    assert said.text == ENGLISH.readers.joined


async def test_a_reader_links_an_account_with_the_digits_from_their_own_key(rig: Rig) -> None:
    await link(rig)
    (said,) = await rig.say("/inbox", who=READER)
    assert said.text == ENGLISH.readers.empty


@pytest.mark.parametrize("form", ["{0} {1}", "{0}-{1}.", "“{0}{1}”", " {0}{1} "])
async def test_digits_are_understood_as_people_copy_them(rig: Rig, form: str) -> None:
    right = await digits(rig)
    typed = form.format(right[:4], right[4:])
    (said,) = await rig.say(f"/join {typed}", who=READER)
    assert said.text == ENGLISH.readers.joined


@pytest.mark.parametrize("typed", ["oak.", "“Oak”", "OAK !", "oak\u200b"])
async def test_a_name_is_understood_as_people_type_it(rig: Rig, typed: str) -> None:
    said = await rig.say(f"/join {typed}", who=READER)
    assert said[-1].text == ENGLISH.readers.invited.format(name="Oak")


async def test_wrong_digits_and_unknown_names_are_said(rig: Rig) -> None:
    right = await digits(rig)
    wrong = f"{(int(right) + 1) % 10**8:08}"
    (said,) = await rig.say(f"/join {wrong}", who=READER)
    assert said.text == ENGLISH.readers.wrong
    (said,) = await rig.say("/join Nobody", who=READER)
    assert said.text == ENGLISH.readers.unknown
    (said,) = await rig.say(f"/join {right}", who=person("somebody-else"))
    assert said.text == ENGLISH.readers.wrong


async def test_digits_end_after_ten_minutes(rig: Rig) -> None:
    right = await digits(rig)
    rig.clock.forward(minutes=12)
    (said,) = await rig.say(f"/join {right}", who=READER)
    assert said.text == ENGLISH.readers.wrong


async def test_joining_is_tried_three_times_a_day(rig: Rig) -> None:
    said = [await rig.say("/join Oak", who=READER) for _ in range(4)]
    assert said[2][-1].text == ENGLISH.readers.invited.format(name="Oak")
    assert said[3][-1].text == ENGLISH.readers.too_many_joins


async def test_who_is_not_linked_sees_nothing(rig: Rig) -> None:
    for text in ("/inbox", "/fetch ABCDEF"):
        (said,) = await rig.say(text, who=READER)
        assert said.text == ENGLISH.readers.unlinked


async def test_a_notice_says_only_that_something_is_there(rig: Rig) -> None:
    await link(rig)
    await rig.tell("a story of mine")
    await rig.share("Oak", keep=True)
    (notice, inbox) = await rig.say("/inbox", who=READER)
    assert notice.text == ENGLISH.readers.notice
    (code,) = re.findall(r"\b[0-9A-Z]{6}\b", inbox.text)
    assert ENGLISH.readers.new in inbox.text
    assert not await rig.say(f"/fetch {code.lower()}", who=READER)
    assert "a story of mine" in rig.open("Oak", rig.screen.files[f"{code}.holdfast"]).text
    (inbox,) = await rig.say("/inbox", who=READER)
    assert f"{code}  {ENGLISH.readers.old}" in inbox.text
    assert "story" not in rig.shown(READER)


async def test_what_is_held_or_of_another_reader_cannot_be_fetched(rig: Rig) -> None:
    await link(rig)
    await rig.tell("a story")
    await rig.share("Ash", keep=True)
    (code,) = await rig.inbox("Ash")
    (said,) = await rig.say(f"/fetch {code}", who=READER)
    assert said.text == ENGLISH.readers.no_delivery


async def test_a_reader_is_asked_to_destroy_what_was_taken_back(rig: Rig) -> None:
    await link(rig)
    await rig.tell("a story")
    await rig.share("Oak", keep=True)
    (code,) = await rig.inbox("Oak")
    await rig.fetch("Oak", code)
    await rig.say("/withdraw")
    said = await rig.say("/inbox", who=READER)
    assert said[-2].text == ENGLISH.readers.destroy.format(code=code)
    assert said[-1].text == ENGLISH.readers.empty


async def test_wrong_digits_of_everybody_have_a_limit_in_all(rig: Rig) -> None:
    async with rig.staying():
        for tried in range(WRONG_DIGITS_IN_ALL):
            stranger = person(f"stranger-{tried // 3}")
            if tried % 3 == 0:
                await rig.say("/join Oak", who=stranger)
            (said,) = await rig.say("/join 12345678", who=stranger)
            assert said.text == ENGLISH.readers.wrong
        (said,) = await rig.say("/join 12345678", who=person("one-more"))
        assert said.text == ENGLISH.readers.too_many_digits
    right = await digits(rig)
    (said,) = await rig.say(f"/join {right}", who=READER)
    assert said.text == ENGLISH.readers.too_many_digits
    rig.clock.forward(days=1)
    await link(rig)


async def test_digits_that_could_link_nothing_use_up_nobodys_tries(rig: Rig) -> None:
    async with rig.staying():
        for _ in range(WRONG_DIGITS_IN_ALL + 1):
            await rig.say("/join 12345678", who=person("stranger"))
    await link(rig)
