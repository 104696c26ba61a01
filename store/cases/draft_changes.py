"""Changes of a conversation under way: it begins, is answered, ends, is taken up again."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert

from store.cases import items as sealed_items
from store.cases import staging
from store.cases.account_state import BEGUN, CaseRow
from store.cases.change_context import ChangeContext
from store.cases.drafts import decode_state, encode_state, remove_draft
from store.cases.erasure import erase_case, outlive_draft
from store.cases.permissions import handovers_of, is_kept
from store.cases.pieces import CONVERSATION, is_conversation
from store.cases.sessions import Session, session_of
from store.crypto.case_keys import CaseKeys
from store.crypto.document import CBOR_MEDIA, Document
from store.crypto.mnemonics import draw_entropy
from store.db.schema import case_file
from store.inbox.accounts import ID_BYTES
from store.model.changes import SealItem
from store.model.clock import hour_of, week_of
from store.model.drafts import ADDITIONS, Draft, Piece, with_added_before
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
            expire=turn.repositories.retention.story_ends(turn.now),
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
    """Seal the answers of the draft, for when the case is opened with its words."""
    if turn.found is None:
        turn.drop_items_where(is_conversation)
    else:
        remember_answers(turn, turn.found.draft)


def remember_answers(turn: ChangeContext, draft: Draft) -> Draft:
    """Seal the order and choices of these answers, in place of those that were sealed before.

    What was added meanwhile from another account stays. Return the answers as they are kept.
    """
    connection, keys = turn.connection, turn.case_keys
    known = {item for answer in draft.answers for item in answer.items}
    there = sealed_items.ids_of(connection, keys.locator)
    others = [item for item in there if item.hex() not in known]
    described = sealed_items.describe_items(connection, keys, others)
    before = [item for item, description in described if is_conversation(description)]
    rows = sealed_items.sealed_rows(connection, keys.locator, before)
    added = _added_in([document for _, document in sealed_items.open_rows(keys, rows)])
    kept = with_added_before(draft, [i for i in added if bytes.fromhex(i) in others])
    sealed_items.drop(connection, keys, [item.hex() for item in before])
    body = encode_state(replace(kept, code=None, identity=""))
    document = Document("event", CBOR_MEDIA, week_of(turn.now), body, {"q": CONVERSATION})
    turn.seal_item(turn.repositories.entropy(ID_BYTES), document)
    return kept


def _added_in(conversations: Sequence[Document]) -> list[str]:
    """List the additions that conversations knew of when they were sealed."""
    answers = (a for each in conversations for a in decode_state(each.body, 0, 0).answers)
    return [item for answer in answers if answer.step in ADDITIONS for item in answer.items]


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


def return_to_case(turn: ChangeContext, draft: Draft) -> None:
    """End the draft of a kept case, and have the case open as it was before, with these answers.

    One that nothing keeps any more ends as its conversation does.
    """
    keys = turn.case_keys
    if not is_kept(turn.connection, keys.locator):
        end_draft(turn)
        return
    staging.discard_of_case(turn.connection, keys.locator)
    kept = remember_answers(turn, draft)
    turn.repositories.drafts.forget(turn.connection, turn.account)
    turn.state.found = None
    identity = turn.account.current_key
    turn.opened = Session(keys, kept.answers, kept.revision, identity, kept.language)


def close_case(turn: ChangeContext) -> None:
    """Forget the draft of this account, and the keys of its opened case."""
    turn.repositories.drafts.forget(turn.connection, turn.account)
    turn.closed = True
