"""Times the processing of single messages, in short talks and in long ones.

``python -m bench.processing CONFIG SHORT LONG OPENED MESSAGES``: prepares talks of so many pieces
and cases that were opened with their words, has so many messages processed in each, and prints
their seconds of CPU time as JSON. Timed is the turn alone: loading, deciding and committing, in
all threads. What a turn causes to be sent is sent afterwards and not timed.
"""

import asyncio
import json
import secrets
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.load import WORDS
from bot.app import Application, open_application
from bot.config.load import read_config
from bot.runtime.clock import system_clock
from bot.runtime.conversations import Conversations
from handlers.messages import IncomingMessage, TextMessage
from store.model.accounts import Account
from store.model.changes import (
    BeginCase,
    Change,
    EndDraft,
    HandOver,
    SaveDraft,
    SealItem,
)
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.permissions import NewPermission
from store.model.turn import NOTHING_SUPPLIED, Supplies
from tests.rig import Screen

ITEM_BYTES = 16
KEEP = NewPermission("keep", "fate", "What would you like to do with your story?\nJust keep it.")
SHORT_TALK, LONG_TALK, SHORT_CASE, LONG_CASE = "short talk", "long talk", "short case", "long case"
MORE = "And then they all went home, and nobody asked."
UNKNOWN = "I do not know what to choose."
"""What is said in an opened case, whose menu is then shown again."""


class NotTaken(Exception):
    """A message was refused instead of sealed."""


@dataclass(slots=True)
class Stand:
    """The program without a platform: messages are handed in, and nothing is sent anywhere."""

    application: Application
    conversations: Conversations
    messages: int = 0
    accounts: int = 0
    found: dict[str, list[float]] = field(default_factory=dict)

    def account(self) -> Account:
        """Name somebody new."""
        self.accounts += 1
        return Account("terminal", f"person {self.accounts}", "")

    async def commit(
        self, who: Account, *changes: Change, supplies: Supplies = NOTHING_SUPPLIED
    ) -> None:
        """Commit a turn that was decided elsewhere."""
        self.messages += 1
        cases = self.application.stores.cases
        await cases.commit(who, f"prepared {self.messages}", changes, (), system_clock(), supplies)

    async def talk(self, pieces: int) -> tuple[Account, Draft]:
        """Begin a talk with so many pieces, which its story may still get more of."""
        who, revision = self.account(), self.application.settings.flow.revision
        items = tuple(secrets.token_hex(ITEM_BYTES) for _ in range(pieces))
        draft = Draft(
            revision,
            "en",
            answers=(
                StoredAnswer("bot.safe", ("go",)),
                StoredAnswer("bot.clean", ("self",)),
                StoredAnswer("story", (), items, closed=False),
            ),
        )
        seals = (SealItem(item, "story", WORDS[n % len(WORDS)]) for n, item in enumerate(items))
        await self.commit(who, BeginCase(Draft(revision, "en")), *seals, SaveDraft(draft))
        return who, draft

    async def opened_case(self, pieces: int) -> Account:
        """Keep a case with so many pieces, and open it again with its words."""
        who, draft = await self.talk(pieces)
        cases = self.application.stores.cases
        snapshot = await cases.snapshot(who, system_clock())
        answers = (*draft.answers[:2], replace(draft.answers[2], closed=True))
        ended = replace(draft, phase=Phase.BACK, answers=answers)
        supplies = Supplies(code=await cases.new_code())
        await self.commit(who, HandOver(ended, (KEEP,)), supplies=supplies)
        await self.commit(who, EndDraft())
        await self.say(who, f"/open {' '.join(snapshot.words)}")
        return who

    async def say(self, who: Account, text: str) -> float:
        """Have a message processed; return the CPU seconds of its turn."""
        self.messages += 1
        incoming = IncomingMessage(f"said {self.messages}", who, TextMessage(text))
        began = time.process_time()
        await self.conversations.processor.process(incoming)
        seconds = time.process_time() - began
        await self.conversations.sender.send_waiting(who, quiet=False)
        await self.conversations.settle(who)
        return seconds

    async def time(self, way: str, who: Account, text: str) -> None:
        """Note the CPU seconds of a message."""
        self.found.setdefault(way, []).append(await self.say(who, text))


async def run(config: Path, short: int, long: int, opened: int, messages: int) -> Stand:
    """Time messages in each way, one of each after the other."""
    program = open_application(read_config(config), system_clock, secrets.token_bytes)
    async with program as application:
        stand = Stand(application, application.conversations(Screen()))
        long_talk, _ = await stand.talk(long - messages - 1)  # at the end it has all of them
        short_case, long_case = [await stand.opened_case(n) for n in (short, opened)]
        for who, text in ((long_talk, MORE), (short_case, UNKNOWN), (long_case, UNKNOWN)):
            await stand.say(who, text)  # the first one derives keys, which the store remembers
        for _ in range(messages):
            short_talk, _ = await stand.talk(short)  # a new one, because it grows
            await application.stores.cases.open_pieces(short_talk, system_clock())
            await stand.time(SHORT_TALK, short_talk, MORE)
            await stand.time(LONG_TALK, long_talk, MORE)
            await stand.time(SHORT_CASE, short_case, UNKNOWN)
            await stand.time(LONG_CASE, long_case, UNKNOWN)
        taken = len(await application.stores.cases.open_pieces(long_talk, system_clock()))
        if taken != long:
            raise NotTaken(f"The long talk has {taken} pieces in the end instead of {long}.")
        return stand


if __name__ == "__main__":
    counts = [int(count) for count in sys.argv[2:6]]
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), *counts)).found))
