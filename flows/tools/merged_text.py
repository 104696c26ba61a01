"""Write what was decided into the organisation's own text, and touch nothing else in it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from flows.checks.problem import FlowProblems, Problem
from flows.files.document import (
    Block,
    BlockKey,
    Document,
    Span,
    end_of_line,
    read_document,
)
from flows.tools.three_way import BLOCK_LENGTHS, HEAD_KEYS, ORDER, Place, Values, block_values

Edit = tuple[Span, str]
Rank = Callable[[Place], tuple[int, Place]]


def merge_text(mine: Document, new: Document, taken: Iterable[Place]) -> str:
    """Return this text with those parts of the new one that were taken.

    :raises FlowProblems: a part is written in a way that cannot be replaced.
    """
    writer = _Writer(mine, new, frozenset(taken))
    text = writer.text()
    _verify(read_document(text, mine.file), writer)
    return text


@dataclass(frozen=True, slots=True)
class _Writer:
    """The writer of one merged text."""

    mine: Document
    new: Document
    taken: frozenset[Place]
    texts: dict[BlockKey, str] = field(default_factory=dict, repr=False)

    def text(self) -> str:
        """Write the head and the blocks."""
        self._write_blocks()
        order = self.order()
        parts = [_apply(self.mine.head, 0, self._head_edits())]
        last = self.mine.blocks[-1].key if self.mine.blocks else None
        for key in order:
            parts.append(self.texts[key])
            parts += [] if key == order[-1] else self._gap(key, was_last=key == last)
        text = "".join(parts)
        if order and order[-1] == last:
            return text + self.mine.raw(self.mine.blocks[-1].gap)
        return text.rstrip("\r\n") + self.mine.newline

    def _gap(self, key: BlockKey, *, was_last: bool) -> list[str]:
        """Return what follows a block: its own gap, or an empty line where it had none."""
        block = self.mine.block(key)
        if block is not None and not was_last:
            return [self.mine.raw(block.gap)]
        newline = self.mine.newline
        text = self.texts[key] + (self.mine.raw(block.gap) if block else "")
        return [text[len(self.texts[key]) :], newline if text.endswith("\n") else newline * 2]

    # What is in the blocks

    def _write_blocks(self) -> None:
        for block in self.mine.blocks:
            if block.key not in self.taken:
                self.texts[block.key] = self._edited(block)
        for block in self.new.blocks:
            if block.key in self.taken:
                self.texts[block.key] = self._as_written_here(self.new.raw(block.span))

    def _as_written_here(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\n", self.mine.newline)

    def _edited(self, block: Block) -> str:
        other = self.new.block(block.key)
        edits = self._block_edits(block, other) if other else ()
        return _apply(self.mine.raw(block.span), block.span.start, edits)

    def _block_edits(self, block: Block, other: Block) -> Iterator[Edit]:
        length = BLOCK_LENGTHS[block.key[0]]
        places = [place for place in self.taken if place[:length] == block.key]
        whole_list = (*block.key, "choices") in places
        for place in sorted(places, key=self._rank(other)):
            if len(place) == length + 1:
                yield self._key_edit(block, other, place[-1])
            elif not whole_list:
                own, now = self._choice_text(self.mine, place), self._choice_text(self.new, place)
                yield own, self._as_written_here(self.new.raw(now))

    def _rank(self, other: Block) -> Rank:
        """Order the places of a block as their keys stand in the new file."""
        keys = list(self.new.table(other))
        return lambda place: (
            keys.index(place[len(other.key)]) if place[len(other.key)] in keys else len(keys),
            place,
        )

    def _choice_text(self, document: Document, place: Place) -> Span:
        block = document.block(place[:2])
        choices = document.table(block).get("choices", []) if block else []
        index = next((n for n, c in enumerate(choices) if c.get("id") == place[-1]), 0)
        return document.value((*_path(block), "choices", index, "text"))

    def _key_edit(self, block: Block, other: Block, key: str) -> Edit:
        path = (*_path(block), key)
        if key not in self.new.table(other):
            return _whole_line(self.mine, self.mine.value(path), key), ""
        value = self._new_value(block, other, key)
        if key in self.mine.table(block):
            return self.mine.value(path), value
        at = self._insertion(block, other, key)
        newline = self.mine.newline
        text = f"{key} = {value}{newline}"
        return Span(at, at), text if self.mine.text[:at].endswith("\n") else newline + text

    def _new_value(self, block: Block, other: Block, key: str) -> str:
        """Return the new value as it is written; in a list the choices' own words stay."""
        span = self.new.value((*_path(other), key))
        edits: list[Edit] = []
        if key == "choices":
            own = {str(c.get("id")) for c in self.mine.table(block).get("choices", [])}
            for choice in self.new.table(other)["choices"]:
                place = (*block.key, "choices", str(choice.get("id")))
                if place[-1] in own and place not in self.taken:
                    edits.append(self._own_words(place))
        return self._as_written_here(_apply(self.new.raw(span), span.start, edits))

    def _own_words(self, place: Place) -> Edit:
        own, now = self._choice_text(self.mine, place), self._choice_text(self.new, place)
        return now, self.mine.raw(own)

    def _insertion(self, block: Block, other: Block, key: str) -> int:
        """Return where a new key goes: below the key that is above it in the new file."""
        keys = list(self.new.table(other))
        for above in reversed(keys[: keys.index(key)]):
            path = (*_path(block), above)
            if path in self.mine.spans:
                return end_of_line(self.mine.text, self.mine.spans[path].end)
        return end_of_line(self.mine.text, self.mine.text.index("[[", block.span.start))

    # The order of the blocks

    def order(self) -> list[BlockKey]:
        """Return the order of the blocks in the merged text."""
        keys = [[block.key for block in document.blocks] for document in (self.mine, self.new)]
        guide, other = reversed(keys) if ORDER in self.taken else keys
        found = [key for key in guide if key in self.texts]
        for number, key in enumerate(other):
            if key in self.texts and key not in found:
                above = [other_key for other_key in other[:number] if other_key in found]
                found.insert(found.index(above[-1]) + 1 if above else 0, key)
        return found

    # The head

    def _head_edits(self) -> Iterator[Edit]:
        for key in HEAD_KEYS:
            if (key,) in self.taken:
                raw = self.new.raw(self.new.value((key,)))
                yield self.mine.value((key,)), self._as_written_here(raw)


def _path(block: Block | None) -> tuple[str, int]:
    return (block.key[0], block.index) if block else ("step", 0)


def _apply(text: str, offset: int, edits: Iterable[Edit]) -> str:
    """Replace parts of a text that begins at this offset; insertions at one place keep order."""
    for span, new in sorted(edits, key=lambda edit: edit[0].start)[::-1]:
        text = f"{text[: span.start - offset]}{new}{text[span.end - offset :]}"
    return text


def _whole_line(document: Document, value: Span, key: str) -> Span:
    """Return the lines on which a key and its value stand, if nothing else does."""
    start = document.text.rfind("\n", 0, value.start) + 1
    before = document.text[start : value.start]
    if not re.fullmatch(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=\s*", before):
        line = document.text.count("\n", 0, value.start) + 1
        what, cure = f"'{key}' does not begin its line", "Give each key a line of its own."
        raise FlowProblems([Problem(document.file, line, None, what, cure)])
    return Span(start, end_of_line(document.text, value.end))


# --- the proof ----------------------------------------------------------------------------------


def _verify(merged: Document, writer: _Writer) -> None:
    """Require that the text says what was decided, whatever way it was written in.

    :raises FlowProblems: it does not; nothing of it may be used.
    """
    wrong = [key for key in writer.texts if block_values(merged, key) != _decided(writer, key)]
    if wrong or [block.key for block in merged.blocks] != writer.order():
        place = f"at step '{wrong[0][1]}'" if wrong else "in its order"
        what = f"the file could not be changed as decided, {place}"
        cure = "Nothing was written. Bring the change over by hand."
        raise FlowProblems([Problem(merged.file, 1, None, what, cure)])


def _decided(writer: _Writer, key: BlockKey) -> Values | None:
    """Compute everything that a block must say now."""
    own, now = block_values(writer.mine, key), block_values(writer.new, key)
    if key in writer.taken or own is None or now is None:
        return now if key in writer.taken else own
    whole_list = (*key, "choices") in writer.taken
    found = {}
    for place in {*own, *now}:
        in_list = len(place) > len(key) + 1
        listed_in = now if whole_list else own
        if in_list and place not in listed_in:
            continue
        source = now if place in writer.taken or (in_list and place not in own) else own
        if place in source:
            found[place] = source[place]
    return found
