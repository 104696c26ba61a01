"""Changes of a conversation under way: it begins, is answered, ends, is taken up again."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert

from store.cases import items as sealed_items
from store.cases import staging
from store.cases.account_state import BEGUN, CaseRow
from store.cases.change_context import ChangeContext
from store.cases.drafts import encode_state, remove_draft
from store.cases.erasure import erase_case, outlive_draft
from store.cases.permissions import handovers_of
from store.cases.pieces import CONVERSATION, is_conversation
from store.cases.sessions import session_of
from store.crypto.case_keys import CaseKeys
from store.crypto.document import CBOR_MEDIA, Document
from store.crypto.mnemonics import draw_entropy
from store.db.schema import case_file
from store.inbox.accounts import ID_BYTES
from store.model.changes import SealItem
from store.model.clock import hour_of, week_of, weeks_later
from store.model.drafts import Draft, Piece
from store.model.errors import NotPermitted
from store.model.staging import StagedItem

CASE_VERSION = 1


def begin_case(turn: ChangeContext, draft: Draft) -> None:
    """Draw the entropy of a new case, write its row and its draft."""
    turn.repositories.counters.increment(turn.connection, BEGUN, turn.account, turn.now)
    keys = CaseKeys(draw_entropy(turn.repositories.entropy))
    row = {"locator": keys.locator, "v": CASE_VERSION, "rid": keys.rid, "pk_r": keys.box}
    turn.connection.execute(
        insert(case_file).values(
            **row,
            pk_sig=keys.sign_public,
            week=week_of(turn.now),
            expire=weeks_later(turn.now, turn.repositories.retention.story_days),
            draft_exp=hour_of(turn.now),
        )
    )
    turn.state.keys, turn.state.case, turn.state.ended = keys, CaseRow(), False
    turn.state.pieces = {}
    save_draft(turn, draft)


def save_draft(turn: ChangeContext, draft: Draft) -> None:
    """Write the draft under today's day key.

    A draft that is over as soon as it is written is not one, so the state is read again then.
    """
    state, write = turn.state, turn.repositories.drafts.write
    if state.found is None or state.found.draft.revision != draft.revision:
        turn.repositories.revisions.record_conversation(turn.connection, draft.revision, turn.now)
    state.found = write(
        turn.connection, turn.account, turn.case_keys, draft, turn.now, state.found
    )
    turn.followed &= state.found.draft.expires > hour_of(turn.now)


def seal_answer(turn: ChangeContext, change: SealItem) -> None:
    """Seal one message of the reporter."""
    document = sealed_items.answer(change.step, change.text, turn.now)
    turn.seal_item(bytes.fromhex(change.item), document)
    turn.state.add_piece(Piece(change.item, change.step, document.week, change.text))


def keep_staged(turn: ChangeContext, item: StagedItem) -> None:
    """Complete an answer that was staged; whoever wants to show it has it opened."""
    staging.complete(turn.connection, turn.case_keys, item)


def erase_items(turn: ChangeContext, items: Sequence[str]) -> None:
    """Erase items of the case."""
    sealed_items.drop(turn.connection, turn.case_keys, items)


def end_draft(turn: ChangeContext) -> None:
    """End the draft: keep what a permission keeps, and erase the rest.

    Without a permission to keep the case, only a report that was handed over stays, until its
    readers have it.
    """
    locator = turn.case_keys.locator
    staging.discard_of_case(turn.connection, locator)
    if turn.found is not None:
        remove_draft(turn.connection, turn.found.id)
    if outlive_draft(turn.connection, locator):
        remember_conversation(turn)
    elif handovers_of(turn.connection, locator):
        sealed_items.drop(turn.connection, turn.case_keys, turn.state.items())
        turn.drop_items_where(lambda d: d.kind != "report")
    else:
        erase_case(turn.connection, locator)
    turn.state.found, turn.closed = None, True


def let_outlive_draft(turn: ChangeContext) -> None:
    """Let a kept case stay when its draft ends by its time: its reporter has the words for it."""
    outlive_draft(turn.connection, turn.case_keys.locator)


def remember_conversation(turn: ChangeContext) -> None:
    """Seal the order and choices of the answers, for when the case is opened with its words."""
    turn.drop_items_where(is_conversation)
    if turn.found is not None:
        body = encode_state(replace(turn.found.draft, code=None, identity=""))
        document = Document("event", CBOR_MEDIA, week_of(turn.now), body, {"q": CONVERSATION})
        turn.seal_item(turn.repositories.entropy(ID_BYTES), document)


def open_case(turn: ChangeContext) -> None:
    """Have the case that was found by its words remembered; from now on it outlives its draft."""
    session = session_of(turn.supplies.found, turn.account.current_key)
    if session is None:
        raise NotPermitted("No case was found by its words.")
    outlive_draft(turn.connection, session.keys.locator)
    turn.opened = session


def reopen_case(turn: ChangeContext, draft: Draft) -> None:
    """Begin a draft of an opened case; its keys come from the draft then."""
    turn.repositories.revisions.record_conversation(turn.connection, draft.revision, turn.now)
    turn.repositories.drafts.write(turn.connection, turn.account, turn.case_keys, draft, turn.now)
    turn.closed = True


def close_case(turn: ChangeContext) -> None:
    """Forget the draft of this account, and the keys of its opened case."""
    turn.repositories.drafts.forget(turn.connection, turn.account)
    turn.closed = True
