"""The state of one account: read once in a turn, and kept true while its changes are applied."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select

from store.cases.drafts import OpenedDraft, decode_state
from store.cases.handovers import is_held
from store.cases.permissions import (
    PermissionRecord,
    barred_by,
    case_of,
    in_order,
    is_kept,
    open_record,
)
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

CONVERSATION = "talk"
"""``q`` of the sealed event that holds the answers of a conversation that ended."""
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
    """The sealed items, opened, by id; None until they are needed."""

    @property
    def draft(self) -> Draft | None:
        """Return the draft of the conversation under way."""
        return self.found.draft if self.found else None

    @property
    def messages(self) -> tuple[OutboxMessage, ...]:
        """List the messages that wait for this account, in order."""
        return tuple(row.message for row in self.outbox if row.op == SAY)

    @property
    def shows_pieces(self) -> bool:
        """Check whether something that waits cannot be rendered without the pieces."""
        if self.draft is not None and self.draft.phase is Phase.REVIEW:
            return True
        return any(message.text.sentence in SHOWING for message in self.messages)

    def result(self, *, fresh: bool, pieces: bool) -> TurnResult:
        """Return what the handlers need after a turn; the pieces only where they need them."""
        snapshot = self.snapshot(pieces=pieces or self.shows_pieces)
        return TurnResult(snapshot, self.messages, fresh)

    def snapshot(self, *, pieces: bool) -> Snapshot:
        """Return the account as the handlers see it; with the pieces, if they were opened."""
        plain = Snapshot(held=self.held, readers=self.readers, ended=self.ended)
        if self.keys is None:
            return plain
        draft = self.draft
        standing = {r.consent.scope for r in self.permissions if r.revoked is None}
        return Snapshot(
            held=self.held,
            readers=self.readers,
            draft=draft,
            opened=None if draft else self.opened,
            barred=barred_by(self.permissions),
            words=self.keys.words,
            code_words=code_words(draft.code) if draft and draft.code is not None else (),
            kept="keep" in standing,
            shared="named" in standing,
            pieces=self._pieces() if pieces else (),
        )

    def _pieces(self) -> tuple[Piece, ...]:
        """List the opened answers in the order in which they were given."""
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


async def load_state(
    repositories: Repositories, connection: Connection, account: Account, now: datetime
) -> AccountState:
    """Read all that deciding needs, without the pieces."""
    outbox = await repositories.outbox.of_account(connection, account)
    state = AccountState(repositories.commission.readers(now), outbox)
    state.held = await _held_handover(connection, outbox)
    await _find_case(repositories, connection, account, now, state)
    if state.keys is not None and state.found is None:
        state.opened = await _opened_case(repositories, connection, state.keys)
    return state


async def open_pieces(
    repositories: Repositories, connection: Connection, state: AccountState
) -> None:
    """Open the pieces as well, if they were not opened yet."""
    if state.documents is None and state.keys is not None:
        everything = await repositories.items.all_of(connection, state.keys)
        state.documents = {item.hex(): document for item, document in everything}


async def _find_case(
    repositories: Repositories,
    connection: Connection,
    account: Account,
    now: datetime,
    state: AccountState,
) -> None:
    """Find this account's live draft, or the case that it opened with its words."""
    found = await repositories.drafts.find(connection, account)
    records = await _permissions(connection, found.keys) if found is not None else None
    if found is not None and records is not None and found.draft.expires > hour_of(now):
        state.found, state.keys, state.permissions = found, found.keys, records
        return
    state.ended = found is not None and records is None  # its reporter does not know it yet
    keys = repositories.sessions.get(account, now)
    records = await _permissions(connection, keys) if keys is not None else None
    if records is not None:
        state.keys, state.permissions, state.ended = keys, records, False


async def _permissions(connection: Connection, keys: CaseKeys) -> list[PermissionRecord] | None:
    """List the statements of a case, oldest first; None if the case is not there."""
    rows = (await connection.execute(_CASE, {"locator": keys.locator})).all()
    if not rows:
        return None
    _check(rows[0][:3], keys)
    found = [open_record(row.stmt, row.env, row.revoked, keys) for row in rows if row.stmt]
    return in_order(found)


async def exists(connection: Connection, keys: CaseKeys) -> bool:
    """Check whether the case is there; ``Tampered`` if its public keys are not these keys'."""
    row = (await connection.execute(_EXISTS, {"locator": keys.locator})).first()
    if row is not None:
        _check(row, keys)
    return row is not None


def _check(public: Sequence[bytes], keys: CaseKeys) -> None:
    if tuple(public) != (keys.rid, keys.box, keys.sign_public):
        raise Tampered("A case's public keys were changed. Restore the database.")


async def _opened_case(
    repositories: Repositories, connection: Connection, keys: CaseKeys
) -> OpenedCase:
    return OpenedCase(
        await repositories.handovers.standing(connection, keys),
        await repositories.permissions.history(connection, keys),
        *await _conversation(repositories, connection, keys),
    )


async def _conversation(
    repositories: Repositories, connection: Connection, keys: CaseKeys
) -> tuple[tuple[StoredAnswer, ...], str]:
    """Return the answers as they were when the conversation ended, and their revision."""
    documents = [d for _, d in await repositories.items.all_of(connection, keys)]
    bodies = [d.body for d in documents if d.extra.get("q") == CONVERSATION and d.kind == "event"]
    if not bodies:
        return (), ""
    state = decode_state(bodies[-1], 0, 0)
    return state.answers, state.revision


async def _held_handover(
    connection: Connection, outbox: Sequence[OutboxRow]
) -> HeldHandover | None:
    """Find a hand-over that this account can stop, until it is released."""
    for row in outbox:
        if row.op != RELEASE:
            continue
        stmt = bytes.fromhex(row.text.ids[0])
        locator = await case_of(connection, stmt)
        if locator is not None and await is_held(connection, stmt):
            kept = await is_kept(connection, locator)
            return HeldHandover(stmt.hex(), row.due_hour, kept)
    return None
