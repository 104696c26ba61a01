"""What is said of a story follows from what stands: told, kept, shared, or nothing of it yet."""

from dataclasses import replace

import pytest

from handlers.messages import ButtonPress, TextMessage
from handlers.outcome import ASK, say
from handlers.permissions.overview import overview_lines
from handlers.reporter.decide import decide, leave
from handlers.sending.rendering import render
from handlers.texts.english import ENGLISH
from store.model.drafts import StoredAnswer
from store.model.outbox import TextRef
from store.model.permissions import HeldHandover, HistoryEntry, StandingGrant
from store.model.snapshot import AskedErasure, OpenedCase, Snapshot
from tests.unit.handlers.reporter.places import begin_story, reach_overview
from tests.unit.handlers.talks import HOUR, OAK, READERS, draft, view_of

TEXTS = ENGLISH.leaving
STORY = StoredAnswer("story", items=("ab" * 16,))
TOLD = Snapshot(draft=draft(STORY), readers=READERS)


def shown(snapshot: Snapshot, sentence: str = "ASK") -> str:
    reply = render(view_of(snapshot), ASK if sentence == "ASK" else say("PAUSED"))
    assert reply is not None
    return reply.text


@pytest.mark.parametrize(
    ("snapshot", "paused", "left"),
    [
        (Snapshot(draft=draft()), TEXTS.paused_untold, TEXTS.left_untold),
        (TOLD, TEXTS.paused, TEXTS.left),
        (replace(TOLD, outlives_draft=True, kept=True), TEXTS.paused_kept, TEXTS.left_kept),
        (replace(TOLD, outlives_draft=True, shared=True), TEXTS.paused_shared, TEXTS.left_shared),
    ],
)
def test_who_pauses_or_leaves_hears_what_is_so(snapshot: Snapshot, paused: str, left: str) -> None:
    assert shown(snapshot, "PAUSED").startswith(paused.partition("{")[0])
    (said,) = leave(view_of(snapshot)).says
    reply = render(view_of(snapshot), said)
    assert reply is not None
    assert reply.text.startswith(left.partition("{")[0])


def test_after_everything_was_stopped_nothing_still_holds() -> None:
    kept = replace(TOLD, outlives_draft=True, kept=True, draft=draft(StoredAnswer("bot.stop")))
    assert shown(kept).startswith(TEXTS.stopped_kept)
    assert "still holds" not in shown(kept, "PAUSED")


def case(*history: HistoryEntry) -> Snapshot:
    return Snapshot(opened=OpenedCase((), history), kept=True)


KEEP = HistoryEntry(1, "keep", (), revoked=False)
READ = HistoryEntry(2, "named", (OAK.id,), revoked=True)


def test_of_a_case_that_was_never_shared_there_are_no_copies() -> None:
    asked = AskedErasure("00" * 16)
    assert ENGLISH.case.never_shared in shown(case(KEEP))
    assert shown(replace(case(KEEP), asked=asked)) == TEXTS.erase_unshared
    assert ENGLISH.case.unshared in shown(case(KEEP, READ))
    assert shown(replace(case(KEEP, READ), asked=asked)) == TEXTS.erase_case


def texts_of(snapshot: Snapshot, ref: TextRef) -> str:
    reply = render(view_of(snapshot), ref)
    assert reply is not None
    return reply.text


def test_where_things_stand_is_answered_even_if_nothing_is_held_any_more() -> None:
    gone, held = Snapshot(readers=READERS), HeldHandover("ee", HOUR, kept=True, id="a1" * 16)
    (alone,) = decide(view_of(replace(gone, held=held)), TextMessage("hello")).says
    assert texts_of(gone, alone) == ENGLISH.handover.hold_gone
    beside = decide(view_of(replace(gone, held=held)), TextMessage("/skip")).says
    assert [render(view_of(gone), each) is not None for each in beside] == [True, False]


def test_a_held_promise_is_not_said_after_its_time() -> None:
    gone, held = Snapshot(readers=READERS), HeldHandover("ee", HOUR, kept=True, readers=(OAK.id,))
    promise = say("HANDED_HELD", OAK.id)
    assert texts_of(gone, promise) == ENGLISH.handover.hold_gone
    assert texts_of(replace(gone, held=held), promise).startswith("I'll tell Oak")
    told = replace(gone, grants=(StandingGrant("ee", (OAK.id,), ("act.listen",)),))
    assert texts_of(told, promise) == "Oak can read it from now on."
    goodbye = render(view_of(gone), say("GOODBYE", "kept", "words", "held", OAK.id))
    assert goodbye is not None
    assert "/withdraw stops it" not in goodbye.text


def test_the_goodbye_of_a_kept_story_says_that_it_is_saved() -> None:
    for way in ("words", "code"):
        goodbye = render(view_of(Snapshot()), say("GOODBYE", "kept", way, ""))
        assert goodbye is not None
        assert goodbye.text.startswith("Your story is saved.")


# A report in which nothing would stand


def test_where_nothing_is_left_to_read_nothing_can_be_sent() -> None:
    talk = begin_story()
    talk.say("first", "/done", "let someone", "/skip", "/skip", "/skip", "/skip", "Oak")
    talk.say("help and wishes", "only read", "/skip", "/skip", "no")
    talk.press("right")
    assert talk.offered == ["show", "change"]
    assert ENGLISH.review.nothing_to_read.format(readers="Oak") in talk.replies[-1].text
    for yes in ("now", "hold"):
        talk.hear(ButtonPress("bot.review", (yes,)))
    assert not talk.handed


def test_the_only_part_that_is_left_out_ends_what_could_be_sent() -> None:
    talk = reach_overview()
    talk.press("right")
    for _ in range(4):
        talk.say("/show 1")
        talk.press("out")
    draft_now = talk.snapshot.draft
    assert draft_now is not None
    needs = StoredAnswer("needs")
    answers = tuple(needs if a.step == "needs" else a for a in draft_now.answers)
    talk.snapshot = replace(talk.snapshot, draft=replace(draft_now, answers=answers))
    assert talk.offered == ["show", "change"]


# What a witness allows


def test_where_nobody_gives_their_own_name_nobody_is_named() -> None:
    talk = reach_overview()
    talk.press("change.act")
    talk.press("unnamed")
    texts = ENGLISH.permissions
    assert texts.acts["act.unnamed"] in overview_lines(talk.view)
    flow = talk.settings.flow
    unnamed = tuple(
        replace(step, choices=tuple(c for c in step.choices if c.id != "named"))
        if step.asks == "act"
        else step
        for step in flow.steps
    )
    witness = replace(flow, steps=unnamed)
    settings = replace(talk.settings, flow=witness, revisions={flow.revision: witness}, bound={})
    assert texts.act_unnamed_anyone in overview_lines(replace(talk, settings=settings).view)
