"""Change nio's Olm machine where it would keep or lose keys."""

from typing import TYPE_CHECKING, Any, cast

from nio.crypto import Olm
from nio.crypto.sessions import InboundSession, OutboundGroupSession, Session
from nio.exceptions import EncryptionError

from bot.platforms.matrix.events import is_id

if TYPE_CHECKING:
    from bot.platforms.matrix.crypto.store import CryptoStore

MOST_SESSIONS = 20
"""Sessions that are kept with one device."""

MALFORMED = (
    EncryptionError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,  # the base of vodozemac's errors
    AttributeError,
    AssertionError,
    RecursionError,
)
"""What nio and its libraries raise when their input is malformed."""


class OlmMachine(Olm):
    """nio's machine, without copies of the keys to what the bot itself writes."""

    def create_outbound_group_session(self, room_id: str) -> None:
        """Begin a new session for what the bot writes in a room."""
        self.outbound_group_sessions[room_id] = OutboundGroupSession()

    def _create_inbound_session(
        self, sender: str, sender_key: str, message: Any
    ) -> InboundSession:
        """Begin a session by a first message, unless it is one that was deleted.

        A server may send that message again after its sender was forgotten. A device that goes on
        with the session, not knowing that, is sent a new one, as for any other that broke.
        """
        if message.session_id() in cast("CryptoStore", self.store).ended:
            self._mark_device_for_unwedging(sender, sender_key)
            raise EncryptionError("the session was deleted")
        return super()._create_inbound_session(sender, sender_key, message)

    def save_session(self, curve_key: str, session: Session) -> None:
        """Store a session with a device, and forget all but the newest with it.

        Whoever has the fallback key can begin any number, and what cannot be decrypted is tried
        with each.
        """
        super().save_session(curve_key, session)
        sessions, store = self.session_store[curve_key], cast("CryptoStore", self.store)
        if len(sessions) > MOST_SESSIONS:
            sessions.sort(key=lambda s: s.use_time, reverse=True)
            store.forget_sessions([s.id for s in sessions[MOST_SESSIONS:]])
            del sessions[MOST_SESSIONS:]

    def create_group_session(
        self,
        sender_key: str,
        sender_fp_key: str,
        room_id: str,
        session_id: str,
        session_key: str,
    ) -> None:
        """Store a session that a sender shared, unless it is stored already.

        A session that is shared again begins at a later index and would open less than before.
        One for a room whose name is no id could neither be stored nor be deleted again.
        """
        if not is_id(room_id):
            raise ValueError("not the id of a room")
        if self.inbound_group_store.get(room_id, sender_key, session_id) is None:
            super().create_group_session(
                sender_key, sender_fp_key, room_id, session_id, session_key
            )
