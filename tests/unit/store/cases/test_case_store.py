import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from store.crypto.case_keys import CaseKeys
from store.crypto.kdf import digest
from store.crypto.mnemonics import words_of
from store.db.connection import Connection
from store.db.schema import (
    BY_CODE,
    access_grant,
    case_file,
    draft,
    outbox,
    permission,
    processed_message,
)
from store.model.accounts import Account
from store.model.changes import (
    BeginCase,
    Change,
    CloseCase,
    EndDraft,
    EraseCase,
    EraseItems,
    ReleaseHandover,
    SaveDraft,
    SealItem,
    TakeBack,
    TakeBackByCode,
)
from store.model.drafts import Draft, StoredAnswer
from store.model.errors import NotPermitted
from store.model.failpoint import installed
from store.model.outbox import TextRef
from store.model.permissions import DeliveryStage, HistoryEntry, RevocationBasis
from store.model.snapshot import Snapshot
from store.model.turn import Decide, Decision, Need, Supplies, TurnResult
from store.outbox.rows import PAGE_ROWS, SAY
from tests.unit.store.elsewhere import reading_elsewhere
from tests.unit.store.organisation import (
    DRAFT,
    OAK_ID,
    REPORTER,
    SOMEBODY,
    TOLD,
    Organisation,
    hand_over,
    keep,
    named,
    told,
)
from tests.unit.store.people import OAK

SAID = TextRef("WITHDRAWN")


async def no_story(org: Organisation) -> bool:
    """Nothing of any case is left."""
    left = (await org.counted()).keys()
    return not left & {
        "case_file",
        "item",
        "item_chunk",
        "permission",
        "access_grant",
        "delivery",
        "takeback",
    }


# --- what is known of an account


async def test_of_a_stranger_nothing_is_known(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    readers = org.repositories.commission.readers(org.now)
    assert await org.snapshot(SOMEBODY) == Snapshot(readers=readers)


async def test_of_a_talk_everything_that_deciding_needs(org: Organisation) -> None:
    await org.tell()
    snapshot = await org.snapshot(pieces=True)
    assert snapshot.draft is not None
    assert snapshot.draft.answers == told().answers
    assert [p.text for p in snapshot.pieces] == list(TOLD)
    assert len(snapshot.words) == 12
    assert snapshot.code_words == ()
    assert (snapshot.kept, snapshot.shared, snapshot.held) == (False, False, None)


async def test_what_was_given_shows(org: Organisation) -> None:
    snapshot = await org.share(keep(), named(OAK_ID), hold=12)
    assert (snapshot.kept, snapshot.shared) == (True, True)
    assert snapshot.held is not None
    assert snapshot.held.due == int(org.now.timestamp()) // 3600 + 13


# --- once


async def test_a_message_that_comes_twice_counts_once(org: Organisation) -> None:
    commit = org.stores.cases.commit
    assert await commit(REPORTER, "7", [BeginCase(DRAFT)], [TextRef("ASK")], org.now)
    before = await org.counted()
    assert not await commit(REPORTER, "7", [BeginCase(DRAFT)], [TextRef("ASK")], org.now)
    assert await org.counted() == before
    assert len(await org.stores.outbox.messages_for(REPORTER)) == 1


async def test_also_after_midnight_and_a_restart(org: Organisation) -> None:
    await org.stores.cases.commit(REPORTER, "7", [BeginCase(DRAFT)], [], org.now)
    await org.pass_time(days=1)
    org.repositories.processed_messages.keyring.days = dict(
        org.repositories.processed_messages.keyring.days
    )
    assert not await org.stores.cases.commit(REPORTER, "7", [BeginCase(DRAFT)], [], org.now)
    assert len(await org.rows(case_file)) == 1


async def test_answers_and_replies_are_written_together(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT), says=[TextRef("HELLO"), TextRef("ASK", "story")])
    assert [p.content for p in await org.stores.outbox.messages_for(REPORTER)] == [
        TextRef("HELLO"),
        TextRef("ASK", "story"),
    ]
    assert len(await org.rows(processed_message)) == 1


# --- coming back with the words


async def kept(org: Organisation) -> str:
    """A case that was kept and handed over, its draft ended; the twelve words."""
    words = (await org.share(keep(), named(OAK_ID))).words
    await org.commit(EndDraft())
    return " ".join(words)


async def test_the_words_open_the_case_from_any_account(org: Organisation) -> None:
    words = await kept(org)
    assert await org.open_with_words(SOMEBODY, words) is True
    snapshot = await org.snapshot(SOMEBODY, pieces=True)
    assert snapshot.opened is not None
    assert [p.text for p in snapshot.pieces] == list(TOLD)
    assert snapshot.opened.answers == told().answers
    assert [g.scope for g in snapshot.opened.history] == ["keep", "named"]
    assert snapshot.opened.history[1] == HistoryEntry(2, "named", (OAK_ID,), revoked=False)
    assert [s.stage for s in snapshot.opened.shares] == [DeliveryStage.RELEASED]
    assert snapshot.draft is None
    assert (await org.snapshot(REPORTER)).opened is None


async def test_the_first_letters_are_enough(org: Organisation) -> None:
    words = await kept(org)
    short = " ".join(word[:4].upper() for word in words.split())
    assert await org.open_with_words(REPORTER, short)


async def test_wrong_words_open_nothing(org: Organisation) -> None:
    await kept(org)
    others = " ".join(words_of(bytes(16)))
    assert await org.open_with_words(REPORTER, others) is False
    for typed in ("", "twelve words", "banana pencil owner cube", "abandon " * 12):
        assert await org.open_with_words(REPORTER, typed) is None
    assert (await org.snapshot()).opened is None


async def test_an_erased_case_opens_no_more(org: Organisation) -> None:
    words = await kept(org)
    await org.pass_time(days=6 * 365)
    assert await org.open_with_words(REPORTER, words) is False


async def test_it_closes_by_itself(org: Organisation) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, words)
    await org.pass_time(minutes=9)
    assert (await org.snapshot()).opened is not None
    await org.commit(says=[TextRef("ASK")])
    await org.pass_time(minutes=9)
    assert (await org.snapshot()).opened is not None
    await org.pass_time(minutes=1)
    assert (await org.snapshot()).opened is None


async def test_an_hour_is_the_longest(org: Organisation) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, words)
    for _ in range(7):
        await org.pass_time(minutes=8)
        await org.commit(says=[TextRef("ASK")])
    assert (await org.snapshot()).opened is not None
    await org.pass_time(minutes=4)
    assert (await org.snapshot()).opened is None


async def test_a_restart_closes_it(org: Organisation) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, words)
    repositories = replace(org.repositories, sessions=type(org.repositories.sessions)())
    assert (await replace(org, repositories=repositories).snapshot()).opened is None


async def test_closing_it(org: Organisation) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, words)
    await org.commit(CloseCase())
    assert (await org.snapshot()).opened is None


async def test_a_draft_goes_before_an_opened_case(org: Organisation) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, words)
    await org.commit(BeginCase(DRAFT))
    snapshot = await org.snapshot()
    assert snapshot.draft is not None
    assert snapshot.opened is None


async def test_whoever_comes_with_the_words_has_the_way_back(org: Organisation) -> None:
    """A kept case whose words were never given back in the talk does not end with its draft."""
    words = " ".join((await org.share(keep())).words)
    await org.open_with_words(SOMEBODY, words)
    assert [row["draft_exp"] for row in await org.rows(case_file)] == [0]
    await org.pass_time(days=7)
    assert await org.open_with_words(SOMEBODY, words) is True


async def test_words_do_not_keep_what_was_not_allowed_to_stay(org: Organisation) -> None:
    words = " ".join((await org.share()).words)
    await org.open_with_words(SOMEBODY, words)
    await org.pass_time(days=7)
    assert await no_story(org)


# --- the end of a draft that nobody came back to


async def test_kept_without_the_words_given_back_it_ends_with_the_draft(org: Organisation) -> None:
    await org.share(keep())
    await org.pass_time(days=7)
    assert await no_story(org)
    assert await org.rows(draft) == []


async def test_handed_over_only_the_draft_ends(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    await org.pass_time(days=7)
    assert await org.rows(draft) == []
    assert (await org.read(OAK)).text == "The report."


async def test_what_nobody_fetches_ends_too(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    await org.commit(EndDraft())
    await org.pass_time(days=40)
    assert await no_story(org)
    assert await org.inbox(OAK) == {}


# --- the take-back code


async def found(org: Organisation) -> bytes:
    """The case of the code that is shown in the talk."""
    words = " ".join((await org.snapshot()).code_words)
    locator = await org.stores.recovery.find_by_code(words)
    assert locator is not None
    return locator


async def by_code(org: Organisation, locator: bytes, *, erase: bool, message: str = "1") -> bool:
    changes = (TakeBackByCode(locator, erase),)
    return await org.stores.cases.commit(SOMEBODY, message, changes, (SAID,), org.now)


@pytest.mark.parametrize("hold", [0, 12])
async def test_a_code_withdraws_and_leaves_no_trace(org: Organisation, hold: int) -> None:
    await org.share(keep(), named(OAK_ID), hold=hold)
    header = (await org.rows(access_grant))[0]["header"]
    assert isinstance(header, bytes)
    assert await by_code(org, await found(org), erase=False)
    rows = {row["kind"]: row["revoked"] for row in await org.rows(permission)}
    assert rows == {"keep": None, "named": BY_CODE}
    assert await org.rows(access_grant) == []
    assert header[-40:] not in await org.written()
    assert await org.inbox(OAK) == {}
    assert (await org.snapshot()).held is None
    assert [p.content for p in await org.stores.outbox.messages_for(SOMEBODY)] == [SAID]


async def test_what_the_code_stopped_is_never_released(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    await by_code(org, await found(org), erase=False)
    await org.pass_time(hours=13)
    assert await org.inbox(OAK) == {}
    assert {row["due_hour"] for row in await org.rows(outbox)} == {0}


async def test_a_code_withdraws_what_nothing_keeps_with_its_case(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    await by_code(org, await found(org), erase=False)
    assert await no_story(org)
    assert (await org.snapshot()).draft is None


async def test_a_code_erases(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    locator = await found(org)
    await by_code(org, locator, erase=True)
    assert await no_story(org)
    assert locator not in await org.written()


async def test_a_code_opens_nothing(org: Organisation) -> None:
    words = " ".join((await org.share(keep())).code_words)
    assert await org.open_with_words(SOMEBODY, words) is None
    assert (await org.snapshot(SOMEBODY)).opened is None


async def test_a_code_acts_once_for_a_message(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID))
    locator = await found(org)
    assert await by_code(org, locator, erase=False)
    assert not await by_code(org, locator, erase=True)
    assert not await no_story(org)
    assert await by_code(org, locator, erase=True, message="2")
    assert await no_story(org)


async def test_tries_are_counted_by_account_and_day(org: Organisation) -> None:
    counts = [await org.stores.recovery.count("takeback", REPORTER, org.now) for _ in range(5)]
    assert counts == [1, 2, 3, 4, 5]
    assert await org.stores.recovery.count("takeback", SOMEBODY, org.now) == 1


# --- what is held


async def test_what_is_held_can_be_stopped_from_its_account_alone(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    await org.commit(EndDraft())
    assert (await org.snapshot()).held is not None
    assert (await org.snapshot(SOMEBODY)).held is None


async def test_after_midnight_it_can_still_be_stopped(org: Organisation) -> None:
    org.now = org.now.replace(hour=20)
    await org.share(keep(), named(OAK_ID), hold=12)
    await org.commit(EndDraft())
    await org.pass_time(hours=8)
    held = (await org.snapshot()).held
    assert held is not None
    await org.commit(TakeBack(RevocationBasis.HOLD, (held.statement,)))
    await org.pass_time(hours=8)
    assert await org.inbox(OAK) == {}


async def test_what_was_released_with_the_words_is_not_held_any_more(org: Organisation) -> None:
    snapshot = await org.share(keep(), named(OAK_ID), hold=12)
    await org.commit(EndDraft())
    assert snapshot.held is not None
    await org.open_with_words(SOMEBODY, " ".join(snapshot.words))
    await org.commit(ReleaseHandover(snapshot.held.statement), who=SOMEBODY)
    assert (await org.snapshot()).held is None
    assert (await org.read(OAK)).text == "The report."


async def test_a_late_tap_on_what_was_released_asks_readers_to_destroy_it(
    org: Organisation,
) -> None:
    oak = Account("terminal", "oak", "oak")
    await org.link(oak, OAK)
    snapshot = await org.share(keep(), named(OAK_ID), hold=12)
    assert snapshot.held is not None
    await org.pass_time(hours=13)
    await org.commit(TakeBack(RevocationBasis.HOLD, (snapshot.held.statement,)))
    told_oak = [post.sentence for post in await org.stores.outbox.messages_for(oak)]
    assert told_oak == ["READER_NOTICE", "READER_DESTROY"]


# --- a turn decides inside its transaction


def deciding(*changes: Change, says: Sequence[TextRef] = (), trace: bool = False) -> Decide:
    """The same, whatever the snapshot is."""
    return lambda _: Decision(changes, tuple(says), trace)


async def turn(
    org: Organisation, message: str, decide: Decide, who: Account = REPORTER
) -> TurnResult:
    return await org.stores.cases.turn(who, message, decide, org.now, chat_message="41")


async def test_a_turn_sees_what_the_one_before_has_written(org: Organisation) -> None:
    drafts: list[Draft | None] = []

    def decide(situation: Snapshot) -> Decision:
        drafts.append(situation.draft)
        return Decision((BeginCase(DRAFT),) if situation.draft is None else (SaveDraft(told()),))

    for message in ("1", "2", "3"):
        await turn(org, message, decide)
    assert [draft.answers if draft else None for draft in drafts] == [
        None,
        (),
        told().answers,
    ]


async def test_a_message_that_comes_twice_is_decided_once(org: Organisation) -> None:
    first = await turn(org, "1", deciding(BeginCase(DRAFT), says=[TextRef("ASK")]))
    again = await turn(org, "1", deciding(EraseCase(), says=[TextRef("ERASED")]))
    assert (first.fresh, again.fresh) == (True, False)
    assert replace(again, fresh=True) == first
    assert again.messages[0].content == TextRef("ASK")


async def test_with_nothing_to_do_nothing_is_written(org: Organisation) -> None:
    before = await org.counted()
    turned = await turn(org, "1", deciding())
    assert (turned.fresh, turned.messages) == (True, ())
    assert turned.snapshot == await org.snapshot()
    assert await org.counted() == before
    assert not await org.stores.cases.is_processed(REPORTER, "1")
    assert (await turn(org, "1", deciding(says=[TextRef("ASK")]))).fresh


async def test_a_trace_alone_is_something_to_do(org: Organisation) -> None:
    await turn(org, "1", deciding(trace=True))
    assert await org.stores.cases.is_processed(REPORTER, "1")
    assert [row.ids for row in await org.stores.deletable_messages.of_account(REPORTER)] == [
        ("41",)
    ]


async def test_a_decision_that_fails_leaves_nothing(org: Organisation) -> None:
    def fail(_: Snapshot) -> Decision:
        raise LookupError

    before = await org.counted()
    with pytest.raises(LookupError):
        await turn(org, "1", fail)
    with pytest.raises(NotPermitted):
        await turn(
            org,
            "1",
            deciding(BeginCase(DRAFT), ReleaseHandover("00" * 32), hand_over(named("no"))),
        )
    assert await org.counted() == before
    assert not await org.stores.cases.is_processed(REPORTER, "1")


async def test_what_waits_comes_with_the_snapshot(org: Organisation) -> None:
    await org.tell()
    await org.commit(says=[TextRef("ASK"), TextRef("ACK")])
    waiting = await org.stores.cases.pending(REPORTER, org.now)
    assert waiting.fresh
    assert [post.sentence for post in waiting.messages] == ["ASK", "ACK"]
    assert waiting.snapshot == await org.snapshot()


async def test_posts_go_in_order_behind_those_that_wait(org: Organisation) -> None:
    await turn(org, "1", deciding(says=[TextRef("A"), TextRef("B")]))
    await org.pass_time(days=1)
    turned = await turn(org, "2", deciding(says=[TextRef("C")]))
    turned = await turn(org, "3", deciding(says=[TextRef("D"), TextRef("E")]))
    assert [post.sentence for post in turned.messages] == list("ABCDE")
    await org.stores.outbox.confirm(turned.messages[1:4])
    assert [post.sentence for post in await org.stores.outbox.messages_for(REPORTER)] == [
        "A",
        "E",
    ]


# --- a hand-over needs a code, and nobody waits for it


async def test_a_turn_that_needs_something_does_nothing(org: Organisation) -> None:
    await org.tell()
    before = await org.counted()
    for need in Need:
        turned = await turn(org, "1", lambda _, need=need: Decision(needs=need))  # type: ignore[misc]
        assert (turned.needs, turned.fresh) == (need, True)
        assert await org.counted() == before
    assert not await org.stores.cases.is_processed(REPORTER, "1")


async def test_a_hand_over_without_its_code_is_refused(org: Organisation) -> None:
    await org.tell()
    before = await org.counted()
    with pytest.raises(NotPermitted):
        await turn(org, "1", deciding(hand_over(keep())))
    assert await org.counted() == before


async def test_a_hand_over_is_written_with_the_code_that_was_supplied(org: Organisation) -> None:
    await org.tell()
    supplies = Supplies(code=await org.stores.cases.new_code())
    decide = deciding(hand_over(keep(), named(OAK_ID)), says=[TextRef("HANDED_OVER")])
    turned = await org.stores.cases.turn(REPORTER, "1", decide, org.now, supplies)
    assert len(turned.snapshot.code_words) == 4
    assert await org.stores.recovery.find_by_code(" ".join(turned.snapshot.code_words))
    assert len(await org.inbox(OAK)) == 1


async def test_while_a_code_is_stretched_others_go_on(org: Organisation) -> None:
    await org.tell()
    before, found = await org.counted(), list[dict[str, int]]()

    async def look(password: bytes, salt: bytes, lanes: int) -> bytes:
        assert lanes == 1
        found.append(await org.counted())
        await org.commit(says=[TextRef("ASK")], who=SOMEBODY)
        return digest(salt + password)

    object.__setattr__(org.repositories.takeback_codes, "slow", look)
    await org.stores.cases.new_code()
    assert found == [before]
    assert len(await org.stores.outbox.messages_for(SOMEBODY)) == 1


# --- what was erased has left the disk


async def test_when_the_turn_returns_it_has_left_the_disk(org: Organisation) -> None:
    await org.tell()
    (row,) = await org.rows(case_file)
    locator = row["locator"]
    assert isinstance(locator, bytes)
    turned = await turn(org, "1", deciding(EraseCase(), says=[TextRef("ERASED")]))
    assert locator not in await org.written()
    assert [post.sentence for post in turned.messages] == ["ERASED"]
    assert turned.snapshot.draft is None


@pytest.mark.parametrize("change", [EraseCase(), EraseItems(("0a" * 16,))])
async def test_where_it_cannot_yet_that_is_among_the_posts(
    file_org: Organisation, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    await file_org.tell()
    monkeypatch.setattr("store.db.sqlite.CHECKPOINT_SECONDS", 0.1)
    with reading_elsewhere(file_org.folder):
        turned = await turn(file_org, "1", deciding(change, says=[TextRef("ERASED")]))
        assert [post.sentence for post in turned.messages] == ["ERASED", "TRACES"]
        assert turned.snapshot == await file_org.snapshot()


# --- many at once


async def test_turns_of_many_accounts_are_each_whole(org: Organisation) -> None:
    """Those that fail leave nothing of their own, and all of the others'."""
    people = [Account("terminal", f"p{n}", f"p{n}") for n in range(30)]

    async def talk(number: int, who: Account) -> None:
        await turn(
            org, f"{number}-begin", deciding(BeginCase(DRAFT), says=[TextRef("HELLO")]), who
        )
        for count in range(3):
            item = bytes([number, count] * 8).hex()
            draft = replace(DRAFT, answers=(StoredAnswer("story", (), (item,)),))
            changes: tuple[Change, ...] = (
                SealItem(item, "story", f"{number} {count}"),
                SaveDraft(draft),
            )
            if number % 3 == count:
                changes = (*changes, ReleaseHandover("nothing"))  # not a hash: the turn fails
            with suppress(ValueError):
                await turn(
                    org, f"{number}-{count}", deciding(*changes, says=[TextRef("ACK")]), who
                )

    await asyncio.gather(*(talk(number, who) for number, who in enumerate(people)))
    for number, who in enumerate(people):
        kept_counts = [count for count in range(3) if number % 3 != count]
        snapshot = await org.snapshot(who, pieces=True)
        assert [piece.text for piece in snapshot.pieces] == [f"{number} {kept_counts[-1]}"]
        said = [post.sentence for post in await org.stores.outbox.messages_for(who)]
        assert said == ["HELLO", "ACK", "ACK"]
    counted = await org.counted()
    assert (counted["case_file"], counted["item"], counted["processed_message"]) == (30, 60, 90)


# --- to whom something is to be said


async def test_accounts_to_whom_something_is_to_be_said(org: Organisation) -> None:
    there = Account("telegram", "1", "1")
    assert await org.stores.outbox.waiting_accounts("terminal") == ()
    await org.share(keep(), named(OAK_ID), hold=12)  # a row of the outbox that says nothing
    assert await org.stores.outbox.waiting_accounts("terminal") == ()
    for who in (REPORTER, REPORTER, SOMEBODY, there):
        await org.commit(says=[TextRef("ASK")], who=who)
    assert set(await org.stores.outbox.waiting_accounts("terminal")) == {REPORTER, SOMEBODY}
    assert await org.stores.outbox.waiting_accounts("telegram") == (there,)
    await org.stores.outbox.confirm(await org.stores.outbox.messages_for(SOMEBODY))
    assert await org.stores.outbox.waiting_accounts("terminal") == (REPORTER,)


async def test_who_moved_is_found_where_they_were_last(org: Organisation) -> None:
    rooms = [Account("matrix", "@one:example.org", f"!{n}:example.org") for n in range(6)]
    for number, room in enumerate(rooms):
        await org.commit(says=[TextRef("ASK", str(number))], who=room)
        if number % 3 == 2:
            await org.pass_time(days=1)
    assert await org.stores.outbox.waiting_accounts("matrix") == (rooms[-1],)
    assert [post.to for post in await org.stores.outbox.messages_for(rooms[0])] == rooms


async def test_also_if_there_are_many(org: Organisation) -> None:
    people = {Account("telegram", str(n), str(n)) for n in range(PAGE_ROWS * 2 + 1)}

    def add(connection: Connection) -> None:
        for who in people:
            org.repositories.outbox.add(connection, who, SAY, TextRef("ASK"), org.now)

    await org.database.transaction(add)
    assert set(await org.stores.outbox.waiting_accounts("telegram")) == people


async def test_a_row_whose_day_key_is_gone_is_nobodys(org: Organisation) -> None:
    await org.commit(says=[TextRef("ASK")])
    org.repositories.outbox.keyring.destroy_days(frozenset({20_780}))
    assert await org.stores.outbox.waiting_accounts("terminal") == ()


async def test_confirming_nothing_writes_nothing(org: Organisation) -> None:
    points: list[str] = []
    with installed(points.append):
        await org.stores.outbox.confirm(())
    assert points == []


# --- nothing prints


async def test_the_keys_of_a_snapshot_do_not_print(org: Organisation) -> None:
    snapshot = await org.share(keep())
    for word in snapshot.words:
        assert f"'{word}'" not in repr(snapshot)
    row = await org.database.read(
        lambda connection: org.repositories.drafts.find(connection, REPORTER)
    )
    assert row is not None
    assert isinstance(row.keys, CaseKeys)
    assert row.keys.entropy.hex() not in repr(row)
    assert await org.commit(SaveDraft(told()), hand_over(keep()))
