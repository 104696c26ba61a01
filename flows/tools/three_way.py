"""Compare three versions of a questionnaire, sentence by sentence.

*old* is what was shipped, *mine* what an organisation made of it, *new* what is shipped now. What
only the shipped one changed can be taken; what only the organisation changed stays; what both
changed somebody must decide. What somebody signs is decided by somebody in any case.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from flows.files.document import BlockKey, Document
from flows.files.toml_text import reflow
from flows.model import SIGNED_KINDS

Place = tuple[str, ...]
"""``("choose",)``, ``("order",)``, a block, ``(*block, key)``, ``(*block, "choices", id)``."""

ORDER: Place = ("order",)
TRANSLATION = "translation"
"""The first part of ``(TRANSLATION, language, context)``."""
HEAD_KEYS = ("language", "choose")
TEXTS = frozenset({"text", "hint", "skip", "choose", "because"})
BLOCK_LENGTHS = {"step": 2, "overrule": 3}
SIGNED = frozenset(map(str, SIGNED_KINDS))


class Side(StrEnum):
    """Whose version is taken."""

    MINE = "mine"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Difference:
    """A change of the shipped questionnaire that this one does not have; empty where nothing is.

    ``changed`` says that the organisation changed the same, ``signed`` that somebody signs it.
    """

    place: Place
    old: str
    mine: str
    new: str
    changed: bool
    signed: bool

    @property
    def label(self) -> str:
        """What it is about, in words."""
        return label_of(self.place)


def label_of(place: Place) -> str:
    """Name a place as the other acts do."""
    if place == ORDER:
        return "the order of the questions"
    if place[0] == TRANSLATION:
        return f"'{place[2]}' in '{place[1]}'"
    if place[0] not in BLOCK_LENGTHS:
        return {"choose": "how the talk is called at hello"}.get(place[0], f"the {place[0]}")
    if place[0] == "overrule":
        return f"step '{place[1]}': the rule '{place[2]}' that is set aside"
    inner = place[2:]
    if not inner:
        return f"step '{place[1]}'"
    if inner[0] == "choices":
        what = f"the choice '{inner[1]}'" if inner[1:] else "the list of choices"
    else:
        named = {"text": "the text", "hint": "the hint", "skip": "the label of the skip"}
        what = named.get(inner[0], f"'{inner[0]}'")
    return f"step '{place[1]}': {what}"


def compare_versions(old: Document, mine: Document, new: Document) -> tuple[Difference, ...]:
    """List what the shipped questionnaire changed and this one lacks, in the order of the new."""
    comparison = _Comparison(old, mine, new)
    return (*comparison.head(), *comparison.blocks(), *comparison.order())


Values = Mapping[Place, Any]


def block_values(document: Document, key: BlockKey) -> Values | None:
    """Return everything that a block says, by place; ``None`` if there is no such block."""
    block = document.block(key)
    if block is None:
        return None
    found: dict[Place, Any] = {}
    for name, value in document.table(block).items():
        if name == "choices" and isinstance(value, list):
            found[*key, name] = tuple(_choice_shape(choice) for choice in value)
            found |= {(*key, name, str(c.get("id"))): _plain("text", c.get("text")) for c in value}
        else:
            found[*key, name] = _plain(name, value)
    return found


def _choice_shape(choice: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what a choice is besides its words."""
    return tuple(sorted((key, str(value)) for key, value in choice.items() if key != "text"))


def _plain(key: str, value: Any) -> Any:
    return reflow(value) if key in TEXTS and isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The comparison of three versions."""

    old: Document
    mine: Document
    new: Document

    def head(self) -> Iterator[Difference]:
        for key in HEAD_KEYS:
            was, own, now = (
                _plain(key, document.tables.get(key)) for document in self._versions()
            )
            if now not in {was, own}:
                signed = key == "language"
                yield _difference((key,), was, own, now, signed=signed)

    def _versions(self) -> tuple[Document, Document, Document]:
        return self.old, self.mine, self.new

    def blocks(self) -> Iterator[Difference]:
        keys = dict.fromkeys(
            block.key for document in (self.new, self.mine) for block in document.blocks
        )
        for key in keys:
            yield from self._block(key)

    def _block(self, key: BlockKey) -> Iterator[Difference]:
        was, own, now = (block_values(document, key) for document in self._versions())
        signed = self.is_signed(key)
        if own is not None and now is not None:
            yield from _value_differences(key, was or {}, own, now, signed=signed)
        elif (own is None and was != now) or (now is None and was is not None):
            before, mine, after = (self._whole(document, key) for document in self._versions())
            yield Difference(key, before, mine, after, changed=own != was, signed=signed)

    def is_signed(self, key: BlockKey) -> bool:
        """Tell whether a block is one of those that somebody signs, in any version."""
        found = ((document, document.block(key)) for document in self._versions())
        kinds = {document.table(block).get("kind") for document, block in found if block}
        return key[0] == "step" and bool(kinds & SIGNED)

    def _whole(self, document: Document, key: BlockKey) -> str:
        block = document.block(key)
        return document.raw(block.span).strip() if block else ""

    def order(self) -> Iterator[Difference]:
        """Yield the order of the steps that all three have, if the shipped one changed it."""
        orders = [step_order(document) for document in self._versions()]
        shared = set.intersection(*map(set, orders))
        was, own, now = ([step for step in order if step in shared] for order in orders)
        if now not in (was, own):
            signed = any(self.is_signed(("step", step)) for step in moved_steps(own, now))
            before, mine, after = (", ".join(order) for order in (was, own, now))
            yield Difference(ORDER, before, mine, after, changed=was != own, signed=signed)


def count_differences(one: Document, other: Document) -> int:
    """Count the values in which two versions differ."""
    keys = {block.key for document in (one, other) for block in document.blocks}
    values = [(block_values(one, key) or {}, block_values(other, key) or {}) for key in keys]
    return sum(a.get(place) != b.get(place) for a, b in values for place in {*a, *b})


def step_order(document: Document) -> list[str]:
    """List the ids of the steps, in the order of the file."""
    return [block.key[1] for block in document.blocks if block.key[0] == "step"]


def moved_steps(was: list[str], now: list[str]) -> set[str]:
    """Return the smallest set of steps whose moves explain a new order."""
    blocks = SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
    return set(now) - {now[block.b + i] for block in blocks for i in range(block.size)}


def _value_differences(
    key: BlockKey, was: Values, own: Values, now: Values, *, signed: bool
) -> Iterator[Difference]:
    for place in dict.fromkeys((*now, *own)):
        values = was.get(place), own.get(place), now.get(place)
        in_list = len(place) > len(key) + 1
        if values[2] in values[:2] or (in_list and None in values[1:]):
            continue  # a choice comes or goes with its list
        is_list = place[len(key) :] == ("choices",)
        shown = _lists(place, was, own, now) if is_list else values
        changes_reading = place[-1] in {"part", "kind"}
        yield _difference(
            place, *shown, signed=signed or changes_reading, changed=values[0] != values[1]
        )


def _lists(place: Place, *versions: Values) -> tuple[str, str, str]:
    """Show the choices of three lists with their words."""
    shown = ["; ".join(_choice_lines(place, version)) for version in versions]
    return shown[0], shown[1], shown[2]


def _choice_lines(place: Place, version: Values) -> Iterator[str]:
    for shape in version.get(place, ()):
        name = dict(shape).get("id", "")
        more = (f"{key} = {value}" for key, value in shape if key != "id")
        about = ", ".join((name, *more))
        yield f"{version.get((*place, name), '')} ({about})"


def _difference(
    place: Place, was: Any, own: Any, now: Any, *, signed: bool, changed: bool | None = None
) -> Difference:
    differs = was != own if changed is None else changed
    return Difference(place, _shown(was), _shown(own), _shown(now), differs, signed)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_shown(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return " or ".join(map(_shown, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
