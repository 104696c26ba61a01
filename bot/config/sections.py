"""The sections of ``config.toml``: which keys there are, their defaults and their rules.

``config.example.toml`` explains each key in plain words, and the tests hold the two together.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from bot.config.reader import SectionReader, refuse_unknown_sections
from bot.config.store_section import read_store
from bot.config.values import (
    Config,
    FlowFiles,
    Handover,
    HelpLine,
    Limits,
    Matrix,
    Organisation,
    Retention,
    Roster,
    Store,
    Telegram,
)
from bot.config.web_address import refuse_plain
from bot.errors import ConfigError
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES

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


@dataclass(frozen=True, slots=True)
class ConfigReader:
    """Read the sections of one file; ``problems`` holds what is wrong after ``read``."""

    folder: Path
    """Relative paths in the file begin here."""
    tables: Mapping[str, object]
    problems: list[ConfigError] = field(default_factory=list)
    spoken: frozenset[str] = frozenset(LANGUAGES)
    """The tags of the languages that the bot can speak."""

    def read(self) -> Config:
        """Read every section. The result may be used only if there are no problems."""
        config = Config(
            organisation=self._organisation(self._section("organisation", Organisation)),
            telegram=_telegram(self.folder, self._section("telegram", Telegram)),
            matrix=_matrix(self.folder, self._section("matrix", Matrix)),
            store=read_store(self.folder, self._section("store", Store)),
            roster=_roster(self.folder, self._section("roster", Roster)),
            flow=_flow(self.folder, self._section("flow", FlowFiles), self.spoken),
            handover=_handover(self._section("handover", Handover)),
            retention=_retention(self._section("retention", Retention)),
            limits=_limits(self._section("limits", Limits)),
        )
        refuse_unknown_sections(self.tables, _keys_of(Config), self.problems)
        return config

    def _section(self, name: str, known: type) -> SectionReader:
        table = self.tables.get(name, {})
        if not isinstance(table, dict):
            cure = f"Write [{name}] on a line of its own, and its keys below."
            self.problems.append(ConfigError(name, "it must be a section", cure))
            table = {}
        section = SectionReader(name, table, self.problems)
        section.refuse_unknown(_keys_of(known))
        return section

    def _organisation(self, section: SectionReader) -> Organisation:
        deployment = section.text("id")
        if deployment and not DEPLOYMENT_ID.fullmatch(deployment):
            cure = "Use small letters, digits, dots and dashes, at most 64; then never change it."
            section.refuse("id", "it contains characters that are not allowed", cure)
        website = section.text("website", "")
        if website and not website.startswith("https://"):
            section.refuse("website", "it is not a web address", "Begin it with https://.")
        return Organisation(section.text("name"), deployment, website, self._help(section))

    def _help(self, section: SectionReader) -> tuple[HelpLine, ...]:
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
        section = SectionReader(f"organisation.help {number}", entry, self.problems)
        section.refuse_unknown(_keys_of(HelpLine))
        return HelpLine(section.text("name"), section.text("contact"), section.text("hours"))


def _keys_of(section: type) -> list[str]:
    return [key.name for key in fields(section)]


def _telegram(folder: Path, section: SectionReader) -> Telegram | None:
    """Read the account on Telegram; without the name of a token file there is none."""
    if section.table.get("token_file", "") == "":
        return None
    base = section.text("api_base", API_BASE).rstrip("/")
    if not API_ROOT.fullmatch(base) or TOKEN.search(base):
        cure = f'Write the root of the server, without /bot, for instance "{API_BASE}".'
        section.refuse("api_base", "it is not the address of a Bot API server", cure)
    else:
        refuse_plain(section, "api_base", base)
    mode = section.text("mode", POLLING)
    if mode != POLLING:
        section.refuse("mode", "this version asks Telegram by polling", 'Write "polling".')
    file = section.text("token_file")
    if TOKEN.search(file):
        cure = "Put the token into a file that only the bot's user may read, and name that."
        section.refuse("token_file", "it looks like a token and must name a file", cure)
    return Telegram(folder / file, mode, base)


def _matrix(folder: Path, section: SectionReader) -> Matrix | None:
    """Read the account on Matrix; without a user ID there is none."""
    if section.table.get("user_id", "") == "":
        return None
    server = section.text("homeserver").rstrip("/")
    if server and not HOMESERVER.fullmatch(server):
        cure = 'Write its full URL, for instance "https://matrix.example.org".'
        section.refuse("homeserver", "it is not the address of a homeserver", cure)
    else:
        refuse_plain(section, "homeserver", server)
    user = section.text("user_id")
    if user and not USER_ID.fullmatch(user):
        cure = 'Write all of it, for instance "@reports:example.org".'
        section.refuse("user_id", "it is not a Matrix user ID", cure)
    file = section.text("password_file")
    name = section.text("device_name", DEVICE_NAME)
    return Matrix(server, user, folder / file, name)


def _roster(folder: Path, section: SectionReader) -> Roster:
    genesis = section.text("genesis", "").lower()
    if not genesis:
        cure = "Found one with 'holdfast roster new' and write here what it shows."
        section.refuse("genesis", "no list of commission members is pinned yet", cure)
    elif not GENESIS.fullmatch(genesis):
        cure = "Copy again what 'holdfast roster new' showed."
        section.refuse("genesis", "it must be 64 characters of 0-9 and a-f", cure)
    return Roster(folder / section.text("file", "roster.note"), genesis)


def _flow(folder: Path, section: SectionReader, spoken: frozenset[str]) -> FlowFiles:
    files = section.texts("files", ("intake.toml",))
    if len({*files}) < len(files):
        section.refuse("files", "it names a file twice", "Name each file once.")
    if not all(FILE_NAME.fullmatch(file) for file in files):
        cure = "Name a file of the flow folder that ends in .toml, such as intake.toml."
        section.refuse("files", "it does not name a questionnaire", cure)
    languages = section.texts("languages", (FIRST_LANGUAGE,))
    if len({*languages}) < len(languages):
        section.refuse("languages", "it names a language twice", "Name each language once.")
    if not spoken.issuperset(languages):
        known = ", ".join(f'"{tag}"' for tag in sorted(spoken))
        cure = f"Use the languages that the bot speaks in this version: {known}."
        section.refuse("languages", "it names a language that the bot does not speak", cure)
    return FlowFiles(folder / section.text("folder", "flows"), files, languages)


def _handover(section: SectionReader) -> Handover:
    return Handover(section.number("hold_hours", 12, 0, 72))


def _retention(section: SectionReader) -> Retention:
    draft_hours = section.number("draft_hours", 168, 24, 336)
    if draft_hours % 24:
        # The bot says it in days, and what it says must be true.
        cure = "Use 24 hours for each day, for instance 168 for a week."
        section.refuse("draft_hours", "it must be whole days", cure)
    unfetched_days = section.number("unfetched_days", 30, 7, 90)
    return Retention(draft_hours, unfetched_days, section.number("story_months", 120, 6, 240))


def _limits(section: SectionReader) -> Limits:
    text_length = section.number("text_length", 20_000, 1_000, 100_000)
    return Limits(
        text_length,
        section.number("cases_per_day", 5, 1, 100),
        section.number("messages_a_minute", 120, 10, 600),
        section.number("mib_a_day", 20, 1, 1_000),
        section.number("free_disk_mib", 200, 0, 100_000),
    )
