"""Changes of a conversation under way: it begins, is answered, ends, is taken up again."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert

from store.cases import items as sealed_items
from store.cases.account_state import CONVERSATION
from store.cases.change_context import ChangeContext
from store.cases.drafts import encode_state, remove_draft
from store.cases.erasure import erase_case, outlive_draft
from store.cases.permissions import handovers_of
from store.crypto.case_keys import ENTROPY_BYTES, CaseKeys
from store.crypto.document import CBOR_MEDIA, Document
from store.db.schema import case_file
from store.inbox.accounts import ID_BYTES
from store.model.changes import SealItem
from store.model.clock import hour_of, week_of, weeks_later
from store.model.drafts import Draft

CASE_VERSION = 1
BEGUN = "case"
"""The kind of counter that counts cases begun."""


async def begin_case(turn: ChangeContext, draft: Draft) -> None:
    """Draw the entropy of a new case, write its row and its draft."""
    await turn.repositories.counters.increment(turn.connection, BEGUN, turn.account, turn.now)
    keys = CaseKeys(turn.repositories.entropy(ENTROPY_BYTES))
    row = {"locator": keys.locator, "v": CASE_VERSION, "rid": keys.rid, "pk_r": keys.box}
    await turn.connection.execute(
        insert(case_file).values(
            **row,
            pk_sig=keys.sign_public,
            week=week_of(turn.now),
            expire=weeks_later(turn.now, turn.repositories.retention.story_days),
            draft_exp=hour_of(turn.now),
        )
    )
    turn.state.keys, turn.state.permissions, turn.state.ended = keys, [], False
    turn.state.documents = {}
    await save_draft(turn, draft)


async def save_draft(turn: ChangeContext, draft: Draft) -> None:
    """Write the draft under today's day key.

    A draft that is over as soon as it is written is not one, so the state is read again then.
    """
    state, write = turn.state, turn.repositories.drafts.write
    if state.found is None or state.found.draft.revision != draft.revision:
        await turn.repositories.revisions.record_conversation(
            turn.connection, draft.revision, turn.now
        )
    state.found = await write(
        turn.connection, turn.account, turn.case_keys, draft, turn.now, state.found
    )
    turn.followed &= state.found.draft.expires > hour_of(turn.now)


async def seal_answer(turn: ChangeContext, change: SealItem) -> None:
    """Seal one message of the reporter."""
    document = sealed_items.answer(change.step, change.text, turn.now)
    await turn.seal_item(bytes.fromhex(change.item), document)
    if turn.state.documents is not None:
        turn.state.documents[change.item] = document


async def erase_items(turn: ChangeContext, items: Sequence[str]) -> None:
    """Erase items of the case."""
    await sealed_items.drop(turn.connection, turn.case_keys, items)
    for item in items:
        (turn.state.documents or {}).pop(item, None)


async def end_draft(turn: ChangeContext) -> None:
    """End the draft: keep what a permission keeps, and erase the rest.

    Without a permission to keep the case, only a report that was handed over stays, until its
    readers have it.
    """
    locator = turn.case_keys.locator
    if turn.found is not None:
        await remove_draft(turn.connection, turn.found.id)
    if await outlive_draft(turn.connection, locator):
        await _remember_conversation(turn)
    elif await handovers_of(turn.connection, locator):
        await turn.drop_items_where(lambda d: d.kind != "report")
    else:
        await erase_case(turn.connection, locator)
    turn.state.found, turn.closed = None, True


async def _remember_conversation(turn: ChangeContext) -> None:
    """Seal the order and choices of the answers, for when the case is opened with its words."""
    await turn.drop_items_where(lambda d: d.kind == "event" and d.extra.get("q") == CONVERSATION)
    if turn.found is not None:
        body = encode_state(replace(turn.found.draft, code=None))
        document = Document("event", CBOR_MEDIA, week_of(turn.now), body, {"q": CONVERSATION})
        await turn.seal_item(turn.repositories.entropy(ID_BYTES), document)


async def reopen_case(turn: ChangeContext, draft: Draft) -> None:
    """Begin a draft of an opened case; its keys come from the draft then."""
    await turn.repositories.revisions.record_conversation(
        turn.connection, draft.revision, turn.now
    )
    await turn.repositories.drafts.write(
        turn.connection, turn.account, turn.case_keys, draft, turn.now
    )
    turn.closed = True


async def close_case(turn: ChangeContext) -> None:
    """Forget the draft of this account, and the keys of its opened case."""
    await turn.repositories.drafts.forget(turn.connection, turn.account)
    turn.closed = True
