"""Transcripts: everything that people did and were shown, in order, as plain text.

On the terminal a transcript holds each reply with all that a platform is told about it. On
Telegram it holds each call that changes a chat, on Matrix each event of the room. Masked is only
what differs from one time to the next and means nothing to anybody: ids of messages (``m1``,
``m2`` …, in the order in which they appear) and the data of buttons. On Matrix the recovery words
are masked as well: there the device draws from the same entropy, as often as the network wants.
"""

import asyncio
import json
import re
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import flows
from bot.config.load import read_config
from bot.publishing.archive import FlowArchive
from bot.runtime.conversations import Conversations
from flows.tools.scripts import Script, ScriptTurn
from handlers.messages import (
    ButtonPress,
    ChatClearing,
    EditedMessage,
    IncomingMessage,
    MessageContent,
    Reply,
    TextMessage,
    UnusableMessage,
)
from handlers.permissions.registry import HONOURED
from handlers.readers.commands import COMMANDS
from handlers.reporter.typed_text import command_of
from store.crypto.kdf import Entropy
from store.model.accounts import Account
from store.readers import roster, roster_chain
from store.readers.invitations import read_invitation
from tests.doubles.matrix.person import Message as MatrixMessage
from tests.doubles.matrix.person import Person as MatrixPerson
from tests.doubles.telegram.double import Call
from tests.doubles.telegram.faults import Fault
from tests.doubles.telegram.person import Person
from tests.integration.matrix.running import Running as MatrixRunning
from tests.integration.telegram.running import Running as TelegramRunning
from tests.recorded import RENAMED
from tests.rig import FLOWS, READERS, Rig, make_rig, person
from tests.stages import MatrixStage, PersonStage, TerminalStage, as_typed
from tests.talk_script import BLANK, FILLS, filled, twelve_words

INDENT = "    "
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{6}\b")


def indented(text: str) -> list[str]:
    """The lines of a text, as they are; empty ones without blanks."""
    return [f"{INDENT}{line}".rstrip() for line in text.split("\n")]


def written(lines: Sequence[str]) -> str:
    """A transcript as the text of a file."""
    return "\n".join(lines) + "\n"


# The terminal


def of_reply(reply: Reply, name: str = "") -> Iterator[str]:
    """One reply: what a platform is told about it, its text, what can be chosen, the footer."""
    flags = {
        "to": name,
        "question": reply.question,
        "clear": reply.clear.name if reply.clear is not ChatClearing.NOTHING else "",
    }
    signs = ("several", "silent", "lasting", "told", "for_reader")
    named = [f"{key}={value}" for key, value in flags.items() if value]
    named += [sign for sign in signs if getattr(reply, sign)]
    named += [f"not {sign}" for sign in ("copyable", "traced") if not getattr(reply, sign)]
    yield " ".join(["<", *named])
    yield from indented(reply.text)
    for number, offer in enumerate(reply.offers, 1):
        yield f"{INDENT}[{number}] {offer.label} = {offer.id}"
    if reply.footer:
        yield f"{INDENT}({reply.footer})"
    if reply.commands:
        yield f"{INDENT}buttons: {', '.join(offer.label for offer in reply.commands)}"


@dataclass(slots=True)
class Tape:
    """What was noted down so far of one talk on the terminal's rig."""

    rig: Rig
    who: Account = field(default_factory=person)
    lines: list[str] = field(default_factory=list, repr=False)
    replies: int = 0
    files: int = 0

    def note(self, *lines: str) -> None:
        self.lines += lines

    def flush(self) -> None:
        """Everything that came since."""
        for to, reply in self.rig.screen.replies[self.replies :]:
            self.note(*of_reply(reply, to if to != self.who.name else ""))
        self.replies = len(self.rig.screen.replies)
        for name in list(self.rig.screen.files)[self.files :]:
            self.note(f"< file {name}")
        self.files = len(self.rig.screen.files)


@dataclass(slots=True)
class TerminalTape(TerminalStage):
    """A stage that notes down what is played on it."""

    tape: Tape | None = None

    async def say(self, text: str) -> None:
        tape = self.tape
        assert tape is not None
        tape.note(f"> {text}")
        await TerminalStage.say(self, text)
        tape.flush()


Do = Callable[[str], Awaitable[None]]


@dataclass(slots=True)
class Theatre:
    """Plays a golden talk on the terminal's rig, and notes down everything.

    A golden talk is plain text, one line an action. The program goes on running from one line to
    the next unless it says otherwise:

        > text              somebody types it
        * question: a, b    they press a button of that question
        @ name              from here on somebody else does; nothing behind it: the reporter
        : later hours=13    time passes, and what is due is done
        : restart           the program ends and begins anew
        : hang up           the input ends
        : give up text      a message that could not be handled is given up
        : edit 3: text      their third message is changed
        : unusable voice    something comes that is no text
        : recall reason     the questions are taken back; those who talk are told
        : publish           the questions are published in other words
        : open Oak          a reader opens the last file that came, with their own key
        : rows              the tables that are not empty
        # comment

        ! flows = a b       before the talk: the questionnaires; or ``text``, the most characters
                            of a message; or ``duty``, readers who must pass things on; or
                            ``file``, the most bytes of a file

    Blanks as in ``tests.talk_script``; besides ``{digits Oak}``, which Oak's key shows in the
    last file, and ``{delivery}``, the first code of the inbox that was shown last.
    """

    rig: Rig
    tape: Tape = field(init=False)
    readers_commands: int = 0

    def __post_init__(self) -> None:
        self.tape = Tape(self.rig)

    async def play(self, text: str) -> str:
        """The whole talk, as a transcript."""
        for part in re.split(r"(?m)^: restart\n", text):
            async with self.rig.staying():
                for line in part.splitlines():
                    await self._line(line)
            self.tape.note(": restart")
        self.tape.lines.pop()
        return written(self.tape.lines)

    async def _line(self, line: str) -> None:
        sign, _, rest = line.partition(" ")
        if not line:
            return
        if sign == ">":
            line = f"> {self.filled(rest)}"
        self.tape.note(line)
        if sign in "#!":
            return
        await self._acts[sign](self, rest)
        self.tape.flush()

    async def _say(self, text: str) -> None:
        filled = self.filled(text).replace("\\n", "\n").replace("\\0", "\0")
        command = command_of(filled)
        self.readers_commands += command is not None and command[0] in COMMANDS
        await self._hear(TextMessage(filled))

    async def _press(self, rest: str) -> None:
        question, _, choices = rest.partition(": ")
        await self._hear(ButtonPress(question, tuple(choices.split(", "))))

    async def _hear(self, heard: MessageContent) -> None:
        await self.rig.hear(heard, self.tape.who)

    async def _somebody(self, name: str) -> None:
        platform, _, rest = name.rpartition("/")
        self.tape.who = Account(platform or "terminal", rest, rest) if name else person()

    async def _does(self, rest: str) -> None:
        verb, _, more = rest.partition(" ")
        await self._verbs[verb](self, more)

    async def _later(self, rest: str) -> None:
        unit, _, number = rest.partition("=")
        await self.rig.pass_time(**{unit: float(number)})

    async def _hang_up(self, _rest: str) -> None:
        conversations = self.rig.conversations
        assert conversations is not None
        await conversations.hang_up(self.tape.who, self.rig.entropy(8).hex())

    async def _give_up(self, rest: str) -> None:
        conversations = self.rig.conversations
        assert conversations is not None
        incoming = IncomingMessage(self.rig.entropy(8).hex(), self.tape.who, TextMessage(rest))
        await conversations.processor.give_up(incoming)
        await conversations.settle(self.tape.who)

    async def _edit(self, rest: str) -> None:
        number, _, text = rest.partition(": ")
        await self._hear(EditedMessage(self.filled(text), number))

    async def _unusable(self, kind: str) -> None:
        await self._hear(UnusableMessage(kind))

    def _archive(self) -> FlowArchive:
        name = self.rig.config.flow.files[0].removesuffix(".toml")
        return FlowArchive(self.rig.config.flow.folder / "published" / name, HONOURED)

    async def _recall(self, because: str) -> None:
        archive = self._archive()
        (old, *_) = [r for r in archive.revisions() if r != archive.current()]
        archive.recall(old, because)
        conversations = self._looking()
        told = [account async for account in conversations.recalls.notify()]
        self.tape.note(f"# told at once: {len(told)}")
        await conversations.sender.send_waiting(self.tape.who, quiet=False, late=True)

    async def _publish(self, _rest: str) -> None:
        file = self.rig.config.flow.files[0]
        text = (self.rig.config.flow.folder / file).read_text("utf-8")
        new = text.replace("What would you like to say?", "What is there to say?")
        self._archive().publish(new, flows.load(new, file), {})
        self._looking()

    def _looking(self) -> Conversations:
        """The program looks for other questions now, not when its second is over."""
        conversations = self.rig.conversations
        assert conversations is not None
        library: Any = conversations.snapshots.current_settings.__self__  # type: ignore[attr-defined]  # a bound method
        library.last_checked -= 2.0
        return conversations

    async def _open(self, reader: str) -> None:
        """What a reader sees of a delivery, on their own device."""
        *_, bundle = self.rig.screen.files.values()
        report = self.rig.open(reader, bundle)
        self.tape.note(f"| may: {', '.join(report.may)}", *indented(report.text))

    async def _rows(self, _rest: str) -> None:
        """Count rows as version 0.1 did: by old names, and readers' commands were no messages."""
        before = {new: old for old, new in RENAMED.items()}
        rows = {before.get(t, t): count for t, count in (await self.rig.rows()).items()}
        rows["seen"] -= self.readers_commands
        self.tape.note(*(f"| {table}: {count}" for table, count in sorted(rows.items()) if count))

    def filled(self, text: str) -> str:
        shown = self.rig.shown(self.tape.who)
        return BLANK.sub(lambda blank: self._fill(blank[1], shown), text)

    def _fill(self, blank: str, shown: str) -> str:
        if blank.startswith("digits "):
            *_, sealed = self.rig.screen.files.values()
            return read_invitation(sealed, self.rig.keys[blank.split()[1]]).digits
        if blank == "delivery":
            *_, inbox = shown.split("Shared with you:")
            new = [line for line in inbox.splitlines() if "not fetched yet" in line]
            return str(CODE.findall(new[0] if new else inbox)[0])
        if blank.startswith("signs "):
            return "a" * int(blank.split()[1])
        if blank.startswith("of "):  # as another account was shown it
            name, _, rest = blank.removeprefix("of ").partition(" ")
            return self._fill(rest, self.rig.shown(person(name)))
        return FILLS[blank](shown)

    _verbs: Mapping[str, Callable[["Theatre", str], Awaitable[None]]] = field(
        default_factory=lambda: {
            "later": Theatre._later,
            "hang": Theatre._hang_up,
            "give": Theatre._give_up,
            "edit": Theatre._edit,
            "unusable": Theatre._unusable,
            "recall": Theatre._recall,
            "publish": Theatre._publish,
            "open": Theatre._open,
            "rows": Theatre._rows,
        },
        repr=False,
    )
    _acts: Mapping[str, Callable[["Theatre", str], Awaitable[None]]] = field(
        default_factory=lambda: {
            ">": Theatre._say,
            "*": Theatre._press,
            "@": Theatre._somebody,
            ":": Theatre._does,
        },
        repr=False,
    )


def founded(folder: Path, text: str, entropy: Entropy, readers: Sequence[str] = READERS) -> Rig:
    """An organisation as the head of a golden talk wants it."""
    wants = dict(line[2:].split(" = ", 1) for line in text.splitlines() if line[:2] == "! ")
    rig = make_rig(folder, readers, entropy)
    config = folder / "config.toml"
    changed = config.read_text("utf-8")
    if "flows" in wants:
        files = wants["flows"].split()
        for file in files:
            shutil.copy(FLOWS / file, folder / "flows")
        changed = changed.replace('["intake.toml"]', json.dumps(files))
    if "text" in wants:
        changed += f"[limits]\ntext_length = {wants['text']}\n"
    if "duty" in wants:
        chain = _roster_with_duties(rig, wants["duty"].split())
        (folder / "roster.note").write_text(roster.format_chain(chain), "utf-8")
        changed = re.sub(r'genesis = "\w+"', f'genesis = "{chain[0].roster.hash.hex()}"', changed)
    if "file" in wants:
        rig.screen.platform = replace(rig.screen.platform, file_bytes=int(wants["file"]))
    config.write_text(changed, "utf-8")
    rig.config = read_config(config)
    return rig


def _roster_with_duties(rig: Rig, bound: Sequence[str]) -> roster.Chain:
    cards = (k.card(name, "elected", must_pass_on=name in bound) for name, k in rig.keys.items())
    members = [roster_chain.member_of(card, 202601) for card in cards]
    chain: roster.Chain = (roster_chain.genesis("example.org", 2, members),)
    for key in rig.keys.values():
        chain = roster_chain.sign(chain, key)
    return chain


# Masks


def in_order(lines: Sequence[str], sign: str) -> list[str]:
    """Deletions that follow each other: rows of one hour have no order but that of chance."""
    found = list[str]()
    for deletes, group in groupby(lines, lambda line: sign in line and not line.startswith(" ")):
        run = list(group)
        found += sorted(run, key=_natural) if deletes else run
    return found


def _natural(line: str) -> list[object]:
    """By numbers as numbers: m9 before m10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", line)]


@dataclass(slots=True)
class Names:
    """Ids in the order in which they appear: m1, m2 …"""

    sign: str = "m"
    known: dict[str, str] = field(default_factory=dict, repr=False)

    def __call__(self, name: object) -> str:
        return self.known.setdefault(str(name), f"{self.sign}{len(self.known) + 1}")


# Telegram

UNSEEN = frozenset({"getUpdates", "getMe", "deleteWebhook", "answerCallbackQuery"})
"""What changes no chat; presses are answered beside what they cause, so their order is chance."""


def of_call(call: Call, names: Names, number: Callable[[Call], str]) -> Iterator[str]:
    """One call: its method, what it names, its text, its buttons."""
    said = dict(call.params)
    text = str(said.pop("text", ""))
    markup = said.pop("reply_markup", None)
    said.pop("chat_id", None)
    sent = number(call)
    if sent:
        said = {"message_id": sent, **said}
    for key in ("message_id", "message_ids"):
        if key in said:
            ids = said[key] if isinstance(said[key], list) else [said[key]]
            said[key] = ",".join(names(each) for each in ids)
    rest = [f"{key}={_plain(value)}" for key, value in said.items()]
    yield " ".join(["<", call.method, *rest])
    if text:
        yield from indented(text)
    rows = (markup or {}).get("inline_keyboard", []) if isinstance(markup, dict) else []
    for row in rows:
        yield INDENT + " ".join(f"[{button['text']}]" for button in row)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


@dataclass(slots=True)
class TelegramTape:
    """A stage in front of a person with Telegram: each step ends when the bot has said all."""

    bot: TelegramRunning
    person: Person
    stage: PersonStage = field(init=False)
    lines: list[str] = field(default_factory=list, repr=False)
    names: Names = field(default_factory=Names)
    calls: int = 0
    sent: int = 0

    def __post_init__(self) -> None:
        self.stage = PersonStage(self.person, done="That's all")

    async def say(self, text: str) -> None:
        self.flush()
        said = await self.person.say(text)
        self.lines.append(f"> {text}  ({self.names(said.id)})")
        await self.settle()

    async def choose(self, *labels: str) -> None:
        self.flush()
        self.lines.append(f"* {' | '.join(labels)}")
        await self.stage.choose(*labels)
        await self.settle()

    async def settle(self) -> None:
        await self.bot.settled()
        self.flush()

    async def sees(self, words: str) -> bool:
        return await self.stage.sees(words)

    async def misses(self, words: str) -> bool:
        return await self.stage.misses(words)

    def shown(self) -> str:
        return self.stage.shown()

    def flush(self) -> None:
        """The calls since the last step; presses that were answered are counted."""
        new = self.bot.double.calls[self.calls :]
        self.calls += len(new)
        lines = list[str]()
        for call in new:
            if call.method not in UNSEEN:
                lines += of_call(call, self.names, self._number)
        self.lines += in_order(lines, "< deleteMessage")
        answered = sum(call.method == "answerCallbackQuery" for call in new)
        if answered:
            self.lines.append(f"< answerCallbackQuery, {answered} times")

    def _number(self, call: Call) -> str:
        """The id that the message of this call got: the calls are answered one after the other."""
        here = str(call.params.get("chat_id")) == str(self.person.id)
        if not here or call.method not in {"sendMessage", "sendDocument"}:
            return ""
        message = self.person.received[self.sent]
        self.sent += 1
        return str(message.id)


@dataclass(slots=True)
class OnThePhone:
    """Plays a talk of ``tests/golden/phone_talks``, an action a line, as ``Theatre`` does.

    > text              a message
    * label             a button, by the beginning of its words
    : edit 2: text      their second message is changed
    : send photo        something that is no text; see ``tests.doubles.telegram.kinds``
    : again label       a button of a message that stands there, without waiting for an answer
    : old 3             the third button that was ever shown, wherever it stood
    : ahead one | two   two messages, the second before the answer to the first is shown
    : later hours=45    time passes, and what is due is done
    : group             the bot is put into a group, where somebody writes
    """

    tape: TelegramTape
    typed: list[int] = field(default_factory=list)

    async def play(self, text: str) -> None:
        """The whole talk."""
        for line in filter(None, text.splitlines()):
            sign, _, rest = line.partition(" ")
            if sign == ">":
                await self.tape.say(filled(rest, self.tape.shown()))
                mine = (m.id for m in reversed(self.tape.person.chat.history) if m.mine)
                self.typed.append(next(mine))
            elif sign == "*":
                await self.tape.choose(rest)
            else:
                self.tape.lines.append(line)
            if sign == ":":
                verb, _, more = rest.partition(" ")
                await self._does(verb, more)
                await self.tape.settle()

    async def _does(self, verb: str, rest: str) -> None:
        person, bot = self.tape.person, self.tape.bot
        match verb:
            case "edit":
                number, _, text = rest.partition(": ")
                await person.edit(self.typed[int(number) - 1], text)
            case "send":
                await person.send(rest)
            case "again":
                await person.press(rest)
            case "old":
                shown = [(m.id, b.data) for m in person.received for b in m.buttons]
                await person.press_data(*shown[int(rest) - 1])
            case "ahead":
                await self._ahead(*rest.split(" | "))
            case "later":
                unit, _, number = rest.partition("=")
                bot.rig.clock.forward(**{unit: float(number)})
                await bot.house.upkeep.run(bot.rig.clock())
                for effect in await bot.conversations.cleaner.find_ageing():
                    bot.conversations.send_queues.add_effect(effect.account, effect)
            case "group":
                group = bot.double.group(-100_200_300)
                await group.add_bot(person)
                await group.say(person, "Hello, all")
            case _:
                raise ValueError(f"{verb} cannot be done on a phone")

    async def _ahead(self, one: str, two: str) -> None:
        person, bot = self.tape.person, self.tape.bot
        before = len(bot.double.called("sendMessage"))
        slow = bot.double.faults.add(Fault.HELD, methods=["sendMessage"], times=1)
        await person.say(one)
        await bot.until(lambda: len(bot.double.called("sendMessage")) > before)
        await person.say(two)
        await bot.until(lambda: bot.double.unconfirmed == 0 and bot.waiting == 0)
        slow.gate.set()


# Matrix


@dataclass(slots=True)
class MatrixTape:
    """A stage in front of a person with Matrix: each step ends when the bot has said all.

    What happened in the room, and in which order, is the server's timeline; what the encrypted
    events say is what the person's client read.
    """

    bot: MatrixRunning
    person: MatrixPerson
    seconds: float = 30
    """So long a step may take, with all that is deleted in it."""
    stage: MatrixStage = field(init=False)
    typed: dict[str, str] = field(default_factory=dict, repr=False)
    first: dict[str, MatrixMessage] = field(default_factory=dict, repr=False)
    """Events as they were read first, before an edit or a redaction."""

    def __post_init__(self) -> None:
        self.stage = MatrixStage(self.person, seconds=30)

    async def say(self, text: str) -> None:
        event = await self.person.say(text)
        self.typed[event] = text
        await self._heard(event)

    async def choose(self, *labels: str) -> None:
        await self.say(as_typed(labels, self.person))

    async def does(self, what: str, rest: str) -> None:
        """What only a client of Matrix can do, as in a talk of ``tests/golden/room_talks``."""
        typed = list(self.typed)
        number, _, text = rest.partition(": ")
        match what:
            case "edit":
                event = await self.person.edit(typed[int(number) - 1], text)
            case "react":
                event = await self.person.react(typed[-1], rest)
            case "file":
                event = await self.person.send_file(rest, b"a file")
            case "reply":
                event = await self.person.reply(typed[int(number) - 1], text)
            case _:
                raise ValueError(f"{what} cannot be done in a room")
        self.typed[event] = f": {what} {rest}"
        await self._heard(event)

    async def _heard(self, event: str) -> None:
        """Until the bot has handled it, has said everything, and this client has read that."""
        async with asyncio.timeout(self.seconds):
            while not await self._answered(event):  # noqa: ASYNC110 - a server has no event
                await asyncio.sleep(0.02)
        await self.bot.settled(self.seconds)
        await self.read()

    async def _answered(self, event: str) -> bool:
        """Whether the bot did anything since; each step of a talk has it do something."""
        senders = [
            (e["event_id"], e["sender"])
            for e in await self.timeline()
            if e["type"] in {"m.room.encrypted", "m.room.redaction", "m.reaction"}
        ]
        at = next((n for n, (name, _) in enumerate(senders) if name == event), len(senders))
        return any(sender == self.bot.id for _, sender in senders[at:])

    async def read(self) -> None:
        """Until this client has read every message of the room that still stands there."""
        standing = {
            e["event_id"]
            for e in await self.timeline()
            if e["type"] == "m.room.encrypted" and e["content"]
        }
        await self.person.until(partial(self._has_read, standing), self.seconds)
        for name, message in self.person.messages.items():
            if message.text:
                self.first.setdefault(name, message)

    def _has_read(self, standing: set[str]) -> bool:
        known = self.person.messages
        return all(name in known and not known[name].unreadable for name in standing)

    async def timeline(self) -> list[dict[str, Any]]:
        """Every event of the room, oldest first."""
        path = f"/_matrix/client/v3/rooms/{self.person.room}/messages?dir=f&limit=500"
        token = self.person.account.access_token
        status, found = await self.bot.synapse.call("GET", path, token=token)
        assert status == 200, found
        return list(found["chunk"])

    async def sees(self, words: str) -> bool:
        return await self.stage.sees(words)

    async def misses(self, words: str) -> bool:
        return await self.stage.misses(words)

    def shown(self) -> str:
        return self.stage.shown()

    async def transcript(self) -> str:
        """The room from its beginning to its end, as far as the bot and the person are in it."""
        names, lines = Names(), list[str]()
        for event in await self.timeline():
            lines += self._event(event, names)
        return self._masked(written(in_order(lines, " redacts ")))

    def _event(self, event: dict[str, Any], names: Names) -> Iterator[str]:
        mine = event["sender"] == self.person.id
        sign = ">" if mine else "<"
        match event["type"]:
            case "m.room.encrypted" if mine:
                yield f"> {self.typed.get(event['event_id'], '?')}  ({names(event['event_id'])})"
            case "m.room.encrypted":
                content = dict(self.first[event["event_id"]].content)
                body = str(content.pop("body", ""))
                rest = [f"{key}={_plain(value)}" for key, value in sorted(content.items())]
                yield " ".join(["<", names(event["event_id"]), *rest])
                yield from indented(body)
            case "m.reaction":
                yield f"{sign} reacts {event['content']['m.relates_to']['key']}"
            case "m.room.redaction":
                redacted = event.get("redacts") or event["content"].get("redacts")
                yield f"{sign} redacts {names(redacted)}"
            case "m.room.member" if event["state_key"] == self.bot.id:
                yield f"{sign} the bot: {event['content']['membership']}"
            case _:
                return

    def _masked(self, text: str) -> str:
        """Without the recovery words, which the network's chance has a part in here.

        Nor with the numbers of questions about consent, which begin elsewhere for each case.
        """
        shown, text = self.shown(), with_numbers_from_one(text)
        if "Your twelve words" in shown:
            words = twelve_words(shown)
            for number, word in enumerate(words, 1):
                text = re.sub(rf"(?m)^(\s+{number}  ){word}$", rf"\1word{number}", text)
            asked = [int(n) for n in re.findall(r"are number (\d+) and number (\d+)", shown)[0]]
            text = text.replace(
                f"> {words[asked[0] - 1]} {words[asked[1] - 1]} ", "> word-a word-b "
            )
            text = re.sub(r"are number \d+ and number \d+", "are number a and number b", text)
        if "take-back code:" in shown:
            code = FILLS["four words"](shown)
            text = text.replace(code, "code1 code2 code3 code4")
        return text


OWN_NUMBERS = re.compile(
    r"(?m)(?P<before>^ +|^> |(?<=\d) )(?P<number>[2-9]\d|1\d\d)(?=\. |  \(| |$)"
)


def with_numbers_from_one(text: str) -> str:
    """Count the numbers of questions about consent from one."""
    found = [int(number) for _, number in OWN_NUMBERS.findall(text)]
    first = min(found, default=1)
    return OWN_NUMBERS.sub(lambda m: f"{m['before']}#{int(m['number']) - first + 1}", text)


# Talks written for a questionnaire

READER_NAMES = {"Reader A": "Ash", "Reader B": "Oak"}


@dataclass(slots=True)
class Rehearsal:
    """Plays a talk of ``flows/scripts`` on the terminal's rig, up to the end of the talk.

    What is said at a step is typed as it stands there; in between stand only what the chat asks
    besides the questionnaire, and ``/permissions`` where the script holds a result.
    """

    theatre: Theatre
    flow: flows.Flow
    step: str = ""

    async def play(self, script: Script) -> str:
        """The whole talk, as a transcript."""
        tape = self.theatre.tape
        async with self.theatre.rig.staying():
            for text in ("/start", "1", "3"):
                await self._type(text)
            for line in script.lines:
                if isinstance(line, ScriptTurn):
                    await self._turn(line)
                else:
                    tape.note(f"# = {'; '.join(f'{k}: {v}' for k, v in line.allowed)}")
                    await self._type("/permissions")
            await self._end()
        return written(tape.lines)

    async def _turn(self, turn: ScriptTurn) -> None:
        await self._done_before(turn.step)
        self.theatre.tape.note(f"# {turn.step}")
        step = self.flow.step(turn.step)
        if step is not None and step.kind is flows.Kind.REVIEW:
            await self._type("yes, that's right")
            await self._type("1")
            return
        said = turn.reply
        for name, called in READER_NAMES.items():
            said = said.replace(name, called)
        choice = step.choice(said) if step else None
        await self._type(choice.text if choice else self._words(step, said))

    def _words(self, step: flows.Step | None, said: str) -> str:
        """Ids of choices in the words that people are shown."""
        if step is None or step.takes_text:
            return said
        parts = [part.strip() for part in said.split(",")]
        named = (step.choice(part) for part in parts)
        return ", ".join(c.text if c else part for c, part in zip(named, parts, strict=True))

    async def _done_before(self, step: str) -> None:
        before = self.flow.step(self.step)
        if before is not None and before.many and step != self.step:
            await self._type("/done")
        self.step = step

    async def _end(self) -> None:
        """The take-back code is had, or the twelve words; what was not finished is erased."""
        match self._question():
            case "bot.back":
                await self._type("twelve words")
                await self._type("{two words}")
                await self._type("i've written them down")
            case "bot.asked":
                await self._type("{two words}")
                await self._type("i've written them down")
            case "bot.code":
                await self._type("i've written them down")
            case _:
                await self._type("/erase")
                await self._type("yes")

    def _question(self) -> str:
        replies = self.theatre.rig.screen.replies
        return next((r.question for _, r in reversed(replies) if r.question), "")

    async def _type(self, text: str) -> None:
        await self.theatre._line(f"> {text}")
