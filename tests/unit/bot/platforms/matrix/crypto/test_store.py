import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from nio import AsyncClient, AsyncClientConfig
from nio.crypto import OutgoingKeyRequest
from nio.crypto.sessions import OutboundGroupSession
from nio.store import Keys, OlmSessions
from peewee import InterfaceError
from sqlcipher3 import dbapi2 as sqlcipher

from bot.errors import CryptoStoreError
from bot.platforms.matrix.crypto.cipher_file import PRAGMAS, CipherFile
from bot.platforms.matrix.crypto.olm_machine import OlmMachine
from bot.platforms.matrix.crypto.store import (
    CryptoStore,
    delete_store,
    file_key,
    pickle_key,
    store_class_for,
)
from tests.integration.matrix.devices import (
    ANNA,
    ANNA_DEVICE,
    BEN,
    BEN_DEVICE,
    BOT,
    BOT_DEVICE,
    KEY,
    OTHER_ROOM,
    ROOM,
    Device,
    opened,
)
from tests.search import disguises


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "matrix"


@pytest.fixture
def bot(folder: Path) -> Iterator[Device]:
    device = Device(folder, BOT, BOT_DEVICE)
    yield device
    device.store.close()


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path / "anna", ANNA, ANNA_DEVICE)
    yield device
    device.store.close()


@pytest.fixture
def ben(tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path / "ben", BEN, BEN_DEVICE)
    yield device
    device.store.close()


def talk(one: Device, other: Device, room: str = ROOM) -> None:
    """Introduce two devices, and share the key of ``one`` in the room."""
    for device, met in ((one, other), (other, one)):
        device.meet(met)
    one.begin_session(other)
    one.share(room, other)


def restarted(device: Device) -> Device:
    device.store.close()
    return Device(Path(device.store.store_path), device.user, device.name)


# --- what nio stores


def test_events_stay_readable_after_a_restart(bot: Device, anna: Device) -> None:
    talk(anna, bot)
    event = anna.say(ROOM, "hello")
    assert bot.read(event) == "hello"
    bot = restarted(bot)
    assert bot.read(event) == "hello"
    assert bot.read(anna.say(ROOM, "again")) == "again"
    bot.store.close()


def test_both_sides_go_on_after_a_restart(bot: Device, anna: Device) -> None:
    talk(anna, bot)
    anna, bot = restarted(anna), restarted(bot)
    bot.share(ROOM, anna)
    assert anna.read(bot.say(ROOM, "an answer")) == "an answer"
    anna.share(ROOM, bot)
    assert bot.read(anna.say(ROOM, "another")) == "another"
    for device in (anna, bot):
        device.store.close()


def test_trust_is_stored_in_the_same_file(bot: Device, anna: Device) -> None:
    talk(bot, anna)
    bot = restarted(bot)
    device = bot.olm.device_store[ANNA][ANNA_DEVICE]
    assert bot.store.is_device_ignored(device)
    bot.store.blacklist_device(device)
    bot = restarted(bot)
    assert bot.store.is_device_blacklisted(bot.olm.device_store[ANNA][ANNA_DEVICE])
    names = {path.name for path in Path(bot.store.store_path).iterdir()}
    assert names <= {"matrix.db", "matrix.db-wal"}
    bot.store.close()


async def test_a_client_of_nio_opens_the_store(folder: Path) -> None:
    config = AsyncClientConfig(store=store_class_for(KEY), store_sync_tokens=False)
    client = AsyncClient("https://example.org", BOT, store_path=str(folder), config=config)
    client.restore_login(BOT, BOT_DEVICE, "a-token")
    assert isinstance(client.store, CryptoStore)
    assert client.olm
    assert client.olm.account.identity_keys["curve25519"]
    assert client.store.users() == frozenset()
    client.store.close()


# --- encryption at rest


NEVER = (BOT, BOT_DEVICE, ANNA, ANNA_DEVICE, ROOM, OTHER_ROOM, BEN, "curve25519", "SQLite format")


def test_no_byte_of_the_files_is_clear(bot: Device, anna: Device, ben: Device) -> None:
    talk(anna, bot)
    talk(ben, bot, OTHER_ROOM)
    for device, room in ((anna, ROOM), (ben, OTHER_ROOM)):
        assert bot.read(device.say(room, "hello"))
    bot.store.save_encrypted_rooms([ROOM, OTHER_ROOM])
    bot.store.pin_identity(ANNA, "the-master-key-of-anna")
    secrets = [*anna.olm.account.identity_keys.values(), *bot.olm.account.identity_keys.values()]
    never = [*NEVER, "the-master-key-of-anna", *map(str, secrets)]
    for _ in ("while it is open", "when it is closed"):
        files = {p.name: p.read_bytes() for p in Path(bot.store.store_path).iterdir()}
        assert sum(map(len, files.values())) > 50_000
        for text in never:
            for name, data in files.items():
                assert [d for d, b in disguises(text.encode()) if b in data] == [], (name, text)
        bot.store.close()


def test_other_users_cannot_read_the_files(bot: Device) -> None:
    folder = Path(bot.store.store_path)
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {"matrix.db": 0o600, "matrix.db-wal": 0o600}


def test_a_readable_file_is_made_private(bot: Device) -> None:
    path = Path(bot.store.store_path, "matrix.db")
    bot.store.close()
    path.chmod(0o644)
    restarted(bot).store.close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_pragma_holds(bot: Device) -> None:
    asked = {name: bot.store.database.pragma(name) for name in PRAGMAS}
    assert asked == {
        "cipher_log_level": "NONE",
        "locking_mode": "exclusive",
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
    }


def test_the_raw_key_passes_no_derivation(bot: Device) -> None:
    bot.store.close()
    plain = sqlcipher.connect(str(Path(bot.store.store_path, "matrix.db")))
    plain.execute(f"PRAGMA key = \"x'{file_key(KEY).hex()}'\"")
    assert plain.execute("SELECT user_id, device_id FROM accounts").fetchall() == [
        (BOT, BOT_DEVICE)
    ]
    plain.close()


def test_sessions_are_sealed_with_a_key_of_their_own(bot: Device) -> None:
    assert bot.store.pickle_key == pickle_key(KEY) != file_key(KEY).hex()
    assert len(pickle_key(KEY)) == 64
    assert pickle_key(bytes(32)) != pickle_key(KEY)


def secrets_of(key: bytes) -> list[str]:
    return [key.hex(), repr(key), file_key(key).hex(), repr(file_key(key)), pickle_key(key)]


def test_no_key_is_in_a_repr_a_parameter_or_a_log(
    folder: Path, bot: Device, anna: Device, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        talk(anna, bot)
        bot = restarted(bot)
    config = AsyncClientConfig(store=store_class_for(KEY))
    shown = [repr(bot.store), repr(bot.store.database), repr(config), caplog.text]
    shown += [repr(bot.store.database.connect_params), repr(vars(bot.store.database._state))]
    assert repr(bot.store) == "CryptoStore()"
    for text in shown:
        assert not [s for s in secrets_of(KEY) if s in text]
    bot.store.close()


# --- refused files stay as they are


def refused(folder: Path, user: str = BOT, device: str = BOT_DEVICE, key: bytes = KEY) -> str:
    with pytest.raises(CryptoStoreError) as caught:
        opened(folder, user, device, key)
    shown = f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert not [s for s in secrets_of(key) if s in shown]
    assert ANNA not in shown
    return str(caught.value)


def test_another_key_is_refused(
    folder: Path, bot: Device, capfd: pytest.CaptureFixture[str]
) -> None:
    bot.store.close()
    before = (folder / "matrix.db").read_bytes()
    said = refused(folder, key=bytes(32))
    assert said.startswith(f"{folder / 'matrix.db'} does not open with the key 'nio' of bot.keys")
    assert "log in anew" in said
    assert (folder / "matrix.db").read_bytes() == before
    assert capfd.readouterr() == ("", "")
    restarted(bot).store.close()


def test_a_file_that_is_no_database_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "matrix.db").write_bytes(b"something else\n" * 1000)
    assert "or the file is damaged" in refused(folder)
    assert (folder / "matrix.db").read_bytes().startswith(b"something else")


def test_an_unencrypted_database_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    plain = sqlcipher.connect(str(folder / "matrix.db"))
    plain.execute("CREATE TABLE accounts (id)")
    plain.close()
    assert "does not open with the key" in refused(folder)


@pytest.mark.parametrize(("user", "device"), [(BOT, "ANOTHER"), (ANNA, BOT_DEVICE)])
def test_the_file_of_another_device_is_refused(
    folder: Path, bot: Device, user: str, device: str
) -> None:
    bot.store.close()
    if user == ANNA:
        with pytest.raises(CryptoStoreError, match="belongs to another device or account"):
            opened(folder, user, device)
    else:
        assert "belongs to another device or account" in refused(folder, user, device)
    delete_store(folder)
    opened(folder, user, device).close()


def test_a_file_in_use(folder: Path, bot: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.matrix.crypto.cipher_file.LOCK_TIMEOUT_SECONDS", 0.05)
    said = refused(folder)
    assert "in use by another program" in said
    assert "stop the other" in said


def test_a_closed_file_is_not_opened_again_by_whoever_comes_late(
    folder: Path, bot: Device
) -> None:
    bot.store.close()
    with pytest.raises(InterfaceError):
        bot.store.finished_rooms()
    opened(folder).close()


def test_a_folder_open_to_others_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(CryptoStoreError, match=f"chmod 700 {folder}"):
        opened(folder)
    assert list(folder.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "matrix").write_bytes(b"")
    assert "cannot be written" in refused(tmp_path / "matrix")


def test_a_folder_in_place_of_the_file_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "matrix.db").mkdir()
    assert "cannot be written" in refused(folder)


def test_deleting_the_store_deletes_every_file_of_it(
    folder: Path, bot: Device, anna: Device
) -> None:
    talk(anna, bot)
    assert len(list(folder.iterdir())) == 2
    bot.store.close()
    delete_store(folder)
    delete_store(folder)
    assert list(folder.iterdir()) == []


# --- forgetting


def test_a_forgotten_room_cannot_be_read(bot: Device, anna: Device) -> None:
    talk(anna, bot)
    anna.share(OTHER_ROOM, bot)
    bot.store.save_encrypted_rooms([ROOM, OTHER_ROOM])
    for room in (ROOM, OTHER_ROOM):
        request = OutgoingKeyRequest(f"request in {room}", "a session", room, "an algorithm")
        bot.store.add_outgoing_key_request(request)
    events = {room: anna.say(room, "hello") for room in (ROOM, OTHER_ROOM)}
    bot.store.forget_room(ROOM)
    bot = restarted(bot)
    assert [session.room_id for session in bot.olm.inbound_group_store] == [OTHER_ROOM]
    assert bot.store.load_encrypted_rooms() == {OTHER_ROOM}
    requests = bot.store.load_outgoing_key_requests()
    assert [request.room_id for request in requests.values()] == [OTHER_ROOM]
    assert bot.read(events[ROOM]) is None
    assert bot.read(events[OTHER_ROOM]) == "hello"
    bot.store.close()


def test_a_user_who_is_forgotten_leaves_no_session(bot: Device, anna: Device, ben: Device) -> None:
    talk(anna, bot)
    talk(bot, anna)
    talk(ben, bot, OTHER_ROOM)
    for user in (ANNA, BEN):
        bot.store.pin_identity(user, f"key-of-{user}")
    bot.store.forget_users([ANNA])
    assert bot.store.users() == {BEN}
    assert bot.store.pinned_identity(ANNA) == ()
    bot = restarted(bot)
    assert {*bot.olm.device_store.users} == {BEN}
    sessions = {ben.olm.account.identity_keys["curve25519"]}
    with bot.store.database.bind_ctx(bot.store.models):
        assert {row.sender_key for row in OlmSessions.select()} == sessions
        assert {row.device.user_id for row in Keys.select()} == {BEN}
    assert bot.read(ben.say(OTHER_ROOM, "hello")) == "hello"
    bot.store.close()


def test_a_forgotten_user_can_come_back(bot: Device, anna: Device) -> None:
    talk(anna, bot)
    bot.store.forget_users([ANNA])
    bot.store.forget_room(ROOM)
    bot = restarted(bot)
    talk(anna, bot, OTHER_ROOM)
    assert bot.read(anna.say(OTHER_ROOM, "here again")) == "here again"
    bot.store.close()


def test_deleted_rows_leave_the_write_ahead_log(folder: Path, bot: Device, anna: Device) -> None:
    talk(anna, bot)
    assert (folder / "matrix.db-wal").stat().st_size > 0
    bot.store.forget_users([ANNA])
    assert (folder / "matrix.db-wal").stat().st_size == 0
    bot.store.pin_identity(ANNA, "a-key")
    bot.store.forget_room(ROOM)
    assert (folder / "matrix.db-wal").stat().st_size == 0


def test_thousands_who_are_forgotten_cost_one_transaction(
    bot: Device, anna: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can lead the bot into the largest room that there is."""
    bot.meet(anna)
    members = [f"@{number}:example.org" for number in range(1200)]
    with bot.store.database.atomic():
        for member in members:
            bot.store.pin_identity(member, "a-key")
    commits, commit = list[str](), CipherFile.commit

    def counted(file: CipherFile) -> None:
        commits.append("")
        commit(file)

    monkeypatch.setattr(CipherFile, "commit", counted)
    bot.store.forget_users([*members, ANNA])
    assert bot.store.users() == set()
    assert len(commits) == 1
    monkeypatch.setattr(CipherFile, "commit", lambda _: pytest.fail("nothing was stored of them"))
    bot.store.forget_users([f"@{number}:elsewhere.org" for number in range(20_000)])


# --- pinned identities


def test_an_identity_stays_pinned_until_its_user_is_forgotten(bot: Device) -> None:
    assert bot.store.pinned_identity(ANNA) == ()
    bot.store.pin_identity(ANNA, "a-key")
    bot.store.pin_identity(BEN, "another")
    bot.store.pin_identity(ANNA, "a-newer-key")
    bot = restarted(bot)
    assert (bot.store.pinned_identity(ANNA), bot.store.pinned_identity(BEN)) == (
        ("a-newer-key",),
        ("another",),
    )
    bot.store.forget_users([ANNA])
    bot.store.forget_users([ANNA])
    assert bot.store.pinned_identity(ANNA) == ()
    assert bot.store.users() == {BEN}
    bot.store.close()


def test_users_are_those_with_a_device_or_an_identity(bot: Device, anna: Device) -> None:
    bot.meet(anna)
    bot.store.pin_identity(BEN, "a-key")
    assert bot.store.users() == {ANNA, BEN}


def test_no_key_is_kept_for_a_room_whose_name_could_not_be_deleted_again(
    folder: Path, bot: Device, anna: Device
) -> None:
    """Anybody can send a key for any name; one that no statement takes would stop the upkeep."""
    machine = OlmMachine(BOT, BOT_DEVICE, bot.store)
    session = OutboundGroupSession()
    keys = anna.olm.account.identity_keys
    for room in ("!\ud800", "", "!" + "x" * 255):
        with pytest.raises(ValueError, match="not the id of a room"):
            machine.create_group_session(
                keys["curve25519"], keys["ed25519"], room, session.id, session.session_key
            )
    assert not list(machine.inbound_group_store)
