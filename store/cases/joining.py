"""Join two stories of one reporter: what the other one holds is moved, and it is erased."""

from dataclasses import replace

from store.cases import items as sealed_items
from store.cases import staging
from store.cases.change_context import ChangeContext
from store.cases.draft_changes import remember_answers
from store.cases.erasure import erase_case
from store.cases.other_case import movable_items
from store.cases.permissions import (
    excluded_by,
    handovers_of,
    is_kept,
    shown_words,
    standing_grants,
)
from store.cases.revocation_changes import SOFTWARE
from store.cases.sessions import Session, session_of
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Document
from store.inbox.accounts import ID_BYTES
from store.model.changes import JoinCase
from store.model.drafts import ADDED, with_added_before
from store.model.errors import NotPermitted
from store.readers.notices import request_destruction


def join(turn: ChangeContext, change: JoinCase) -> None:
    """Move all that a second case holds into the open one, and erase that case.

    Nothing of it is allowed here: its statements go with it, what is held of it is handed to
    nobody, and who could fetch it is asked to destroy it. Raise ``NotPermitted`` where a reader of
    the open case must never read the other one.
    """
    keys, other = turn.case_keys, session_of(turn.supplies.other)
    if other is None or other.keys.locator == keys.locator:
        raise NotPermitted("There is no second case to be joined.")
    if not is_kept(turn.connection, keys.locator):
        raise NotPermitted("Only a case that is kept can be joined with another one.")
    _bar(turn, other.keys, change)
    moved = [_move(turn, other.keys, item) for item in movable_items(turn.connection, other)]
    kept = remember_answers(turn, with_added_before(change.draft, moved))
    identity = turn.account.current_key
    turn.opened = Session(keys, kept.answers, kept.revision, identity, kept.language)
    stmts = handovers_of(turn.connection, other.keys.locator)
    turn.notify(request_destruction(turn.connection, turn.repositories, stmts, turn.now))
    turn.forget_releases(stmts)
    staging.discard_of_case(turn.connection, other.keys.locator)
    erase_case(turn.connection, other.keys.locator)


def _bar(turn: ChangeContext, other: CaseKeys, change: JoinCase) -> None:
    """Sign that those who must never read the other case must never read this one."""
    permissions = turn.repositories.permissions
    excluded = excluded_by(permissions.of_case(turn.connection, other))
    if not excluded:
        return
    standing = standing_grants(permissions.of_case(turn.connection, turn.case_keys), {})
    granted = frozenset(reader for grant in standing for reader in grant.readers)
    barred = frozenset(mid[:10].hex() for mid in excluded)
    readers = turn.repositories.commission.readers(turn.now)
    if any(r.is_among(barred) and r.is_among(granted) for r in readers):
        raise NotPermitted("A reader of the open case must never read the other one.")
    words = shown_words(change.shown, SOFTWARE, change.language, "join")
    permissions.exclude(turn.connection, turn.case_keys, words, excluded, turn.now)


def _move(turn: ChangeContext, other: CaseKeys, item: bytes) -> str:
    """Seal an answer of the other case to the keys of the open one, with the date that it had."""
    file_key = sealed_items.file_key_of(turn.connection, other, item)
    payload = sealed_items.file_of(turn.connection, item)
    document = Document.decode(age.open_payload(file_key, payload))
    moved = turn.repositories.entropy(ID_BYTES)
    turn.seal_item(moved, replace(document, extra={**document.extra, "q": ADDED}))
    return moved.hex()
