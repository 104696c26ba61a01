from dataclasses import replace

import pytest
from sqlalchemy import select

from store.cases import handovers
from store.cases import permissions as given
from store.cases.statement import (
    FIRST_PREVIOUS,
    PermissionStatement,
    RevocationStatement,
    ShownWords,
)
from store.cases.statement_reader import read_statement
from store.crypto import signed_envelope as envelope
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Document
from store.crypto.kdf import digest
from store.db.connection import Connection
from store.db.schema import BY_CODE, BY_HOLD, access_grant, delivery, permission
from store.model.changes import HandOver, TakeBack
from store.model.errors import NotForUs, NotPermitted
from store.model.permissions import DeliveryStage, HistoryEntry, RevocationBasis, StandingHandover
from tests.unit.store.organisation import (
    BIRCH_ID,
    DRAFT,
    OAK_ID,
    REPLACED_OAK,
    REPORTER,
    YEW_ID,
    Organisation,
    hand_over,
    keep,
    named,
)
from tests.unit.store.people import BIRCH, OAK, YEW


async def opened(org: Organisation) -> tuple[CaseKeys, list[given.PermissionRecord]]:
    """The keys of the draft's case and its statements, oldest first."""

    def find(connection: Connection) -> tuple[CaseKeys, list[given.PermissionRecord]]:
        found = org.repositories.drafts.find(connection, REPORTER)
        assert found is not None
        return found.keys, org.repositories.permissions.of_case(connection, found.keys)

    return await org.database.read(find)


def sharing(consent: PermissionStatement) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    assert consent.sharing is not None
    return consent.sharing.to, consent.sharing.may


# --- what is signed


async def test_each_permission_is_a_statement_of_its_own_in_a_chain(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    keys, (first, second) = await opened(org)
    assert (first.consent.scope, second.consent.scope) == ("keep", "named")
    assert (first.consent.number, second.consent.number) == (1, 2)
    assert first.consent.previous == FIRST_PREVIOUS
    assert second.consent.previous == first.id
    for kept in (first, second):
        (signed,) = kept.envelopes
        assert envelope.verify(signed.encode(), keys.sign_public) == signed
        assert signed.hash == kept.id
        assert kept.consent.case == keys.rid


async def test_the_exact_words_are_in_it_by_their_hash(org: Organisation) -> None:
    permit = keep()
    await org.share(permit)
    _, (kept,) = await opened(org)
    expected = ShownWords(DRAFT.revision, "en", "keep", digest(permit.shown.encode()))
    assert kept.consent.words == expected


async def test_it_names_readers_items_acts_and_roster(org: Organisation) -> None:
    await org.share(named(OAK_ID, YEW_ID))
    _, (kept,) = await opened(org)
    to, may = sharing(kept.consent)
    assert to == tuple(sorted((OAK.mid, YEW.mid)))
    assert may == ("act.listen",)
    assert kept.consent.sharing is not None
    roster = org.repositories.commission.roster
    assert kept.consent.sharing.roster == (1, roster.hash)
    (row,) = {row["item"] for row in await org.rows(access_grant)}
    assert [item for item, _ in kept.consent.sharing.items] == [row]


async def test_never_is_in_it_by_full_identity(org: Organisation) -> None:
    await org.share(keep(barred=[BIRCH_ID]), named(OAK_ID, barred=[BIRCH_ID]))
    _, kept = await opened(org)
    assert [k.consent.never for k in kept] == [(BIRCH.mid,)] * 2
    assert given.barred_by(kept) == {BIRCH_ID}
    assert (await org.snapshot()).barred == {BIRCH_ID}


async def test_never_outlives_the_key_it_was_said_about(org: Organisation) -> None:
    later = org.under(REPLACED_OAK)
    await later.share(keep(barred=[OAK_ID]))
    _, (kept,) = await opened(later)
    assert kept.consent.never == (OAK.mid,)


# --- who is given a key


async def test_one_header_with_one_stanza_for_each_named_reader(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID, YEW_ID))
    rows = {row["fp"]: row["header"] for row in await org.rows(access_grant)}
    assert rows.keys() == {OAK.mid[:10], YEW.mid[:10]}
    for key, others in ((OAK, (YEW, BIRCH)), (YEW, (OAK, BIRCH))):
        header = rows[key.mid[:10]]
        assert isinstance(header, bytes)
        assert len(header) == 1627
        assert age.open_header(header, [key.identity])
        for other in others:
            with pytest.raises(NotForUs):
                age.open_header(header, [other.identity])


async def test_keeping_gives_nobody_anything(org: Organisation) -> None:
    await org.share(keep())
    assert await org.rows(access_grant) == await org.rows(delivery) == []


REFUSED: dict[str, HandOver] = {
    "barred by itself": hand_over(keep(), named(OAK_ID, YEW_ID, barred=[YEW_ID])),
    "all of them barred": hand_over(named(OAK_ID, barred=[OAK_ID])),
    "nobody": hand_over(named()),
    "somebody unknown": hand_over(named(OAK_ID, "00" * 10)),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED.keys())
async def test_a_hand_over_to_anybody_else_is_refused_whole(
    org: Organisation, change: HandOver
) -> None:
    await org.tell()
    before = await org.counted()
    with pytest.raises(NotPermitted, match="whom nothing excludes"):
        await org.commit(change)
    assert await org.counted() == before


async def test_never_said_earlier_holds_when_a_later_change_forgets_it(org: Organisation) -> None:
    await org.share(keep(barred=[OAK_ID]), named(YEW_ID))
    with pytest.raises(NotPermitted):
        await org.commit(hand_over(named(OAK_ID, YEW_ID)))
    assert await org.inbox(OAK) == {}
    await org.commit(hand_over(named(YEW_ID)))


async def test_never_holds_for_a_new_key_of_the_same_reader(org: Organisation) -> None:
    await org.share(keep(barred=[OAK_ID]))
    later = org.under(REPLACED_OAK)
    new = next(r.id for r in later.repositories.commission.readers(org.now) if r.name == "Oak")
    with pytest.raises(NotPermitted):
        await later.commit(hand_over(named(new)))
    for change in (named(new, barred=[OAK_ID]), named(YEW_ID, new)):
        with pytest.raises(NotPermitted):
            await later.commit(hand_over(change))


# --- taken back


async def test_a_signed_withdrawal_stands_beside_what_it_withdraws(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    _, (_, before) = await opened(org)
    await org.commit(TakeBack(RevocationBasis.WORDS, shown="Withdraw?\nYes."))
    keys, after = await opened(org)
    taken = next(k for k in after if k.id == before.id)
    consent, revoked = taken.envelopes
    assert consent == before.envelopes[0]
    assert envelope.verify(revoked.encode(), keys.sign_public) == revoked
    body = read_statement(revoked.fields)
    assert isinstance(body, RevocationStatement)
    assert body.of == before.id
    assert body.number == 3
    assert taken.revoked == revoked.hash


async def test_the_chain_goes_on_after_a_withdrawal(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    await org.commit(TakeBack(RevocationBasis.WORDS))
    await org.commit(hand_over(named(YEW_ID)))
    _, (first, second) = await opened(org)
    assert (first.consent.number, second.consent.number) == (1, 3)
    assert second.consent.previous == first.envelopes[1].hash
    assert first.consent.sharing is not None
    assert second.consent.sharing is not None
    assert first.consent.sharing.items != second.consent.sharing.items


async def test_nothing_is_taken_back_twice(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    keys, (kept,) = await opened(org)
    shown = given.shown_words("Withdraw?", "bot", "en", "withdraw")

    def revoke_twice(connection: Connection) -> None:
        revoke = org.repositories.permissions.revoke
        revoke(connection, keys, kept.id, shown, org.now)
        for stmt in (kept.id, bytes(32)):
            with pytest.raises(NotPermitted, match="taken back already"):
                revoke(connection, keys, stmt, shown, org.now)

    await org.database.transaction(revoke_twice)


@pytest.mark.parametrize(("by_code", "mark"), [(True, BY_CODE), (False, BY_HOLD)])
async def test_an_unsigned_withdrawal_keeps_the_statement(
    org: Organisation, by_code: bool, mark: bytes
) -> None:
    await org.share(keep(), named(OAK_ID))
    _, kept = await opened(org)
    stmts = [k.id for k in kept]
    before = {row["stmt"]: row["env"] for row in await org.rows(permission)}
    await org.database.transaction(
        lambda connection: given.revoke_unsigned(connection, stmts, by_code=by_code)
    )
    after = await org.rows(permission)
    assert {row["stmt"]: row["env"] for row in after} == before
    assert {row["revoked"] for row in after} == {mark}
    assert await org.rows(access_grant) == await org.rows(delivery) == []
    await org.database.transaction(
        lambda connection: given.revoke_unsigned(connection, stmts, by_code=not by_code)
    )
    assert {row["revoked"] for row in await org.rows(permission)} == {mark}


async def test_the_history_shows_what_was_given_and_taken(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    keys, (_, kept) = await opened(org)

    def revoke(connection: Connection) -> tuple[HistoryEntry, ...]:
        given.revoke_unsigned(connection, [kept.id], by_code=True)
        return org.repositories.permissions.history(connection, keys)

    assert await org.database.transaction(revoke) == (
        HistoryEntry(1, "keep", (), revoked=False),
        HistoryEntry(2, "named", (OAK_ID,), revoked=True),
    )


# --- how far a hand-over is


async def test_a_hand_over_is_held_released_and_fetched(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    keys, (_, kept) = await opened(org)

    async def share() -> StandingHandover:
        (found,) = await org.database.read(
            lambda connection: org.repositories.handovers.standing(connection, keys)
        )
        return found

    def release(connection: Connection) -> None:
        assert handovers.is_held(connection, kept.id)
        assert handovers.release(connection, kept.id) == [OAK.mid[:10]]
        assert handovers.release(connection, kept.id) == []
        assert not handovers.is_held(connection, kept.id)

    due = int(org.now.timestamp()) // 3600 + 13
    assert await share() == StandingHandover(kept.id.hex(), (OAK_ID,), DeliveryStage.HELD, due)
    await org.database.transaction(release)
    assert await share() == StandingHandover(kept.id.hex(), (OAK_ID,), DeliveryStage.RELEASED)
    (code,) = await org.inbox(OAK)
    await org.stores.readers.record_fetch(org.member(OAK), code)
    assert (await share()).stage is DeliveryStage.FETCHED


@pytest.mark.parametrize(("minute", "hours"), [(0, 12), (1, 13), (59, 13)])
async def test_a_hold_is_never_shorter_than_promised(
    org: Organisation, minute: int, hours: int
) -> None:
    org.now = org.now.replace(minute=minute)
    await org.share(named(OAK_ID), hold=12)
    (row,) = await org.rows(delivery)
    assert row["due"] == int(org.now.timestamp()) // 3600 + hours


async def test_the_stages_are_all_there_are() -> None:
    assert set(handovers.STAGES.values()) == set(DeliveryStage)


async def test_a_code_that_is_taken_is_not_drawn_again(org: Organisation) -> None:
    await org.share(named(OAK_ID))

    def draw(connection: Connection) -> str:
        first = connection.scalar(select(delivery.c.code))
        drawn = iter([_drawing(str(first)), bytes(4)])
        repository = replace(org.repositories.handovers, entropy=lambda _: next(drawn))
        return repository._free_code(connection)

    assert await org.database.read(draw) == "000000"


def _drawing(code: str) -> bytes:
    """The random bytes that give this code."""
    digits = [handovers.CODE_ALPHABET.index(sign) for sign in code]
    return sum(digit << 5 * n for n, digit in enumerate(digits)).to_bytes(4, "big")


# --- what lies there


async def test_nobody_but_the_reporter_opens_the_statements_of_a_case(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    for row in await org.rows(permission):
        env = row["env"]
        assert isinstance(env, bytes)
        with pytest.raises(NotForUs):
            age.decrypt(env, [OAK.identity])


async def test_a_row_with_something_else_in_it_is_refused(org: Organisation) -> None:
    await org.share(keep())
    keys, (kept,) = await opened(org)
    for body in (b"\x80", b"\x01", b"\x81\x01"):
        document = Document("statement", "application/cbor", 202648, body)
        env = age.encrypt(document.encode(), [keys.identity.recipient], bytes)
        with pytest.raises(NotPermitted, match="another shape"):
            given.open_record(kept.id, env, None, keys)
