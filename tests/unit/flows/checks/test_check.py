"""The mistakes that people make in questionnaires: each is found, with its line and its cure."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows import HONOURED, Cost, check, check_words, load
from flows.checks.check import MAX_CHARACTERS, MAX_STEPS, CheckResult
from flows.checks.draft import MessageLimit
from flows.checks.required import MAX_COST_TO_KEEP, MAX_MESSAGES
from tests.unit.flows.generated import FLOWS, STORY, flow_texts, toml

BOT_COST = Cost(messages=8, taps=4)
SAY = 'text = """\nWhat would you like to say'
LIMITS = (MessageLimit("telegram", 4096), MessageLimit("matrix", 16_000))
TEXT = (FLOWS / "intake.toml").read_text(encoding="utf-8")
"""The shipped questions; one choice is shortened here until its words are (rule *label*)."""


def checked(text: str, honoured: frozenset[str] = HONOURED) -> CheckResult:
    return check(text, "intake.toml", bot_cost=BOT_COST, message_limits=LIMITS, honoured=honoured)


def planted(old: str, new: str, text: str = TEXT) -> str:
    assert text.count(old) == 1, f"{text.count(old)} times: {old}"
    return text.replace(old, new)


def line_of(text: str, snippet: str) -> int:
    assert text.count(snippet) == 1, f"{text.count(snippet)} times: {snippet}"
    return text.count("\n", 0, text.index(snippet)) + 1


def step(step_id: str, *lines: str) -> str:
    return "\n".join(["[[step]]", f'id = "{step_id}"', *lines, "", ""])


def before(step_id: str, *steps: str) -> Callable[[str], str]:
    """Puts steps before one of the questionnaire."""

    def put(text: str) -> str:
        header = text.rindex("[[step]]", 0, text.index(f'\nid   = "{step_id}"'))
        return text[:header] + "".join(steps) + text[header:]

    return put


def swapped(old: str, new: str) -> Callable[[str], str]:
    return lambda text: planted(old, new, text)


def without(step_id: str) -> Callable[[str], str]:
    """Takes a step out."""

    def cut(text: str) -> str:
        start = text.rindex("[[step]]", 0, re.search(rf'\nid +=\s"{step_id}"', text).start())  # type: ignore[union-attr]
        end = text.find("[[step]]", start + 1)
        return text[:start] + (text[end:] if end > 0 else "")

    return cut


def moved(step_id: str, target: str) -> Callable[[str], str]:
    """Moves a step before another."""

    def move(text: str) -> str:
        start = text.rindex("[[step]]", 0, text.index(f'\nid   = "{step_id}"'))
        end = text.index("[[step]]", start + 1)
        return before(target, text[start:end])(text[:start] + text[end:])

    return move


def both(*plants: Callable[[str], str]) -> Callable[[str], str]:
    def plant(text: str) -> str:
        for some in plants:
            text = some(text)
        return text

    return plant


SECTION = ('kind = "section"', 'touches = "body"')
LATE = 'when = { fate = "read" }'

SEEDED = [
    pytest.param(
        swapped('when = { needs = "other" }', 'when = { neds = "other" }'),
        'when = { neds = "other" }',
        "step 'needs_other': 'when': there is no step 'neds'. Did you mean 'needs'?",
        id="1 step misspelt in a condition",
    ),
    pytest.param(
        swapped('when = { needs = "other" }', 'when = { needs = "ohter" }'),
        '"ohter"',
        "step 'needs_other': 'when': 'needs' has no choice 'ohter'. Did you mean 'other'?",
        id="2 choice misspelt in a condition",
    ),
    pytest.param(
        swapped(
            'asks = "read"                    # the names come from the signed roster, never from '
            'this file\nwhen = { fate = "read" }',
            'asks = "read"\nwhen = { fate = "raed" }',
        ),
        '"raed"',
        "step 'read': 'when': 'fate' has no choice 'raed'. Did you mean 'read'?",
        id="2 branch misspelt in a condition",
    ),
    pytest.param(
        swapped(f"many = true\n{SAY}", f"mnay = true\n{SAY}"),
        "mnay",
        "step 'story': a step of kind 'text' has no key 'mnay'. Did you mean 'many'?",
        id="3 key misspelt",
    ),
    pytest.param(
        swapped('kind = "person"', 'kind = "persn"'),
        '"persn"',
        "step 'person': there is no kind 'persn'. Did you mean 'person'?",
        id="4 kind misspelt",
    ),
    pytest.param(
        before(
            "review",
            step(
                "write",
                'kind = "permission"',
                'asks = "contcat"',
                "when = { read = true }",
                'text = "May they write to you here?"',
                'choices = [ { id = "no", text = "No" }, { id = "yes", text = "Yes, here" } ]',
            ),
        ),
        '"contcat"',
        "step 'write': there is no permission 'contcat'. Did you mean 'contact'?",
        id="5 unknown permission",
    ),
    pytest.param(
        swapped('kind = "person"\n', 'kind = "person"\nasks = "read"\n'),
        'asks = "read"\nmany = true\nwhen = { fate = "read" }\ntext = "Who is your',
        "step 'person': 'asks' does not belong to a step of kind 'person'. Known here: id, ",
        id="6 asks outside a permission",
    ),
    pytest.param(
        swapped('  { id = "no",  text = "No" },\n', ""),
        'choices = [\n  { id = "yes"',
        """step 'keep': there is no way to say no. Add { id = "no", text = "..." } as""",
        id="7 no way to say no",
    ),
    pytest.param(
        swapped(
            '{ id = "no",  text = "No" },\n  { id = "yes", text = "Yes, keep it" },',
            '{ id = "yes", text = "Yes, keep it" },\n  { id = "no",  text = "No" },',
        ),
        '{ id = "no",  text',
        "step 'keep': the refusal is not the first choice. Move the choice 'no' to the top.",
        id="8 refusal not first",
    ),
    pytest.param(
        moved("needs_other", "needs"),
        'when = { needs = "other" }',
        "step 'needs_other': 'when': 'needs' does not stand above this step. A condition looks",
        id="9 moved above what it depends on",
    ),
    pytest.param(
        without("review"),
        "#:schema",
        "there is no step of kind 'review'. End with a step of kind 'review'.",
        id="10 no review",
    ),
    pytest.param(
        lambda text: text + step("again", 'kind = "review"', 'text = "Once more, all of it."'),
        '[[step]]\nid = "again"',
        "step 'again': there is a review on line ",
        id="10 two reviews",
    ),
    pytest.param(
        swapped('id   = "wish"', 'id   = "needs"'),
        'id   = "needs"\nkind = "text"',
        "step 'needs': the id 'needs' is used on line ",
        id="11 id used twice",
    ),
    pytest.param(
        swapped('text = "How much may they read?"', 'text = "How much may they read?'),
        'text = "How much may they read?',
        "this cannot be read, from column 32 on. Look for a quotation mark",
        id="12 unclosed quote",
    ),
    pytest.param(
        swapped('when = { needs = "other" }', 'when = { needs = "other", fate = "later" }'),
        'fate = "later" }',
        "step 'needs_other': no answers lead here: it is never asked. Its conditions cannot all",
        id="13 step that can never be asked",
    ),
    pytest.param(
        swapped('text = "How much may they read?"', 'text = ""'),
        'text = ""\nchoices',
        "step 'parts': its text is empty. Write text = ",
        id="14 empty text",
    ),
    pytest.param(
        moved("parts", "read"),
        '[[step]]\nid   = "parts"',
        "step 'parts': the permission that it narrows (read) is not asked above it. Move it below",
        id="15 detail without its permission above it",
    ),
    pytest.param(
        before(
            "review",
            step(
                "write",
                'kind = "permission"',
                'asks = "contact"',
                "when = { read = true }",
                'text = "May they write to you here?"',
                'choices = [ { id = "no", text = "No" }, { id = "yes", text = "Yes, here" } ]',
            ),
        ),
        'asks = "contact"',
        "step 'write': this version cannot keep the promise of 'contact' yet. Leave it out",
        id="16 permission that this build cannot honour",
    ),
    pytest.param(
        before("fate", step("aside", 'kind = "note"', 'text = "It is sealed now."')),
        '[[step]]\nid   = "fate"',
        "step 'fate': the fork does not come directly after the story. Move it directly below",
        id="17 fork not after the story",
    ),
    pytest.param(
        swapped('  { id = "later", text = "Decide later" },\n', ""),
        'choices = [\n  { id = "keep",',
        """step 'fate': the choice 'later' is missing. Add { id = "later", text = "..." }.""",
        id="17 fork without later",
    ),
    pytest.param(
        before(
            "review",
            *(step(f"more_{n}", 'kind = "text"', LATE, f'text = "And {n}?"') for n in range(1)),
        ),
        '[[step]]\nid = "more_0"',
        "step 'more_0': the longest way takes 31 messages, 8 of them the bot's own, and at most "
        "30 are allowed. Ask less on this way: story, fate, needs, ",
        id="18 budget exceeded on one path",
    ),
]
"""The eighteen that the checker was built against."""

FURTHER = [
    pytest.param(
        before(
            "review",
            *(
                step(
                    f"kept_{n}",
                    'kind = "one"',
                    'when = { fate = "keep" }',
                    f'text = "And {n}?"',
                    'choices = [ { id = "a", text = "This" }, { id = "b", text = "That" } ]',
                )
                for n in range(1)
            ),
        ),
        '[[step]]\nid = "kept_0"',
        "step 'kept_0': only to keep it takes 13 messages, 8 of them the bot's own, ",
        id="budget of only keeping",
    ),
    pytest.param(
        swapped('text = "How much may they read?"', "text = “How much may they read?”"),
        "text = “",
        "“ is not a quotation mark here (column 8). Write the straight",
        id="quotation marks of a word processor",
    ),
    pytest.param(
        swapped('kind = "person"\n', 'kind = "person"\nkind = "text"\n'),
        'kind = "text"\nmany = true\nwhen = { fate = "read" }\ntext = "Who',
        "the same key is written twice. Keep one",
        id="key written twice",
    ),
    pytest.param(
        swapped('kind = "person"\n', "kind: person\n"),
        "kind: person",
        """here is no key with its value. Write key = "value", or # before a note.""",
        id="colon for an equals sign",
    ),
    pytest.param(
        lambda text: text.replace("[[step]]", "[step]"),
        '[step]\nid   = "fate"',
        "this was opened above already. A step begins with [[step]].",
        id="one bracket",
    ),
    pytest.param(
        lambda text: text.replace("[[step]]", "[[steps]]"),
        '[[steps]]\nid   = "story"',
        "a questionnaire has no key 'steps'. Did you mean 'step'?",
        id="steps for step",
    ),
    pytest.param(
        swapped('KIND = "person"'.lower(), 'Kind = "person"'),
        'Kind = "person"',
        "step 'person': a step of kind 'person' has no key 'Kind'. Did you mean 'kind'?",
        id="capital letter",
    ),
    pytest.param(
        swapped('id   = "review"\n', 'id   = "review"\nsection = "body"\n'),
        'section = "body"',
        "step 'review': there is no section 'body' above it. There is nothing here",
        id="section that is not there",
    ),
    pytest.param(
        before("needs", step("body", *SECTION, LATE, 'text = "It is about your body now."')),
        '[[step]]\nid = "body"',
        """step 'body': no step belongs to this section. Write section = "body" into""",
        id="section that nothing belongs to",
    ),
    pytest.param(
        swapped('kind = "text"\nmany = true', 'kind = "text"\npart = "needs"\nmany = true'),
        'part = "needs"\nmany',
        "step 'story': the story is marked as a need. Take 'part' out",
        id="story shared as a need",
    ),
    pytest.param(
        both(without("person"), without("wish")),
        '{ id = "needs_person"',
        "step 'parts': the choice 'needs_person' shares nothing that is asked. Take it out",
        id="part that nobody is asked for",
    ),
    pytest.param(
        swapped(
            'asks = "read"                    # the names come from the signed roster, never from '
            'this file\nwhen = { fate = "read" }',
            'asks = "read"\nwhen = { fate = ["keep", "read"] }',
        ),
        '["keep", "read"]',
        "step 'read': it is asked also after 'keep', where it must not be. Add when",
        id="readers asked for where it is only kept",
    ),
    pytest.param(
        swapped('text = "How much may they read?"', 'text = "How much may they read, {name}?"'),
        "{name}",
        "step 'parts': “{” would be shown as it stands. Write it as it should be read",
        id="blank to fill in",
    ),
    pytest.param(
        swapped('text = "How much may they read?"', 'text = "**How much** may they read?"'),
        "**How much**",
        "step 'parts': “**” would be shown as it stands",
        id="formatting",
    ),
    pytest.param(
        swapped('text = "How much may they read?"', 'text = "How much \\u202e may they read?"'),
        "\\u202e",
        "step 'parts': a sign in it cannot be shown. Delete the invisible sign",
        id="sign that turns the order",
    ),
    pytest.param(
        lambda text: text + 'hint = "Take your time."\n',
        'hint = "Take',
        "step 'review': the hint of a review is never shown. Write it into the text.",
        id="hint that is never shown",
    ),
    pytest.param(
        swapped('text = "How much may they read?"', f'text = "{"😀" * 1800}"'),
        "😀" * 1800,
        "step 'parts': it does not fit into one message on Telegram. Say it in fewer words.",
        id="too long for one message",
    ),
    pytest.param(
        swapped('text = "Something else"', 'text = "Stop"'),
        'text = "Stop"',
        "step 'needs': the choice 'other' is a command of the bot when it is typed",
        id="choice that is a command",
    ),
    pytest.param(
        lambda text: (
            text + '[[overrule]]\nstep = "wihs"\nrule = "length"\nbecause = "We all agreed."'
        ),
        "[[overrule]]",
        "step 'wihs': there is no step 'wihs'. Did you mean 'wish'?",
        id="overrule of an unknown step",
    ),
    pytest.param(
        lambda text: (
            text + '[[overrule]]\nstep = "wish"\nrule = "lenght"\nbecause = "We all agreed."'
        ),
        "[[overrule]]",
        "step 'wish': there is no rule of care 'lenght'. Did you mean 'length'? Rules about",
        id="overrule of an unknown rule",
    ),
    pytest.param(
        lambda text: text + '[[overrule]]\nstep = "wish"\nrule = "length"\nbecause = "So there."',
        "[[overrule]]",
        "step 'wish': it gives no reason. Write because = ",
        id="overrule without a reason",
    ),
    pytest.param(
        lambda text: (
            text + '[[overrule]]\nstep = "wish"\nrule = "length"\nbecause = "We all agreed."'
        ),
        "[[overrule]]",
        "step 'wish': the rule 'length' is set aside and not broken. Take this [[overrule]] out.",
        id="overrule of nothing",
    ),
    pytest.param(
        lambda text: (
            text + '[[overrule]]\nstep = "wish"\nrule = "length"\nbecuase = "We all agreed."'
        ),
        "becuase",
        "step 'wish': an overrule has no key 'becuase'. Did you mean 'because'?",
        id="overrule with a misspelt key",
    ),
]
"""Further ones, found while building it."""

MOST_TOLD = 3
"""One slip is one problem, or few: a step in a wrong place can be wrong in two ways."""


@pytest.mark.parametrize(("plant", "snippet", "sentence"), [*SEEDED, *FURTHER])
def test_a_mistake_is_found_with_its_line_and_its_cure(
    plant: Callable[[str], str], snippet: str, sentence: str
) -> None:
    text = plant(TEXT)
    told = [str(problem) for problem in checked(text).problems]
    assert f"intake.toml:{line_of(text, snippet)}: {sentence}" in "\n".join(told)
    assert len(told) <= MOST_TOLD, told


def test_no_mistake_no_problem() -> None:
    found = checked(TEXT)
    assert [str(problem) for problem in found.problems] == []
    assert found.remarks == ()
    assert found.flow == load(TEXT, "intake.toml")
    assert str(found.paths) == "1,626,008 ways through"


def test_many_mistakes_are_all_told_in_one_go_in_the_order_of_the_file() -> None:
    text = both(
        swapped(f"many = true\n{SAY}", f"mnay = true\n{SAY}"),
        swapped('  { id = "later", text = "Decide later" },\n', ""),
        swapped('when = { needs = "other" }', 'when = { needs = "ohter" }'),
        swapped('kind = "person"', 'kind = "persn"'),
        swapped('text = "How much may they read?"', 'text = ""'),
        swapped("What may the people who read it do?", "Why? What may the members do with it?"),
        swapped('{ id = "no",  text = "No" },\n', ""),
        before(
            "review",
            step(
                "never_asked",
                'kind = "note"',
                'when = { needs = "none", needs_other = true }',
                'text = "Words."',
            ),
        ),
        before(
            "review",
            *(step(f"m_{n}", 'kind = "text"', LATE, f'text = "And {n}?"') for n in range(4)),
        ),
    )(TEXT)
    problems = checked(text).problems
    told = "\n".join(map(str, problems))
    for part in (
        "no key 'mnay'",
        "'later' is missing",
        "no choice 'ohter'",
        "no kind 'persn'",
        "its text is empty",
        "it says “Why”",
        "it says “members”",
        "2 questions at once",
        "no way to say no",
        "step 'never_asked': no answers lead here",
        "the longest way takes 34 messages",
    ):
        assert part in told
    assert [p.line for p in problems] == sorted(p.line for p in problems)
    assert len(problems) == 11


# --- whatever the file is ----------------------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["read", "keep", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc_", min_size=1, max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["id", "kind", "text", "choices", "when", "unless", "section", "asks", "of", "many", "place",
     "touches", "part", "skip", "hint", "alone", "step", "rule", "because"]
)  # fmt: skip
KINDS = st.sampled_from(
    ["note", "text", "person", "one", "many", "section", "fork", "permission", "detail", "review"]
)


def toml_of(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            pairs = (f"{key} = {toml_of(inner)}" for key, inner in value.items())
            return "{ " + ", ".join(pairs) + " }"
        case list():
            return "[" + ", ".join(map(toml_of, value)) + "]"
        case int():
            return str(value)
        case _:
            return '"' + "".join(f"\\U{ord(sign):08x}" for sign in str(value)) + '"'


@st.composite
def strange_files(draw: st.DrawFn) -> str:
    """TOML in which anything can stand anywhere."""
    tables = draw(st.lists(st.dictionaries(KEYS, VALUES | KINDS, max_size=6), max_size=5))
    lines = [
        f"{key} = {toml_of(value)}"
        for key, value in draw(
            st.dictionaries(KEYS.filter(lambda key: key != "step"), VALUES, max_size=3)
        ).items()
    ]
    for table in tables:
        lines.append(draw(st.sampled_from(["[[step]]", "[[step]]", "[[steps]]"])))
        lines += [f"{key} = {toml_of(value)}" for key, value in table.items()]
    return "\n".join(lines)


def assert_told(found: CheckResult, text: str) -> None:
    for problem in (*found.problems, *found.remarks):
        assert 1 <= problem.line <= text.count("\n") + 1 + ("\r" in text)
        assert problem.what
        assert problem.cure
        assert "\n" not in str(problem)


@given(strange_files())
def test_a_file_with_anything_anywhere_is_a_list_of_problems(text: str) -> None:
    found = check(text, "x.toml")
    assert found.problems
    assert_told(found, text)


@given(st.text())
@example("\ufeff")
@example("a = 1\r\nb = \ud800")
@example("a = " + "9" * 5_000)
@example("a = " + "[" * 20_000)
@example("a = " + "[" * 400 + "]" * 400)
@example("\x00\x01\xff" * 100)
@example('step = "x"\noverrule = 3')
def test_any_text_is_a_list_of_problems(text: str) -> None:
    found = check(text, "x.toml")
    assert found.problems
    assert found.flow is None
    assert_told(found, text)


@given(st.binary())
def test_any_bytes_are_a_list_of_problems(content: bytes) -> None:
    assert check(content.decode("utf-8", "replace"), "x.toml").problems
    assert check(content.decode("latin-1"), "x.toml").problems


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(['"', "[", "x", "\n", "=", "", "{", "'''"]))
def test_any_slip_is_a_flow_or_a_list_of_problems(place: int, slip: str) -> None:
    text = TEXT[:place] + slip + TEXT[place + 1 :]
    found = check(text, "x.toml", bot_cost=BOT_COST)
    assert found.flow or found.problems
    assert_told(found, text)


@given(flow_texts())
def test_made_up_questionnaires_can_be_checked(text: str) -> None:
    found = check(text, "made.toml", bot_cost=BOT_COST)
    assert found.flow == load(text, "made.toml")
    assert_told(found, text)


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    (problem,) = check("#" * (MAX_CHARACTERS + 1), "x.toml").problems
    assert str(problem) == (
        "x.toml:1: it has 400,001 letters, which no questionnaire needs. "
        "Take at most 500 steps and 400,000 letters."
    )


def test_a_file_with_very_many_steps_is_refused() -> None:
    found = check(toml([STORY] * (MAX_STEPS + 1)), "x.toml")
    assert len(found.problems) == 1
    assert "it has 501 steps, which nobody can answer" in str(found.problems[0])


def test_a_mark_before_the_first_letter_and_other_line_ends_are_no_mistake() -> None:
    saved = "\ufeff" + TEXT.replace("\n", "\r\n")
    assert checked(saved).problems == ()
    assert checked(saved).flow == load(TEXT, "intake.toml")


def test_a_problem_cannot_command_a_screen() -> None:
    found = check('[[step]]\nid = "\\u001b[2J\\n"\n', "x.toml")
    assert all(str(problem).isprintable() for problem in found.problems)


# --- rules that are set aside ------------------------------------------------------------------

LONG = " ".join(["A word."] * 30)
OVERRULE = (
    '\n[[overrule]]\nstep = "parts"\nrule = "length"\nbecause = "The reviewers asked\\nfor it."\n'
)


def test_a_rule_of_care_is_set_aside_with_a_reason() -> None:
    text = planted("How much may they read?", f"How much may they read? {LONG}")
    (problem,) = checked(text).problems
    assert problem.rule == "length"
    assert str(problem).endswith("(rule: length)")
    found = checked(text + OVERRULE)
    assert found.problems == ()
    (remark,) = found.remarks
    assert str(remark) == (
        f"intake.toml:{problem.line}: step 'parts': its message has 65 words, and at most 60 can "
        "be taken in; set aside. Because: The reviewers asked for it. (rule: length)"
    )
    assert found.flow
    assert [o.because for o in found.flow.overrules] == ["The reviewers asked for it."]


def test_a_rule_is_set_aside_for_its_step_only() -> None:
    text = planted("How much may they read?", f"How much may they read? {LONG}")
    other = text + OVERRULE.replace('"parts"', '"wish"')
    told = [str(problem) for problem in checked(other).problems]
    assert len(told) == 2
    assert "step 'parts': its message has 65 words" in told[0]
    assert "step 'wish': the rule 'length' is set aside and not broken" in told[1]


def test_a_rule_is_set_aside_once() -> None:
    text = planted("How much may they read?", f"How much may they read? {LONG}")
    (problem,) = checked(text + OVERRULE + OVERRULE).problems
    assert problem.what == "the rule is set aside twice here"


@pytest.mark.parametrize("rule", ["refusals_come_first", "permission", "budgets_are_kept"])
def test_rules_about_permissions_cannot_be_set_aside(rule: str) -> None:
    (problem,) = checked(TEXT + OVERRULE.replace("length", rule)).problems
    assert problem.cure.endswith("Rules about permissions cannot be set aside.")


def test_what_was_published_with_an_overrule_goes_on_being_asked() -> None:
    odd = OVERRULE.replace("length", "a rule of old")
    assert load(TEXT + odd, "intake.toml").overrules
    assert load(TEXT + odd, "x").revision != load(TEXT, "x").revision


def test_what_check_alone_asks_for_keeps_no_published_questionnaire_from_being_asked() -> None:
    text = planted("How much may they read?", "Why? {x} " * 30)
    assert len(checked(text).problems) > 2
    assert load(text, "intake.toml")


# --- languages ---------------------------------------------------------------------------------


def test_in_a_language_without_lists_it_is_said_what_was_not_looked_for() -> None:
    text = planted('language = "en"', 'language = "fr"')
    (remark,) = checked(text).remarks
    assert remark.line == line_of(text, 'language = "fr"')
    assert str(remark).endswith(
        "there is no list of words for the language 'fr'. Let people read it for: opening, blame, "
        "praise, bare-member, skip, help, notice."
    )


def test_the_words_of_a_translation_are_checked_in_its_language() -> None:
    spanish = TEXT.replace('language = "en"', 'language = "es"')
    flow = load(spanish.replace("How much may they read?", "¿Por qué?"), "intake.toml")
    (problem,) = check_words(flow, "intake.es.po")
    assert (problem.step, problem.rule, problem.what) == ("parts", "opening", "it says “Por qué”")


# --- ways and budgets --------------------------------------------------------------------------


def test_the_budgets() -> None:
    assert Cost(12, 7) == MAX_COST_TO_KEEP
    assert MAX_MESSAGES == 30


def test_the_frame_of_the_bot_counts() -> None:
    assert check(TEXT, "x.toml", bot_cost=Cost(8, 4)).problems == ()
    over = check(TEXT, "x.toml", bot_cost=Cost(9, 4)).problems
    assert [p.what for p in over] == [
        "only to keep it takes 13 messages, 9 of them the bot's own, and at most 12 are allowed",
        "the longest way takes 31 messages, 9 of them the bot's own, and at most 30 are allowed",
    ]


def test_a_permission_that_is_not_honoured_is_a_problem_with_its_line() -> None:
    (problem,) = checked(TEXT, honoured=HONOURED - {"act"}).problems
    assert problem.line == line_of(TEXT, 'asks = "act"')
