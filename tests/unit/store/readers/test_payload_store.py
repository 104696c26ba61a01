"""Turns of readers, and each step of sending what they asked for, on both engines."""

from dataclasses import replace

import pytest

from store.crypto.age import file as age
from store.db.schema import delivery, outbox, reader_invitation
from store.model.accounts import Account
from store.model.changes import EndDraft, TakeBack
from store.model.errors import NotPermitted
from store.model.outbox import OutboxMessage, PayloadKind, PayloadRef, SendStart, TextRef
from store.model.permissions import RevocationBasis
from store.model.readers import (
    Delivery,
    MakeInvitation,
    ReaderChange,
    ReaderDecision,
    ReaderSnapshot,
    SendDelivery,
    TryDigits,
)
from store.readers.delivery_bundle import open_delivery
from store.readers.invitations import read_invitation
from store.readers.notebook import Notebook
from tests.unit.store.organisation import OAK_ID, YEW_ID, Organisation, keep, named
from tests.unit.store.people import OAK, YEW

READER = Account("telegram", "77", "77")


async def turn(
    org: Organisation,
    *changes: ReaderChange,
    message: str = "1",
    digits: str = "",
    says: tuple[TextRef, ...] = (),
) -> ReaderSnapshot | None:
    """One command; what it was decided on, or nothing if it was processed before."""
    seen: list[ReaderSnapshot] = []

    def decide(snapshot: ReaderSnapshot) -> ReaderDecision:
        seen.append(snapshot)
        return ReaderDecision(changes, says)

    fresh = await org.stores.readers.turn(READER, message, decide, org.now, digits=digits)
    assert fresh == bool(seen)
    return seen[-1] if fresh else None


async def asked(org: Organisation) -> OutboxMessage:
    """Something is shared with a reader, who asks for it: the row of the outbox."""
    await org.link(READER, OAK)
    await org.share(keep(), named(OAK_ID, YEW_ID))
    (code,) = await org.inbox(OAK)
    await turn(org, SendDelivery(code))
    return (await org.stores.outbox.messages_for(READER))[-1]


async def states(org: Organisation) -> set[object]:
    rows = await org.rows(delivery)
    return {row["state"] for row in rows if row["fp"] == OAK.mid[:10]}


# Turns


async def test_a_turn_reads_all_that_deciding_needs(org: Organisation) -> None:
    nobody = await org.stores.readers.snapshot(READER, org.now)
    assert set(nobody.names) == {"Oak", "Birch", "Yew"}
    assert replace(nobody, names=()) == ReaderSnapshot()
    await org.link(READER, OAK)
    await org.share(keep(), named(OAK_ID))
    (code,) = await org.inbox(OAK)
    known = await org.stores.readers.snapshot(READER, org.now)
    assert (known.linked, known.deliveries) == (True, (Delivery(code, fetched=False),))


async def test_a_turn_is_done_once_and_files_come_before_texts(org: Organisation) -> None:
    said = (TextRef("READER_INVITED", ids=("Oak",)),)
    assert await turn(org, MakeInvitation("Oak"), says=said) is not None
    assert await turn(org, MakeInvitation("Oak"), says=said) is None
    (invitation,) = await org.rows(reader_invitation)
    first, second = await org.stores.outbox.messages_for(READER)
    assert first.content == PayloadRef(PayloadKind.INVITATION, invitation["check"])  # type: ignore[arg-type]  # a column
    assert second.content == said[0]
    assert (await org.stores.readers.snapshot(READER, org.now)).invitations_today == 1


async def test_a_turn_that_nothing_allows_leaves_no_mark(org: Organisation) -> None:
    for change in (MakeInvitation("Nobody"), SendDelivery("000000")):
        with pytest.raises(NotPermitted):
            await turn(org, change)
    await org.link(READER, OAK)
    with pytest.raises(NotPermitted):
        await turn(org, SendDelivery("000000"))
    assert await turn(org) is not None


async def test_digits_link_and_wrong_ones_count(org: Organisation) -> None:
    await turn(org, MakeInvitation("Oak"))
    (row,) = await org.rows(reader_invitation)
    assert isinstance(row["file"], bytes)
    digits = read_invitation(row["file"], OAK).digits
    wrong = f"{(int(digits) + 1) % 10**8:08}"
    tried = await turn(org, TryDigits(wrong), message="2", digits=wrong)
    assert tried is not None
    assert (tried.invited, tried.digits_fit, tried.linked) == (True, False, False)
    assert [row["tries"] for row in await org.rows(reader_invitation)] == [1]
    fit = await turn(org, TryDigits(digits), message="3", digits=digits)
    assert fit is not None
    assert fit.digits_fit
    assert (await org.stores.readers.snapshot(READER, org.now)).linked
    assert await org.rows(reader_invitation) == []


# Sending


async def test_what_is_sent_is_built_from_its_rows(org: Organisation) -> None:
    message, payloads = await asked(org), org.stores.payloads
    payload = await payloads.load(message)
    assert payload is not None
    (code,) = await org.inbox(OAK)
    assert payload.name == f"{code}.holdfast"
    assert open_delivery(payload.data, OAK, Notebook()).text == "The report."
    assert payload.data[-500:] not in await org.written()


async def test_each_step_of_a_send_is_on_the_disk(org: Organisation) -> None:
    message, payloads = await asked(org), org.stores.payloads
    assert await payloads.begin(message) is SendStart.FIRST
    assert await states(org) == {3}
    assert [m.repeated for m in await org.stores.outbox.messages_for(READER)][-1]
    await payloads.undo(message)
    assert await states(org) == {1}
    assert not [m.repeated for m in await org.stores.outbox.messages_for(READER)][-1]
    assert await payloads.begin(message) is SendStart.FIRST
    assert await payloads.begin(message) is SendStart.REPEATED
    await payloads.undo(message)
    assert await states(org) == {5}
    await payloads.confirm(message)
    assert await states(org) == {4}
    assert message.id not in {row["id"] for row in await org.rows(outbox)}
    (code,) = await org.inbox(OAK)
    await org.stores.readers.record_fetch(org.member(OAK), code)
    assert await states(org) == {2}


async def test_what_was_taken_back_is_withheld(org: Organisation) -> None:
    message, payloads = await asked(org), org.stores.payloads
    await org.commit(TakeBack(RevocationBasis.WORDS))
    assert await payloads.load(message) is None
    assert await payloads.begin(message) is SendStart.WITHHELD
    (row,) = [row for row in await org.rows(outbox) if row["id"] == message.id]
    assert row["tries"] == 0
    await payloads.confirm(message)  # taken back while the file was under way
    assert await org.rows(delivery) == []


async def test_what_was_put_back_to_held_is_withheld(org: Organisation) -> None:
    message, payloads = await asked(org), org.stores.payloads
    await org.database.transaction(
        lambda connection: connection.execute(delivery.update().values(state=0, due=500_000))
    )
    assert await payloads.load(message) is None
    assert await payloads.begin(message) is SendStart.WITHHELD
    assert await states(org) == {0}


@pytest.mark.parametrize("now", [YEW, None])
async def test_who_is_no_reader_of_it_any_more_gets_nothing(
    org: Organisation, now: object
) -> None:
    message, payloads = await asked(org), org.stores.payloads
    elsewhere = Account("matrix", "@oak:example.org", "!room:example.org")
    await org.link(elsewhere, OAK)
    if now is YEW:
        await org.link(READER, YEW)
    assert await payloads.load(message) is None
    assert await payloads.begin(message) is SendStart.WITHHELD
    assert await states(org) == {1}


async def test_who_holds_only_a_readers_chat_makes_no_story_vanish(org: Organisation) -> None:
    """It ends when every reader has it on a disk of theirs, or with its time."""
    await org.link(READER, OAK)
    await org.share(named(OAK_ID, YEW_ID))
    await org.commit(EndDraft())
    (code,) = await org.inbox(OAK)
    await turn(org, SendDelivery(code))
    message = (await org.stores.outbox.messages_for(READER))[-1]
    (yew_code,) = await org.inbox(YEW)
    await org.stores.payloads.begin(message)
    await org.stores.readers.record_fetch(org.member(YEW), yew_code)
    assert (await org.counted())["case_file"] == 1  # nobody knows whether Oak has it
    await org.stores.payloads.confirm(message)
    assert (await org.read(OAK)).text == "The report."
    await org.stores.readers.record_fetch(org.member(OAK), code)
    assert "case_file" not in await org.counted()


async def test_a_story_that_was_only_sent_to_a_chat_ends_with_its_time(org: Organisation) -> None:
    await org.link(READER, OAK)
    await org.share(named(OAK_ID))
    await org.commit(EndDraft())
    (code,) = await org.inbox(OAK)
    await turn(org, SendDelivery(code))
    message = (await org.stores.outbox.messages_for(READER))[-1]
    await org.stores.payloads.begin(message)
    await org.stores.payloads.confirm(message)
    await org.pass_time(days=30)
    assert (await org.read(OAK)).text == "The report."
    await org.pass_time(days=14)
    assert "case_file" not in await org.counted()


async def test_the_file_of_an_invitation_ends_with_it(org: Organisation) -> None:
    await turn(org, MakeInvitation("Oak"))
    (message,) = await org.stores.outbox.messages_for(READER)
    payload = await org.stores.payloads.load(message)
    assert payload is not None
    assert payload.name == "join.age"
    assert age.decrypt(payload.data, [OAK.identity])
    assert await org.stores.payloads.begin(message) is SendStart.FIRST
    await org.pass_time(minutes=12)
    assert await org.rows(reader_invitation) == []
    assert await org.stores.payloads.load(message) is None
    assert await org.stores.payloads.begin(message) is SendStart.WITHHELD


async def test_a_text_is_no_payload(org: Organisation) -> None:
    message = OutboxMessage(bytes(16), READER, TextRef("ASK"), repeated=False)
    for act in (org.stores.payloads.load, org.stores.payloads.begin, org.stores.payloads.undo):
        with pytest.raises(TypeError):
            await act(message)
