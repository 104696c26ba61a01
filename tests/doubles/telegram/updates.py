"""What waits for the bot (Bot API, "Getting updates"): ids, confirming, long polls, retention."""

import asyncio
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.doubles.telegram.faults import Delivery
from tests.doubles.telegram.wire import Json, Refused
from tests.doubles.telegram.world import Clock

KINDS_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""What is sent only to those who name it (Bot API, getUpdates)."""
RETENTION_SECONDS = 24 * 3600
MOST_UPDATES = 100
MOST_SECONDS = 50
CONFLICT = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)
WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
    "the webhook first"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update and since when it waits."""

    update: Json = field(repr=False)
    since: float

    @property
    def id(self) -> int:
        """Its ``update_id``."""
        return int(self.update["update_id"])


@dataclass(slots=True)
class Updates:
    """The queue of one bot."""

    clock: Clock = field(repr=False)
    chance: random.Random = field(repr=False)
    delivery: Delivery = field(default_factory=Delivery)
    next_id: int = 730_000_001
    """May be set, also to a lower one: after a quiet week Telegram goes on with any number."""
    allowed: frozenset[str] | None = None
    """What the bot asked for; None for the default."""
    webhook: str = ""
    conflicts: int = 0
    """So many polls are refused, because of another poller."""
    lost: int = 0
    """How many were dropped because they were older than a day."""
    pending: list[Waiting] = field(default_factory=list, repr=False)
    held: list[Waiting] = field(default_factory=list, repr=False)
    """Come late."""
    overdue: list[Waiting] = field(default_factory=list, repr=False)
    """Come with the next answer, whatever the offset says."""
    given: set[int] = field(default_factory=set, repr=False)
    """Ids that stood in an answer at least once."""
    _poll: asyncio.Future[None] | None = field(default=None, repr=False)

    @property
    def unconfirmed(self) -> int:
        """How many the bot has not confirmed yet, those included that it was not given yet."""
        return len({w.id for w in (*self.pending, *self.held)})

    def put(self, kind: str, payload: Json) -> Json | None:
        """A new update, unless the bot does not want its kind."""
        wanted = self.allowed
        if kind in KINDS_NOT_BY_DEFAULT if wanted is None else kind not in wanted:
            return None
        update: Json = {"update_id": self.next_id, kind: payload}
        self.next_id += 1
        late = self.delivery.late and self.chance.random() < self.delivery.late
        (self.held if late else self.pending).append(Waiting(update, self.clock()))
        self._wake()
        return update

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Remember what the bot wants; nothing named leaves the setting, none named resets it."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def rival(self, polls: int = 1) -> None:
        """Somebody else polls with the same token: the open poll ends, or the next are refused."""
        self.conflicts += polls
        if self._poll is not None and self._poll_ends(Refused(409, CONFLICT)):
            self.conflicts -= 1

    def call_back(self, url: str) -> None:
        """A webhook is set, and ends the open poll; an empty address takes it away."""
        self.webhook = url
        if url:
            self._poll_ends(Refused(409, "Conflict: terminated by setWebhook request"))

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """What getUpdates answers; waits if there is nothing yet."""
        self._admit()
        self._confirm(offset)
        loop = asyncio.get_running_loop()
        ends = loop.time() + min(seconds, MOST_SECONDS)
        while not (batch := self._batch(limit)) and loop.time() < ends:
            await self._wait(ends - loop.time())
        return batch

    def _admit(self) -> None:
        if self.webhook:
            raise Refused(409, WEBHOOK)
        if self.conflicts:
            self.conflicts -= 1
            raise Refused(409, CONFLICT)
        self._poll_ends(Refused(409, CONFLICT))

    def _poll_ends(self, why: Refused) -> bool:
        """The poll that is open ends with an error; whether there was one."""
        if self._poll is None or self._poll.done():
            return False
        self._poll.set_exception(why)
        return True

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def _wait(self, seconds: float) -> None:
        patience = min(seconds, self.delivery.patience) if self.held else seconds
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(poll, patience)
        except TimeoutError:
            self._give_up_holding()
        finally:
            if self._poll is poll:
                self._poll = None

    def _confirm(self, offset: int) -> None:
        """Forget what is below the offset; a negative one keeps so many from the end."""
        self._expire()
        self.overdue = [w for w in self.overdue if w.id not in self.given]
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset <= self.next_id:
            # Beyond the last one it means nothing: what happens then is a guess.
            self.pending = [w for w in self.pending if w.id >= offset]
        passed = [w for w in self.held if w.id < offset <= self.next_id]
        self.held = [w for w in self.held if w not in passed]
        self.overdue += passed

    def _give_up_holding(self) -> None:
        """Nothing came after them: they take their place again."""
        self.pending = sorted((*self.pending, *self.held), key=lambda waiting: waiting.id)
        self.held = []

    def _expire(self) -> None:
        oldest = self.clock() - RETENTION_SECONDS
        for queue in (self.pending, self.held, self.overdue):
            fresh = [w for w in queue if w.since >= oldest]
            self.lost += len(queue) - len(fresh)
            queue[:] = fresh

    def _batch(self, limit: int) -> list[Json]:
        self._expire()
        batch = [*self.overdue, *self.pending[: max(limit - len(self.overdue), 0)]]
        given = [twin for waiting in batch for twin in self._doubled(waiting)]
        if self.delivery.shuffled:
            self.chance.shuffle(given)
        return [waiting.update for waiting in given]

    def _doubled(self, waiting: Waiting) -> Iterator[Waiting]:
        """The update; perhaps once more now, or once more later."""
        yield waiting
        if waiting.id in self.given:
            return
        self.given.add(waiting.id)
        if self.chance.random() < self.delivery.twice:
            yield waiting
        if self.chance.random() < self.delivery.again:
            self.held.append(waiting)
