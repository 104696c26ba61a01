from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given

from flows.checks.rules import RULES
from flows.files.load import FlowProblems, load
from flows.model import HONOURED, PERMISSIONS
from tests.unit.flows.generated import (
    ACT,
    KEEP,
    NEVER,
    PARTS,
    READ,
    REVIEW,
    STORY,
    Entry,
    fate,
    flow_of,
    flow_texts,
    toml,
)

FORK = fate("keep", "read", "later", "erase")
WHOLE = (STORY, FORK, READ, PARTS, NEVER, ACT, KEEP, REVIEW)
NOTE: Entry = {"id": "aside", "kind": "note", "text": "Words."}
YES_NO = [{"id": "no", "text": "No"}, {"id": "yes", "text": "Yes"}]


def problems(*steps: Entry) -> list[str]:
    with pytest.raises(FlowProblems) as caught:
        load(toml(steps), "made.toml")
    return [str(problem) for problem in caught.value.problems]


def only(*steps: Entry) -> str:
    (problem,) = problems(*steps)
    return problem


def with_change(step_id: str, **keys: Any) -> list[Entry]:
    """The whole questionnaire with one step changed."""
    steps = deepcopy(list(WHOLE))
    next(step for step in steps if step["id"] == step_id).update(keys)
    return steps


def with_more(*steps: Entry) -> list[Entry]:
    """The whole questionnaire with more steps before the review."""
    return [*WHOLE[:-1], *steps, REVIEW]


def choices(*ids: str) -> list[Entry]:
    return [{"id": i, "text": i} for i in ids]


def permission(asks: str, **keys: Any) -> Entry:
    step = {"id": "more", "kind": "permission", "asks": asks, "text": "May it?"}
    return {**step, "choices": YES_NO, **keys}


def test_the_whole_questionnaire_is_in_order() -> None:
    assert len(load(toml(WHOLE), "made.toml").steps) == len(WHOLE)


@given(flow_texts())
def test_made_up_questionnaires_are_in_order(text: str) -> None:
    assert load(f"# Words.\n{text}", "other.toml") == flow_of(text)


def test_no_rule_is_listed_twice() -> None:
    assert len(set(RULES)) == len(RULES)
    assert all(rule.__doc__ for rule in RULES)


def test_every_problem_is_told_at_once() -> None:
    steps = with_change("parts", when={"fate": "raed", "read": True}, text="")
    told = problems(*steps, NOTE | {"id": "Aside"})
    assert len(told) == 4
    assert [line.split(":")[1] for line in told] == sorted(line.split(":")[1] for line in told)


# --- names and words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('name = "made"', 'name = "A talk"', "made.toml:1: 'name' is not a name"),
        ('language = "en"', 'language = "English!"', "'language' is not a language"),
        ('choose = "A talk"', "", "'choose' is empty"),
        ('choose = "A talk"', 'choose = " "', "'choose' is empty"),
    ],
)
def test_the_head_of_the_file(old: str, new: str, sentence: str) -> None:
    with pytest.raises(FlowProblems, match=sentence):
        load(toml(WHOLE).replace(old, new), "made.toml")


def test_an_empty_file_says_what_is_missing() -> None:
    with pytest.raises(FlowProblems, match=r"there is no step\. Begin with"):
        load("", "made.toml")


@pytest.mark.parametrize("bad", ["", "Aside", "a-b", "a b", "é", "a" * 25])
def test_an_id_is_plain_and_short(bad: str) -> None:
    assert f"'{bad}' cannot be an id. Use 1 to 24" in only(*with_more(NOTE | {"id": bad}))


@pytest.mark.parametrize("good", ["a", "a_1", "a" * 24])
def test_plain_ids_are_taken(good: str) -> None:
    assert load(toml(with_more(NOTE | {"id": good})), "made.toml").step(good)


def test_the_id_of_a_choice_is_plain() -> None:
    step = {"id": "one", "kind": "one", "text": "Which?", "choices": choices("X")}
    assert "'X' cannot be the id of a choice" in only(*with_more(step))


def test_an_id_is_used_once() -> None:
    told = only(*with_more(NOTE | {"id": "story"}))
    assert "the id 'story' is used on line 5 already. Give one of them another id." in told


def test_the_id_of_a_choice_is_used_once() -> None:
    step = {"id": "one", "kind": "one", "text": "Which?", "choices": choices("x", "x")}
    assert "2 choices have the id 'x'" in only(*with_more(step))


@pytest.mark.parametrize("kind", ["note", "text", "person"])
@pytest.mark.parametrize("text", ["", "  \n "])
def test_no_text_is_empty(kind: str, text: str) -> None:
    step = {"id": "more", "kind": kind, "text": text}
    assert "step 'more': its text is empty" in only(*with_more(step))


def test_no_label_of_a_skip_is_empty() -> None:
    text = {"id": "more", "kind": "text", "text": "What else?"}
    assert "the label of its skip is empty" in only(*with_more(text | {"skip": " "}))


def test_only_a_question_with_one_message_has_a_label_for_its_skip() -> None:
    text = {"id": "more", "kind": "text", "text": "What else?", "skip": "Nothing"}
    load(toml(with_more(text)), "made.toml")
    assert "no label for its skip" in only(*with_more(text | {"many": True}))


def test_no_hint_is_empty() -> None:
    assert "its hint is empty" in only(*with_more(NOTE | {"hint": " "}))


def test_no_choice_is_without_words() -> None:
    step = {"id": "one", "kind": "one", "text": "Which?", "choices": [{"id": "x"}]}
    assert "the text of the choice 'x' is empty" in only(*with_more(step))


@pytest.mark.parametrize("kind", ["one", "many"])
def test_a_question_with_choices_has_some(kind: str) -> None:
    assert "it has no choices" in only(*with_more({"id": "a", "kind": kind, "text": "Which?"}))


# --- conditions --------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["when", "unless"])
@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"faet": "read"}, "there is no step 'faet'. Did you mean 'fate'?"),
        ({"fate": "raed"}, "'fate' has no choice 'raed'. Did you mean 'read'?"),
        ({"fate": ["keep", "erse"]}, "'fate' has no choice 'erse'. Did you mean 'erase'?"),
        ({"read": "oak"}, "'read' has no choice 'oak'. Known here: nobody."),
        ({"story": "long"}, "'story' has no choice 'long'. Compare it with true."),
        ({"more": True}, "'more' does not stand above this step"),
        ({"below": True}, "'below' does not stand above this step"),
        ({"aside": True}, "'aside' is a note and is never answered. Name a question."),
    ],
)
def test_a_condition_names_what_is_above_it(key: str, condition: Entry, sentence: str) -> None:
    step = {"id": "more", "kind": "text", "text": "What?", key: condition}
    below = {"id": "below", "kind": "text", "text": "What?"}
    told = only(*with_more(NOTE, step, below))
    assert f"step 'more': '{key}': {sentence}" in told


def test_a_section_stands_above_its_steps() -> None:
    body = {"id": "body", "kind": "section", "touches": "body", "text": "About the body."}
    care = {"id": "care", "kind": "text", "section": "body", "text": "What?"}
    assert load(toml(with_more(body, care)), "made.toml").step("care")
    assert "there is no section 'body' above it" in only(*with_more(care, body))
    misspelt = only(*with_more(body, care | {"section": "boyd"}))
    assert "there is no section 'boyd' above it. Did you mean 'body'?" in misspelt
    assert "there is no section 'story'" in only(*with_more(care | {"section": "story"}))


@pytest.mark.parametrize(
    ("touches", "cure"),
    [
        ({}, "Known here: body, violence, sex."),
        ({"touches": "violnce"}, "Did you mean 'violence'?"),
    ],
)
def test_a_section_says_what_it_touches(touches: Entry, cure: str) -> None:
    step = {"id": "body", "kind": "section", "text": "About the body.", **touches}
    assert only(*with_more(step)).endswith(cure)


def test_only_permissions_and_details_wait_in_the_overview() -> None:
    assert load(toml(with_change("keep", place="overview")), "made.toml")
    assert load(toml(with_change("parts", place="overview")), "made.toml")
    told = only(*with_more(NOTE | {"place": "overview"}))
    assert "a step of kind 'note' cannot have a place" in told


def test_a_place_is_the_overview() -> None:
    told = only(*with_change("keep", place="overveiw"))
    assert "there is no place 'overveiw'. Did you mean 'overview'?" in told


def test_a_part_is_needs() -> None:
    step = {"id": "more", "kind": "text", "text": "What?", "part": "story"}
    assert "there is no part 'story'" in only(*with_more(step))


# --- the three fixed points --------------------------------------------------------------------


def test_there_is_a_fork() -> None:
    assert only(STORY, REVIEW).startswith("made.toml:1: there is no step of kind 'fork'")


def test_there_is_one_fork() -> None:
    told = only(STORY, FORK, FORK | {"id": "again"}, *WHOLE[2:])
    assert "step 'again': there is a fork on line" in told


@pytest.mark.parametrize("between", [NOTE, {"id": "more", "kind": "text", "text": "And?"}])
def test_the_fork_comes_directly_after_the_story(between: Entry) -> None:
    assert "does not come directly after the story" in only(STORY, between, *WHOLE[1:])


def test_the_story_is_the_first_question() -> None:
    person = {"id": "whom", "kind": "person", "text": "Who?"}
    assert "does not come directly after the story" in only(person, *WHOLE)
    assert load(toml([NOTE, *WHOLE]), "made.toml")


@pytest.mark.parametrize("missing", ["keep", "later", "erase"])
def test_a_fork_can_always_be_kept_postponed_and_erased(missing: str) -> None:
    left = [choice for choice in FORK["choices"] if choice["id"] != missing]
    told = only(STORY, FORK | {"choices": left}, *WHOLE[2:])
    assert f"step 'fate': the choice '{missing}' is missing" in told


def test_the_choices_of_a_fork_are_closed() -> None:
    steps = with_change("fate", choices=[*FORK["choices"], {"id": "raed", "text": "Read"}])
    assert "a fork has no choice 'raed'. Did you mean 'read'?" in only(*steps)


def test_a_choice_to_read_opens_the_question_who() -> None:
    told = only(STORY, FORK, REVIEW)
    assert "the choice 'read' leads to no step that asks for 'read'" in told
    apart = problems(*with_change("read", when={"fate": "keep"}))
    assert any("the choice 'read' leads to no step" in line for line in apart)


def test_a_choice_to_keep_keeps() -> None:
    fork = fate("keep", "later", "erase", asks=False)
    assert "the choice 'keep' leads to no step that asks for 'keep'" in only(STORY, fork, REVIEW)
    asked = KEEP | {"when": {"fate": "keep"}}
    assert load(toml([STORY, fork, asked, REVIEW]), "made.toml")


def test_there_is_a_review() -> None:
    assert only(*WHOLE[:-1]).startswith("made.toml:1: there is no step of kind 'review'")


def test_there_is_one_review_and_it_is_last() -> None:
    twice = only(*WHOLE, REVIEW | {"id": "again"})
    assert "step 'again': there is a review on line" in twice
    assert "the review is not the last step" in only(*WHOLE, NOTE)


@pytest.mark.parametrize("step_id", ["fate", "review"])
@pytest.mark.parametrize("key", ["when", "unless"])
def test_fork_and_review_are_always_asked(step_id: str, key: str) -> None:
    told = only(*with_change(step_id, **{key: {"story": True}}))
    assert "story, fork and review are asked always" in told


def test_the_story_is_always_asked() -> None:
    body = {"id": "body", "kind": "section", "touches": "body", "text": "About the body."}
    told = problems(body, STORY | {"section": "body"}, *WHOLE[1:])
    assert any("step 'story': story, fork and review are asked always" in line for line in told)


# --- permissions -------------------------------------------------------------------------------


def test_a_permission_step_says_what_it_asks_for() -> None:
    step = permission("keep")
    del step["asks"]
    assert "it does not say which permission it asks for" in only(*with_more(step))


def test_a_permission_outside_the_vocabulary_is_refused() -> None:
    told = only(*with_more(permission("contcat")))
    assert "there is no permission 'contcat'. Did you mean 'contact'?" in told


@pytest.mark.parametrize("asks", sorted(set(PERMISSIONS) - HONOURED))
def test_a_permission_that_cannot_be_honoured_yet_is_never_asked(asks: str) -> None:
    told = only(*with_more(permission(asks)))
    assert f"this version cannot keep the promise of '{asks}' yet" in told


@pytest.mark.parametrize("asks", sorted(set(PERMISSIONS) - HONOURED))
def test_a_build_that_honours_more_may_ask_more(asks: str) -> None:
    flow = load(toml(with_more(permission(asks))), "made.toml", {*HONOURED, asks})
    assert flow.permission_step(asks)


def test_a_choice_to_match_waits_until_it_can_be_honoured() -> None:
    matching = {"id": "match", "text": "Match", "asks": "keep"}
    told = only(*with_change("fate", choices=[*FORK["choices"], matching]))
    assert "this version cannot keep the promise of 'match' yet" in told


def test_a_permission_is_asked_once() -> None:
    assert "'keep' is asked on line" in only(*with_more(permission("keep")))


@pytest.mark.parametrize(
    ("choice", "asks"), [("read", "read"), ("later", "keep"), ("keep", "act")]
)
def test_a_fork_gives_no_permission_but_keep(choice: str, asks: str) -> None:
    changed = [
        entry | ({"asks": asks} if entry["id"] == choice else {}) for entry in FORK["choices"]
    ]
    told = problems(*with_change("fate", choices=changed))
    assert any(f"the choice '{choice}' cannot ask for '{asks}'" in line for line in told)


def test_asks_belongs_to_permissions_only() -> None:
    step = {"id": "more", "kind": "one", "text": "?", "choices": choices("x"), "asks": "keep"}
    assert "'asks' does not belong to a step of kind 'one'" in only(*with_more(step))


@pytest.mark.parametrize(
    ("step_id", "ids", "sentence"),
    [
        ("keep", ("yes",), "there is no way to say no. Add"),
        ("keep", ("yes", "no"), "the refusal is not the first choice. Move the choice 'no'"),
        ("keep", ("no",), "there is no way to say yes"),
        ("keep", ("no", "yes", "maybe"), "there is no choice 'maybe' here"),
        ("act", ("unnamed", "put"), "there is no way to say no"),
        ("act", ("unnamed", "listen"), "the refusal is not the first choice"),
        ("act", ("listen", "namde"), "there is no choice 'namde' here. Did you mean 'named'?"),
        ("read", (), "there is no way to say no"),
        ("read", ("nobody", "oak"), "it has 2 choices. Write the refusal only"),
        ("never", (), "there is no way to say no"),
        ("never", ("none", "oak"), "it has 2 choices. Write the refusal only; the names come"),
    ],
)
def test_every_permission_can_be_refused_and_the_refusal_comes_first(
    step_id: str, ids: tuple[str, ...], sentence: str
) -> None:
    told = problems(*with_change(step_id, choices=choices(*ids)))
    assert any(f"step '{step_id}': {sentence}" in line for line in told)


@pytest.mark.parametrize("step_id", ["parts", "act"])
def test_what_narrows_a_permission_stands_below_it(step_id: str) -> None:
    steps = with_change(step_id, when={})
    moved = [step for step in steps if step["id"] == step_id]
    rest = [step for step in steps if step["id"] != step_id]
    above = only(*rest[:2], *moved, *rest[2:])
    assert "the permission that it narrows (read) is not asked above it" in above


@pytest.mark.parametrize("step_id", ["parts", "act"])
@pytest.mark.parametrize("when", [{}, {"fate": "read"}, {"read": "nobody"}])
def test_what_narrows_a_permission_is_asked_only_where_it_was_given(
    step_id: str, when: Entry
) -> None:
    told = only(*with_change(step_id, when=when))
    assert "it is asked also where 'read' was not given. Add when = { read = true }." in told


def test_a_reach_without_its_permission_is_refused() -> None:
    reach = {"id": "how", "kind": "detail", "of": "reach", "text": "How?", "choices": YES_NO}
    told = only(*with_more(reach))
    assert "the permission that it narrows (match or contact) is not asked above it" in told


@pytest.mark.parametrize(
    ("of", "cure"), [({"of": "prats"}, "Did you mean 'parts'?"), ({}, "Known here: parts, reach.")]
)
def test_a_detail_says_what_it_narrows(of: Entry, cure: str) -> None:
    step = {"id": "how", "kind": "detail", "text": "How?", "choices": YES_NO, **of}
    assert only(*with_more(step)).endswith(cure)


def test_parts_are_asked_once() -> None:
    assert "parts are asked on line" in only(*with_more(PARTS | {"id": "again"}))


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        (("all", "needs"), "the narrowest choice is not first. Order them: needs, all."),
        (("needs", "al"), "there is no choice 'al' here. Did you mean 'all'?"),
    ],
)
def test_parts_begin_with_the_narrowest(ids: tuple[str, ...], sentence: str) -> None:
    assert sentence in only(*with_change("parts", choices=choices(*ids)))
