from pathlib import Path

import pytest
from hypothesis import given

from flows.consent import permissions
from flows.engine import with_readers
from flows.files.load import load
from flows.model import Answer, Answers, Choice, Flow, Kind
from flows.tools.script_player import ScriptRun, play_script, untaken_choices
from flows.tools.scripts import parse_script, write_script
from tests.unit.flows.generated import (
    ACT,
    FLOWS,
    INTAKE,
    REVIEW,
    STORY,
    fate,
    talks,
    toml,
    wanderings,
)
from tests.unit.flows.generated import READ as READING

READERS = (Choice("a1", "Reader A"), Choice("b2", "Reader B"))


def played(text: str) -> ScriptRun:
    return play_script(INTAKE, parse_script(text, "talk.txt"), READERS)


def problem(text: str) -> str:
    (found,) = played(text).problems
    return str(found)


KEEP = "< story > words\n< fate > keep\n"
READ = "< story > words\n< fate > read\n< needs > none\n< wish > /skip\n< person > /skip\n"


# --- the shipped scripts -----------------------------------------------------------------------


NAMES = ("intake", "process", "witness")


def shipped(name: str) -> Flow:
    path = FLOWS / f"{name}.toml"
    return load(path.read_text(encoding="utf-8"), path.name)


def scripts_of(name: str) -> list[Path]:
    return sorted((FLOWS / "scripts").glob(f"{name}-*.txt"))


FILES = [(name, file) for name in NAMES for file in scripts_of(name)]


def gone(name: str, file: Path) -> ScriptRun:
    return play_script(
        shipped(name), parse_script(file.read_text(encoding="utf-8"), file.name), READERS
    )


def test_there_are_the_three_questionnaires_and_each_has_scripts() -> None:
    assert tuple(sorted(path.stem for path in FLOWS.glob("*.toml"))) == NAMES
    assert {name for name, _ in FILES} == {*NAMES}
    assert {file for _, file in FILES} == {*(FLOWS / "scripts").glob("*.txt")}


@pytest.mark.parametrize(("name", "file"), FILES, ids=[file.stem for _, file in FILES])
def test_a_shipped_script_goes_as_it_is_written(name: str, file: Path) -> None:
    assert gone(name, file).problems == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_scripts_take_every_choice(name: str) -> None:
    talks = [gone(name, file) for file in scripts_of(name)]
    assert untaken_choices(with_readers(shipped(name), READERS), talks) == ()


def test_a_witness_gives_away_nothing_that_is_not_theirs() -> None:
    witness = shipped("witness")
    act = witness.permission_step("act")
    assert act is not None
    assert [choice.id for choice in act.choices] == ["listen", "unnamed"]
    assert witness.permission_step("match") is None
    assert witness.fork is not None
    assert "match" not in [choice.id for choice in witness.fork.choices]


def test_how_it_was_handled_asks_for_nobody() -> None:
    assert all(step.kind is not Kind.PERSON for step in shipped("process").steps)


# --- reading -----------------------------------------------------------------------------------


def test_comments_and_empty_lines_are_passed_over() -> None:
    assert parse_script("# a talk\n\n  # more\n", "talk.txt").lines == ()


def test_lines_know_their_place() -> None:
    script = parse_script(f"# a talk\n{KEEP}= keep: yes\n", "talk.txt")
    assert [line.line for line in script.lines] == [2, 3, 4]


@pytest.mark.parametrize("line", ["fate > keep", "< fate keep", "<fate>", "hello"])
def test_what_is_neither_turn_nor_result_is_told(line: str) -> None:
    assert problem(f"{KEEP}{line}\n") == (
        "talk.txt:3: this is neither a turn nor a result. "
        'Write "< step > answer" or "= read: Reader A; act: listen".'
    )


def test_a_result_names_known_permissions() -> None:
    assert problem("= raed: Reader A\n") == (
        "talk.txt:1: a result has no part 'raed'. Did you mean 'read'?"
    )


def test_a_turn_does_not_print_what_is_said() -> None:
    assert "words" not in repr(parse_script(KEEP, "talk.txt"))


# --- playing -----------------------------------------------------------------------------------


def test_a_talk_can_stop_anywhere() -> None:
    talk = played(KEEP)
    assert talk.problems == ()
    assert talk.taken == {("fate", "keep")}
    assert [answer.step for answer in talk.answers] == ["story", "fate"]


@pytest.mark.parametrize("done", ["", "< story > /done\n"])
def test_words_are_done_when_the_script_goes_on(done: str) -> None:
    talk = played(f"< story > one\n< story > two\n{done}< fate > later\n")
    assert talk.problems == ()
    assert len(talk.answers[0].items) == 2


@pytest.mark.parametrize("says", ["read", "Let someone read it", "keep", "Just keep it"])
def test_a_choice_is_its_id_or_its_words(says: str) -> None:
    assert played(f"< story > words\n< fate > {says}\n").problems == ()


def test_several_choices_stand_with_commas() -> None:
    talk = played(f"{READ}< never > none\n< read > Reader A, b2\n")
    assert {("read", "a1"), ("read", "b2")} <= talk.taken


def test_a_step_back_is_a_turn() -> None:
    talk = played(f"{KEEP}< review > /back\n< fate > later\n= nothing\n")
    assert talk.problems == ()


def test_the_bot_must_ask_what_the_script_says() -> None:
    assert problem(f"{KEEP}< needs > none\n") == (
        "talk.txt:3: the bot asks 'review' here, not 'needs'. Change the script or the questions."
    )


def test_after_the_review_nothing_is_asked() -> None:
    assert "the bot asks nothing more here" in problem(f"{KEEP}< review > yes\n< fate > keep\n")


def test_an_answer_must_be_taken() -> None:
    assert problem("< story > words\n< fate > kepe\n") == (
        "talk.txt:2: the answer is not taken: no such choice. Did you mean 'keep'?"
    )


def test_a_talk_ends_at_its_first_problem() -> None:
    talk = played("< fate > keep\n< fate > keep\n")
    assert len(talk.problems) == 1


@pytest.mark.parametrize(
    "result",
    [
        "= read: Reader A",
        "= read: Reader A; act: listen",
        "= read: Reader A; parts: all; never: nobody; keep: no",
    ],
)
def test_a_result_holds_where_the_talk_leads_to_it(result: str) -> None:
    talk = f"{READ}< never > none\n< read > Reader A\n< parts > all\n< act > listen\n{result}\n"
    assert played(talk).problems == ()


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ("= nothing", "'read' is Reader A, Reader B here, and not nobody"),
        ("= read: Reader A", "'read' is Reader A, Reader B here, and not Reader A"),
        ("= read: Reader B, Reader A", "'parts' is needs here, and not all"),
        ("= read: Reader A, Reader B; parts: needs", "'act' is put here, and not listen"),
        ("= read: Reader A, Reader B; parts: needs; act: put; keep: yes", "'keep' is no here"),
        ("= read: Reader A, Reader B; parts: needs; act: put; never: Reader A", "'never' is nob"),
    ],
)
def test_a_result_that_does_not_hold_is_told(result: str, sentence: str) -> None:
    both = f"{READ}< never > none\n< read > Reader A, Reader B\n"
    talk = f"{both}< parts > /skip\n< act > put\n{result}\n"
    assert f"talk.txt:10: {sentence}" in problem(talk)


def test_nothing_is_allowed_at_the_beginning() -> None:
    assert played("= nothing\n").problems == ()


def test_choices_that_no_script_takes_are_named() -> None:
    flow = load(toml([STORY, fate("keep", "later", "erase"), REVIEW]), "made.toml")
    talks = [play_script(flow, parse_script(KEEP, "talk.txt"), ())]
    left = untaken_choices(flow, talks)
    assert left == (("fate", "later"), ("fate", "erase"), ("review", "yes"))
    assert flow.steps[-1].kind is Kind.REVIEW


# --- a talk that was held ----------------------------------------------------------------------

BOUND = with_readers(INTAKE, READERS)


def written(answers: Answers) -> str:
    return "\n".join(write_script(BOUND, answers, lambda item: f"words of\n {item}"))


@pytest.mark.parametrize("file", scripts_of("intake"), ids=lambda file: file.stem)
def test_a_talk_that_was_held_can_be_written_down_and_played_again(file: Path) -> None:
    first = play_script(INTAKE, parse_script(file.read_text(encoding="utf-8"), file.name), READERS)
    again = played(written(first.answers))
    assert again.problems == ()
    assert [(a.step, a.choices, len(a.items)) for a in again.answers] == [
        (a.step, a.choices, len(a.items)) for a in first.answers
    ]


def test_words_of_several_lines_are_one_line_of_the_script() -> None:
    held = played("< story > one\n< story > two\n< fate > keep\n").answers
    assert written(held).splitlines() == [
        "< story > words of line 1",
        "< story > words of line 2",
        "< fate > keep",
        "= keep: yes",
    ]


def test_a_talk_in_the_middle_of_its_story_is_written_down_so_far() -> None:
    assert written((Answer("story", items=("a",), closed=False),)) == (
        "< story > words of a\n= nothing"
    )
    assert written(()) == "= nothing"


def test_another_branch_and_a_line_of_the_overview_are_opened_by_a_change() -> None:
    waiting = ACT | {"place": "overview"}
    fork = fate("keep", "read", "later", "erase")
    flow = load(toml([STORY, fork, READING, waiting, REVIEW]), "made.toml")
    text = (
        "< story > /skip\n< fate > keep\n< change fate > read\n< read > Reader A\n"
        "< change act > put\n< review > yes\n= read: Reader A; act: put"
    )
    held = play_script(flow, parse_script(text, "talk.txt"), READERS)
    assert held.problems == ()
    assert ("act", "put") in held.taken
    bound = with_readers(flow, READERS)
    last = text.replace("< fate > keep\n< change fate > read", "< fate > read")
    assert "\n".join(write_script(bound, held.answers, lambda _: "words")) == last


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("< change kep > no", "there is no step 'kep'. Did you mean 'keep'?"),
        ("< change keep > yes", "the answer is not taken: not open"),
    ],
)
def test_a_change_of_what_is_not_open_is_a_problem(text: str, expected: str) -> None:
    assert expected in problem(f"{KEEP}{text}\n")


@given(wanderings())
def test_every_talk_whatever_was_changed_in_it_can_be_written_down(
    talk: tuple[Flow, Answers],
) -> None:
    flow, answers = talk
    again = written_and_played(flow, answers)
    assert again.problems == ()
    assert permissions(flow, again.answers) == permissions(flow, answers)


@given(talks())
def test_every_talk_that_goes_straight_on_can_be_written_down(
    talk: tuple[Flow, tuple[Answers, ...]],
) -> None:
    flow, states = talk
    assert written_and_played(flow, states[-1]).problems == ()


def written_and_played(flow: Flow, answers: Answers) -> ScriptRun:
    text = "\n".join(write_script(flow, answers, lambda _item: "words"))
    readers = [c for s in flow.steps if s.names_readers for c in s.choices if c.id != s.refusal]
    return play_script(flow, parse_script(text, "talk.txt"), list(dict.fromkeys(readers)))
