"""A second case of one reporter, which may be joined to the one that is open."""

from store.cases import items as sealed_items
from store.cases.permissions import PermissionRepository, barred_by
from store.cases.sessions import Session
from store.crypto.case_keys import CaseKeys
from store.db.connection import Connection
from store.model.snapshot import OtherCase


def describe_other(
    connection: Connection, permissions: PermissionRepository, other: Session, opened: CaseKeys
) -> OtherCase:
    """Say of a second case what deciding needs to know."""
    if other.keys.locator == opened.locator:
        return OtherCase(is_same=True)
    records = permissions.of_case(connection, other.keys)
    pieces = len(movable_items(connection, other))
    return OtherCase(is_same=False, pieces=pieces, barred=barred_by(records))


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
