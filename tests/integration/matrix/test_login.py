"""The bot stays the same device as long as its sessions exist."""

import secrets
from pathlib import Path
from typing import Any

import pytest

from bot.errors import CryptoStoreError
from bot.platforms.matrix import device as device_module
from bot.platforms.matrix.account import MatrixAccount, PasswordMissing
from bot.platforms.matrix.crypto import cipher_file
from bot.platforms.matrix.crypto.olm_machine import OlmMachine
from bot.platforms.matrix.crypto.store import FILE, delete_store
from bot.platforms.matrix.failures import Failure, WrongAccount
from bot.platforms.matrix.http_client import (
    HttpClient,
    HttpError,
    Json,
    RateLimited,
    RequestDenied,
    ServerUnreachable,
    SessionExpired,
    connected,
)
from bot.platforms.matrix.login import DEVICE, TOKEN, log_in
from bot.platforms.matrix.sync import decryptor
from store.crypto.keyring import Keyring, create_keyring, open_keyring
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.running import Running, begin, running, sealed
from tests.rig import Rig

USER = "@bot:example.org"


def address_of(folder: Path, password: bytes | None = b"secret") -> MatrixAccount:
    file = folder / "password"
    if password is not None:
        file.write_bytes(password)
    return MatrixAccount("http://h", USER, file, "Holdfast", folder / "matrix")


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    create_keyring(tmp_path / "keyring", secrets.token_bytes)
    return open_keyring(tmp_path / "keyring", secrets.token_bytes)


def known(folder: Path, keyring: Keyring) -> None:
    """Store a device that logged in before, and its sessions."""
    keyring.keep({TOKEN: b"old", DEVICE: b"DEV"})
    (folder / "matrix").mkdir()
    (folder / "matrix" / FILE).touch()


class Server(HttpClient):
    """Give the answers of a test, and record the requests."""

    def __init__(self, **answers: Json | HttpError) -> None:
        super().__init__("http://h")
        self.answers = answers
        self.asked: list[tuple[str, str, Json]] = []

    async def request(self, method: str, path: str, body: Json | None = None) -> Json:
        name = path.rsplit("/", maxsplit=1)[-1]
        self.asked.append((name, self.token, body or {}))
        answer = self.answers[name]
        if isinstance(answer, HttpError):
            raise answer
        return answer


NEW = {"user_id": USER, "device_id": "DEV", "access_token": "new"}
GONE = SessionExpired(401, {"errcode": "M_UNKNOWN_TOKEN"})


# The password


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"secret", "secret"),
        (b"secret\n", "secret"),
        (b"secret\r\n", "secret"),
        (b"\xef\xbb\xbfsecret\n", "secret"),
        (b" with blanks \n", " with blanks "),
        ("geheimnißvoll\n".encode(), "geheimnißvoll"),
    ],
)
def test_the_password_is_read_from_the_file(tmp_path: Path, written: bytes, read: str) -> None:
    assert address_of(tmp_path, written).read_password() == read


@pytest.mark.parametrize("written", [None, b"", b"\n", b"\r\n\r\n", b"\xff\xfe"])
def test_a_missing_password_is_an_error(tmp_path: Path, written: bytes | None) -> None:
    address = address_of(tmp_path, written)
    with pytest.raises(PasswordMissing) as found:
        address.read_password()
    assert str(tmp_path) not in str(found.value)


def test_nothing_of_the_account_is_in_a_repr(tmp_path: Path) -> None:
    assert USER not in repr(address_of(tmp_path))


# The device


async def test_the_first_login_is_stored(tmp_path: Path, keyring: Keyring) -> None:
    server = Server(login=NEW)
    assert await log_in(server, address_of(tmp_path), keyring) == "DEV"
    assert server.token == "new"
    kept = open_keyring(keyring.folder, secrets.token_bytes).bot
    assert (kept[TOKEN], kept[DEVICE]) == (b"new", b"DEV")
    assert "device_id" not in server.asked[0][2]


async def test_a_valid_token_needs_no_password(tmp_path: Path, keyring: Keyring) -> None:
    known(tmp_path, keyring)
    server = Server(whoami={"user_id": USER, "device_id": "DEV"})
    assert await log_in(server, address_of(tmp_path, None), keyring) == "DEV"
    assert server.token == "old"


async def test_an_expired_token_leads_to_the_same_device(tmp_path: Path, keyring: Keyring) -> None:
    known(tmp_path, keyring)
    server = Server(whoami=GONE, login=NEW)
    assert await log_in(server, address_of(tmp_path), keyring) == "DEV"
    assert server.asked[-1][1:] == ("", {**server.asked[-1][2], "device_id": "DEV"})
    assert keyring.bot[TOKEN] == b"new"


@pytest.mark.parametrize("error", [ServerUnreachable("no answer"), RateLimited(1.0)])
async def test_an_unreachable_server_is_no_reason_to_log_in_again(
    tmp_path: Path, keyring: Keyring, error: HttpError
) -> None:
    known(tmp_path, keyring)
    with pytest.raises(type(error)):
        await log_in(Server(whoami=error), address_of(tmp_path), keyring)
    assert keyring.bot[TOKEN] == b"old"


@pytest.mark.parametrize("where", ["whoami", "login"])
async def test_another_account_is_refused_and_not_stored(
    tmp_path: Path, keyring: Keyring, where: str
) -> None:
    known(tmp_path, keyring)
    other: Json = {"user_id": "@other:example.org", "device_id": "X", "access_token": "x"}
    answers: dict[str, Json | HttpError] = {"whoami": GONE, "login": NEW, where: other}
    server = Server(**answers)
    with pytest.raises(WrongAccount):
        await log_in(server, address_of(tmp_path), keyring)
    assert (keyring.bot[TOKEN], keyring.bot[DEVICE]) == (b"old", b"DEV")


@pytest.mark.parametrize("answer", [{}, GONE, RequestDenied(400, {})])
async def test_a_device_whose_sessions_are_lost_is_logged_out_first(
    tmp_path: Path, keyring: Keyring, answer: Json | HttpError
) -> None:
    known(tmp_path, keyring)
    delete_store(tmp_path / "matrix")
    server = Server(logout=answer, login={**NEW, "device_id": "NEXT"})
    assert await log_in(server, address_of(tmp_path), keyring) == "NEXT"
    assert server.asked[0][:2] == ("logout", "old")
    assert "device_id" not in server.asked[1][2]


async def test_the_token_of_a_lost_device_is_kept_until_the_server_logged_it_out(
    tmp_path: Path, keyring: Keyring
) -> None:
    """Otherwise people's apps would go on encrypting to a lost device."""
    known(tmp_path, keyring)
    delete_store(tmp_path / "matrix")
    with pytest.raises(ServerUnreachable):
        await log_in(Server(logout=ServerUnreachable("no answer")), address_of(tmp_path), keyring)
    assert open_keyring(keyring.folder, secrets.token_bytes).bot[TOKEN] == b"old"


# With a real server


def told(bot: Running, trouble: Failure) -> bool:
    return any(trouble.value in said for said in bot.said)


@pytest.mark.parametrize(
    ("password", "trouble"),
    [("wrong", Failure.LOGIN_REFUSED), ("", Failure.CREDENTIALS_MISSING)],
)
async def test_correcting_the_password_is_enough(
    rig: Rig, synapse: Synapse, password: str, trouble: Failure
) -> None:
    async with running(rig, synapse, password=password, connected=False) as bot:
        await bot.until(lambda: told(bot, trouble))
        (rig.folder / "password").write_text(bot.account.password)
        await bot.ready()
        await bot.until(lambda: len(bot.said) == 2)


async def test_a_session_of_another_account_is_reported(rig: Rig, synapse: Synapse) -> None:
    other = await synapse.register()
    keyring = open_keyring(rig.folder / "keyring", secrets.token_bytes)
    keyring.keep({TOKEN: other.access_token.encode(), DEVICE: other.device_id.encode()})
    (rig.folder / "data" / "matrix").mkdir(mode=0o700)
    (rig.folder / "data" / "matrix" / FILE).touch(mode=0o600)
    async with running(rig, synapse, connected=False) as bot:
        await bot.until(lambda: told(bot, Failure.OTHER_ACCOUNT))


async def test_an_expiring_token_does_not_disturb_a_conversation(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        before = dict(bot.application.keyring.bot)
        async with connected(HttpClient(synapse.url, before[TOKEN].decode())) as http_client:
            await http_client.request("POST", "/logout", {})
        connection = bot.connection
        await bot.reconnected(connection)
        assert bot.application.keyring.bot[DEVICE] == before[DEVICE]
        await robin.learn_device(bot.id, before[DEVICE].decode())
        await robin.say("It was after the rehearsal.")
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was after the rehearsal."])
        assert bot.said == []


async def test_conversations_go_on_in_the_same_room_after_the_sessions_were_lost(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 1.0)
    account = await synapse.register()
    async with running(rig, synapse, account) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        before = bot.application.keyring.bot[DEVICE].decode()
    delete_store(rig.folder / "data" / "matrix")
    await robin.say("It was after the rehearsal.")
    async with running(rig, synapse, account) as bot:
        after = bot.application.keyring.bot[DEVICE].decode()
        assert after != before
        await robin.wait("I couldn't read your last message", 15)
        await robin.learn_device(bot.id, after)
        assert before not in await robin.devices(bot.id), (
            "nobody encrypts to a device that is lost"
        )
        await robin.say("It was after the rehearsal.")
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was after the rehearsal."])


async def test_a_device_whose_sessions_could_not_be_read_is_opened_again(
    rig: Rig, synapse: Synapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cipher_file, "LOCK_TIMEOUT_SECONDS", 0.05)
    failed = list[Exception]()

    def fail_once(*arguments: Any) -> OlmMachine:
        if not failed:
            failed.append(CryptoStoreError("It cannot be read."))
            raise failed[0]
        return OlmMachine(*arguments)

    monkeypatch.setattr(device_module, "OlmMachine", fail_once)
    async with running(rig, synapse) as bot:
        assert bot.said[0] == "It cannot be read."
