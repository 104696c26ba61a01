"""``config.toml`` as frozen values. The fields are the keys of the file, by the same names."""

from dataclasses import dataclass, replace
from pathlib import Path

SQLITE = "sqlite+aiosqlite:///"


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Hold the name, address and hours of somebody whom a reporter can reach at any moment."""

    name: str
    contact: str
    hours: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """Hold whose bot it is; ``id`` is set once, because take-back codes depend on it."""

    name: str
    id: str
    website: str
    help: tuple[HelpLine, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """Hold where data is stored: an SQLAlchemy URL with an absolute path, and the keys apart."""

    url: str
    keyring: Path

    @property
    def database(self) -> Path:
        """Return the path of the database file."""
        return Path(self.url.removeprefix(SQLITE))


@dataclass(frozen=True, slots=True)
class Roster:
    """Hold the file of the commission's roster, and the SHA-256 of its first version in hex."""

    file: Path
    genesis: str


@dataclass(frozen=True, slots=True)
class FlowFiles:
    """Hold where the questionnaires are, and the languages they are asked in."""

    folder: Path
    files: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """Hold for how many hours a hand-over can be stopped."""

    hold_hours: int


@dataclass(frozen=True, slots=True)
class Retention:
    """Hold how long data is kept."""

    draft_hours: int
    unfetched_days: int
    story_months: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold the limits of one account: characters in a message, cases begun in a day."""

    text_length: int
    cases_per_day: int


@dataclass(frozen=True, slots=True)
class Telegram:
    """Hold the bot's account on Telegram; ``api_base`` is the root of a Bot API server."""

    token_file: Path
    mode: str
    api_base: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Hold the bot's account on Matrix; ``homeserver`` is the URL of its client-server API."""

    homeserver: str
    user_id: str
    password_file: Path
    device_name: str


@dataclass(frozen=True, slots=True)
class Config:
    """Hold the whole configuration of one installation.

    A platform whose section is missing is not served.
    """

    organisation: Organisation
    telegram: Telegram | None
    matrix: Matrix | None
    store: Store
    roster: Roster
    flow: FlowFiles
    handover: Handover
    retention: Retention
    limits: Limits

    @property
    def platforms(self) -> frozenset[str]:
        """Return the names of the sections of platforms that are configured."""
        sections = {"telegram": self.telegram, "matrix": self.matrix}
        return frozenset(name for name, section in sections.items() if section is not None)

    def without(self, platforms: frozenset[str]) -> "Config":
        """Return the configuration without the sections of these platforms."""
        return replace(
            self,
            telegram=None if "telegram" in platforms else self.telegram,
            matrix=None if "matrix" in platforms else self.matrix,
        )
