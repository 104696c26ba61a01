"""What really stands in the store about a case, opened with every key that there is.

A case is looked at with its reporter's keys, which the program does not have; with the key of
every reader that ever was; and with the program's own, by starting it anew on the same disk.
"""

import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Select, func, select

from bot.app import start_application
from bot.config.load import read_config
from store.cases.handovers import STAGES
from store.cases.items import ids_of, open_rows, sealed_rows
from store.cases.permissions import PermissionRecord, barred_by, in_order, open_record
from store.crypto.case_keys import CaseKeys
from store.crypto.keyring import open_keyring
from store.crypto.mnemonics import candidates
from store.db.connection import Connection
from store.db.schema import (
    access_grant,
    case_file,
    delivery,
    exclusion,
    item,
    permission,
    takeback,
)
from store.model.permissions import DeliveryStage
from store.steady_clock import confirm_clock
from tests.drills.permission_laws import openers
from tests.drills.permission_world import World
from tests.kept_parts import KeptParts
from tests.rig import Screen

_numbers = count()


@dataclass(frozen=True)
class Share:
    """What lies in the store for one reader, by a permission that stands."""

    name: str
    mid: bytes = field(repr=False)
    code: str
    stage: DeliveryStage
    due: int
    statement: bytes = field(repr=False)


@dataclass(frozen=True)
class CaseState:
    """One case as it is at rest. One that is not there has nothing of all this."""

    there: bool = False
    told: tuple[str, ...] = field(default=(), repr=False)
    """Every text of the reporter that is still sealed, whether it counts as told or not."""
    answers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Each of them, behind the step that it answers."""
    shares: tuple[Share, ...] = ()
    opening: frozenset[bytes] = frozenset()
    """Of readers, whose keys open anything of it."""
    stolen: frozenset[bytes] = frozenset()
    """Of readers, whose keys open what is the reporter's alone."""
    records: tuple[PermissionRecord, ...] = field(default=(), repr=False)
    draft_ends: int = 0
    """Hour after which it ends with its conversation; 0: it does not."""
    code: bool = False
    """A take-back code leads to it."""
    headers: frozenset[bytes] = field(default=frozenset(), repr=False)

    @property
    def story(self) -> tuple[str, ...]:
        """Return what answers the question about the story."""
        return self.told_to("story")

    def told_to(self, *steps: str) -> tuple[str, ...]:
        """Return what answers these steps."""
        return tuple(text for step, text in self.answers if step in steps)

    @property
    def kept(self) -> bool:
        """Return whether a permission keeps it."""
        return any(r.consent.scope == "keep" and r.revoked is None for r in self.records)

    @property
    def barred(self) -> frozenset[str]:
        """Return the fingerprints of those who must never read it."""
        return barred_by(self.records)

    def names(self, *stages: DeliveryStage) -> frozenset[str]:
        """Return the readers for whom it lies ready in one of these stages, or in any."""
        return frozenset(s.name for s in self.shares if not stages or s.stage in stages)


NOT_THERE = CaseState()


@dataclass
class Auditor:
    """Looks into the store of a world; what was opened once is remembered by its bytes."""

    world: World
    _opened: dict[tuple[bytes, ...], Any] = field(default_factory=dict, repr=False)

    async def state(self, words: Sequence[str], world: World | None = None) -> CaseState:
        """Look at the case of these words, in this world or in a later one."""
        database = (world or self.world).application.stores.cases.database
        keys = keys_of(words)
        return await database.read(lambda connection: self._state(connection, keys))

    async def locators(self) -> frozenset[bytes]:
        """List every case that there is."""
        database = self.world.application.stores.cases.database
        query = select(case_file.c.locator)
        return await database.read(lambda c: frozenset(c.execute(query).scalars()))

    def _state(self, connection: Connection, keys: CaseKeys) -> CaseState:
        mine = case_file.c.locator == keys.locator
        case = connection.execute(select(case_file).where(mine)).mappings().first()
        if case is None:
            return NOT_THERE
        rows = sealed_rows(connection, keys.locator, ids_of(connection, keys.locator))
        documents = self._once(
            (keys.locator, *sorted(bytes(row.header) for row in rows)),
            lambda: [document for _, document in open_rows(keys, rows)],
        )
        sealed, alone = _sealed(connection, keys.locator)
        return CaseState(
            there=True,
            told=tuple(d.body.decode() for d in documents if d.kind == "answer"),
            answers=tuple(
                (str(d.extra.get("q", "")), d.body.decode())
                for d in documents
                if d.kind == "answer"
            ),
            shares=tuple(self._shares(connection, keys.locator)),
            opening=frozenset().union(*(openers(self.world, each) for each in sealed)),
            stolen=frozenset().union(*(openers(self.world, each) for each in alone)),
            records=tuple(self._records(connection, keys)),
            draft_ends=case["draft_exp"],
            code=case["tb"] is not None,
            headers=frozenset(bytes(row.header) for row in rows),
        )

    def _records(self, connection: Connection, keys: CaseKeys) -> list[PermissionRecord]:
        rows: list[tuple[bytes, bytes, bytes | None]] = [
            *connection.execute(
                select(permission.c.stmt, permission.c.env, permission.c.revoked).where(
                    permission.c.locator == keys.locator
                )
            ),
            *(
                (stmt, env, None)
                for stmt, env in connection.execute(
                    select(exclusion.c.stmt, exclusion.c.env).where(
                        exclusion.c.locator == keys.locator
                    )
                )
            ),
        ]
        return in_order(
            [
                self._once((s, e, r or b""), lambda s=s, e=e, r=r: open_record(s, e, r, keys))
                for s, e, r in rows
            ]
        )

    def _shares(self, connection: Connection, locator: bytes) -> Iterator[Share]:
        names = {k.mid: name for name, keys in self.world.everybody.items() for k in keys}
        by_start = {mid[:10]: (mid, name) for mid, name in names.items()}
        standing = (
            select(delivery)
            .join(permission)
            .where(permission.c.locator == locator, permission.c.revoked.is_(None))
        )
        for row in connection.execute(standing).mappings():
            mid, name = by_start[row["fp"]]
            yield Share(name, mid, row["code"], STAGES[row["state"]], row["due"], row["stmt"])

    def _once(self, key: tuple[bytes, ...], make: Any) -> Any:
        if key not in self._opened:
            self._opened[key] = make()
        return self._opened[key]


def keys_of(words: Sequence[str]) -> CaseKeys:
    """Derive the keys of a case from its twelve words."""
    return CaseKeys(candidates(words)[0][1])


def _sealed(connection: Connection, locator: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return what lies ready for readers, and what is the reporter's alone."""

    def column(query: Select[Any]) -> list[bytes]:
        return [*connection.execute(query).scalars()]

    mine = permission.c.locator == locator
    ready = column(select(access_grant.c.header).join(permission).where(mine))
    ready += column(select(delivery.c.env).join(permission).where(mine))
    alone = column(select(permission.c.env).where(mine))
    alone += column(select(exclusion.c.env).where(exclusion.c.locator == locator))
    alone += column(select(item.c.header).where(item.c.locator == locator))
    return ready, alone


async def orphans(world: World) -> dict[str, int]:
    """Count what belongs to no case that is there."""

    def look(connection: Connection) -> dict[str, int]:
        there = select(case_file.c.locator)
        statements = select(permission.c.stmt)
        coded = select(case_file.c.tb).where(case_file.c.tb.is_not(None))
        queries = {
            "item": select(func.count()).select_from(item).where(item.c.locator.not_in(there)),
            "permission": select(func.count())
            .select_from(permission)
            .where(permission.c.locator.not_in(there)),
            "exclusion": select(func.count())
            .select_from(exclusion)
            .where(exclusion.c.locator.not_in(there)),
            "delivery": select(func.count())
            .select_from(delivery)
            .where(delivery.c.stmt.not_in(statements)),
            "takeback": select(
                select(func.count()).select_from(takeback).scalar_subquery()
                - select(func.count()).select_from(coded.subquery()).scalar_subquery()
            ),
        }
        return {name: int(connection.execute(q).scalar_one()) for name, q in queries.items()}

    return await world.application.stores.cases.database.read(look)


@asynccontextmanager
async def later(world: World, when: datetime) -> AsyncIterator[World]:
    """Copy the whole organisation, and let its program go on there at another time."""
    rig = world.rig
    folder = rig.folder.parent / f"{rig.folder.name}-later-{next(_numbers)}"
    shutil.copytree(rig.folder, folder, ignore=shutil.ignore_patterns("*-shm"))
    config, kept = read_config(folder / "config.toml"), KeptParts()
    there = replace(
        rig, folder=folder, config=config, kept=kept, screen=Screen(rig.screen.platform)
    )
    database = await kept.database(config)
    try:
        await database.transaction(lambda connection: confirm_clock(connection, when))
        application = await start_application(
            config,
            lambda: when,
            rig.entropy,
            rig.kept.library(rig.config, rig.permissions),
            open_keyring(config.store.keyring, rig.entropy),
            world.chain,
            database,
        )
        yield World(
            there,
            world.chance,
            world.members,
            world.everybody,
            world.chain,
            wall=when,
            tried=world.tried,
            _program=(application, application.conversations(there.screen)),
        )
    finally:
        await kept.shut_down()
        shutil.rmtree(folder)
