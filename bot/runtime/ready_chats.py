"""The order in which chats are served: in turn, and apart where a message costs much."""

from collections import deque
from collections.abc import Callable

from store.model.inbox import WaitingMessage

COSTLY_AT_ONCE = 2
"""Chats that are served with a message that costs much, beside all others."""

CostsMuch = Callable[[WaitingMessage], bool]
"""Tells whether nobody else need wait for this message; it never raises."""


class ReadyChats:
    """Chats of which a message can be handled, and those that are being served."""

    def __init__(self, at_once: int, costs_much: CostsMuch) -> None:
        """Begin with nobody who waits."""
        self._at_once, self._costs_much = at_once, costs_much
        self._plain: deque[str] = deque()
        self._costly: dict[str, None] = {}
        """In order; whoever leaves it early is found by name."""
        self._served: dict[str, bool] = {}
        """By chat, whether it is served with a message that costs much."""

    def add(self, chat: str, first: WaitingMessage | None = None) -> None:
        """Let a chat wait behind the others; ``first`` is its message, if that is in memory."""
        if first is not None and self._costs_much(first):
            self._costly[chat] = None
        else:
            self._plain.append(chat)

    def add_behind(self, chat: str, message: WaitingMessage) -> None:
        """Hold a chat back no more if its costly message is followed by something else.

        That may be to stop it; a second tap on the same button is not.
        """
        if chat in self._costly and not self._costs_much(message):
            del self._costly[chat]
            self._plain.append(chat)

    def take(self) -> str | None:
        """Return the chat that is served next; None if nobody waits, or every place is taken."""
        costly = sum(self._served.values())
        if self._plain and len(self._served) - costly < self._at_once:
            return self._take(self._plain.popleft(), costly=False)
        if self._costly and costly < COSTLY_AT_ONCE:
            chat = next(iter(self._costly))
            del self._costly[chat]
            return self._take(chat, costly=True)
        return None

    def _take(self, chat: str, *, costly: bool) -> str:
        self._served[chat] = costly
        return chat

    def release(self, chat: str) -> None:
        """Have the place of a chat back that was served."""
        del self._served[chat]
