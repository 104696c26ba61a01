"""New take-back codes, stretched before those who will need one ask for it.

Stretching takes 0.1 to 0.2 seconds of a core. When a hundred people hand over at the same moment,
the last of them would wait for all others' codes. But everybody looks at their story once more
before that, and that is mostly time enough.

A code that is ready belongs to nobody: which account takes it is open until it does. It lies in
memory and nowhere else. That nobody has it yet was true when it was drawn; should another process
have drawn the same one since, the key of its row refuses the second hand-over, with nothing
written, and the next attempt takes another code.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial

from store.cases.takeback import TakebackCodeRepository
from store.db.database import Database
from store.model.accounts import Account
from store.model.turn import NewCode

MOST_READY = 128
"""Codes that are kept ready at most, for the accounts that came last. More are never stretched
than that besides those that are given away, however often an account goes back and forth."""


class CodeSupply:
    """Codes that nobody has been given yet.

    Unless somebody calls ``prepare``, each is drawn when it is needed.
    """

    def __init__(self, draw: Callable[[], Awaitable[NewCode]]) -> None:
        """Take what draws a code that is not in use, and stretches it."""
        self._draw = draw
        self._ready: deque[NewCode] = deque()
        self._drawing = 0
        self._expected: dict[tuple[str, str], None] = {}
        self._wanted = asyncio.Event()

    def expect(self, account: Account, *, soon: bool) -> None:
        """Note whether this account is about to need a code."""
        name = (account.platform, account.name)
        if not soon:
            self._expected.pop(name, None)
        elif name not in self._expected:
            self._expected[name] = None
            if len(self._expected) > MOST_READY:  # the first of them may never come back
                del self._expected[next(iter(self._expected))]
            self._wanted.set()

    def expects(self, account: Account) -> bool:
        """Return whether this account is about to need a code, so far as it was noted."""
        return (account.platform, account.name) in self._expected

    def expects_anybody(self) -> bool:
        """Return whether any account is about to need a code."""
        return bool(self._expected)

    def take_ready(self) -> NewCode | None:
        """Give a code away if one is ready; it may be given back."""
        return self._ready.popleft() if self._ready else None

    def give_back(self, code: NewCode) -> None:
        """Take a code back that nobody was told, and that no hand-over tried to write."""
        self._ready.appendleft(code)

    async def take(self) -> NewCode:
        """Give a code away: one that is ready, or a new one."""
        return self.take_ready() or await self._draw()

    async def prepare(self) -> None:
        """Wait until more accounts need a code than are ready, and make one ready.

        May be called several times at once.
        """
        while len(self._ready) + self._drawing >= len(self._expected):
            self._wanted.clear()
            await self._wanted.wait()
        self._drawing += 1
        try:
            self._ready.append(await self._draw())
        finally:
            self._drawing -= 1


async def draw_code(database: Database, codes: TakebackCodeRepository) -> NewCode:
    """Draw a code that is not in use, and stretch it; the slow hash runs outside transactions."""
    while True:
        number = codes.draw()
        key = await codes.stretch(number)
        if await database.read(partial(codes.is_free, code=key)):
            return NewCode(number, key.id, key.key)
