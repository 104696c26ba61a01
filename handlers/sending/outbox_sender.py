"""Sending of what waits in an account's outbox."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile

from handlers.context import SnapshotReader, View
from handlers.effects import DeleteAgeing, SendDirect, UpdateSelection
from handlers.messages import ChatClearing, Reply
from handlers.outcome import NOT_KEPT, UNCLEANED, say
from handlers.ports.messenger import (
    FileTooLarge,
    MessageRefused,
    Messenger,
    RecipientGone,
    Undelivered,
)
from handlers.ports.stores import CaseStore, OutboxStore
from handlers.readers.unsent_files import PayloadWithheld, text_in_place
from handlers.reporter.questions import cleaning_choice_in
from handlers.sending.chat_cleaner import NOTHING_DELETED, ChatCleaner, DeletionReport
from handlers.sending.cleaning import AFTER_HOLD, ends_chat
from handlers.sending.due_messages import due_messages, waits_for_quiet
from handlers.sending.part_sender import PartSender
from handlers.sending.payload_sender import PayloadSender
from handlers.sending.renderer import MessageRenderer
from handlers.sending.rendering import ANSWERS, render, render_help
from handlers.sending.secret_deleter import SecretDeleter
from handlers.sending.unsent_results import UnsentResults
from handlers.texts.names import SentenceName
from handlers.turn_language import in_language
from store.model.accounts import Account
from store.model.outbox import (
    DeletableMessages,
    DeletionRef,
    OutboxMessage,
    SentMessages,
    TextRef,
)
from store.model.snapshot import Snapshot
from store.model.turn import TurnResult

NOT_DELETED = frozenset({*ANSWERS, ""})
"""What answers a reader stays in the reader's chat, also where it stands in place of a file."""


def unchanged(account: Account) -> Account:
    """Return the account itself: nothing is known of who is behind it."""
    return account


@dataclass(frozen=True, slots=True)
class OutboxSender:
    """Sends the outbox of each account of one platform, in order and one send at a time."""

    cases: CaseStore
    outbox: OutboxStore
    messenger: Messenger
    snapshots: SnapshotReader
    renderer: MessageRenderer
    parts: PartSender
    files: PayloadSender
    cleaner: ChatCleaner
    secrets: SecretDeleter
    unsent: UnsentResults
    identify: Callable[[Account], Account] = unchanged
    """Returns an account with the keys of whoever is behind it now, where the platform knows."""

    async def send_waiting(self, account: Account, *, quiet: bool, late: bool = False) -> bool:
        """Send everything that waits; return whether an acknowledgement is held back.

        ``quiet``: the account writes nothing more for now, so its acknowledgement is sent, too.
        ``late``: nobody has just asked for any of it, so it makes no sound. The chat is cleaned
        before the first message. Raise ``SendError``; what was not sent stays in the outbox.
        """
        account = self.identify(account)
        async with self.unsent.sending_to(account):
            async with self.unsent.processing.of(account):
                result = self.unsent.take(account) or await self._pending(account)
                is_held_back = _holds_back(result) and not quiet
                if is_held_back and self._has_nothing_to_do(result):
                    self.unsent.put_back(account, result)
                    return True
                ended = "" if is_held_back else self.unsent.end_burst(account)
            try:
                return await self._send_result(account, result, quiet=quiet, late=late)
            except Undelivered:
                self.unsent.go_on_with_burst(account, ended)
                raise

    async def _send_result(
        self, account: Account, result: TurnResult, *, quiet: bool, late: bool
    ) -> bool:
        """Send what waits; return whether an acknowledgement is held back."""
        if await self.secrets.delete(account, result.messages):
            result = await self._pending(account)
        while file := await self._send_texts(account, result, quiet=quiet, late=late):
            await self._send_file(result, file, late=late)
            # What follows is read anew: it may say what has become of the file.
            result = await self._pending(account)
        return _holds_back(result) and not quiet

    async def _send_texts(
        self, account: Account, result: TurnResult, *, quiet: bool, late: bool
    ) -> OutboxMessage | None:
        """Send the texts before the first file, and return the row of that file."""
        due, superseded = due_messages(_to_send(result), quiet=quiet)
        if superseded:
            await self.outbox.confirm(superseded)
        texts = list(takewhile(lambda message: message.sentence, due))
        await self._send_all(account, result, texts, late=late)
        return next(iter(due[len(texts) :]), None)

    async def settle(self, account: Account) -> None:
        """Send the acknowledgement that was held back until a burst of messages is over."""
        await self.send_waiting(account, quiet=True)

    async def send_direct(self, effect: SendDirect) -> None:
        """Send a text that is not stored."""
        reply = render(effect.view, effect.text)
        if reply is not None:
            await self.parts.remember(await self.parts.send(effect.account, reply))

    async def send_help(self, account: Account, sentence: SentenceName) -> None:
        """Send help lines without looking at what is at rest: the disk may not answer.

        If nobody knows in which language, they are introduced in every one.
        """
        view = self.snapshots.view_of(Snapshot(), account)
        spoken = self.snapshots.languages.last_spoken(account, self.snapshots.clock())
        reply = render_help(view, sentence, is_language_known=spoken is not None)
        if reply is not None:
            sent = await self.parts.send(account, reply)
            with suppress(Exception):  # sent it is: that it can be deleted may be unknown
                await self.parts.remember(sent)

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
        async with self.unsent.sending_to(account):
            try:
                report = await self.cleaner.delete(account, effect.messages)
                if report.failed:
                    return  # the next round of upkeep tries again
                remaining = await self._report_remaining(account, report)
                await self._show_holds_anew(account, effect.messages)
                await self.cleaner.forget(report)
                if remaining:
                    await self._send_uncleaned(account)
            except (RecipientGone, MessageRefused):
                await self.cleaner.forget_all(effect.messages)
                raise

    async def _show_holds_anew(
        self, account: Account, deleted: Sequence[DeletableMessages]
    ) -> None:
        """Have what is still held said again, where the button that stops it became too old.

        It is sent with what else waits. The commit is named after the hand-over and the day, so
        that it is said once wherever the program is cut off.
        """
        gone, now = {message.hold for message in deleted}, self.snapshots.clock()
        for hold in (await self.snapshots.read(account)).snapshot.holds:
            if hold.id in gone:
                name = f"held {hold.id} {now:%j}"
                texts = in_language((say("HOLD_STANDS", hold.id),), hold.language)
                await self.cases.commit(account, name, (), texts, now)

    def reload(self, account: Account) -> None:
        """Read the outbox anew at the next send: it holds more than the last turn knew of."""
        self.unsent.discard(account)

    async def drop(self, account: Account) -> None:
        """Discard what waits for an account that nothing can be sent to any more."""
        async with self.unsent.sending_to(account):
            self.unsent.discard(account)
            self.unsent.note_burst(account, "")
            await self.outbox.confirm(await self.outbox.messages_for(account))

    def _has_nothing_to_do(self, result: TurnResult) -> bool:
        """Return whether nothing waits but what is held back, and the chat is not cleaned yet."""
        if len(result.messages) != 1:
            return False
        if not self.messenger.platform.single:
            return True
        return _clearing_of_sealed(result) is ChatClearing.NOTHING

    async def _pending(self, account: Account) -> TurnResult:
        return await self.cases.pending(account, self.snapshots.clock())

    async def _send_all(
        self, account: Account, result: TurnResult, due: Sequence[OutboxMessage], *, late: bool
    ) -> None:
        view = self.snapshots.view_of(result.snapshot, account)
        replies = [(message, await self._render(view, message)) for message in due]
        clear = _clearing(view, result, replies)
        anew = {reply.hold for _, reply in replies if reply}
        clean = partial(self.cleaner.clean, account, view, clear, result.deletable)
        report = await clean(replaced=anew)
        failed, report = (report, NOTHING_DELETED) if report.failed else (None, report)
        remaining = await self._report_remaining(account, report)
        if remaining or not replies:
            await self.cleaner.forget(report)
            report = NOTHING_DELETED
        await self._keep_unkept([message for message, _ in replies])
        refused: MessageRefused | None = None
        for message, reply in replies:
            silent = late or message.repeated or bool(reply and reply.silent)
            shown = replace(reply, silent=silent, clear=clear) if reply else None
            try:
                ends = view if ends_chat(view, message.sentence) else None
                await self._send(message, shown, report, recorded=failed is None, ends=ends)
            except MessageRefused as error:
                refused = error  # only this message is lost: the next may be the question
            clear, report = ChatClearing.NOTHING, NOTHING_DELETED
        if failed is not None and replies:
            remaining = await self._report_remaining(account, failed)
            await self.cleaner.forget(failed)
        if remaining:
            await self._send_uncleaned(account)
        if refused:
            raise refused

    async def _keep_unkept(self, due: Sequence[OutboxMessage]) -> None:
        """Let what follows a refusal delete nothing, wherever the program is cut off.

        The reporter is told to send the words again, which are nowhere but in the chat.
        """
        if any(message.sentence in NOT_KEPT for message in due):
            for message in due:
                if message.sentence not in NOT_KEPT and not message.repeated:
                    await self.outbox.record_attempt(message)

    async def _send_file(self, result: TurnResult, message: OutboxMessage, *, late: bool) -> None:
        """Send a sealed payload; in place of one that is not sent, tell its reader so."""
        silent = late or message.repeated
        try:
            await self.files.send(message, silent=silent)
        except (PayloadWithheld, MessageRefused) as error:
            text, refused = text_in_place(message, error), error
        except RecipientGone:
            await self.outbox.confirm((message,))
            raise
        else:
            return
        view = self.snapshots.view_of(result.snapshot, message.to)
        reply = await self.renderer.render(view, message.to, text) if text else None
        await self._send(message, replace(reply, silent=silent) if reply else None)
        if not isinstance(refused, PayloadWithheld | FileTooLarge):
            raise refused  # the operator must know of it

    async def _render(self, view: View, message: OutboxMessage) -> Reply | None:
        if not isinstance(message.content, TextRef):
            return None
        return await self.renderer.render(view, message.to, message.content)

    async def _report_remaining(self, account: Account, report: DeletionReport) -> bool:
        """Write what stays in the chat to the outbox, before the caller forgets it.

        The commit is named after what stays, so that it is told once wherever the program is cut
        off; where it is the chat that allows no deletion, once a day.
        """
        if report.remaining:
            now = self.snapshots.clock()
            ages = self.messenger.platform.ages
            which = report.first_remaining.hex() if ages else f"today {now:%j}"
            name = f"stays {account.name} {which}"
            view = self.snapshots.view_of(Snapshot(), account)
            texts = in_language((say(UNCLEANED, str(report.remaining)),), view.language)
            await self.cases.commit(account, name, (), texts, now)
        return bool(report.remaining)

    async def _send_uncleaned(self, account: Account) -> None:
        """Send what was written to the outbox while the rest was being sent."""
        result = await self._pending(account)
        view = self.snapshots.view_of(result.snapshot, account)
        for message in result.messages:
            if message.sentence == UNCLEANED:
                await self._send(message, await self._render(view, message))

    async def _send(
        self,
        message: OutboxMessage,
        reply: Reply | None,
        report: DeletionReport = NOTHING_DELETED,
        *,
        recorded: bool = True,
        ends: View | None = None,
    ) -> None:
        """Send a message, and confirm it when it was taken or when nothing can ever take it.

        What was deleted before it is forgotten with it, in one commit. An attempt without a
        cleaning is not ``recorded``: the next one cleans the chat. ``ends``: what is known of an
        account for which nothing is open any more.
        """
        sent: tuple[SentMessages, ...] = ()
        try:
            if reply is not None:
                deletable = message.sentence not in NOT_DELETED
                sent = await self.parts.send(message.to, reply, message.id, deletable=deletable)
        except (RecipientGone, MessageRefused):
            await self.outbox.confirm((message,), forgotten=report.forgotten)
            raise
        except Exception:
            await self.cleaner.forget(report)
            if recorded:
                await self.outbox.record_attempt(message)
            raise
        if self.messenger.platform.leaves and ends is not None:
            # The message still waits: wherever the program ends, the chat is left.
            held = bool(ends.snapshot.holds)
            await self.cleaner.leave(message.to, later=held)
            sent = sent if held else ()
        await self.outbox.confirm((message,), sent, report.forgotten)


def _to_send(result: TurnResult) -> list[OutboxMessage]:
    """Return what waits but for the messages that are to be deleted."""
    return [m for m in result.messages if not isinstance(m.content, DeletionRef)]


def _clearing(
    view: View, result: TurnResult, replies: Sequence[tuple[OutboxMessage, Reply | None]]
) -> ChatClearing:
    """Return how far the chat is cleaned before these messages appear.

    Where messages are deleted one by one, that was done before the first attempt to send what is
    repeated. What was said since is to be read, and what was not kept to be sent again.
    """
    asked_for = (
        reply.clear
        for message, reply in replies
        if reply and not (message.repeated and view.platform.single)
    )
    clear = max(asked_for, default=ChatClearing.NOTHING)
    clear = max(clear, _clearing_of_sealed(result))
    if view.platform.single and any(message.sentence in AFTER_HOLD for message, _ in replies):
        clear = max(clear, ChatClearing.ENDED_HOLDS)
    not_kept = any(message.sentence in NOT_KEPT for message, _ in replies)
    return ChatClearing.NOTHING if clear < ChatClearing.ALL and not_kept else clear


def _clearing_of_sealed(result: TurnResult) -> ChatClearing:
    """Clean *as I go* at once what is sealed, although its acknowledgement is held back."""
    waits = any(waits_for_quiet(message) for message in result.messages)
    goes = waits and cleaning_choice_in(result.snapshot) == "go"
    return ChatClearing.PASSED if goes else ChatClearing.NOTHING


def _holds_back(result: TurnResult) -> bool:
    """Return whether the last of what is to be sent waits until a burst of messages is over."""
    return any(waits_for_quiet(message) for message in _to_send(result)[-1:])
