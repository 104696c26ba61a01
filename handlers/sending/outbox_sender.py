"""Sending of what waits in an account's outbox."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.account_locks import AccountLocks
from handlers.context import SnapshotReader, View
from handlers.effects import DeleteAgeing, SendDirect, UpdateSelection
from handlers.messages import ChatClearing, Reply
from handlers.outcome import ACKNOWLEDGEMENT, NOT_KEPT, UNCLEANED, say
from handlers.ports.messenger import MessageRefused, Messenger, RecipientGone
from handlers.ports.stores import CaseStore, OutboxStore
from handlers.reporter.questions import cleaning_choice
from handlers.sending.chat_cleaner import ChatCleaner, DeletionReport
from handlers.sending.cleaning import ENDING
from handlers.sending.part_sender import PartSender
from handlers.sending.renderer import MessageRenderer
from handlers.sending.rendering import render
from handlers.sending.unsent_results import UnsentResults
from store.model.accounts import Account
from store.model.outbox import OutboxMessage, SentMessages
from store.model.turn import TurnResult


@dataclass(frozen=True, slots=True)
class OutboxSender:
    """Sends the outbox of each account of one platform, in order and one send at a time."""

    cases: CaseStore
    outbox: OutboxStore
    messenger: Messenger
    snapshots: SnapshotReader
    renderer: MessageRenderer
    parts: PartSender
    cleaner: ChatCleaner
    unsent: UnsentResults
    locks: AccountLocks
    """Held while something is sent to an account."""

    async def send_waiting(self, account: Account, *, quiet: bool, late: bool = False) -> bool:
        """Send everything that waits; return whether an acknowledgement is held back.

        ``quiet``: the account writes nothing more for now, so its acknowledgement is sent, too.
        ``late``: nobody has just asked for any of it, so it makes no sound. The chat is cleaned
        before the first message. Raise ``SendError``; what was not sent stays in the outbox.
        """
        async with self.locks.of(account):
            result = self.unsent.take(account) or await self._pending(account)
            due, superseded = _due(result.messages, quiet=quiet)
            if superseded:
                await self.outbox.confirm(superseded)
            await self._send_all(account, result, due, late=late)
            last = result.messages[-1:]
            return any(m.text.sentence == ACKNOWLEDGEMENT for m in last) and not quiet

    async def settle(self, account: Account) -> None:
        """Send the acknowledgement that was held back until a burst of messages is over."""
        await self.send_waiting(account, quiet=True)

    async def send_direct(self, effect: SendDirect) -> None:
        """Send a text that is not stored."""
        reply = render(effect.view, effect.text)
        if reply is not None:
            await self.parts.remember(await self.parts.send(effect.account, reply))

    async def update_selection(self, effect: UpdateSelection) -> None:
        """Show other ticks on the message whose button was pressed."""
        reply = self.renderer.render_selection(effect)
        if reply is not None:
            await self.messenger.update_buttons(effect.account, effect.message, reply)

    async def delete_ageing(self, effect: DeleteAgeing) -> None:
        """Delete messages that will soon be too old, and tell how many stay.

        An account that cannot be written to any more is not asked again.
        """
        account = effect.account
        async with self.locks.of(account):
            try:
                report = await self.cleaner.delete(account, effect.messages)
                if await self._report_remaining(account, report):
                    await self._send_uncleaned(account)
            except (RecipientGone, MessageRefused):
                await self.cleaner.forget_all(effect.messages)
                raise

    def reload(self, account: Account) -> None:
        """Read the outbox anew at the next send: it holds more than the last turn knew of."""
        self.unsent.discard(account)

    async def drop(self, account: Account) -> None:
        """Discard what waits for an account that nothing can be sent to any more."""
        async with self.locks.of(account):
            self.unsent.discard(account)
            await self.outbox.confirm(await self.outbox.messages_for(account))

    async def _pending(self, account: Account) -> TurnResult:
        return await self.cases.pending(account, self.snapshots.clock())

    async def _send_all(
        self, account: Account, result: TurnResult, due: Sequence[OutboxMessage], *, late: bool
    ) -> None:
        view = self.snapshots.view_of(result.snapshot)
        replies = [(message, await self.renderer.render(view, message)) for message in due]
        clear = _clearing(view, result, replies)
        report = await self.cleaner.clean(account, view, clear)
        remaining = await self._report_remaining(account, report)
        refused: MessageRefused | None = None
        for message, reply in replies:
            silent = late or message.repeated or bool(reply and reply.silent)
            shown = replace(reply, silent=silent, clear=clear) if reply else None
            try:
                await self._send(message, shown)
            except MessageRefused as error:
                refused = error  # only this message is lost: the next may be the question
            clear = ChatClearing.NOTHING
        if remaining:
            await self._send_uncleaned(account)
        if refused:
            raise refused

    async def _report_remaining(self, account: Account, report: DeletionReport) -> bool:
        """Write what stays in the chat to the outbox before it is forgotten.

        The commit is named after what stays, so that it is told once wherever the program is cut
        off; where it is the chat that allows no deletion, once a day.
        """
        if report.remaining:
            now = self.snapshots.clock()
            ages = self.messenger.platform.ages
            name = f"stays {report.first_remaining.hex()}" if ages else f"stays today {now:%j}"
            texts = (say(UNCLEANED, str(report.remaining)),)
            await self.cases.commit(account, name, (), texts, now)
        await self.cleaner.forget(report)
        return bool(report.remaining)

    async def _send_uncleaned(self, account: Account) -> None:
        """Send what was written to the outbox while the rest was being sent."""
        result = await self._pending(account)
        view = self.snapshots.view_of(result.snapshot)
        for message in result.messages:
            if message.text.sentence == UNCLEANED:
                await self._send(message, await self.renderer.render(view, message))

    async def _send(self, message: OutboxMessage, reply: Reply | None) -> None:
        """Send a message, and confirm it when it was taken or when nothing can ever take it."""
        sent: tuple[SentMessages, ...] = ()
        try:
            if reply is not None:
                sent = await self.parts.send(message.to, reply, message.id)
        except (RecipientGone, MessageRefused):
            await self.outbox.confirm((message,))
            raise
        except Exception:
            await self.outbox.record_attempt(message)
            raise
        if self.messenger.platform.leaves and message.text.sentence in ENDING:
            # The message still waits: wherever the program ends, the chat is left.
            await self.cleaner.leave(message.to)
            sent = ()
        await self.outbox.confirm((message,), sent)


def _clearing(
    view: View, result: TurnResult, replies: Sequence[tuple[OutboxMessage, Reply | None]]
) -> ChatClearing:
    """Return how far the chat is cleaned before these messages appear."""
    asked_for = (reply.clear for _, reply in replies if reply)
    clear = max(asked_for, default=ChatClearing.NOTHING)
    clear = max(clear, _clearing_of_sealed(view, result))
    not_kept = any(message.text.sentence in NOT_KEPT for message, _ in replies)
    return ChatClearing.NOTHING if clear is ChatClearing.PASSED and not_kept else clear


def _clearing_of_sealed(view: View, result: TurnResult) -> ChatClearing:
    """Clean *as I go* at once what is sealed, although its acknowledgement is held back."""
    waits = any(m.text.sentence == ACKNOWLEDGEMENT for m in result.messages)
    return ChatClearing.PASSED if waits and cleaning_choice(view) == "go" else ChatClearing.NOTHING


def _due(
    messages: Sequence[OutboxMessage], *, quiet: bool
) -> tuple[list[OutboxMessage], list[OutboxMessage]]:
    """Return what is sent now, and what is superseded by something later.

    An acknowledgement gives way to whatever follows it, a question to the same question.
    """
    latest = {message.text: number for number, message in enumerate(messages)}
    last = len(messages) - 1
    superseded = [
        message
        for number, message in enumerate(messages)
        if latest[message.text] > number
        or (message.text.sentence == ACKNOWLEDGEMENT and number < last)
    ]
    due = [
        message
        for message in messages
        if message not in superseded and (quiet or message.text.sentence != ACKNOWLEDGEMENT)
    ]
    return due, superseded
