"""Law: after a turn the snapshot is what the disk says, although it was not read again."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.model.accounts import Account
from store.model.changes import (
    BeginCase,
    Change,
    CloseCase,
    EndDraft,
    EraseCase,
    EraseItems,
    HandOver,
    ReleaseHandover,
    ReopenCase,
    SaveDraft,
    SealItem,
    TakeBack,
)
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.errors import NotPermitted, PiecesNotLoaded
from store.model.outbox import TextRef
from store.model.permissions import RevocationBasis
from store.model.snapshot import Snapshot
from store.model.turn import Decision, Need, Supplies, TurnResult
from tests.unit.store.organisation import (
    BIRCH_ID,
    DRAFT,
    OAK_ID,
    REPORTER,
    SECOND,
    SOMEBODY,
    STORY,
    Organisation,
    hand_over,
    keep,
    named,
    never,
    organisation,
    told,
)
from tests.unit.store.statements import executed_statements

SENTENCES = ("ASK", "ACK", "SHOW_ALL", "SHOW_PIECE", "OVERVIEW")


@dataclass
class Talk:
    """Somebody who does at random what is possible at all, and remembers their words."""

    chance: Random
    words: set[str] = field(default_factory=set)

    def some_id(self) -> str:
        return self.chance.randbytes(16).hex()

    def answers(self, items: tuple[str, ...]) -> tuple[StoredAnswer, ...]:
        """In any order; some skipped, one perhaps still open, one without items perhaps twice."""
        steps = [StoredAnswer("fork", ("read",)), StoredAnswer("needs", (), items[1::2])]
        steps += [StoredAnswer("story", (), items[::2], closed=self.chance.random() < 0.5)]
        steps += [StoredAnswer("person")] if self.chance.random() < 0.5 else []
        self.chance.shuffle(steps)
        return tuple(steps[: self.chance.randint(0, 4)])

    def draft(self, before: Draft | None, *more: str) -> Draft:
        known = tuple(i for a in before.answers for i in a.items) if before else ()
        phase = self.chance.choice([*Phase, Phase.QUESTIONS, Phase.REVIEW])
        return replace(before or DRAFT, phase=phase, answers=self.answers((*known, *more)))

    def telling(self, draft: Draft | None) -> tuple[Change, ...]:
        item = self.some_id()
        return SealItem(item, "story", f"words {item}"), SaveDraft(self.draft(draft, item))

    def dropping(self, draft: Draft | None) -> tuple[Change, ...]:
        items = [i for a in draft.answers for i in a.items] if draft else []
        gone = self.chance.sample(items, min(len(items), 2))
        return EraseItems((*gone, self.some_id())), SaveDraft(self.draft(draft))

    def changes(self, snapshot: Snapshot) -> tuple[Change, ...]:
        draft, held = snapshot.draft, snapshot.held
        possible: list[tuple[Change, ...]] = [(), (BeginCase(self.draft(None)),)]
        if draft is not None or snapshot.opened is not None:
            possible += [self.telling(draft), self.telling(draft), self.dropping(draft)]
            possible += [
                (SaveDraft(self.draft(draft)),),
                (TakeBack(RevocationBasis.WORDS),),
                (EraseCase(),),
            ]
        if draft is not None:
            permits = self.chance.choice([(keep(),), (named(OAK_ID),), (keep(), named(OAK_ID))])
            barring = (keep(), never(BIRCH_ID), named(OAK_ID))
            hold = self.chance.choice([0, 12])
            possible += [(hand_over(*permits, hold=hold),), (hand_over(*barring),)]
            possible += [(EndDraft(),), (*self.telling(draft), EndDraft())]
        if snapshot.opened is not None:
            possible += [(ReopenCase(self.draft(None)),), (CloseCase(),)]
        if snapshot.ended:
            possible += [(CloseCase(),)]
        if held is not None:
            possible += [
                (TakeBack(RevocationBasis.HOLD, (held.statement,)),),
                (ReleaseHandover(held.statement),),
            ]
        return self.chance.choice(possible)

    def decide(self, snapshot: Snapshot) -> Decision:
        self.words |= {" ".join(snapshot.words)} - {""}
        says = [TextRef(self.chance.choice(SENTENCES)) for _ in range(self.chance.randint(0, 2))]
        return Decision(self.changes(snapshot), tuple(says), deletable=self.chance.random() < 0.3)


async def check(org: Organisation, turned: TurnResult, *, pieces: bool) -> None:
    """Compare with what is read anew."""
    posts = await org.stores.outbox.messages_for(REPORTER)
    assert turned.messages == tuple(posts)
    read = await org.snapshot(pieces=pieces and turned.snapshot.loaded_pieces is not None)
    assert turned.snapshot == read
    unopened = replace(turned, snapshot=await org.snapshot(), fresh=True)
    assert await org.stores.cases.pending(REPORTER, org.now) == unopened


async def run(
    org: Organisation, message: str, talk: Talk, supplies: Supplies, chat_message: str
) -> TurnResult:
    """Run a turn, with a take-back code if what was drawn for it hands over."""
    drawn: list[Decision] = []

    def decide(snapshot: Snapshot) -> Decision:
        if not drawn:
            drawn.append(talk.decide(snapshot))
        handing_over = any(isinstance(change, HandOver) for change in drawn[0].changes)
        needed = supplies.code is None and handing_over
        return Decision(needs=Need.CODE) if needed else drawn[0]

    cases = org.stores.cases
    turned = await cases.turn(
        REPORTER, message, decide, org.now, supplies, chat_message=chat_message
    )
    if turned.needs is Need.CODE:
        supplies = replace(supplies, code=await cases.new_code())
        turned = await cases.turn(
            REPORTER, message, decide, org.now, supplies, chat_message=chat_message
        )
    return turned


async def one_turn(org: Organisation, talk: Talk, number: int) -> None:
    pieces = talk.chance.random() < 0.3
    message, before = f"m{number}", await org.snapshot(pieces=True)
    supplies = Supplies(await org.stores.cases.open_pieces(REPORTER, org.now) if pieces else None)
    try:
        turned = await run(org, message, talk, supplies, str(number))
    except NotPermitted:
        assert await org.snapshot(pieces=True) == before
        return
    await check(org, turned, pieces=pieces)
    if talk.chance.random() < 0.5:
        await org.stores.outbox.confirm(turned.messages)


async def hold(org: Organisation, chance: Random) -> None:
    talk = Talk(chance)
    for number in range(15):
        await one_turn(org, talk, number)
        if talk.words and chance.random() < 0.2:
            await org.open_with_words(REPORTER, chance.choice(sorted(talk.words)))
        if chance.random() < 0.1:
            await org.pass_time(hours=chance.choice([1, 13, 25, 24 * 8]))


@pytest.mark.long
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
async def test_after_any_turn_of_any_talk_it_is_what_the_disk_says(seed: int) -> None:
    with TemporaryDirectory() as folder:
        async with organisation(Path(folder)) as org:
            await hold(org, Random(seed))  # noqa: S311 - a talk at random, the same each time


# --- and it was not read again


def answer(chosen: tuple[Change, ...]) -> Callable[[Snapshot], Decision]:
    return lambda _: Decision(chosen, (TextRef("ACK"),))


PLAIN: dict[str, tuple[Change, ...]] = {
    "Save": (SaveDraft(told()),),
    "Keep": (SealItem("0c" * 16, "story", "more"), SaveDraft(told())),
    "Drop": (EraseItems((STORY,)), SaveDraft(told())),
}


@pytest.mark.parametrize("kind", PLAIN)
async def test_an_answer_reads_four_rows_and_no_more(org: Organisation, kind: str) -> None:
    """The draft, the case with its statements, the lane; the mark is part of its writing."""
    await org.tell()
    with executed_statements() as executed:
        await org.stores.cases.turn(REPORTER, "1", answer(PLAIN[kind]), org.now)
    assert sorted(e.sql.split("FROM ")[1].split()[0] for e in executed if e.selects) == [
        "case_file",
        "draft",
        "outbox",
    ]


async def test_a_beginning_reads_even_less(org: Organisation) -> None:
    with executed_statements() as executed:
        turned = await org.stores.cases.turn(REPORTER, "1", answer((BeginCase(DRAFT),)), org.now)
    assert len([e for e in executed if e.selects and "FROM draft" in e.sql]) == 1
    assert turned.snapshot == await org.snapshot()


# --- pieces


@pytest.mark.parametrize("phase", list(Phase))
async def test_no_turn_opens_pieces_by_itself(org: Organisation, phase: Phase) -> None:
    await org.tell()
    changes = (SaveDraft(replace(told(), phase=phase)),)
    turned = await org.stores.cases.turn(REPORTER, "1", answer(changes), org.now)
    assert turned.snapshot.loaded_pieces is None
    with pytest.raises(PiecesNotLoaded):
        _ = turned.snapshot.pieces


async def test_where_nothing_was_told_none_need_be_opened(org: Organisation) -> None:
    turned = await org.stores.cases.turn(REPORTER, "1", answer((BeginCase(DRAFT),)), org.now)
    assert turned.snapshot.pieces == ()


async def test_supplied_pieces_are_there_to_decide_and_to_render(org: Organisation) -> None:
    await org.tell()
    supplies = Supplies(await org.stores.cases.open_pieces(REPORTER, org.now))
    seen: list[int] = []

    def decide(snapshot: Snapshot) -> Decision:
        seen.append(len(snapshot.pieces))
        changes = (SealItem("0c" * 16, "story", "More."), SaveDraft(with_third()))
        return Decision(changes, texts=(TextRef("SHOW_ALL"),))

    turned = await org.stores.cases.turn(REPORTER, "1", decide, org.now, supplies)
    assert seen == [2]
    assert [piece.text for piece in turned.snapshot.pieces][2:] == ["More."]
    assert turned.snapshot == await org.snapshot(pieces=True)


async def test_pieces_of_another_draft_do_not_count(org: Organisation) -> None:
    await org.tell()
    supplies = Supplies(await org.stores.cases.open_pieces(REPORTER, org.now))
    await org.commit(SealItem("0c" * 16, "story", "More."), SaveDraft(with_third()))
    turned = await org.stores.cases.turn(REPORTER, "1", answer(()), org.now, supplies)
    assert turned.snapshot.loaded_pieces is None


async def test_an_item_that_is_gone_is_needed_once(org: Organisation) -> None:
    await org.tell()
    await org.commit(EraseItems((STORY,)))
    supplies = Supplies(await org.stores.cases.open_pieces(REPORTER, org.now))
    turned = await org.stores.cases.turn(REPORTER, "1", answer(()), org.now, supplies)
    assert [piece.item for piece in turned.snapshot.pieces] == [SECOND]


def with_third() -> Draft:
    return replace(DRAFT, answers=(StoredAnswer("story", (), (STORY, SECOND, "0c" * 16)),))


async def long_story(org: Organisation, who: Account, pieces: int) -> None:
    """Tell a story of so many pieces."""
    items = tuple(f"{org.messages:08x}{n:024x}" for n in range(pieces))
    draft = replace(DRAFT, answers=(StoredAnswer("story", (), items),))
    sealed = tuple(SealItem(item, "story", "A piece.") for item in items)
    await org.commit(BeginCase(DRAFT), who=who)
    await org.commit(*sealed, SaveDraft(draft), who=who)


async def test_a_message_costs_the_same_statements_in_a_talk_of_850_pieces(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    for who, pieces in ((REPORTER, 3), (SOMEBODY, 850)):
        await long_story(org, who, pieces)
        await org.stores.outbox.confirm(await org.stores.outbox.messages_for(who))
        with monkeypatch.context() as patched, executed_statements() as executed:
            patched.setattr("store.cases.items._open", None)  # nothing can open a piece
            draft = (await org.snapshot(who)).draft
            assert draft is not None
            item = f"{pieces:032x}"
            changes = (SealItem(item, "story", "More."), SaveDraft(draft))
            decide = answer(changes)
            turned = await org.stores.cases.turn(who, f"m{pieces}", decide, org.now)
            assert turned.messages
        ran.append([statement.sql for statement in executed])
    assert ran[0] == ran[1]


async def test_a_message_in_an_opened_case_of_200_pieces_opens_none(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    for who, pieces in ((REPORTER, 3), (SOMEBODY, 200)):
        await long_story(org, who, pieces)
        snapshot = await org.snapshot(who)
        words, draft = " ".join(snapshot.words), snapshot.draft
        assert draft is not None
        await org.commit(HandOver(replace(draft, phase=Phase.BACK), (keep(),)), who=who)
        await org.commit(EndDraft(), who=who)
        assert await org.open_with_words(who, words)
        await org.stores.outbox.confirm(await org.stores.outbox.messages_for(who))
        with monkeypatch.context() as patched, executed_statements() as executed:
            patched.setattr("store.cases.items._open", None)
            turned = await org.stores.cases.turn(
                who, f"m{pieces}", lambda _: Decision(texts=(TextRef("ASK"),)), org.now
            )
            assert turned.snapshot.opened is not None
        ran.append([statement.sql for statement in executed])
    assert ran[0] == ran[1]
