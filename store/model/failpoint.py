"""Failpoints: named places at which a test makes the program fail, or die.

The mechanisms that change something outside of memory call ``failpoint`` themselves: a commit, a
statement that writes, the replacement of a file, a request to a platform. So whatever is built on
them has failpoints without asking for any. Only tests install a hook; without one a failpoint
costs the look at a variable.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Hook = Callable[[str], None]
"""Called with the name of each failpoint that is reached; may raise, or end the process."""

_hook: Hook | None = None


def failpoint(name: str | Callable[[], str]) -> None:
    """Tell the installed hook that the program is at this place; do nothing without one.

    A name that takes time to make is given as what makes it.
    """
    if _hook is not None:
        _hook(name if isinstance(name, str) else name())


@contextmanager
def installed(hook: Hook) -> Iterator[None]:
    """Install a hook for as long as the context lasts. For tests only."""
    global _hook  # noqa: PLW0603 - one process, one hook: passing it to every room is what this replaces
    before, _hook = _hook, hook
    try:
        yield
    finally:
        _hook = before
