from dataclasses import replace

import pytest

from store.db.schema import delivery, member_link
from store.model.accounts import Account
from store.model.changes import EndDraft, TakeBack
from store.model.errors import NotForUs, NotPermitted, StoreError, TooLong
from store.model.permissions import RevocationBasis
from store.readers.delivery_bundle import open_delivery
from store.readers.notebook import Notebook
from tests.unit.store.organisation import (
    OAK_ID,
    YEW_ID,
    Organisation,
    hand_over,
    keep,
    named,
)
from tests.unit.store.people import BIRCH, OAK, YEW


async def test_who_was_named_reads_it_and_nobody_else(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID, YEW_ID))
    assert (await org.read(OAK)).text == (await org.read(YEW)).text == "The report."
    assert await org.inbox(BIRCH) == {}


async def test_a_report_of_forty_megabytes_is_handed_over_and_opened(
    file_org: Organisation,
) -> None:
    long = "It was a long story, and here is all of it. " * 950_000
    await file_org.tell()
    await file_org.commit(replace(hand_over(named(OAK_ID)), report=long))
    assert (await file_org.read(OAK)).text == long


async def test_a_report_that_is_too_long_changes_nothing(file_org: Organisation) -> None:
    await file_org.tell()
    with pytest.raises(TooLong, match="64 MiB"):
        await file_org.commit(replace(hand_over(named(OAK_ID)), report="x" * (64 << 20)))
    assert "access_grant" not in await file_org.counted()


async def test_each_reader_has_a_code_of_their_own(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID, YEW_ID))
    codes = [row["code"] for row in await org.rows(delivery)]
    assert len(set(codes)) == 2
    for code in codes:
        assert isinstance(code, str)
        assert len(code) == 6
        assert not set(code) - set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


async def test_nobody_fetches_what_is_anothers(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID, YEW_ID))
    (code,) = await org.inbox(OAK)
    for act in (org.stores.readers.bundle, org.stores.readers.record_fetch):
        with pytest.raises(NotPermitted, match="no delivery with these characters"):
            await act(org.member(YEW), code)
        with pytest.raises(NotPermitted):
            await act(org.member(OAK), "000000")


async def test_a_bundle_of_another_does_not_open(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID, YEW_ID))
    (code,) = await org.inbox(OAK)
    bundle = await org.stores.readers.bundle(org.member(OAK), code.lower())
    with pytest.raises(NotForUs):
        open_delivery(bundle, YEW, Notebook())


async def test_fetching_is_shown_to_both_sides(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    assert list((await org.inbox(OAK)).values()) == [False]
    (code,) = await org.inbox(OAK)
    await org.stores.readers.record_fetch(org.member(OAK), code)
    assert await org.inbox(OAK) == {code: True}
    assert (await org.read(OAK)).code == code


async def test_what_is_held_is_not_there_yet(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    (row,) = await org.rows(delivery)
    assert await org.inbox(OAK) == {}
    for act in (org.stores.readers.bundle, org.stores.readers.record_fetch):
        with pytest.raises(NotPermitted, match="still held"):
            await act(org.member(OAK), str(row["code"]))


async def test_what_was_taken_back_is_not_there_any_more(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    (code,) = await org.inbox(OAK)
    await org.commit(TakeBack(RevocationBasis.WORDS))
    assert await org.inbox(OAK) == {}
    with pytest.raises(StoreError):
        await org.stores.readers.bundle(org.member(OAK), code)


async def fetch(org: Organisation, *keys: object) -> None:
    for key in (OAK, YEW):
        if key in keys:
            (code,) = await org.inbox(key)
            await org.stores.readers.record_fetch(org.member(key), code)


async def test_without_keep_the_case_ends_with_its_last_fetch(org: Organisation) -> None:
    await org.share(named(OAK_ID, YEW_ID))
    await org.commit(EndDraft())
    await fetch(org, OAK)
    assert (await org.counted())["case_file"] == 1
    await fetch(org, YEW)
    assert not (await org.counted()).keys() - {"house", "processed_message", "quota"}


async def test_kept_it_outlives_every_fetch(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    await org.commit(EndDraft())
    await fetch(org, OAK)
    assert (await org.counted())["case_file"] == 1


# --- in which chat a reader is told


ROOM = Account("matrix", "@oak:example.org", "!a-room:example.org")
ELSEWHERE = replace(ROOM, address="!another:example.org")


async def link_blob(org: Organisation) -> object:
    (row,) = await org.rows(member_link)
    return row["blob"]


async def told_in(org: Organisation) -> list[Account]:
    return [post.to for post in await org.stores.outbox.messages_for(ROOM)]


async def test_a_reader_who_moved_is_told_in_the_new_chat(org: Organisation) -> None:
    await org.link(ROOM, OAK)
    await org.stores.readers.update_address(ELSEWHERE)
    await org.share(keep(), named(OAK_ID))
    assert await told_in(org) == [ELSEWHERE]


async def test_who_did_not_move_is_not_written_anew(org: Organisation) -> None:
    await org.link(ROOM, OAK)
    before = await link_blob(org)
    await org.stores.readers.update_address(ROOM)
    assert await link_blob(org) == before


async def test_who_is_no_reader_moves_nothing(org: Organisation) -> None:
    await org.link(ROOM, OAK)
    before = await link_blob(org)
    await org.stores.readers.update_address(
        Account("matrix", "@somebody:example.org", ELSEWHERE.address)
    )
    await org.stores.readers.update_address(Account("telegram", ROOM.name, ELSEWHERE.address))
    assert await link_blob(org) == before
    await org.share(keep(), named(OAK_ID))
    assert await told_in(org) == [ROOM]
