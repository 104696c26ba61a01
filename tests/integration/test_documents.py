"""The documents are held to the code: facts that follow from it, and no sentence besides."""

import asyncio
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import flows
from bot.cli import COMMANDS, _parser
from bot.platforms.matrix.crypto.store import file_key, pickle_key
from bot.runtime.logs import FIELDS, Event
from flows.checks.rules.conditions import SECTION_SUBJECTS
from flows.checks.rules.fixed_points import FORK_CHOICES
from flows.files.keys import ALL_KEYS
from flows.model import ACTS, HONOURED, PARTS, PERMISSIONS, Kind
from handlers.reporter.typed_text import BARE
from store.cases.drafts import DraftRepository
from store.cases.statement import MAY, PermissionStatement, ReadTerms, sign_statement
from store.cases.takeback import TakebackCodeRepository
from store.crypto.case_keys import CaseKeys
from store.crypto.document import KINDS
from store.crypto.kdf import ZERO_NONCE, digest, lock
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label, lv
from store.crypto.mnemonics import code_words, fingerprint_words, words_of
from store.crypto.signed_envelope import Envelope
from store.db.schema import SCOPES, SHORT_LIVED, metadata
from store.inbox.accounts import account_bytes, keyed_id
from store.inbox.cursors import CursorRepository
from store.model.accounts import Account
from store.model.drafts import Draft, StoredAnswer
from store.model.outbox import TextRef
from store.outbox.deletable_messages import DeletableMessageRepository
from store.outbox.deletable_messages import encode_row as encode_trace
from store.outbox.rows import OutboxRepository, encode_row
from store.readers.invitations import InvitationRepository
from store.readers.key_file import member_id
from store.readers.linked_accounts import LinkedAccountRepository
from tests.program import holdfast
from tests.unit.store.people import shown_words

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "flows", "store")
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
OURS = (*PACKAGES, "tests", "docs", "bench", "reader", ".ci")
TEXTS = ("*.py", "*.toml", "*.md", "*.txt", "*.mjs", "*.ts", "run", "Makefile", "package.json")
ELSEWHERE = ("/" + "work/", "../" + "shared", "/" + "facts/")
"""Places of nobody's but the authors: what we publish stands alone."""

EXIT_HELP = 0


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next of its rank or a higher one."""
    rank = len(heading) - len(heading.lstrip("#"))
    below = text.split(f"\n{heading}\n", 1)[1]
    return re.split(rf"^#{{1,{rank}}} ", below, maxsplit=1, flags=re.MULTILINE)[0]


INSTALLED = {"node_modules", ".synapse"}


def rows(text: str) -> list[list[str]]:
    """The cells of every line of a table, its head and rule left out."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line] for line in lines if line[0].strip().startswith("`")]


def quoted(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


# Rooms


def rooms() -> set[str]:
    """Every folder of the program that holds modules, without the packages themselves."""
    modules = (path for package in PACKAGES for path in ours(package) if path.stat().st_size)
    folders = {path.parent.relative_to(ROOT).as_posix() for path in modules}
    return {f"{folder}/" for folder in folders}


def test_every_room_is_described() -> None:
    text = section(read("architecture.md"), "## The rooms")
    named = {row[0].strip("`") for row in rows(text)}
    sub_rooms = {f"{room}{part}" for room in named for part in quoted(text) if part.endswith("/")}
    missing = {room for room in rooms() - named - sub_rooms if room.count("/") > 1}
    assert {room for room in missing if not any(room.startswith(n) for n in WHOLE)} == set()


WHOLE = ("bot/cli/", "flows/checks/", "store/crypto/", "store/db/")
"""Rooms that are described with everything below them."""


def test_paths_that_are_named_exist() -> None:
    tops = {*PACKAGES, "tests", "requirements", "bench"}
    named = (path for path in quoted(read("architecture.md")) if "/" in path)
    ours = [path for path in named if Path(path).parts[0] in tops and "published" not in path]
    assert [path for path in ours if not (ROOT / path).exists()] == []


# Formats


def test_every_label_stands_there_and_no_other() -> None:
    named = [row[0].strip("`") for row in rows(section(read("cryptography.md"), "### Labels"))]
    assert sorted(named) == sorted(label.value for label in Label)


def documented_tables() -> dict[str, set[str]]:
    table_rows = rows(section(read("cryptography.md"), "### The database"))
    return {row[0].rstrip("*").strip("`"): quoted(row[1]) for row in table_rows}


def test_every_table_stands_there_and_no_other() -> None:
    assert documented_tables().keys() == metadata.tables.keys()


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_column_stands_there_and_no_other(name: str) -> None:
    columns = {column.name for column in metadata.tables[name].columns}
    values = {*SCOPES, "deployment", "revisions", "clock", "earlier stories"}
    assert documented_tables()[name] - values == columns


def test_the_short_lived_tables_are_marked_and_left_out_of_the_backup() -> None:
    marked = re.findall(r"^\| `(\w+)`\* \|", read("cryptography.md"), re.MULTILINE)
    assert sorted(marked) == sorted(SHORT_LIVED)
    left_out = re.search(r"for table in \(([^)]*)\)", read("operators.md"))
    assert left_out
    assert re.findall(r'"(\w+)"', left_out[1]) == list(SHORT_LIVED)


def test_every_kind_of_document_and_every_token_stands_there() -> None:
    assert KINDS | set(MAY) <= quoted(read("cryptography.md"))


def references() -> Iterator[tuple[str, str]]:
    for package in (*PACKAGES, "tests"):
        for path in ours(package):
            text = " ".join(path.read_text("utf-8").split())
            yield from re.findall(r"docs/(\w+\.md)(?:, section (\d+))?", text)


def ours(package: str) -> Iterator[Path]:
    """Its modules, without what the tests install there."""
    found = (ROOT / package).rglob("*.py")
    return (path for path in found if not INSTALLED & {*path.relative_to(ROOT).parts})


def test_what_the_code_refers_to_is_there() -> None:
    for name, number in set(references()):
        assert (ROOT / "docs" / name).exists(), name
        assert not number or f"\n## {number} " in read(name), (name, number)


# Vectors


def vectors() -> dict[str, str]:
    blocks = re.findall(
        r"```text\n(.*?)```", section(read("cryptography.md"), "## 9 Vectors"), re.DOTALL
    )
    lines = (line for block in blocks for line in block.splitlines())
    return {line[:15].strip(): line[15:] for line in lines}


WHO = Account("telegram", "123456789", "123456789")
KEYS = CaseKeys(bytes(range(16)))
MID = member_id(KEYS.identity.recipient, KEYS.sign_public)
DAY = 20779
CODE = 0x123456789AB


def fixed(size: int) -> bytes:
    return (b"\x22" if size == 32 else b"\x44") * size


def ring() -> Keyring:
    return Keyring(Path("nowhere"), fixed, {"link": b"\xdd" * 32}, {DAY: b"\x11" * 32})


def of_the_case() -> dict[str, str]:
    return {
        "words": " ".join(words_of(KEYS.entropy)),
        "root": KEYS.root.hex(),
        "locator": KEYS.locator.hex(),
        "mailbox seed": KEYS.identity.seed.hex(),
        "H(public key)": digest(KEYS.box).hex(),
        "rid": KEYS.rid.hex(),
        "signing key": KEYS.sign_public.hex(),
        "state key": KEYS.state_key.hex(),
        "W": KEYS.out_key.hex(),
        "acct": account_bytes(WHO).hex(),
        "mid": MID.hex(),
        "eight words": " ".join(fingerprint_words(MID[:10])),
    }


def of_the_draft() -> dict[str, str]:
    answers = (
        StoredAnswer("story", (), ("33" * 16,), closed=False),
        StoredAnswer("fork", ("keep",)),
    )
    draft = Draft("0123456789ab", "en", answers=answers, expires=498870, ends=499038)
    row = DraftRepository(ring(), fixed, 168)._row(WHO, KEYS, draft, DAY)
    sealed = {name: value for name, value in row.items() if isinstance(value, bytes)}
    return {
        "draft id": sealed["id"].hex(),
        "wrap": sealed["wrap"].hex(),
        "H(state)": digest(sealed["state"]).hex(),
    }


def of_the_day() -> dict[str, str]:
    outbox = OutboxRepository(ring(), fixed)
    lane = outbox._queue(DAY, WHO)
    plain = encode_row("say", WHO, TextRef("draft.ends"))
    message = (Label.SEEN_INDEX, Label.SEEN_ID, lv(b"telegram"), lv(b"987654321"))
    quota = (Label.QUOTA_INDEX, Label.QUOTA_ID, lv(b"takeback"), account_bytes(WHO))
    return {
        "lane": lane.hex(),
        "H(blob)": digest(outbox.seal_row(b"\xaa" * 16, DAY, lane, 1, plain)).hex(),
        "seen": keyed_id(ring().day_key(DAY), *message).hex(),
        "H(trace blob)": digest(traced(lane)).hex(),
        "cursor": CursorRepository(ring()).seal_value("matrix", "s72594_4483_1934").hex(),
        "quota": keyed_id(ring().day_key(DAY), *quota).hex(),
    }


def traced(lane: bytes) -> bytes:
    plain = encode_trace(WHO, ("41", "42"), 498702)
    return DeletableMessageRepository(ring(), fixed).seal_row(b"\xbb" * 16, DAY, lane, plain)


def of_the_code() -> dict[str, str]:
    words = {"four words": " ".join(code_words(CODE))}
    return words | _row_of_the_code("", 1) | _row_of_the_code(" p4", 4)


def _row_of_the_code(which: str, lanes: int) -> dict[str, str]:
    table = TakebackCodeRepository("example.org", fixed)
    code = asyncio.run(table.stretch(CODE, lanes=lanes))
    context = derive_label(Label.TAKEBACK_AD, code.id)
    sealed = lock(code.key, ZERO_NONCE, context, KEYS.locator + KEYS.out_key)
    return {f"takeback id{which}": code.id.hex(), f"takeback ct{which}": sealed.hex()}


def of_the_reader() -> dict[str, str]:
    accounts = LinkedAccountRepository(ring(), fixed)
    row_id, check = InvitationRepository(ring(), fixed).row_of(WHO, MID, "12345678")
    return {
        "link idx": accounts.index_of(WHO).hex(),
        "join id": row_id.hex(),
        "join check": check.hex(),
    }


def of_matrix() -> dict[str, str]:
    return {
        "matrix file": file_key(b"\xee" * 32).hex(),
        "matrix pickles": pickle_key(b"\xee" * 32),
    }


def signed(version: int = 2) -> Envelope:
    items = ((b"\x33" * 16, digest(b"payload")),)
    may = ("act.listen", "contact")
    sharing = ReadTerms(items, (MID,), may, future=False, roster=(1, digest(b"roster")))
    shown = shown_words("0123456789ab", "en", "readers", "Who may read it?", "Oak may read it.")
    consent = PermissionStatement(KEYS.rid, KEYS.sign_public, shown, 1, bytes(32), (), sharing)
    return sign_statement(replace(consent, version=version), KEYS.sign_seed)


def excluded() -> Envelope:
    shown = shown_words("0123456789ab", "en", "never", "Who may never?", "Oak.")
    never = PermissionStatement(
        KEYS.rid, KEYS.sign_public, shown, 1, bytes(32), (MID,), salt=b"\x66" * 32
    )
    return sign_statement(never, KEYS.sign_seed)


def of_the_statement() -> dict[str, str]:
    return {
        "hash": signed().hash.hex(),
        "signature": signed().signature.hex(),
        "hash v1": signed(1).hash.hex(),
        "signature v1": signed(1).signature.hex(),
        "hash never": excluded().hash.hex(),
    }


def test_the_vectors_are_what_the_code_computes() -> None:
    computed = [of_the_case, of_the_draft, of_the_day, of_the_code, of_the_reader, of_matrix]
    parts = [part() for part in (*computed, of_the_statement)]
    assert vectors() == {name: value for part in parts for name, value in part.items()}


# Questions, commands, logs


@pytest.mark.parametrize(
    "words", [HONOURED, Kind, ALL_KEYS, ACTS, PARTS, FORK_CHOICES, PERMISSIONS]
)
def test_the_guide_knows_every_word_of_the_grammar(words: tuple[str, ...]) -> None:
    assert {str(word) for word in words} <= quoted(read("maintainers.md"))


def test_the_guide_knows_what_a_section_can_touch() -> None:
    assert {f'"{word}"' for word in SECTION_SUBJECTS} <= quoted(read("maintainers.md"))


def test_only_what_is_honoured_stands_among_the_permissions() -> None:
    table = rows(section(read("maintainers.md"), "### Permissions"))
    assert {row[0].strip("`") for row in table} == HONOURED


def test_the_guide_knows_every_rule_of_care() -> None:
    named = [
        row[0].strip("`") for row in rows(section(read("maintainers.md"), "## Rules of care"))
    ]
    assert named == list(flows.CARE_RULES)


REQUIREMENTS = tuple(f"T{number}" for number in range(1, 31))


def test_the_requirements_are_numbered_without_a_gap() -> None:
    named = [
        row[0].strip("`") for row in rows(section(read("questions.md"), "## The requirements"))
    ]
    assert tuple(named) == REQUIREMENTS


@pytest.mark.parametrize("name", ["intake", "witness", "process"])
def test_every_step_says_which_requirements_it_serves(name: str) -> None:
    path = ROOT / "flows" / f"{name}.toml"
    flow = flows.load(path.read_text("utf-8"), path.name)
    table = rows(section(read("questions.md"), f"## {flow.choose}"))
    assert [row[0].strip("`") for row in table] == [step.id for step in flow.steps]
    for _, serves, how in table:
        assert how
        assert quoted(serves)
        assert quoted(serves) <= {*REQUIREMENTS}


def test_reporters_are_told_of_every_command() -> None:
    later = {"start", "add", "language"}
    named = {word.strip("/").split(" ")[0] for word in quoted(read("reporters.md"))}
    assert BARE - later <= named


def test_operators_are_told_of_every_event_and_field() -> None:
    assert {*Event, *FIELDS} <= quoted(section(read("operators.md"), "## What the logs say"))


def fenced(text: str) -> Iterator[str]:
    """The command lines of ``holdfast`` in blocks of shell."""
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.removeprefix(".venv/bin/").startswith("holdfast "):
                yield line


def inline(text: str) -> Iterator[str]:
    return (code for code in quoted(text) if code.startswith("holdfast "))


def parses(line: str) -> bool:
    try:
        _parser().parse_args(shlex.split(line, comments=True)[1:])
    except SystemExit as left:
        return left.code == EXIT_HELP
    return True


def is_command(code: str) -> bool:
    """A whole command line, or the name of a command without any of its options."""
    return parses(code) or ("-" not in code and parses(f"{code} --help"))


FENCED = sorted({line for path in DOCUMENTS for line in fenced(path.read_text("utf-8"))})
INLINE = sorted({code for path in DOCUMENTS for code in inline(path.read_text("utf-8"))})


@pytest.mark.parametrize("line", FENCED)
def test_every_command_line_can_be_typed(line: str) -> None:
    assert parses(line)


@pytest.mark.parametrize("code", INLINE)
def test_every_command_that_is_named_exists(code: str) -> None:
    assert is_command(code)


def test_every_command_is_shown_with_all_it_needs() -> None:
    shown = {shlex.split(line)[1] for line in FENCED}
    names = {module.__name__.rpartition(".")[2].replace("trial", "try") for module in COMMANDS}
    assert names <= shown


# The whole


def links() -> Iterator[tuple[Path, str]]:
    for path in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
            if "://" not in target:
                yield path, target


@pytest.mark.parametrize(("path", "target"), sorted(links()), ids=lambda value: Path(value).name)
def test_links_lead_somewhere(path: Path, target: str) -> None:
    assert (path.parent / target).exists()


def published() -> Iterator[Path]:
    yield from (p for p in ROOT.iterdir() if p.suffix in {".md", ".toml"} or p.name == "Makefile")
    for folder in OURS:
        for pattern in TEXTS:
            found = (ROOT / folder).rglob(pattern)
            yield from (p for p in found if not INSTALLED & {*p.parts} and p.is_file())


def test_nothing_points_to_where_it_was_written() -> None:
    for path in published():
        text = path.read_text("utf-8")
        assert not [place for place in ELSEWHERE if place in text], path


def test_the_picture_of_a_talk_is_what_the_sample_shows(tmp_path: Path) -> None:
    picture = (ROOT / "README.md").read_text("utf-8").split("```text\n")[1].split("```")[0]
    lines = {line.strip() for line in picture.splitlines() if line.strip()}
    shown = {line.strip() for line in holdfast(tmp_path, "try").out.splitlines()}
    assert lines <= shown, lines - shown
