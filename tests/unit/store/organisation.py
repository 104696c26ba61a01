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
from store.crypto.inbox_keys import open_inbox_keys
from store.crypto.kdf import Entropy, digest
from store.crypto.keyring import create_keyring, open_keyring
from store.db.database import Database
from store.db.schema import metadata
from store.inbox.account_locks import AccountLockNames
from store.inbox.counters import CounterRepository
from store.inbox.cursors import CursorRepository
from store.inbox.inbox_rows import InboxRepository
from store.inbox.processed_messages import ProcessedMessageRepository
from store.inbox.watermarks import Watermarks
from store.model.accounts import Account
from store.model.changes import BeginCase, Change, HandOver, OpenCase, SaveDraft, SealItem
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.outbox import TextRef
from store.model.permissions import NewPermission
from store.model.snapshot import Snapshot
from store.model.turn import FoundCase, Supplies
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

    async def __call__(self, password: bytes, salt: bytes, lanes: int) -> bytes:
        return digest(salt + bytes([lanes]) + password)


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
    return later_version(FOUNDED, *members, after=after)


def later_version(
    chain: Chain, *members: Member, after: tuple[tuple[bytes, bytes], ...] = ()
) -> Chain:
    """A roster, and one after it with these members, signed by Birch and Yew."""
    old = chain[-1].roster
    ordered = tuple(sorted(members, key=lambda m: m.mid))
    new = replace(
        old,
        version=old.version + 1,
        previous=old.hash,
        members=ordered,
        after=tuple(sorted(after)),
    )
    return signed((*chain, Note(new)), BIRCH, YEW)


STAYED = (member("Birch", BIRCH), member("Yew", YEW))
WITHOUT_OAK = next_version(*STAYED)
ENDED_OAK = next_version(*STAYED, replace(member("Oak", OAK), until=202640))
REPLACED_OAK = next_version(*STAYED, member("Oak", NEW_OAK), after=((NEW_OAK.mid, OAK.mid),))


def named(*readers: str) -> NewPermission:
    """``read`` for these fingerprints."""
    return NewPermission("named", "read", "Who may read it?\nThey.", readers, ("act.listen",))


def keep() -> NewPermission:
    return NewPermission("keep", "keep", "May it be kept?\nYes.")


def never(*readers: str) -> NewPermission:
    """These may never read it."""
    return NewPermission("never", "never", "Who must never read it?\nThey.", readers)


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
        await self.expiry().run(self.now)

    def expiry(self, watermarks: Watermarks | None = None) -> Expiry:
        """The upkeep; where nothing else is given, of a program without any chat platform."""
        nowhere = Watermarks(frozenset(), lambda: self.now)
        return Expiry(self.database, self.repositories, watermarks or nowhere)

    def under(self, chain: Chain) -> "Organisation":
        """The same files, with another roster."""
        commission = replace(self.repositories.commission, chain=chain)
        return replace(self, repositories=replace(self.repositories, commission=commission))

    # A reporter

    async def commit(
        self,
        *changes: Change,
        who: Account = REPORTER,
        says: Sequence[TextRef] = (),
        message: str = "",
    ) -> bool:
        self.messages += 1
        message = message or f"message {self.messages}"
        handing_over = any(isinstance(change, HandOver) for change in changes)
        code = await self.stores.cases.new_code() if handing_over else None
        supplies = Supplies(code=code)
        return await self.stores.cases.commit(who, message, changes, says, self.now, supplies)

    async def open_with_words(self, who: Account, words: str) -> bool | None:
        """Open a case; False if nothing is kept there, None if these are no such words."""
        recovery = self.stores.recovery
        if not recovery.are_words(words):
            return None
        found = await recovery.find_by_words(words)
        if found is None:
            return False
        await self.open_found(who, found)
        return True

    async def open_found(self, who: Account, found: FoundCase) -> None:
        """Open a case that was found, in a turn of its own."""
        self.messages += 1
        message, supplies = f"message {self.messages}", Supplies(found=found)
        changes = (OpenCase(),)
        await self.stores.cases.commit(who, message, changes, (), self.now, supplies)

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
        await self.database.transaction(
            lambda connection: self.repositories.linked_accounts.link(connection, who, key.mid)
        )

    # The disk

    async def rows(self, table: Table) -> list[dict[str, object]]:
        return await self.database.read(
            lambda connection: [
                dict(row) for row in (connection.execute(select(table))).mappings()
            ]
        )

    async def counted(self) -> dict[str, int]:
        """The tables that are not empty."""
        return {n: count for n, count in (await self.database.count_rows()).items() if count}

    async def written(self) -> bytes:
        """Database and WAL of SQLite; all rows of PostgreSQL, whose files promise nothing."""
        if (self.folder / "data" / "holdfast.db").exists():
            return b"".join(p.read_bytes() for p in sorted((self.folder / "data").iterdir()))
        rows = [row for table in metadata.sorted_tables for row in await self.rows(table)]
        values = [value for row in rows for value in row.values()]
        return b"".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


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
        inbox=InboxRepository(open_inbox_keys(keyring.folder, entropy), entropy),
        processed_messages=ProcessedMessageRepository(keyring),
        lock_names=AccountLockNames(keyring),
        counters=CounterRepository(keyring),
        cursors=CursorRepository(keyring),
        revisions=RevisionRepository(keyring, entropy),
        takeback_codes=TakebackCodeRepository("example.org", entropy, FastHash()),
        sessions=Sessions(),
        retention=RetentionPeriods(draft_hours=168, story_months=60, unfetched_days=31),
        entropy=entropy,
    )


def database_url(folder: Path) -> str:
    """The one that ``keep_on_server`` named, or that of a file."""
    note = folder / "store.url"
    if note.exists():
        return note.read_text("utf-8")
    return f"sqlite+aiosqlite:///{folder / 'data' / 'holdfast.db'}"


def keep_on_server(folder: Path, url: str) -> None:
    """Let the organisation of this folder be kept in a migrated database of PostgreSQL."""
    (folder / "store.url").write_text(url, "utf-8")


@asynccontextmanager
async def organisation(
    folder: Path, entropy: Entropy | None = None
) -> AsyncIterator[Organisation]:
    """Made if it is not there, opened otherwise; a new file is a copy of an empty migrated one."""
    (folder / "data").mkdir(exist_ok=True)
    file = folder / "data" / "holdfast.db"
    earlier = file.exists() or (folder / "keyring").exists()
    if not earlier and not (folder / "store.url").exists():
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
