import tomllib
from collections.abc import Iterator

from hypothesis import given

from flows.files.lines import KeyPath, line_at, lines_of
from tests.unit.flows.generated import FLOWS, flow_texts

TEXT = '''name = "a" # [[step]]
[[step]]
id = "x"
text = """
[[step]]
id = "no" """
when.fate = "read"
choices = [
  { id = "a", text = "}" },
  { "id" = 'b', text = "\\"]" }, ]
[step.unless]
fate = ["keep",
  "read"]
[[step]]
[[step.choices]]
id = "c"
[[step.choices]]
id = "d"
steps = [ { id = "e" } ]
'''
"""Every way to write the same things."""


def test_keys_and_entries_are_where_they_are() -> None:
    lines = lines_of(TEXT)
    places: dict[KeyPath, int] = {
        ("name",): 1,
        ("step", 0): 2,
        ("step", 0, "id"): 3,
        ("step", 0, "text"): 4,
        ("step", 0, "when"): 7,
        ("step", 0, "when", "fate"): 7,
        ("step", 0, "choices"): 8,
        ("step", 0, "choices", 0): 9,
        ("step", 0, "choices", 1, "id"): 10,
        ("step", 0, "unless"): 11,
        ("step", 0, "unless", "fate", 1): 13,
        ("step", 1): 14,
        ("step", 1, "choices", 0): 15,
        ("step", 1, "choices", 1, "id"): 18,
        ("step", 1, "choices", 1, "steps", 0, "id"): 19,
    }
    assert {place: lines.get(place) for place in places} == places


def test_what_has_no_line_has_that_of_what_is_around_it() -> None:
    lines = lines_of(TEXT)
    assert line_at(lines, ("step", 0, "kind")) == 2
    assert line_at(lines, ("step", 0, "choices", 1, "asks")) == 10
    assert line_at(lines, ("nowhere", 3)) == 1
    assert line_at({}, ()) == 1


def spots(value: object, around: KeyPath = ()) -> Iterator[KeyPath]:
    """The place of everything in a file."""
    entries = value.items() if isinstance(value, dict) else ()
    numbered = enumerate(value) if isinstance(value, list) else ()
    for key, inner in (*entries, *numbered):
        yield (*around, key)
        yield from spots(inner, (*around, key))


def test_everything_in_the_shipped_questions_has_a_line() -> None:
    text = (FLOWS / "intake.toml").read_text("utf-8")
    lines = lines_of(text)
    assert set(spots(tomllib.loads(text))) == set(lines)
    shown = text.splitlines()
    assert all(
        str(place[-1]) in shown[line - 1]
        for place, line in lines.items()
        if isinstance(place[-1], str)
    )


@given(flow_texts())
def test_everything_in_a_made_up_file_has_a_line(text: str) -> None:
    assert set(spots(tomllib.loads(text))) == set(lines_of(text))
