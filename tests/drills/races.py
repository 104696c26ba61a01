"""Acts on one hand-over, of a reporter, a reader, a code or time, in transactions."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select

from store.cases.handovers import CODE_ALPHABET
from store.crypto.case_keys import CaseKeys
from store.crypto.mnemonics import candidates
from store.db.connection import Connection
from store.db.schema import BY_CODE, access_grant, case_file, delivery, item, permission, takeback
from store.model.accounts import Account
from store.model.changes import (
    BeginCase,
    Change,
    EndDraft,
    EraseCase,
    HandOver,
    OpenCase,
    ReleaseHandover,
    SaveDraft,
    SealItem,
    TakeBack,
    TakeBackByCode,
)
from store.model.drafts import Phase, StoredAnswer
from store.model.errors import NotPermitted
from store.model.permissions import RevocationBasis
from store.model.turn import FoundCase, Supplies
from tests.unit.store.organisation import DRAFT, OAK_ID, Organisation, keep, named
from tests.unit.store.people import OAK

READER = Account("terminal", "oak", "oak")
HOLD_HOURS = 12


class Act(StrEnum):
    """Somebody's act, or that of time."""

    WITHDRAW = "withdraw"
    ERASE = "erase"
    CODE = "withdraw by code"
    ERASE_CODE = "erase by code"
    FETCH = "fetch"
    RELEASE = "release"
    EXPIRE = "the hour comes"


@dataclass(frozen=True)
class Shared:
    """A story that was handed over and kept: what each of them needs to act on it."""

    number: int
    entropy: str = field(repr=False)
    locator: str
    statement: str
    code: str
    """Of the delivery, as its reader types it."""

    @property
    def account(self) -> Account:
        """The chat in which it was told."""
        return Account("terminal", f"p{self.number}", f"p{self.number}")

    def as_json(self) -> dict[str, object]:
        """For another process."""
        return asdict(self)


Step = Callable[[], Awaitable[object]]


def steps(org: Organisation, shared: Shared, act: Act) -> tuple[Step, ...]:
    """Return the transactions of an act, in order; another act may come between any two."""
    reader, member = org.stores.readers, org.member(OAK)
    locator = bytes.fromhex(shared.locator)
    match act:
        case Act.WITHDRAW:
            withdrawn = TakeBack(RevocationBasis.WORDS, shown="Withdrawn.")
            return (_opened(org, shared, withdrawn),)
        case Act.ERASE:
            return (_opened(org, shared, EraseCase()),)
        case Act.CODE | Act.ERASE_CODE:
            return (_turn(org, shared, TakeBackByCode(locator, act is Act.ERASE_CODE)),)
        case Act.FETCH:
            return (
                lambda: reader.begin_fetch(member, shared.code),
                lambda: reader.begin_fetch(member, shared.code),
                lambda: reader.record_fetch(member, shared.code),
            )
        case Act.RELEASE:
            return (_turn(org, shared, ReleaseHandover(shared.statement)),)
        case Act.EXPIRE:
            later = org.now + timedelta(hours=HOLD_HOURS + 1)
            return (lambda: org.expiry().run(later),)


def _opened(org: Organisation, shared: Shared, change: Change) -> Step:
    found = Supplies(found=FoundCase(bytes.fromhex(shared.entropy)))
    return _turn(org, shared, OpenCase(), change, supplies=found)


def _turn(
    org: Organisation, shared: Shared, *changes: Change, supplies: Supplies | None = None
) -> Step:
    commit = org.stores.cases.commit
    message = f"{shared.number} {'/'.join(type(change).__name__ for change in changes)}"
    given = supplies or Supplies()
    return lambda: commit(shared.account, message, changes, (), org.now, given)


async def outcome(run: Sequence[Step]) -> str:
    """Do one after the other; say whether the act went through or was refused."""
    try:
        for step in run:
            await step()
    except NotPermitted:
        return "refused"
    return "done"


async def share(org: Organisation, number: int, *, held: bool) -> Shared:
    """Tell, hand over to one reader, keep, and end the conversation."""
    who = Account("terminal", f"p{number}", f"p{number}")
    item_id = f"{number:032x}"
    draft = replace(DRAFT, answers=(StoredAnswer("story", (), (item_id,)),))
    await org.commit(BeginCase(DRAFT), who=who)
    await org.commit(SealItem(item_id, "story", "It was late."), SaveDraft(draft), who=who)
    snapshot, hold = await org.snapshot(who), HOLD_HOURS if held else 0
    handed = HandOver(
        replace(draft, phase=Phase.BACK), (keep(), named(OAK_ID)), ("story",), "A report.", hold
    )
    await org.commit(handed, who=who)
    await org.commit(EndDraft(), who=who)
    ((_, entropy), *_) = candidates(snapshot.words)
    locator = CaseKeys(entropy).locator
    code, statement = await org.database.read(lambda connection: _delivery(connection, locator))
    await forget_messages(org, who, READER)
    return Shared(number, entropy.hex(), locator.hex(), statement.hex(), code)


def _delivery(connection: Connection, locator: bytes) -> tuple[str, bytes]:
    mine = select(delivery.c.code, delivery.c.stmt).join(permission)
    row = connection.execute(mine.where(permission.c.locator == locator)).one()
    assert set(row.code) <= {*CODE_ALPHABET}
    return row.code, row.stmt


async def finish(org: Organisation, shared: Shared) -> None:
    """Erase what is left of a story, and count as sent whatever waits."""
    await outcome([_opened(org, replace(shared, number=-shared.number), EraseCase())])
    await forget_messages(org, shared.account, READER)


async def forget_messages(org: Organisation, *accounts: Account) -> None:
    for account in accounts:
        await org.stores.outbox.confirm(await org.stores.outbox.messages_for(account))


async def left(org: Organisation, shared: Shared) -> tuple[object, ...]:
    """Describe what is left of a story, without anything that chance drew."""
    found = await org.database.read(lambda connection: tuple(_left(connection, shared)))
    waiting = await org.stores.outbox.messages_for(READER)
    held = await org.database.read(
        lambda connection: len(org.repositories.outbox.releases(connection, shared.account))
    )
    return *found, tuple(sorted(m.sentence for m in waiting)), held


def _left(connection: Connection, shared: Shared) -> Iterator[object]:
    locator = bytes.fromhex(shared.locator)
    mine = permission.c.locator == locator
    for row in connection.execute(select(permission).where(mine).order_by(permission.c.kind)):
        basis = "code" if row.revoked == BY_CODE else row.revoked and "signed"
        yield row.kind, basis
    for table in (access_grant, delivery):
        joined = select(table).join(permission).where(mine)
        rows = connection.execute(joined).mappings().all()
        yield table.name, [row.get("state") for row in rows]
    case = connection.execute(select(case_file).where(case_file.c.locator == locator)).first()
    items = connection.execute(select(item.c.id).where(item.c.locator == locator)).all()
    yield case is not None, len(items)
    codes = connection.execute(select(takeback.c.id)).all()
    cases = connection.execute(select(case_file.c.tb)).all()
    yield {row.id for row in codes} == {row.tb for row in cases}, "every code has its case"


def merged(first: int, second: int) -> Iterator[tuple[bool, ...]]:
    """List the orders in which two sequences of steps can come; True stands for the first's."""
    if not first and not second:
        yield ()
    if first:
        yield from ((True, *rest) for rest in merged(first - 1, second))
    if second:
        yield from ((False, *rest) for rest in merged(first, second - 1))


async def in_order(
    org: Organisation, shared: Shared, acts: tuple[Act, Act], order: Sequence[bool]
) -> tuple[object, ...]:
    """Do the steps of two acts one after the other, and describe how it ends."""
    waiting = [list(steps(org, shared, act)) for act in acts]
    ended = ["done", "done"]
    for first in order:
        which = 0 if first else 1
        if ended[which] == "done":
            ended[which] = await outcome([waiting[which].pop(0)])
    return (*ended, await left(org, shared))


async def yields(times: int) -> None:
    """Let others come first."""
    for _ in range(times):
        await asyncio.sleep(0)
