"""Apply the changes of a decision, in the transaction of their turn."""

from store.cases import draft_changes, handover_changes, joining, revocation_changes
from store.cases.change_context import ChangeContext
from store.model.changes import (
    AskErasure,
    BeginCase,
    Change,
    CloseCase,
    EndDraft,
    EraseCase,
    EraseItems,
    HandOver,
    JoinCase,
    KeepLonger,
    KeepStaged,
    OpenCase,
    OutliveDraft,
    ReleaseHandover,
    RememberAnswers,
    ReopenCase,
    ReturnToCase,
    SaveDraft,
    SealItem,
    StopKeeping,
    TakeBack,
    TakeBackByCode,
)

FOLLOWED = (
    *(BeginCase, SaveDraft, SealItem, KeepStaged, EraseItems),
    *(AskErasure, RememberAnswers),
)
"""Changes after which the account's state is known without reading it again."""


def apply_change(turn: ChangeContext, change: Change) -> None:  # noqa: C901, PLR0912 - a closed union, a line a case
    """Apply one change; raise ``NotPermitted`` for one that nothing allows."""
    turn.followed &= isinstance(change, FOLLOWED)
    match change:
        case BeginCase(draft):
            draft_changes.begin_case(turn, draft)
        case SaveDraft(draft):
            draft_changes.save_draft(turn, draft)
        case SealItem():
            draft_changes.seal_answer(turn, change)
        case KeepStaged(_, item):
            draft_changes.keep_staged(turn, item)
        case EraseItems(items):
            draft_changes.erase_items(turn, items)
        case HandOver():
            handover_changes.hand_over(turn, change)
        case EndDraft():
            draft_changes.end_draft(turn)
        case OutliveDraft():
            draft_changes.let_outlive_draft(turn)
        case EraseCase():
            revocation_changes.erase(turn)
        case TakeBack():
            revocation_changes.take_back(turn, change)
        case StopKeeping():
            revocation_changes.stop_keeping(turn, change)
        case ReleaseHandover(statement):
            handover_changes.release_handover(turn, bytes.fromhex(statement))
        case OpenCase():
            draft_changes.open_case(turn)
        case AskErasure():
            pass  # it is remembered once the turn is committed
        case TakeBackByCode(locator, erase):
            revocation_changes.take_back_by_code(turn, locator, erase=erase)
        case ReopenCase(draft):
            draft_changes.reopen_case(turn, draft)
        case RememberAnswers(draft):
            draft_changes.remember_answers(turn, draft)
        case ReturnToCase(draft):
            draft_changes.return_to_case(turn, draft)
        case JoinCase():
            joining.join(turn, change)
        case KeepLonger():
            handover_changes.keep_longer(turn)
        case CloseCase():
            draft_changes.close_case(turn)
