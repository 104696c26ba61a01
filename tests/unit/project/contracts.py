"""Find where the program breaks the contracts about its structure and its language.

``python -m tests.unit.project.contracts`` lists every violation, and prints the table that
``test_contracts.py`` holds as the most that each package may have.
"""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.unit.project.source_tree import (
    PACKAGES,
    Definition,
    Function,
    Module,
    cycles,
    import_graph,
    imports,
    modules,
)

MOST_METHODS = 15
MOST_FIELDS = 10
MOST_FILE_LINES = 400

CATALOGUES = "handlers.texts"
"""A catalogue has an entry for each sentence, so its size is that of the vocabulary."""

CRYPTO = "bot.platforms.matrix.crypto"
"""The only place that may name nio and vodozemac."""

VOCABULARY: Mapping[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("vocabulary.toml").read_text("utf-8")
)
OLD_NAMES, OLD_WORDS, OLD_FIRST_WORDS, VERBS, ALSO_NOUNS, AFTER_A_VERB = (
    frozenset(VOCABULARY[name])
    for name in (
        *("old_names", "old_words", "old_first_words"),
        *("verbs", "also_nouns", "after_a_verb"),
    )
)

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
PART_OF_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


# Size


def large_classes() -> Iterator[tuple[str, str]]:
    """Yield classes with too many public methods or too many fields."""
    for module in modules():
        for node in module.definitions():
            if isinstance(node, ast.ClassDef) and not module.name.startswith(CATALOGUES):
                yield from _too_large(module, node)


def _too_large(module: Module, node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    place = f"{module.place}:{node.lineno} {node.name}"
    methods, fields = public_methods(node), fields_of(node)
    if len(methods) > MOST_METHODS and not is_protocol(node):
        yield module.package, f"{place} has {len(methods)} public methods"
    if len(fields) > MOST_FIELDS and not is_record(node):
        yield module.package, f"{place} has {len(fields)} fields"


def public_methods(node: ast.ClassDef) -> set[str]:
    """Name the methods and properties that others may use."""
    methods = (n.name for n in node.body if isinstance(n, Function))
    return {name for name in methods if not name.startswith("_")}


def fields_of(node: ast.ClassDef) -> set[str]:
    """Name what an instance holds: annotated names of the class, and what methods assign."""
    annotated = {
        n.target.id
        for n in node.body
        if isinstance(n, ast.AnnAssign)
        and isinstance(n.target, ast.Name)
        and "ClassVar" not in ast.unparse(n.annotation)
    }
    assigned = {
        n.attr
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute)
        and isinstance(n.ctx, ast.Store)
        and isinstance(n.value, ast.Name)
        and n.value.id == "self"
    }
    return annotated | assigned


def is_protocol(node: ast.ClassDef) -> bool:
    """Tell interfaces from classes that do something."""
    return bool({"Protocol"} & _bases(node))


def is_record(node: ast.ClassDef) -> bool:
    """Recognise values: frozen dataclasses, enumerations, typed dictionaries and protocols."""
    frozen = any("frozen=True" in ast.unparse(decorator) for decorator in node.decorator_list)
    values = {"Enum", "StrEnum", "IntEnum", "NamedTuple", "TypedDict", "Protocol"}
    return frozen or bool(values & _bases(node))


def _bases(node: ast.ClassDef) -> set[str]:
    return {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases}


def large_files() -> Iterator[tuple[str, str]]:
    """Yield modules that are too long."""
    for module in modules():
        lines = len(module.text.splitlines())
        if lines > MOST_FILE_LINES:
            yield module.package, f"{module.place} has {lines} lines"


# Imports


def import_cycles() -> Iterator[tuple[str, str]]:
    """Yield every module that is imported by one that it imports, directly or not."""
    for group in cycles(import_graph(modules())):
        for name in group:
            yield name.partition(".")[0], f"{name} in a cycle of {len(group)}: {', '.join(group)}"


def far_imports_of_handlers() -> Iterator[tuple[str, str]]:
    """Yield imports by which handlers know more of the store than its records."""
    known = frozenset(module.name for module in modules())
    for module in modules():
        if module.package == "handlers":
            for target in sorted(set(imports(module, known))):
                inside = target.startswith(("handlers", "flows", "store.model"))
                if not inside:
                    yield module.package, f"{module.place} imports {target}"


def nio_elsewhere() -> Iterator[tuple[str, str]]:
    """Yield modules that name nio or vodozemac outside of the one folder that may."""
    for module in modules():
        libraries = {name.partition(".")[0] for name in _imported_names(module)}
        if libraries & {"nio", "vodozemac"} and not module.name.startswith(CRYPTO):
            yield module.package, f"{module.place} imports nio"


def _imported_names(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


# Language


def old_names() -> Iterator[tuple[str, str]]:
    """Yield classes and functions that bear a name of the first version."""
    for module in modules():
        for node in module.definitions():
            if is_old(node.name):
                yield module.package, f"{module.place}:{node.lineno} {node.name}"


def is_old(name: str) -> bool:
    """Check a name as a whole and word by word."""
    words = [part.lower() for part in PART_OF_NAME.findall(name)]
    whole = "".join(words)
    return bool(words) and (
        whole in OLD_NAMES or bool(OLD_WORDS & set(words)) or words[0] in OLD_FIRST_WORDS
    )


def computed_attributes() -> Iterator[tuple[str, str]]:
    """Yield calls of ``getattr`` whose name no reader and no type checker can follow."""
    for module in modules():
        if module.package == "handlers":
            for node in ast.walk(module.tree):
                if _is_computed(node):
                    yield module.package, f"{module.place}:{node.lineno} {ast.unparse(node)}"  # type: ignore[attr-defined]


def _is_computed(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"getattr", "setattr", "hasattr"}
        and not isinstance(node.args[1], ast.Constant)
    )


def begins_with_a_verb(docstring: str) -> bool:
    """Recognise an imperative; a word that could be a noun needs one after it that shows it."""
    words = [word.lower() for word in WORD.findall(docstring.split("\n\n", maxsplit=1)[0])]
    if len(words) > 1 and (words[0].endswith("ly") or words[0] in {"never", "always", "not"}):
        words = words[1:]
    if not words or words[0] not in VERBS:
        return False
    if words[0] not in ALSO_NOUNS:
        return True
    marked = docstring.lower().partition(words[0])[2].lstrip()[:2].strip()
    quoted = marked[:1] in {"`", "*", "'", '"', "“"}
    return quoted or (len(words) > 1 and words[1] in AFTER_A_VERB)


def docstrings(package: str) -> Iterator[tuple[str, Definition | ast.Module, str]]:
    """Yield the docstrings of a package with their places."""
    for module in modules():
        if module.package == package:
            for node in (module.tree, *module.definitions()):
                text = ast.get_docstring(node)
                if text:
                    line = getattr(node, "lineno", 1)
                    yield f"{module.place}:{line}", node, text


def verb_share(package: str) -> float:
    """Compute the percentage of a package's docstrings that begin with a verb."""
    all_of_them = [text for _, _, text in docstrings(package)]
    return 100 * sum(map(begins_with_a_verb, all_of_them)) / len(all_of_them)


CONTRACTS: Mapping[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "large classes": large_classes,
    "large files": large_files,
    "import cycles": import_cycles,
    "far imports of handlers": far_imports_of_handlers,
    "nio elsewhere": nio_elsewhere,
    "old names": old_names,
    "computed attributes": computed_attributes,
}


def violations(contract: str) -> dict[str, list[str]]:
    """List what breaks one contract, for each package."""
    found: dict[str, list[str]] = {package: [] for package in PACKAGES}
    for package, what in CONTRACTS[contract]():
        found[package].append(what)
    return found


def main() -> None:
    """Print all violations and the table of their numbers."""
    table = {}
    for contract in CONTRACTS:
        found = violations(contract)
        print(f"\n{contract}")
        for what in (what for places in found.values() for what in places):
            print(f"    {what}")
        table[contract] = {package: len(found[package]) for package in PACKAGES}
    print("\ndocstrings that begin with no verb")
    for package in PACKAGES:
        for place, _, text in docstrings(package):
            if not begins_with_a_verb(text):
                print(f"    {place} {text.splitlines()[0]}")
    print()
    for contract, numbers in table.items():
        row = ", ".join(f'"{package}": {number}' for package, number in numbers.items() if number)
        print(f'    "{contract}": {{{row}}},')
    print({package: int(verb_share(package)) for package in PACKAGES})
    print(Counter({contract: sum(numbers.values()) for contract, numbers in table.items()}))


if __name__ == "__main__":
    main()
