"""Apply the changes of a decision, in the transaction of their turn."""

from store.cases import draft_changes, handover_changes, revocation_changes
from store.cases.change_context import ChangeContext
from store.model.changes import (
    BeginCase,
    Change,
    CloseCase,
    EndDraft,
    EraseCase,
    EraseItems,
    HandOver,
    ReleaseHandover,
    ReopenCase,
    SaveDraft,
    SealItem,
    TakeBack,
)

FOLLOWED = (BeginCase, SaveDraft, SealItem, EraseItems)
"""Changes after which the account's state is known without reading it again."""


async def apply_change(turn: ChangeContext, change: Change) -> None:  # noqa: C901 - a closed union, a line a case
    """Apply one change; raise ``NotPermitted`` for one that nothing allows."""
    turn.followed &= isinstance(change, FOLLOWED)
    match change:
        case BeginCase(draft):
            await draft_changes.begin_case(turn, draft)
        case SaveDraft(draft):
            await draft_changes.save_draft(turn, draft)
        case SealItem():
            await draft_changes.seal_answer(turn, change)
        case EraseItems(items):
            await draft_changes.erase_items(turn, items)
        case HandOver():
            await handover_changes.hand_over(turn, change)
        case EndDraft():
            await draft_changes.end_draft(turn)
        case EraseCase():
            await revocation_changes.erase(turn)
        case TakeBack():
            await revocation_changes.take_back(turn, change)
        case ReleaseHandover(statement):
            await handover_changes.release_handover(turn, bytes.fromhex(statement))
        case ReopenCase(draft):
            await draft_changes.reopen_case(turn, draft)
        case CloseCase():
            await draft_changes.close_case(turn)
