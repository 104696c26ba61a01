"""One turn of a reader's: load, decide and write, in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime

from store.db.connection import Connection
from store.inbox.claim import claim
from store.model.accounts import EVERYBODY, Account
from store.model.clock import week_of
from store.model.errors import NotPermitted
from store.model.inbox import MessageKey
from store.model.outbox import PayloadKind, PayloadRef
from store.model.readers import (
    DecideForReader,
    MakeInvitation,
    ReaderChange,
    ReaderSnapshot,
    SendDelivery,
    TryDigits,
)
from store.outbox.rows import SAY, SEND
from store.readers.roster import Member
from store.repositories import Repositories

INVITATION = "join"
"""The kind of counter that counts invitations."""

WRONG_DIGITS = "digits"
"""The kind of counter that counts wrong digits, of everybody together."""


@dataclass(frozen=True, slots=True)
class ReaderTurn:
    """The turn of one message. ``run`` may be called more than once."""

    repositories: Repositories
    account: Account
    message: MessageKey = field(repr=False)
    decide: DecideForReader
    now: datetime
    digits: str = field(default="", repr=False)

    def run(self, connection: Connection) -> bool:
        """Return False, with nothing done, if the message was processed before."""
        repositories, platform = self.repositories, self.account.platform
        if not claim(repositories, connection, platform, self.message, self.now):
            return False
        snapshot = load_reader(repositories, connection, self.account, self.now, self.digits)
        decision = self.decide(snapshot)
        for change in decision.changes:
            self._apply(connection, change)
        for text in decision.texts:
            repositories.outbox.add(connection, self.account, SAY, text, self.now)
        return True

    def _apply(self, connection: Connection, change: ReaderChange) -> None:
        match change:
            case MakeInvitation(name):
                self._make_invitation(connection, name)
            case TryDigits(digits):
                self._try_digits(connection, digits)
            case SendDelivery(code):
                self._send_delivery(connection, code)

    def _make_invitation(self, connection: Connection, name: str) -> None:
        repositories = self.repositories
        member = repositories.commission.find(name, self.now)
        if member is None:
            raise NotPermitted("An invitation needs a reader in office.")
        repositories.counters.increment(connection, INVITATION, self.account, self.now)
        sealed = repositories.invitations.create(connection, self.account, member, self.now)
        repositories.invitations.keep_file(connection, sealed)
        self._send(connection, PayloadRef(PayloadKind.INVITATION, sealed.id))

    def _try_digits(self, connection: Connection, digits: str) -> None:
        repositories = self.repositories
        was_open = repositories.invitations.is_open(connection, self.account, self.now)
        mid = repositories.invitations.accept(connection, self.account, digits, self.now)
        if mid is not None:
            repositories.linked_accounts.link(connection, self.account, mid)
        elif was_open:
            repositories.counters.increment(connection, WRONG_DIGITS, EVERYBODY, self.now)

    def _send_delivery(self, connection: Connection, code: str) -> None:
        member = _reader_on(self.repositories, connection, self.account)
        if member is None:
            raise NotPermitted("A delivery is sent to an account that a reader has linked.")
        own_id = self.repositories.deliveries.find(connection, member, code)
        self._send(connection, PayloadRef(PayloadKind.DELIVERY, own_id))

    def _send(self, connection: Connection, payload: PayloadRef) -> None:
        self.repositories.outbox.add(connection, self.account, SEND, payload, self.now)


def load_reader(
    repositories: Repositories,
    connection: Connection,
    account: Account,
    now: datetime,
    digits: str = "",
) -> ReaderSnapshot:
    """Read all that deciding on a reader's command, and rendering its answer, needs."""
    member = _reader_on(repositories, connection, account)
    invitations = repositories.invitations
    return ReaderSnapshot(
        linked=member is not None,
        deliveries=repositories.deliveries.waiting(connection, member) if member else (),
        names=tuple(m.pseudonym for m in repositories.commission.roster.active(week_of(now))),
        invited=invitations.is_open(connection, account, now),
        invitations_today=repositories.counters.read(connection, INVITATION, account, now),
        wrong_digits_today=repositories.counters.read(connection, WRONG_DIGITS, EVERYBODY, now),
        digits_fit=bool(digits) and invitations.fits(connection, account, digits, now),
    )


def _reader_on(
    repositories: Repositories, connection: Connection, account: Account
) -> Member | None:
    mid = repositories.linked_accounts.mid_of(connection, account)
    return None if mid is None else repositories.commission.roster.member(mid)
