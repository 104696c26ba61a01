"""Whole talks, from hello to goodbye, with the program started anew before every message."""

import pytest

from tests.rig import Rig


async def test_no_to_everything_keeps_nothing(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say("/skip")  # the fork: decide later
    await rig.say("read", "none", "/skip", "/skip", "nobody", "no", "it is right", "yes, finish")
    rows = await rig.rows()
    assert rows["case"] == rows["item"] == rows["draft"] == rows["delivery"] == 0
    assert "nothing is kept" in rig.shown()


async def test_the_named_reader_opens_and_no_other(rig: Rig) -> None:
    await rig.tell("first words", "second words")
    await rig.share("Oak", keep=False)
    (code,) = await rig.inbox("Oak")
    assert not await rig.inbox("Ash")
    assert not await rig.inbox("Rowan")
    bundle = await rig.fetch("Oak", code)
    text = rig.open("Oak", bundle).text
    assert text.index("first words") < text.index("second words")
    assert text.startswith("The reporter allows: read and listen, nothing else.")
    await rig.say("i have them")
    for other in ("Ash", "Rowan"):
        with pytest.raises(Exception, match="another"):
            rig.open(other, bundle)


async def test_without_keep_nothing_is_left_once_it_was_fetched(rig: Rig) -> None:
    await rig.tell("first words")
    await rig.share("Oak", keep=False)
    await rig.say("i have them")
    (code,) = await rig.inbox("Oak")
    await rig.fetch("Oak", code)
    rows = await rig.rows()
    for table in ("case", "item", "permission", "grant", "delivery", "takeback", "draft"):
        assert rows[table] == 0, table


async def test_kept_with_words_and_opened_again(rig: Rig) -> None:
    await rig.tell("first words", "second words")
    await rig.say("only keep it", "it is right", "yes, use it as it is")
    shown = await rig.say("twelve words")
    rows = (line.split() for line in shown[0].text.splitlines())
    words = [row[1] for row in rows if len(row) == 2 and row[0].isdecimal()]
    assert len(words) == 12
    places = [int(w.strip("?")) for w in shown[1].text.split() if w.strip("?").isdecimal()]
    await rig.say(" ".join(words[p - 1] for p in places))
    assert (await rig.rows())["draft"] == 0
    async with rig.staying():
        await rig.say("/open", " ".join(words))
        shown = await rig.say("read it")
        assert "first words" in shown[0].text
        await rig.say("erase everything")
    assert (await rig.rows())["case"] == 0
