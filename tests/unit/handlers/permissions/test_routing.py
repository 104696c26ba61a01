"""Who gets what: named and not excluded, under whatever key; by default nobody."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

import flows
from handlers.context import View
from handlers.permissions.routing import hand_over, may_read
from store.model.drafts import Draft, StoredAnswer
from store.model.readers import Reader
from store.model.snapshot import Snapshot
from tests.unit.handlers.talks import ASH, FLOW, OAK, READERS, ROWAN, Talk, draft, view_of

NEW_ASH = Reader("dd" * 10, "Ash", "elected", must_pass_on=False, after=(ASH.id,))
EVERYBODY = (*READERS, NEW_ASH)
IDS = st.lists(st.sampled_from([r.id for r in EVERYBODY] + ["ff" * 10]), unique=True).map(tuple)


def permissions(*read: str, never: tuple[str, ...] = ()) -> flows.Permissions:
    return flows.Permissions(read=read, parts=frozenset({"needs"}), never=never)


def barring(*ids: str) -> View:
    return view_of(Snapshot(readers=EVERYBODY, barred=frozenset(ids)))


@given(read=IDS, never=IDS, barred=IDS)
def test_nobody_reads_who_was_not_named_or_was_ever_excluded(
    read: tuple[str, ...], never: tuple[str, ...], barred: tuple[str, ...]
) -> None:
    able = may_read(barring(*barred), permissions(*read, never=never))
    assert set(able) <= set(read)
    assert not set(able) & {*never, *barred}
    if ASH.id in {*never, *barred}:
        assert NEW_ASH.id not in able
    assert set(able) <= {r.id for r in EVERYBODY}


def test_a_new_key_of_somebody_excluded_is_excluded_too() -> None:
    assert may_read(barring(ASH.id), permissions(NEW_ASH.id, OAK.id)) == (OAK.id,)
    assert may_read(barring(), permissions(NEW_ASH.id, never=(ASH.id,))) == ()


def yes(draft_now: Draft, **more: object) -> list[str]:
    snapshot = replace(Snapshot(draft=draft_now, readers=READERS), **more)  # type: ignore[arg-type]  # fields of Situation
    return [p.scope for p in hand_over(view_of(snapshot), draft_now, 12).permissions]


def test_each_permission_is_a_statement_of_its_own_and_no_is_none() -> None:
    told = StoredAnswer("story", items=("ab",))
    assert yes(draft(told)) == []
    assert yes(draft(told, StoredAnswer("fate", ("keep",)))) == ["keep"]
    reading = (told, StoredAnswer("fate", ("read",)), StoredAnswer("read", (OAK.id,)))
    assert yes(draft(*reading)) == ["named"]
    assert yes(draft(*reading, StoredAnswer("keep", ("yes",)))) == ["named", "keep"]
    assert yes(draft(*reading, StoredAnswer("keep", ("no",)))) == ["named"]
    refused = (told, StoredAnswer("fate", ("read",)), StoredAnswer("read", ("nobody",)))
    assert yes(draft(*refused)) == []


def test_a_statement_holds_the_words_that_were_shown_and_whom_they_named() -> None:
    talk = Talk().begin("told")
    talk.say("read", "none", "/skip", "/skip", "Oak", "needs", "Ash", "listen", "yes", "right")
    talk.press("hold")
    (act,) = talk.handed
    named, keep = act.permissions
    assert named.shown.startswith("Who may read it?")
    assert named.shown.splitlines()[-1] == "Oak, elected (must pass some things on)"
    assert (named.step, named.readers, named.barred, named.may) == (
        "read",
        (OAK.id,),
        (ASH.id,),
        ("act.listen",),
    )
    assert (keep.step, keep.readers, keep.barred) == ("keep", (), (ASH.id,))
    assert act.parts == ("needs",)


def test_an_earlier_never_is_carried_into_every_new_statement() -> None:
    told = (StoredAnswer("story", items=("ab",)), StoredAnswer("fate", ("read",)))
    now = draft(*told, StoredAnswer("read", (OAK.id,)), StoredAnswer("keep", ("yes",)))
    view = view_of(Snapshot(draft=now, readers=READERS, barred=frozenset({ROWAN.id})))
    assert {p.barred for p in hand_over(view, now, 0).permissions} == {(ROWAN.id,)}


def test_whoever_was_excluded_is_not_offered_again() -> None:
    view = barring(ASH.id)
    step = view.settings.flow_of(view.snapshot).asking("read")
    assert step is not None
    assert [c.id for c in step.choices] == ["nobody", OAK.id, ROWAN.id]
    assert FLOW.revision == view.settings.flow_of(view.snapshot).revision
