"""Routing: readers who were named and not excluded under any key; by default nobody."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from handlers.permissions.routing import allowed_readers, hand_over
from handlers.reporter.conversation import Conversation
from store.model.changes import HandOver
from store.model.drafts import Draft, StoredAnswer
from store.model.readers import Reader
from store.model.snapshot import Snapshot
from tests.unit.handlers.talks import ASH, FLOW, OAK, READERS, ROWAN, Talk, draft, view_of

NEW_ASH = Reader("dd" * 10, "Ash", "elected", must_pass_on=False, other_keys=(ASH.id,))
EVERYBODY = (*READERS, NEW_ASH)
IDS = st.lists(st.sampled_from([r.id for r in EVERYBODY] + ["ff" * 10]), unique=True).map(tuple)


def barring(*ids: str) -> Snapshot:
    return Snapshot(readers=EVERYBODY, barred=frozenset(ids))


def handed_over(draft_now: Draft, **more: object) -> HandOver:
    """The second yes of this draft."""
    snapshot = replace(Snapshot(draft=draft_now, readers=READERS), **more)  # type: ignore[arg-type]  # fields of Snapshot
    return hand_over(Conversation(view_of(snapshot), draft_now), 12)


@given(read=IDS, never=IDS, barred=IDS)
def test_nobody_reads_who_was_not_named_or_was_ever_excluded(
    read: tuple[str, ...], never: tuple[str, ...], barred: tuple[str, ...]
) -> None:
    able = allowed_readers(barring(*barred), read, {*barred, *never})
    assert set(able) <= set(read)
    assert not set(able) & {*never, *barred}
    if ASH.id in {*never, *barred}:
        assert NEW_ASH.id not in able
    assert set(able) <= {r.id for r in EVERYBODY}


def test_a_new_key_of_somebody_excluded_is_excluded_too() -> None:
    assert allowed_readers(barring(ASH.id), (NEW_ASH.id, OAK.id), {ASH.id}) == (OAK.id,)
    assert allowed_readers(barring(), (NEW_ASH.id,), {ASH.id}) == ()


def yes(draft_now: Draft, **more: object) -> list[str]:
    return [p.scope for p in handed_over(draft_now, **more).permissions]


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
    talk.say(
        "let someone",
        "nothing",
        "/skip",
        "/skip",
        "Ash",
        "Oak",
        "Help and wishes",
        "only read",
        "yes",
        "yes, that's right",
    )
    talk.press("hold")
    (act,) = talk.handed
    never, named, keep = act.permissions
    assert named.shown.startswith("Who may read your story?")
    assert named.shown.splitlines()[-1] == "Oak, elected (has to report some things)"
    assert (named.step, named.readers, named.may) == ("read", (OAK.id,), ("act.listen",))
    assert (never.scope, never.step, never.readers) == ("never", "never", (ASH.id,))
    assert never.shown.splitlines()[-1] == "Ash, elected"
    assert (keep.step, keep.readers) == ("keep", ())
    assert act.parts == ("needs",)


def test_a_reader_who_left_before_the_second_yes_is_excluded_all_the_same() -> None:
    told = (StoredAnswer("story", items=("ab",)), StoredAnswer("fate", ("read",)))
    gone = StoredAnswer("never", (ROWAN.id,))
    now = draft(*told, StoredAnswer("read", (OAK.id,)), gone)
    without = tuple(r for r in READERS if r != ROWAN)
    (never, named) = handed_over(now, readers=without).permissions
    assert (named.readers, never.readers) == ((OAK.id,), (ROWAN.id,))


def test_who_was_excluded_here_is_not_given_it_under_a_key_that_came_meanwhile() -> None:
    told = (StoredAnswer("story", items=("ab",)), StoredAnswer("fate", ("read",)))
    both = (StoredAnswer("read", (OAK.id, NEW_ASH.id)), StoredAnswer("never", (ASH.id,)))
    act = handed_over(draft(*told, *both), readers=(OAK, NEW_ASH))
    assert [p.readers for p in act.permissions] == [(ASH.id,), (OAK.id,)]


def test_an_excluded_reader_is_not_offered_again() -> None:
    view = view_of(barring(ASH.id))
    step = view.settings.flow_of(view.snapshot).permission_step("read")
    assert step is not None
    assert [c.id for c in step.choices] == ["nobody", OAK.id, ROWAN.id]
    assert FLOW.revision == view.settings.flow_of(view.snapshot).revision
