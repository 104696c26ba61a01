"""The states of a delivery, in any order of what reporters, readers, time and a platform do.

One story, two readers, and a platform that takes a file, refuses it, asks to wait, or loses the
answer. What is held: nothing leaves that is held or taken back; whatever may have left counts as
fetched for its reporter; and nothing else does.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from handlers.effects import PlatformEffect
from handlers.messages import OutgoingFile, PlatformFacts, Reply
from handlers.ports.messenger import (
    FileTooLarge,
    MessageRefused,
    RecipientGone,
    SendError,
    Undelivered,
)
from handlers.readers.commands import ReaderCommandProcessor
from handlers.readers.unsent_files import PayloadWithheld
from handlers.sending.payload_sender import PayloadSender
from store.cases.handovers import BEING_SENT, BEING_SENT_AGAIN, FETCHED, HELD, RELEASED, SENT
from store.crypto.case_keys import CaseKeys
from store.crypto.mnemonics import candidates
from store.db.schema import case_file, delivery
from store.model.accounts import Account
from store.model.changes import EndDraft, EraseCase, OpenCase, ReleaseHandover, TakeBack
from store.model.changes import TakeBackByCode as ByCode
from store.model.errors import NotPermitted
from store.model.outbox import OutboxMessage, PayloadKind, PayloadRef, SendStart
from store.model.permissions import DeliveryStage, RevocationBasis
from store.model.turn import FoundCase, Supplies
from tests.unit.handlers.chats import CHAT
from tests.unit.store.organisation import (
    OAK_ID,
    REPORTER,
    YEW_ID,
    Organisation,
    keep,
    named,
    organisation,
)
from tests.unit.store.people import OAK, YEW

T = TypeVar("T")
HOLD_HOURS = 12
ACCOUNTS = {"oak": Account(CHAT.name, "oak", "oak"), "yew": Account(CHAT.name, "yew", "yew")}
KEYS = {"oak": OAK, "yew": YEW}
READERS = st.sampled_from(sorted(KEYS))

LEAVING = {BEING_SENT, BEING_SENT_AGAIN}
HAS_IT = {SENT, FETCHED}


class Died(BaseException):
    """The program ends while a file is being sent."""


@dataclass
class Platform:
    """Takes files; before it does, it looks at what is on the disk."""

    look: Callable[[], Awaitable[None]]
    fault: BaseException | None = None
    arrives: bool = True
    platform: PlatformFacts = CHAT
    taken: list[str] = field(default_factory=list)

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        await self.look()
        if self.arrives:
            self.taken.append(file.name)
        if self.fault is not None:
            raise self.fault

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        raise AssertionError("only files are sent here")

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        raise AssertionError("only files are sent here")

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        raise AssertionError("only files are sent here")

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        raise AssertionError("only files are sent here")

    async def leave(self, to: Account) -> None:
        raise AssertionError("only files are sent here")

    async def perform(self, effect: PlatformEffect) -> None:
        raise AssertionError("only files are sent here")


def early(error: SendError) -> SendError:
    """Mark an error as one that came before anything of the file left."""
    error.nothing_left = True
    return error


CERTAIN = {
    "no upload": early(MessageRefused("not this one")),
    "no room for it": early(FileTooLarge("not so much")),
    "no chat": early(RecipientGone("no chat")),
    "no device": early(Undelivered("later", 3.0)),
}
"""Nothing of the file can have arrived."""

UNCERTAIN: dict[str, BaseException] = {
    "refused": MessageRefused("not this one"),
    "too large": FileTooLarge("not so much"),
    "gone": RecipientGone("blocked"),
    "asked to wait": Undelivered("later", 3.0),
    "lost": Undelivered("no answer"),
    "killed": Died(),
    "broken": OSError("network"),
}
"""Nobody can know whether it arrived: a server can pass a file on and refuse it."""


class Deliveries(RuleBasedStateMachine):
    """One story in the hands of one reporter and two readers."""

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.stack = asyncio.Runner(), AsyncExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.org: Organisation = self.run(self.stack.enter_async_context(organisation(folder)))
        for name, key in KEYS.items():
            self.run(self.org.link(ACCOUNTS[name], key))
        self.state: dict[str, int] = {}
        """By reader, what the state must be; empty once it was taken back."""
        self.may_have: set[str] = set()
        """The readers to whom a byte may have left."""
        self.kept = self.over = False
        self.code: dict[str, str] = {}
        self.row: dict[str, object] = {}
        self.tried: set[bytes] = set()
        """Rows of the outbox of which an attempt, or one before them, may have arrived."""
        self.words, self.locator, self.statement, self.count = b"", b"", "", 0

    def run(self, work: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await work

        return self.runner.run(awaited())

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    # The reporter, and time

    @initialize(kept=st.booleans(), held=st.booleans())
    def share(self, *, kept: bool, held: bool) -> None:
        org, self.kept, self.over = self.org, kept, False
        self.may_have.clear()
        permits = (*((keep(),) if kept else ()), named(OAK_ID, YEW_ID))
        snapshot = self.run(org.share(*permits, hold=HOLD_HOURS if held else 0))
        ((_, self.words), *_) = candidates(snapshot.words)
        self.locator = CaseKeys(self.words).locator
        self.run(org.commit(EndDraft()))
        rows = self.run(org.rows(delivery))
        self.state = dict.fromkeys(KEYS, HELD if held else RELEASED)
        for row in rows:
            self.code[self.whose(row)] = str(row["code"])
            self.row[self.whose(row)] = row["id"]
            assert isinstance(row["stmt"], bytes)
            self.statement = row["stmt"].hex()

    def whose(self, row: dict[str, object]) -> str:
        return next(name for name, key in KEYS.items() if key.mid[:10] == row["fp"])

    @precondition(lambda self: not self.state)
    @rule(kept=st.booleans(), held=st.booleans())
    def share_another(self, *, kept: bool, held: bool) -> None:
        """Tell another story, while readers' commands about the one before may still wait."""
        if not self.over:
            self.withdraw("erase by code")
        self.share(kept=kept, held=held)

    @precondition(lambda self: HELD in self.state.values())
    @rule(by_hand=st.booleans())
    def release(self, *, by_hand: bool) -> None:
        if by_hand:
            self.run(self.org.commit(ReleaseHandover(self.statement)))
        else:
            self.run(self.org.pass_time(hours=HOLD_HOURS + 1))
        self.state = dict.fromkeys(KEYS, RELEASED)

    @precondition(lambda self: HELD in self.state.values())
    @rule()
    def stop(self) -> None:
        self.run(self.org.commit(TakeBack(RevocationBasis.HOLD, (self.statement,))))
        self.taken_back(erased=not self.kept)

    @precondition(lambda self: not self.over)
    @rule(how=st.sampled_from(["words", "code", "erase", "erase by code"]))
    def withdraw(self, how: str) -> None:
        found = Supplies(found=FoundCase(self.words))
        match how:
            case "words":
                changes: tuple[object, ...] = (OpenCase(), TakeBack(RevocationBasis.WORDS))
            case "erase":
                changes = (OpenCase(), EraseCase())
            case _:
                changes = (ByCode(self.locator, erase=how == "erase by code"),)
        self.count += 1
        commit = self.org.stores.cases.commit
        name = f"withdrawn {self.count}"
        self.run(commit(REPORTER, name, changes, (), self.org.now, found))  # type: ignore[arg-type]  # changes of a union
        signed = how == "words" and not self.kept  # withdrawn with the words it stays unerased
        self.taken_back(erased=how.startswith("erase") or not (self.kept or signed))

    def taken_back(self, *, erased: bool) -> None:
        self.state, self.over = {}, self.over or erased

    # Readers

    @rule(name=READERS)
    def ask(self, name: str) -> None:
        """A reader types the command; the platform may not be there to send for a long time."""
        self.count += 1
        process = ReaderCommandProcessor(self.org.stores.readers, lambda: self.org.now).process
        before = len(self.files(name))
        for _ in range(2):  # a repeated message is answered once
            self.run(process(ACCOUNTS[name], f"{self.count}", "fetch", self.code[name]))
        waits = self.state.get(name, HELD) != HELD
        assert len(self.files(name)) - before == waits

    def files(self, name: str) -> list[OutboxMessage]:
        messages = self.run(self.org.stores.outbox.messages_for(ACCOUNTS[name]))
        return [m for m in messages if isinstance(m.content, PayloadRef)]

    @rule(
        name=READERS, how=st.sampled_from(["taken", *CERTAIN, *UNCERTAIN]), arrives=st.booleans()
    )
    def send(self, name: str, how: str, *, arrives: bool) -> None:
        """Send the first file that waits for a reader, who asks for it if there is none."""
        if not self.files(name):
            self.ask(name)
        waiting = self.files(name)
        if not waiting:
            assert self.state.get(name, HELD) == HELD
            return
        assert waiting[0].repeated == (waiting[0].id in self.tried)
        fault = {**CERTAIN, **UNCERTAIN}.get(how)
        arrived = how == "taken" or (how in UNCERTAIN and arrives)
        platform = Platform(partial(self.look, name), fault, arrived)
        sender = PayloadSender(self.org.stores.payloads, platform)
        try:
            self.run(sender.send(waiting[0], silent=False))
        except PayloadWithheld:
            of_before = waiting[0].content != PayloadRef(PayloadKind.DELIVERY, self.id_of(name))
            assert of_before or self.state.get(name, HELD) == HELD
            assert platform.taken == []
            self.run(self.org.stores.outbox.confirm(waiting[:1]))
            return
        except (MessageRefused, RecipientGone):
            self.run(self.org.stores.outbox.confirm(waiting[:1]))
        except (Undelivered, OSError, Died):
            assert len(self.files(name)) == len(waiting)
        assert platform.taken == [f"{self.code[name]}.holdfast"] * arrived
        if self.state[name] != RELEASED or how not in CERTAIN:
            self.tried.add(waiting[0].id)
        self.sent(name, how)

    def id_of(self, name: str) -> bytes:
        row = self.row[name]
        assert isinstance(row, bytes)
        return row

    async def look(self, name: str) -> None:
        """Find what the file is said to be at the moment at which its first byte leaves."""
        query = select(delivery.c.state).where(delivery.c.code == self.code[name])
        state = await self.org.database.read(lambda connection: connection.scalar(query))
        assert state in LEAVING | HAS_IT

    def sent(self, name: str, how: str) -> None:
        first = self.state[name] == RELEASED
        if how not in CERTAIN:
            self.may_have.add(name)
        if self.state[name] in HAS_IT:
            return
        if how == "taken":
            self.state[name] = SENT
            self.received()
        elif not (first and how in CERTAIN):
            self.state[name] = BEING_SENT if first else BEING_SENT_AGAIN

    def received(self) -> None:
        if not self.kept and {*self.state.values()} <= HAS_IT:
            self.taken_back(erased=True)

    @rule(name=READERS, how=st.sampled_from(["written", "not written", "killed"]))
    def fetch(self, name: str, how: str) -> None:
        """Fetch with the command line, as ``holdfast member fetch`` does."""
        readers, member = self.org.stores.readers, self.org.member(KEYS[name])
        if self.state.get(name, HELD) == HELD:
            for act in (readers.bundle, readers.begin_fetch, readers.record_fetch):
                with pytest.raises(NotPermitted):
                    self.run(act(member, self.code[name]))
            return
        before = self.state[name]
        start = self.run(readers.begin_fetch(member, self.code[name]))
        assert (start is SendStart.FIRST) == (before == RELEASED)
        if how == "written":
            self.may_have.add(name)
            self.run(readers.record_fetch(member, self.code[name]))
            self.state[name] = FETCHED
            self.received()
            return
        if how == "not written" and start is SendStart.FIRST:
            self.run(readers.undo_fetch(member, self.code[name]))
            return
        if how == "killed":
            self.may_have.add(name)
        if before not in HAS_IT:
            self.state[name] = BEING_SENT if before == RELEASED else BEING_SENT_AGAIN

    # What must hold at any moment

    @invariant()
    def the_disk_says_what_happened(self) -> None:
        if not self.code:
            return
        rows = self.run(self.org.rows(delivery))
        assert {self.whose(row): row["state"] for row in rows} == self.state
        assert bool(self.run(self.org.rows(case_file))) == (not self.over)

    @invariant()
    def a_reporter_is_told_fetched_of_all_that_may_have_left(self) -> None:
        if not self.state:
            return
        keys = CaseKeys(self.words)
        standing = self.run(
            self.org.database.read(
                lambda connection: self.org.repositories.handovers.standing(connection, keys)
            )
        )
        stages = {share.readers[0]: share.stage for share in standing}
        for name, key in KEYS.items():
            stage, state = stages[key.mid[:10].hex()], self.state[name]
            assert (stage is DeliveryStage.FETCHED) == (state in LEAVING | HAS_IT)
            assert (stage is DeliveryStage.HELD) == (state == HELD)
            assert name not in self.may_have or stage is DeliveryStage.FETCHED

    @invariant()
    def a_reader_is_told_fetched_only_of_what_they_have(self) -> None:
        for name, key in KEYS.items():
            listed = self.run(self.org.inbox(key))
            state = self.state.get(name, HELD)
            assert listed == ({} if state == HELD else {self.code[name]: state in HAS_IT})


@pytest.mark.long
@pytest.mark.timeout(240)
def test_in_any_order_nothing_leaves_that_was_taken_back_and_what_left_counts() -> None:
    wanted = settings(max_examples=30, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(Deliveries, settings=wanted)
