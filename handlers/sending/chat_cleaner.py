"""Deleting messages from chats. Nothing is sent here: what stays is returned, to be told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from handlers.context import Clock, View
from handlers.effects import DeleteAgeing
from handlers.messages import ChatClearing
from handlers.ports.messenger import Messenger, Undelivered
from handlers.ports.stores import DeletableMessageStore
from handlers.reporter.questions import cleaning_choice
from store.model.accounts import Account
from store.model.outbox import NOTHING_FORGOTTEN, DeletableMessages, ForgottenMessages

HOUR_SECONDS = 3600
MOST_FAILURES = 3
"""So often in a row a cleaning that the platform does not take holds back what is to be sent."""
AGEING_HOURS = 44
"""Messages of this age are deleted while the platform still allows it."""


@dataclass(frozen=True, slots=True)
class DeletionReport:
    """What a cleaning was to delete, and what of it the platform left in the chat."""

    forgotten: ForgottenMessages = NOTHING_FORGOTTEN
    """What there is no more to delete, when it was said what remains of it."""
    remaining: int = 0
    """How many messages stayed."""
    first_remaining: bytes = field(default=b"", repr=False)
    """The row of the first that stayed."""
    failed: bool = False
    """The platform has not taken the deletion again and again. If it takes a message now, it is
    there, and the rest stays; else nobody knows."""


NOTHING_DELETED = DeletionReport()


@dataclass(frozen=True, slots=True)
class ChatCleaner:
    """Deletes what can be deleted from the chats of one platform."""

    deletable_messages: DeletableMessageStore
    messenger: Messenger
    clock: Clock
    failures: dict[str, int] = field(default_factory=dict, repr=False)
    """How often in a row deleting failed, by account."""

    async def clean(
        self,
        account: Account,
        view: View,
        clear: ChatClearing,
        messages: Sequence[DeletableMessages] | None = None,
        *,
        replaced: Collection[str] = (),
    ) -> DeletionReport:
        """Delete what is to go before a message appears: of these messages, if they are known.

        The caller tells what remains, and forgets what the report says. Where the reporter
        cleans the chat, all of them are forgotten instead: what came before that was chosen is
        covered by it. What comes while the message is sent can belong to another talk. The button
        that stops what is held stays as long as it can, unless the message has it anew
        (``replaced``).
        """
        stopping = {hold.id for hold in view.snapshot.holds}
        cleans_alone = cleaning_choice(view) == "self"
        if not self.messenger.platform.single:
            return NOTHING_DELETED
        if clear is ChatClearing.NOTHING and not cleans_alone:
            return NOTHING_DELETED
        if messages is None:
            messages = await self.deletable_messages.of_account(account)
        if cleans_alone:
            gone = tuple(each for each in messages if each.hold not in stopping)
            return DeletionReport(ForgottenMessages(gone))
        stopping -= {*replaced}
        return await self.delete(account, [m for m in messages if _goes(m, clear, stopping)])

    async def delete(
        self, account: Account, messages: Sequence[DeletableMessages]
    ) -> DeletionReport:
        """Delete these messages, and report what remains; they are not forgotten yet.

        Where the platform fails half-way, what is gone is forgotten, so that the next attempt
        goes on behind it. Raise ``Undelivered`` then, but not for ever: see ``failed``.
        """
        remaining: dict[DeletableMessages, int] = {}
        try:
            for each in messages:
                chat = replace(account, address=each.address)
                remaining[each] = await self.messenger.delete(chat, each.ids, each.hour)
        except Exception as error:
            await self._forget([each for each, count in remaining.items() if not count])
            if not self._has_failed_for_long(account, error):
                raise
            return _failed([each for each in messages if remaining.get(each, 1)], remaining)
        self.failures.pop(account.name, None)
        first = next((each.row for each, count in remaining.items() if count), b"")
        forgotten = ForgottenMessages(tuple(messages))
        return DeletionReport(forgotten, sum(remaining.values()), first)

    async def forget(self, report: DeletionReport) -> None:
        """Forget the messages of a report: they are gone, or their reporter was told."""
        await self._forget(report.forgotten.messages)

    async def forget_all(self, messages: Sequence[DeletableMessages]) -> None:
        """Forget messages in a chat that cannot be reached any more."""
        await self._forget(messages)

    def _has_failed_for_long(self, account: Account, error: Exception) -> bool:
        """Count a failure; one after which the platform asks to wait is none."""
        if not isinstance(error, Undelivered) or error.after:
            return False
        self.failures[account.name] = self.failures.get(account.name, 0) + 1
        return self.failures[account.name] > MOST_FAILURES

    async def delete_own(self, account: Account, message: str) -> bool:
        """Delete a message that the account has just written; return False if it stays."""
        if not message or not self.messenger.platform.single:
            return True
        return not await self.messenger.delete(account, (message,), 0)

    async def leave(self, account: Account, *, later: bool = False) -> None:
        """Leave a chat in which everything is over; ``later``: once nothing is held any more.

        What still stands there is out of reach then, and is forgotten.
        """
        await self.messenger.leave(account)
        if later:
            return
        messages = await self.deletable_messages.of_account(account)
        await self._forget([each for each in messages if each.address == account.address])

    async def find_ageing(self) -> tuple[DeleteAgeing, ...]:
        """Return an effect for each account with messages that will soon be too old to delete."""
        if not self.messenger.platform.ages:
            return ()
        until = int(self.clock().timestamp()) // HOUR_SECONDS - AGEING_HOURS
        ageing = await self.deletable_messages.ageing(self.messenger.platform.name, until)
        return tuple(DeleteAgeing(account, messages) for account, messages in ageing)

    async def _forget(self, messages: Sequence[DeletableMessages]) -> None:
        if messages:
            await self.deletable_messages.forget(messages)


def _goes(message: DeletableMessages, clear: ChatClearing, stopping: Collection[str]) -> bool:
    if message.hold:
        return message.hold not in stopping
    if clear is ChatClearing.ENDED_HOLDS:
        return False
    return clear >= ChatClearing.COPIED or not message.lasting


def _failed(
    messages: Sequence[DeletableMessages], remaining: Mapping[DeletableMessages, int]
) -> DeletionReport:
    """Report that these stay, all of them where nothing of them was deleted."""
    count = sum(remaining.get(each, len(each.ids)) for each in messages)
    return DeletionReport(ForgottenMessages(tuple(messages)), count, messages[0].row, failed=True)
