"""Documents that are sealed and opened piece by piece, so that only a little is in memory.

The bytes are those of ``Document.encode`` in ``seal_payload``. The length of the body stands in
front of it, so it must be known before the first piece.
"""

from store.crypto.age.stream import Entropy, PayloadOpener, PayloadSealer
from store.crypto.document import LINE_LIMIT, LONGER, SHORTER, Description, bucket
from store.model.errors import Unreadable


class DocumentSealer:
    """Seals one document: ``begin``, its body in pieces of any size with ``add``, ``finish``."""

    def __init__(self, description: Description, file_key: bytes, entropy: Entropy) -> None:
        """Refuse a document that is too long with ``TooLong``, before anything is written."""
        self._line, self._left = description.encode(), description.size
        self._padding = bucket(len(self._line) + self._left) - len(self._line) - self._left
        self._payload = PayloadSealer(file_key, entropy)

    @property
    def size(self) -> int:
        """Return the bytes of the payload that were given out so far."""
        return self._payload.size

    def begin(self) -> bytes:
        """Seal the description; return what of the payload is sealed now."""
        return self._payload.add(self._line)

    def add(self, body: bytes) -> bytes:
        """Seal a piece of the body; return what of the payload is sealed now.

        Raises ``Unreadable`` for more than was described.
        """
        self._left -= len(body)
        if self._left < 0:
            raise Unreadable(LONGER)
        return self._payload.add(body)

    def finish(self) -> bytes:
        """Seal the padding and return the rest of the payload.

        Raises ``Unreadable`` for less than was described.
        """
        if self._left:
            raise Unreadable(SHORTER)
        return self._payload.add(b" " * self._padding) + self._payload.finish()

    def digest(self) -> bytes:
        """Return the SHA-256 of the payload, once it is finished."""
        return self._payload.digest()


class DocumentOpener:
    """Opens one document: its payload in pieces of any size with ``add``, then ``finish``.

    What it returns was sealed and stands in its place. That the body is complete is known only
    once ``finish`` has returned.
    """

    def __init__(self, file_key: bytes) -> None:
        """Take the file key, which the header holds."""
        self._payload = PayloadOpener(file_key)
        self._line, self._left = b"", 0
        self.description: Description | None = None
        """None until its line was opened, which is in the first chunks of the payload."""

    def add(self, payload: bytes) -> bytes:
        """Take a piece of the payload; return what of the body is opened now.

        Raises ``Unreadable`` for what is no document, and the errors of ``PayloadOpener``.
        """
        return self._body_in(self._payload.add(payload))

    def finish(self) -> bytes:
        """Return the rest of the body; now it is complete."""
        rest = self._body_in(self._payload.finish())
        if self.description is None:
            self.description = Description.decode(self._line)
            self._left = self.description.size
        if self._left:
            raise Unreadable(SHORTER)
        return rest

    def _body_in(self, plain: bytes) -> bytes:
        """Take description and padding away."""
        if self.description is None:
            line, end, plain = plain.partition(b"\n")
            self._line += line
            if not end and len(self._line) <= LINE_LIMIT:
                return b""
            self.description = Description.decode(self._line)
            self._left = self.description.size
        body, behind = plain[: self._left], plain[self._left :]
        if behind.strip(b" "):
            raise Unreadable(LONGER)
        self._left -= len(body)
        return body
