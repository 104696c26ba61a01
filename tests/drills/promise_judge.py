"""Listens to all that is said, and has each sentence held against the store in that moment.

``Listened`` is a world in which everything that is said is heard by a judge as well. The judge
remembers of each story what people remember: what was told, what was left out, who collected it.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from handlers.messages import (
    EditedMessage,
    IncomingMessage,
    MessageContent,
    Reply,
    TextMessage,
)
from store.model.accounts import Account
from store.model.changes import Change
from store.model.drafts import Phase
from store.model.permissions import DeliveryStage
from store.model.snapshot import Snapshot
from tests.drills.permission_world import World
from tests.drills.promise_speech import Sentence, names_in, sentences_in
from tests.drills.promise_store import NOT_THERE, Auditor, CaseState, keys_of

UNDECIDED = frozenset({Phase.QUESTIONS, Phase.REVIEW})


@dataclass
class Plan:
    """What the last overview said that its reporter allows."""

    reads: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    keeps: bool = False
    parts: str = ""
    act: str = ""


@dataclass
class Notes:
    """What is remembered of one story, by whoever told it and by whoever watched."""

    words: tuple[str, ...] = field(repr=False)
    locator: bytes = field(repr=False)
    codes: list[str] = field(default_factory=list, repr=False)
    """Every take-back code that was shown, the newest last."""
    left_out: set[str] = field(default_factory=set, repr=False)
    had: set[str] = field(default_factory=set)
    """Readers who collected a copy, whatever became of it."""
    shared: set[str] = field(default_factory=set)
    """Readers for whom it ever lay ready, or was held."""
    answers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """What was sealed in it when anything was: what is not kept goes as it is handed over."""
    plan: Plan | None = None
    asked: set[str] = field(default_factory=set)
    """The questions of the questionnaire that were asked about it."""


Look = dict[bytes, CaseState]


@dataclass(frozen=True)
class Said:
    """One sentence in its moment: to whom, after what, and what stands in the store."""

    judge: "Judge" = field(repr=False)
    sentence: Sentence
    who: Account
    heard: MessageContent | None = field(repr=False)
    text: str = field(repr=False)
    """All that was said with it, in one message or several."""
    case: Notes | None
    """Of which it speaks, if it speaks of one."""
    looks: tuple[Look, Look] = field(repr=False)
    """All cases of the account, before and now."""
    snapshots: tuple[Snapshot, Snapshot] = field(repr=False)

    @property
    def world(self) -> "Listened":
        """Return the world in which it was said."""
        return self.judge.world

    @property
    def blanks(self) -> dict[str, str]:
        """Return what stood in its blanks."""
        return self.sentence.blanks

    @property
    def before(self) -> CaseState:
        """Return its case as it was before the message that it answers."""
        return self._of(0)

    @property
    def after(self) -> CaseState:
        """Return its case as it is now."""
        return self._of(1)

    @property
    def now(self) -> Snapshot:
        """Return the account as it is now."""
        return self.snapshots[1]

    @property
    def typed(self) -> str:
        """Return what was typed before it was said."""
        return self.heard.text if isinstance(self.heard, TextMessage | EditedMessage) else ""

    def told_to(self, *steps: str) -> tuple[str, ...]:
        """Return what was told to these steps, also where it went with the talk."""
        answers = self.after.answers or (self.case.answers if self.case else ())
        return tuple(text for step, text in answers if step in steps)

    def _of(self, time: int) -> CaseState:
        return self.looks[time].get(self.case.locator, NOT_THERE) if self.case else NOT_THERE


class NotMeant(Exception):
    """These words are said of something else here, so the law says nothing of it."""


Law = Callable[[Said], Awaitable[None]]


@dataclass
class Judge:
    """Holds every sentence against its laws; what is false is collected, so that all is seen."""

    laws: Mapping[str, Sequence[Law]]
    notes: dict[bytes, Notes] = field(default_factory=dict, repr=False)
    cases_of: dict[str, list[bytes]] = field(default_factory=dict, repr=False)
    """By account: the cases that it ever spoke of."""
    said: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    false: dict[tuple[str, str], str] = field(default_factory=dict)
    """By sentence and law: why, and how it came to it."""
    futures: Counter[str] = field(default_factory=Counter)
    most_futures: int = 1000
    """So often each sentence is followed into the future; it takes long."""
    _world: "Listened | None" = None

    @property
    def world(self) -> "Listened":
        """Return the world that it listens to."""
        assert self._world is not None
        return self._world

    async def look(self, who: Account, heard: MessageContent | None = None) -> Look:
        """Look at all cases of an account, also at those whose words it types."""
        self._note_typed(who, heard)
        mine = self.cases_of.setdefault(who.name, [])
        return {locator: await self._state(locator) for locator in mine}

    async def _state(self, locator: bytes) -> CaseState:
        notes = self.notes[locator]
        state = await self.world.auditor.state(notes.words)
        notes.had |= state.names(DeliveryStage.FETCHED)
        notes.shared |= state.names()
        notes.answers = state.answers or notes.answers
        return state

    async def look_at_all(self) -> Look:
        """Look at every case that there ever was."""
        return {locator: await self._state(locator) for locator in self.notes}

    def _note_typed(self, who: Account, heard: MessageContent | None) -> None:
        typed = heard.text if isinstance(heard, TextMessage | EditedMessage) else ""
        for notes in self.notes.values():
            secrets = (" ".join(notes.words), *notes.codes)
            if any(secret and secret in typed for secret in secrets):
                self._put(who, notes.locator)

    def _put(self, who: Account, locator: bytes) -> None:
        mine = self.cases_of.setdefault(who.name, [])
        if locator in mine:
            mine.remove(locator)
        mine.append(locator)

    async def note_begun(self, who: Account) -> None:
        """Note a case that began with this account, and a code that it was given."""
        snapshot = await self.world.snapshot(who)
        if not snapshot.words:
            return
        locator = keys_of(snapshot.words).locator
        notes = self.notes.setdefault(locator, Notes(snapshot.words, locator))
        code = " ".join(snapshot.code_words)
        if code and code not in notes.codes:
            notes.codes.append(code)
        self._put(who, locator)

    async def listen(
        self,
        who: Account,
        heard: MessageContent | None,
        then: tuple[Look, Snapshot],
        replies: Sequence[tuple[str, Reply]],
    ) -> None:
        """Hold all that was said after a message against what stands in the store now."""
        await self.note_begun(who)
        looks, snapshots = (
            (then[0], await self.look(who)),
            (then[1], await self.world.snapshot(who)),
        )
        case = self._subject(who, heard, snapshots)
        # What is said at once may be split into several messages, and is one thing that is said.
        text = "\n\n".join(reply.text for to, reply in replies if to == who.name)
        found = sentences_in(text)
        if case is not None:
            _note_plan(case, found)
            case.asked |= {s.name for s in found if s.name.startswith("FLOW[")}
        for sentence in found:
            await self.hold(Said(self, sentence, who, heard, text, case, looks, snapshots))

    def _subject(
        self, who: Account, heard: MessageContent | None, snapshots: Sequence[Snapshot]
    ) -> Notes | None:
        """Return the case of which is spoken: the open one, else the one last spoken of."""
        typed = heard.text if isinstance(heard, TextMessage | EditedMessage) else ""
        stays = snapshots[0].words if snapshots[0].words == snapshots[1].words else ()
        for notes in self.notes.values():
            if " ".join(notes.words) in typed and not stays:  # else it was joined, or is in no way
                return notes
            if any(code in typed for code in notes.codes):
                return notes
        for snapshot in reversed(snapshots):
            if snapshot.words:
                return self.notes[keys_of(snapshot.words).locator]
        mine = self.cases_of.get(who.name)
        return self.notes[mine[-1]] if mine else None

    async def hold(self, said: Said) -> None:
        """Hold one sentence against its laws."""
        name = said.sentence.name
        self.said[name] += 1
        for law in self.laws.get(name, ()):
            try:
                await law(said)
            except NotMeant:
                continue
            except AssertionError as error:
                why = f"{error}\n  said: {said.text!r}\n  after: {said.typed!r}"
                trail = "\n  ".join(self.world.trail)
                self.false.setdefault((name, law.__name__), f"{why}\n  {trail}")
            self.held[law.__name__] += 1

    def may_look_ahead(self, said: Said) -> bool:
        """Return whether this sentence is followed into the future once more."""
        name = said.sentence.name
        self.futures[name] += 1
        return self.futures[name] <= self.most_futures


def _note_plan(case: Notes, found: Sequence[Sentence]) -> None:
    """Remember what an overview says; one that says other things takes its place."""
    if not any(sentence.name == "OVERVIEW" for sentence in found):
        return
    plan = Plan()
    for sentence in found:
        match sentence.name:
            case "LINE_READ":
                plan.reads = names_in(sentence.blanks["readers"])
                plan.parts = sentence.blanks["parts"]
            case "LINE_NEVER":
                plan.never = names_in(sentence.blanks["readers"])
            case "LINE_KEEP":
                plan.keeps = True
            case name if name.startswith("ACTS["):
                plan.act = name.removeprefix("ACTS[").removesuffix("]")
            case _:
                pass
    case.plan = plan


@dataclass
class Listened(World):
    """A world in which all that is said is judged in the moment in which it is said."""

    judge: Judge = field(default_factory=lambda: Judge({}))
    known: dict[str, Account] = field(default_factory=dict)
    """Every account that ever wrote, by its name."""
    linked: dict[str, Account] = field(default_factory=dict)
    """By reader: the account that they linked."""

    def __post_init__(self) -> None:
        self.auditor = Auditor(self)
        self.judge._world = self

    def account(self, name: str) -> Account:
        """Make an account on the platform of the screen that nobody has used."""
        self.count += 1
        platform = self.rig.screen.platform.name
        named = f"{name}-{self.count}"
        return Account(platform, named, named, identity=("their keys",))

    async def hear(self, who: Account, heard: MessageContent) -> str:
        """Have one message handled, and all that is said judged; return what was answered."""
        assert self._program is not None
        self.known[who.name] = who
        then = await self.judge.look(who, heard), await self.snapshot(who)
        replies, before = self.rig.screen.replies, len(self.rig.screen.replies)
        self.count += 1
        of = heard.of if isinstance(heard, EditedMessage) else ""
        message = f"message {self.count}{of and ' edits'}"
        await self._program[1].receive(IncomingMessage(message, who, heard, message=message))
        await self._program[1].settle(who)
        await self.judge.listen(who, heard, then, replies[before:])
        return "\n".join(reply.text for to, reply in replies[before:] if to == who.name)

    async def write(self, who: Account, *changes: Change) -> None:
        """Write answers, and note whose case they are of."""
        await super().write(who, *changes)
        await self.judge.note_begun(who)

    async def hang_up(self, who: Account) -> None:
        """Leave the conversation as somebody does whose input ends."""
        assert self._program is not None
        then = await self.judge.look(who), await self.snapshot(who)
        replies, before = self.rig.screen.replies, len(self.rig.screen.replies)
        self.count += 1
        await self._program[1].hang_up(who, f"hang-up {self.count}")
        await self.judge.listen(who, None, then, replies[before:])

    async def send_waiting(self, who: Account) -> None:
        """Send what waits for somebody who writes nothing."""
        assert self._program is not None
        then = await self.judge.look(who), await self.snapshot(who)
        replies, before = self.rig.screen.replies, len(self.rig.screen.replies)
        await self._program[1].sender.send_waiting(who, quiet=True, late=True)
        await self.judge.listen(who, None, then, replies[before:])

    async def started_anew(self, who: Account) -> Snapshot:
        """Load an account in a program that was started anew beside this one, on the same disk."""
        beside = World(
            self.rig, self.chance, self.members, self.everybody, self.chain, wall=self.now
        )
        await beside.start()
        return await beside.snapshot(who)
