"""Read the committed list of failpoint names, which may only grow.

A drill fails when the program passes a failpoint that is not listed: a new one is added to
``failpoints.txt`` and so seen by whoever reads the change. It fails as well when one that its
section lists is not passed any more: then the drill, or the program, has lost a place to die at.
"""

from collections.abc import Iterable
from pathlib import Path

LIST = Path(__file__).with_name("failpoints.txt")


def listed(section: str) -> frozenset[str]:
    """Return the names below a heading such as ``[conversations]``."""
    names: set[str] = set()
    inside = False
    for line in LIST.read_text("utf-8").splitlines():
        if line.startswith("["):
            inside = line == f"[{section}]"
        elif inside and line and not line.startswith("#"):
            names.add(line)
    return frozenset(names)


def check_passed(section: str, passed: Iterable[str], *, on_server: bool = False) -> None:
    """Hold what a drill passed against its section; some names are passed by chance only."""
    check_listed(section, passed, on_server=on_server)
    missed = sorted(expected(section, on_server=on_server) - {*passed})
    assert not missed, f"listed, and not passed any more: {missed}"


def check_listed(section: str, passed: Iterable[str], *, on_server: bool = False) -> None:
    """Hold a part of a drill against its section: it passes nothing that is not listed."""
    known = expected(section, on_server=on_server) | listed(f"{section}, by chance")
    new = sorted({*passed} - known)
    assert not new, f"new names belong into failpoints.txt: {new}"


def expected(section: str, *, on_server: bool) -> frozenset[str]:
    """Return what a section lists; a server makes deletion effective in other places."""
    names = listed(section)
    return names - listed("in a file") | listed("on a server") if on_server else names
