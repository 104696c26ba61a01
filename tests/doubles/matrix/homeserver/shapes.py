"""What the specification wants of a body, as small values, and a check that says what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Maybe:
    """A field that may be left out."""

    of: Any


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with any names, and values of one shape."""

    of: Any


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values of one shape."""

    of: Any


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these values."""

    values: frozenset[Any]


ANY = object
"""Whatever JSON holds."""


def differences(value: Any, shape: Any, place: str) -> Iterator[str]:
    """Say where a value is not as a shape wants it; what a value is, is never said."""
    match shape:
        case Maybe(of):
            yield from differences(value, of, place)
        case MapOf(of):
            yield from _named(value, of, place)
        case ListOf(of):
            yield from _listed(value, of, place)
        case OneOf(values):
            if value not in values:
                yield f"{place} is none of {sorted(map(str, values))}"
        case Mapping():
            yield from _fields(value, shape, place)
        case _:
            if shape is not ANY and not _is_a(value, shape):
                yield f"{place} is no {shape.__name__}, but a {type(value).__name__}"


def _is_a(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _named(value: Any, of: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no object"
        return
    for item in value.values():
        yield from differences(item, of, f"{place}.*")


def _listed(value: Any, of: Any, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} is no list"
        return
    for item in value:
        yield from differences(item, of, f"{place}[]")


def _fields(value: Any, shape: Mapping[str, Any], place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no object"
        return
    for name, wanted in shape.items():
        if name in value:
            yield from differences(value[name], wanted, f"{place}.{name}")
        elif not isinstance(wanted, Maybe):
            yield f"{place}.{name} is missing"
    yield from (f"{place}.{name} is unknown" for name in sorted(value.keys() - shape.keys()))
