"""Law: after a turn the snapshot is what the disk says, although it was not read again."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from store.cases.account_state import SHOWING
from store.model.changes import (
    BeginCase,
    Change,
    CloseCase,
    EndDraft,
    EraseCase,
    EraseItems,
    ReleaseHandover,
    ReopenCase,
    SaveDraft,
    SealItem,
    TakeBack,
)
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.errors import NotPermitted
from store.model.outbox import TextRef
from store.model.permissions import RevocationBasis
from store.model.snapshot import Snapshot
from store.model.turn import Decision, TurnResult
from tests.unit.store.organisation import (
    BIRCH_ID,
    DRAFT,
    OAK_ID,
    REPORTER,
    STORY,
    Organisation,
    hand_over,
    keep,
    named,
    organisation,
    told,
)

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
            barring = (keep(barred=(BIRCH_ID,)), named(OAK_ID, barred=(BIRCH_ID,)))
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
    """Against what is read anew."""
    posts = await org.stores.outbox.messages_for(REPORTER)
    assert turned.messages == tuple(posts)
    draft = turned.snapshot.draft
    shown = {post.text.sentence for post in posts} & SHOWING
    pieces = pieces or bool(shown) or (draft is not None and draft.phase is Phase.REVIEW)
    assert turned.snapshot == await org.snapshot(pieces=pieces)
    assert await org.stores.cases.pending(REPORTER, org.now, pieces=pieces) == replace(
        turned, fresh=True
    )


async def one_turn(org: Organisation, talk: Talk, number: int) -> None:
    pieces = talk.chance.random() < 0.3
    message, before = f"m{number}", await org.snapshot(pieces=True)
    turn = org.stores.cases.turn
    try:
        turned = await turn(
            REPORTER, message, talk.decide, org.now, pieces=pieces, chat_message=str(number)
        )
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
            await org.stores.recovery.open_with_words(
                REPORTER, chance.choice(sorted(talk.words)), org.now
            )
        if chance.random() < 0.1:
            await org.pass_time(hours=chance.choice([1, 13, 25, 24 * 8]))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
async def test_after_any_turn_of_any_talk_it_is_what_the_disk_says(seed: int) -> None:
    with TemporaryDirectory() as folder:
        async with organisation(Path(folder)) as org:
            await hold(org, Random(seed))  # noqa: S311 - a talk at random, the same each time


# --- and it was not read again


def reads(org: Organisation) -> list[str]:
    """What is selected from now on."""
    noted: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            noted.append(statement)

    event.listen(org.database._engine, "before_cursor_execute", note)
    return noted


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
    noted = reads(org)
    await org.stores.cases.turn(REPORTER, "1", answer(PLAIN[kind]), org.now)
    assert sorted(statement.split("FROM ")[1].split()[0] for statement in noted) == [
        "case_file",
        "draft",
        "outbox",
    ]


async def test_a_beginning_reads_even_less(org: Organisation) -> None:
    noted = reads(org)
    turned = await org.stores.cases.turn(REPORTER, "1", answer((BeginCase(DRAFT),)), org.now)
    assert turned.snapshot == await org.snapshot()
    assert len([s for s in noted if "FROM draft" in s]) == 2  # the second is the test's own


# --- pieces


@pytest.mark.parametrize("phase", [Phase.QUESTIONS, Phase.BACK, Phase.WORDS])
async def test_pieces_are_opened_only_where_they_are_needed(
    org: Organisation, phase: Phase
) -> None:
    await org.tell()
    turned = await org.stores.cases.turn(
        REPORTER, "1", answer((SaveDraft(replace(told(), phase=phase)),)), org.now
    )
    assert turned.snapshot.pieces == ()


async def test_entering_the_review_opens_them(org: Organisation) -> None:
    await org.tell()
    review = SaveDraft(replace(told(), phase=Phase.REVIEW))
    turned = await org.stores.cases.turn(REPORTER, "1", answer((review,)), org.now)
    assert len(turned.snapshot.pieces) == 2


async def test_in_the_review_they_are_there_to_decide(org: Organisation) -> None:
    await org.tell()
    await org.commit(SaveDraft(replace(told(), phase=Phase.REVIEW)))
    seen: list[int] = []

    def decide(snapshot: Snapshot) -> Decision:
        seen.append(len(snapshot.pieces))
        return Decision(texts=(TextRef("ASK"),))

    await org.stores.cases.turn(REPORTER, "1", decide, org.now)
    assert seen == [2]


async def test_a_sentence_that_shows_them_opens_them(org: Organisation) -> None:
    await org.tell()
    show = Decision(texts=(TextRef("SHOW_ALL"),))
    turned = await org.stores.cases.turn(REPORTER, "1", lambda _: show, org.now)
    assert len(turned.snapshot.pieces) == 2
    assert len((await org.stores.cases.pending(REPORTER, org.now)).snapshot.pieces) == 2
    await org.stores.outbox.confirm(turned.messages)
    assert (await org.stores.cases.pending(REPORTER, org.now)).snapshot.pieces == ()
