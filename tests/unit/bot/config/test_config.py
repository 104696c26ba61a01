"""The config: what is wrong with it is said at once, and the example is held to the code."""

import re
import tomllib
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.load import parse_config, read_config
from bot.config.password import read_password
from bot.config.reader import LATER
from bot.config.sections import API_BASE, ConfigReader
from bot.config.values import Config, HelpLine, Matrix, Store, Telegram
from bot.errors import ConfigError, ConfigProblems, FolderError

EXAMPLE = Path(__file__).parents[4] / "config.example.toml"
GENESIS = "5e" * 32
CANARY = "hunter2-canary"

MINIMAL = f"""\
[organisation]
name = "Oak Union"
id = "oak.example"
[[organisation.help]]
name = "Night line"
contact = "0800 1"
hours = "day and night"
[roster]
genesis = "{GENESIS}"
"""


def example(**changes: str) -> str:
    """The example as somebody fills it in."""
    text = EXAMPLE.read_text(encoding="utf-8")
    filled = {
        'name = ""': 'name = "Night line"',
        'contact = ""': 'contact = "0800 1"',
        'hours = ""': 'hours = "day and night"',
        'genesis = ""': f'genesis = "{GENESIS}"',
    }
    for line, new in (filled | changes).items():
        assert text.count(f"\n{line}\n") == 1, line
        text = text.replace(f"\n{line}\n", f"\n{new}\n")
    return text


def problems(text: str, folder: Path = Path("/srv/oak")) -> tuple[ConfigError, ...]:
    with pytest.raises(ConfigProblems) as caught:
        parse_config(text, folder / "config.toml")
    return caught.value.problems


def only_problem(text: str) -> ConfigError:
    found = problems(text)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def keys_of(known: type[Any], name: str) -> set[str]:
    """The keys that the code reads, from the fields of its classes."""
    hints = get_type_hints(known)
    keys = set()
    for field in fields(known):
        named = {"help": HelpLine, "telegram": Telegram, "matrix": Matrix}
        hint = named.get(field.name, hints[field.name])
        nested = is_dataclass(hint)
        path = f"{name}.{field.name}".lstrip(".")
        keys |= keys_of(hint, path) if nested and isinstance(hint, type) else {path}
    return keys


def keys_in(table: dict[str, Any], name: str) -> set[str]:
    keys = set()
    for key, value in table.items():
        path = f"{name}.{key}".lstrip(".")
        inner = value[0] if key == "help" else value
        keys |= keys_in(inner, path) if isinstance(inner, dict) else {path}
    return keys


def test_the_example_names_exactly_the_keys_that_are_read() -> None:
    found = keys_in(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")), "")
    assert found == keys_of(Config, "")
    assert len(found) == 31


def test_the_example_lacks_only_help_line_and_roster() -> None:
    found = problems(EXAMPLE.read_text(encoding="utf-8"))
    assert [problem.key for problem in found] == ["organisation.help", "roster.genesis"]


def test_the_example_filled_in_is_a_config() -> None:
    config = parse_config(example(), Path("/srv/oak/config.toml"))
    assert config.organisation.help == (HelpLine("Night line", "0800 1", "day and night"),)
    assert config.organisation.id == "example.org"


def test_every_key_of_the_example_is_explained_above_it() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    keys = [n for n, line in enumerate(lines) if re.match(r"[a-z_]+ = ", line)]
    assert len(keys) == 31
    assert all(lines[n - 1].startswith("# ") for n in keys)


def test_what_may_be_left_out_has_the_default_that_the_example_names() -> None:
    path = Path("/srv/oak/config.toml")
    text = EXAMPLE.read_text(encoding="utf-8")
    defaults = re.findall(r"# Default: (.+)\n([a-z_]+) = (.+)\n", text)
    assert len(defaults) == 22
    assert all(named == written for named, _, written in defaults)
    without = example()
    for _, key, value in defaults:
        without = without.replace(f"\n{key} = {value}\n", "\n")
    assert parse_config(without, path) == parse_config(example(), path)


def test_ranges_in_the_example_are_those_of_the_code() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    ranges = re.findall(r"(\d+) to (\d+)[.;][^=]*?\n([a-z_]+) = (\d+)\n", text)
    assert len(ranges) == 9
    for low, high, key, default in ranges:
        line = f"{key} = {default}"
        for good in (low, high):
            parse_config(example(**{line: f"{key} = {good}"}), Path("c.toml"))
        for bad in (int(low) - 1, int(high) + 1):
            found = only_problem(example(**{line: f"{key} = {bad}"}))
            assert found.key.endswith(f".{key}")
            assert found.why == f"it must be a whole number from {low} to {high}"


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(MINIMAL, encoding="utf-8")
    config = read_config(file)
    folder = tmp_path.resolve()
    assert config.store.url == f"sqlite+aiosqlite:///{folder}/data/holdfast.db"
    assert config.store.database == folder / "data" / "holdfast.db"
    assert config.store.keyring == folder / "keyring"
    assert config.roster.file == folder / "roster.note"
    assert config.flow.folder == folder / "flows"
    assert config.flow.files == ("intake.toml",)
    assert config.organisation.website == ""


def test_an_absolute_path_stays_what_it_is() -> None:
    text = MINIMAL + '[store]\nurl = "sqlite+aiosqlite:////var/x/h.db"\nkeyring = "/etc/x/keys"\n'
    store = parse_config(text, Path("/srv/oak/config.toml")).store
    assert store.url == "sqlite+aiosqlite:////var/x/h.db"
    assert (store.database, store.keyring) == (Path("/var/x/h.db"), Path("/etc/x/keys"))


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert read_config(file).organisation.name == "Oak Union"


def test_without_a_help_line_the_sentence_says_that_the_bot_does_not_start() -> None:
    found = only_problem(re.sub(r"\[\[.*?(?=\[roster)", "", MINIMAL, flags=re.DOTALL))
    assert str(found) == (
        "organisation.help: there is no help line. The bot does not start without one, because"
        " some of those who write to it are not safe. Fill in name, contact and hours below"
        " [[organisation.help]]."
    )


def test_everything_wrong_is_said_at_once() -> None:
    text = """
    [organisation]
    name = 3
    id = "Oak Union"
    websit = "https://oak.example"
    [[organisation.help]]
    name = "Night line"
    [stroe]
    url = "x"
    [flow]
    files = ["a.toml", "a.toml"]
    [handover]
    hold_hours = "12"
    [telegram]
    token = "x"
    """
    assert [problem.key for problem in problems(text)] == [
        "organisation.websit",
        "organisation.id",
        "organisation.name",
        "organisation.help 1.contact",
        "organisation.help 1.hours",
        "telegram.token",
        "roster.genesis",
        "flow.files",
        "handover.hold_hours",
        "stroe",
    ]


@pytest.mark.parametrize(
    ("added", "key", "meant"),
    [
        ("[retentoin]\ndraft_hours = 24", "retentoin", "Did you mean 'retention'?"),
        ("[retention]\ndraft_hour = 24", "retention.draft_hour", "Did you mean 'draft_hours'?"),
        ("[limits]\ntextlength = 24", "limits.textlength", "Did you mean 'text_length'?"),
        (
            "[limits]\nzzz = 24",
            "limits.zzz",
            "Known here: text_length, cases_per_day, messages_a_minute, mib_a_day, free_disk_mib.",
        ),
    ],
)
def test_a_misspelt_word_is_named_with_the_one_that_was_meant(
    added: str, key: str, meant: str
) -> None:
    found = only_problem(f"{MINIMAL}{added}\n")
    assert (found.key, found.cure) == (key, meant)


@pytest.mark.parametrize("name", LATER)
def test_what_this_version_does_not_do_yet_is_refused(name: str) -> None:
    section, _, key = name.partition(".")
    found = only_problem(f"{MINIMAL}[{section}]\n{key or 'mode'} = 1\n")
    assert (found.key, found.why) == (name, LATER[name])
    assert "this version" in found.why


@pytest.mark.parametrize(
    ("line", "new", "key", "why"),
    [
        ('name = "Oak Union"', "", "organisation.name", "it is missing"),
        ('name = "Oak Union"', "name = true", "organisation.name", "it must be a text"),
        ('name = "Oak Union"', 'name = "  "', "organisation.name", "it is empty"),
        ('name = "Oak Union"', r'name = "a\u001bb"', "organisation.name", "not one line of"),
        ('name = "Oak Union"', f'name = "{"x" * 201}"', "organisation.name", "too long"),
        ('id = "oak.example"', 'id = "Oak"', "organisation.id", "not allowed"),
        ('id = "oak.example"', f'id = "{"x" * 65}"', "organisation.id", "not allowed"),
        ('id = "oak.example"', 'id = "o\u00e4k"', "organisation.id", "not allowed"),
        ('contact = "0800 1"', "", "organisation.help 1.contact", "it is missing"),
        ('hours = "day and night"', 'hour = ""\nhours = "x"', "organisation.help 1.hour", "known"),
        ("[[organisation.help]]", "[organisation.help]", "organisation.help", "must be a section"),
        (f'genesis = "{GENESIS}"', 'genesis = ""', "roster.genesis", "no list"),
        (f'genesis = "{GENESIS}"', "", "roster.genesis", "no list"),
        (f'genesis = "{GENESIS}"', 'genesis = "5e"', "roster.genesis", "64 characters"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(line: str, new: str, key: str, why: str) -> None:
    assert line in MINIMAL
    found = only_problem(MINIMAL.replace(line, new))
    assert found.key == key
    assert why in found.why


@pytest.mark.parametrize(
    ("added", "key", "why"),
    [
        ('[store]\nurl = "mysql://x/y"', "store.url", "SQLite file"),
        ('[store]\nurl = "sqlite+aiosqlite:///"', "store.url", "SQLite file"),
        ('[store]\nurl = "sqlite+aiosqlite:///:memory:"', "store.url", "SQLite file"),
        ('[store]\nurl = "sqlite+aiosqlite:///d/h.db?mode=ro"', "store.url", "question mark"),
        ("[store]\nurl = 3", "store.url", "it must be a text"),
        ('[store]\nkeyring = "data/keys"', "store.keyring", "in one folder"),
        ('[store]\nkeyring = "data"', "store.keyring", "in one folder"),
        ('[store]\nkeyring = "x/../data/keys"', "store.keyring", "in one folder"),
        ('[store]\nurl = "sqlite+aiosqlite:///holdfast.db"', "store.keyring", "in one folder"),
        ('[store]\nurl = "sqlite+aiosqlite:///keyring/d/h.db"', "store.keyring", "in one folder"),
        ('[flow]\nfiles = ["a.toml", "a.toml"]', "flow.files", "names a file twice"),
        ('[flow]\nfiles = "a.toml"', "flow.files", "a list of texts"),
        ("[flow]\nfiles = []", "flow.files", "a list of texts"),
        ('[flow]\nfiles = ["../a.toml"]', "flow.files", "not name a questionnaire"),
        ('[flow]\nlanguages = ["xx"]', "flow.languages", "the bot does not speak"),
        ('[flow]\nlanguages = ["en", "en"]', "flow.languages", "a language twice"),
        ("[flow]\nlanguages = []", "flow.languages", "a list of texts"),
        ("[handover]\nhold_hours = true", "handover.hold_hours", "a whole number"),
        ("[handover]\nhold_hours = 1.5", "handover.hold_hours", "a whole number"),
        ("[retention]\ndraft_hours = 25", "retention.draft_hours", "whole days"),
    ],
)
def test_a_wrong_value_is_named_with_its_reason(added: str, key: str, why: str) -> None:
    found = only_problem(f"{MINIMAL}{added}\n")
    assert found.key == key
    assert why in found.why


def test_every_language_that_the_bot_speaks_can_be_configured() -> None:
    tables = tomllib.loads(f'{MINIMAL}[flow]\nlanguages = ["es", "en"]\n')
    reader = ConfigReader(Path("/srv/oak"), tables, spoken=frozenset({"en", "es"}))
    flow = reader.read().flow
    assert reader.problems == []
    assert flow.languages == flow.required == ("es", "en")
    alone = parse_config(MINIMAL, Path("/srv/oak/config.toml")).flow
    assert (alone.languages, alone.required) == (("en",), ())


def test_a_language_that_the_bot_does_not_speak_is_refused_with_those_that_it_does() -> None:
    found = only_problem(f'{MINIMAL}[flow]\nlanguages = ["en", "xx"]\n')
    assert '"en"' in found.cure
    assert "xx" not in f"{found.why}{found.cure}"


# PostgreSQL

SOCKET = "postgresql+asyncpg://holdfast@/holdfast?host=/run/postgresql"


def server(url: str, more: str = "") -> str:
    return f'{MINIMAL}[store]\nurl = "{url}"\n{more}'


@pytest.mark.parametrize(
    "url",
    [
        SOCKET,
        "postgresql+asyncpg:///holdfast?host=/run/postgresql&port=5433",
        "postgresql+asyncpg://holdfast@localhost/holdfast",
        "postgresql+asyncpg://holdfast:secret@127.0.0.1:5433/holdfast",
        "postgresql+asyncpg://holdfast@[::1]/holdfast",
        "postgresql+asyncpg://holdfast@db.oak.example/holdfast?ssl=verify-full",
        "postgresql+asyncpg://holdfast@db/holdfast?ssl=disable",
    ],
)
def test_a_server_can_be_named_in_place_of_a_file(url: str) -> None:
    store = parse_config(server(url), Path("/srv/oak/config.toml")).store
    assert (store.url, store.database, store.password_file) == (url, None, None)
    assert (store.keyring, store.folder) == (Path("/srv/oak/keyring"), Path("/srv/oak/data"))
    assert "holdfast" not in repr(store)


def test_a_password_lies_in_a_file_and_the_sessions_in_a_folder() -> None:
    more = 'password_file = "postgresql.password"\nfolder = "/var/lib/oak"\n'
    store = parse_config(server(SOCKET, more), Path("/srv/oak/config.toml")).store
    assert store.password_file == Path("/srv/oak/postgresql.password")
    assert store.folder == Path("/var/lib/oak")


def test_what_lies_beside_a_file_lies_in_its_folder() -> None:
    text = f'{MINIMAL}[store]\nurl = "sqlite+aiosqlite:///other/h.db"\n'
    path = Path("/srv/oak/config.toml")
    assert parse_config(text, path).store.folder == Path("/srv/oak/other")
    assert parse_config(f'{text}folder = "more"\n', path).store.folder == Path("/srv/oak/more")


@pytest.mark.parametrize(
    ("url", "why", "cure"),
    [
        ("postgresql://x@/y?host=/run", "is named by postgresql+asyncpg", "Begin it like this"),
        ("postgres://x@/y?host=/run", "is named by postgresql+asyncpg", "Begin it like this"),
        ("postgresql+psycopg://x@/y", "is named by postgresql+asyncpg", "Begin it like this"),
        ("postgresql+asyncpg://x@localhost", "names no database", "behind the host"),
        ("postgresql+asyncpg://x@localhost/", "names no database", "behind the host"),
        ("postgresql+asyncpg://x@localhost/a/b", "names no database", "behind the host"),
        ("postgresql+asyncpg:///y", "names no server", "the folder of its socket"),
        ("postgresql+asyncpg://x@localhost:port/y", "not the address", "For instance"),
        ("postgresql+asyncpg://x@[::1/y", "not the address", "For instance"),
        ("postgresql+asyncpg://x@db/y", "nothing is said of ssl", "ssl=verify-full"),
        ("postgresql+asyncpg://x@db/y?ssl=on", "ssl has a value", "verify-full"),
        ("postgresql+asyncpg://x@/y?host=/run&sll=1", "is not known", "Did you mean 'ssl'?"),
    ],
)
def test_an_address_that_cannot_be_a_servers_is_named(url: str, why: str, cure: str) -> None:
    found = only_problem(server(url))
    assert found.key == "store.url"
    assert why in found.why
    assert cure in found.cure


def test_a_password_is_named_once_and_never_repeated() -> None:
    twice = server(f"postgresql+asyncpg://x:{CANARY}@localhost/y", 'password_file = "p"\n')
    found = only_problem(twice)
    assert (found.key, CANARY in str(found)) == ("store.url", False)
    found = only_problem(f'{MINIMAL}[store]\npassword_file = "p"\n')
    assert (found.key, found.why) == ("store.password_file", "it is for PostgreSQL only")
    found = only_problem(server(f"postgresql+asyncpg://x:{CANARY}@{CANARY}/{CANARY}"))
    assert CANARY not in str(found)


@pytest.mark.parametrize("folder", ["keyring", "keyring/x", "."])
def test_keys_are_apart_from_what_lies_beside_the_database(folder: str) -> None:
    found = only_problem(server(SOCKET, f'folder = "{folder}"\n'))
    assert found.key == "store.keyring"


def test_the_password_is_the_only_line_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "postgresql.password"
    store = Store(SOCKET, file, tmp_path / "keyring", tmp_path / "data")
    for unusable in (None, b"", b"\n", b"\xff\xfe"):
        if unusable is not None:
            file.write_bytes(unusable)
        with pytest.raises(FolderError, match=r"postgresql\.password is empty or cannot be read"):
            read_password(store)
    file.write_text(f" {CANARY} \n", encoding="utf-8")
    assert read_password(store) == f" {CANARY} "
    assert read_password(replace(store, password_file=None)) is None


# Telegram

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"
NAMED = f'{MINIMAL}[telegram]\ntoken_file = "telegram.token"\n'


def telegram(text: str) -> Telegram:
    found = parse_config(text, Path("/srv/oak/config.toml")).telegram
    assert found is not None
    return found


@pytest.mark.parametrize("added", ["", "[telegram]\n", '[telegram]\ntoken_file = ""\n'])
def test_without_a_token_file_the_bot_talks_on_the_terminal(added: str) -> None:
    assert parse_config(MINIMAL + added, Path("/srv/oak/config.toml")).telegram is None


def test_a_token_file_is_all_that_telegram_needs() -> None:
    found = telegram(NAMED)
    assert found == Telegram(Path("/srv/oak/telegram.token"), "polling", API_BASE)


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8081", "https://tg.oak.example/api", "http://[::1]:80"]
)
@pytest.mark.parametrize("slashes", ["", "/", "//"])
def test_a_server_is_named_with_a_slash_at_its_end_or_without(base: str, slashes: str) -> None:
    assert telegram(f'{NAMED}api_base = "{base}{slashes}"\n').api_base == base


@pytest.mark.parametrize(
    "base",
    [
        *("api.telegram.org", "ftp://x", "https://", "https://x/bot", "https://x/bot/", "x y"),
        *("https://x/?y", "https://x y", f"https://x/bot{TOKEN}", f"https://x/{TOKEN}/", ""),
    ],
)
def test_what_is_no_root_of_a_server_is_refused(base: str) -> None:
    found = problems(f'{NAMED}api_base = "{base}"\n')
    assert {problem.key for problem in found} == {"telegram.api_base"}
    assert not any(TOKEN in str(problem) for problem in found)


HERE = ["localhost", "localhost:8081", "127.0.0.1", "127.8.9.1:80", "[::1]", "[::1]:8008"]
ELSEWHERE = [
    *("oak.example", "localhost.oak.example", "127.0.0.1.oak.example", "my-localhost", "0.0.0.1"),
    *("10.0.0.7", "127.1", "0x7f.0.0.1", "2130706433", "[::]", "[::ffff:10.0.0.7]", "[fe80::1]"),
    *("127.0.0.1\\\\oak.example", "127.0.0.1:80:90", "[::1", "loсalhost"),
]
MATRIX = f"""{MINIMAL}[matrix]
user_id = "@bot:example.org"
password_file = "bot.password"
"""


@pytest.mark.parametrize("host", HERE)
def test_http_leads_to_this_machine(host: str) -> None:
    assert telegram(f'{NAMED}api_base = "http://{host}"\n').api_base == f"http://{host}"
    text = f'{MATRIX}homeserver = "http://{host}"\n'
    assert parse_config(text, Path("/srv/oak/config.toml")).matrix is not None


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_http_to_another_machine_is_refused_with_key_and_cure(scheme: str, host: str) -> None:
    for start, key in ((NAMED, "telegram.api_base"), (MATRIX, "matrix.homeserver")):
        found = only_problem(f'{start}{key.partition(".")[2]} = "{scheme}://{host}"\n')
        assert found.key == key
        assert "https://" in found.cure
        assert host not in str(found)


@pytest.mark.parametrize("typed", [TOKEN, f" {TOKEN} ", "123456:ABC-DEF1234", f"bot{TOKEN}"])
def test_a_token_that_is_typed_into_the_config_is_refused_and_not_repeated(typed: str) -> None:
    found = only_problem(f'{MINIMAL}[telegram]\ntoken_file = "{typed}"\n')
    assert found.key == "telegram.token_file"
    assert "Put the token into a file" in found.cure
    assert typed.strip() not in str(found)


@pytest.mark.parametrize(
    ("line", "key", "says"),
    [
        (f'token = "{TOKEN}"', "telegram.token", "Did you mean 'token_file'?"),
        ('api_bas = "x"', "telegram.api_bas", "Did you mean 'api_base'?"),
        ('mode = "webhook"', "telegram.mode", 'Write "polling".'),
        ('webhook_url = "x"', "telegram.webhook_url", "Take the line out."),
        ("mode = 3", "telegram.mode", "quotation marks"),
    ],
)
def test_a_key_of_telegram_that_cannot_be_is_named(line: str, key: str, says: str) -> None:
    found = problems(f"{NAMED}{line}\n")[0]
    assert found.key == key
    assert says in found.cure
    assert TOKEN not in str(found)


def test_a_section_that_is_none_is_named() -> None:
    found = only_problem(f"store = 3\n{MINIMAL}")
    assert (found.key, found.why) == ("store", "it must be a section")


def test_a_website_must_be_safe_to_follow() -> None:
    text = MINIMAL.replace("[[org", 'website = "http://oak.example"\n[[org', 1)
    assert only_problem(text).key == "organisation.website"


def test_a_file_that_cannot_be_understood_names_the_place_only() -> None:
    found = only_problem(f'{MINIMAL}[store]\nurl = "{CANARY}\n')
    assert found.why == "the line ends between quotation marks at line 11, column 22"


def test_no_file_names_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems, match=r"there is no config file here.*holdfast init DIR"):
        read_config(tmp_path / "config.toml")


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems, match="it cannot be read"):
        read_config(tmp_path)


def test_another_encoding_is_said(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(MINIMAL.encode("utf-16"))
    with pytest.raises(ConfigProblems, match="not a text file in UTF-8"):
        read_config(file)


def test_no_message_repeats_a_value() -> None:
    text = re.sub(r'= "[^"]*"', f'= "{CANARY}"', example())
    wrong = text.replace("= 12\n", f'= "{CANARY}"\n') + f'[matrix]\npassword = "{CANARY}"\n'
    assert not any(CANARY in str(problem) for problem in problems(wrong))


def test_every_problem_stands_on_one_line_behind_the_file() -> None:
    with pytest.raises(ConfigProblems) as caught:
        parse_config('"a\\nb" = 1', Path("/srv/oak/config.toml"))
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems)
    assert all(line.startswith("/srv/oak/config.toml: ") for line in lines)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.sampled_from(sorted(keys_of(Config, ""))), VALUES)
def test_any_value_anywhere_is_taken_or_named(path: str, value: object) -> None:
    section, _, key = path.rpartition(".")
    header = f"[[{section}]]" if section.endswith("help") else f"[{section}]"
    found = problems(f"{header}\n{key} = {as_toml(value)}\n")
    assert "organisation.name" in {problem.key for problem in found} or path == "organisation.name"
    assert not any("\n" in str(problem) for problem in found)


def as_toml(value: object) -> str:
    match value:
        case None:
            return "1979-05-27"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(as_toml(v) for v in value)}]"
        case dict():
            pairs = (f"{as_toml(k)} = {as_toml(v)}" for k, v in value.items())
            return f"{{{', '.join(pairs)}}}"
        case str():
            return '"' + "".join(f"\\U{ord(sign):08x}" for sign in value) + '"'
        case _:
            return str(value)
