from typing import Any

import pytest

from flows import check
from flows.checks.care import CARE_RULES
from flows.checks.care.readability import MAX_LIX, lix
from flows.checks.problem import Problem
from tests.unit.flows.generated import (
    ACT,
    INTAKE,
    KEEP,
    NEVER,
    PARTS,
    READ,
    REVIEW,
    STORY,
    Entry,
    fate,
    toml,
)

FORK = fate("keep", "read", "later", "erase")
NEEDS: Entry = {
    "id": "needs",
    "kind": "text",
    "part": "needs",
    "text": "What would help?",
    "when": {"fate": "read"},
}
PERSON: Entry = {
    "id": "person",
    "kind": "person",
    "text": "Who is your story about?",
    "when": {"fate": "read"},
}
WHOLE = (STORY, FORK, NEEDS, PERSON, READ, PARTS, NEVER, ACT, KEEP, REVIEW)


def with_more(*steps: Entry) -> str:
    return toml([*WHOLE[:-1], *steps, REVIEW])


def question(text: str, **keys: Any) -> Entry:
    return {"id": "more", "kind": "text", "text": text, "when": {"fate": "read"}, **keys}


def choosing(*texts: str, **keys: Any) -> Entry:
    ids = ("a", "b", "c", "d")
    choices = [{"id": i, "text": text} for i, text in zip(ids, texts, strict=False)]
    return question("Which of these is it?", kind="one", choices=choices, **keys)


def careless(text: str) -> list[Problem]:
    return list(check(text, "made.toml").problems)


def broken(*steps: Entry, language: str = "en") -> list[tuple[str, str | None]]:
    """Rule and step of each problem of a questionnaire with these steps more."""
    text = with_more(*steps).replace('language = "en"', f'language = "{language}"')
    return [(problem.rule, problem.step) for problem in careless(text)]


def test_without_mistake_no_rule_is_broken() -> None:
    assert careless(toml(WHOLE)) == []


def test_every_rule_says_what_it_is_for() -> None:
    assert all(rule.__doc__ for rule in CARE_RULES.values())
    assert set(CARE_RULES) == {
        "length",
        "reading-level",
        "one-question",
        "label",
        "typing",
        "opening",
        "blame",
        "praise",
        "bare-member",
        "skip",
        "help",
        "notice",
        "branch",
        "one-person",
        "repeat",
    }


# --- how much is said at once ------------------------------------------------------------------

SIXTY = " ".join(["We go on."] * 20)


def test_a_message_has_at_most_sixty_words() -> None:
    assert broken(question(SIXTY)) == []
    assert broken(question(f"{SIXTY} Yes.")) == [("length", "more")]


def test_hint_and_notes_are_in_the_same_message() -> None:
    note = {"id": "aside", "kind": "note", "text": "So it is.", "when": {"fate": "read"}}
    assert broken(question(SIXTY, hint="Yes.")) == [("length", "more")]
    assert broken(note, question(SIXTY)) == [("length", "more")]
    assert broken(note | {"when": {"fate": "keep"}}, question(SIXTY)) == []


@pytest.mark.parametrize(
    ("text", "level"),
    [("", 0), ("We go on.", 3), ("Responsibility.", 101), ("One two. Another sentence!", 52)],
)
def test_the_readability_index_can_be_computed_by_hand(text: str, level: float) -> None:
    assert lix(text) == level


HARD = (
    "Notwithstanding considerations regarding organisational responsibilities, participants "
    "throughout the deliberations consequently acknowledge procedural requirements pertaining to "
    "documentation, communication and cooperation within the organisation."
)


def test_hard_english_is_noticed() -> None:
    assert lix(HARD) > MAX_LIX
    assert broken(question(HARD)) == [("reading-level", "more")]
    assert broken(question("Responsibility, organisation, documentation?")) == []
    assert broken(question(HARD), language="es") == []


def test_a_message_asks_one_thing() -> None:
    assert broken(question("Where was it? When was it?")) == [("one-question", "more")]
    assert broken(question("Where was it?", hint="Or when?")) == [("one-question", "more")]


def test_a_note_asks_nothing() -> None:
    note = {"id": "aside", "kind": "note", "text": "Shall we?", "when": {"fate": "read"}}
    assert broken(note) == [("one-question", "aside")]


def test_the_label_of_a_skip_is_a_choice() -> None:
    assert broken(question("What?", skip="x" * 28)) == []
    assert broken(question("What?", skip="x" * 29)) == [("label", "more")]
    assert broken(question("What?", skip="12")) == [("typing", "more")]
    assert broken(question("What?", skip="And why")) == [("opening", "more")]


def test_a_choice_fits_on_a_button() -> None:
    assert broken(choosing("x" * 28, "No")) == []
    assert broken(choosing("x" * 29, "No")) == [("label", "more")]


def test_so_has_the_label_at_hello() -> None:
    (problem,) = careless(toml(WHOLE).replace('"A talk"', f'"{"x" * 29}"'))
    assert (problem.rule, problem.line, problem.step) == ("label", 3, None)


@pytest.mark.parametrize(
    "texts",
    [
        ("12", "Many"),
        ("Yes", "Yes, if others do"),
        ("No.", "no"),
        ("Act and use my name", "Act and use my story"),
    ],
)
def test_choices_that_typing_cannot_tell_apart(texts: tuple[str, ...]) -> None:
    assert broken(choosing(*texts)) == [("typing", "more")]


@pytest.mark.parametrize(
    "texts", [("One", "Two"), ("Act and use my name", "Act on it without it"), ("No", "Not")]
)
def test_choices_that_typing_can_tell_apart(texts: tuple[str, ...]) -> None:
    assert broken(choosing(*texts)) == []


# --- which words are said ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "rule", "text"),
    [
        ("en", "opening", "Why did it happen?"),
        ("en", "opening", "How come?"),
        ("en", "opening", "Please explain it."),
        ("en", "opening", "Did you resist?"),
        ("en", "opening", "What were you wearing?"),
        ("en", "opening", "Didn’t you tell anybody?"),
        ("en", "opening", "Who is the alleged person?"),
        ("en", "opening", "Can you prove it?"),
        ("en", "opening", "Tell it in chronological order."),
        ("en", "blame", "It is not your fault."),
        ("en", "blame", "What should have been done?"),
        ("en", "blame", "Are you a victim?"),
        ("en", "blame", "This contradicts the rest."),
        ("en", "praise", "That was brave."),
        ("en", "praise", "Thank you."),
        ("en", "praise", "We understand how this is."),
        ("en", "praise", "I'm sorry."),
        ("en", "bare-member", "Which member shall know?"),
        ("en", "bare-member", "All members know."),
        ("en", "skip", "This answer is required."),
        ("en", "skip", "You have to say it."),
        ("en", "help", "Call us at any time."),
        ("en", "help", "Somebody is reading this."),
        ("en", "help", "We will answer."),
        ("en", "help", "The number is +49 30 123456."),
        ("en", "notice", "Was it sexual?"),
        ("en", "notice", "What about your body?"),
        ("en", "notice", "Was there a weapon?"),
        ("es", "opening", "¿Por qué no lo dijiste?"),
        ("es", "opening", "Explícalo, por favor."),
        ("es", "opening", "¿Te resististe?"),
        ("es", "opening", "El presunto hecho."),
        ("es", "blame", "No es tu culpa."),
        ("es", "blame", "Deberías haberlo dicho."),
        ("es", "blame", "La víctima lo dice."),
        ("es", "praise", "Eres valiente."),
        ("es", "praise", "Gracias."),
        ("es", "bare-member", "¿Qué miembros lo saben?"),
        ("es", "skip", "Es obligatorio."),
        ("es", "help", "Llámanos."),
        ("es", "notice", "¿Hubo violencia?"),
        ("es", "notice", "¿Y tu cuerpo?"),
        ("es", "notice", "¿Fue sexual?"),
    ],
)
def test_words_that_are_not_said(language: str, rule: str, text: str) -> None:
    assert broken(question(text), language=language) == [(rule, "more")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Which commission member may know?"),
        ("en", "Commission members and readers."),
        ("en", "Somebody whom nobody knows."),
        ("en", "There is a commission member who must never read it."),
        ("en", "In 2019 or 2020, at 18:30."),
        ("es", "¿Qué miembros de la comisión lo saben?"),
        ("es", "Porque lo dije, nadie lo lee."),
    ],
)
def test_words_that_are_no_mistake(language: str, text: str) -> None:
    assert broken(question(text), language=language) == []


def test_hints_choices_and_the_label_at_hello_are_looked_at_as_well() -> None:
    assert broken(question("What?", hint="And why.")) == [("opening", "more")]
    assert broken(choosing("Because", "I ask why")) == [("opening", "more")]
    (problem,) = careless(toml(WHOLE).replace('"A talk"', '"Why?"'))
    assert (problem.rule, problem.line, problem.what) == ("opening", 3, "'choose' says “Why”")


def section(touches: str) -> Entry:
    text = "Now it is about that."
    return {
        "id": "now",
        "kind": "section",
        "touches": touches,
        "text": text,
        "when": {"fate": "read"},
    }


def test_after_a_notice_of_the_same_subject_it_may_be_asked() -> None:
    asked = question("What about your body?", section="now")
    assert broken(section("body"), asked) == []
    assert broken(section("sex"), asked) == [("notice", "more")]


def test_a_condition_on_the_notice_passes_over_as_well() -> None:
    asked = question("What about your body?", when={"fate": "read", "now": True})
    assert broken(section("body"), asked) == []
    not_so = question("What about your body?", unless={"now": True})
    assert ("notice", "more") in broken(section("body"), not_so)


def test_the_notice_itself_may_name_it() -> None:
    named = section("body") | {"text": "Now it is about your body."}
    assert broken(named, question("How is it?", section="now")) == []


# --- what is asked where -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "after"),
    [
        ({"when": {}}, "'later' or 'erase' or a skip"),
        ({"when": {"fate": ["read", "later"]}}, "'later'"),
        ({"when": {"fate": ["keep", "read"]}, "part": "needs"}, "'keep'"),
        ({"when": {"fate": ["keep", "read"]}, "kind": "person"}, "'keep'"),
    ],
)
def test_a_branch_asks_only_what_it_needs(keys: Entry, after: str) -> None:
    step = question("What?", **keys)
    others = [s for s in WHOLE if s["kind"] != step["kind"] or s["kind"] != "person"]
    steps = [*others[:-1], step, REVIEW]
    (problem,) = careless(toml(steps))
    assert problem.rule == "branch"
    assert problem.what == f"it is asked also after {after}, which it does not serve"
    assert problem.cure == 'Add when = { fate = "read" }.'


def test_more_of_the_story_may_be_asked_where_it_is_only_kept() -> None:
    assert broken(question("What?", when={"fate": ["keep", "read"]})) == []


def test_the_person_is_asked_for_once() -> None:
    assert broken(question("Who else?", kind="person")) == [("one-person", "more")]


def test_nothing_is_asked_twice_in_the_same_words() -> None:
    assert broken(question("What would help")) == [("repeat", "more")]


# --- the shipped questions ---------------------------------------------------------------------


def test_the_shipped_questions_are_far_from_hard() -> None:
    assert max(lix(step.text) for step in INTAKE.steps) < MAX_LIX / 1.5
