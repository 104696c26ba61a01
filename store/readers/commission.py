"""The commission: the readers of the roster in force, as reporters can name them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Table, delete, insert, select

from store.db.connection import Connection
from store.db.lookup import ROWS_AT_ONCE, delete_some
from store.db.schema import access_grant, delivery, member_link, reader_invitation, roster
from store.model.clock import week_of
from store.model.errors import NotPermitted, RosterError
from store.model.readers import Reader
from store.readers.persons import keys_of_persons
from store.readers.roster import Member, Note, Roster


@dataclass(frozen=True, slots=True)
class Commission:
    """The chain of rosters, the table ``roster``, and the answer to who can be named today."""

    chain: tuple[Note, ...]
    """All versions from the pinned genesis to now, every signature checked."""
    shown: dict[int, tuple[Reader, ...]] = field(default_factory=dict, init=False, repr=False)
    """A cache of ``readers`` by week: each turn asks, and the chain alone decides."""
    persons: Mapping[bytes, frozenset[bytes]] = field(init=False, repr=False)
    """By each mid that some version of the roster has: all mids of the same person."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "persons", keys_of_persons(self.chain))

    @property
    def roster(self) -> Roster:
        """Return the roster in force."""
        return self.chain[-1].roster

    def record(self, connection: Connection) -> None:
        """Store the versions of this chain that are new.

        Raises ``RosterError`` for a chain that is shorter than the stored one or differs from it.
        """
        rows = connection.execute(select(roster.c.version, roster.c.note)).all()
        stored = {row.version: row.note for row in rows}
        ours = {note.roster.version: note.format() for note in self.chain}
        texts = {note.roster.version: note.roster.text for note in self.chain}
        for version, note in stored.items():
            if version not in ours or not note.startswith(texts[version]):
                raise RosterError(
                    f"The roster file does not hold version {version} as this bot has used it. "
                    "Put the newest roster file in its place."
                )
        new = [{"version": v, "note": n} for v, n in ours.items() if v not in stored]
        if new:
            connection.execute(insert(roster), new)

    def remove_departed(self, connection: Connection, now: datetime) -> bool:
        """Delete some of what readers who left office had: grants, deliveries, linked accounts.

        Return whether there may be more.
        """
        mids, more = [m.mid for m in self.roster.active(week_of(now))], False
        fingerprints = {mid[:10] for mid in mids}
        for table in (access_grant, delivery):
            for departed in {*_named_readers(connection, table)} - fingerprints:
                some = delete_some(table, table.c.fp == departed)
                more |= connection.execute(some).rowcount == ROWS_AT_ONCE
        for table in (member_link, reader_invitation):
            connection.execute(delete(table).where(table.c.mid.not_in(mids)))
        return more

    def readers(self, now: datetime) -> tuple[Reader, ...]:
        """List the readers who can be named today, by name, as reporters see them."""
        week = week_of(now)
        readers = self.shown.get(week)
        if readers is None:
            active = (m for m in self.roster.active(week) if "commission" in m.roles)
            shown = (self._as_reader(m) for m in active)
            readers = self.shown[week] = tuple(sorted(shown, key=lambda r: r.name))
        return readers

    def _as_reader(self, member: Member) -> Reader:
        return Reader(
            id=member.mid[:10].hex(),
            name=member.pseudonym,
            about=member.about,
            must_pass_on=member.mandated,
            other_keys=tuple(
                sorted(mid[:10].hex() for mid in self.persons[member.mid] - {member.mid})
            ),
        )

    def mids_of(self, readers: Sequence[str]) -> frozenset[bytes]:
        """Return the mids with these fingerprints, of whichever version of the roster.

        Raises ``NotPermitted`` for a fingerprint that no version has.
        """
        mids = {mid[:10].hex(): mid for mid in self.persons}
        if not {*readers} <= mids.keys():
            raise NotPermitted("Only somebody whom a version of the roster names can be excluded.")
        return frozenset(mids[reader] for reader in readers)

    def admit(
        self, readers: Sequence[str], barred: frozenset[str], now: datetime
    ) -> tuple[Member, ...]:
        """Return the members with these fingerprints, who are to be given a hand-over.

        Raises ``NotPermitted`` unless all of them are in office, and none is barred under any key
        of theirs.
        """
        found = [r for r in self.readers(now) if r.id in readers]
        unfit = {*readers} - {r.id for r in found}
        if not readers or unfit or any(r.is_among(barred) for r in found):
            raise NotPermitted("A hand-over needs readers of the roster whom nothing excludes.")
        return tuple(m for m in self.roster.members if m.mid[:10].hex() in readers)

    def find(self, name: str, now: datetime) -> Member | None:
        """Find the active reader with this name, in any case of letters."""
        active = self.roster.active(week_of(now))
        return next((m for m in active if m.pseudonym.casefold() == name.casefold()), None)


def _named_readers(connection: Connection, table: Table) -> Iterator[bytes]:
    """Yield the fingerprint of each reader whom a row names, by one look into the index each.

    DISTINCT would read the index from one end to the other, every minute.
    """
    after: bytes | None = b""
    while after is not None:
        next_one = select(table.c.fp).where(table.c.fp > after).order_by(table.c.fp).limit(1)
        after = connection.scalar(next_one)
        if after is not None:
            yield after
