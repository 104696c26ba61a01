import pytest

from store.model.accounts import Account
from store.model.changes import ReleaseHandover, TakeBack
from store.model.outbox import OutboxContent, TextRef
from store.model.permissions import RevocationBasis
from tests.unit.store.organisation import BIRCH_ID, OAK_ID, YEW_ID, Organisation, keep, named
from tests.unit.store.people import BIRCH, OAK, YEW

ACCOUNTS = {
    key: Account("terminal", name, name) for name, key in (("o", OAK), ("b", BIRCH), ("y", YEW))
}
TOLD = TextRef("READER_NOTICE")


@pytest.fixture
async def linked(org: Organisation) -> Organisation:
    """Oak and Birch linked an account; Yew did not."""
    for key in (OAK, BIRCH):
        await org.link(ACCOUNTS[key], key)
    return org


async def says(org: Organisation, key: object) -> list[OutboxContent]:
    account = next(a for k, a in ACCOUNTS.items() if k is key)
    return [post.content for post in await org.stores.outbox.messages_for(account)]


async def test_named_readers_are_told_that_something_waits(linked: Organisation) -> None:
    await linked.share(keep(), named(OAK_ID, YEW_ID))
    assert await says(linked, OAK) == [TOLD]
    assert await says(linked, BIRCH) == []
    assert await says(linked, YEW) == []


async def test_nobody_is_told_while_it_is_held(linked: Organisation) -> None:
    await linked.share(keep(), named(OAK_ID), hold=12)
    assert await says(linked, OAK) == []
    await linked.pass_time(hours=13)
    assert await says(linked, OAK) == [TOLD]
    await linked.pass_time(hours=1)
    assert await says(linked, OAK) == [TOLD]


async def test_a_release_by_hand_tells_them_once(linked: Organisation) -> None:
    snapshot = await linked.share(keep(), named(OAK_ID, BIRCH_ID), hold=12)
    assert snapshot.held is not None
    await linked.commit(ReleaseHandover(snapshot.held.statement))
    await linked.pass_time(hours=13)
    assert await says(linked, OAK) == await says(linked, BIRCH) == [TOLD]


async def test_who_could_have_fetched_it_is_asked_to_destroy_it(linked: Organisation) -> None:
    await linked.share(keep(), named(OAK_ID))
    (code,) = await linked.inbox(OAK)
    await linked.commit(TakeBack(RevocationBasis.WORDS))
    assert await says(linked, OAK) == [TOLD, TextRef("READER_DESTROY", ids=(code,))]


async def test_who_could_not_have_fetched_it_never_hears_of_it(linked: Organisation) -> None:
    snapshot = await linked.share(keep(), named(OAK_ID), hold=12)
    assert snapshot.held is not None
    await linked.commit(TakeBack(RevocationBasis.HOLD, (snapshot.held.statement,)))
    await linked.pass_time(hours=24)
    assert await says(linked, OAK) == []
