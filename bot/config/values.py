"""``config.toml`` as frozen values. The fields are the keys of the file, by the same names."""

from dataclasses import dataclass, field, fields
from pathlib import Path

from handlers.texts.languages import FIRST_LANGUAGE

SQLITE = "sqlite+aiosqlite:///"
POSTGRESQL = "postgresql+asyncpg://"


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
    """Hold where data is stored: an SQLAlchemy URL, and the keys apart.

    A path in the URL is absolute. ``folder`` is for what lies beside the database.
    """

    url: str = field(repr=False)
    password_file: Path | None
    keyring: Path
    folder: Path

    @property
    def database(self) -> Path | None:
        """Return the path of the database file; None for PostgreSQL."""
        if self.url.startswith(POSTGRESQL):
            return None
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

    @property
    def required(self) -> tuple[str, ...]:
        """Return the languages in which every questionnaire must be there.

        Where the bot speaks only its first language, questions may be written in any.
        """
        return () if self.languages == (FIRST_LANGUAGE,) else self.languages


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
    messages_a_minute: int
    mib_a_day: int
    free_disk_mib: int


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

    @property
    def named_platforms(self) -> frozenset[str]:
        """Return the names of the platforms that are configured, rightly or wrongly."""
        return self.platforms

    def without(self, platforms: frozenset[str]) -> "Config":
        """Return the configuration without the sections of these platforms, which are wrong."""
        sections = {each.name: getattr(self, each.name) for each in fields(self)}
        return PartialConfig(**sections | dict.fromkeys(platforms), left_out=platforms)


@dataclass(frozen=True, slots=True)
class PartialConfig(Config):
    """Hold a configuration of which the sections of some platforms are left out."""

    left_out: frozenset[str]
    """The platforms whose sections are in the file, but wrong."""

    @property
    def named_platforms(self) -> frozenset[str]:
        """Return the names of the platforms that are configured, rightly or wrongly."""
        return self.platforms | self.left_out
