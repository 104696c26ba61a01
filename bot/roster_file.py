"""The roster that the config names, with names that people can tell apart and choose."""

from bot.config.values import Config
from bot.publishing.archive import read_text
from handlers.readers.reader_names import name_faults
from store.model.errors import RosterError
from store.readers.roster import Note, Roster
from store.readers.roster_chain import read_chain


def read_roster(config: Config) -> tuple[Note, ...]:
    """Read the chain of rosters, and check it back to the pinned genesis."""
    text = read_text(config.roster.file, "holdfast roster new")
    chain = read_chain(text, bytes.fromhex(config.roster.genesis))
    check_reader_names(chain[-1].roster)
    return chain


def check_reader_names(roster: Roster) -> None:
    """Raise ``RosterError`` for readers who look alike, or cannot be chosen by typing."""
    faults = list(name_faults([member.pseudonym for member in roster.members]))
    if faults:
        raise RosterError("\n".join(f"The roster's names: {fault}." for fault in faults))
