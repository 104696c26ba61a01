from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from flows.consent import Permissions, given_steps, part_of, permissions, shown_words
from flows.engine import (
    answer,
    back,
    next_step,
    notes_before,
    options,
    relevant,
    settle,
    with_readers,
)
from flows.files.load import load
from flows.model import Answer, Answers, Choice, Flow, Kind, Step
from flows.responses import (
    ChoiceResponse,
    DoneResponse,
    Reason,
    Refusal,
    Response,
    SkipResponse,
    TextResponse,
)
from tests.unit.flows.generated import (
    ACT,
    INTAKE,
    KEEP,
    NEVER,
    PARTS,
    READ,
    READERS,
    REVIEW,
    STORY,
    after,
    fate,
    flows,
    inputs,
    reloaded,
    talks,
    toml,
    wanderings,
)

FLOW = with_readers(INTAKE, READERS)
OAK, ELM, ASH = (reader.id for reader in READERS)

KEPT = (
    ("story", TextResponse("i1")),
    ("story", DoneResponse()),
    ("fate", ChoiceResponse(("keep",))),
)
REACH = ("called", "reach", "reach_when", "reach_message", "reach_as", "reach_others")
SHARED = (
    ("story", TextResponse("i1")),
    ("story", DoneResponse()),
    ("fate", ChoiceResponse(("read",))),
    ("needs", ChoiceResponse(("listen",))),
    ("wish", SkipResponse()),
    ("person", TextResponse("i2")),
    ("person", DoneResponse()),
    ("never", ChoiceResponse((ELM,))),
    ("read", ChoiceResponse((OAK,))),
    ("parts", ChoiceResponse(("all",))),
    ("act", ChoiceResponse(("put",))),
    ("called", TextResponse("i3")),
    ("reach", SkipResponse()),
    ("keep", ChoiceResponse(("yes",))),
    ("review", ChoiceResponse(("yes",))),
)


def talk(*turns: tuple[str, Response], flow: Flow = FLOW, answers: Answers = ()) -> Answers:
    for step_id, given in turns:
        answers = after(flow, answers, step_id, given)
    return answers


def asked(answers: Answers, flow: Flow = FLOW) -> str | None:
    step = next_step(flow, answers)
    return step.id if step else None


def step_of(flow: Flow, step_id: str) -> Step:
    step = flow.step(step_id)
    assert step is not None
    return step


def refused(answers: Answers, step_id: str, given: Response, flow: Flow = FLOW) -> Reason:
    refusal = answer(flow, answers, step_id, given)
    assert isinstance(refusal, Refusal)
    return refusal.reason


def by_step(answers: Answers) -> dict[str, Answer]:
    return {entry.step: entry for entry in answers}


# --- laws --------------------------------------------------------------------------------------


@hypothesis_given(wanderings())
def test_settling_twice_is_settling_once(case: tuple[Flow, Answers]) -> None:
    flow, answers = case
    assert settle(flow, settle(flow, answers)) == settle(flow, answers)


@hypothesis_given(flows(), st.data())
def test_settling_arbitrary_answers_only_removes_and_leaves_what_is_relevant(
    flow: Flow, data: st.DataObject
) -> None:
    raw = reloaded(data.draw(arbitrary_answers(flow)))
    settled = settle(flow, raw)
    before = by_step(raw)
    assert settle(flow, settled) == settled
    assert [a.step for a in settled] == [a.step for a in raw if a.step in by_step(settled)]
    for entry in settled:
        assert set(entry.choices) <= set(before[entry.step].choices)
        assert entry.items == before[entry.step].items
        assert relevant(flow, step_of(flow, entry.step), settled)


@hypothesis_given(flows(), st.data())
def test_what_hangs_on_a_question_that_is_asked_anew_stays_until_it_is_answered(
    flow: Flow, data: st.DataObject
) -> None:
    raw = reloaded(data.draw(arbitrary_answers(flow)))
    anew = {step.id for step in flow.steps if data.draw(st.booleans())}
    settled = settle(flow, raw)
    kept = settle(flow, raw, anew)
    assert set(by_step(settled)) <= set(by_step(kept))
    assert settle(flow, raw, anew - set(by_step(raw))) == kept
    assert settle(flow, raw, set(by_step(raw))) == settled


def arbitrary_answers(flow: Flow) -> st.SearchStrategy[Answers]:
    """Answers that no talk gave: old ones, of other rosters, in any combination."""

    def of(step_id: str) -> st.SearchStrategy[Answer]:
        step = flow.step(step_id)
        ids = [choice.id for choice in step.choices] if step else []
        choices = st.lists(st.sampled_from([*ids, "gone"]), max_size=3, unique=True).map(tuple)
        items = st.lists(st.sampled_from("pq"), max_size=2).map(tuple)
        return st.builds(Answer, st.just(step_id), choices, items, st.booleans())

    names = st.lists(st.sampled_from([*(s.id for s in flow.steps), "gone"]), unique=True)
    return names.flatmap(lambda some: st.tuples(*map(of, some)))


@hypothesis_given(wanderings())
def test_every_state_of_a_talk_is_settled(case: tuple[Flow, Answers]) -> None:
    flow, answers = case
    assert settle(flow, answers) == answers
    assert all(relevant(flow, step_of(flow, entry.step), answers) for entry in answers)


@hypothesis_given(wanderings(), st.data())
def test_at_most_as_many_answers_as_steps_end_the_talk(
    case: tuple[Flow, Answers], data: st.DataObject
) -> None:
    flow, answers = case
    for _ in flow.steps:
        step = next_step(flow, answers)
        if step is None:
            break
        answers = after(flow, answers, step.id, data.draw(closing(flow, step, answers)))
        assert next_step(flow, answers) != step
    assert next_step(flow, answers) is None


def closing(flow: Flow, step: Step, answers: Answers) -> st.SearchStrategy[Response]:
    """An answer after which nothing more is expected of this step."""
    given = inputs(flow, step, answers)
    return given.filter(lambda g: not isinstance(g, TextResponse)) if step.many else given


@hypothesis_given(wanderings(), st.data())
def test_permissions_follow_from_the_settled_answers_alone(
    case: tuple[Flow, Answers], data: st.DataObject
) -> None:
    flow, answers = case
    shuffled = tuple(data.draw(st.permutations(answers)))
    assert permissions(flow, answers) == permissions(flow, settle(flow, shuffled))


@hypothesis_given(flows(), st.data())
def test_permissions_of_unsettled_answers_are_those_of_the_settled(
    flow: Flow, data: st.DataObject
) -> None:
    raw = data.draw(arbitrary_answers(flow))
    assert permissions(flow, raw) == permissions(flow, settle(flow, raw))
    assert given_steps(flow, raw) == given_steps(flow, settle(flow, raw))


@hypothesis_given(flows())
def test_skipping_everything_gives_no_permission(flow: Flow) -> None:
    answers: Answers = ()
    while (step := next_step(flow, answers)) is not None:
        last = step.kind is Kind.REVIEW
        answers = after(
            flow, answers, step.id, ChoiceResponse(("yes",)) if last else SkipResponse()
        )
        assert permissions(flow, answers) == Permissions()
    assert given_steps(flow, answers) == ()


@hypothesis_given(flows())
def test_refusing_everything_gives_no_permission(flow: Flow) -> None:
    answers: Answers = ()
    while (step := next_step(flow, answers)) is not None:
        answers = after(flow, answers, step.id, refusing(flow, step))
    assert permissions(flow, answers) == Permissions()


def refusing(flow: Flow, step: Step) -> Response:
    if step.kind is Kind.FORK:
        return ChoiceResponse(("read",) if step.choice("read") else ("later",))
    if step.kind is Kind.PERMISSION:
        return ChoiceResponse((step.choices[0].id,))
    return ChoiceResponse(("yes",)) if step.kind is Kind.REVIEW else SkipResponse()


@hypothesis_given(flows(), st.data())
def test_nothing_is_granted_that_was_not_said_last(flow: Flow, data: st.DataObject) -> None:
    answers: Answers = ()
    said: dict[str, set[str]] = {}
    for _ in range(data.draw(st.integers(0, 25))):
        step = data.draw(st.sampled_from(reachable(flow, answers)))
        given = data.draw(inputs(flow, step, answers))
        changed = answer(flow, answers, step.id, given)
        if isinstance(changed, Refusal):
            continue
        answers = reloaded(changed)
        said[step.id] = {*given.ids} if isinstance(given, ChoiceResponse) else set()
    assert_said(flow, permissions(flow, answers), said)


def reachable(flow: Flow, answers: Answers) -> list[Step]:
    step = next_step(flow, answers)
    earlier = [step_of(flow, entry.step) for entry in answers]
    return [*earlier, step] if step else earlier


def assert_said(flow: Flow, allowed: Permissions, said: dict[str, set[str]]) -> None:
    assert set(allowed.read) <= said.get("read", set())
    assert set(allowed.never) <= said.get("never", set())
    assert not set(allowed.read) & set(allowed.never)
    assert allowed.act == "listen" or allowed.act in said["act"]
    assert not allowed.keep or "keep" in said["fate"] or "yes" in said["keep"]
    assert not allowed.read or said["fate"] == {"read"}
    if flow.step("parts"):
        assert "story" not in allowed.parts or "all" in said["parts"]
        assert "person" not in allowed.parts or said["parts"] & {"all", "needs_person"}
    assert bool(allowed.parts) == bool(allowed.read)


@hypothesis_given(talks())
def test_back_undoes_an_answer(case: tuple[Flow, tuple[Answers, ...]]) -> None:
    flow, states = case
    for before, now in pairwise(states):
        assert back(flow, now) == before


@hypothesis_given(wanderings())
def test_going_back_ends_at_the_beginning(case: tuple[Flow, Answers]) -> None:
    flow, answers = case
    pieces = sum(len(entry.items) + 2 for entry in answers)
    for _ in range(pieces):
        answers = back(flow, answers)
    assert answers == ()


@hypothesis_given(wanderings())
def test_permissions_name_their_steps(case: tuple[Flow, Answers]) -> None:
    flow, answers = case
    allowed = permissions(flow, answers)
    named = {name: [c.id for c in taken] for name, _, taken in given_steps(flow, answers)}
    assert ("keep" in named) == allowed.keep
    assert tuple(named.get("read", ())) == allowed.read
    assert tuple(named.get("never", ())) == allowed.never
    assert named.get("act", ["listen"]) == [allowed.act]


@hypothesis_given(wanderings())
def test_no_answer_prints_what_was_answered(case: tuple[Flow, Answers]) -> None:
    _, answers = case
    for entry in answers:
        assert "choices" not in repr(entry)
        assert "items" not in repr(entry)


# --- what is asked -----------------------------------------------------------------------------


def test_the_story_is_asked_until_it_is_done() -> None:
    assert asked(()) == "story"
    told = talk(("story", TextResponse("i1")), ("story", TextResponse("i2")))
    assert asked(told) == "story"
    assert told == (Answer("story", items=("i1", "i2"), closed=False),)
    assert asked(talk(("story", DoneResponse()), answers=told)) == "fate"


def test_only_keeping_asks_nothing_but_the_review() -> None:
    assert asked(talk(*KEPT)) == "review"
    assert asked(talk(*KEPT, ("review", ChoiceResponse(("yes",))))) is None


def test_a_branch_asks_its_questions_in_the_order_of_the_file() -> None:
    answers: Answers = ()
    for step_id, given in SHARED:
        assert asked(answers) == step_id
        answers = talk((step_id, given), answers=answers)
    assert asked(answers) is None


def test_every_state_can_be_written_down_and_read_again() -> None:
    answers = talk(*SHARED)
    assert reloaded(answers) == answers


NOTES = """
[[step]]
id = "hello"
kind = "note"
text = "One."
[[step]]
id = "story"
kind = "text"
text = "What would you like to say?"
[[step]]
id = "fate"
kind = "fork"
text = "What should happen?"
choices = [
  { id = "keep", text = "Keep", asks = "keep" },
  { id = "later", text = "Later" },
  { id = "erase", text = "Erase" } ]
[[step]]
id = "two"
kind = "note"
text = "Two."
[[step]]
id = "three"
kind = "note"
when = { fate = "keep" }
text = "Three."
[[step]]
id = "body"
kind = "section"
touches = "body"
text = "The next question is about your body."
[[step]]
id = "care"
kind = "text"
section = "body"
text = "What about your health?"
[[step]]
id = "review"
kind = "review"
text = "Look."
"""
NOTED = load('name = "n"\nlanguage = "en"\nchoose = "N"\n' + NOTES, "n.toml")


@pytest.mark.parametrize(
    ("fork", "step", "notes"),
    [
        ("keep", "story", ["hello"]),
        ("keep", "fate", []),
        ("keep", "body", ["two", "three"]),
        ("later", "body", ["two"]),
        ("keep", "review", []),
    ],
)
def test_notes_are_said_with_the_question_after_them(
    fork: str, step: str, notes: list[str]
) -> None:
    answers = (Answer("story"), Answer("fate", choices=(fork,)))
    shown = notes_before(NOTED, answers, step_of(NOTED, step))
    assert [note.id for note in shown] == notes


@pytest.mark.parametrize("given", [SkipResponse(), ChoiceResponse(("skip",))])
def test_a_skipped_section_passes_over_its_steps(given: Response) -> None:
    answers = talk(("story", SkipResponse()), ("fate", SkipResponse()), flow=NOTED)
    assert asked(talk(("body", given), flow=NOTED, answers=answers), NOTED) == "review"
    went_on = talk(("body", ChoiceResponse(("go",))), flow=NOTED, answers=answers)
    assert asked(went_on, NOTED) == "care"


GUARDED = toml([
    STORY,
    fate("keep", "read", "later", "erase"),
    {"id": "one", "kind": "many", "text": "One?", "choices": [
        {"id": "x", "text": "x"}, {"id": "y", "text": "y"}]},
    {"id": "both", "kind": "text", "text": "?", "when": {"one": "x", "fate": "read"}},
    {"id": "either", "kind": "text", "text": "?", "when": {"one": ["x", "y"]}},
    {"id": "some", "kind": "text", "text": "?", "when": {"one": True}},
    {"id": "nand", "kind": "text", "text": "?", "unless": {"one": "x", "fate": "read"}},
    READ,
    {"id": "given", "kind": "text", "text": "?", "when": {"read": True}},
    {"id": "refused", "kind": "text", "text": "?", "when": {"read": "nobody"}},
    REVIEW,
])  # fmt: skip


@pytest.mark.parametrize(
    ("fork", "one", "read", "asked_later"),
    [
        ("read", ("x",), (OAK,), {"both", "either", "some", "given"}),
        ("read", ("y",), ("nobody",), {"either", "some", "nand", "refused"}),
        ("read", (), (), {"nand"}),
        ("keep", ("x", "y"), (), {"either", "some", "nand"}),
    ],
)
def test_conditions(
    fork: str, one: tuple[str, ...], read: tuple[str, ...], asked_later: set[str]
) -> None:
    flow = with_readers(load(GUARDED, "guarded.toml"), READERS)
    answers = (
        Answer("story"),
        Answer("fate", choices=(fork,)),
        Answer("one", choices=one),
        Answer("read", choices=read),
    )
    texts = ("both", "either", "some", "nand", "given", "refused")
    assert {s for s in texts if relevant(flow, step_of(flow, s), answers)} == asked_later


def test_what_waits_in_the_overview_is_not_asked_but_can_be_opened() -> None:
    waiting = KEEP | {"place": "overview"}
    text = toml([STORY, fate("keep", "read", "later", "erase"), READ, waiting, REVIEW])
    flow = with_readers(load(text, "made.toml"), READERS)
    turns = (
        ("story", SkipResponse()),
        ("fate", ChoiceResponse(("read",))),
        ("read", SkipResponse()),
    )
    answers = talk(*turns, flow=flow)
    assert asked(answers, flow) == "review"
    assert permissions(
        flow, talk(("keep", ChoiceResponse(("yes",))), flow=flow, answers=answers)
    ).keep


# --- what an answer changes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "step", "given", "reason"),
    [
        ((), "stroy", SkipResponse(), Reason.UNKNOWN_STEP),
        ((), "fate", ChoiceResponse(("keep",)), Reason.NOT_OPEN),
        ((), "story", DoneResponse(), Reason.NOTHING_TOLD),
        ((), "story", ChoiceResponse(("keep",)), Reason.NEEDS_WORDS),
        (talk(*KEPT[:2]), "fate", TextResponse("i9"), Reason.NEEDS_CHOICE),
        (talk(*KEPT[:2]), "fate", DoneResponse(), Reason.NOTHING_TOLD),
        (talk(*KEPT[:2]), "fate", ChoiceResponse(()), Reason.NEEDS_CHOICE),
        (talk(*KEPT[:2]), "fate", ChoiceResponse(("kept",)), Reason.NO_SUCH_CHOICE),
        (talk(*KEPT[:2]), "fate", ChoiceResponse(("keep", "read")), Reason.ONE_ONLY),
        (talk(*KEPT), "needs", ChoiceResponse(("listen",)), Reason.NOT_OPEN),
        (talk(*KEPT), "review", SkipResponse(), Reason.CANNOT_SKIP),
        (talk(*SHARED[:3]), "needs", ChoiceResponse(("listen", "none")), Reason.ALONE),
        (talk(*SHARED[:8]), "read", ChoiceResponse(("nobody", OAK)), Reason.ALONE),
        (talk(*SHARED[:10]), "never", ChoiceResponse((OAK,)), Reason.EXCLUDED),
        (talk(*SHARED[:10]), "read", ChoiceResponse((ELM,)), Reason.EXCLUDED),
        (talk(*SHARED[:10]), "act", ChoiceResponse(("put", "named")), Reason.ONE_ONLY),
    ],
)
def test_what_cannot_be_an_answer_is_refused(
    answers: Answers, step: str, given: Response, reason: Reason
) -> None:
    assert refused(answers, step, given) is reason


def test_a_note_is_never_answered() -> None:
    assert refused((), "hello", SkipResponse(), NOTED) is Reason.NOT_OPEN


def test_a_step_taken_back_is_not_open_until_it_is_asked_again() -> None:
    answers = back(FLOW, talk(*SHARED[:10]))
    assert refused(answers, "act", ChoiceResponse(("named",))) is Reason.NOT_OPEN


def test_skipping_a_story_that_was_begun_loses_nothing() -> None:
    answers = talk(("story", TextResponse("i1")), ("story", SkipResponse()))
    assert answers == (Answer("story", items=("i1",)),)


def test_more_can_be_told_later_and_nothing_told_is_lost() -> None:
    answers = talk(*SHARED, ("story", TextResponse("i3")))
    assert by_step(answers)["story"] == Answer("story", items=("i1", "i3"), closed=False)
    assert asked(answers) == "story"
    assert asked(talk(("story", DoneResponse()), answers=answers)) == "review"


def test_an_answer_of_one_message_is_replaced_by_a_new_one() -> None:
    single = tuple(replace(step, many=step is FLOW.story) for step in FLOW.steps)
    flow = replace(FLOW, steps=single)
    shared = [turn for turn in SHARED if turn != ("person", DoneResponse())]
    answers = talk(*shared, ("person", TextResponse("i9")), flow=flow)
    assert by_step(answers)["person"].items == ("i9",)


def test_any_change_takes_back_the_yes_of_the_review() -> None:
    answers = talk(*SHARED, ("act", ChoiceResponse(("listen",))))
    assert asked(answers) == "review"
    assert permissions(FLOW, answers).act == "listen"


def test_a_changed_answer_erases_what_depended_on_it_and_nothing_else() -> None:
    answers = talk(*SHARED, ("read", ChoiceResponse(("nobody",))))
    gone = by_step(talk(*SHARED)).keys() - by_step(answers).keys()
    assert gone == {"parts", "act", "called", "reach", "review"}
    assert permissions(FLOW, answers) == Permissions(keep=True, never=(ELM,))


def test_a_branch_opened_later_takes_the_place_of_the_first() -> None:
    answers = talk(*KEPT, ("fate", ChoiceResponse(("read",))))
    assert by_step(answers)["fate"].choices == ("read",)
    assert asked(answers) == "needs"
    assert permissions(FLOW, answers) == Permissions()


def test_only_keeping_it_after_all_closes_what_was_allowed_in_the_other_branch() -> None:
    answers = talk(*SHARED, ("fate", ChoiceResponse(("keep",))))
    assert by_step(answers).keys() == {"story", "fate"}
    assert permissions(FLOW, answers) == Permissions(keep=True)


@pytest.mark.parametrize("alone", ["later", "erase"])
def test_deciding_later_and_erasing_close_all_branches(alone: str) -> None:
    answers = talk(*SHARED, ("fate", ChoiceResponse((alone,))))
    assert by_step(answers).keys() == {"story", "fate"}
    assert permissions(FLOW, answers) == Permissions()
    again = talk(("fate", ChoiceResponse(("keep",))), answers=answers)
    assert by_step(again)["fate"].choices == ("keep",)


def test_back_takes_back_one_message_at_a_time() -> None:
    answers = talk(
        ("story", TextResponse("i1")), ("story", TextResponse("i2")), ("story", DoneResponse())
    )
    open_again = back(FLOW, answers)
    assert open_again == (Answer("story", items=("i1", "i2"), closed=False),)
    assert back(FLOW, open_again) == (Answer("story", items=("i1",), closed=False),)
    assert back(FLOW, back(FLOW, open_again)) == ()
    assert back(FLOW, ()) == ()


def test_a_reader_who_left_the_roster_falls_out() -> None:
    flow = with_readers(INTAKE, READERS[1:])
    settled = settle(flow, talk(*SHARED))
    assert "read" not in by_step(settled)
    assert permissions(flow, settled).read == ()


# --- readers -----------------------------------------------------------------------------------


def test_readers_are_offered_after_the_refusal() -> None:
    ids = [c.id for c in options(FLOW, step_of(FLOW, "read"), ())]
    assert ids == ["nobody", OAK, ELM, ASH]
    assert FLOW.revision == INTAKE.revision


def test_a_new_roster_replaces_the_old_one() -> None:
    assert with_readers(FLOW, READERS[:1]) == with_readers(INTAKE, READERS[:1])


@pytest.mark.parametrize("twin", ["nobody", "a1"])
def test_readers_have_ids_of_their_own(twin: str) -> None:
    with pytest.raises(ValueError, match="id of their own"):
        with_readers(INTAKE, (*READERS, Choice(twin, "Twin")))


def test_never_leaves_out_who_may_read() -> None:
    ids = [c.id for c in options(FLOW, step_of(FLOW, "never"), talk(*SHARED[:10]))]
    assert ids == ["none", ELM, ASH]


def test_never_is_not_asked_where_nobody_is_left() -> None:
    free = (*SHARED[:7], ("never", ChoiceResponse(("none",))))
    answers = talk(*free, ("read", ChoiceResponse((OAK, ELM, ASH))))
    assert not relevant(FLOW, step_of(FLOW, "never"), answers)


def test_never_holds_against_a_later_change_until_it_is_changed_itself() -> None:
    answers = talk(*SHARED)
    assert refused(answers, "read", ChoiceResponse((OAK, ELM))) is Reason.EXCLUDED
    freed = talk(("never", ChoiceResponse(("none",))), answers=answers)
    assert permissions(FLOW, talk(("read", ChoiceResponse((ELM,))), answers=freed)).read == (ELM,)


def test_a_reader_named_in_both_directions_may_not_read() -> None:
    given = (Answer("never", choices=(ELM,)), Answer("read", choices=(OAK, ELM)))
    allowed = permissions(FLOW, (Answer("fate", choices=("read",)), *given))
    assert (allowed.read, allowed.never) == ((OAK,), (ELM,))


# --- what is allowed ---------------------------------------------------------------------------


def test_what_a_whole_talk_allows() -> None:
    assert permissions(FLOW, talk(*SHARED)) == Permissions(
        keep=True,
        read=(OAK,),
        parts=frozenset({"story", "needs", "person"}),
        never=(ELM,),
        act="put",
    )


def test_keeping_is_given_by_the_words_of_the_fork() -> None:
    assert permissions(FLOW, talk(*KEPT)) == Permissions(keep=True)


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        (ChoiceResponse(("needs",)), {"needs"}),
        (ChoiceResponse(("needs_person",)), {"needs", "person"}),
        (ChoiceResponse(("all",)), {"needs", "person", "story"}),
        (SkipResponse(), {"needs"}),
    ],
)
def test_parts(given: Response, parts: set[str]) -> None:
    assert permissions(FLOW, talk(*SHARED[:9], ("parts", given))).parts == parts


def test_before_the_parts_are_asked_they_are_the_narrowest() -> None:
    assert permissions(FLOW, talk(*SHARED[:9])).parts == {"needs"}


def test_without_a_question_about_parts_all_is_shared() -> None:
    text = toml([STORY, fate("keep", "read", "later", "erase"), READ, NEVER, ACT, REVIEW])
    flow = with_readers(load(text, "made.toml"), READERS)
    answers = talk(
        ("story", SkipResponse()),
        ("fate", ChoiceResponse(("read",))),
        ("read", ChoiceResponse((OAK,))),
        flow=flow,
    )
    assert permissions(flow, answers).parts == {"story", "needs", "person"}


def test_answers_belong_to_the_story_unless_the_file_says_otherwise() -> None:
    parts = {step.id: part_of(step) for step in INTAKE.steps if step.takes_text or step.part}
    assert parts == {
        "story": "story",
        "needs": "needs",
        "needs_other": "needs",
        "wish": "needs",
        "person": "person",
        **dict.fromkeys(REACH, "needs"),
    }


def test_every_permission_is_named_with_its_step_and_choices() -> None:
    given = [
        (name, step.id, [choice.id for choice in taken])
        for name, step, taken in given_steps(FLOW, talk(*SHARED))
    ]
    assert given == [
        ("never", "never", [ELM]),
        ("read", "read", [OAK]),
        ("act", "act", ["put"]),
        ("keep", "keep", ["yes"]),
    ]


def test_the_fork_names_the_words_that_keep() -> None:
    ((name, step, taken),) = given_steps(FLOW, talk(*KEPT))
    assert (name, step.id) == ("keep", "fate")
    assert shown_words(step, taken) == (
        "What would you like to do with your story? Nobody reads it unless you say so. "
        "You can change your mind until someone has read it or you delete it.\n"
        "Just keep it"
    )


def test_shown_words_hold_one_line_for_each_choice() -> None:
    step = step_of(load(toml([STORY, fate("keep", "later", "erase"), REVIEW]), "m"), "fate")
    assert shown_words(step, step.choices[:2]) == "What should happen?\nkeep\nlater"


def test_a_detail_gives_nothing_by_itself() -> None:
    text = toml([STORY, fate("keep", "read", "later", "erase"), READ, PARTS, REVIEW])
    flow = with_readers(load(text, "made.toml"), READERS)
    answers = (Answer("fate", choices=("read",)), Answer("parts", choices=("all",)))
    assert permissions(flow, answers) == Permissions()
