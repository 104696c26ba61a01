"""Planted faults: each ends in a sentence with what, where and the cure, and loses nothing.

Afterwards the fault is mended, and the organisation works: the story that was kept before opens.
"""

import asyncio
import io
import logging
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import open_application
from bot.cli import main
from bot.demo.trial import PASSPHRASE, Trial, TrialClock, found_trial
from bot.platforms.terminal.adapter import TerminalMessenger
from store.crypto import self_test as selftest
from store.steady_clock import confirm_clock
from tests.program import Ran, window
from tests.unit.store.people import counted

STORY = "the door stayed shut"
WRONG_WORDS = "zebra " * 11 + "zoo"
NOT_TWELVE = "abandon " * 10 + "about"
MISTYPED = f"abandon abandon cinnamox {'abandon ' * 8} about"


@dataclass(frozen=True)
class Town:
    """An organisation with one kept story, and the readers' devices beside it."""

    place: Path
    words: str
    code: str

    @property
    def organisation(self) -> Path:
        return self.place / "organisation"

    @property
    def config(self) -> Path:
        return self.organisation / "config.toml"

    @property
    def delivery(self) -> Path:
        return self.place / f"{self.code}.holdfast"

    def key(self, reader: str) -> Path:
        return self.organisation / "readers" / f"{reader}.key"

    def contents(self) -> dict[Path, bytes]:
        """What must not be lost: all but SQLite's own notes beside the database."""
        files = (p for p in self.organisation.rglob("*") if p.is_file())
        return {p: p.read_bytes() for p in files if p.suffix not in {".db-wal", ".db-shm"}}


async def told(place: Path) -> Town:
    """The sample talk, kept and released; its delivery lies beside the organisation."""
    folder, clock = place / "organisation", TrialClock()
    async with open_application(found_trial(folder), clock, counted()) as house:
        trial = Trial(house, folder, clock, TerminalMessenger(io.StringIO(), place))
        assert await trial.hold_conversation(trial.sample())
        clock.ahead += timedelta(hours=13)
        await house.upkeep.run(clock())
        await house.stores.cases.database.transaction(
            lambda connection: confirm_clock(connection, clock() - clock.ahead)
        )
        oak = house.stores.readers.named("Oak", clock())
        assert oak is not None
        [delivery] = await house.stores.readers.deliveries(oak)
        town = Town(place, " ".join(trial.words), delivery.code)
        town.delivery.write_bytes(await house.stores.readers.bundle(oak, delivery.code))
    return town


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return asyncio.run(told(tmp_path_factory.mktemp("pristine")))


@pytest.fixture
def town(pristine: Town, tmp_path: Path) -> Town:
    shutil.copytree(pristine.place, tmp_path, dirs_exist_ok=True)
    return Town(tmp_path, pristine.words, pristine.code)


Command = Callable[..., Ran]


@pytest.fixture
def holdfast(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """A command in this process, which stays as it is."""
    for module in ("run", "check", "member"):
        monkeypatch.setattr(f"bot.cli.{module}.harden", lambda: ())
    monkeypatch.setattr("bot.runtime.logs.configure", lambda stream: None)
    level = logging.getLogger().level

    def command(*arguments: str | Path, typed: str | bytes = b"") -> Ran:
        data = typed.encode() if isinstance(typed, str) else typed
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code, " ".join(said.out.split()), " ".join(said.err.split()))

    yield command
    logging.getLogger().setLevel(level)


def talk(holdfast: Command, town: Town, *lines: str, who: str = "somebody") -> Ran:
    typed = "".join(f"{line}\n" for line in lines)
    return holdfast("run", "--config", town.config, "--account", who, typed=typed)


def assert_works(holdfast: Command, town: Town) -> None:
    """What was kept opens, and a new talk is taken."""
    lines = ("/open", town.words, "Read it", "Close it", "1", "New words")
    opened = talk(holdfast, town, *lines, who="teller")
    assert (opened.code, opened.err) == (0, "")
    assert STORY in opened.out
    assert "You left. Your story is saved" in opened.out


# Faults of an installation

Break = Callable[[Path], None]


def edited(old: str, new: str) -> Break:
    def change(path: Path) -> None:
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


def appended(text: str) -> Break:
    def change(path: Path) -> None:
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    return change


def written(data: bytes) -> Break:
    def change(path: Path) -> None:
        path.write_bytes(data)

    return change


def missing(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def open_to_others(path: Path) -> None:
    path.chmod(0o755)


def one_signature(path: Path) -> None:
    """All but the first line of signatures."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    signed = [n for n, line in enumerate(lines) if line.startswith("— ")]
    path.write_text("".join(x for n, x in enumerate(lines) if n not in signed[1:]), "utf-8")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def another_genesis(path: Path) -> None:
    text = path.read_text("utf-8")
    start = text.index('genesis = "') + len('genesis = "')
    path.write_text(text[:start] + "0" * 64 + text[start + 64 :], "utf-8")


def of_a_newer_version(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()


def without_help(path: Path) -> None:
    text = path.read_text("utf-8")
    start, end = text.index("\n[[organisation.help]]"), text.index("\n[store]")
    path.write_text(text[:start] + text[end:], "utf-8")


def an_archive_that_is_cut(path: Path) -> None:
    [revision] = path.glob("*/flow.toml")
    revision.write_text('name = "intake"\n[[step]]\nid = 3\n', "utf-8")


def unpublished(change: Break) -> Break:
    """Of a questionnaire that was never published: there is nothing else to go on with."""

    def changes(path: Path) -> None:
        shutil.rmtree(path / "published")
        change(path / "intake.toml")

    return changes


def a_method_in_the_address(path: Path) -> None:
    edited('token_file = ""', 'token_file = "t"')(path)
    edited('api_base = "https://api.telegram.org', 'api_base = "https://api.telegram.org/bot')(
        path
    )


CONFIG, DATABASE, FLOW = "config.toml", "data/holdfast.db", "flows/intake.toml"
FLOWS = "flows"
BOT_KEYS, DRAFT_KEYS = "keyring/bot.keys", "keyring/draft.keys"
SECRET = "123456:AAsecretsecretsecretsecretsecretsecret"
NAME = 'name = "The Example Choir (made up)"\n'

INSTALLATION: dict[str, tuple[str, Break, tuple[str, ...]]] = {
    "no-config": (CONFIG, missing, ("config.toml", "no config file", "holdfast init")),
    "no-toml": (CONFIG, edited(NAME, 'name = "open\n'), ("line ", "column ", "quotation mark")),
    "no-text": (CONFIG, written(b"\xff\xfe\x00"), ("config.toml", "UTF-8", "Save it")),
    "key-missing": (CONFIG, edited(NAME, ""), ("organisation.name", "missing", "Add a line")),
    "key-misspelt": (
        CONFIG,
        edited("hold_hours", "hold_hour"),
        ("handover.hold_hour", "not known", "hold_hours"),
    ),
    "wrong-type": (
        CONFIG,
        edited("hold_hours = 12", 'hold_hours = "12"'),
        ("handover.hold_hours", "whole number", "For instance: hold_hours = 12"),
    ),
    "no-help-line": (
        CONFIG,
        without_help,
        ("no help line", "does not start", "[[organisation.help]]"),
    ),
    "platform-of-later": (
        CONFIG,
        appended(f'\n[matching]\nkey_holder = "{SECRET}"\n'),
        ("matching", "does not match stories yet", "Take the section out"),
    ),
    "token-in-the-config": (
        CONFIG,
        edited('token_file = ""', f'token_file = "{SECRET}"'),
        ("telegram.token_file", "looks like a token", "Put the token into a file"),
    ),
    "token-under-another-name": (
        CONFIG,
        edited('token_file = ""', f'token = "{SECRET}"'),
        ("telegram.token", "not known", "token_file"),
    ),
    "server-with-its-method": (
        CONFIG,
        a_method_in_the_address,
        ("telegram.api_base", "not the address of a Bot API server", "without /bot"),
    ),
    "secret-in-the-config": (
        CONFIG,
        edited("[store]\n", f'[store]\npassword = "{SECRET}"\n'),
        ("store.password", "not known"),
    ),
    "one-questionnaire-twice": (
        CONFIG,
        edited('files = ["intake.toml"]', 'files = ["intake.toml", "intake.toml"]'),
        ("flow.files", "names a file twice", "Name each file once"),
    ),
    "another-organisation": (
        CONFIG,
        edited('id = "choir.example"', 'id = "union.example"'),
        ("belongs to another organisation.id", "put the old one back"),
    ),
    "another-genesis": (
        CONFIG,
        another_genesis,
        ("another founding version than the pinned one", "Compare the pinned hash"),
    ),
    "no-keyring": ("keyring", missing, ("no keyring at", "Restore it from its backup")),
    "keyring-open": ("keyring", open_to_others, ("Other users", "chmod 700")),
    "bot-keys-missing": (BOT_KEYS, missing, ("bot.keys is missing", "paper copy")),
    "bot-keys-unreadable": (BOT_KEYS, a_folder, ("bot.keys cannot be read", "chown")),
    "bot-keys-damaged": (BOT_KEYS, appended("link\n"), ("bot.keys, line 2", "Restore")),
    "bot-keys-empty": (BOT_KEYS, written(b""), ("lacks the key 'link'", "paper copy")),
    "draft-keys-damaged": (DRAFT_KEYS, appended("draft.x ?\n"), ("draft.keys, line 2", "remove")),
    "roster-missing": ("roster.note", missing, ("no ", "roster.note", "holdfast roster new")),
    "roster-unsigned": ("roster.note", one_signature, ("signatures", "sign")),
    "roster-cut": ("roster.note", cut, ("roster",)),
    "flow-missing": (FLOWS, unpublished(missing), ("no ", "intake.toml", "holdfast init")),
    "flow-broken": (FLOWS, unpublished(appended("\n[[step]\n")), ("intake.toml:",)),
    "flow-no-text": (
        FLOWS,
        unpublished(written(b"\xff")),
        ("intake.toml cannot be read", "that it is text"),
    ),
    "flow-permission-of-later": (
        FLOWS,
        unpublished(edited('asks = "keep"', 'asks = "match"')),
        ("intake.toml:", "match"),
    ),
    "archive-broken": (
        "flows/published/intake",
        an_archive_that_is_cut,
        ("published/intake/", ".toml:"),
    ),
    "database-newer": (DATABASE, of_a_newer_version, ("newer version", "Start that version")),
    "database-none": (
        DATABASE,
        written(b"This is a letter, not a database. " * 40),
        ("cannot be opened as one", "store.url", "backup"),
    ),
    "database-a-folder": (DATABASE, a_folder, ("cannot be opened as one", "store.url")),
}


def mend(town: Town, pristine: Town, place: str) -> None:
    """As the sentence says: the broken thing comes back from its copy."""
    broken, copy = town.organisation / place, pristine.organisation / place
    if broken.exists():
        missing(broken)
    shutil.copytree(copy, broken) if copy.is_dir() else shutil.copy2(copy, broken)


@pytest.mark.parametrize("fault", INSTALLATION)
def test_a_broken_installation_does_not_start_and_works_once_mended(
    holdfast: Command, town: Town, pristine: Town, fault: str
) -> None:
    place, plant, sentences = INSTALLATION[fault]
    plant(town.organisation / place)
    before = town.contents()
    ran = talk(holdfast, town, "1", "words")
    assert (ran.code, ran.out) == (1, "")
    assert all(sentence in ran.err for sentence in sentences), ran.err
    assert all(line.startswith("holdfast:") for line in ran.err.splitlines())
    assert not any(hint in ran.err for hint in ("Traceback", "nobody had foreseen", SECRET))
    assert town.contents() == before
    mend(town, pristine, place)
    assert_works(holdfast, town)


@pytest.mark.parametrize(
    "fault", ["no-keyring", "bot-keys-damaged", "roster-cut", "flow-broken", "database-newer"]
)
def test_check_says_the_same_beside_what_is_good(
    holdfast: Command, town: Town, fault: str
) -> None:
    place, plant, sentences = INSTALLATION[fault]
    plant(town.organisation / place)
    ran = holdfast("check", "--config", town.config)
    assert (ran.code, ran.err) == (1, "")
    assert all(sentence in ran.out for sentence in sentences)
    assert "good cryptography" in ran.out
    assert "The bot cannot start yet." in ran.out


def test_a_broken_cryptographic_library_refuses_to_start(
    holdfast: Command, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(selftest, "Ed25519PrivateKey", None)
        ran = talk(holdfast, town, "1", "words")
    assert (ran.code, ran.out) == (1, "")
    assert "known answer for Ed25519" in ran.err
    assert "Install the locked wheel" in ran.err
    assert_works(holdfast, town)


def test_words_that_are_gone_are_named_by_their_revision(holdfast: Command, town: Town) -> None:
    talk(holdfast, town, "1", "The first words")
    archive = town.organisation / "flows/published/intake"
    [old] = (path for path in archive.iterdir() if path.is_dir())
    edited("What would you like to say?", "What is there to say?")(town.organisation / FLOW)
    assert holdfast("flows", "publish", "--config", town.config).code == 0
    old.rename(town.place / "elsewhere")
    ran = talk(holdfast, town, "more")
    assert ran.code == 1
    assert f"revision {old.name}" in ran.err
    assert f"Put {old.name} back into published/intake/" in ran.err
    (town.place / "elsewhere").rename(old)
    shown = talk(holdfast, town, "/show").out
    assert "The first words" in shown
    assert "What is there to say?" not in shown


# Faults on a reader's side


def opened(holdfast: Command, town: Town, reader: str = "Oak", typed: str = PASSPHRASE) -> Ran:
    return holdfast("open", town.delivery, "--key", town.key(reader), typed=f"{typed}\n")


def changed_byte(town: Town) -> None:
    data = bytearray(town.delivery.read_bytes())
    data[-40] ^= 1
    town.delivery.write_bytes(data)


def nothing(_town: Town) -> None:
    """The fault is in what is typed."""


READING: dict[str, tuple[Callable[[Town], None], dict[str, str], tuple[str, ...]]] = {
    "another-reader": (nothing, {"reader": "Ash"}, ("None of the keys at hand",)),
    "wrong-passphrase": (nothing, {"typed": "four other trees"}, ("passphrase",)),
    "no-passphrase": (nothing, {"typed": ""}, ("passphrase",)),
    "byte-changed": (changed_byte, {}, ("not the one that was signed", "Ask for it again")),
    "delivery-cut": (lambda t: cut(t.delivery), {}, ("delivery is damaged",)),
    "delivery-empty": (lambda t: written(b"")(t.delivery), {}, ("delivery",)),
    "delivery-missing": (lambda t: missing(t.delivery), {}, ("cannot be read",)),
    "key-cut": (lambda t: cut(t.key("Oak")), {}, ()),
    "key-missing": (lambda t: missing(t.key("Oak")), {}, ("key",)),
}


@pytest.mark.parametrize("fault", READING)
def test_a_report_is_shown_whole_or_not_at_all(
    holdfast: Command, town: Town, pristine: Town, fault: str
) -> None:
    plant, how, sentences = READING[fault]
    plant(town)
    ran = opened(holdfast, town, **how)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("holdfast: ")
    assert all(sentence in ran.err for sentence in sentences), ran.err
    assert "nobody had foreseen" not in ran.err
    shutil.copy(pristine.delivery, town.delivery)
    shutil.copy(pristine.key("Oak"), town.key("Oak"))
    assert STORY in opened(holdfast, town).out


def member(holdfast: Command, town: Town, *arguments: str | Path, typed: str = "") -> Ran:
    act, name, *more = arguments
    return holdfast("member", act, name, *more, "--config", town.config, typed=typed)


def test_an_invitation_opens_with_its_readers_key_only(holdfast: Command, town: Town) -> None:
    file = town.place / "oak.join.age"
    assert member(holdfast, town, "invite", "Oak", "--out", file).code == 0
    wrong = member(
        holdfast, town, "join", "Oak", "--file", file, "--key", town.key("Ash"), typed=PASSPHRASE
    )
    assert wrong.code == 1
    assert "None of the keys at hand" in wrong.err
    right = member(
        holdfast, town, "join", "Oak", "--file", file, "--key", town.key("Oak"), typed=PASSPHRASE
    )
    assert (right.code, right.err) == (0, "")
    assert town.code in member(holdfast, town, "inbox", "Oak").out


MEMBERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "name": (("inbox", "Birch"), ("called Birch", "holdfast roster show")),
    "not-linked": (("inbox", "Ash"), ("not linked", "holdfast member invite Ash")),
    "digits": (("join", "Ash", "--digits", "12345678"), ("digits", "holdfast member invite")),
    "no-invitation": (("join", "Ash", "--file", "none.age", "--key", "none.key"), ("none.key",)),
    "no-key-named": (("join", "Ash", "--file", "none.age"), ("--key KEY",)),
}


@pytest.mark.parametrize("fault", MEMBERS)
def test_a_readers_mistake_is_answered_with_the_cure(
    holdfast: Command, town: Town, fault: str
) -> None:
    arguments, sentences = MEMBERS[fault]
    ran = member(holdfast, town, *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert all(sentence in ran.err for sentence in sentences), ran.err
    assert_works(holdfast, town)


# Faults in a talk

LONG = "a" * 100_000
TYPED: dict[str, tuple[tuple[str, ...], str]] = {
    "wrong-words": (("/open", WRONG_WORDS), "they don't belong together"),
    "eleven-words": (("/open", NOT_TWELVE), "I count 11 words; I need 12."),
    "a-mistyped-word": (("/open", MISTYPED), "Word 3 isn't one of the words I use."),
    "a-sentence": (("/open", "it was all so long ago"), "Those aren't recovery words."),
    "three-words-of-a-code": (("/withdraw", "zebra zoo zone"), "or the 4 of your take-back code"),
    "wrong-code": (("/withdraw", "zebra zoo zone zero"), "no story under these four words"),
    "sixth-code": (("/withdraw", *["zebra zoo zone zero"] * 6), "Please come back tomorrow."),
    "long-message": (("1", LONG), "longer than 20000 characters, so I couldn't take it."),
    "long-at-hello": ((LONG,), "longer than 20000 characters, so I couldn't take it."),
    "control-characters": (("1", "a\x1b[31mb\x00\x07"), "I left out some signs"),
    "no-command": (("1", "/opne"), "isn't a command"),
    "no-choice": (("1", "words", "/done", "the last"), "Sorry, I need one of these"),
    "undecided": (("1", "words", "/done", "perhaps"), "You don't have to decide today."),
    "no-piece": (("1", "words", "/show 7"), "no such part"),
}


@pytest.mark.parametrize("fault", TYPED)
def test_what_cannot_be_taken_is_said_and_the_talk_goes_on(
    holdfast: Command, town: Town, fault: str
) -> None:
    lines, sentence = TYPED[fault]
    ran = talk(holdfast, town, *lines)
    assert (ran.code, ran.err) == (0, "")
    assert sentence in ran.out
    assert not {"\x1b", "\x00", "\x07"} & set(ran.out)
    assert_works(holdfast, town)


def test_empty_lines_are_no_answers(holdfast: Command, town: Town) -> None:
    ran = talk(holdfast, town, "1", "", "   ", "words", "", "/show")
    assert ran.code == 0
    assert "Something went wrong" not in ran.out
    assert "words" in ran.out


def test_bytes_that_are_no_text_are_kept_as_a_sign(holdfast: Command, town: Town) -> None:
    typed = b"1\nbefore \xff\xed\xa0\x80 after\n/show\n"
    ran = holdfast("run", "--config", town.config, typed=typed)
    assert ran.code == 0
    assert "before \ufffd\ufffd\ufffd\ufffd after" in ran.out


def test_a_full_disk_is_said_and_the_talk_goes_on_when_there_is_room(town: Town) -> None:
    with window(town.place, "run", "--config", town.config) as screen:
        screen.wait_for("/unsafe\n")
        screen.type("1\n", "I'll do it myself")
        screen.type("I'll do it myself\n", "/done")
        screen.type("before\n", "Saved. Carry on")
        screen.type("/help\n", "People you can talk to")  # the acknowledgement is off the disk
        pid = screen.process.pid
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))
        screen.type("during\n", "Something went wrong on my side.")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
        screen.type("after\n", "Saved. Carry on")
        shown = screen.type("/show\n", "after")
        screen.type("\x04", "You left.")
        assert screen.end() == 0
    assert "before" in shown
    assert "during" not in shown
    assert "nobody had foreseen" not in screen.shown
