"""Read the program's source as syntax trees, for the tests about its shape."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("bot", "handlers", "flows", "store")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the program, with its text and its syntax tree."""

    path: Path
    name: str
    """As it is imported; that of a package for its ``__init__``."""
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """The path from the project's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def package(self) -> str:
        """One of ``PACKAGES``."""
        return self.name.partition(".")[0]

    def definitions(self) -> Iterator[Definition]:
        """Yield all functions, methods and classes, nested ones included."""
        for node in ast.walk(self.tree):
            if isinstance(node, Definition):
                yield node


@cache
def modules() -> tuple[Module, ...]:
    """Read all modules of the program, in alphabetical order."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return tuple(read_module(path, ROOT) for path in paths)


def read_module(path: Path, root: Path) -> Module:
    """Parse one file; ``root`` is the folder from which modules are imported."""
    text = path.read_text(encoding="utf-8")
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(path, name, text, ast.parse(text))


def functions() -> Iterator[tuple[str, Function]]:
    """Yield every function of the program with its place."""
    for module in modules():
        for node in module.definitions():
            if isinstance(node, Function):
                yield f"{module.place}:{node.lineno} {node.name}", node


def imports(module: Module, known: frozenset[str]) -> Iterator[str]:
    """Yield the modules among ``known`` that a module imports anywhere in its text."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            assert not node.level, f"{module.place} imports relatively"
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                if whole in known or base in known:
                    yield whole if whole in known else base


def import_graph(all_modules: tuple[Module, ...]) -> dict[str, frozenset[str]]:
    """Map each module to those whose code must have run before its own has.

    Importing ``a.b.c`` runs ``a`` and ``a.b`` as well, except those that the importer lies in.
    """
    known = frozenset(module.name for module in all_modules)
    graph: dict[str, frozenset[str]] = {}
    for module in all_modules:
        own = {module.name, *ancestors(module.name)}
        targets = set(imports(module, known))
        packages = {above for target in targets for above in ancestors(target)}
        graph[module.name] = frozenset((targets | (packages & known) - own) - {module.name})
    return graph


def ancestors(name: str) -> Iterator[str]:
    """Yield the packages that a module lies in, the innermost first."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def cycles(graph: dict[str, frozenset[str]]) -> list[list[str]]:
    """Find the groups of modules that import each other, by Tarjan's algorithm."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(graph[node]):
            if target not in index:
                visit(target)
            if target in stack:
                low[node] = min(low[node], low[target])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found
