"""The pieces of a story, opened outside of any transaction, and only where they are needed."""

import asyncio
from collections.abc import Mapping, Sequence

from store.cases.drafts import decode_state
from store.cases.item_streams import ItemReader, ItemStreams
from store.cases.items import SealedRow, open_rows
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Description
from store.model.drafts import Piece, StoredAnswer

CONVERSATION = "talk"
"""``q`` of the sealed event that holds the answers of a conversation that ended."""


async def open_pieces(
    streams: ItemStreams, keys: CaseKeys, items: Sequence[str], short: Sequence[SealedRow]
) -> Mapping[str, Piece | None]:
    """Open answers, by item; None for one that is gone.

    The short ones are opened off the event loop, each other one is read piece by piece.
    """
    opened = await asyncio.to_thread(open_rows, keys, short)
    pieces = {i.hex(): _piece(i.hex(), d.description, d.body) for i, d in opened}
    return {
        item: pieces[item] if item in pieces else await _long_piece(streams, keys, item)
        for item in items
    }


async def _long_piece(streams: ItemStreams, keys: CaseKeys, item: str) -> Piece | None:
    reader = await streams.open(keys, bytes.fromhex(item))
    return None if reader is None else await _read_piece(item, reader)


async def _read_piece(item: str, reader: ItemReader) -> Piece:
    body = b"".join([piece async for piece in reader])
    return _piece(item, reader.description, body)


def _piece(item: str, description: Description, body: bytes) -> Piece:
    return Piece(item, str(description.extra["q"]), description.week, body.decode())


async def open_conversation(
    keys: CaseKeys, rows: Sequence[SealedRow]
) -> tuple[tuple[StoredAnswer, ...], str, str]:
    """Find the answers as they were when the conversation ended, their revision and language."""
    documents = (document for _, document in await asyncio.to_thread(open_rows, keys, rows))
    bodies = [d.body for d in documents if is_conversation(d.description)]
    if not bodies:
        return (), "", "en"
    state = decode_state(bodies[-1], 0, 0)
    return state.answers, state.revision, state.language


def is_conversation(item: Description) -> bool:
    """Check whether an item holds the answers of a conversation that ended."""
    return item.kind == "event" and item.extra.get("q") == CONVERSATION
