"""Remember in which language accounts are spoken to, in memory only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from handlers.recent_notes import RecentNotes
from store.model.accounts import Account

CHOSEN_FOR = timedelta(hours=12)
"""Long enough to come back to the welcome later in the day. A talk remembers its own language."""


@dataclass(slots=True)
class AccountLanguages:
    """Hold what is known of the language of the accounts of one platform."""

    spoken: RecentNotes[str] = field(default_factory=partial(RecentNotes, CHOSEN_FOR), repr=False)
    """What an account chose, or what its last talk was in."""
    guessed: RecentNotes[str] = field(default_factory=partial(RecentNotes, CHOSEN_FOR), repr=False)
    """The language in which its app shows the platform, where the platform says so."""

    def last_spoken(self, account: Account, now: datetime) -> str | None:
        """Return the language that an account was lately spoken to in; None if it is not known."""
        return self.spoken.get(account.name, now)

    def preferred(self, account: Account, now: datetime) -> tuple[str, ...]:
        """Return the languages that an account may want, the best first."""
        notes = (self.last_spoken(account, now), self.guessed.get(account.name, now))
        return tuple(tag for tag in notes if tag is not None)

    def note_spoken(self, account: Account, tag: str, now: datetime) -> None:
        """Note a language that an account chose, or goes on in."""
        self.spoken.set(account.name, tag, now)

    def note_guess(self, account: Account, tag: str, now: datetime) -> None:
        """Note the language of an account's app, without its region: es for es-MX."""
        language = tag.replace("_", "-").partition("-")[0].casefold()
        self.guessed.set(account.name, language or None, now)
