"""What of the outbox is sent now, what waits for quiet, and what something later supersedes."""

from collections.abc import Sequence

from handlers.outcome import ACKNOWLEDGEMENT, ASK, ASK_WHEN_QUIET
from store.model.outbox import OutboxContent, OutboxMessage, TextRef


def waits_for_quiet(message: OutboxMessage) -> bool:
    """Return whether a message waits until a burst of messages is over."""
    return message.sentence == ACKNOWLEDGEMENT or _meaning_of(message.content) == _ASKED_WHEN_QUIET


def due_messages(
    messages: Sequence[OutboxMessage], *, quiet: bool
) -> tuple[list[OutboxMessage], list[OutboxMessage]]:
    """Return what is sent now, and what is superseded by something later.

    An acknowledgement gives way to whatever follows it, a question to the same question. What
    waits for the end of a burst waits as long as it stands last.
    """
    latest = {_supersedes(message): number for number, message in enumerate(messages)}
    last = len(messages) - 1
    superseded = [
        message
        for number, message in enumerate(messages)
        if latest[_supersedes(message)] > number
        or (message.sentence == ACKNOWLEDGEMENT and number < last)
    ]
    due = [
        message
        for number, message in enumerate(messages)
        if message not in superseded and (quiet or number < last or not waits_for_quiet(message))
    ]
    return due, superseded


def _supersedes(message: OutboxMessage) -> object:
    said = _meaning_of(message.content)
    return _meaning_of(ASK) if said == _ASKED_WHEN_QUIET else said


def _meaning_of(content: OutboxContent) -> object:
    """Return what is said, in whatever language: a later message takes its place in any."""
    if not isinstance(content, TextRef):
        return content
    return content.sentence, content.step, content.ids


_ASKED_WHEN_QUIET = _meaning_of(ASK_WHEN_QUIET)
