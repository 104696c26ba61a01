"""Which revisions may still be named: counted in advance, sealed, and never about anybody."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from store.cases.revisions import _RevisionUse, decode_use, encode_use
from store.db.schema import installation
from store.model.accounts import Account
from store.model.changes import BeginCase, EndDraft, SaveDraft
from store.model.revisions import NeededRevisions
from tests.unit.store.organisation import DRAFT, REPORTER, SOMEBODY, Organisation, keep

OLD, NEW = DRAFT.revision, "ba9876543210"
NAMES = st.text("0123456789abcdef", min_size=12, max_size=12)
WEEKS = st.dictionaries(NAMES, st.integers(202601, 203501), max_size=20)
PLATFORMS = st.sampled_from(["telegram", "matrix"])


@given(WEEKS, WEEKS, st.frozensets(st.tuples(PLATFORMS, NAMES)))
def test_what_is_noted_is_read_again(
    talks: dict[str, int], statements: dict[str, int], told: frozenset[tuple[str, str]]
) -> None:
    noted = _RevisionUse(talks, statements, told)
    assert decode_use(encode_use(noted)) == noted


async def needed(org: Organisation) -> NeededRevisions:
    return await org.stores.revisions.needed(org.now)


async def test_a_talk_needs_its_words_from_its_first_moment(org: Organisation) -> None:
    assert await needed(org) == NeededRevisions()
    await org.commit(BeginCase(DRAFT))
    assert await needed(org) == NeededRevisions(frozenset({OLD}))


async def test_a_talk_that_goes_on_in_other_words_needs_those(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    await org.commit(SaveDraft(replace(DRAFT, revision=NEW)))
    assert (await needed(org)).conversations == {OLD, NEW}


async def test_when_no_talk_can_be_open_any_more_none_is_needed(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    await org.pass_time(days=13)
    await org.commit(BeginCase(replace(DRAFT, revision=NEW)), who=SOMEBODY)
    await org.pass_time(days=10)
    await org.commit(BeginCase(replace(DRAFT, revision=NEW)), who=SOMEBODY)
    assert (await needed(org)).conversations == {NEW}


async def test_a_statement_needs_its_words_as_long_as_it_may_be_kept(org: Organisation) -> None:
    await org.share(keep())
    await org.commit(EndDraft())
    assert await needed(org) == NeededRevisions(frozenset(), frozenset({OLD}))
    await org.pass_time(days=4 * 365)
    assert (await needed(org)).statements == {OLD}


async def test_nothing_of_it_stands_on_the_disk_in_clear(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    assert OLD.encode() not in await org.written()


async def test_of_what_is_from_before_anything_may_be_named(org: Organisation) -> None:
    await org.share(keep())
    await org.database.transaction(
        lambda connection: connection.execute(
            delete(installation).where(installation.c.name == "revisions")
        )
    )
    await org.stores.revisions.initialize([OLD, NEW], org.now)
    both = frozenset({OLD, NEW})
    assert await needed(org) == NeededRevisions(both, both)
    await org.stores.revisions.initialize(["000000000000"], org.now)
    assert await needed(org) == NeededRevisions(both, both)


async def test_a_new_organisation_needs_nothing(org: Organisation) -> None:
    await org.stores.revisions.initialize([OLD, NEW], org.now)
    assert await needed(org) == NeededRevisions()


async def test_that_all_were_told_is_remembered_for_each_platform(org: Organisation) -> None:
    await org.stores.revisions.record_recall_announced("telegram", OLD)
    assert await org.stores.revisions.is_recall_announced("telegram", OLD)
    assert not await org.stores.revisions.is_recall_announced("matrix", OLD)
    assert not await org.stores.revisions.is_recall_announced("telegram", NEW)


async def test_who_can_be_reached_has_traces_or_something_waiting(org: Organisation) -> None:
    traced, alone = Account("telegram", "1", "1"), Account("telegram", "2", "2")
    for who in (traced, alone, REPORTER):
        await org.commit(BeginCase(DRAFT), who=who)
    await org.stores.cases.commit(traced, "m", (), (), org.now, chat_message="41")
    assert await org.stores.outbox.reachable_accounts("telegram") == (traced,)
    assert await org.stores.outbox.reachable_accounts("terminal") == ()


async def test_what_another_keyring_sealed_counts_as_never_noted(org: Organisation) -> None:
    await org.share(keep())
    org.repositories.revisions.keyring.bot["link"] = bytes(32)
    assert await needed(org) == NeededRevisions()
    await org.stores.revisions.initialize([NEW], org.now)
    assert await needed(org) == NeededRevisions(frozenset({NEW}), frozenset({NEW}))
