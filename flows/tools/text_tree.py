"""Texts that are kept in dataclasses and mappings, each with its place.

The place of a text is its path: ``welcome.hello``, or with the key of a mapping
``refusals.unusable.edit`` and, where the key is a set, ``permissions.parts.needs+person``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, TypeVar

L = TypeVar("L")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TextTree(Generic[L]):
    """A way to walk through texts of these types, wherever they stand."""

    types: tuple[type[L], ...]

    def texts(self, tree: object) -> Iterator[tuple[str, L]]:
        """Yield each text with its place, in the order of the fields."""
        found = list[tuple[str, L]]()

        def keep(place: str, text: L) -> L:
            found.append((place, text))
            return text

        self.replaced(tree, keep)
        yield from found

    def replaced(self, tree: T, new: Callable[[str, L], L]) -> T:
        """Return the same with every text replaced by ``new(place, text)``."""
        return self._replaced(tree, new, "")  # type: ignore[no-any-return]  # it keeps its type

    def _replaced(self, value: Any, new: Callable[[str, L], L], place: str) -> Any:
        if isinstance(value, self.types):
            return new(place, value)
        if isinstance(value, Mapping):
            return {
                key: self._replaced(each, new, _join(place, _name(key)))
                for key, each in value.items()
            }
        if not is_dataclass(value):
            raise TypeError(f"{place} holds {type(value).__name__}, which is no text")
        parts = {
            field.name: self._replaced(getattr(value, field.name), new, _join(place, field.name))
            for field in fields(value)
        }
        return replace(value, **parts)  # type: ignore[type-var]  # it is one


def _name(key: object) -> str:
    return "+".join(sorted(key)) if isinstance(key, frozenset) else str(key)


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
