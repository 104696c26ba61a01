"""Tell which messages belong to an album of which another part was heard before.

Telegram sends an album as one message for each part, and an app shows it as one: whoever sends ten
pictures wants one answer.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

MOST_CHATS = 1_000
"""Of so many chats the last album is remembered. Who is forgotten, or asks again after a restart,
is answered once more."""


@dataclass(slots=True)
class AlbumRecorder:
    """Remember the last album of each chat, once the batch in which it came is on the disk."""

    last: OrderedDict[str, str] = field(default_factory=OrderedDict, repr=False)
    """Ids of albums by chat, the most recent last."""
    unstored: dict[str, str] = field(default_factory=dict, repr=False)
    """Those of a batch that is not stored yet: when it comes again, it is read from its start."""

    def is_further_part(self, chat: str, album: str) -> bool:
        """Note a part of an album; return whether another part of it came before."""
        if not album:
            return False
        known = album in {self.last.get(chat), self.unstored.get(chat)}
        self.unstored[chat] = album
        return known

    def settle(self) -> None:
        """Take over what was noted: the batch is on the disk."""
        for chat, album in self.unstored.items():
            self.last[chat] = album
            self.last.move_to_end(chat)
        while len(self.last) > MOST_CHATS:
            self.last.popitem(last=False)
        self.unstored.clear()

    def undo(self) -> None:
        """Forget what was noted: the batch will come again."""
        self.unstored.clear()
