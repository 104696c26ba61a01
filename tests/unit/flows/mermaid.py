"""A strict reading of the Mermaid that is drawn: lines that it does not know are an error.

Mermaid's own parser needs a browser; this knows only the few forms that are used, and takes
nothing else. What it gives can be walked.
"""

import re
from dataclasses import dataclass, field

TEXT = r'"((?:<small>|</small>|<br/>|[^"<>&`{}\[\]|\\;#]|#\d+;)*)"'
ID = r"((?:q|if)_[a-z0-9_]{1,24}|hello|over)"
SHAPES = (
    (r"\[\[", r"\]\]"),
    (r"\[", r"\]"),
    (r"\{\{", r"\}\}"),
    (r"\{", r"\}"),
    (r"\(\[", r"\]\)"),
    (r"\(\(", r"\)\)"),
    (r">", r"\]"),
)
NODE = re.compile("|".join(f"{ID}{opening}{TEXT}{closing}" for opening, closing in SHAPES))
EDGE = re.compile(rf"{ID} (-->|-\.->)(?:\|{TEXT}\|)? {ID}")
LOOK = re.compile(r"class ((?:q|if)_[a-z0-9_]+) (\w+);")
DEFINED = re.compile(r"classDef (\w+) [\w:#,-]+;")


@dataclass(slots=True)
class Picture:
    """Nodes with their texts, arrows by where they start."""

    nodes: dict[str, str] = field(default_factory=dict)
    arrows: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    looks: dict[str, str] = field(default_factory=dict)

    def leads(self, start: str, end: str, through: frozenset[str]) -> bool:
        """Whether ``end`` comes after ``start``, with nothing but these in between."""
        waiting, seen = [start], set[str]()
        while waiting:
            for following, _ in self.arrows.get(waiting.pop(), ()):
                if following == end:
                    return True
                if following not in seen and following in through:
                    seen.add(following)
                    waiting.append(following)
        return False


def read(text: str) -> Picture:
    """The picture; AssertionError for anything that is not in the strict form."""
    comment, head, *lines = text.splitlines()
    assert comment.startswith("%% ")
    assert head == "flowchart TD"
    picture, defined = Picture(), set[str]()
    for line in map(str.strip, lines):
        if (found := NODE.fullmatch(line)) is not None:
            name, words = (group for group in found.groups() if group is not None)
            assert name not in picture.nodes, line
            picture.nodes[name] = words
        elif (found := EDGE.fullmatch(line)) is not None:
            picture.arrows.setdefault(found[1], []).append((found[4], found[3] or ""))
        elif (found := LOOK.fullmatch(line)) is not None:
            picture.looks[found[1]] = found[2]
        else:
            found = DEFINED.fullmatch(line)
            assert found, line
            defined.add(found[1])
    ends = {end for arrows in picture.arrows.values() for end, _ in arrows}
    assert ends | set(picture.arrows) | set(picture.looks) <= set(picture.nodes)
    assert set(picture.looks.values()) <= defined
    return picture
