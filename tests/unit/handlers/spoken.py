"""Every sentence of the bot, and every place in the code that says one."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import handlers
from handlers.texts import english as words

ROOT = Path(handlers.__file__).parents[1]
CODE_THAT_SAYS = ("handlers", "bot", "store")


def sentences() -> Iterator[tuple[str, str]]:
    """Everything that anybody can be told, by its name."""
    for name, value in vars(words).items():
        if not name.isupper():
            continue
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{n}", text) for n, text in enumerate(value.values(), 1))


SENTENCES = dict(sentences())


def names_in_code() -> set[str]:
    """What other modules name: as an attribute of ``words``, or as a sentence to be said."""
    found: set[str] = set()
    for package in CODE_THAT_SAYS:
        for path in (ROOT / package).rglob("*.py"):
            if path.name != "words.py":
                found |= names_of(ast.parse(path.read_text("utf-8")))
    return found


def names_of(tree: ast.Module) -> set[str]:
    """What one module names."""
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    attributes = (n for n in ast.walk(tree) if isinstance(n, ast.Attribute))
    of_words = {n.attr for n in attributes if ast.unparse(n.value) == "words"}
    return {t for t in texts if isinstance(t, str)} | of_words


def said() -> set[str]:
    """Every literal sentence name given to ``say`` or ``Say``, also behind a condition."""
    found: set[str] = set()
    for package in CODE_THAT_SAYS:
        for path in (ROOT / package).rglob("*.py"):
            calls = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if _is_say(n))
            for call in calls:
                assert isinstance(call, ast.Call)
                texts = [n for n in ast.walk(call.args[0]) if isinstance(n, ast.Constant)]
                # a condition inside the call compares with choices, which are in lower case
                found |= {str(n.value) for n in texts if str(n.value).isupper()}
    return found


def _is_say(node: ast.AST) -> bool:
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and bool(node.args)
    return named and isinstance(node, ast.Call) and _called(node) in {"say", "Say"}


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
