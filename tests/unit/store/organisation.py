"""The store of one organisation in a folder, without questionnaire and without chat."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Table, select

from store.cases.drafts import DraftRepository
from store.cases.expiry import Expiry
from store.cases.handovers import HandoverRepository
from store.cases.items import ItemRepository
from store.cases.permissions import PermissionRepository
from store.cases.revisions import RevisionRepository
from store.cases.sessions import Sessions
from store.cases.takeback import SlowHash, TakebackCodeRepository
from store.crypto.kdf import Entropy, digest
from store.crypto.keyring import create_keyring, open_keyring
from store.db.database import Database
from store.inbox.counters import CounterRepository
from store.inbox.cursors import CursorRepository
from store.inbox.processed_messages import ProcessedMessageRepository
from store.model.accounts import Account
from store.model.changes import BeginCase, Change, HandOver, SaveDraft, SealItem
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.outbox import TextRef
from store.model.permissions import NewPermission
from store.model.snapshot import Snapshot
from store.outbox.deletable_messages import DeletableMessageRepository
from store.outbox.rows import OutboxRepository
from store.readers import roster_chain
from store.readers.commission import Commission
from store.readers.deliveries import DeliveryRepository
from store.readers.delivery_bundle import OpenedReport, open_delivery
from store.readers.invitations import InvitationRepository
from store.readers.key_file import ReaderKey
from store.readers.linked_accounts import LinkedAccountRepository
from store.readers.notebook import Notebook
from store.readers.roster import Chain, Member, Note
from store.repositories import Repositories, RetentionPeriods
from store.stores import Stores, make_stores
from tests.kept_parts import empty_database
from tests.unit.store.people import BIRCH, OAK, YEW, counted, reader

START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
STORY = "0a" * 16
SECOND = "0b" * 16
TOLD = ("a first sentence", "a second sentence")
DRAFT = Draft("0123456789ab", "en")
REPORTER = Account("terminal", "reporter", "reporter")
SOMEBODY = Account("terminal", "somebody", "somebody")


class FastHash(SlowHash):
    """Only where the slowness is not what is tested."""

    async def __call__(self, password: bytes, salt: bytes) -> bytes:
        return digest(salt + password)


def member(name: str, key: ReaderKey) -> Member:
    return roster_chain.member_of(key.card(name, "elected"), 202601)


def signed(chain: Chain, *keys: ReaderKey) -> Chain:
    for key in keys:
        chain = roster_chain.sign(chain, key)
    return chain


def founding(**readers: ReaderKey) -> Chain:
    """A roster that all of its members have signed."""
    members = [member(name, key) for name, key in readers.items()]
    return signed((roster_chain.genesis("example.org", 2, members),), *readers.values())


FOUNDED = founding(Oak=OAK, Birch=BIRCH, Yew=YEW)
OAK_ID, BIRCH_ID, YEW_ID = (key.mid[:10].hex() for key in (OAK, BIRCH, YEW))


NEW_OAK = reader(9)


def next_version(*members: Member, after: tuple[tuple[bytes, bytes], ...] = ()) -> Chain:
    """The founding roster, and one with these members, signed by Birch and Yew."""
    old = FOUNDED[-1].roster
    ordered = tuple(sorted(members, key=lambda m: m.mid))
    new = replace(
        old,
        version=old.version + 1,
        previous=old.hash,
        members=ordered,
        after=tuple(sorted(after)),
    )
    return signed((*FOUNDED, Note(new)), BIRCH, YEW)


STAYED = (member("Birch", BIRCH), member("Yew", YEW))
WITHOUT_OAK = next_version(*STAYED)
ENDED_OAK = next_version(*STAYED, replace(member("Oak", OAK), until=202640))
REPLACED_OAK = next_version(*STAYED, member("Oak", NEW_OAK), after=((NEW_OAK.mid, OAK.mid),))


def named(*readers: str, barred: Sequence[str] = ()) -> NewPermission:
    """``read`` for these fingerprints."""
    return NewPermission(
        "named", "read", "Who may read it?\nThey.", readers, tuple(barred), ("act.listen",)
    )


def keep(*, barred: Sequence[str] = ()) -> NewPermission:
    return NewPermission("keep", "keep", "May it be kept?\nYes.", barred=tuple(barred))


def hand_over(*permits: NewPermission, hold: int = 0) -> HandOver:
    """The second yes."""
    shares = any(p.scope == "named" for p in permits)
    draft = replace(told(), phase=Phase.BACK)
    report = "The report." if shares else ""
    return HandOver(draft, permits, ("story",) if shares else (), report, hold if shares else 0)


def told() -> Draft:
    """A draft with two messages of a story."""
    return replace(DRAFT, answers=(StoredAnswer("story", (), (STORY, SECOND)),))


@dataclass
class Organisation:
    """Everything of the store, put together as the program does it, and a clock."""

    folder: Path
    database: Database
    repositories: Repositories
    now: datetime = START
    messages: int = field(default=0)

    @property
    def stores(self) -> Stores:
        return make_stores(self.database, self.repositories, lambda: self.now)

    async def pass_time(self, **by: float) -> None:
        self.now += timedelta(**by)
        await Expiry(self.database, self.repositories).run(self.now)

    def under(self, chain: Chain) -> "Organisation":
        """The same files, with another roster."""
        commission = replace(self.repositories.commission, chain=chain)
        return replace(self, repositories=replace(self.repositories, commission=commission))

    # A reporter

    async def commit(
        self, *changes: Change, who: Account = REPORTER, says: Sequence[TextRef] = ()
    ) -> bool:
        self.messages += 1
        message = f"message {self.messages}"
        return await self.stores.cases.commit(who, message, changes, says, self.now)

    async def snapshot(self, who: Account = REPORTER, *, pieces: bool = False) -> Snapshot:
        return await self.stores.cases.snapshot(who, self.now, pieces=pieces)

    async def tell(self, who: Account = REPORTER) -> Snapshot:
        """A talk with two messages; gives the snapshot after it."""
        await self.commit(BeginCase(DRAFT), who=who)
        first, second = (STORY, SECOND) if who == REPORTER else ("1a" * 16, "1b" * 16)
        draft = replace(DRAFT, answers=(StoredAnswer("story", (), (first, second)),))
        keeps = (SealItem(first, "story", TOLD[0]), SealItem(second, "story", TOLD[1]))
        await self.commit(*keeps, SaveDraft(draft), who=who)
        return await self.snapshot(who)

    async def share(self, *permits: NewPermission, hold: int = 0) -> Snapshot:
        """A talk up to the second yes."""
        await self.tell()
        await self.commit(hand_over(*permits, hold=hold))
        return await self.snapshot()

    # A reader

    async def inbox(self, key: ReaderKey) -> dict[str, bool]:
        return {d.code: d.fetched for d in await self.stores.readers.deliveries(self.member(key))}

    async def read(self, key: ReaderKey) -> OpenedReport:
        (code,) = await self.inbox(key)
        bundle = await self.stores.readers.bundle(self.member(key), code)
        return open_delivery(bundle, key, Notebook())

    def member(self, key: ReaderKey) -> Member:
        return next(
            m
            for n in self.repositories.commission.chain
            for m in n.roster.members
            if m.mid == key.mid
        )

    async def link(self, who: Account, key: ReaderKey) -> None:
        """The account of a reader."""
        async with self.database.transaction() as connection:
            await self.repositories.linked_accounts.link(connection, who, key.mid)

    # The disk

    async def rows(self, table: Table) -> list[dict[str, object]]:
        async with self.database.read() as connection:
            return [dict(row) for row in (await connection.execute(select(table))).mappings()]

    async def counted(self) -> dict[str, int]:
        """The tables that are not empty."""
        return {n: count for n, count in (await self.database.count_rows()).items() if count}

    def written(self) -> bytes:
        """Database and WAL."""
        return b"".join(p.read_bytes() for p in sorted((self.folder / "data").iterdir()))


def make_repositories(
    folder: Path, chain: Chain = FOUNDED, entropy: Entropy | None = None
) -> Repositories:
    """Every table, with the keys of this folder's keyring."""
    entropy = entropy or counted()
    keyring = open_keyring(folder / "keyring", entropy)
    return Repositories(
        commission=Commission(chain),
        linked_accounts=LinkedAccountRepository(keyring, entropy),
        invitations=InvitationRepository(keyring, entropy),
        deliveries=DeliveryRepository(),
        drafts=DraftRepository(keyring, entropy, 168),
        items=ItemRepository(entropy),
        permissions=PermissionRepository(entropy),
        handovers=HandoverRepository(entropy),
        outbox=OutboxRepository(keyring, entropy),
        deletable_messages=DeletableMessageRepository(keyring, entropy, {"telegram": 72}),
        processed_messages=ProcessedMessageRepository(keyring),
        counters=CounterRepository(keyring),
        cursors=CursorRepository(keyring),
        revisions=RevisionRepository(keyring, entropy),
        takeback_codes=TakebackCodeRepository("example.org", entropy, FastHash()),
        sessions=Sessions(),
        retention=RetentionPeriods(draft_hours=168, story_days=5 * 365, unfetched_days=31),
        entropy=entropy,
    )


def database_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'data' / 'holdfast.db'}"


@asynccontextmanager
async def organisation(
    folder: Path, entropy: Entropy | None = None
) -> AsyncIterator[Organisation]:
    """Made if it is not there, opened otherwise; a new file is a copy of an empty migrated one."""
    (folder / "data").mkdir(exist_ok=True)
    file = folder / "data" / "holdfast.db"
    earlier = file.exists()
    if not earlier:
        file.write_bytes(await empty_database())
    create_keyring(folder / "keyring", entropy or counted())
    database = Database(database_url(folder))
    try:
        if earlier:
            await database.migrate()
        await database.belongs_to("example.org")
        yield Organisation(folder, database, make_repositories(folder, entropy=entropy))
    finally:
        await database.close()
