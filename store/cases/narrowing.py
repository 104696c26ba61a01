"""Narrow what stands to some of its readers: the others lose it, and for these nothing changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from store.cases.change_context import ChangeContext
from store.cases.permissions import PermissionRecord, barred_by, shown_words
from store.cases.revocation_changes import SOFTWARE
from store.cases.statement import ReadTerms, ShownWords
from store.db.schema import delivery
from store.model.changes import Narrowing
from store.model.drafts import Draft
from store.model.outbox import TextRef
from store.outbox.rows import RELEASE
from store.readers.notices import request_destruction


def narrow(turn: ChangeContext, change: Narrowing, draft: Draft) -> None:
    """Revoke every hand-over that somebody else has, and sign it anew for those who stay.

    A reader who stays keeps their delivery as it is: its characters, whether it is held, waits or
    was fetched.
    """
    stay = {bytes.fromhex(reader) for reader in change.permission.readers}
    named = change.permission
    language = named.language or draft.language
    words = shown_words(named.shown, draft.revision, language, named.step)
    withdrawn = shown_words(change.shown, SOFTWARE, change.language, "withdrawn")
    for record in turn.repositories.permissions.of_case(turn.connection, turn.case_keys):
        if record.consent.sharing is not None and record.revoked is None:
            _narrow_one(turn, record, stay, words, withdrawn)


def _narrow_one(
    turn: ChangeContext,
    record: PermissionRecord,
    stay: set[bytes],
    words: ShownWords,
    withdrawn: ShownWords,
) -> None:
    rows = _deliveries(turn, record.id)
    gone = [row["fp"] for row in rows if row["fp"] not in stay]
    if rows and not gone:
        return
    notified = request_destruction(
        turn.connection, turn.repositories, [record.id], turn.now, readers=gone
    )
    turn.notify(notified)
    turn.forget_releases([record.id])
    turn.repositories.permissions.revoke(
        turn.connection, turn.case_keys, record.id, withdrawn, turn.now
    )
    staying = [row for row in rows if row["fp"] in stay]
    if staying:
        _sign_anew(turn, record, staying, words)


def _sign_anew(
    turn: ChangeContext,
    record: PermissionRecord,
    staying: Sequence[Mapping[str, Any]],
    words: ShownWords,
) -> None:
    """Sign the same hand-over for these readers alone, with their deliveries as they were."""
    repositories, before = turn.repositories, record.consent.sharing
    assert before is not None  # noqa: S101 - the caller looked
    records = repositories.permissions.of_case(turn.connection, turn.case_keys)
    names = [row["fp"].hex() for row in staying]
    members = repositories.commission.admit(names, barred_by(records), turn.now)
    roster = repositories.commission.roster
    terms = ReadTerms(
        items=before.items,
        to=tuple(sorted(member.mid for member in members)),
        may=before.may,
        future=before.future,
        roster=(roster.version, roster.hash),
    )
    envelope = repositories.permissions.add(
        turn.connection, turn.case_keys, words, terms, turn.now
    )
    by_reader = {row["fp"]: row for row in staying}
    repositories.handovers.carry_over(
        turn.connection, turn.case_keys, envelope, terms, members, by_reader, turn.now
    )
    for due in {row["due"] for row in staying if row["due"]}:
        ref = TextRef("", ids=(envelope.hash.hex(),), language=words.language)
        repositories.outbox.add(turn.connection, turn.account, RELEASE, ref, turn.now, due)


def _deliveries(turn: ChangeContext, stmt: bytes) -> list[dict[str, Any]]:
    rows = turn.connection.execute(select(delivery).where(delivery.c.stmt == stmt))
    return [dict(row) for row in rows.mappings()]


def erase_unread_reports(turn: ChangeContext) -> None:
    """Erase the reports that no hand-over of now shares."""
    records = turn.repositories.permissions.of_case(turn.connection, turn.case_keys)
    standing = (r.consent.sharing for r in records if r.revoked is None)
    read = {item.hex() for sharing in standing if sharing for item, _ in sharing.items}
    turn.drop_items_where(lambda d: d.kind == "report" and d.extra.get("id") not in read)
