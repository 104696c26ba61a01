"""What is at rest about one account: read once, and kept true while a turn changes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select

from store.cases import permissions as given
from store.cases.drafts import OpenedDraft, decode_state
from store.cases.permissions import PermissionRecord
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Document
from store.crypto.mnemonics import code_words
from store.db.connection import Connection
from store.db.schema import case_file, permission
from store.model.accounts import Account
from store.model.clock import hour_of
from store.model.drafts import Draft, Phase, Piece, StoredAnswer
from store.model.errors import Tampered
from store.model.outbox import OutboxMessage
from store.model.permissions import HeldHandover
from store.model.readers import Reader
from store.model.snapshot import OpenedCase, Snapshot
from store.model.turn import TurnResult
from store.outbox.rows import RELEASE, SAY, OutboxRow
from store.repositories import Repositories

TALK = "talk"
SHOWING = frozenset({"SHOW_ALL", "SHOW_PIECE"})
"""Sentences that are rendered with the pieces of the story."""

_MINE = case_file.c.locator == bindparam("locator")
_PUBLIC = select(case_file.c.rid, case_file.c.pk_r, case_file.c.pk_sig)
_EXISTS = _PUBLIC.where(_MINE)
_CASE = (
    _PUBLIC.add_columns(permission.c.stmt, permission.c.env, permission.c.revoked)
    .outerjoin(permission)
    .where(_MINE)
)


@dataclass(slots=True)
class AccountState:
    """One account as the disk has it. Nothing of it outlives the turn that read it."""

    readers: tuple[Reader, ...]
    outbox: list[OutboxRow]
    held: HeldHandover | None = None
    found: OpenedDraft | None = None
    keys: CaseKeys | None = field(default=None, repr=False)
    ended: bool = False
    permissions: list[PermissionRecord] = field(default_factory=list, repr=False)
    opened: OpenedCase | None = None
    documents: dict[str, Document] | None = field(default=None, repr=False)
    """The sealed items, opened, by id; None as long as nobody needs them."""

    @property
    def draft(self) -> Draft | None:
        """The talk that is going on."""
        return self.found.draft if self.found else None

    @property
    def messages(self) -> tuple[OutboxMessage, ...]:
        """What waits for this account, in order."""
        return tuple(row.message for row in self.outbox if row.op == SAY)

    @property
    def shows_pieces(self) -> bool:
        """Whether what is open, or what waits, cannot be rendered without the pieces."""
        if self.draft is not None and self.draft.phase is Phase.REVIEW:
            return True
        return any(post.text.sentence in SHOWING for post in self.messages)

    def result(self, *, fresh: bool, pieces: bool) -> TurnResult:
        """As the handlers see it after a turn; the pieces only where they are needed now."""
        snapshot = self.snapshot(pieces=pieces or self.shows_pieces)
        return TurnResult(snapshot, self.messages, fresh)

    def snapshot(self, *, pieces: bool) -> Snapshot:
        """As the handlers see it; with the pieces, if they were opened."""
        plain = Snapshot(held=self.held, readers=self.readers, ended=self.ended)
        if self.keys is None:
            return plain
        draft = self.draft
        standing = {k.consent.scope for k in self.permissions if k.revoked is None}
        return Snapshot(
            held=self.held,
            readers=self.readers,
            draft=draft,
            opened=None if draft else self.opened,
            barred=given.barred_by(self.permissions),
            words=self.keys.words,
            code_words=code_words(draft.code) if draft and draft.code is not None else (),
            kept="keep" in standing,
            shared="named" in standing,
            pieces=self._pieces() if pieces else (),
        )

    def _pieces(self) -> tuple[Piece, ...]:
        """The answers in the order in which they were told; none where nobody needs them."""
        opened = self.documents or {}
        return tuple(
            Piece(item, a.step, opened[item].week, opened[item].body.decode())
            for a in self._answers()
            for item in a.items
            if item in opened
        )

    def _answers(self) -> tuple[StoredAnswer, ...]:
        if self.draft is not None:
            return self.draft.answers
        return self.opened.answers if self.opened else ()


async def know(
    repositories: Repositories, connection: Connection, who: Account, now: datetime
) -> AccountState:
    """All that deciding needs, without the pieces."""
    lane = await repositories.outbox.of_account(connection, who)
    known = AccountState(repositories.commission.readers(now), lane)
    known.held = await _held(connection, lane)
    await _find_case(repositories, connection, who, now, known)
    if known.keys is not None and known.found is None:
        known.opened = await _opened(repositories, connection, known.keys)
    return known


async def open_pieces(
    repositories: Repositories, connection: Connection, known: AccountState
) -> None:
    """The pieces as well, if they were not opened yet."""
    if known.documents is None and known.keys is not None:
        everything = await repositories.items.all_of(connection, known.keys)
        known.documents = {item.hex(): document for item, document in everything}


async def _find_case(
    repositories: Repositories,
    connection: Connection,
    who: Account,
    now: datetime,
    known: AccountState,
) -> None:
    """This account's live draft, or the case it opened with its words; nothing that is gone."""
    found = await repositories.drafts.find(connection, who)
    kept = await _kept(connection, found.keys) if found is not None else None
    if found is not None and kept is not None and found.draft.expires > hour_of(now):
        known.found, known.keys, known.permissions = found, found.keys, kept
        return
    known.ended = found is not None and kept is None  # nobody told its reporter yet
    keys = repositories.sessions.get(who, now)
    kept = await _kept(connection, keys) if keys is not None else None
    if kept is not None:
        known.keys, known.permissions, known.ended = keys, kept, False


async def _kept(connection: Connection, keys: CaseKeys) -> list[PermissionRecord] | None:
    """The statements of a case, oldest first; None if it is not there."""
    rows = (await connection.execute(_CASE, {"locator": keys.locator})).all()
    if not rows:
        return None
    _check(rows[0][:3], keys)
    found = [given.open_kept(row.stmt, row.env, row.revoked, keys) for row in rows if row.stmt]
    return given.in_order(found)


async def exists(connection: Connection, keys: CaseKeys) -> bool:
    """Whether the case is there; ``Tampered`` if its public keys are not these keys'."""
    row = (await connection.execute(_EXISTS, {"locator": keys.locator})).first()
    if row is not None:
        _check(row, keys)
    return row is not None


def _check(public: Sequence[bytes], keys: CaseKeys) -> None:
    if tuple(public) != (keys.rid, keys.box, keys.sign_public):
        raise Tampered("A case's public keys were changed. Restore the database.")


async def _opened(
    repositories: Repositories, connection: Connection, keys: CaseKeys
) -> OpenedCase:
    return OpenedCase(
        await repositories.permissions.standing_handovers(connection, keys),
        await repositories.permissions.history(connection, keys),
        *await _talk(repositories, connection, keys),
    )


async def _talk(
    repositories: Repositories, connection: Connection, keys: CaseKeys
) -> tuple[tuple[StoredAnswer, ...], str]:
    """The answers as they were when the talk ended, and the revision that they answer."""
    documents = [d for _, d in await repositories.items.all_of(connection, keys)]
    bodies = [d.body for d in documents if d.extra.get("q") == TALK and d.kind == "event"]
    if not bodies:
        return (), ""
    state = decode_state(bodies[-1], 0, 0)
    return state.answers, state.revision


async def _held(connection: Connection, lane: Sequence[OutboxRow]) -> HeldHandover | None:
    """A hand-over that this account can stop, until it is released."""
    for row in lane:
        if row.op != RELEASE:
            continue
        stmt = bytes.fromhex(row.text.ids[0])
        locator = await given.case_of(connection, stmt)
        if locator is not None and await given.is_held(connection, stmt):
            kept = await given.is_kept(connection, locator)
            return HeldHandover(stmt.hex(), row.due_hour, kept)
    return None
