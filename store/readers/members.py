"""The readers: the roster they stand in, the accounts they are told on, what waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from store.cases.items import CBOR, payload_of
from store.cases.permissions import FETCHED, HELD
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from store.crypto.kdf import Entropy, expand, mac, pad, seal, unpad, unseal
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.schema import (
    access_grant,
    delivery,
    member_link,
    permission,
    reader_invitation,
    roster,
)
from store.inbox.accounts import account_bytes, keyed_id, sealed_account, sealed_fields
from store.model.accounts import Account
from store.model.clock import minute_of, week_of
from store.model.errors import NotPermitted, RosterError
from store.model.readers import Delivery, Reader
from store.readers.delivery_bundle import build_delivery
from store.readers.roster import Member, Note, Roster

BLOB_BYTES = 512
JOIN_MINUTES = 10
JOIN_TRIES = 3
DIGITS = 8


@dataclass(frozen=True, slots=True)
class Commission:
    """The tables ``roster``, ``member_link`` and ``join``, and the readers' view of deliveries."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)
    chain: tuple[Note, ...]
    """From the pinned genesis to now, every signature checked."""
    shown: dict[int, tuple[Reader, ...]] = field(default_factory=dict, init=False, repr=False)
    """Who can be named, by week: each turn needs it, and it follows from the chain alone."""

    @property
    def roster(self) -> Roster:
        """The roster in force."""
        return self.chain[-1].roster

    async def record(self, connection: Connection) -> None:
        """Remember this chain; refuse one that is shorter than, or differs from, what was seen."""
        rows = (await connection.execute(select(roster.c.version, roster.c.note))).all()
        seen = {row.version: row.note for row in rows}
        ours = {note.roster.version: note.format() for note in self.chain}
        texts = {note.roster.version: note.roster.text for note in self.chain}
        for version, note in seen.items():
            if version not in ours or not note.startswith(texts[version]):
                raise RosterError(
                    f"The roster file does not hold version {version} as this bot has used it. "
                    "Put the newest roster file in its place."
                )
        new = [{"version": v, "note": n} for v, n in ours.items() if v not in seen]
        if new:
            await connection.execute(insert(roster), new)

    async def part(self, connection: Connection, now: datetime) -> None:
        """Whoever is not in office any more keeps no header, no delivery and no linked account."""
        mids = [m.mid for m in self.roster.active(week_of(now))]
        fingerprints = {mid[:10] for mid in mids}
        for table in (access_grant, delivery):
            there = set(await connection.scalars(select(table.c.fp).distinct()))
            for parted in there - fingerprints:
                await connection.execute(delete(table).where(table.c.fp == parted))
        for table in (member_link, reader_invitation):
            await connection.execute(delete(table).where(table.c.mid.not_in(mids)))

    def readers(self, now: datetime) -> tuple[Reader, ...]:
        """Who can be named today, as reporters see them."""
        week = week_of(now)
        if week not in self.shown:
            active = (m for m in self.roster.active(week) if "commission" in m.roles)
            shown = (self._as_reader(m) for m in active)
            self.shown[week] = tuple(sorted(shown, key=lambda r: r.name))
        return self.shown[week]

    def _as_reader(self, member: Member) -> Reader:
        return Reader(
            id=member.mid[:10].hex(),
            name=member.pseudonym,
            about=member.about,
            must_pass_on=member.mandated,
            after=self._predecessors(member.mid),
        )

    def _predecessors(self, mid: bytes) -> tuple[str, ...]:
        """Fingerprints of every key that this one replaces, also indirectly."""
        old = {o for n, o in self.roster.after if n == mid}
        found = set(old)
        while old:
            old = {o for n, o in self.roster.after if n in old} - found
            found |= old
        return tuple(sorted(o[:10].hex() for o in found))

    def admit(
        self, readers: Sequence[str], barred: frozenset[str], now: datetime
    ) -> tuple[Member, ...]:
        """The readers with these fingerprints, for a hand-over; raises ``NotPermitted``.

        All of them must be in office, and neither they nor a key that theirs replaces barred.
        """
        found = [r for r in self.readers(now) if r.id in readers]
        unfit = {*readers} - {r.id for r in found}
        if not readers or unfit or any(barred & {r.id, *r.after} for r in found):
            raise NotPermitted("A hand-over needs readers of the roster whom nothing excludes.")
        return tuple(m for m in self.roster.members if m.mid[:10].hex() in readers)

    def named(self, name: str, now: datetime) -> Member | None:
        """The active reader with this name."""
        active = self.roster.active(week_of(now))
        return next((m for m in active if m.pseudonym.casefold() == name.casefold()), None)

    # Linking an account

    async def invite(
        self, connection: Connection, who: Account, member: Member, now: datetime
    ) -> bytes:
        """Eight digits, sealed to the reader's key: whoever types them here is that reader."""
        digits = f"{int.from_bytes(self.entropy(8), 'big') % 10**DIGITS:0{DIGITS}}"
        row_id, check = self._join_row(who, member.mid, digits)
        await connection.execute(delete(reader_invitation).where(reader_invitation.c.id == row_id))
        expires = minute_of(now) + JOIN_MINUTES
        values = {"id": row_id, "mid": member.mid, "exp_minute": expires, "tries": 0}
        await connection.execute(insert(reader_invitation).values(**values, check=check))
        body = cbor.encode({"v": 1, "t": "join", "code": digits, "p": who.platform, "a": who.name})
        document = Document("event", CBOR, week_of(now), body)
        return age.encrypt(document.encode(), [member.recipient], self.entropy)

    async def join(self, connection: Connection, who: Account, digits: str, now: datetime) -> bool:
        """Link the account if these are the digits: within ten minutes, in three tries."""
        row_id, _ = self._join_row(who, b"", "")
        mine = reader_invitation.c.id == row_id
        row = (await connection.execute(select(reader_invitation).where(mine))).mappings().first()
        if row is None or row["exp_minute"] < minute_of(now) or row["tries"] >= JOIN_TRIES:
            return False
        if self._join_row(who, row["mid"], digits)[1] != row["check"]:
            await connection.execute(
                update(reader_invitation).where(mine).values(tries=row["tries"] + 1)
            )
            return False
        await connection.execute(delete(reader_invitation).where(mine))
        await self._link(connection, who, row["mid"])
        return True

    def _join_row(self, who: Account, mid: bytes, digits: str) -> tuple[bytes, bytes]:
        key = expand(self.keyring.link, derive_label(Label.JOIN_INDEX), 32)
        row_id = mac(key, derive_label(Label.JOIN_ID, account_bytes(who)))[:16]
        check = mac(key, derive_label(Label.JOIN_CODE, row_id, mid, digits.encode()))[:16]
        return row_id, check

    async def _link(self, connection: Connection, who: Account, mid: bytes) -> None:
        index = self._index(who)
        old = (member_link.c.mid == mid) | (member_link.c.idx == index)
        await connection.execute(delete(member_link).where(old))
        blob = self._sealed_link(who, mid)
        await connection.execute(insert(member_link).values(mid=mid, idx=index, blob=blob))

    def _sealed_link(self, who: Account, mid: bytes) -> bytes:
        plain = cbor.encode({"v": 1, **sealed_fields(who), "l": "en"})
        context = derive_label(Label.LINK_AD, mid)
        return seal(self._link_key(), context, pad(BLOB_BYTES, plain), self.entropy)

    def _open_link(self, mid: bytes, blob: bytes) -> Account:
        context = derive_label(Label.LINK_AD, mid)
        plain = unpad(unseal(self._link_key(), context, blob))
        return sealed_account(dict(cbor.decode_map(plain, "A reader's link")))

    async def is_elsewhere(self, connection: Connection, who: Account) -> bool:
        """Whether a reader writes from another address than the one they are told things at."""
        row = await self._link_of(connection, who)
        return row is not None and self._open_link(row.mid, row.blob).address != who.address

    async def relocate(self, connection: Connection, who: Account) -> None:
        """From now on this reader is told things where they wrote last."""
        row = await self._link_of(connection, who)
        if row is not None:
            mine = update(member_link).where(member_link.c.mid == row.mid)
            await connection.execute(mine.values(blob=self._sealed_link(who, row.mid)))

    async def _link_of(self, connection: Connection, who: Account) -> "Row[bytes, bytes] | None":
        query = select(member_link.c.mid, member_link.c.blob)
        mine = query.where(member_link.c.idx == self._index(who))
        return (await connection.execute(mine)).first()

    def _index(self, who: Account) -> bytes:
        return keyed_id(self.keyring.link, Label.LINK_INDEX, Label.LINK_ID, account_bytes(who))

    def _link_key(self) -> bytes:
        return expand(self.keyring.link, derive_label(Label.LINK_KEY), 32)

    async def account_of(self, connection: Connection, fingerprint: bytes) -> Account | None:
        """Where a reader is told that something waits, if they linked an account."""
        rows = (await connection.execute(select(member_link))).all()
        row = next((r for r in rows if r.mid[:10] == fingerprint), None)
        return None if row is None else self._open_link(row.mid, row.blob)

    async def reader_on(self, connection: Connection, who: Account) -> Member | None:
        """Which active reader this account belongs to."""
        query = select(member_link.c.mid).where(member_link.c.idx == self._index(who))
        mid = (await connection.execute(query)).scalar()
        return None if mid is None else self.roster.member(mid)

    # What waits

    async def inbox(self, connection: Connection, member: Member) -> tuple[Delivery, ...]:
        """What this reader can fetch: nothing that is held or taken back."""
        query = (
            select(delivery.c.code, delivery.c.state)
            .join(permission)
            .where(delivery.c.fp == member.mid[:10], delivery.c.state != HELD)
            .where(permission.c.revoked.is_(None))
            .order_by(delivery.c.code)
        )
        rows = await connection.execute(query)
        return tuple(Delivery(row.code, fetched=row.state == FETCHED) for row in rows)

    async def bundle(self, connection: Connection, member: Member, code: str) -> bytes:
        """The delivery as a file; raises ``NotPermitted`` for any that is not theirs to fetch."""
        row = await self._fetchable(connection, member, code)
        mine = (access_grant.c.stmt == row["stmt"]) & (access_grant.c.fp == member.mid[:10])
        grants = (
            await connection.execute(
                select(access_grant.c.item, access_grant.c.header).where(mine)
            )
        ).all()
        files = [(g.item, g.header + await payload_of(connection, g.item)) for g in grants]
        return build_delivery(row["code"], row["env"], sorted(files))

    async def _fetchable(
        self, connection: Connection, member: Member, code: str
    ) -> dict[str, Any]:
        mine = (delivery.c.code == code.upper()) & (delivery.c.fp == member.mid[:10])
        query = select(delivery).join(permission).where(mine, permission.c.revoked.is_(None))
        row = (await connection.execute(query)).mappings().first()
        if row is None:
            raise NotPermitted("There is no delivery with these characters for this reader.")
        if row["state"] == HELD:
            raise NotPermitted("This delivery is still held by its reporter. Try again later.")
        return dict(row)

    async def fetched(self, connection: Connection, member: Member, code: str) -> bytes:
        """The file is safely with its reader; the statement it belongs to."""
        row = await self._fetchable(connection, member, code)
        done = update(delivery).where(delivery.c.id == row["id"]).values(state=FETCHED)
        await connection.execute(done)
        return bytes(row["stmt"])
