"""The section ``[store]`` of ``config.toml``: which database, and where keys and files lie."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from bot.config.reader import SectionReader
from bot.config.values import POSTGRESQL, SQLITE, Store
from bot.config.web_address import is_this_machine
from flows.checks.problem import did_you_mean

DATABASE_FILE = "data/holdfast.db"
ENCRYPTION = ("verify-full", "verify-ca", "require", "disable")
"""Values of ``ssl``. What says ``disable`` was meant so: the way is protected otherwise."""

PARAMETERS = ("host", "port", "ssl")
PASSWORD = re.compile(r"[a-z+]+://[^/?#@]*:[^/?#]*@")
OTHER_POSTGRESQL = re.compile(r"postgres(ql)?(\+[a-z0-9]*)?:")
FOR_INSTANCE = f"{POSTGRESQL}holdfast@/holdfast?host=/run/postgresql"


def read_store(folder: Path, section: SectionReader) -> Store:
    """Read the section; relative paths begin at ``folder``."""
    url = read_url(folder, section)
    file = section.text("password_file", "")
    keyring = folder / section.text("keyring", "keyring")
    beside = section.text("folder") if "folder" in section.table else ""
    store = Store(url, folder / file if file else None, keyring, folder / (beside or "data"))
    if store.database is not None and not beside:
        store = replace(store, folder=store.database.parent)
    _check_password(section, store)
    _keep_apart(section, store)
    return store


def read_url(folder: Path, section: SectionReader) -> str:
    """Read the address of the database; the path of a file becomes absolute."""
    url = section.text("url", f"{SQLITE}{DATABASE_FILE}")
    if url.startswith(POSTGRESQL):
        _check_server(section, url)
        return url
    return f"{SQLITE}{_file_of(section, folder, url)}"


def _file_of(section: SectionReader, folder: Path, url: str) -> Path:
    """Return the file of an SQLite URL."""
    name = url.removeprefix(SQLITE)
    # An empty address was refused already, and says nothing about where the data lies.
    if url and (name in {url, "", ":memory:"} or "?" in f"{folder / name}"):
        if OTHER_POSTGRESQL.match(url):
            cure = f'Begin it like this: url = "{FOR_INSTANCE}"'
            section.refuse("url", f"PostgreSQL is named by {POSTGRESQL}", cure)
        else:
            cure = f'For instance: url = "{SQLITE}{DATABASE_FILE}"'
            section.refuse("url", "it must name an SQLite file, without a question mark", cure)
        return folder / DATABASE_FILE
    return folder / (name or DATABASE_FILE)


def _check_server(section: SectionReader, url: str) -> None:
    """Report what is wrong with the URL of a server; values are never repeated."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        cure = f'For instance: url = "{FOR_INSTANCE}"'
        section.refuse("url", "it is not the address of a server", cure)
        return
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = host or query.get("host", "")
    if not parts.path.strip("/") or "/" in parts.path.strip("/"):
        cure = f'Name it behind the host: url = "{FOR_INSTANCE}"'
        section.refuse("url", "it names no database", cure)
    elif not host:
        cure = f'Name the host, or the folder of its socket: url = "{FOR_INSTANCE}"'
        section.refuse("url", "it names no server", cure)
    _check_parameters(section, query)
    _check_encryption(section, host, query)


def _check_parameters(section: SectionReader, query: dict[str, str]) -> None:
    for name in query:
        if name not in PARAMETERS:
            cure = did_you_mean(name, PARAMETERS)
            section.refuse("url", "it has a parameter behind the ? that is not known", cure)


def _check_encryption(section: SectionReader, host: str, query: dict[str, str]) -> None:
    """Want a decision about encryption where the way leads over a network."""
    way = query.get("ssl")
    if way is not None and way not in ENCRYPTION:
        cure = f"Write one of these behind it: {', '.join(ENCRYPTION)}."
        section.refuse("url", "ssl has a value that is not known", cure)
    elif way is None and host and not is_this_machine(host) and not host.startswith("/"):
        cure = "Add ?ssl=verify-full to it, or ?ssl=disable if the way is protected otherwise."
        section.refuse("url", "the server is another machine and nothing is said of ssl", cure)


def _check_password(section: SectionReader, store: Store) -> None:
    if store.password_file is None:
        return
    if store.database is not None:
        cure = "Take the line out: a file of SQLite has no password."
        section.refuse("password_file", "it is for PostgreSQL only", cure)
    elif PASSWORD.match(store.url):
        cure = "Take it out of the address; the file is enough."
        section.refuse("url", "it has a password, and password_file names another one", cure)


def _keep_apart(section: SectionReader, store: Store) -> None:
    keyring = store.keyring.resolve()
    places = {store.folder, *([store.database.parent] if store.database else [])}
    if any(_overlap(keyring, place.resolve()) for place in places):
        cure = 'Keep them apart, for instance in "keyring" and "data/holdfast.db".'
        section.refuse("keyring", "the keys and the data lie in one folder", cure)


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)
