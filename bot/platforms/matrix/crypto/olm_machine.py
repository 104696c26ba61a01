"""Change nio's Olm machine where it would keep or lose keys."""

from nio.crypto import Olm
from nio.crypto.sessions import OutboundGroupSession
from nio.exceptions import EncryptionError

MALFORMED = (
    EncryptionError,
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
        """
        if self.inbound_group_store.get(room_id, sender_key, session_id) is None:
            super().create_group_session(
                sender_key, sender_fp_key, room_id, session_id, session_key
            )
