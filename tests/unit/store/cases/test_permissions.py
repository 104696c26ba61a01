from dataclasses import replace

import pytest
from sqlalchemy import select

from store.cases import handovers
from store.cases import permissions as given
from store.cases.statement import (
    FIRST_PREVIOUS,
    PermissionStatement,
    ReadTerms,
    RevocationStatement,
    ShownWords,
    sign_statement,
)
from store.cases.statement_reader import read_statement
from store.crypto import signed_envelope as envelope
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Document
from store.crypto.kdf import digest
from store.crypto.signed_envelope import Envelope
from store.db.connection import Connection
from store.db.schema import BY_CODE, BY_HOLD, access_grant, delivery, exclusion, permission
from store.model.accounts import Account
from store.model.changes import BeginCase, HandOver, StopKeeping, TakeBack, TakeBackByCode
from store.model.errors import NotForUs, NotPermitted
from store.model.permissions import DeliveryStage, HistoryEntry, RevocationBasis, StandingHandover
from store.readers.delivery_bundle import open_delivery
from store.readers.notebook import Notebook
from store.readers.roster import Chain
from tests.unit.store.organisation import (
    BIRCH_ID,
    DRAFT,
    NEW_OAK,
    OAK_ID,
    REPLACED_OAK,
    REPORTER,
    STAYED,
    WITHOUT_OAK,
    YEW_ID,
    Organisation,
    hand_over,
    keep,
    later_version,
    member,
    named,
    never,
    next_version,
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
    keys, (first, second, third) = await opened(org)
    assert [s.consent.scope for s in (first, second, third)] == ["never", "keep", "named"]
    assert [s.consent.number for s in (first, second, third)] == [1, 2, 3]
    assert first.consent.previous == FIRST_PREVIOUS
    assert second.consent.previous == first.id
    assert third.consent.previous == second.id
    for kept in (first, second, third):
        (signed,) = kept.envelopes
        assert envelope.verify(signed.encode(), keys.sign_public) == signed
        assert signed.hash == kept.id
        assert kept.consent.case == keys.rid


async def test_the_exact_words_are_in_it_by_their_hash(org: Organisation) -> None:
    permit = keep()
    await org.share(permit)
    _, (_, kept) = await opened(org)
    expected = ShownWords(DRAFT.revision, "en", "keep", digest(permit.shown.encode()))
    assert kept.consent.words == expected


async def test_it_names_readers_items_acts_and_roster(org: Organisation) -> None:
    await org.share(named(OAK_ID, YEW_ID))
    _, (_, kept) = await opened(org)
    to, may = sharing(kept.consent)
    assert to == tuple(sorted((OAK.mid, YEW.mid)))
    assert may == ("act.listen",)
    assert kept.consent.sharing is not None
    roster = org.repositories.commission.roster
    assert kept.consent.sharing.roster == (1, roster.hash)
    (row,) = {row["item"] for row in await org.rows(access_grant)}
    assert [item for item, _ in kept.consent.sharing.items] == [row]


async def test_never_is_a_statement_of_the_reporter_alone(org: Organisation) -> None:
    await org.share(keep(), never(BIRCH_ID), named(OAK_ID))
    keys, kept = await opened(org)
    assert [k.consent.scope for k in kept] == ["never", "keep", "named"]
    assert [k.consent.never for k in kept] == [(BIRCH.mid,), (), ()]
    assert given.barred_by(kept) == {BIRCH_ID}
    assert (await org.snapshot()).barred == {BIRCH_ID}
    (row,) = await org.rows(exclusion)
    assert isinstance(row["env"], bytes)
    assert age.decrypt(row["env"], [keys.identity])
    for key in (OAK, BIRCH):
        with pytest.raises(NotForUs):
            age.decrypt(row["env"], [key.identity])


async def test_a_reader_learns_nothing_of_who_must_never_read_it(org: Organisation) -> None:
    """Whoever was excluded, the statement is the same but for what is drawn anew each time."""
    seen = []
    for excluded in ((), (BIRCH_ID,), (BIRCH_ID, YEW_ID)):
        who = Account("terminal", f"with {len(excluded)}", "")
        await org.commit(BeginCase(DRAFT), who=who)
        await org.commit(hand_over(keep(), never(*excluded), named(OAK_ID)), who=who)
        code = next(code for code, fetched in (await org.inbox(OAK)).items() if not fetched)
        bundle = await org.stores.readers.bundle(org.member(OAK), code)
        await org.stores.readers.record_fetch(org.member(OAK), code)
        statement = open_delivery(bundle, OAK, Notebook()).statement
        assert statement.sharing is not None
        drawn = {"case": b"", "pk": b"", "prev": b"", "items": []}
        seen.append(dict(statement.fields()) | drawn)
    assert seen[0] == seen[1] == seen[2]
    assert "not" not in seen[0]


async def test_the_hash_before_a_readers_statement_cannot_be_tried_out(org: Organisation) -> None:
    """A reader knows everything of the statement before theirs but its salt."""
    await org.share(never(BIRCH_ID), named(OAK_ID))
    keys, (before, theirs) = await opened(org)
    assert theirs.consent.previous == before.id
    assert len(before.consent.salt) == 32
    guesses = [
        sign_statement(replace(before.consent, never=tuple(sorted(some)), salt=salt), bytes(32))
        for some in ((), (BIRCH.mid,), (YEW.mid,), (BIRCH.mid, YEW.mid))
        for salt in (bytes(32), keys.rid + bytes(16))
    ]
    assert theirs.consent.previous not in {guess.hash for guess in guesses}


async def test_never_is_signed_before_each_hand_over_whoever_it_names(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    await org.commit(TakeBack(RevocationBasis.WORDS))
    await org.commit(hand_over(never(BIRCH_ID), named(YEW_ID)))
    await org.commit(TakeBack(RevocationBasis.WORDS))
    await org.commit(hand_over(named(YEW_ID)))
    _, kept = await opened(org)
    excluded = [k.consent.never for k in kept if k.consent.scope == "never"]
    assert excluded == [(), (BIRCH.mid,), (BIRCH.mid,)]
    assert len({k.consent.salt for k in kept if k.consent.scope == "never"}) == 3


async def test_never_outlives_the_key_it_was_said_about(org: Organisation) -> None:
    later = org.under(REPLACED_OAK)
    await later.share(keep(), never(OAK_ID))
    _, (kept, _) = await opened(later)
    assert kept.consent.never == (OAK.mid,)


async def test_nobody_unknown_can_be_excluded(org: Organisation) -> None:
    await org.tell()
    with pytest.raises(NotPermitted, match="Only somebody whom a version of the roster names"):
        await org.commit(hand_over(keep(), never("00" * 10)))


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
    "barred by itself": hand_over(keep(), never(YEW_ID), named(OAK_ID, YEW_ID)),
    "all of them barred": hand_over(named(OAK_ID), never(OAK_ID)),
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
    await org.share(keep(), never(OAK_ID), named(YEW_ID))
    with pytest.raises(NotPermitted):
        await org.commit(hand_over(named(OAK_ID, YEW_ID)))
    assert await org.inbox(OAK) == {}
    await org.commit(hand_over(named(YEW_ID)))


RENAMED = next_version(*STAYED, member("Oaktree", NEW_OAK), after=((NEW_OAK.mid, OAK.mid),))
BACK_UNDER_A_NEW_KEY = later_version(WITHOUT_OAK, *STAYED, member("oak", NEW_OAK))
BACK_AFTER_A_REPLACEMENT = later_version(
    later_version(RENAMED, *STAYED), *STAYED, member("Oaktree", NEW_OAK)
)
BACK_UNDER_THE_OLD_KEY = later_version(REPLACED_OAK, *STAYED, member("Oak", OAK))
WAYS = {
    "replaced": REPLACED_OAK,
    "replaced, under another name": RENAMED,
    "left, and back under a new key": BACK_UNDER_A_NEW_KEY,
    "replaced, left, and back": BACK_AFTER_A_REPLACEMENT,
    "back to the old key": BACK_UNDER_THE_OLD_KEY,
}


@pytest.mark.parametrize("chain", WAYS.values(), ids=WAYS.keys())
async def test_never_follows_a_person_to_every_key_and_back_into_office(
    org: Organisation, chain: Chain
) -> None:
    first = org.under(REPLACED_OAK) if chain is BACK_UNDER_THE_OLD_KEY else org
    excluded = NEW_OAK.mid[:10].hex() if chain is BACK_UNDER_THE_OLD_KEY else OAK_ID
    await first.share(keep(), never(excluded), named(YEW_ID))
    await first.commit(TakeBack(RevocationBasis.WORDS))
    later = first.under(chain)
    (oak,) = (r for r in later.repositories.commission.readers(org.now) if "ak" in r.name)
    assert oak.is_among((await later.snapshot()).barred)
    with pytest.raises(NotPermitted):
        await later.commit(hand_over(named(oak.id)))
    with pytest.raises(NotPermitted):
        await later.commit(hand_over(named(YEW_ID, oak.id)))
    await later.commit(hand_over(named(YEW_ID)))


async def test_never_stays_when_a_statement_is_signed_under_a_roster_that_they_left(
    org: Organisation,
) -> None:
    await org.share(keep(), never(OAK_ID))
    without = org.under(WITHOUT_OAK)
    await without.commit(hand_over(named(YEW_ID)))
    await without.commit(TakeBack(RevocationBasis.WORDS))
    again = without.under(BACK_UNDER_A_NEW_KEY)
    with pytest.raises(NotPermitted):
        await again.commit(hand_over(named(NEW_OAK.mid[:10].hex())))


@pytest.mark.parametrize("basis", ["the words", "the code", "the hold"])
async def test_never_survives_every_way_of_taking_back(org: Organisation, basis: str) -> None:
    snapshot = await org.share(keep(), never(OAK_ID), named(YEW_ID), hold=12)
    assert snapshot.held is not None
    keys, _ = await opened(org)
    match basis:
        case "the words":
            await org.commit(TakeBack(RevocationBasis.WORDS))
        case "the code":
            await org.commit(TakeBackByCode(keys.locator, erase=False))
        case _:
            await org.commit(TakeBack(RevocationBasis.HOLD, (snapshot.held.statement,)))
    await org.commit(StopKeeping("Not any more."))
    assert (await org.snapshot()).barred == {OAK_ID}
    with pytest.raises(NotPermitted):
        await org.commit(hand_over(named(OAK_ID)))


def statement_of_version_1(
    keys: CaseKeys, number: int, previous: bytes, barred: bytes, to: bytes | None
) -> Envelope:
    """As version 0.1 signed it: with ``not``, also where a reader is given it."""
    items = ((bytes(16), bytes(32)),)
    terms = ReadTerms(items, (to,), ("act.listen",), False, (1, bytes(32))) if to else None
    shown = given.shown_words("May it?\nYes.", DRAFT.revision, "en", "asked")
    return sign_statement(
        PermissionStatement(
            *(keys.rid, keys.sign_public, shown, number, previous),
            never=(barred,) if barred else (),
            sharing=terms,
            version=1,
        ),
        keys.sign_seed,
    )


def of_version_1(
    keys: CaseKeys, *told: tuple[bytes, bytes | None, bool]
) -> list[given.PermissionRecord]:
    """Records from who was barred, who was named, and whether it was taken back."""
    records, previous = [], FIRST_PREVIOUS
    for number, (barred, to, revoked) in enumerate(told, 1):
        signed = statement_of_version_1(keys, number, previous, barred, to)
        previous = signed.hash
        statement = read_statement(signed.fields)
        assert isinstance(statement, PermissionStatement)
        mark = BY_CODE if revoked else None
        records.append(given.PermissionRecord(signed.hash, statement, (signed,), mark))
    return records


async def test_what_version_1_excluded_stays_excluded_also_where_it_was_taken_back() -> None:
    keys = CaseKeys(bytes(16))
    standing = of_version_1(keys, (OAK.mid, YEW.mid, False))
    assert given.barred_by(standing) == {OAK_ID}
    revoked = of_version_1(keys, (OAK.mid, YEW.mid, True))
    assert given.barred_by(revoked) == {OAK_ID}
    named_anew = of_version_1(keys, (OAK.mid, YEW.mid, True), (b"", OAK.mid, False))
    assert given.barred_by(named_anew) == frozenset()


# --- taken back


async def test_a_signed_withdrawal_stands_beside_what_it_withdraws(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    _, (_, _, before) = await opened(org)
    await org.commit(TakeBack(RevocationBasis.WORDS, shown="Withdraw?\nYes."))
    keys, after = await opened(org)
    taken = next(k for k in after if k.id == before.id)
    consent, revoked = taken.envelopes
    assert consent == before.envelopes[0]
    assert envelope.verify(revoked.encode(), keys.sign_public) == revoked
    body = read_statement(revoked.fields)
    assert isinstance(body, RevocationStatement)
    assert body.of == before.id
    assert body.number == 4
    assert body.stands == ("keep", "never")
    assert taken.revoked == revoked.hash


async def test_the_chain_goes_on_after_a_withdrawal(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    await org.commit(TakeBack(RevocationBasis.WORDS))
    await org.commit(hand_over(named(YEW_ID)))
    _, (_, first, between, second) = await opened(org)
    assert (first.consent.number, second.consent.number) == (2, 5)
    assert between.consent.previous == first.envelopes[1].hash
    assert first.consent.sharing is not None
    assert second.consent.sharing is not None
    assert first.consent.sharing.items != second.consent.sharing.items


async def test_nothing_is_taken_back_twice(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    keys, (_, kept) = await opened(org)
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
    excluding = await org.rows(exclusion)
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
    assert await org.rows(exclusion) == excluding


async def test_the_history_shows_what_was_given_and_taken(org: Organisation) -> None:
    await org.share(keep(), never(BIRCH_ID), named(OAK_ID))
    keys, (_, _, kept) = await opened(org)

    def revoke(connection: Connection) -> None:
        given.revoke_unsigned(connection, [kept.id], by_code=True)

    await org.database.transaction(revoke)
    await org.commit(hand_over(never(YEW_ID), named(OAK_ID)))
    history = org.repositories.permissions.history
    assert await org.database.read(lambda connection: history(connection, keys)) == (
        HistoryEntry(1, "never", (BIRCH_ID,), revoked=False),
        HistoryEntry(2, "keep", (), revoked=False),
        HistoryEntry(3, "named", (OAK_ID,), revoked=True),
        HistoryEntry(4, "never", (YEW_ID,), revoked=False),
        HistoryEntry(5, "named", (OAK_ID,), revoked=False),
    )


# --- how far a hand-over is


async def test_a_hand_over_is_held_released_and_fetched(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    keys, (_, _, kept) = await opened(org)

    async def share() -> StandingHandover:
        (found,) = await org.database.read(
            lambda connection: org.repositories.handovers.standing(connection, keys)
        )
        return found

    def release(connection: Connection) -> None:
        assert handovers.held_for(connection, kept.id) == (OAK_ID,)
        assert handovers.release(connection, kept.id) == [OAK.mid[:10]]
        assert handovers.release(connection, kept.id) == []
        assert handovers.held_for(connection, kept.id) == ()

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
    keys, (_, kept) = await opened(org)
    for body in (b"\x80", b"\x01", b"\x81\x01"):
        document = Document("statement", "application/cbor", 202648, body)
        env = age.encrypt(document.encode(), [keys.identity.recipient], bytes)
        with pytest.raises(NotPermitted, match="another shape"):
            given.open_record(kept.id, env, None, keys)
