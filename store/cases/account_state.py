"""The state of one account: read once in a turn, and kept true while its changes are applied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, select, union_all

from store.cases.drafts import OpenedDraft
from store.cases.handovers import held_for, held_in
from store.cases.other_case import describe_other
from store.cases.permissions import (
    EXCLUSIONS,
    PermissionRecord,
    barred_by,
    case_of,
    handovers_of,
    in_order,
    is_kept,
    open_record,
    standing_grants,
)
from store.cases.sessions import Session, session_of
from store.crypto.case_keys import CaseKeys
from store.crypto.mnemonics import code_words
from store.db.connection import Connection
from store.db.schema import case_file, exclusion, permission
from store.model.accounts import Account
from store.model.clock import hour_of
from store.model.drafts import Draft, Piece
from store.model.errors import Tampered
from store.model.outbox import OutboxMessage
from store.model.permissions import HeldHandover
from store.model.readers import Reader
from store.model.snapshot import AskedErasure, OpenedCase, OtherCase, Snapshot
from store.model.turn import NOTHING_SUPPLIED, Need, Supplies, TurnResult
from store.outbox.rows import OutboxRow
from store.repositories import Repositories

BEGUN = "case"
"""The kind of counter that counts cases begun."""

_MINE = case_file.c.locator == bindparam("locator")
_PUBLIC = select(
    *(case_file.c.rid, case_file.c.pk_r, case_file.c.pk_sig),
    *(case_file.c.draft_exp, case_file.c.expire),
)
_EXISTS = _PUBLIC.where(_MINE)
_CASE = union_all(
    _PUBLIC.add_columns(permission.c.stmt, permission.c.env, permission.c.revoked)
    .outerjoin(permission)
    .where(_MINE),
    _PUBLIC.add_columns(*EXCLUSIONS.selected_columns).join(exclusion).where(_MINE),
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What is at rest about one case."""

    permissions: list[PermissionRecord] = field(default_factory=list, repr=False)
    """All of its statements, oldest first."""
    outlives_draft: bool = False
    due: Mapping[bytes, int] = field(default_factory=dict, repr=False)
    """By statement that is held: the hour of its release."""
    expire: int = 0
    """The last week in which it is there, whatever else ends it before."""


@dataclass(slots=True)
class AccountMemory:
    """What is known of an account in memory only, and is gone after a restart."""

    opened: OpenedCase | None = None
    other: OtherCase | None = None
    """A second case, of whose words the account has just typed."""
    opened_by_another: bool = False
    asked: AskedErasure | None = None
    """What the account was asked, and has not answered yet."""

    @property
    def open_question(self) -> AskedErasure | None:
        """Return what the account was asked, unless it is about a case that was closed since."""
        gone = self.asked is not None and self.asked.is_of_opened and self.opened is None
        return None if gone else self.asked


@dataclass(slots=True)
class AccountState:
    """One account as the disk has it. Nothing of it outlives the turn that read it."""

    readers: tuple[Reader, ...]
    outbox: list[OutboxRow]
    holds: tuple[tuple[bytes, HeldHandover], ...] = ()
    """Hand-overs that this account can still stop, oldest first, each with its case's locator."""
    found: OpenedDraft | None = None
    keys: CaseKeys | None = field(default=None, repr=False)
    ended: bool = False
    case: CaseRow = field(default_factory=CaseRow, repr=False)
    memory: AccountMemory = field(default_factory=AccountMemory)
    pieces: Mapping[str, Piece | None] | None = field(default=None, repr=False)
    """The opened answers by item, None for one that is gone; None until they are needed."""
    cases_begun: int = 0

    @property
    def draft(self) -> Draft | None:
        """Return the draft of the conversation under way."""
        return self.found.draft if self.found else None

    @property
    def identity_changed(self) -> bool:
        """Whether somebody else is behind the account than whose draft it has."""
        return self.found is not None and self.found.is_of_other

    @property
    def messages(self) -> tuple[OutboxMessage, ...]:
        """List the messages that wait for this account, in order."""
        return tuple(row.message for row in self.outbox if row.is_message)

    def result(self, *, fresh: bool, needs: Need | None = None) -> TurnResult:
        """Return what the handlers need after a turn."""
        return TurnResult(self.snapshot(), self.messages, fresh, needs)

    def snapshot(self) -> Snapshot:
        """Return the account as the handlers see it; with the pieces, if all were opened."""
        begun = self.cases_begun if self.found is None else 0
        if self.identity_changed:
            asked = self.memory.open_question
            return Snapshot(readers=self.readers, identity_changed=True, asked=asked)
        holds = [replace(hold, here=self._is_of(locator)) for locator, hold in self.holds]
        plain = partial(
            Snapshot,
            held=holds[-1] if holds else None,
            older_holds=tuple(holds[:-1]),
            readers=self.readers,
            ended=self.ended,
            opened_by_another=self.memory.opened_by_another,
            asked=self.memory.open_question,
            cases_begun=begun,
        )
        if self.keys is None:
            return plain()
        draft = self.draft
        standing = {r.consent.scope for r in self.case.permissions if r.revoked is None}
        revoked = {r.consent.scope for r in self.case.permissions if r.revoked is not None}
        return plain(
            draft=draft,
            opened=None if draft else self.memory.opened,
            barred=barred_by(self.case.permissions),
            words=self.keys.words,
            code_words=code_words(draft.code) if draft and draft.code is not None else (),
            kept="keep" in standing,
            until=self.case.expire if "keep" in standing else 0,
            outlives_draft=self.case.outlives_draft,
            other=None if draft else self.memory.other,
            shared="named" in standing,
            taken_back="named" in revoked,
            grants=standing_grants(self.case.permissions, self.case.due),
            loaded_pieces=self._pieces(),
        )

    def _is_of(self, locator: bytes) -> bool:
        """Tell whether a case is the one that is open now, also after a turn that changed it."""
        return self.keys is not None and self.keys.locator == locator

    def _pieces(self) -> tuple[Piece, ...] | None:
        """List the opened answers in the order in which they were given; None if some are not."""
        items, opened = self.items(), self.pieces or {}
        if not items or opened.keys() >= {*items}:
            return tuple(piece for item in items if (piece := opened[item]) is not None)
        return None

    def items(self) -> tuple[str, ...]:
        """List the items of the answers, in order."""
        answers = self.memory.opened.answers if self.memory.opened else ()
        if self.draft is not None:
            answers = self.draft.answers
        return tuple(item for answer in answers for item in answer.items)

    def add_piece(self, piece: Piece) -> None:
        """Add an answer that was just sealed, where the others were opened."""
        if self.pieces is not None:
            self.pieces = {**self.pieces, piece.item: piece}


def load_state(
    repositories: Repositories,
    connection: Connection,
    account: Account,
    now: datetime,
    supplies: Supplies = NOTHING_SUPPLIED,
) -> AccountState:
    """Read all that deciding needs, and add the pieces if they were supplied."""
    outbox = repositories.outbox.of_account(connection, account)
    state = AccountState(repositories.commission.readers(now), outbox, pieces=supplies.pieces)
    session = session_of(supplies.found) or repositories.sessions.get(account, now)
    _find_case(repositories, connection, account, now, session, state)
    state.holds = tuple(_holds(connection, outbox))
    if session is not None and state.keys is session.keys:
        state.memory.opened = _opened_case(repositories, connection, session, now)
        state.memory.other = _other_case(repositories, connection, session.keys, supplies)
    state.memory.opened_by_another = repositories.sessions.is_of_another(account, now)
    state.memory.asked = _as_it_is_now(connection, repositories.sessions.asked(account, now))
    if state.found is None:
        state.cases_begun = repositories.counters.read(connection, BEGUN, account, now)
    return state


def _as_it_is_now(connection: Connection, asked: AskedErasure | None) -> AskedErasure | None:
    """Say whether the case of a code is kept still: it may be open elsewhere."""
    if asked is None or not asked.locator:
        return asked
    return replace(asked, kept=is_kept(connection, asked.locator))


def _find_case(
    repositories: Repositories,
    connection: Connection,
    account: Account,
    now: datetime,
    session: Session | None,
    state: AccountState,
) -> None:
    """Find this account's live draft, or the case that was opened with its words."""
    found = repositories.drafts.find(connection, account)
    case = _read_case(connection, found.keys) if found is not None else None
    if found is not None and case is not None and found.draft.expires > hour_of(now):
        state.found, state.keys, state.case = found, found.keys, case
        return
    state.ended = found is not None and case is None  # its reporter does not know it yet
    case = _read_case(connection, session.keys) if session is not None else None
    if session is not None and case is not None:
        state.keys, state.case, state.ended = session.keys, case, False


def _read_case(connection: Connection, keys: CaseKeys) -> CaseRow | None:
    """Read a case with its statements; None if it is not there."""
    rows = connection.execute(_CASE, {"locator": keys.locator}).all()
    if not rows:
        return None
    _check(rows[0][:3], keys)
    records = [open_record(r.stmt, r.env, r.revoked, keys) for r in rows if r.stmt]
    shares = any(r.consent.sharing is not None and r.revoked is None for r in records)
    due = held_in(connection, keys.locator) if shares else {}
    outlives = rows[0].draft_exp == 0
    return CaseRow(in_order(records), outlives, due, expire=rows[0].expire)


def exists(connection: Connection, keys: CaseKeys) -> bool:
    """Check whether the case is there; ``Tampered`` if its public keys are not these keys'."""
    row = connection.execute(_EXISTS, {"locator": keys.locator}).first()
    if row is not None:
        _check(row[:3], keys)
    return row is not None


def _check(public: Sequence[bytes], keys: CaseKeys) -> None:
    if tuple(public) != (keys.rid, keys.box, keys.sign_public):
        raise Tampered("A case's public keys were changed. Restore the database.")


def _opened_case(
    repositories: Repositories, connection: Connection, session: Session, now: datetime
) -> OpenedCase:
    return OpenedCase(
        repositories.handovers.standing(connection, session.keys),
        repositories.permissions.history(connection, session.keys),
        session.answers,
        session.revision,
        repositories.retention.story_ends(now),
        session.language,
    )


def _other_case(
    repositories: Repositories, connection: Connection, opened: CaseKeys, supplies: Supplies
) -> OtherCase | None:
    """Describe the second case that was found for this turn; None if there is none any more."""
    other = session_of(supplies.other)
    if other is None or not exists(connection, other.keys):
        return None
    return describe_other(connection, repositories, other, opened)


def _holds(
    connection: Connection, outbox: Sequence[OutboxRow]
) -> Iterator[tuple[bytes, HeldHandover]]:
    """Yield the hand-overs that this account can stop, until each is released."""
    for row in outbox:
        if not row.released:
            continue
        stmt = bytes.fromhex(row.released)
        locator, readers = case_of(connection, stmt), held_for(connection, stmt)
        if locator is not None and readers:
            kept = is_kept(connection, locator)
            beside = tuple(s.hex() for s in handovers_of(connection, locator) if s != stmt)
            hold = HeldHandover(
                stmt.hex(),
                row.due_hour,
                kept,
                row.id.hex(),
                readers,
                beside=beside,
                language=row.language,
            )
            yield locator, hold
