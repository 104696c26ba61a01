"""Fetch the events that a sync left out of a room (``limited``), when their turn comes.

A server gives earlier events from the newest to the oldest. So the way back is walked first, and
only the places on it are kept; then the pages are read again, the oldest first. One page of a room
is in memory at any time. Requests are made in tasks, while only their room waits.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlencode

from bot.platforms.matrix.events import RoomEvent, answers_of, incoming_message
from bot.platforms.matrix.facts import PLATFORM
from bot.platforms.matrix.http_client import (
    HttpClient,
    HttpError,
    Json,
    RequestDenied,
    SessionExpired,
    path_segment,
)
from bot.platforms.matrix.rooms.directory import MEMBER
from bot.platforms.matrix.sync.batch import is_event
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.stored_events import Gap, gap_name
from bot.runtime.inbox_worker import MOST_STARTS, Decoded, OneOfMany
from bot.runtime.logs import Event, event
from bot.runtime.scheduler import Pause
from handlers.messages import IncomingMessage, UnusableMessage
from store.model.accounts import Account
from store.model.inbox import WaitingMessage

_log = logging.getLogger(__name__)

PAGE_EVENTS = 100
MAX_PAGES = 50
BUDGET_SECONDS = 15.0
"""A page that did not come by then counts as failed."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 300.0
GIVEN_UP_SECONDS = 1200.0
"""A room whose pages could not be had for so long is asked to repeat what it said."""
MOST_PAGES_AT_ONCE, MOST_FAILING_AT_ONCE = 4, 2
"""A room whose pages fail takes no place of those that were not asked for in vain."""
NOT_IN_ROOM = "M_FORBIDDEN"
MISSED = UnusableMessage("missed")


@dataclass(slots=True)
class Walk:
    """How far the reading of one gap has come."""

    places: list[str] = field(repr=False)
    """Where pages begin that are still to be read; the last is the next."""
    back: bool = True
    """The way back is still being walked."""
    last: list[Json] = field(default_factory=list, repr=False)
    """The page that was fetched last on the way back."""
    events: deque[RoomEvent] = field(default_factory=deque, repr=False)
    """What is left of the page that is being read."""
    missed: bool = False
    """Some of the gap cannot be had, which is to be said."""
    tries: int = 0
    """How often handling what comes next failed."""
    failures: int = 0
    failing_since: float = 0.0
    next_try: float = 0.0
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def settle(self) -> None:
        """Go on to the next event."""
        self.events.popleft()
        self.tries = 0

    def settle_missed(self) -> None:
        """Go on after it was said that something is missing."""
        self.missed = False
        self.tries = 0

    def count_try(self) -> None:
        """Note that handling what comes next failed once more."""
        self.tries += 1


@dataclass(slots=True)
class GapReader:
    """Read gaps event by event; ``own`` is the bot's user id."""

    http_client: HttpClient
    own: str = field(repr=False)
    decryptor: Decryptor
    monotonic: Callable[[], float]
    walks: dict[int, Walk] = field(default_factory=dict, repr=False)
    """By the number of their row."""
    slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, MOST_PAGES_AT_ONCE), repr=False
    )
    failing_slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, MOST_FAILING_AT_ONCE), repr=False
    )

    def read(self, waiting: WaitingMessage, gap: Gap, *, may_wait: bool = True) -> Decoded:
        """Return the next message in a gap, a pause, or None if nothing is left of it.

        Of a gap that may not wait any longer the rest is given up, which is said.
        """
        seq = waiting.row.seq
        if self.decryptor.rooms.get(gap.room_id) is None:
            self._forget(seq)
            return None
        walk = self.walks.setdefault(seq, Walk([gap.start]))
        given_up = walk.failures and self.monotonic() - walk.failing_since >= GIVEN_UP_SECONDS
        missed = IncomingMessage(
            f"{gap_name(gap)} missed", Account(PLATFORM, gap.partner, gap.room_id), MISSED
        )
        if given_up or not may_wait or waiting.starts >= MOST_STARTS:
            self._forget(seq)
            return replace(missed, row=waiting.row)
        if walk.missed:
            return OneOfMany(missed, walk.tries, walk.settle_missed, walk.count_try)
        while walk.events:
            content = self.decryptor.read(gap.room_id, walk.events[0])
            if isinstance(content, Pause):
                return content
            if content is not None:
                incoming = incoming_message(walk.events[0], gap.room_id, content)
                return OneOfMany(incoming, walk.tries, walk.settle, walk.count_try)
            walk.settle()
        if walk.task is None and not walk.places:
            self._forget(seq)
            return None
        return self._fetch(gap, walk)

    async def stop(self) -> None:
        """Cancel every request."""
        tasks = [walk.task for walk in self.walks.values() if walk.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, seq: int) -> None:
        walk = self.walks.pop(seq, None)
        if walk is not None and walk.task is not None:
            walk.task.cancel()

    def _fetch(self, gap: Gap, walk: Walk) -> Pause:
        """Have the next page fetched; return the pause that ends when that was tried."""
        if walk.task is None:
            left = walk.next_try - self.monotonic()
            if left > 0:
                return Pause(left)
            walk.task = asyncio.create_task(self._run(gap, walk))
        return Pause(LONGEST_PAUSE_SECONDS, walk.task)

    async def _run(self, gap: Gap, walk: Walk) -> None:
        try:
            slots = self.failing_slots if walk.failures else self.slots
            async with slots, asyncio.timeout(BUDGET_SECONDS):
                page, following = await self._page(gap, walk.places[-1])
        except SessionExpired:
            self._note_failure(walk)
        except RequestDenied as error:
            walk.places.clear()
            walk.missed = error.code != NOT_IN_ROOM  # where the bot is no more nobody can be told
        except (HttpError, TimeoutError):
            self._note_failure(walk)
        except Exception as error:  # noqa: BLE001 - the edge: other rooms are read all the same
            event(_log, Event.UNREADABLE, error=error)
            self._note_failure(walk)
        else:
            walk.failures = 0
            self._take(gap, walk, page, following)
        finally:
            walk.task = None

    def _note_failure(self, walk: Walk) -> None:
        now = self.monotonic()
        walk.failing_since = walk.failing_since if walk.failures else now
        pause = FIRST_PAUSE_SECONDS * 2.0 ** min(walk.failures, 10)
        walk.next_try = now + min(pause, LONGEST_PAUSE_SECONDS)
        walk.failures += 1

    async def _page(self, gap: Gap, place: str) -> tuple[list[Json], str]:
        """Return a page, oldest event first, and where the one before it begins."""
        query = {"dir": "b", "limit": str(PAGE_EVENTS), "from": place}
        if gap.end:
            query["to"] = gap.end
        path = f"/rooms/{path_segment(gap.room_id)}/messages?{urlencode(query)}"
        answer = await self.http_client.request("GET", path)
        chunk, following = answer.get("chunk"), answer.get("end")
        found = [e for e in chunk if is_event(e)] if isinstance(chunk, list) else []
        found.reverse()
        return found, following if chunk and isinstance(following, str) else ""

    def _take(self, gap: Gap, walk: Walk, page: list[Json], following: str) -> None:
        """Go one page further back, or turn round and read this one."""
        begins = after_invitation(page, self.own) if not gap.end else 0
        if walk.back and following and not begins and len(walk.places) <= MAX_PAGES:
            walk.places.append(following)
            walk.last = page
            return
        if walk.back and (len(walk.places) > MAX_PAGES or (not page and len(walk.places) > 1)):
            left_out = answers_of(page[begins:], gap.partner)
            walk.missed = bool(left_out) or bool(following and not begins)
            walk.places.pop()
            page, begins = walk.last, 0
        walk.back, walk.last = False, []
        walk.places.pop()
        walk.events.extend(answers_of(page[begins:], gap.partner))


def after_invitation(timeline: Sequence[Json], own: str) -> int:
    """Return the index after the bot's last invitation; 0 if there is none."""
    for index in range(len(timeline) - 1, -1, -1):
        event = timeline[index]
        if (
            event.get("type") == MEMBER
            and event.get("state_key") == own
            and event["content"].get("membership") == "invite"
        ):
            return index + 1
    return 0
