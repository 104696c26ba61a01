"""``config.toml`` as frozen values: everything that is wrong with it is said at once.

The fields of the classes are the keys of the file, by the same names; ``config.example.toml``
explains each in plain words, and the tests hold the two together. The file holds no secrets.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from bot.errors import ConfigError, ConfigProblems
from flows.checks.problem import did_you_mean

SQLITE = "sqlite+aiosqlite:///"
LONGEST_TEXT = 200
API_BASE = "https://api.telegram.org"
API_ROOT = re.compile(r"https?://[^/?#@\s]+(/(?!bot/?$)[^/?#@\s]+)*")
TOKEN = re.compile(r"[0-9]{5,}:[A-Za-z0-9_-]{6,}")
POLLING = "polling"
HOMESERVER = re.compile(r"https?://[^/?#@\s]+(/[^/?#@\s]+)*")
USER_ID = re.compile(r"@[!-9;-~]+:[^\s/?#@]+")
DEVICE_NAME = "Holdfast"
DEPLOYMENT_ID = re.compile(r"[a-z0-9.-]{1,64}")
GENESIS = re.compile(r"[0-9a-f]{64}")
FILE_NAME = re.compile(r"[A-Za-z0-9_-]+\.toml")

NO_HELP = (
    "there is no help line. The bot does not start without one,"
    " because some of those who write to it are not safe"
)

LATER = {
    "telegram.webhook_url": "this version asks Telegram by polling",
    "matching": "this version does not match stories yet",
    "handover.answer_days": "this version does not watch dates of answers yet",
    "retention.mailbox_months": "this version has no mailboxes yet",
    "limits.file_mib": "this version takes text only and no files yet",
}
"""What the design knows and this version does not do: refused, so that nobody relies on it."""


@dataclass(frozen=True, slots=True)
class OptionalSections:
    """Sections of which each may be left out if it is wrong, as long as another is in order."""

    names: frozenset[str]
    report: Callable[[ConfigProblems], None]
    """Hears what is wrong with the sections that were left out."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Somebody whom a reporter can reach at any moment."""

    name: str
    contact: str
    hours: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose bot it is; ``id`` is set once, because take-back codes depend on it."""

    name: str
    id: str
    website: str
    help: tuple[HelpLine, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """Where things are kept: an SQLAlchemy URL with an absolute path, and the keys apart."""

    url: str
    keyring: Path

    @property
    def database(self) -> Path:
        """The database file."""
        return Path(self.url.removeprefix(SQLITE))


@dataclass(frozen=True, slots=True)
class Roster:
    """The list of commission members, and the SHA-256 of its founding version in hex."""

    file: Path
    genesis: str


@dataclass(frozen=True, slots=True)
class FlowFiles:
    """Where the questionnaire is, and the languages it is asked in."""

    folder: Path
    files: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """How long a hand-over can be stopped, in hours."""

    hold_hours: int


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept."""

    draft_hours: int
    unfetched_days: int
    story_months: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What one chat account can ask of the bot: characters of a message, stories in a day."""

    text_length: int
    cases_per_day: int


@dataclass(frozen=True, slots=True)
class Telegram:
    """The bot's account on Telegram; ``api_base`` is the root of a Bot API server."""

    token_file: Path
    mode: str
    api_base: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The bot's account on Matrix; ``homeserver`` is where its client-server API answers."""

    homeserver: str
    user_id: str
    password_file: Path
    device_name: str


@dataclass(frozen=True, slots=True)
class Config:
    """All that one installation is told. A platform that is not there is not spoken."""

    organisation: Organisation
    telegram: Telegram | None
    matrix: Matrix | None
    store: Store
    roster: Roster
    flow: FlowFiles
    handover: Handover
    retention: Retention
    limits: Limits


def read_config(path: Path, optional: OptionalSections | None = None) -> Config:
    """The config of an installation; raises ``ConfigProblems`` with all that is to be mended.

    With ``optional``, a platform that is wrongly configured is left out if another is in order:
    its problems are told there, and hurt nobody else.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        why, cure = "it is not a text file in UTF-8", "Save it as plain text, in UTF-8."
        raise _whole_file(path, why, cure) from error
    except FileNotFoundError as error:
        why = "there is no config file here"
        cure = "Make one with 'holdfast init DIR', or name another one with '--config'."
        raise _whole_file(path, why, cure) from error
    except OSError as error:
        why, cure = "it cannot be read", "It must be a file that this user may read."
        raise _whole_file(path, why, cure) from error
    return parse_config(text, path, optional)


def parse_config(text: str, path: Path, optional: OptionalSections | None = None) -> Config:
    """As ``read_config``, from its text; paths in it start at the folder of ``path``."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        cure = "Look for a missing quotation mark or bracket there."
        raise _whole_file(path, f"it cannot be understood{_where(error)}", cure) from error
    reading = _Reading(path.resolve().parent, tables, [])
    config = reading.config()
    wrong = {problem.key.partition(".")[0] for problem in reading.problems}
    if not wrong:
        return config
    problems = ConfigProblems(path, reading.problems)
    if optional is None or not wrong <= optional.names:
        raise problems
    if all(getattr(config, name) is None for name in optional.names - wrong):
        raise problems
    optional.report(problems)
    left_out: dict[str, Any] = dict.fromkeys(wrong)
    return replace(config, **left_out)


def _whole_file(path: Path, why: str, cure: str) -> ConfigProblems:
    return ConfigProblems(path, [ConfigError("config", why, cure)])


def _where(error: tomllib.TOMLDecodeError) -> str:
    """Only the place: the rest of the message can repeat what stands there."""
    place = re.search(r"\((at [^()]*)\)$", str(error))
    return f" {place[1]}" if place else ""


@dataclass(slots=True)
class _Section:
    """One table of the file; asks for its keys and notes what is wrong with them."""

    name: str
    table: Mapping[str, object]
    problems: list[ConfigError]

    def refuse(self, key: str, why: str, cure: str) -> None:
        self.problems.append(ConfigError(f"{self.name}.{key}", why, cure))

    def text(self, key: str, default: str | None = None) -> str:
        """One line of text; empty only where that is the default, or after a problem."""
        value = self.table.get(key, default)
        if value is None:
            self.refuse(key, "it is missing", f'Add a line: {key} = "…"')
        elif not isinstance(value, str):
            self.refuse(key, "it must be a text", f'Put it in quotation marks: {key} = "…"')
        elif not value.strip() and default != "":
            self.refuse(key, "it is empty", "Write something between the quotation marks.")
        elif not value.isprintable() or len(value) > LONGEST_TEXT:
            cure = f"Use one line of at most {LONGEST_TEXT} characters."
            self.refuse(key, "it is too long or not one line of plain text", cure)
        else:
            return value.strip()
        return ""

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self.table.get(key, default)
        # In Python a truth value is a number too; in a config it is a mistake.
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        cure = f"For instance: {key} = {default}"
        self.refuse(key, f"it must be a whole number from {low} to {high}", cure)
        return default

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of texts."""
        value = self.table.get(key, default)
        if isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value):
            return tuple(value)
        cure = f'For instance: {key} = ["{default[0]}"]'
        self.refuse(key, "it must be a list of texts, with at least one", cure)
        return default

    def refuse__unknown(self, known: type) -> None:
        """Every key that is not a field of the class that the section becomes."""
        names = [field.name for field in fields(known)]
        for key in _unknown(self.table, names):
            later = LATER.get(f"{self.name}.{key}")
            if later:
                self.refuse(key, later, "Take the line out.")
            else:
                self.refuse(_shown(key), "this key is not known", did_you_mean(key, names))


@dataclass(slots=True)
class _Reading:
    """One pass over the file, which goes on after a problem to find the others."""

    folder: Path
    tables: Mapping[str, object]
    problems: list[ConfigError]

    def config(self) -> Config:
        config = Config(
            organisation=self._organisation(self._section("organisation", Organisation)),
            telegram=self._telegram(),
            matrix=self._matrix(),
            store=self._store(self._section("store", Store)),
            roster=self._roster(self._section("roster", Roster)),
            flow=self._flow(self._section("flow", FlowFiles)),
            handover=_handover(self._section("handover", Handover)),
            retention=_retention(self._section("retention", Retention)),
            limits=_limits(self._section("limits", Limits)),
        )
        self._refuse_unknown_sections()
        return config

    def _section(self, name: str, known: type) -> _Section:
        table = self.tables.get(name, {})
        if not isinstance(table, dict):
            cure = f"Write [{name}] on a line of its own, and its keys below."
            self.problems.append(ConfigError(name, "it must be a section", cure))
            table = {}
        section = _Section(name, table, self.problems)
        section.refuse__unknown(known)
        return section

    def _refuse_unknown_sections(self) -> None:
        names = [field.name for field in fields(Config)]
        for name in _unknown(self.tables, names):
            if name in LATER:
                problem = ConfigError(name, LATER[name], "Take the section out.")
            else:
                cure = did_you_mean(name, names)
                problem = ConfigError(_shown(name), "this section is not known", cure)
            self.problems.append(problem)

    def _organisation(self, section: _Section) -> Organisation:
        deployment = section.text("id")
        if deployment and not DEPLOYMENT_ID.fullmatch(deployment):
            cure = "Use small letters, digits, dots and dashes, at most 64; then never change it."
            section.refuse("id", "it has other signs than it may have", cure)
        website = section.text("website", "")
        if website and not website.startswith("https://"):
            section.refuse("website", "it is no web address", "Begin it with https://.")
        return Organisation(section.text("name"), deployment, website, self._help(section))

    def _help(self, section: _Section) -> tuple[HelpLine, ...]:
        entries = section.table.get("help", [])
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            cure = "Write [[organisation.help]] on a line of its own, in double brackets."
            section.refuse("help", "each help line must be a section", cure)
            return ()
        filled = [entry for entry in entries if any(entry.values())]
        if not filled:
            cure = "Fill in name, contact and hours below [[organisation.help]]."
            section.refuse("help", NO_HELP, cure)
        return tuple(self._help_line(number, entry) for number, entry in enumerate(filled, 1))

    def _help_line(self, number: int, entry: Mapping[str, object]) -> HelpLine:
        section = _Section(f"organisation.help {number}", entry, self.problems)
        section.refuse__unknown(HelpLine)
        return HelpLine(section.text("name"), section.text("contact"), section.text("hours"))

    def _telegram(self) -> Telegram | None:
        """None where no token is named: then the bot does not speak Telegram."""
        section = self._section("telegram", Telegram)
        if section.table.get("token_file", "") == "":
            return None
        base = section.text("api_base", API_BASE).rstrip("/")
        if not API_ROOT.fullmatch(base) or TOKEN.search(base):
            cure = f'Write the root of the server, without /bot, for instance "{API_BASE}".'
            section.refuse("api_base", "it is no address of a Bot API server", cure)
        mode = section.text("mode", POLLING)
        if mode != POLLING:
            section.refuse("mode", "this version asks Telegram by polling", 'Write "polling".')
        file = section.text("token_file")
        if TOKEN.search(file):
            cure = "Put the token into a file that only the bot's user may read, and name that."
            section.refuse("token_file", "it looks like a token and must name a file", cure)
        return Telegram(self.folder / file, mode, base)

    def _matrix(self) -> Matrix | None:
        """None where no user is named: then the bot does not speak Matrix."""
        section = self._section("matrix", Matrix)
        if section.table.get("user_id", "") == "":
            return None
        server = section.text("homeserver").rstrip("/")
        if server and not HOMESERVER.fullmatch(server):
            cure = 'Write where it answers, for instance "https://matrix.example.org".'
            section.refuse("homeserver", "it is no address of a homeserver", cure)
        user = section.text("user_id")
        if user and not USER_ID.fullmatch(user):
            cure = 'Write the whole of it, for instance "@reports:example.org".'
            section.refuse("user_id", "it is no Matrix user", cure)
        file = section.text("password_file")
        name = section.text("device_name", DEVICE_NAME)
        return Matrix(server, user, self.folder / file, name)

    def _store(self, section: _Section) -> Store:
        url = section.text("url", f"{SQLITE}data/holdfast.db")
        keyring = self.folder / section.text("keyring", "keyring")
        name = url.removeprefix(SQLITE)
        store = Store(f"{SQLITE}{self.folder / name}", keyring)
        # An empty address was refused already, and says nothing about where the data lies.
        if url and (name in {url, "", ":memory:"} or "?" in store.url):
            cure = f'For instance: url = "{SQLITE}data/holdfast.db"'
            section.refuse("url", "it must name an SQLite file, without a question mark", cure)
        elif url and _overlap(keyring.resolve(), store.database.resolve().parent):
            cure = 'Keep them apart, for instance in "keyring" and "data/holdfast.db".'
            section.refuse("keyring", "the keys and the data lie in one folder", cure)
        return store

    def _roster(self, section: _Section) -> Roster:
        genesis = section.text("genesis", "").lower()
        if not genesis:
            cure = "Found one with 'holdfast roster new' and write here what it shows."
            section.refuse("genesis", "no list of commission members is pinned yet", cure)
        elif not GENESIS.fullmatch(genesis):
            cure = "Copy again what 'holdfast roster new' showed."
            section.refuse("genesis", "it must be 64 signs of 0-9 and a-f", cure)
        return Roster(self.folder / section.text("file", "roster.note"), genesis)

    def _flow(self, section: _Section) -> FlowFiles:
        files = section.texts("files", ("intake.toml",))
        if len({*files}) < len(files):
            section.refuse("files", "it names a file twice", "Name each file once.")
        if not all(FILE_NAME.fullmatch(file) for file in files):
            cure = "Name a file of the flow folder that ends in .toml, such as intake.toml."
            section.refuse("files", "it names no questionnaire", cure)
        languages = section.texts("languages", ("en",))
        if languages != ("en",):
            cure = 'Write: languages = ["en"]'
            section.refuse("languages", "this version speaks English only", cure)
        return FlowFiles(self.folder / section.text("folder", "flows"), files, languages)


def _handover(section: _Section) -> Handover:
    return Handover(section.number("hold_hours", 12, 0, 72))


def _retention(section: _Section) -> Retention:
    draft_hours = section.number("draft_hours", 168, 24, 336)
    if draft_hours % 24:
        # The bot says it in days, and what it says must be true.
        cure = "Use 24 hours for each day, for instance 168 for a week."
        section.refuse("draft_hours", "it must be whole days", cure)
    unfetched_days = section.number("unfetched_days", 30, 7, 90)
    return Retention(draft_hours, unfetched_days, section.number("story_months", 60, 6, 240))


def _limits(section: _Section) -> Limits:
    text_length = section.number("text_length", 20_000, 1_000, 100_000)
    return Limits(text_length, section.number("cases_per_day", 5, 1, 100))


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _unknown(table: Mapping[str, object], known: Collection[str]) -> list[str]:
    return [key for key in table if key not in known]


def _shown(name: str) -> str:
    """A key as it may stand in a message: keys are typed by hand and can be anything."""
    return name if name.isprintable() and len(name) <= LONGEST_TEXT else "?"
