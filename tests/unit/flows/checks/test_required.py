from flows import Choice, check
from flows.checks.required import BARE_COMMANDS, DIRECTION_CONTROLS, MAX_CHOICES, REQUIRED_RULES
from handlers.buttons import MOST_OFFERS
from handlers.reporter.bare_words import BARE_COMMANDS as BOT_COMMANDS
from handlers.reporter.typed_text import BIDI_CONTROLS
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


def told(*steps: Entry) -> list[str]:
    return [str(problem) for problem in check(toml(steps), "made.toml").problems]


def test_every_rule_says_what_it_is_for() -> None:
    assert all(rule.__doc__ for rule in REQUIRED_RULES)
    assert len(set(REQUIRED_RULES)) == len(REQUIRED_RULES)


def test_what_the_rules_know_of_the_bot_is_so() -> None:
    assert set(BOT_COMMANDS) == BARE_COMMANDS
    assert MAX_CHOICES == MOST_OFFERS
    assert DIRECTION_CONTROLS == BIDI_CONTROLS


def test_a_step_behind_a_line_of_the_overview_is_reached() -> None:
    waiting = KEEP | {"place": "overview"}
    thanks = {"id": "kept", "kind": "note", "text": "So it is.", "when": {"keep": True}}
    assert told(STORY, FORK, READ, waiting, thanks, REVIEW) == []


def test_a_step_that_needs_two_branches_is_not_reached() -> None:
    two = {"id": "both", "kind": "note", "text": "Both.", "when": {"fate": "keep", "read": True}}
    (problem,) = told(STORY, FORK, READ, two, REVIEW)
    assert "step 'both': no answers lead here: it is never asked." in problem


def test_a_step_behind_what_a_choice_of_its_own_rules_out_is_not() -> None:
    again = {"id": "again", "kind": "note", "text": "So.", "when": {"fate": ["later", "erase"]}}
    never = again | {"id": "never_said", "unless": {"fate": ["later", "erase"]}, "text": "No."}
    (problem,) = told(STORY, FORK, READ, again, never, REVIEW)
    assert problem == (
        "made.toml:35: step 'never_said': no answers lead here: it is never asked. Its conditions "
        "cannot all hold, here or in the steps that they name."
    )


def test_a_detail_in_the_overview_asks_nobody_who_only_keeps() -> None:
    assert told(STORY, FORK, NEEDS, READ, PARTS | {"place": "overview"}, ACT, REVIEW)[0].endswith(
        "Take it out, or mark what belongs to it (part, kind 'person')."
    )


def test_only_needs_can_be_shared_only_where_needs_are_asked() -> None:
    (problem,) = told(
        STORY, FORK, READ, PARTS | {"choices": [{"id": "needs", "text": "N"}]}, REVIEW
    )
    assert "the choice 'needs' shares nothing that is asked" in problem
    all_of_it = PARTS | {"choices": [{"id": "all", "text": "All"}]}
    assert told(STORY, FORK, READ, all_of_it, NEVER, REVIEW) == []


def test_keeping_is_asked_wherever_something_is_done_with_the_story() -> None:
    fork = fate("keep", "read", "later", "erase", asks=False)
    kept = KEEP | {"when": {"fate": ["keep", "read"]}}
    assert told(STORY, fork, READ, kept, REVIEW) == []
    (problem,) = told(STORY, fork, READ, KEEP | {"when": {"fate": ["keep", "later"]}}, REVIEW)
    assert "it is asked also after 'later', where it must not be" in problem


def test_more_choices_than_there_are_buttons_are_refused() -> None:
    many = [Choice(f"c{n}", f"{n} of them") for n in range(MAX_CHOICES + 1)]
    step = {
        "id": "many",
        "kind": "one",
        "text": "Which?",
        "when": {"fate": "read"},
        "choices": [{"id": c.id, "text": c.text} for c in many],
    }
    assert any(
        "it has 249 choices, and at most 248" in line
        for line in told(STORY, FORK, READ, step, REVIEW)
    )
