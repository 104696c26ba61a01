"""What was decided stands in the text, and nothing else in it has moved."""

import difflib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.checks.problem import FlowProblems
from flows.files.document import read_document
from flows.tools.merged_text import merge_text
from flows.tools.three_way import Place, compare_versions, count_differences, step_order
from tests.unit.flows.generated import flow_texts
from tests.unit.flows.tools.test_three_way import MADE_TEXT, READ, STEP, WISH, changed, document


def merged(mine: str, new: str, *taken: Place, old: str = MADE_TEXT) -> str:
    """Take these parts of the new text; without any, all of them."""
    versions = document(old), document(mine), document(new)
    places = taken or [difference.place for difference in compare_versions(*versions)]
    return merge_text(versions[1], versions[2], places)


def touched(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_only_the_changed_string_is_touched() -> None:
    mine = changed((f'text = "{WISH}"', f'text   =   "{WISH}"  # asked for by Ana'))
    after = merged(mine, changed((WISH, "What now?")))
    assert after == mine.replace(WISH, "What now?")


def test_edits_and_notes_of_ones_own_stay() -> None:
    mine = changed(
        ("Start wherever", "Begin wherever"),
        ('[[step]]\nid   = "read"', '# Of ours.\n[[step]]\nid   = "read"'),
    )
    after = merged(mine, changed((READ, "Who may open it?"), (WISH, "What now?")))
    assert touched(mine, after) == [
        f'- text = "{WISH}"',
        '+ text = "What now?"',
        f'- text = "{READ}"',
        '+ text = "Who may open it?"',
    ]


def test_a_choice_changes_alone() -> None:
    after = merged(MADE_TEXT, changed(("Let somebody read it", "Share it")))
    assert after == changed(("Let somebody read it", "Share it"))


def test_a_new_list_keeps_the_words_of_ones_own() -> None:
    mine = changed(("Only keep it", "Keep it for me"))
    new = changed(('  { id = "later", text = "Decide later" },\n', ""))
    assert merged(mine, new) == new.replace("Only keep it", "Keep it for me")


def test_keys_come_and_go_on_lines_of_their_own() -> None:
    new = changed(
        ('part = "needs"\n', ""),
        ('asks = "read"\nwhen', 'asks = "read"\nplace = "overview"\nwhen'),
    )
    assert merged(MADE_TEXT, new) == new


def test_a_step_comes_where_it_stands_in_the_new_file() -> None:
    new = changed(('[[step]]\nid   = "read"', f'{STEP.lstrip()}\n[[step]]\nid   = "read"'))
    assert merged(MADE_TEXT, new) == new
    own = changed(
        (
            '[[step]]\nid   = "read"',
            '[[step]]\nid = "own"\nkind = "note"\ntext = "Ours."\n\n[[step]]\nid   = "read"',
        )
    )
    assert step_order(read_document(merged(own, new), "made.toml")) == [
        "story", "fate", "wish", "place", "own", "read", "review",
    ]  # fmt: skip


def test_a_step_goes_and_leaves_no_hole() -> None:
    old = changed(('[[step]]\nid   = "read"', f'{STEP.lstrip()}\n[[step]]\nid   = "read"'))
    assert merged(old, MADE_TEXT, old=old) == MADE_TEXT


def test_a_new_order_moves_steps_with_their_notes() -> None:
    blocks = MADE_TEXT.split("\n[[step]]")
    new = "\n[[step]]".join((*blocks[:3], blocks[4], blocks[3], *blocks[5:]))
    assert merged(MADE_TEXT, new) == new


def test_a_file_with_other_line_ends_keeps_them() -> None:
    mine = MADE_TEXT.replace("\n", "\r\n")
    new = changed((f'"{WISH}"', '"""\nWhat\nnow?"""'), ("Who may read it?", "Who may open it?"))
    after = merged(mine, new + STEP)
    assert "\n" not in after.replace("\r\n", "")
    assert after == (new + STEP).replace("\n", "\r\n")


def test_what_cannot_be_replaced_is_said_with_its_line() -> None:
    mine = changed(
        (
            'id   = "wish"\nkind = "text"\npart = "needs"\nwhen = { fate = "read" }',
            'id   = "wish"\nkind = "text"\npart = "needs"\nwhen.fate = "read"',
        )
    )
    new = changed(
        (
            'part = "needs"\nwhen = { fate = "read" }',
            'part = "needs"\nwhen = { fate = ["read", "keep"] }',
        )
    )
    with pytest.raises(FlowProblems, match="'when' is written in a way that cannot be changed"):
        merged(mine, new)


@given(flow_texts(), flow_texts())
def test_taking_everything_gives_what_is_new(old: str, new: str) -> None:
    after = document(merged(old, new, old=old) if old != new else new)
    assert count_differences(after, document(new)) == 0
    assert step_order(after) == step_order(document(new))


@given(flow_texts(), flow_texts(), flow_texts(), st.randoms(use_true_random=False))
def test_whatever_is_taken_stands_there_and_nothing_else_changes(
    old: str, mine: str, new: str, chance: Random
) -> None:
    versions = document(old), document(mine), document(new)
    differences = compare_versions(*versions)
    taken = [d.place for d in differences if chance.random() < 0.5]
    text = merge_text(versions[1], versions[2], taken)  # it proves itself what stands there
    assert taken or text == mine
