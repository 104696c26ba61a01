"""Only the folder of texts knows what is said in which language."""

import ast
from collections.abc import Iterator

from tests.unit.project.source_tree import ROOT, modules

TEXTS = ROOT / "handlers" / "texts"
SPEAKING = {ROOT / "bot", ROOT / "handlers"}


def names_of(tree: ast.AST) -> Iterator[str]:
    """Yield every name that a module reads or imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name


def test_whoever_speaks_takes_the_texts_of_a_language_that_was_passed_in() -> None:
    speaking = [m for m in modules() if SPEAKING & {*m.path.parents} and m.path.parent != TEXTS]
    assert len(speaking) > 200
    assert [m.place for m in speaking if "ENGLISH" in names_of(m.tree)] == []


def test_a_name_is_found_however_it_is_reached() -> None:
    for text in ("from a import ENGLISH", "ENGLISH.leaving.left", "english.ENGLISH.leaving"):
        assert "ENGLISH" in names_of(ast.parse(text))
    assert "ENGLISH" not in names_of(ast.parse('say("ONLY_ENGLISH")'))
