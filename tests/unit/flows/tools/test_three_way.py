"""What somebody is asked when the shipped questions changed, and what not."""

from hypothesis import given

from flows.files.document import Document, read_document
from flows.tools.three_way import Difference, compare_versions, label_of
from tests.program import ROOT
from tests.unit.flows.generated import flow_texts

MADE_TEXT = (ROOT / "tests/unit/flows/tools/first.toml").read_text("utf-8")
STEP = (
    '\n[[step]]\nid = "place"\nkind = "text"\nwhen = { fate = "read" }\ntext = "Where was it?"\n'
)


def document(text: str) -> Document:
    return read_document(text, "made.toml")


def changed(*pairs: tuple[str, str]) -> str:
    text = MADE_TEXT
    for was, now in pairs:
        assert was in text
        text = text.replace(was, now)
    return text


def differences(mine: str, new: str, old: str = MADE_TEXT) -> dict[str, Difference]:
    found = compare_versions(document(old), document(mine), document(new))
    return {difference.label: difference for difference in found}


WISH = "What would you like to happen?"
READ = "Who may read it?"


def test_what_only_the_shipped_one_changed_is_the_organisations_nowhere() -> None:
    found = differences(MADE_TEXT, changed((WISH, "What now?")))
    assert list(found) == ["step 'wish': the text"]
    (wish,) = found.values()
    assert (wish.old, wish.mine, wish.new) == (WISH, WISH, "What now?")
    assert (wish.changed, wish.signed) == (False, False)


def test_what_only_the_organisation_changed_is_no_difference() -> None:
    assert differences(changed((WISH, "And now?"), ("Start", "Begin")), MADE_TEXT) == {}


def test_what_both_changed_in_the_same_way_is_no_difference() -> None:
    assert differences(*[changed((WISH, "What now?"))] * 2) == {}


def test_what_both_changed_says_so() -> None:
    found = differences(changed((WISH, "And now?")), changed((WISH, "What now?")))
    assert found["step 'wish': the text"].changed
    assert found["step 'wish': the text"].mine == "And now?"


def test_a_line_break_changes_nothing() -> None:
    broken = changed((f'"{WISH}"', '"""\nWhat would you\nlike to happen?"""'))
    assert (
        differences(broken, changed((WISH, "What now?")))["step 'wish': the text"].changed is False
    )
    assert differences(MADE_TEXT, broken) == {}


def test_everything_of_what_is_signed_is_signed() -> None:
    pairs = (
        (READ, "Who may open it?"),
        ("Nobody for now", "Nobody"),
        ("Let somebody read it", "Share it"),
        ('asks = "read"\nwhen', 'asks = "read"\nplace = "overview"\nwhen'),
    )
    found = differences(MADE_TEXT, changed(*pairs))
    assert set(found) == {
        "step 'read': the text",
        "step 'read': the choice 'nobody'",
        "step 'fate': the choice 'read'",
        "step 'read': 'place'",
    }
    assert all(difference.signed for difference in found.values())


def test_what_readers_get_an_answer_with_is_signed() -> None:
    assert differences(MADE_TEXT, changed(('part = "needs"\n', "")))["step 'wish': 'part'"].signed


def test_the_language_is_signed() -> None:
    found = differences(MADE_TEXT, changed(('"en"', '"es"'), ("Something happened", "Algo")))
    assert found["the language"].signed
    assert not found["how the talk is called at hello"].signed


def test_a_new_step_is_one_difference_with_all_its_words() -> None:
    found = differences(MADE_TEXT, MADE_TEXT + STEP)
    assert list(found) == ["step 'place'"]
    assert found["step 'place'"].new == STEP.strip()
    assert found["step 'place'"].mine == ""
    assert not found["step 'place'"].changed


def test_a_step_of_ones_own_is_none() -> None:
    assert differences(MADE_TEXT + STEP, MADE_TEXT) == {}


def test_a_step_that_is_gone_is_asked_if_it_was_edited() -> None:
    old = MADE_TEXT + STEP
    assert not differences(old, MADE_TEXT, old)["step 'place'"].changed
    mine = old.replace("Where was it?", "Where did it happen?")
    assert differences(mine, MADE_TEXT, old)["step 'place'"].changed


def test_a_step_that_was_taken_out_stays_out_unless_it_changed() -> None:
    old = MADE_TEXT + STEP
    assert differences(MADE_TEXT, old, old) == {}
    new = old.replace("Where was it?", "Where did it happen?")
    assert differences(MADE_TEXT, new, old)["step 'place'"].changed


def test_choices_that_come_and_go_are_one_list() -> None:
    more = changed(('{ id = "later", text = "Decide later" },', ""))
    found = differences(MADE_TEXT, more)
    assert list(found) == ["step 'fate': the list of choices"]
    assert "Decide later (later)" in found["step 'fate': the list of choices"].old
    assert "Decide later" not in found["step 'fate': the list of choices"].new


def test_an_order_that_changed_is_said_once() -> None:
    blocks = MADE_TEXT.split("\n[[step]]")
    new = "\n[[step]]".join((*blocks[:3], blocks[4], blocks[3], *blocks[5:]))
    found = differences(MADE_TEXT, new)
    assert list(found) == ["the order of the questions"]
    assert found["the order of the questions"].new == "story, fate, read, wish, review"


@given(flow_texts(), flow_texts())
def test_versions_that_are_the_same_have_no_difference(one: str, other: str) -> None:
    first, second = document(one), document(other)
    assert compare_versions(first, second, first) == ()
    assert compare_versions(first, second, second) == ()


def test_every_place_has_a_name() -> None:
    assert label_of(("overrule", "wish", "length")) == (
        "step 'wish': the rule 'length' that is set aside"
    )
    assert label_of(("step", "wish", "when")) == "step 'wish': 'when'"
    assert label_of(("step", "wish", "hint")) == "step 'wish': the hint"
    assert label_of(("step", "wish", "skip")) == "step 'wish': the label of the skip"
