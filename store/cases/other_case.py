"""A second case of one reporter, which may be joined to the one that is open."""

from store.cases import items as sealed_items
from store.cases.permissions import barred_by
from store.cases.sessions import Session
from store.crypto.case_keys import CaseKeys
from store.db.connection import Connection
from store.model.drafts import SHARED_BEFORE
from store.model.permissions import DeliveryStage
from store.model.snapshot import OtherCase
from store.repositories import Repositories


def describe_other(
    connection: Connection, repositories: Repositories, other: Session, opened: CaseKeys
) -> OtherCase:
    """Say of a second case what deciding needs to know."""
    if other.keys.locator == opened.locator:
        return OtherCase(is_same=True)
    records = repositories.permissions.of_case(connection, other.keys)
    standing = repositories.handovers.standing(connection, other.keys)
    fetched = (s.readers for s in standing if s.stage is DeliveryStage.FETCHED)
    shared = any(record.consent.sharing is not None for record in records)
    return OtherCase(
        is_same=False,
        pieces=len(movable_items(connection, other)),
        barred=barred_by(records),
        was_shared=shared or any(answer.step == SHARED_BEFORE for answer in other.answers),
        fetched=tuple(dict.fromkeys(reader for readers in fetched for reader in readers)),
    )


def movable_items(connection: Connection, case: Session) -> list[bytes]:
    """List the answers of a case: those of its conversation in their order, then any others.

    Others are in a conversation that is open elsewhere. They must not be lost.
    """
    there = sealed_items.ids_of(connection, case.keys.locator)
    described = dict(sealed_items.describe_items(connection, case.keys, there))
    answers = {item for item in there if described[item].kind == "answer"}
    told = [bytes.fromhex(item) for answer in case.answers for item in answer.items]
    first = [item for item in told if item in answers]
    rest = sorted(answers - {*first}, key=lambda i: (described[i].week, i))
    return [*first, *rest]
