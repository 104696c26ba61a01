from dataclasses import replace

import pytest
from sqlalchemy import Table, update

from store.cases.handover_changes import report_keys
from store.crypto.case_keys import rid_of
from store.db.schema import (
    BY_HOLD,
    access_grant,
    case_file,
    delivery,
    item,
    outbox,
    permission,
    takeback,
)
from store.db.schema import draft as draft_table
from store.model.changes import (
    BeginCase,
    Change,
    CloseCase,
    EndDraft,
    EraseCase,
    EraseItems,
    OutliveDraft,
    ReleaseHandover,
    ReopenCase,
    SaveDraft,
    SealItem,
    StopKeeping,
    TakeBack,
    TakeBackByCode,
)
from store.model.drafts import Phase
from store.model.errors import NotPermitted, Tampered
from store.model.failpoint import installed
from store.model.outbox import TextRef
from store.model.permissions import NewPermission, RevocationBasis
from tests.unit.store.organisation import (
    DRAFT,
    OAK_ID,
    REPORTER,
    SOMEBODY,
    STORY,
    TOLD,
    YEW_ID,
    Organisation,
    hand_over,
    keep,
    named,
    told,
)
from tests.unit.store.people import OAK, YEW

KEPT_TABLES = ("case_file", "item", "item_chunk", "permission", "exclusion")
CASE_TABLES = (
    *KEPT_TABLES,
    "access_grant",
    "delivery",
    "takeback",
    "draft",
)


async def of_cases(org: Organisation) -> dict[str, int]:
    """Rows of stories; empty when nothing is left of any."""
    return {name: n for name, n in (await org.counted()).items() if name in CASE_TABLES}


# --- beginning and answering


async def test_a_case_begins_with_its_keys_and_its_end(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    (row,) = await org.rows(case_file)
    hour = int(org.now.timestamp()) // 3600
    assert (row["v"], row["week"], row["draft_exp"], row["tb"]) == (1, 202648, hour + 168, None)
    assert isinstance(row["pk_r"], bytes)
    assert row["rid"] == rid_of(row["pk_r"])
    assert await of_cases(org) == {"case_file": 1, "draft": 1}


async def test_two_cases_share_nothing(org: Organisation) -> None:
    for who in (REPORTER, SOMEBODY):
        await org.commit(BeginCase(DRAFT), who=who)
    one, other = await org.rows(case_file)
    for column in ("locator", "rid", "pk_r", "pk_sig"):
        assert one[column] != other[column]


async def test_beginning_anew_replaces_the_accounts_draft(org: Organisation) -> None:
    for _ in range(2):
        await org.commit(BeginCase(DRAFT))
    assert await of_cases(org) == {"case_file": 2, "draft": 1}
    await org.pass_time(days=7)
    assert await of_cases(org) == {}


NEEDING_A_CASE: list[Change] = [
    SaveDraft(DRAFT),
    SealItem(STORY, "story", "words"),
    EraseItems((STORY,)),
    hand_over(keep()),
    EndDraft(),
    EraseCase(),
    TakeBack(RevocationBasis.WORDS),
    ReopenCase(DRAFT),
]


@pytest.mark.parametrize("change", NEEDING_A_CASE, ids=lambda c: type(c).__name__)
async def test_nothing_can_be_done_to_a_case_that_is_not_open(
    org: Organisation, change: Change
) -> None:
    await org.tell(SOMEBODY)
    before = await org.counted()
    with pytest.raises(NotPermitted, match="not open any more"):
        await org.commit(change)
    assert await org.counted() == before


# --- all or nothing

EVERY: dict[str, tuple[Change, ...]] = {
    "answers": (SealItem("0c" * 16, "story", "words"), EraseItems((STORY,)), SaveDraft(told())),
    "hand-over": (hand_over(keep(), named(OAK_ID), hold=12),),
    "hand-over now": (hand_over(keep(), named(OAK_ID)),),
    "end": (EndDraft(),),
    "erase": (EraseCase(),),
    "several": (hand_over(named(OAK_ID)), TakeBack(RevocationBasis.WORDS), EndDraft()),
}


@pytest.mark.parametrize("changes", EVERY.values(), ids=EVERY.keys())
async def test_a_turn_that_is_cut_off_anywhere_changes_nothing(
    org: Organisation, changes: tuple[Change, ...]
) -> None:
    await org.tell()
    await org.link(SOMEBODY, OAK)
    before = {table.name: await org.rows(table) for table in _tables()}
    points: list[str] = []
    await _cut(org, changes, "commit", points)
    inside = dict.fromkeys(points[: points.index("commit") + 1])
    assert any(point.startswith("sql ") for point in inside)
    for point in inside:
        await _cut(org, changes, point)
        after = {table.name: await org.rows(table) for table in _tables()}
        assert after == before, point
    assert await org.commit(*changes, says=[TextRef("ASK")])


async def _cut(
    org: Organisation, changes: tuple[Change, ...], at: str, points: list[str] | None = None
) -> None:
    def cut(point: str) -> None:
        if points is not None:
            points.append(point)
        if point == at:
            raise InterruptedError

    with installed(cut), pytest.raises(InterruptedError):
        await org.commit(*changes, says=[TextRef("ASK")], message="the message")
    assert not await org.stores.cases.is_processed(REPORTER, "the message")


def _tables() -> list[Table]:
    return list(case_file.metadata.tables.values())


# --- the second yes


async def test_a_hand_over_gives_a_code_that_is_shown_until_the_end(org: Organisation) -> None:
    snapshot = await org.share(keep())
    assert len(snapshot.code_words) == 4
    assert (await org.snapshot()).code_words == snapshot.code_words
    (row,) = await org.rows(case_file)
    assert [r["id"] for r in await org.rows(takeback)] == [row["tb"]]


async def test_a_second_hand_over_replaces_the_code(org: Organisation) -> None:
    first = (await org.share(keep())).code_words
    await org.commit(hand_over(named(OAK_ID)))
    second = (await org.snapshot()).code_words
    assert first != second
    assert await org.stores.recovery.find_by_code(" ".join(first)) is None
    assert await org.stores.recovery.find_by_code(" ".join(second)) is not None


async def test_the_report_says_what_readers_may_do_and_where_to_answer(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    report = await org.read(OAK)
    (row,) = await org.rows(case_file)
    assert report.text == "The report."
    assert report.sharing.may == ("act.listen",)
    assert report.statement.case == row["rid"]
    assert report.box == row["pk_r"]


def test_the_keys_of_a_report_are_those_of_its_format() -> None:
    assert report_keys(bytes(16), b"box", ("act.listen",), ("needs", "story")) == {
        "id": "00" * 16,
        "box": "Ym94",
        "may": ["act.listen"],
        "parts": ["needs", "story"],
        "files": [],
    }


async def test_two_hand_overs_are_two_reports_under_two_keys(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    await org.commit(hand_over(named(YEW_ID)))
    rows = await org.rows(access_grant)
    assert len({row["item"] for row in rows}) == len({row["stmt"] for row in rows}) == 2


# --- the end of the draft


async def test_with_nothing_allowed_nothing_is_left(org: Organisation) -> None:
    await org.share()
    await org.commit(EndDraft())
    assert await of_cases(org) == {}


async def test_kept_everything_but_the_draft_is_left(org: Organisation) -> None:
    await org.share(keep())
    await org.commit(EndDraft())
    assert await of_cases(org) == {
        "case_file": 1,
        "item": 3,
        "item_chunk": 3,  # two answers, and the talk's order
        "permission": 1,
        "exclusion": 1,
        "takeback": 1,
    }
    (row,) = await org.rows(case_file)
    assert row["draft_exp"] == 0


async def test_handed_over_without_keep_only_the_report_is_left(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    await org.commit(EndDraft())
    left = await of_cases(org)
    assert left["item"] == 1
    assert "draft" not in left
    assert [row["id"] for row in await org.rows(item)] == [
        row["item"] for row in await org.rows(access_grant)
    ]
    assert (await org.read(OAK)).text == "The report."


async def test_the_end_of_one_draft_is_not_the_end_of_another(org: Organisation) -> None:
    await org.tell(SOMEBODY)
    before = await of_cases(org)
    await org.share()
    await org.commit(EndDraft())
    assert await of_cases(org) == before
    assert len((await org.snapshot(SOMEBODY, pieces=True)).pieces) == 2


# --- erasing


@pytest.mark.parametrize("hold", [0, 12])
async def test_erasing_leaves_no_row_of_the_case_and_every_other(
    org: Organisation, hold: int
) -> None:
    await org.tell(SOMEBODY)
    before = await of_cases(org)
    await org.share(keep(), named(OAK_ID, YEW_ID), hold=hold)
    traces = [row["header"] for row in await org.rows(access_grant)]
    traces += [row["ct"] for row in await org.rows(takeback)]
    await org.commit(EraseCase())
    assert await of_cases(org) == before
    assert await org.rows(outbox) == []
    for trace in traces:
        assert isinstance(trace, bytes)
        assert trace[-40:] not in await org.written()
    assert (await org.snapshot()).draft is None


# --- taking back


async def traces_of(org: Organisation) -> list[bytes]:
    """Whatever could open the report for a reader, as it lies there."""
    found = [row["header"] for row in await org.rows(access_grant)]
    found += [row["env"] for row in await org.rows(delivery)]
    await org.database.scrub()
    traces = [bytes_of(row)[-40:] for row in found]
    written = await org.written()
    assert all(trace in written for trace in traces)
    return traces


def bytes_of(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value


async def test_one_tap_takes_back_what_is_held_and_leaves_no_trace(org: Organisation) -> None:
    snapshot = await org.share(keep(), named(OAK_ID), hold=12)
    await org.commit(EndDraft())
    traces = await traces_of(org)
    assert snapshot.held is not None
    assert snapshot.held.kept
    await org.commit(TakeBack(RevocationBasis.HOLD, (snapshot.held.statement,)))
    assert await org.rows(access_grant) == await org.rows(delivery) == await org.rows(outbox) == []
    written = await org.written()
    assert not any(trace in written for trace in traces)
    revoked = {row["kind"]: row["revoked"] for row in await org.rows(permission)}
    assert revoked == {"keep": None, "named": BY_HOLD}
    assert (await org.snapshot()).held is None


async def test_what_is_held_remembers_the_language_of_its_talk(org: Organisation) -> None:
    spoken = replace(hand_over(named(OAK_ID), hold=12), draft=replace(DRAFT, language="es"))
    await org.tell()
    await org.commit(spoken)
    held = (await org.snapshot()).held
    assert held is not None
    assert held.language == "es"


async def test_one_tap_takes_the_case_along_if_nothing_keeps_it(org: Organisation) -> None:
    snapshot = await org.share(named(OAK_ID), hold=12)
    await org.commit(EndDraft())
    assert snapshot.held is not None
    assert not snapshot.held.kept
    await org.commit(TakeBack(RevocationBasis.HOLD, (snapshot.held.statement,)))
    assert await of_cases(org) == {}


async def test_a_second_tap_changes_nothing(org: Organisation) -> None:
    snapshot = await org.share(keep(), named(OAK_ID), hold=12)
    assert snapshot.held is not None
    taken = TakeBack(RevocationBasis.HOLD, (snapshot.held.statement,))
    await org.commit(taken)
    before = await org.rows(permission)
    await org.commit(taken)
    assert await org.rows(permission) == before


async def test_inside_a_talk_the_reading_ends_and_the_keeping_stands(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    await org.commit(TakeBack(RevocationBasis.WORDS))
    assert await of_cases(org) == {
        "case_file": 1,
        "item": 3,
        "item_chunk": 3,  # two answers, and the talk's order
        "permission": 2,
        "exclusion": 1,
        "takeback": 1,
        "draft": 1,
    }
    assert await org.rows(outbox) == []
    snapshot = await org.snapshot()
    assert (snapshot.kept, snapshot.shared, snapshot.outlives_draft) == (True, False, True)
    await org.pass_time(days=15)
    assert (await of_cases(org)).keys() == {*KEPT_TABLES, "takeback"}
    assert await org.open_with_words(SOMEBODY, " ".join(snapshot.words))


async def test_inside_a_talk_a_case_that_nothing_keeps_ends_with_it_again(
    org: Organisation,
) -> None:
    await org.share(named(OAK_ID), hold=12)
    (before,) = await org.rows(draft_table)
    await org.commit(TakeBack(RevocationBasis.WORDS))
    (row,) = await org.rows(case_file)
    assert row["draft_exp"] == before["exp_hour"]
    snapshot = await org.snapshot()
    assert (snapshot.kept, snapshot.shared, snapshot.outlives_draft) == (False, False, False)
    await org.commit(EndDraft())
    assert await of_cases(org) == {}


async def test_a_kept_story_that_is_opened_shared_and_taken_back_is_found_by_its_words_later(
    org: Organisation,
) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, " ".join(words))
    await org.commit(ReopenCase(told()))
    await org.commit(hand_over(named(OAK_ID)))
    await org.commit(TakeBack(RevocationBasis.WORDS))
    await org.pass_time(days=8)
    await org.pass_time(days=8)
    assert await org.open_with_words(SOMEBODY, " ".join(words))
    opened = (await org.snapshot(SOMEBODY, pieces=True)).loaded_pieces
    assert opened is not None
    assert [piece.text for piece in opened] == list(TOLD)


async def test_a_story_that_is_kept_after_all_does_not_end_with_what_was_shared(
    org: Organisation,
) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, " ".join(words))
    await org.commit(ReopenCase(told()))
    await org.commit(StopKeeping("No longer."), hand_over(named(OAK_ID)))
    await org.commit(hand_over(keep(), named(OAK_ID)))
    await org.commit(EndDraft())
    await org.pass_time(days=60)
    assert await org.open_with_words(SOMEBODY, " ".join(words))


async def test_a_kept_story_is_read_with_its_words_though_its_talk_ended_by_itself(
    org: Organisation,
) -> None:
    words = (await org.share(keep(), named(OAK_ID))).words
    await org.pass_time(days=15)
    assert await org.open_with_words(SOMEBODY, " ".join(words))
    opened = (await org.snapshot(SOMEBODY)).opened
    assert opened is not None
    assert opened.answers == told().answers


@pytest.mark.parametrize("given_back", [True, False])
async def test_a_story_stays_when_its_talk_ends_by_itself_once_its_words_were_given_back(
    org: Organisation, given_back: bool
) -> None:
    shown = await org.share(keep())
    assert not shown.outlives_draft
    if given_back:
        await org.commit(OutliveDraft(), SaveDraft(replace(told(), phase=Phase.BACK)))
        assert (await org.snapshot()).outlives_draft
    await org.pass_time(days=15)
    assert (await org.snapshot()).draft is None
    opened = await org.open_with_words(SOMEBODY, " ".join(shown.words))
    by_code = await org.stores.recovery.find_by_code(" ".join(shown.code_words))
    assert (bool(opened), bool(by_code)) == (given_back, given_back)
    if given_back:
        pieces = (await org.snapshot(SOMEBODY, pieces=True)).loaded_pieces
        assert pieces is not None
        assert [piece.text for piece in pieces] == list(TOLD)


async def test_a_story_that_nothing_keeps_does_not_stay(org: Organisation) -> None:
    await org.tell()
    await org.commit(OutliveDraft(), SaveDraft(told()))
    assert not (await org.snapshot()).outlives_draft
    await org.pass_time(days=15)
    assert await of_cases(org) == {}


async def test_a_story_whose_words_were_given_back_ends_when_keeping_does(
    org: Organisation,
) -> None:
    await org.share(keep(), named(OAK_ID))
    await org.commit(OutliveDraft(), SaveDraft(replace(told(), phase=Phase.BACK)))
    await org.commit(TakeBack(RevocationBasis.WORDS))
    await org.commit(StopKeeping("No longer."), hand_over())
    await org.pass_time(days=15)
    assert await of_cases(org) == {}


@pytest.mark.parametrize("shared", [True, False])
async def test_keeping_ends_by_its_own_word(org: Organisation, shared: bool) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, " ".join(words))
    await org.commit(ReopenCase(told()))
    share = hand_over(named(OAK_ID)) if shared else hand_over()
    await org.commit(StopKeeping("No longer."), share)
    assert not (await org.snapshot()).kept
    await org.commit(EndDraft())
    left = await of_cases(org)
    assert left.get("item", 0) == (1 if shared else 0)
    assert (await org.inbox(OAK) != {}) == shared


async def test_with_the_words_later_it_is_signed_and_the_case_stays(org: Organisation) -> None:
    words = (await org.share(keep(), named(OAK_ID))).words
    await org.commit(EndDraft())
    traces = await traces_of(org)
    assert await org.open_with_words(SOMEBODY, " ".join(words))
    await org.commit(TakeBack(RevocationBasis.WORDS), who=SOMEBODY)
    written = await org.written()
    assert not any(trace in written for trace in traces)
    rows = {row["kind"]: row["revoked"] for row in await org.rows(permission)}
    assert rows["keep"] is None
    assert rows["named"] not in {None, BY_HOLD, bytes(32)}
    assert len(bytes_of(rows["named"])) == 32
    opened = (await org.snapshot(SOMEBODY)).opened
    assert opened is not None
    assert opened.shares == ()


# --- letting go before its time, and going on


async def test_what_is_held_can_be_released_now(org: Organisation) -> None:
    snapshot = await org.share(keep(), named(OAK_ID, YEW_ID), hold=12)
    assert snapshot.held is not None
    await org.commit(ReleaseHandover(snapshot.held.statement))
    assert (await org.read(OAK)).text == (await org.read(YEW)).text
    assert (await org.snapshot()).held is None
    assert await org.rows(outbox) == []
    assert {row["due"] for row in await org.rows(delivery)} == {0}


async def kept(org: Organisation, *permits: NewPermission) -> tuple[str, ...]:
    """A case that was kept and closed; its words."""
    words = (await org.share(keep(), *permits)).words
    await org.commit(EndDraft())
    return words


async def test_a_kept_case_becomes_a_talk_again(org: Organisation) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, " ".join(words))
    opened = (await org.snapshot()).opened
    assert opened is not None
    assert opened.answers == told().answers
    await org.commit(ReopenCase(replace(DRAFT, answers=opened.answers)))
    snapshot = await org.snapshot(pieces=True)
    assert snapshot.opened is None
    assert [p.text for p in snapshot.pieces] == list(TOLD)
    assert snapshot.kept
    await org.pass_time(days=14)
    assert (await org.snapshot()).draft is None
    assert (await of_cases(org))["case_file"] == 1


async def test_closing_forgets_the_keys(org: Organisation) -> None:
    words = await kept(org)
    await org.open_with_words(REPORTER, " ".join(words))
    await org.commit(CloseCase())
    assert (await org.snapshot()).opened is None


# --- nothing is done to a case that is gone

GONE: list[Change] = [TakeBack(RevocationBasis.WORDS), EraseCase(), ReopenCase(DRAFT)]


@pytest.mark.parametrize("act", GONE, ids=lambda c: type(c).__name__)
async def test_a_draft_whose_case_was_erased_elsewhere_is_not_in_the_way(
    org: Organisation, act: Change
) -> None:
    words = await kept(org, named(OAK_ID))
    await org.commit(BeginCase(DRAFT))
    await org.commit(hand_over(keep()))
    code = " ".join((await org.snapshot()).code_words)
    locator = await org.stores.recovery.find_by_code(code)
    assert locator is not None
    await org.commit(TakeBackByCode(locator, erase=True), who=SOMEBODY)
    assert await org.rows(draft_table)
    assert await org.open_with_words(REPORTER, " ".join(words))
    await org.commit(act)
    snapshot = await org.snapshot()
    match act:
        case TakeBack():
            assert snapshot.opened is not None
            assert await org.inbox(OAK) == {}
        case EraseCase():
            assert (await of_cases(org)).keys() <= {"draft"}
        case _:
            assert snapshot.draft is not None
            assert len(await org.rows(draft_table)) == 1


async def test_a_case_whose_keys_were_exchanged_is_refused(org: Organisation) -> None:
    await org.tell()
    await org.database.transaction(
        lambda connection: connection.execute(update(case_file).values(pk_r=bytes(1216)))
    )
    with pytest.raises(Tampered, match="public keys were changed"):
        await org.commit(SaveDraft(told()))
