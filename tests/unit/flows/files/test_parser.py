import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.files.keys import ALL_KEYS, KIND_KEYS
from flows.files.load import FlowProblems, load
from flows.files.toml_text import reflow
from flows.model import GO_ON, SKIP_SECTION, USE_IT, Guard, Kind
from tests.unit.flows.generated import INTAKE, REVIEW, STORY, Entry, fate, toml

FORK = fate("keep", "later", "erase")


def problems(*steps: Entry) -> list[str]:
    with pytest.raises(FlowProblems) as caught:
        load(toml(steps), "made.toml")
    return [str(problem) for problem in caught.value.problems]


def only(*steps: Entry) -> str:
    (problem,) = problems(*steps)
    return problem


def note(**keys: object) -> Entry:
    return {"id": "aside", "kind": "note", "text": "Words.", **keys}


# --- texts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        ("One line.", "One line."),
        ("One\nline.", "One line."),
        ("  One \n  line. \n", "One line."),
        ("One.\n\nTwo.", "One.\n\nTwo."),
        ("One.\n \t\n\n\nTwo\nhalf.", "One.\n\nTwo half."),
        ("\n\n", ""),
    ],
)
def test_a_newline_is_a_space_and_an_empty_line_a_paragraph(raw: str, sent: str) -> None:
    assert reflow(raw) == sent


@given(st.lists(st.text("abc", min_size=1), min_size=1), st.data())
def test_wrapping_a_line_changes_nothing(written: list[str], data: st.DataObject) -> None:
    breaks = st.sampled_from([" ", "\n", "  \n", "\n "])
    wrapped = "".join(word + data.draw(breaks) for word in written)
    assert reflow(wrapped) == " ".join(written)


@given(st.text(" \nab"))
def test_a_text_as_it_is_sent_stays_so(raw: str) -> None:
    assert reflow(reflow(raw)) == reflow(raw)


# --- files that are not TOML -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('name = "a"\nchoose = "b\n', "x.toml:2: this cannot be read, from column 12 on. "),
        ("name = intake\n", "x.toml:1: this cannot be read, from column 8 on. "),
        ('name = "a"\n[[step]]\ntext = """\nWords\n', "x.toml:3: the file ends in the middle"),
        ("choices = [\n1,\n", "x.toml:3: "),
    ],
)
def test_an_unclosed_quotation_mark_is_found(text: str, sentence: str) -> None:
    with pytest.raises(FlowProblems) as caught:
        load(text, "x.toml")
    (problem,) = caught.value.problems
    assert str(problem).startswith(sentence)
    assert problem.cure.startswith("Look for a quotation mark")


# --- keys, types, kinds ------------------------------------------------------------------------


def test_steps_know_their_lines() -> None:
    text = '# words\n\n[[step]]\nid = "a"\n\n  [[ step ]]\nid = "b"\n'
    with pytest.raises(FlowProblems) as caught:
        load(text, "x.toml")
    assert {p.step: p.line for p in caught.value.problems if p.step} == {"a": 3, "b": 6}


def test_a_misspelt_key_is_one_problem_and_read_as_it_was_meant() -> None:
    misspelt = {key.replace("many", "mnay"): value for key, value in STORY.items()}
    assert only(misspelt, FORK, REVIEW) == (
        "made.toml:8: step 'story': a step of kind 'text' has no key 'mnay'. Did you mean 'many'?"
    )


def test_an_unknown_key_names_the_known_ones() -> None:
    problem = only(STORY, FORK, note(goto="story"), REVIEW)
    assert "a step of kind 'note' has no key 'goto'. Known here: id, kind, text" in problem


def test_a_key_of_another_kind_is_refused() -> None:
    problem = only(STORY, FORK, note(many=True), REVIEW)
    assert "'many' does not belong to a step of kind 'note'" in problem


@pytest.mark.parametrize("kind", ["permission", "detail", "fork"])
def test_words_that_are_signed_stand_in_the_text_and_not_in_a_hint(kind: str) -> None:
    assert "hint" not in KIND_KEYS[Kind(kind)]


def test_a_misspelt_key_at_the_top_is_found() -> None:
    with pytest.raises(FlowProblems, match=r"no key 'chose'\. Did you mean 'choose'"):
        load(toml([STORY, FORK, REVIEW]).replace("choose", "chose"), "made.toml")


def test_a_misspelt_kind_is_one_problem() -> None:
    assert only(STORY, FORK | {"kind": "frok"}, REVIEW).endswith(
        "step 'fate': there is no kind 'frok'. Did you mean 'fork'?"
    )


def test_an_unknown_kind_names_the_known_ones() -> None:
    problem = only(STORY, FORK, note(kind="xyz"), REVIEW)
    assert "there is no kind 'xyz'. Known here: note, text, person" in problem


def test_a_step_without_a_kind_is_told_so() -> None:
    aside = note()
    del aside["kind"]
    assert "it has no kind" in only(STORY, FORK, aside, REVIEW)


@pytest.mark.parametrize(
    ("step", "what"),
    [
        (note(text=3), "'text' must be a text"),
        (note(when="fate"), "'when' must name a step and a choice"),
        (note(when={"fate": 3}), "'when': 'fate' must be compared with a choice"),
        (note(unless={"fate": False}), "'unless': 'fate' must be compared with a choice"),
        (note(when={"fate": []}), "'when': 'fate' must be compared with a choice"),
        (note(kind="text", many="yes"), "'many' must be true or false"),
        (note(kind="one", choices=["a"]), "'choices' must be a list of tables"),
        (note(kind="one", choices="a"), "'choices' must be a list of tables"),
    ],
)
def test_a_value_of_the_wrong_type_is_told(step: Entry, what: str) -> None:
    assert any(what in problem for problem in problems(STORY, FORK, step, REVIEW))


def test_a_step_that_is_no_table_is_told() -> None:
    with pytest.raises(FlowProblems, match="'step' must be a list of tables"):
        load("step = [1]\n", "x.toml")


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [("one", "alone", True), ("one", "asks", "keep"), ("many", "asks", "read")],
)
def test_a_choice_has_only_the_keys_of_its_kind(kind: str, key: str, value: object) -> None:
    step = note(kind=kind, choices=[{"id": "x", "text": "X", key: value}])
    problem = only(STORY, FORK, step, REVIEW)
    assert f"'{key}' does not belong to a choice of kind '{kind}'" in problem or (
        f"a choice of kind '{kind}' has no key '{key}'" in problem
    )


def test_a_misspelt_key_of_a_choice_is_found() -> None:
    step = note(kind="one", choices=[{"id": "x", "txt": "X"}])
    assert only(STORY, FORK, step, REVIEW).endswith("has no key 'txt'. Did you mean 'text'?")


# --- what is made of it ------------------------------------------------------------------------


def test_every_kind_can_be_written() -> None:
    assert KIND_KEYS.keys() == set(Kind)
    assert set(ALL_KEYS) >= {"id", "kind", "text", "hint", "when", "unless", "section", "place"}


def test_conditions_are_read() -> None:
    step = note(when={"fate": ["keep", "later"], "story": True}, unless={"fate": "erase"})
    made = load(toml([STORY, FORK, step, REVIEW]), "made.toml").step("aside")
    assert made is not None
    assert made.when == (Guard("fate", ("keep", "later")), Guard("story"))
    assert made.unless == (Guard("fate", ("erase",)),)


def test_sections_and_reviews_have_the_same_choices_everywhere() -> None:
    section = {"id": "body", "kind": "section", "touches": "body", "text": "It is about bodies."}
    flow = load(toml([STORY, FORK, section, REVIEW]), "made.toml")
    assert [s.choices for s in flow.steps[2:]] == [(GO_ON, SKIP_SECTION), (USE_IT,)]


def test_what_ends_a_branch_and_what_refuses_readers_goes_with_no_other() -> None:
    alone = [(s.id, c.id) for s in INTAKE.steps for c in s.choices if c.alone]
    assert alone == [
        ("fate", "later"),
        ("fate", "erase"),
        ("needs", "none"),
        ("never", "none"),
        ("read", "nobody"),
    ]
