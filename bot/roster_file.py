"""The roster that the config names, with names that people can tell apart and choose."""

from pathlib import Path

from bot.config.values import Config
from bot.errors import FolderError
from handlers.readers.reader_names import name_faults
from store.hand_edited import Slip, decode
from store.model.errors import RosterError
from store.readers.roster import Note, Roster
from store.readers.roster_chain import read_chain


def read_roster(config: Config) -> tuple[Note, ...]:
    """Read the chain of rosters, and check it back to the pinned genesis."""
    try:
        text = read_roster_text(config.roster.file)
    except FileNotFoundError:
        raise FolderError(
            f"There is no {config.roster.file}. `holdfast roster new` makes it."
        ) from None
    except OSError as error:
        raise FolderError(
            f"{config.roster.file} cannot be read ({type(error).__name__}). Check its owner."
        ) from None
    chain = read_chain(text, bytes.fromhex(config.roster.genesis))
    check_reader_names(chain[-1].roster)
    return chain


def read_roster_text(path: Path) -> str:
    """Read a roster that may have travelled through other programs; raise ``OSError``.

    Line ends and a byte order mark are no part of what was signed.
    """
    text = decode(path.read_bytes())
    if isinstance(text, Slip):
        raise RosterError(f"{path} is not a roster, {text}, or get a new copy.")
    return text


def check_reader_names(roster: Roster) -> None:
    """Raise ``RosterError`` for readers who look alike, or cannot be chosen by typing."""
    faults = list(name_faults([member.pseudonym for member in roster.members]))
    if faults:
        raise RosterError("\n".join(f"The roster's names: {fault}." for fault in faults))
