import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from store.crypto.keyring import Keyring
from store.db.connection import Connection
from store.db.lookup import ROWS_AT_ONCE
from store.db.schema import access_grant, delivery, member_link, reader_invitation
from store.db.schema import roster as roster_table
from store.model.accounts import Account
from store.model.errors import NotPermitted, RosterError
from store.readers.invitations import InvitationRepository
from store.readers.linked_accounts import LinkedAccountRepository
from store.readers.roster import Chain, Roster
from tests.unit.store.organisation import (
    BIRCH_ID,
    ENDED_OAK,
    FOUNDED,
    NEW_OAK,
    OAK_ID,
    REPLACED_OAK,
    SOMEBODY,
    START,
    STAYED,
    WITHOUT_OAK,
    YEW_ID,
    Organisation,
    founding,
    keep,
    member,
    named,
    next_version,
    signed,
)
from tests.unit.store.people import BIRCH, OAK, YEW, counted, reader

OAK_ACCOUNT = Account("telegram", "123456789", "123456789")
ROOM = Account("matrix", "@oak:example.org", "!a-room:example.org")
NEWER_OAK = reader(10)
MID = bytes.fromhex("48f83b3b2a08bef2266711a56990950ff0565c6fb6a85a83a9b1d883ab69a0cd")


# --- the format


VECTOR_KEYRING = Keyring(Path("nowhere"), bytes, {"link": b"\xdd" * 32})


async def test_the_link_of_the_specification(org: Organisation) -> None:
    accounts = LinkedAccountRepository(VECTOR_KEYRING, lambda size: b"\x44" * size)

    def link(connection: Connection) -> None:
        accounts.link(connection, OAK_ACCOUNT, MID)
        assert accounts.account_of(connection, MID[:10]) == OAK_ACCOUNT

    await org.database.transaction(link)
    (row,) = await org.rows(member_link)
    assert row["mid"] == MID
    assert row["idx"] == bytes.fromhex("11d828b0efced9982f8f802003b6c0cd")
    assert isinstance(row["blob"], bytes)
    assert len(row["blob"]) == 540
    assert hashlib.sha256(row["blob"]).hexdigest() == (
        "e4483044f1f8bbe9d178752a72f3190f5bb83b64799715364104bfb5372d33b6"
    )


def test_the_join_of_the_specification() -> None:
    row_id, check = InvitationRepository(VECTOR_KEYRING, bytes).row_of(
        OAK_ACCOUNT, MID, "12345678"
    )
    assert row_id.hex() == "3b56eef268d052d8c1e1332dbc67c51d"
    assert check.hex() == "248d7780118b4526b6823c48eaa4098a"


# --- who can be named


def test_readers_are_named_as_reporters_see_them(org: Organisation) -> None:
    readers = org.repositories.commission.readers(START)
    assert [r.name for r in readers] == ["Birch", "Oak", "Yew"]
    assert [r.id for r in readers] == [BIRCH_ID, OAK_ID, YEW_ID]
    assert {(r.about, r.must_pass_on, r.other_keys) for r in readers} == {("elected", False, ())}


@pytest.mark.parametrize("chain", [WITHOUT_OAK, ENDED_OAK])
def test_who_left_cannot_be_named(org: Organisation, chain: Chain) -> None:
    commission = org.under(chain).repositories.commission
    assert [r.name for r in commission.readers(START)] == ["Birch", "Yew"]
    assert commission.find("Oak", START) is None
    with pytest.raises(NotPermitted):
        commission.admit([OAK_ID], frozenset(), START)


def test_who_reads_nothing_by_office_cannot_be_named(org: Organisation) -> None:
    witness = replace(member("Oak", OAK), roles=("witness",))
    commission = org.under(next_version(*STAYED, witness)).repositories.commission
    assert OAK_ID not in {r.id for r in commission.readers(START)}


def test_a_name_is_found_however_it_is_written(org: Organisation) -> None:
    for typed in ("Oak", "oak", "OAK"):
        found = org.repositories.commission.find(typed, START)
        assert found is not None
        assert found.mid == OAK.mid
    assert org.repositories.commission.find("Nobody", START) is None


def test_a_new_key_follows_the_old_one_through_every_replacement(org: Organisation) -> None:
    after = ((NEW_OAK.mid, OAK.mid), (NEWER_OAK.mid, NEW_OAK.mid))
    chain = next_version(*STAYED, member("Oak", NEWER_OAK), after=after)
    commission = org.under(chain).repositories.commission
    oak = next(r for r in commission.readers(START) if r.name == "Oak")
    assert set(oak.other_keys) == {OAK_ID, NEW_OAK.mid[:10].hex()}
    with pytest.raises(NotPermitted):
        commission.admit([oak.id], frozenset({OAK_ID}), START)


def test_everybody_named_must_be_admitted(org: Organisation) -> None:
    commission = org.repositories.commission
    assert {m.mid for m in commission.admit([OAK_ID, YEW_ID], frozenset(), START)} == {
        OAK.mid,
        YEW.mid,
    }
    for readers, barred in [([], {""}), ([OAK_ID, "00"], {""}), ([OAK_ID, YEW_ID], {YEW_ID})]:
        with pytest.raises(NotPermitted, match="whom nothing excludes"):
            commission.admit(readers, frozenset(barred), START)


# --- which roster was used


async def record(org: Organisation, chain: Chain) -> None:
    await org.database.transaction(org.under(chain).repositories.commission.record)


async def test_a_roster_that_grows_is_remembered(org: Organisation) -> None:
    for chain in (FOUNDED, FOUNDED, WITHOUT_OAK, WITHOUT_OAK):
        await record(org, chain)
    versions = await org.database.read(
        lambda connection: sorted(connection.scalars(select(roster_table.c.version)))
    )
    assert versions == [1, 2]


async def test_an_older_roster_than_the_one_used_is_refused(org: Organisation) -> None:
    await record(org, WITHOUT_OAK)
    with pytest.raises(RosterError, match="does not hold version 2 as this bot has used it"):
        await record(org, FOUNDED)


async def test_another_roster_of_the_same_version_is_refused(org: Organisation) -> None:
    await record(org, WITHOUT_OAK)
    with pytest.raises(RosterError, match="version 2"):
        await record(org, ENDED_OAK)
    with pytest.raises(RosterError, match="version 1"):
        await record(org, founding(Oak=OAK, Birch=BIRCH))


async def test_one_more_signature_changes_nothing(org: Organisation) -> None:
    await record(org, WITHOUT_OAK)
    await record(org, signed(WITHOUT_OAK, OAK))


# --- linking an account


def digits_in(sealed: bytes) -> str:
    document = Document.decode(age.decrypt(sealed, [OAK.identity]))
    body = cbor.decode_map(document.body)
    assert (body["t"], body["p"], body["a"]) == ("join", "telegram", "123456789")
    assert isinstance(body["code"], str)
    return body["code"]


async def invited(org: Organisation) -> str:
    sealed = await org.stores.readers.invite(OAK_ACCOUNT, org.member(OAK), org.now)
    return digits_in(sealed)


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**8:08}"


async def linked(org: Organisation, who: Account = OAK_ACCOUNT) -> bool:
    return await org.stores.readers.reader_on(who) is not None


async def test_the_right_digits_link_the_account(org: Organisation) -> None:
    digits = await invited(org)
    assert len(digits) == 8
    assert not await linked(org)
    assert await org.stores.readers.join(OAK_ACCOUNT, digits, org.now)
    found = await org.stores.readers.reader_on(OAK_ACCOUNT)
    assert found is not None
    assert found.mid == OAK.mid
    assert await org.rows(reader_invitation) == []


async def test_digits_serve_once(org: Organisation) -> None:
    digits = await invited(org)
    assert await org.stores.readers.join(OAK_ACCOUNT, digits, org.now)
    assert not await org.stores.readers.join(OAK_ACCOUNT, digits, org.now)


async def test_digits_serve_the_account_that_asked(org: Organisation) -> None:
    digits = await invited(org)
    for other in (SOMEBODY, Account("terminal", "123456789", "123456789")):
        assert not await org.stores.readers.join(other, digits, org.now)
        assert not await linked(org, other)


async def test_two_wrong_tries_are_forgiven_and_three_are_not(org: Organisation) -> None:
    digits = await invited(org)
    for _ in range(2):
        assert not await org.stores.readers.join(OAK_ACCOUNT, wrong(digits), org.now)
    assert await org.stores.readers.join(OAK_ACCOUNT, digits, org.now)
    digits = await invited(org)
    for _ in range(3):
        assert not await org.stores.readers.join(OAK_ACCOUNT, wrong(digits), org.now)
    assert not await org.stores.readers.join(OAK_ACCOUNT, digits, org.now)


async def test_digits_serve_for_ten_minutes(org: Organisation) -> None:
    digits = await invited(org)
    await org.pass_time(minutes=10)
    assert await org.stores.readers.join(OAK_ACCOUNT, digits, org.now)
    digits = await invited(org)
    await org.pass_time(minutes=11)
    assert not await org.stores.readers.join(OAK_ACCOUNT, digits, org.now)


async def test_a_new_invitation_replaces_the_old_one(org: Organisation) -> None:
    old, new = await invited(org), await invited(org)
    assert not await org.stores.readers.join(OAK_ACCOUNT, old, org.now)
    assert await org.stores.readers.join(OAK_ACCOUNT, new, org.now)


async def test_nobody_joins_without_an_invitation(org: Organisation) -> None:
    assert not await org.stores.readers.join(OAK_ACCOUNT, "12345678", org.now)


async def test_a_reader_has_one_account_and_an_account_one_reader(org: Organisation) -> None:
    await org.link(OAK_ACCOUNT, OAK)
    await org.link(SOMEBODY, OAK)
    assert not await linked(org)
    assert await linked(org, SOMEBODY)
    await org.link(SOMEBODY, YEW)
    found = await org.stores.readers.reader_on(SOMEBODY)
    assert found is not None
    assert found.mid == YEW.mid
    assert len(await org.rows(member_link)) == 1


async def test_a_reader_of_another_address_is_told_there(org: Organisation) -> None:
    await org.link(ROOM, OAK)
    found = await org.database.read(
        lambda connection: org.repositories.linked_accounts.account_of(connection, OAK.mid[:10])
    )
    assert found == ROOM
    assert await linked(org, ROOM)
    assert await linked(org, replace(ROOM, address="!another:example.org"))


async def test_the_account_of_a_reader_is_not_readable_on_the_disk(org: Organisation) -> None:
    await org.link(OAK_ACCOUNT, OAK)
    assert OAK_ACCOUNT.name.encode() not in await org.written()


# --- who left


@pytest.mark.parametrize("chain", [WITHOUT_OAK, ENDED_OAK, REPLACED_OAK])
async def test_who_left_keeps_nothing(org: Organisation, chain: Chain) -> None:
    await org.link(OAK_ACCOUNT, OAK)
    await org.link(SOMEBODY, YEW)
    await org.share(keep(), named(OAK_ID, YEW_ID))
    headers = [row["header"] for row in await org.rows(access_grant) if row["fp"] == OAK.mid[:10]]
    later = org.under(chain)
    await later.pass_time(hours=1)
    assert await later.stores.readers.reader_on(OAK_ACCOUNT) is None
    assert await later.inbox(OAK) == {}
    for table in (access_grant, delivery):
        assert [row["fp"] for row in await org.rows(table)] == [YEW.mid[:10]]
    assert [row["mid"] for row in await org.rows(member_link)] == [YEW.mid]
    (header,) = headers
    assert isinstance(header, bytes)
    assert header not in await org.written()
    assert (await later.read(YEW)).text


async def test_who_left_loses_much_in_parts(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    [grant] = await org.rows(access_grant)
    more = [{**grant, "id": n.to_bytes(16, "big")} for n in range(ROWS_AT_ONCE)]
    await org.database.transaction(lambda c: c.execute(access_grant.insert(), more))
    remove = org.under(WITHOUT_OAK).repositories.commission.remove_departed
    assert await org.database.transaction(lambda c: remove(c, org.now))
    assert len(await org.rows(access_grant)) == 1
    assert not await org.database.transaction(lambda c: remove(c, org.now))
    assert await org.rows(access_grant) == []


def test_no_key_and_no_randomness_prints(org: Organisation) -> None:
    for repository in (org.repositories.linked_accounts, org.repositories.invitations):
        assert repository.keyring.link.hex() not in repr(repository)
        assert counted.__name__ not in repr(repository)
    assert isinstance(org.repositories.commission.roster, Roster)
