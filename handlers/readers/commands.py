"""What readers do in chat: join, list waiting deliveries, fetch. No answer holds any content."""

from dataclasses import dataclass
from functools import partial

from flows.folding import folded
from handlers.context import Clock
from handlers.outcome import say
from handlers.ports.readers import ReaderStore
from store.model.accounts import Account
from store.model.inbox import MessageKey
from store.model.readers import (
    MakeInvitation,
    ReaderDecision,
    ReaderSnapshot,
    SendDelivery,
    TryDigits,
)

COMMANDS = frozenset({"join", "inbox", "fetch"})
INVITATION_DIGITS = 8
INVITATIONS_PER_DAY = 3
WRONG_DIGITS_IN_ALL = 100
"""Wrong digits of everybody in a day, before nobody can link an account by chat until the next.

Each account may try few, but many accounts could try for ever.
"""


@dataclass(frozen=True, slots=True)
class ReaderCommandProcessor:
    """Processes the commands of readers: turns like all others, answered through the outbox."""

    store: ReaderStore
    clock: Clock

    async def process(
        self, account: Account, message: MessageKey, name: str, argument: str
    ) -> None:
        """Process a command once; all that it changes is on the disk when this returns."""
        digits = _digits_in(argument) if name == "join" else ""
        decide = partial(decide_command, name=name, argument=argument)
        await self.store.turn(account, message, decide, self.clock(), digits=digits)


def decide_command(snapshot: ReaderSnapshot, name: str, argument: str) -> ReaderDecision:
    """Decide what one command does, and what is answered."""
    match name:
        case "join" if digits := _digits_in(argument):
            if snapshot.wrong_digits_today >= WRONG_DIGITS_IN_ALL:
                return ReaderDecision(texts=(say("READER_TOO_MANY_DIGITS"),))
            answer = say("READER_JOINED" if snapshot.digits_fit else "READER_WRONG")
            return ReaderDecision((TryDigits(digits),), (answer,))
        case "join":
            return _invite(snapshot, argument)
        case "inbox":
            return ReaderDecision(texts=(say("READER_INBOX"),))
        case _:
            return _send(snapshot, _in_one_piece(argument).upper())


def _invite(snapshot: ReaderSnapshot, argument: str) -> ReaderDecision:
    """Send a file that only the reader's key opens; it holds the digits that link."""
    wanted = folded(argument)
    name = next((n for n in snapshot.names if folded(n) == wanted), None)
    if name is None:
        return ReaderDecision(texts=(say("READER_UNKNOWN"),))
    if snapshot.invitations_today >= INVITATIONS_PER_DAY:
        return ReaderDecision(texts=(say("READER_TOO_MANY_JOINS"),))
    return ReaderDecision((MakeInvitation(name),), (say("READER_INVITED", name),))


def _send(snapshot: ReaderSnapshot, code: str) -> ReaderDecision:
    """Send a delivery as a file, which is the whole answer."""
    if not snapshot.linked:
        return ReaderDecision(texts=(say("READER_UNLINKED"),))
    if code not in {delivery.code for delivery in snapshot.deliveries}:
        return ReaderDecision(texts=(say("READER_NO_DELIVERY"),))
    return ReaderDecision((SendDelivery(code),))


def _digits_in(argument: str) -> str:
    """Return the digits of an invitation, if an argument is nothing else; else ""."""
    digits = _in_one_piece(argument)
    return digits if digits.isdecimal() and len(digits) == INVITATION_DIGITS else ""


def _in_one_piece(argument: str) -> str:
    """Return digits or a code without the blanks and signs between them."""
    return folded(argument).replace(" ", "")
