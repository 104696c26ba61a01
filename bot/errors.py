"""The errors of the program around the conversations. Their messages never carry data.

::

    HoldfastError
    ├── ConfigProblems    the config cannot be used; carries every ConfigError at once
    ├── CryptoStoreError  the store of Matrix's own keys cannot be opened
    ├── FolderError       an installation folder or a file of it cannot be made or used
    └── UsageError        a command was not given what it needs
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb

PACKAGES = ("bot", "handlers", "flows", "store")


class HoldfastError(Exception):
    """Raised when the program cannot go on; the message says what, where and what to do next."""


@dataclass(frozen=True, slots=True)
class ConfigError:
    """Describe one thing to correct in the config; its ``str`` is ``section.key: why. cure``.

    Values are never repeated: somebody may have typed a secret where none belongs.
    """

    key: str
    why: str
    cure: str

    def __str__(self) -> str:
        """Return the problem in one line."""
        return f"{self.key}: {self.why}. {self.cure}"


class CryptoStoreError(HoldfastError):
    """Raised when the store of Matrix's own keys cannot be opened or made."""


class ConfigProblems(HoldfastError):
    """Raised when the config cannot be used, with every reason at once, a line each."""

    def __init__(self, path: Path, problems: Iterable[ConfigError]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))


class FolderError(HoldfastError):
    """Raised when an installation folder cannot be made or used; nothing in it was changed."""


class UsageError(HoldfastError):
    """Raised when a command was not given what it needs."""


def kind_of(error: BaseException) -> str:
    """Return the name of an error's type: the only part of it that may be logged."""
    return type(error).__qualname__


def place_of(error: BaseException) -> str:
    """Return where an error happened, as ``module:line``, in this program if possible."""
    places = [
        (str(frame.f_globals.get("__name__", "?")), line)
        for frame, line in walk_tb(error.__traceback__)
    ]
    ours = [place for place in places if place[0].partition(".")[0] in PACKAGES]
    module, line = (ours or places or [("?", 0)])[-1]
    return f"{module}:{line}"
