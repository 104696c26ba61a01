from hypothesis import given
from hypothesis import strategies as st

from store.crypto.labels import Label
from store.inbox.accounts import account_bytes, keyed_id, sealed_account, sealed_fields
from store.model.accounts import Account

NAMES = st.text(max_size=30)


def test_the_account_of_the_specification() -> None:
    who = Account("telegram", "123456789", "the chat")
    assert account_bytes(who).hex() == "000874656c656772616d0009313233343536373839"


@given(NAMES, NAMES, NAMES, NAMES)
def test_two_accounts_are_never_one(p: str, a: str, q: str, b: str) -> None:
    one, two = Account(p, a, ""), Account(q, b, "")
    assert (account_bytes(one) == account_bytes(two)) == ((p, a) == (q, b))


@given(NAMES, NAMES, NAMES)
def test_name_and_address_come_back(platform: str, name: str, address: str) -> None:
    who = Account(platform, name, address)
    fields = sealed_fields(who)
    assert sealed_account(fields) == who
    assert ("n" in fields) == (name != address)


def test_a_keyed_id_depends_on_key_and_use_and_input() -> None:
    ids = {
        keyed_id(key, index, label, field)
        for key in (bytes(32), bytes([1] * 32))
        for index, label in (
            (Label.DRAFT_INDEX, Label.DRAFT_ID),
            (Label.BOX_INDEX, Label.BOX_LANE),
            (Label.BOX_INDEX, Label.DRAFT_ID),
        )
        for field in (b"one", b"two")
    }
    assert len(ids) == 12
    assert {len(found) for found in ids} == {16}
