"""Questions to the person at a terminal, and text of other people shown there.

A passphrase is asked without showing it. Where nobody sits at a terminal, one line of standard
input is the passphrase.
"""

import getpass
import sys
import textwrap
import unicodedata
from pathlib import Path

from store.model.errors import Locked

SHORTEST_PASSPHRASE = 12

_WIDTH = 78
_KEPT = "\n\t"
# These change the direction of writing, so that a line can seem to say something else.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def ask_passphrase(prompt: str = "Passphrase: ") -> str:
    """Return what was typed, or the next line of standard input where there is no terminal."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")


def ask_passphrase_of(path: Path) -> str:
    """Ask for the passphrase of a key file; raises ``Locked`` if there is no such file."""
    if not path.is_file():
        raise Locked(
            f"There is no key file {path}. Look at its name, or make one: holdfast keygen"
        )
    return ask_passphrase()


def ask_new_passphrase() -> str:
    """Ask for a passphrase of at least 12 characters, twice at a terminal; raises ``Locked``."""
    first = ask_passphrase(
        f"New passphrase ({SHORTEST_PASSPHRASE} characters or more; four or five words are good): "
    )
    if len(first) < SHORTEST_PASSPHRASE:
        raise Locked(
            f"This passphrase is too short: it needs at least {SHORTEST_PASSPHRASE} characters."
            " Four or five words that you can remember are good. Nothing was written; try again."
        )
    if sys.stdin.isatty() and ask_passphrase("The same again: ") != first:
        raise Locked("The two passphrases differ. Nothing was written; try again.")
    return first


def ask_line(prompt: str) -> str:
    """Ask for a line that is shown while it is typed."""
    print(prompt, end="", flush=True)
    return sys.stdin.readline().strip()


def printable(text: str) -> str:
    """Return the text without characters that would control the terminal."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in lines if _is_harmless(character))


def say(text: str) -> None:
    """Print each line as a paragraph, without control characters, wrapped for a terminal."""
    wrapper = textwrap.TextWrapper(_WIDTH, break_long_words=False, break_on_hyphens=False)
    for line in printable(text).split("\n"):
        print(wrapper.fill(line))


def _is_harmless(character: str) -> bool:
    if character in _KEPT:
        return True
    return (
        unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        and character not in _DIRECTION_MARKS
    )
