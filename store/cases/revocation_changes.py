"""Changes that take back: permissions are revoked, or the whole case is erased."""

from collections.abc import Sequence

from sqlalchemy import update

from store.cases.change_context import ChangeContext
from store.cases.drafts import remove_draft
from store.cases.erasure import erase_case
from store.cases.permissions import (
    case_of,
    handovers_of,
    is_kept,
    keeps_of,
    revoke_unsigned,
    shown_words,
)
from store.cases.statement import ShownWords
from store.db.schema import case_file
from store.model.changes import StopKeeping, TakeBack
from store.model.clock import hour_of
from store.model.permissions import RevocationBasis
from store.readers.notices import request_destruction
from store.version import VERSION

SOFTWARE = VERSION
"""In a statement, the revision of the bot's own sentences."""


def take_back(turn: ChangeContext, change: TakeBack) -> None:
    """Revoke the hand-overs of the case, or only those that are named.

    With the right of the hold they are hand-overs of this account, without the keys of their case.

    What keeps the case stands. Where nothing does, it ends with its open conversation again.
    """
    named = [bytes.fromhex(s) for s in change.statements]
    if change.how is RevocationBasis.HOLD:
        _take_back_held(turn, named)
        return
    stmts = handovers_of(turn.connection, turn.case_keys.locator)
    if named:
        stmts = [stmt for stmt in stmts if stmt in named]
    turn.notify(request_destruction(turn.connection, turn.repositories, stmts, turn.now))
    _revoke(turn, stmts, shown_words(change.shown, SOFTWARE, change.language, "withdrawn"))
    turn.forget_releases(stmts)
    if turn.found is not None and not handovers_of(turn.connection, turn.case_keys.locator):
        _return_to_draft(turn)


def stop_keeping(turn: ChangeContext, change: StopKeeping) -> None:
    """Revoke every permission to keep the case; it ends with its conversation, or once read."""
    shown = shown_words(change.shown, SOFTWARE, change.language, "unkept")
    _revoke(turn, keeps_of(turn.connection, turn.case_keys.locator), shown)
    if not handovers_of(turn.connection, turn.case_keys.locator):
        _end_with_draft(turn)


def _revoke(turn: ChangeContext, stmts: Sequence[bytes], shown: ShownWords) -> None:
    for stmt in stmts:
        turn.repositories.permissions.revoke(
            turn.connection, turn.case_keys, stmt, shown, turn.now
        )


def _return_to_draft(turn: ChangeContext) -> None:
    """Erase the report; a case that nothing keeps ends with its draft again."""
    turn.drop_items_where(lambda d: d.kind == "report")
    if not is_kept(turn.connection, turn.case_keys.locator):
        _end_with_draft(turn)


def _end_with_draft(turn: ChangeContext) -> None:
    ends = turn.found.draft.expires if turn.found else hour_of(turn.now)
    lasts = turn.repositories.retention.story_ends(turn.now)
    mine = update(case_file).where(case_file.c.locator == turn.case_keys.locator)
    turn.connection.execute(mine.values(draft_exp=ends, expire=lasts))


def _take_back_held(turn: ChangeContext, stmts: list[bytes]) -> None:
    """Revoke from the account, without the keys.

    A case that was not to be kept goes as well, unless something else of it is shared.
    """
    turn.notify(request_destruction(turn.connection, turn.repositories, stmts, turn.now))
    for stmt in stmts:
        locator = case_of(turn.connection, stmt)
        revoke_unsigned(turn.connection, [stmt], by_code=False)
        if locator is not None and not _is_needed(turn, locator):
            erase_case(turn.connection, locator)
    turn.forget_releases(stmts)


def _is_needed(turn: ChangeContext, locator: bytes) -> bool:
    """Return whether a permission keeps a case, or shares something of it."""
    connection = turn.connection
    return is_kept(connection, locator) or bool(handovers_of(connection, locator))


def take_back_by_code(turn: ChangeContext, locator: bytes, *, erase: bool) -> None:
    """Withdraw or erase a case with its code alone: unsigned, and recorded as such."""
    stmts = handovers_of(turn.connection, locator)
    turn.notify(request_destruction(turn.connection, turn.repositories, stmts, turn.now))
    revoke_unsigned(turn.connection, stmts, by_code=True)
    if erase or not is_kept(turn.connection, locator):
        erase_case(turn.connection, locator)


def erase(turn: ChangeContext) -> None:
    """Erase the case with everything of it, and ask readers to destroy what they hold."""
    locator = turn.case_keys.locator
    if turn.found is not None:
        remove_draft(turn.connection, turn.found.id)
    stmts = handovers_of(turn.connection, locator)
    turn.notify(request_destruction(turn.connection, turn.repositories, stmts, turn.now))
    turn.forget_releases(stmts)
    erase_case(turn.connection, locator)
    turn.state.found, turn.closed = None, True
