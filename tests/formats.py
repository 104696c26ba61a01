"""Everything that is written and signed, made from fixed inputs: names and values, line by line.

What ``docs/cryptography.md`` has as vectors is held there (``tests/test_documents.py``); this is
the rest. Where a value is long, its hash stands for it. Nothing is recorded that chance has a part
in: the hybrid stanza of an age file draws its randomness in the cryptographic library.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.app import make_buttons
from bot.platforms.matrix.formatting import typeable
from bot.platforms.telegram.facts import TELEGRAM as PHONE
from handlers.context import View
from handlers.reporter.questions import open_question
from handlers.sending.questions import render_question
from store.cases.drafts import DraftRepository, encode_state
from store.cases.handover_changes import report_keys
from store.cases.items import answer, report
from store.cases.revisions import _RevisionUse, encode_use
from store.cases.statement import (
    ErasureStatement,
    PermissionStatement,
    ReadTerms,
    RevocationStatement,
    Statement,
    sign_statement,
)
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import KINDS, Document
from store.crypto.kdf import digest, lock, pad
from store.crypto.keyring import Keyring, format_keys
from store.crypto.labels import Label, derive_label, lv, signature_label
from store.crypto.mnemonics import code_words, fingerprint_words, languages, words_of
from store.crypto.signed_envelope import Envelope
from store.inbox.accounts import account_bytes
from store.model.accounts import Account
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.outbox import DeletionRef, PayloadKind, PayloadRef, TextRef
from store.model.snapshot import Snapshot
from store.outbox.deletable_messages import DeletableMessageRepository
from store.outbox.deletable_messages import encode_row as trace_row
from store.outbox.rows import DELETE, RELEASE, SAY, SEND, OutboxRepository
from store.outbox.rows import encode_row as outbox_row
from store.readers import roster, roster_chain
from store.readers.delivery_bundle import build_delivery
from store.readers.invitations import InvitationRepository
from store.readers.key_file import ReaderKey
from store.readers.linked_accounts import LinkedAccountRepository
from store.readers.notebook import Notebook
from tests.unit.handlers.talks import FLOW, READERS, SETTING
from tests.unit.store.organisation import START
from tests.unit.store.people import shown_words

Line = tuple[str, str]

DAY, HOUR = 20779, 498702
KEYS = CaseKeys(bytes(range(16)))
TELEGRAM = Account("telegram", "123456789", "123456789")
MATRIX = Account("matrix", "@robin:example.org", "!room:example.org")
SHOWN = shown_words(
    "0123456789ab", "en", "readers", "Who may read your story?", "Oak may read it."
)
ITEMS = ("33" * 16, "44" * 16, "55" * 16)


def fixed(size: int) -> bytes:
    """What would be drawn."""
    return b"\x5a" * size


def key_of(number: int) -> ReaderKey:
    """The key of a reader who does not exist."""
    return ReaderKey.generate(lambda size: bytes([number]) * size)


def ring() -> Keyring:
    """The keyring of an organisation that does not exist."""
    return Keyring(Path("nowhere"), fixed, {"link": b"\xdd" * 32}, {DAY: b"\x11" * 32})


def short(value: bytes) -> str:
    """The value, or its length and hash if it is long."""
    if len(value) <= 600:
        return value.hex()
    return f"{len(value)} bytes, sha256 {hashlib.sha256(value).hexdigest()}"


def every_line() -> Iterator[Line]:
    """All that is held, in the order of the file."""
    for part in PARTS:
        yield "", ""
        yield f"# {part.__name__.removeprefix('of_').replace('_', ' ')}", ""
        yield from part()


def of_labels() -> Iterator[Line]:
    yield "lv", lv(b"two").hex()
    for label in Label:
        yield label.value, derive_label(label, b"one", lv(b"two")).hex()
    for kind in ("consent", "revoke", "erase"):
        yield f"signature of {kind}", signature_label(kind, b"body").hex()
    yield "account of telegram", account_bytes(TELEGRAM).hex()
    yield "account of matrix", account_bytes(MATRIX).hex()


def of_cbor() -> Iterator[Line]:
    values: tuple[cbor.Value, ...] = (
        0,
        23,
        24,
        255,
        256,
        65_536,
        2**33,
        b"",
        b"bytes",
        "",
        "text",
        "ü€😀",
        [],
        [1, [b"2", "3"]],
        {},
        {"v": 1, "b": 2, "aa": 3},
    )
    for value in values:
        yield repr(value), cbor.encode(value).hex()


def of_padding_and_sealing() -> Iterator[Line]:
    yield "pad", pad(16, b"plain").hex()
    yield "lock", lock(b"\x01" * 32, b"\x02" * 12, b"context", b"plain").hex()


DRAFT = Draft("0123456789ab", "en", expires=498870, ends=499038)
DRAFTS = {
    "nothing answered": DRAFT,
    "a story under way": replace(
        DRAFT,
        answers=(
            StoredAnswer("bot.clean", ("end",)),
            StoredAnswer("story", (), ITEMS, closed=False),
        ),
    ),
    "a bare stop": replace(DRAFT, answers=(StoredAnswer("bot.stop", (ITEMS[0],)),)),
    "at the review": replace(
        DRAFT,
        phase=Phase.REVIEW,
        answers=(
            StoredAnswer("story", (), ITEMS),
            StoredAnswer("fate", ("read",)),
            StoredAnswer("wish"),
        ),
    ),
    "back": replace(DRAFT, phase=Phase.BACK, code=0x123456789AB),
    "words": replace(
        DRAFT, phase=Phase.WORDS, code=1, answers=(StoredAnswer("bot.asked", ("3", "11")),)
    ),
}


def of_drafts() -> Iterator[Line]:
    for name, draft in DRAFTS.items():
        yield name, encode_state(draft).hex()
    row = DraftRepository(ring(), fixed, 168)._row(MATRIX, KEYS, DRAFTS["a story under way"], DAY)
    for column, value in row.items():
        yield f"row, {column}", short(value) if isinstance(value, bytes) else str(value)


def of_the_outbox() -> Iterator[Line]:
    says = {
        "ask": TextRef("ASK"),
        "of a step": TextRef("CHOOSE_ALONE", "read", ("nobody",)),
        "goodbye": TextRef("GOODBYE", "end", ("kept", "words", "now", "aa" * 10)),
        "destroy": TextRef("READER_DESTROY", ids=("7SNE70",)),
        "in another language": TextRef("ACK", language="de"),
    }
    for who in (TELEGRAM, MATRIX):
        for name, say in says.items():
            yield f"{who.platform}, {name}", outbox_row(SAY, who, say).hex()
    release = outbox_row(RELEASE, TELEGRAM, TextRef("", ids=("ab" * 32,)))
    yield "release", release.hex()
    outbox = OutboxRepository(ring(), fixed)
    lane = outbox._queue(DAY, MATRIX)
    yield "lane", lane.hex()
    yield "row, sealed", short(outbox.seal_row(b"\xaa" * 16, DAY, lane, 3, release))
    for who in (TELEGRAM, MATRIX):
        for kind in PayloadKind:
            row = outbox_row(SEND, who, PayloadRef(kind, b"\x77" * 16))
            yield f"{who.platform}, {kind}", row.hex()
        yield f"{who.platform}, to delete", outbox_row(DELETE, who, DeletionRef("42")).hex()


def of_traces() -> Iterator[Line]:
    yield "telegram", trace_row(TELEGRAM, ("41", "42"), HOUR).hex()
    yield "telegram, lasting", trace_row(TELEGRAM, ("43",), HOUR, lasting=True).hex()
    yield "matrix", trace_row(MATRIX, ("$event",), HOUR).hex()
    sealed = DeletableMessageRepository(ring(), fixed).seal_row(
        b"\xbb" * 16, DAY, b"\xcc" * 16, b"plain"
    )
    yield "row, sealed", short(sealed)


def of_revisions() -> Iterator[Line]:
    noted = _RevisionUse({"90be9bf184d4": 202650}, {"90be9bf184d4": 203147}, frozenset())
    yield "noted", encode_use(noted).hex()
    told = frozenset({("telegram", "b23ec6a7f60e"), ("matrix", "b23ec6a7f60e")})
    yield "told", encode_use(replace(noted, announced=told)).hex()


def statements() -> Iterator[tuple[str, Statement]]:
    """A whole history, as version 1 wrote it: each names the one before."""
    oak, ash = (key_of(n).mid for n in (1, 2))
    items = ((b"\x33" * 16, digest(b"payload")), (b"\x44" * 16, digest(b"another")))
    keep = PermissionStatement(KEYS.rid, KEYS.sign_public, SHOWN, 1, bytes(32), version=1)
    yield "keep", keep
    before = signed(keep)
    barred = PermissionStatement(
        KEYS.rid, KEYS.sign_public, SHOWN, 2, before.hash, (ash,), None, 203052, version=1
    )
    yield "keep, with never and an end", barred
    before = signed(barred)
    for number, may in enumerate((("act.listen",), ("act.accused",), ("act.named", "contact")), 3):
        sharing = ReadTerms(items, (oak,), may, future=number == 5, roster=(2, digest(b"roster")))
        given = PermissionStatement(
            KEYS.rid, KEYS.sign_public, SHOWN, number, before.hash, (ash,), sharing, version=1
        )
        yield f"named, {' '.join(may)}", given
        revoked = RevocationStatement(
            KEYS.rid, signed(given).hash, SHOWN, number + 1, signed(given).hash, version=1
        )
        yield f"named, {' '.join(may)}, revoked", revoked
        before = signed(given)
    unkept = RevocationStatement(KEYS.rid, signed(keep).hash, SHOWN, 6, before.hash, version=1)
    yield "keep, revoked", unkept
    yield "erase", ErasureStatement(KEYS.rid, SHOWN, 7, before.hash, version=1)


def statements_of_version_2() -> Iterator[tuple[str, Statement]]:
    """Who must never read it is a statement of its own; a revocation says what stands."""
    oak, ash = (key_of(n).mid for n in (1, 2))
    never = PermissionStatement(
        KEYS.rid, KEYS.sign_public, SHOWN, 1, bytes(32), (ash,), salt=b"\x55" * 32
    )
    yield "never", never
    nobody = replace(never, never=())
    yield "never, nobody", nobody
    keep = PermissionStatement(KEYS.rid, KEYS.sign_public, SHOWN, 2, signed(never).hash)
    yield "keep, version 2", keep
    terms = ReadTerms(
        ((b"\x33" * 16, digest(b"payload")),),
        (oak,),
        ("act.listen",),
        future=False,
        roster=(2, digest(b"roster")),
    )
    named = PermissionStatement(
        KEYS.rid, KEYS.sign_public, SHOWN, 3, signed(keep).hash, sharing=terms
    )
    yield "named, version 2", named
    stands = ("keep", "never")
    before = signed(named).hash
    revoked = RevocationStatement(KEYS.rid, before, SHOWN, 4, before, stands)
    yield "named, version 2, revoked", revoked
    yield "erase, version 2", ErasureStatement(KEYS.rid, SHOWN, 5, signed(revoked).hash)


def signed(statement: Statement) -> Envelope:
    """Under the key of the case."""
    return sign_statement(statement, KEYS.sign_seed)


def of_statements() -> Iterator[Line]:
    yield "shown words", SHOWN.digest.hex()
    for name, statement in (*statements(), *statements_of_version_2()):
        envelope = signed(statement)
        yield f"{name}, body", envelope.body.hex()
        yield f"{name}, signature", envelope.signature.hex()
        yield f"{name}, hash", envelope.hash.hex()
        yield f"{name}, envelope", short(envelope.encode())


def of_documents() -> Iterator[Line]:
    documents = {
        **{
            f"kind {kind}": Document(kind, "text/plain", 202648, b"body") for kind in sorted(KINDS)
        },
        "answer": answer("story", "It was in spring – “there”.", START),
        "report": report(
            "The report.\n",
            report_keys(b"\x77" * 16, KEYS.box, ("act.listen",), ("needs", "story")),
            START,
        ),
        "empty": Document("answer", "text/plain", 202648, b"", {"q": "story"}),
        "4 KiB": Document("answer", "text/plain", 202648, b"x" * 2000, {"q": "story"}),
        "talk": Document("event", "application/cbor", 202648, encode_state(DRAFT), {"q": "talk"}),
    }
    for name, document in documents.items():
        data = document.encode()
        line = data.partition(b"\n")[0].decode()
        yield f"{name}, line", line if len(line) < 400 else short(line.encode())
        yield f"{name}, whole", f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}"


def of_deliveries() -> Iterator[Line]:
    files = [(b"\x33" * 16, b"sealed"), (b"\x44" * 16, b"another")]
    yield "delivery", build_delivery("7SNE70", b"sealed statement", files).hex()
    notebook = Notebook().with_case(KEYS.rid, KEYS.sign_public, 202648)
    notebook = notebook.with_roster(2, digest(b"roster"))
    yield "notebook, empty", Notebook().encode().hex()
    yield "notebook", replace(notebook, checkpoints=("c",), done=(b"d",)).encode().hex()


def chain() -> roster.Chain:
    """Two versions of a roster, signed."""
    keys = {name: key_of(number) for number, name in enumerate(("Oak", "Ash"), 1)}
    about = {"Oak": "elected – by “all”", "Ash": ""}
    cards = [k.card(n, about[n], must_pass_on=n == "Ash") for n, k in keys.items()]
    founders = [roster_chain.member_of(card, 202601) for card in cards]
    made: roster.Chain = (roster_chain.genesis("example.org", 2, founders),)
    for key in keys.values():
        made = roster_chain.sign(made, key)
    rowan = roster_chain.member_of(key_of(3).card("Rowan"), 202640)
    made = (*made, roster_chain.with_member(made[-1], replace(rowan, until=203001)))
    return roster_chain.sign(made, keys["Oak"])


def of_rosters() -> Iterator[Line]:
    for note in chain():
        yield f"version {note.roster.version}, hash", note.roster.hash.hex()
        for signature in note.signatures:
            yield f"version {note.roster.version}, signature", str(signature)
    for line in roster.format_chain(chain()).splitlines():
        yield "chain", line if len(line) < 400 else short(line.encode())


def of_reader_keys() -> Iterator[Line]:
    key = key_of(1)
    yield "mid", key.mid.hex()
    yield "words", " ".join(key.card("Oak").words)
    for line in key.card("Oak", "elected – by “all”", must_pass_on=True).format().splitlines():
        yield "card", line if len(line) < 400 else short(line.encode())
    sealed = key.seal("a passphrase", 4, fixed)
    yield "key file", sealed.hex()
    plain = age.decrypt_passphrase(sealed, "a passphrase")
    yield "key file, opened", short(plain)
    yield "keyring file", format_keys({"link": fixed(32), f"day.{DAY}": fixed(32)}).decode()


def of_joining() -> Iterator[Line]:
    accounts = LinkedAccountRepository(ring(), fixed)
    invitations = InvitationRepository(ring(), fixed)
    mid = key_of(1).mid
    for who in (TELEGRAM, MATRIX):
        row, check = invitations.row_of(who, mid, "12345678")
        yield f"{who.platform}, join id and check", f"{row.hex()} {check.hex()}"
        yield f"{who.platform}, index", accounts.index_of(who).hex()
        yield f"{who.platform}, link", short(accounts.seal_link(who, mid))


def of_words() -> Iterator[Line]:
    for language in languages():
        spoken = (words_of(bytes([n]) * 16, language) for n in range(256))
        whole = "\n".join(" ".join(words) for words in spoken)
        yield f"twelve words, {language}", hashlib.sha256(whole.encode()).hexdigest()
        yield f"four words, {language}", " ".join(code_words(0x123456789AB, language))
    yield "eight words", " ".join(fingerprint_words(bytes(range(10))))


def of_buttons() -> Iterator[Line]:
    buttons = make_buttons(ring())
    words = tuple(word * 3 for word in "abcdefghijkl")
    clean = StoredAnswer("bot.clean", ("end",))
    story = StoredAnswer("story", (), ITEMS)
    read, needs = StoredAnswer("fate", ("read",)), StoredAnswer("needs", ("none",))
    talks = {
        "before": Snapshot(readers=READERS),
        "clean": _talk(words),
        "story": _talk(words, clean),
        "fate": _talk(words, clean, story),
        "needs": _talk(words, clean, story, read),
        "readers": _talk(
            words, clean, story, read, needs, StoredAnswer("wish"), StoredAnswer("person")
        ),
    }
    for name, snapshot in talks.items():
        view = View(snapshot, SETTING, PHONE, fixed)
        reply = render_question(view)
        assert reply is not None
        bound = buttons.bind(reply, TELEGRAM, view, open_question(view))
        for offer in (*bound.offers, *bound.commands):
            yield f"{name}, {bound.question}, {offer.id}", offer.token
        ticked = replace(reply, offers=tuple(replace(o, ticked=True) for o in reply.offers))
        marked = buttons.bind(ticked, TELEGRAM, view, open_question(view))
        for offer in marked.offers if reply.several else ():
            yield f"{name}, all ticked, {offer.id}", offer.token


def _talk(words: tuple[str, ...], *answers: StoredAnswer) -> Snapshot:
    draft = Draft(FLOW.revision, "en", answers=answers, expires=498870, ends=499038)
    return Snapshot(draft=draft, readers=READERS, words=words)


def of_commands_on_matrix() -> Iterator[Line]:
    for text in (
        "/stop leaves.",
        "see /etc/help or (/help)",
        "“/open” and/or /show 1",
        "/nothing",
    ):
        yield text, typeable(text)


PARTS = (
    of_labels,
    of_cbor,
    of_padding_and_sealing,
    of_drafts,
    of_the_outbox,
    of_traces,
    of_revisions,
    of_statements,
    of_documents,
    of_deliveries,
    of_rosters,
    of_reader_keys,
    of_joining,
    of_words,
    of_buttons,
    of_commands_on_matrix,
)
