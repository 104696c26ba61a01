import hashlib

from store.crypto.case_keys import CaseKeys, rid_of
from store.crypto.labels import Label
from store.crypto.mnemonics import words_of

KEYS = CaseKeys(bytes(range(16)))


def test_the_case_of_the_specification() -> None:
    assert " ".join(words_of(KEYS.entropy)) == (
        "abandon amount liar amount expire adjust cage candy arch gather drum buyer"
    )
    assert KEYS.root.hex() == "714ae0455fb2a4e785b9f8ac9cb8ecf7e4583719f79f8aeb646a79bf5eee3383"
    assert KEYS.locator.hex() == "80bed398817dcce58551e7ccab9c4cf2"
    assert KEYS.rid.hex() == "c2a41fcb481f1260094d624c3045ae15"


def test_its_key_pairs() -> None:
    mailbox = KEYS.derive(Label.CASE_MAILBOX, 32)
    assert mailbox.hex() == "d1a8f094308f57e9ff12d5d9e1eeb090951f09d45f911b42f1fd0fd3dc31bba3"
    assert hashlib.sha256(KEYS.box).hexdigest() == (
        "3a5eb9bf5f4c1194ceaf815a015f7f196efe38d620da69ea77b7037f9db1b49f"
    )
    assert len(KEYS.box) == 1216
    assert KEYS.sign_public.hex() == (
        "b6a052d507497584f2e4f1707d7af9fa124c60cfbb9ceccf10bbb726a550824c"
    )


def test_its_keys_of_the_draft_and_of_the_code() -> None:
    assert KEYS.state_key.hex() == (
        "5d712994a45a4e2adc70991ba4b125ed0e6dd13081468fcf9c370b34fed8f357"
    )
    assert KEYS.out_key.hex() == "1b095e5ca022dc97d96fb87f932a0da1433baba670c67ec17ecf4fa6257cf73e"


def test_the_mailbox_address_follows_from_the_public_key_alone() -> None:
    assert rid_of(KEYS.box) == KEYS.rid


def test_no_key_of_a_case_equals_another() -> None:
    derived = [KEYS.derive(label, 32) for label in Label]
    assert len(set(derived)) == len(derived)


def test_nothing_of_it_prints() -> None:
    assert KEYS.entropy.hex() not in repr(KEYS)
    assert str(KEYS.entropy) not in repr(KEYS)
    assert repr(KEYS) == "CaseKeys()"
