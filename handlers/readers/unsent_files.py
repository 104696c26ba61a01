"""What readers are told in place of a file that was not sent."""

from handlers.outcome import say
from handlers.ports.messenger import FileTooLarge, SendError
from store.model.outbox import OutboxMessage, PayloadKind, PayloadRef, TextRef


class PayloadWithheld(SendError):
    """Raised if a reader may not have a payload, or not any more: nothing of it was sent."""


def text_in_place(message: OutboxMessage, error: SendError) -> TextRef | None:
    """Return what the reader is told; None if all was said.

    An invitation that may have arrived was used, or has ended since.
    """
    match error, message.content:
        case PayloadWithheld(), PayloadRef(PayloadKind.INVITATION):
            return None if message.repeated else say("READER_EXPIRED")
        case PayloadWithheld(), _:
            return say("READER_NO_DELIVERY")
        case FileTooLarge(), _:
            return say("READER_TOO_LARGE")
        case _:
            return say("FAILED")
