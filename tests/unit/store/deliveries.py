"""A delivery as the bot makes it, of parts that a test can exchange one by one."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from store.cases.statement import FIRST_PREVIOUS, PermissionStatement, ReadTerms
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Document, Json
from store.crypto.signed_envelope import sign
from store.readers.delivery_bundle import build_delivery, seal_statement
from store.readers.key_file import ReaderKey
from tests.unit.store.people import OAK, counted, shown_words

WEEK = 202647
REPORT = bytes([0x33] * 16)
PHOTO = bytes([0x44] * 16)
FILE_KEY = bytes(range(16))
STORY = "It was in spring.\n\nI want it to stop."


@dataclass(frozen=True, slots=True)
class Delivery:
    """What would be in it if nobody had touched it, and the touches."""

    to: tuple[ReaderKey, ...] = (OAK,)
    headers_for: tuple[ReaderKey, ...] = (OAK,)
    may: tuple[str, ...] = ("act.listen",)
    photo: bool = False
    case: CaseKeys = field(default_factory=lambda: CaseKeys(bytes(range(16))))
    signer: CaseKeys | None = None
    roster: tuple[int, bytes] = (1, bytes(32))
    report: Mapping[str, Json] = field(default_factory=dict)
    statement: Mapping[str, cbor.Value] = field(default_factory=dict)
    kind: str = "report"
    media: str = "text/plain"
    body: bytes = STORY.encode()
    photo_kind: str = "attachment"

    def documents(self) -> dict[bytes, Document]:
        """The report and perhaps a photo, by item id."""
        extra: dict[str, Json] = {
            "id": REPORT.hex(),
            "box": base64.b64encode(self.case.box).decode(),
            "may": list(self.may),
            "parts": ["story"],
            "files": [[PHOTO.hex(), "door.jpg"]] if self.photo else [],
            **self.report,
        }
        documents = {REPORT: Document(self.kind, self.media, WEEK, self.body, extra)}
        if self.photo:
            documents[PHOTO] = Document(self.photo_kind, "image/jpeg", WEEK, b"\xff\xd8")
        return documents

    def payloads(self) -> dict[bytes, bytes]:
        """Their payloads, all under one file key: a test needs no more."""
        return {
            item: age.seal_payload(FILE_KEY, document.encode(), counted())
            for item, document in self.documents().items()
        }

    def consent(self) -> PermissionStatement:
        """What the reporter signs."""
        items = [(i, hashlib.sha256(p).digest()) for i, p in self.payloads().items()]
        to = tuple(sorted(reader.mid for reader in self.to))
        sharing = ReadTerms(tuple(sorted(items)), to, self.may, future=False, roster=self.roster)
        words = shown_words("0123456789ab", "en", "readers", "Who may read it?", "Oak.")
        signer = self.signer or self.case
        return PermissionStatement(
            self.case.rid, signer.sign_public, words, 1, FIRST_PREVIOUS, (), sharing
        )

    def files(self) -> list[tuple[bytes, bytes]]:
        """Each item with its header and payload."""
        recipients = [reader.identity.recipient for reader in self.headers_for]
        header = age.write_header(FILE_KEY, recipients)
        return [(item, header + payload) for item, payload in self.payloads().items()]

    def fields(self) -> dict[str, cbor.Value]:
        """The parts of the bundle, before they are joined."""
        signed = sign({**self.consent().fields(), **self.statement}, self._sign_seed())
        env = seal_statement(signed, WEEK, self.headers_for[0].identity.recipient, counted())
        return dict(cbor.decode_map(build_delivery("7ZK4M2", env, self.files())))

    def _sign_seed(self) -> bytes:
        return (self.signer or self.case).sign_seed

    def build(self, **fields: cbor.Value) -> bytes:
        """The bundle, with some of its fields exchanged."""
        return cbor.encode({**self.fields(), **fields})
