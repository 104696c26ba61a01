"""Takes the updates of one connection: messages and presses, blocks, groups."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from telegram import Update

from bot.platforms.arrivals import make_arrival
from bot.platforms.telegram.albums import AlbumRecorder
from bot.platforms.telegram.effects import AcknowledgePress, ExplainToGroup, LeaveGroup
from bot.platforms.telegram.http_transport import Json
from bot.platforms.telegram.messenger import TelegramMessenger
from bot.platforms.telegram.updates import (
    PLATFORM,
    BotBlocked,
    GroupMessage,
    MessageReceived,
    OrphanPress,
    UpdateContent,
    content_of,
    plain_text_content,
    unread_content,
)
from bot.runtime.admission import Admission, Arrival
from bot.runtime.help_sender import HelpSender
from bot.runtime.logs import Event, event
from bot.runtime.send_queues import SendQueues
from bot.runtime.waiting import Breaks
from handlers.account_languages import AccountLanguages
from handlers.context import Clock
from handlers.messages import ALBUM_PART, IncomingMessage, UnusableMessage
from store.model.accounts import Account

_log = logging.getLogger(__name__)

UPDATES_AT_ONCE = 25
"""Updates that are read before others have their turn."""


@dataclass(frozen=True, slots=True)
class UpdateHandler:
    """Takes the updates of one connection: messages into the inbox, all else at once."""

    messenger: TelegramMessenger
    send_queues: SendQueues
    admission: Admission
    help_sender: HelpSender
    clock: Clock
    languages: AccountLanguages = field(default_factory=AccountLanguages, repr=False)
    """Is told in which language the app of an account is."""
    acknowledged: set[str] = field(default_factory=set, repr=False)
    """Presses of a batch that is not stored yet: when it comes again, they were acknowledged."""
    albums: AlbumRecorder = field(default_factory=AlbumRecorder, repr=False)

    async def accept(self, updates: Sequence[Json]) -> None:
        """Take a batch of updates; Telegram may forget them when this returns.

        Raise if they are not on the disk: Telegram must give them again.
        """
        arrivals, breaks = list[Arrival](), Breaks(UPDATES_AT_ONCE)
        self.albums.undo()
        for raw in updates:
            await breaks.step()
            match _content_of(raw):
                case MessageReceived() as received:
                    arrivals.append(self._receive(received))
                case BotBlocked(who):
                    self.send_queues.drop(who)
                case GroupMessage(chat):
                    self._leave_group(chat)
                case OrphanPress(press):
                    self._acknowledge(_queue_of(press), press)
                case None:
                    pass
        await self.admission.accept(arrivals)
        self.acknowledged.clear()
        self.albums.settle()

    def look(self, updates: Sequence[Json]) -> None:
        """Send help for updates that cannot be stored yet; do nothing else with them."""
        for raw in updates:
            content = _content_of(raw)
            if isinstance(content, MessageReceived):
                self._note_language(content)
                self.help_sender.notice(content.incoming)

    def _receive(self, received: MessageReceived) -> Arrival:
        incoming = received.incoming
        self._note_language(received)
        if received.press:
            self._acknowledge(incoming.who, received.press)
        if self.albums.is_further_part(incoming.who.name, received.album):
            incoming = _without_answer(incoming)
        self.help_sender.notice(incoming)
        return make_arrival(incoming, incoming.who.name, received.sent, self.clock())

    def _note_language(self, received: MessageReceived) -> None:
        if received.language:
            self.languages.note_guess(received.incoming.who, received.language, self.clock())

    def _acknowledge(self, who: Account, press: str) -> None:
        if press not in self.acknowledged:
            self.acknowledged.add(press)
            self.send_queues.add_effect(who, AcknowledgePress(press))

    def _leave_group(self, chat: int) -> None:
        """Say in one sentence that the bot does not belong there, and leave."""
        if chat not in self.messenger.groups_being_left:
            self.messenger.groups_being_left.add(chat)
            queue = _queue_of(str(chat))
            self.send_queues.add_effect(queue, ExplainToGroup(chat))
            self.send_queues.add_effect(queue, LeaveGroup(chat))


def _content_of(raw: Json) -> UpdateContent:
    """Read an update; of one in an unknown form only that a person sent something.

    It does not hold up others.
    """
    try:
        return plain_text_content(raw) or content_of(Update.de_json(raw))
    except Exception as error:  # noqa: BLE001 - a server may send anything
        event(_log, Event.UNREADABLE, error=error)
        return unread_content(raw)


def _without_answer(incoming: IncomingMessage) -> IncomingMessage:
    """Return a further part of an album, which the answer to the first one answers."""
    return replace(incoming, heard=UnusableMessage(ALBUM_PART))


def _queue_of(name: str) -> Account:
    """Name a send queue that belongs to no account."""
    return Account(PLATFORM, f"- {name}", "")
