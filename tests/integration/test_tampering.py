"""One changed byte anywhere in what is stored is refused, or what it was is gone; never different.

A talk that was handed over, one that is kept and one that is open are written once. Then every
blob of every row is changed, one at a time, and put back; all of it is read as its owners would.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import pytest

from store.model.changes import OpenCase
from store.model.errors import StoreError
from store.model.turn import Supplies
from tests.databases import ON_BOTH_ENGINES
from tests.rig import Rig, person
from tests.talk_script import FILLS, twelve_words
from tests.tampered import tampered

DRAFTING, KEEPING = person("reporter-two"), person("reporter-three")
PLACES = (0, 0.3, 0.6, 1)
"""Where in a blob a byte is changed, as a part of its length."""
ONE_PLACE = (0.6,)
"""What seals and opens does not depend on the engine, so PostgreSQL takes every blob once only;
the soak takes all places there as well."""


@dataclass(frozen=True)
class Told:
    """What the owners of a database can read in it."""

    story: tuple[str, ...]
    kept: tuple[str, ...]
    fetched: tuple[str, ...]


async def write(rig: Rig) -> list[str]:
    """Leave three stories; returns the words of the kept one."""
    await rig.tell("told by the first", who=DRAFTING)
    await rig.tell("told by the second")
    await rig.share("Oak", keep=False, now=True)
    return await kept_talk(rig)


async def kept_talk(rig: Rig) -> list[str]:
    await rig.tell("told by the third", who=KEEPING)
    await rig.say("just keep it", "yes, that's right", who=KEEPING)
    (shown,) = await rig.say("yes, keep it", who=KEEPING)
    await rig.say(FILLS["two words"](shown.text), who=KEEPING)
    await rig.say("i've written them down", who=KEEPING)
    return [*twelve_words(shown.text)]


async def read(rig: Rig, words: list[str]) -> Told:
    """Read everything, as its owners would; a file is closed afterwards."""
    try:
        return await read_kept_open(rig, words)
    finally:
        if rig.config.store.database:
            await rig.kept.shut_down()


async def read_kept_open(rig: Rig, words: list[str]) -> Told:
    """Read everything, as its owners would."""
    async with rig.house() as house:
        stores, now = house.stores, rig.clock()
        drafting = await stores.cases.snapshot(DRAFTING, now, pieces=True)
        supplies = Supplies(found=await stores.recovery.find_by_words(" ".join(words)))
        await stores.cases.commit(KEEPING, "opens", (OpenCase(),), (), now, supplies)
        keeping = await stores.cases.snapshot(KEEPING, now, pieces=True)
        await stores.outbox.messages_for(DRAFTING)
        member = house.stores.readers.named("Oak", now)
        assert member is not None
        codes = [d.code for d in await house.stores.readers.deliveries(member)]
        bundles = [await house.stores.readers.bundle(member, code) for code in codes]
    return Told(
        tuple(p.text for p in drafting.pieces),
        tuple(p.text for p in keeping.pieces),
        tuple(rig.open("Oak", bundle).text for bundle in bundles),
    )


def within(read_now: Told, before: Told) -> bool:
    """Nothing is there that was not there before."""
    return (
        set(read_now.story) <= set(before.story)
        and set(read_now.kept) <= set(before.kept)
        and set(read_now.fetched) <= set(before.fetched)
    )


SEALED = {
    ("draft", "wrap"),
    ("draft", "salt"),
    ("draft", "state"),
    ("item", "header"),
    ("item_chunk", "bytes"),
    ("permission", "env"),
    ("access_grant", "header"),
    ("delivery", "env"),
    ("case_file", "pk_r"),
    ("case_file", "pk_sig"),
    ("case_file", "rid"),
}
"""Where a change must be refused, not only go unseen because nobody finds the row any more."""


@pytest.mark.timeout(300)  # several hundred changed databases
@ON_BOTH_ENGINES
async def test_a_changed_byte_is_refused(rig: Rig) -> None:
    await change_every_blob(rig, PLACES if rig.config.store.database else ONE_PLACE)


async def change_every_blob(rig: Rig, places: Sequence[float]) -> None:
    """Change a byte in each of these places of every blob, one at a time; read after each."""
    words = await write(rig)
    before = await read(rig, words)
    assert before.story == ("told by the first",)
    assert before.kept == ("told by the third",)
    assert len(before.fetched) == 1
    refused = set()
    async with tampered(rig) as database:
        for blob, place in product(await database.blobs(), places):
            await database.change(blob, place)
            try:
                assert within(await read(rig, words), before), (*blob.place, place)
            except StoreError:
                refused.add(blob.place)
            await database.put_back()
    assert refused >= SEALED, SEALED - refused


@ON_BOTH_ENGINES
async def test_a_changed_row_id_hides_a_draft_and_opens_nothing(rig: Rig) -> None:
    await rig.tell("told by the first", who=DRAFTING)
    await rig.kept.shut_down()
    async with tampered(rig) as database:
        (blob,) = [b for b in await database.blobs() if b.place == ("draft", "id")]
        await database.change(blob, 0)
        async with rig.house() as house:
            assert (await house.stores.cases.snapshot(DRAFTING, rig.clock())).draft is None
