from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from store.db.connection import Connection
from store.db.lookup import ROWS_AT_ONCE, InStatement, delete_some
from store.db.schema import processed_message
from tests.unit.store.organisation import Organisation

FIND = InStatement(processed_message.c.id, lambda mine: select(processed_message.c.id).where(mine))


def row(number: int) -> dict[str, object]:
    name = number.to_bytes(16, "big")
    return {"id": name, "day": 1, "platform": "terminal", "batch": 0, "hour": number % 24}


async def test_what_is_looked_for_is_found_whatever_its_number(org: Organisation) -> None:
    ids = [number.to_bytes(16, "big") for number in range(40)]

    def look(connection: Connection) -> None:
        connection.execute(processed_message.insert(), [row(n) for n in range(0, 40, 2)])
        for count in (0, 1, 2, 15, 16, 17, 40):
            found = connection.execute(*FIND(ids[:count]))
            assert set(found.scalars()) == set(ids[:count:2])

    await org.database.transaction(look)


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=20))
def test_a_statement_is_built_once_for_each_number(ids: list[bytes]) -> None:
    statement, values = FIND(ids)
    assert FIND(ids)[0] is statement
    assert list(values.values()) == ids


async def test_what_is_over_goes_in_parts(org: Organisation) -> None:
    over = delete_some(processed_message, processed_message.c.hour < 24)
    rows = [row(number) for number in range(ROWS_AT_ONCE + 7)]

    def delete(connection: Connection) -> list[int]:
        connection.execute(processed_message.insert(), rows)
        return [connection.execute(over).rowcount for _ in range(3)]

    assert await org.database.transaction(delete) == [ROWS_AT_ONCE, 7, 0]
