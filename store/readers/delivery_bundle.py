"""A delivery: what one reader gets, and everything that is checked before they see it.

A delivery is one record: the reporter's signed statement, sealed to the reader, and the report
and files that it names, each with a header for this reader only. age says nothing about who
wrote a file, so the statement does: it is signed with the key of the case and holds the hash of
each payload. docs/cryptography.md, section 6, lists the checks; each has a sentence of its own.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from store.cases.statement import PermissionStatement, ReadTerms
from store.cases.statement_reader import read_statement
from store.crypto import cbor
from store.crypto import signed_envelope as envelope
from store.crypto.age import file as age
from store.crypto.case_keys import rid_of
from store.crypto.document import Document
from store.crypto.signed_envelope import Envelope
from store.model.errors import NotForUs, Tampered, Unreadable
from store.readers.key_file import ReaderKey
from store.readers.notebook import Notebook

_WHAT = "This delivery"
_AGAIN = "It is not opened. Ask for it again; if that does not help, tell the reporter's bot."
_KEYS = {"v", "t", "code", "env", "files", "proof"}


@dataclass(frozen=True, slots=True, repr=False)
class Attachment:
    """A file that belongs to a report; ``item`` is its id."""

    item: bytes
    name: str
    media: str
    body: bytes

    def __repr__(self) -> str:
        return "Attachment(…)"


@dataclass(frozen=True, slots=True, repr=False)
class OpenedReport:
    """A report whose every check held; there is no other way to get one."""

    code: str
    statement: PermissionStatement
    statement_hash: bytes
    sharing: ReadTerms
    text: str
    week: int
    box: bytes
    """The case's public hybrid key: what an answer is sealed to."""
    attachments: tuple[Attachment, ...]
    notebook: Notebook
    """The reader's notebook with this case and its roster pinned: to be saved."""

    def __repr__(self) -> str:
        return "OpenedReport(…)"

    @property
    def rid(self) -> bytes:
        """Return the name of the case, 16 bytes."""
        return self.statement.case

    @property
    def may(self) -> tuple[str, ...]:
        """Return what the reader may do, which is shown above the text."""
        return self.sharing.may


def seal_statement(
    statement: Envelope, week: int, reader: age.Recipient, entropy: age.Entropy
) -> bytes:
    """Seal a signed statement to one reader, in an age file."""
    document = Document("statement", "application/cbor", week, statement.encode())
    return age.encrypt(document.encode(), [reader], entropy)


def build_delivery(code: str, env_age: bytes, files: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Build the file ``<code>.holdfast`` from (item id, the reader's header and payload)."""
    return cbor.encode(
        {
            "v": cbor.VERSION,
            "t": "delivery",
            "code": code,
            "env": env_age,
            "files": [list(file) for file in files],
            "proof": b"",
        }
    )


def open_delivery(data: bytes, key: ReaderKey, notebook: Notebook) -> OpenedReport:
    """Open the report in a delivery, if everything in it is as its reporter signed it.

    Unreadable for what is not a delivery, NotForUs for one of another reader, Tampered for one
    in which anything was exchanged.
    """
    code, sealed_statement, files = _read_delivery(data)
    signed, week = _open_statement(sealed_statement, key)
    consent, sharing = _verify(signed, key)
    notebook = notebook.with_case(consent.case, consent.pk, week).with_roster(*sharing.roster)
    documents = _open_files(files, sharing, key)
    item, report = _the_report(documents)
    box = _check_report(item, report, consent, sharing)
    return OpenedReport(
        code=code,
        statement=consent,
        statement_hash=signed.hash,
        sharing=sharing,
        text=_text(report),
        week=report.week,
        box=box,
        attachments=_attachments(report, {i: d for i, d in documents.items() if i != item}),
        notebook=notebook,
    )


def _read_delivery(data: bytes) -> tuple[str, bytes, dict[bytes, bytes]]:
    try:
        fields = cbor.decode_map(data, _WHAT)
    except Unreadable as error:
        raise Unreadable(f"{error} {_AGAIN}") from None
    match fields:
        case {
            "t": "delivery",
            "code": str(code),
            "env": bytes(env),
            "files": [*files],
            "proof": bytes(),
        } if fields.keys() == _KEYS:
            named = dict(map(_read_file, files))
            if len(named) == len(files):
                return code, env, named
    raise Unreadable("This file is not a delivery, or of another version. Ask for it again.")


def _read_file(value: cbor.Value) -> tuple[bytes, bytes]:
    match value:
        case [bytes(item), bytes(sealed)]:
            return item, sealed
        case _:
            raise Unreadable("This delivery holds a file without a name. Ask for it again.")


def _open_statement(sealed: bytes, key: ReaderKey) -> tuple[Envelope, int]:
    document = Document.decode(_open_one(sealed, key))
    if document.kind != "statement":
        raise Unreadable(f"This delivery holds no statement of its reporter. {_AGAIN}")
    return envelope.parse(document.body), document.week


def _verify(signed: Envelope, key: ReaderKey) -> tuple[PermissionStatement, ReadTerms]:
    consent = read_statement(signed.fields)
    if not isinstance(consent, PermissionStatement) or consent.sharing is None:
        raise Tampered(f"The statement in this delivery shares nothing. {_AGAIN}")
    envelope.verify(signed.encode(), consent.pk)
    if key.mid not in consent.sharing.to:
        raise NotForUs(f"The reporter did not name you in this statement. {_AGAIN}")
    return consent, consent.sharing


def _open_one(sealed: bytes, key: ReaderKey) -> bytes:
    """Decrypt a file that has one stanza; a second would be for a reader who was not named."""
    header, _ = age.split(sealed)
    if age.count_stanzas(header) != 1:
        raise Tampered(f"A file in this delivery is sealed to others besides you. {_AGAIN}")
    return age.decrypt(sealed, [key.identity])


def _open_files(
    files: Mapping[bytes, bytes], sharing: ReadTerms, key: ReaderKey
) -> dict[bytes, Document]:
    hashes = dict(sharing.items)
    if files.keys() != hashes.keys():
        raise Tampered(f"This delivery has other files than its reporter signed. {_AGAIN}")
    for item, sealed in files.items():
        _, payload = age.split(sealed)
        if hashlib.sha256(payload).digest() != hashes[item]:
            raise Tampered(f"A file in this delivery is not the one that was signed. {_AGAIN}")
    return {item: Document.decode(_open_one(sealed, key)) for item, sealed in files.items()}


def _the_report(documents: Mapping[bytes, Document]) -> tuple[bytes, Document]:
    reports = [pair for pair in documents.items() if pair[1].kind == "report"]
    if len(reports) != 1:
        raise Tampered(f"This delivery does not hold exactly one report. {_AGAIN}")
    return reports[0]


def _check_report(
    item: bytes, report: Document, consent: PermissionStatement, sharing: ReadTerms
) -> bytes:
    if report.extra.get("id") != item.hex():
        raise Tampered(f"The report in this delivery names itself as another one. {_AGAIN}")
    if report.extra.get("may") != list(sharing.may):
        raise Tampered(f"The report allows other things than its reporter signed. {_AGAIN}")
    box = _box(report)
    if rid_of(box) != consent.case:
        raise Tampered(f"An answer to this report would reach somebody else. {_AGAIN}")
    return box


def _box(report: Document) -> bytes:
    try:
        return base64.b64decode(str(report.extra.get("box")), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(f"The report does not say where an answer goes. {_AGAIN}") from None


def _text(report: Document) -> str:
    try:
        if report.media == "text/plain":
            return report.body.decode()
    except UnicodeDecodeError:
        pass
    raise Unreadable(f"The report is not text. {_AGAIN}")


def _attachments(report: Document, documents: Mapping[bytes, Document]) -> tuple[Attachment, ...]:
    names = _file_names(report)
    if names.keys() != {item.hex() for item in documents}:
        raise Tampered(f"The report lists other files than this delivery holds. {_AGAIN}")
    if any(document.kind != "attachment" for document in documents.values()):
        raise Tampered(f"This delivery holds something that is no file of the report. {_AGAIN}")
    return tuple(
        Attachment(item, names[item.hex()], document.media, document.body)
        for item, document in documents.items()
    )


def _file_names(report: Document) -> dict[str, str]:
    names: dict[str, str] = {}
    listed = report.extra.get("files", [])
    for each in listed if isinstance(listed, list) else [listed]:
        match each:
            case [str(item), str(name)]:
                names[item] = name
            case _:
                raise Unreadable(f"The report's list of files is malformed. {_AGAIN}")
    return names
