import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.cases.statement import RevocationStatement, sign_statement
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Document, Json
from store.crypto.signed_envelope import sign
from store.model.errors import NotForUs, StoreError, Tampered, Unreadable
from store.readers.delivery_bundle import open_delivery, seal_statement
from store.readers.notebook import Notebook
from tests.unit.store.deliveries import FILE_KEY, PHOTO, REPORT, STORY, WEEK, Delivery
from tests.unit.store.people import BIRCH, OAK, counted

OTHER_CASE = CaseKeys(bytes([9] * 16))
GOOD = Delivery().build()


def test_a_good_delivery_opens() -> None:
    opened = open_delivery(GOOD, OAK, Notebook())
    assert opened.text == STORY
    assert opened.may == ("act.listen",)
    assert opened.code == "7ZK4M2"
    assert opened.week == WEEK
    assert opened.rid == Delivery().case.rid
    assert opened.box == Delivery().case.box
    assert opened.statement == Delivery().consent()
    assert opened.statement_hash == sign(Delivery().consent().fields(), bytes(32)).hash
    assert opened.attachments == ()


def test_files_come_with_their_names() -> None:
    [photo] = open_delivery(Delivery(photo=True).build(), OAK, Notebook()).attachments
    assert (photo.item, photo.name, photo.media) == (PHOTO, "door.jpg", "image/jpeg")
    assert photo.body == b"\xff\xd8"


def test_opening_pins_the_case_and_its_roster() -> None:
    opened = open_delivery(GOOD, OAK, Notebook())
    [pin] = opened.notebook.pins
    assert (pin.rid, pin.pk, pin.week) == (opened.rid, Delivery().case.sign_public, WEEK)
    assert opened.notebook.roster == (1, bytes(32))
    assert open_delivery(GOOD, OAK, opened.notebook).notebook == opened.notebook


def test_a_delivery_to_several_opens_for_the_one_whose_headers_it_has() -> None:
    both = Delivery(to=(OAK, BIRCH), headers_for=(BIRCH,)).build()
    assert open_delivery(both, BIRCH, Notebook()).text == STORY
    with pytest.raises(NotForUs):
        open_delivery(both, OAK, Notebook())


def test_another_signer_for_a_known_case_is_refused() -> None:
    pinned = open_delivery(GOOD, OAK, Notebook()).notebook
    with pytest.raises(Tampered, match="another key than before"):
        open_delivery(Delivery(signer=OTHER_CASE).build(), OAK, pinned)


def test_another_roster_of_a_known_number_is_refused() -> None:
    pinned = open_delivery(GOOD, OAK, Notebook()).notebook
    with pytest.raises(Tampered, match="another roster"):
        open_delivery(Delivery(roster=(1, bytes([1] * 32))).build(), OAK, pinned)


def test_a_statement_signed_by_somebody_else_is_refused() -> None:
    forged = Delivery(statement={"pk": OTHER_CASE.sign_public})
    with pytest.raises(Tampered, match="signature does not hold"):
        open_delivery(forged.build(), OAK, Notebook())


def test_a_reader_who_was_not_named_is_refused() -> None:
    with pytest.raises(NotForUs, match="did not name you"):
        open_delivery(Delivery(to=(BIRCH,)).build(), OAK, Notebook())


def test_a_second_stanza_in_a_file_is_refused() -> None:
    with pytest.raises(Tampered, match="others besides you"):
        open_delivery(Delivery(headers_for=(OAK, BIRCH)).build(), OAK, Notebook())


def test_a_second_stanza_in_the_statement_is_refused() -> None:
    env = Delivery().fields()["env"]
    assert isinstance(env, bytes)
    both = [OAK.identity.recipient, BIRCH.identity.recipient]
    resealed = age.encrypt(age.decrypt(env, [OAK.identity]), both, counted())
    with pytest.raises(Tampered, match="others besides you"):
        open_delivery(Delivery().build(env=resealed), OAK, Notebook())


def test_a_statement_that_shares_nothing_is_refused() -> None:
    consent = Delivery().consent()
    revoke = RevocationStatement(consent.case, bytes(32), consent.words, 2, bytes([1] * 32))
    signed = sign_statement(revoke, Delivery().case.sign_seed)
    env = seal_statement(signed, WEEK, OAK.identity.recipient, counted())
    with pytest.raises(Tampered, match="shares nothing"):
        open_delivery(Delivery().build(env=env), OAK, Notebook())


def test_a_document_of_another_kind_is_no_statement() -> None:
    document = Document("answer", "application/cbor", WEEK, b"")
    env = age.encrypt(document.encode(), [OAK.identity.recipient], counted())
    with pytest.raises(Unreadable, match="no statement"):
        open_delivery(Delivery().build(env=env), OAK, Notebook())


def test_another_payload_than_the_signed_one_is_refused() -> None:
    other = Delivery(body=b"He is a good man.").files()
    with pytest.raises(Tampered, match="not the one that was signed"):
        open_delivery(Delivery().build(files=other), OAK, Notebook())


def test_a_payload_under_another_name_is_refused() -> None:
    [(_, sealed)] = Delivery().files()
    with pytest.raises(Tampered, match="other files"):
        open_delivery(Delivery().build(files=[[PHOTO, sealed]]), OAK, Notebook())


@pytest.mark.parametrize("count", [0, 2])
def test_a_file_too_few_or_too_many_is_refused(count: int) -> None:
    files = Delivery(photo=True).files()
    with pytest.raises(Tampered, match="other files"):
        open_delivery(Delivery().build(files=files[:count]), OAK, Notebook())


def test_a_report_that_allows_more_than_was_signed_is_refused() -> None:
    with pytest.raises(Tampered, match="allows other things"):
        open_delivery(Delivery(report={"may": ["act.named"]}).build(), OAK, Notebook())


def test_a_report_that_names_itself_as_another_is_refused() -> None:
    with pytest.raises(Tampered, match="names itself"):
        open_delivery(Delivery(report={"id": PHOTO.hex()}).build(), OAK, Notebook())


def test_an_answer_would_reach_the_reporter_and_nobody_else() -> None:
    with pytest.raises(Tampered, match="reach somebody else"):
        open_delivery(Delivery(report={"box": "AAAA"}).build(), OAK, Notebook())
    with pytest.raises(Unreadable, match="where an answer goes"):
        open_delivery(Delivery(report={"box": "*"}).build(), OAK, Notebook())


def test_there_is_exactly_one_report() -> None:
    for delivery in (Delivery(kind="answer"), Delivery(photo=True, photo_kind="report")):
        with pytest.raises(Tampered, match="exactly one report"):
            open_delivery(delivery.build(), OAK, Notebook())


def test_a_file_that_is_no_attachment_is_refused() -> None:
    with pytest.raises(Tampered, match="no file of the report"):
        open_delivery(Delivery(photo=True, photo_kind="answer").build(), OAK, Notebook())


def test_the_report_lists_exactly_the_files() -> None:
    with pytest.raises(Tampered, match="lists other files"):
        open_delivery(Delivery(photo=True, report={"files": []}).build(), OAK, Notebook())
    several: list[Json] = ["x", [1], [["44"]], [["44", 1]]]
    for malformed in several:
        with pytest.raises(Unreadable, match="malformed"):
            open_delivery(Delivery(report={"files": malformed}).build(), OAK, Notebook())


@pytest.mark.parametrize("delivery", [Delivery(media="text/html"), Delivery(body=b"\xff")])
def test_a_report_that_is_not_plain_text_is_refused(delivery: Delivery) -> None:
    with pytest.raises(Unreadable, match="not text"):
        open_delivery(delivery.build(), OAK, Notebook())


FIELDS: list[dict[str, cbor.Value]] = [
    {"t": "backup"},
    {"v": 2},
    {"code": 1},
    {"env": "x"},
    {"files": 1},
    {"files": [1]},
    {"files": [[REPORT, b""], [REPORT, b""]]},
    {"shares": []},
    {"proof": ""},
]


@pytest.mark.parametrize("fields", FIELDS)
def test_another_shape_is_no_delivery(fields: dict[str, cbor.Value]) -> None:
    with pytest.raises(Unreadable):
        open_delivery(Delivery().build(**fields), OAK, Notebook())


def test_one_changed_bit_in_any_byte_is_refused() -> None:
    # The sixth bit turns letters into their other case and CBOR types into their neighbours.
    for position in set(range(len(GOOD))) - set(CODE_BYTES):
        touched = bytearray(GOOD)
        touched[position] ^= 1 << 5
        with pytest.raises(StoreError):
            open_delivery(bytes(touched), OAK, Notebook())


# The delivery code is a label for people: nothing depends on it, and nothing signs it.
CODE_BYTES = range(GOOD.index(b"7ZK4M2"), GOOD.index(b"7ZK4M2") + 6)


@given(st.binary(max_size=200))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        open_delivery(data, OAK, Notebook())


def test_stock_age_opens_a_part_by_itself() -> None:
    [(_, sealed)] = Delivery().files()
    header, payload = age.split(sealed)
    assert age.open_header(header, [OAK.identity]) == FILE_KEY
    assert STORY.encode() in age.decrypt(sealed, [OAK.identity])
    sharing = Delivery().consent().sharing
    assert sharing is not None
    assert sharing.items == ((REPORT, hashlib.sha256(payload).digest()),)


def test_nothing_of_it_prints() -> None:
    opened = open_delivery(Delivery(photo=True).build(), OAK, Notebook())
    assert repr(opened) == "OpenedReport(…)"
    assert repr(opened.attachments[0]) == "Attachment(…)"
