"""Changes that give: the second yes with its statements and report, and an early release."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from store.cases import items as sealed_items
from store.cases.change_context import ChangeContext
from store.cases.draft_changes import remember_conversation, save_draft
from store.cases.handovers import HandoverParts, release
from store.cases.items import SealedItem
from store.cases.narrowing import erase_unread_reports, narrow
from store.cases.permissions import barred_by, handovers_of, is_kept, shown_words
from store.cases.revocation_changes import SOFTWARE
from store.crypto.document import Json
from store.db.schema import case_file
from store.inbox.accounts import ID_BYTES
from store.model.changes import HandOver
from store.model.clock import HOUR_SECONDS, hour_of, weeks_later
from store.model.drafts import Draft
from store.model.errors import NotPermitted
from store.model.outbox import TextRef
from store.model.permissions import NewPermission
from store.outbox.rows import RELEASE
from store.readers.notices import notify_readers

NEVER = "never"
"""The scope of the statement that excludes readers."""


def hand_over(turn: ChangeContext, change: HandOver) -> None:
    """Write the report, the signed statements, the take-back code and what is to be released."""
    code = turn.supplies.code
    if code is None:
        raise NotPermitted("A hand-over needs its take-back code.")
    draft = replace(change.draft, code=code.number)
    report = _seal_report(turn, change) if change.report else None
    _exclude(turn, change, draft)
    if change.narrowing is not None:
        narrow(turn, change.narrowing, draft)
    for permission in change.permissions:
        if permission.scope != NEVER:
            _permit(turn, permission, draft, report, change.hold_hours)
    if change.narrowing is not None:
        erase_unread_reports(turn)
    turn.repositories.takeback_codes.write(turn.connection, turn.case_keys, code)
    if handovers_of(turn.connection, turn.case_keys.locator):
        _outlive_draft(turn)
    if change.permissions:
        until = turn.repositories.retention.story_ends(turn.now)
        turn.repositories.revisions.record_statement(turn.connection, draft.revision, until)
    save_draft(turn, draft)
    if is_kept(turn.connection, turn.case_keys.locator):
        remember_conversation(turn)  # the draft may end by its time, and the words open the rest


def _seal_report(turn: ChangeContext, change: HandOver) -> SealedItem:
    item_id = turn.repositories.entropy(ID_BYTES)
    named = next(p for p in change.permissions if p.scope == "named")
    extra = report_keys(item_id, turn.case_keys.box, named.may, change.parts)
    return turn.seal_item(item_id, sealed_items.report(change.report, extra, turn.now))


def _exclude(turn: ChangeContext, change: HandOver, draft: Draft) -> None:
    """Sign who must never read the case, before anybody is given it."""
    unasked = NewPermission(NEVER, "", "")
    never = next((p for p in change.permissions if p.scope == NEVER), unasked)
    language = never.language or draft.language
    shown = shown_words(never.shown, draft.revision, language, never.step)
    mids = turn.repositories.commission.mids_of(never.readers)
    turn.repositories.permissions.exclude(turn.connection, turn.case_keys, shown, mids, turn.now)


def _permit(
    turn: ChangeContext,
    permission: NewPermission,
    draft: Draft,
    report: SealedItem | None,
    hold_hours: int,
) -> None:
    """Sign one permission; give its readers their grants, at once or after the hold."""
    revision = SOFTWARE if permission.own_words else draft.revision
    language = permission.language or draft.language
    shown = shown_words(permission.shown, revision, language, permission.step)
    parts = _parts(turn, permission, report, hold_hours)
    roster = turn.repositories.commission.roster
    terms = parts.terms(permission.may, roster) if parts is not None else None
    envelope = turn.repositories.permissions.add(
        turn.connection, turn.case_keys, shown, terms, turn.now
    )
    if permission.scope == "keep":
        _keep_from_now(turn)
    if parts is None:
        return
    turn.repositories.handovers.add(turn.connection, turn.case_keys, envelope, parts, turn.now)
    if parts.due_hour:
        row = TextRef("", ids=(envelope.hash.hex(),), language=draft.language)
        turn.repositories.outbox.add(
            turn.connection, turn.account, RELEASE, row, turn.now, parts.due_hour
        )
    else:
        fingerprints = [m.mid[:10] for m in parts.members]
        turn.notify(notify_readers(turn.connection, turn.repositories, fingerprints, turn.now))


def _keep_from_now(turn: ChangeContext) -> None:
    """Give a case the time of a kept one, also if it was to end sooner until now."""
    lasts = turn.repositories.retention.story_ends(turn.now)
    mine = update(case_file).where(case_file.c.locator == turn.case_keys.locator)
    turn.connection.execute(mine.values(expire=lasts))


def keep_longer(turn: ChangeContext) -> None:
    """Have a kept case last as long as one that is kept from now on, with its questionnaires.

    Raises ``NotPermitted`` for a case that nothing keeps.
    """
    if not is_kept(turn.connection, turn.case_keys.locator):
        raise NotPermitted("Only a case that is kept can be kept longer.")
    _keep_from_now(turn)
    opened, until = turn.state.memory.opened, turn.repositories.retention.story_ends(turn.now)
    if opened is not None and opened.revision:
        turn.repositories.revisions.record_statement(turn.connection, opened.revision, until)


def _parts(
    turn: ChangeContext, permission: NewPermission, report: SealedItem | None, hold_hours: int
) -> HandoverParts | None:
    """Collect what a permission to read hands over; None for one that hands over nothing."""
    if permission.scope != "named" or report is None:
        return None
    records = turn.repositories.permissions.of_case(turn.connection, turn.case_keys)
    barred = barred_by(records)
    members = turn.repositories.commission.admit(permission.readers, barred, turn.now)
    full = timedelta(hours=hold_hours, seconds=HOUR_SECONDS - 1)  # rounded up to the hour
    return HandoverParts(report, members, hour_of(turn.now + full) if hold_hours else 0)


def _outlive_draft(turn: ChangeContext) -> None:
    """Let the case not end with its draft; without *keep* it ends once its report had its time."""
    locator = turn.case_keys.locator
    kept = is_kept(turn.connection, locator)
    days = turn.repositories.retention.unfetched_days
    lasts = {} if kept else {"expire": weeks_later(turn.now, days)}
    mine = case_file.c.locator == locator
    turn.connection.execute(update(case_file).where(mine).values(draft_exp=0, **lasts))


def release_handover(turn: ChangeContext, stmt: bytes) -> None:
    """Release a held hand-over now, and notify its readers."""
    readers = release(turn.connection, stmt)
    turn.notify(notify_readers(turn.connection, turn.repositories, readers, turn.now))
    turn.forget_releases([stmt])


def report_keys(
    item_id: bytes, box: bytes, may: Sequence[str], parts: Sequence[str]
) -> dict[str, Json]:
    """Build the keys of a report's first line that other documents do not have."""
    return {
        "id": item_id.hex(),
        "box": base64.b64encode(box).decode(),
        "may": list(may),
        "parts": list(parts),
        "files": [],
    }
