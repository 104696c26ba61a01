"""Deliveries as their reader may get them: good, damaged, forged, of somebody else, hostile."""

import base64
import hashlib
import random
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.cases.statement import (
    ErasureStatement,
    PermissionStatement,
    RevocationStatement,
    Statement,
    sign_statement,
)
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.age.stream import CHUNK, MAX_PAYLOAD
from store.crypto.case_keys import CaseKeys
from store.crypto.document import CBOR_MEDIA, LIMIT, Document, Json
from store.crypto.signed_envelope import Envelope, sign
from store.readers.delivery_bundle import seal_statement
from store.readers.key_file import ReaderKey
from store.readers.notebook import Notebook, Pin
from tests.unit.store.deliveries import FILE_KEY, PHOTO, REPORT, STORY, WEEK, Delivery
from tests.unit.store.people import BIRCH, OAK, YEW, counted

PASSPHRASE = "four words are good"
OTHER_CASE = CaseKeys(bytes([9] * 16))
GOOD = Delivery().build()
PINNED = Notebook((Pin(Delivery().case.rid, Delivery().case.sign_public, WEEK),), (1, bytes(32)))
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group in which Ed25519 signs."""
SMALL_ORDER = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
"""A point of order eight."""

HOSTILE = {
    "a script": "<script>document.title='run'</script><img src=x onerror='document.title=1'>",
    "a picture": "<svg onload=alert(1)><foreignObject><iframe src=//x></iframe></svg>",
    "an end of everything": "</textarea></pre></main></body></html>--><!--",
    "turned around": "He did \u202enothing\u202c. \u2066a\u2069 \u200fb\u200e \u061c",
    "signs for a terminal": "\x1b]0;owned\x07\x1b[2J\x9b31m\x00\x7f",
    "line ends": "one\r\ntwo\rthree\u2028four\u2029five\x85six\x0bseven",
    "nothing to see": "a\u200bb\u200cc\u200dd\ufeffe\u00adf\u2060",
    "other scripts": "كان ذلك في الربيع. זה היה באביב 春でした 👩🏽\u200d🚀 e\u0301 \u1e9b\u0323",
    "a mark at its beginning": "\ufeffIt was in spring.",
    "a template": "${7*7} {{constructor.constructor('alert(1)')()}} %s %n \\u003cscript>",
    "headings of another report": "WHO IT IS ABOUT\n\nNobody.\n\nWHAT WAS TOLD\n\nNothing.",
    "a long line": "a" * 20_000,
    "nothing": "",
}
"""Texts that try to be more than text."""


@dataclass(frozen=True, slots=True)
class Case:
    """A file, and with which key and notebook it is opened."""

    name: str
    data: bytes
    key: ReaderKey = OAK
    notebook: Notebook | None = None
    key_file: bytes | None = None
    """Another one than that of the key."""
    typed: str = PASSPHRASE


def all_cases() -> tuple[Case, ...]:
    """Return every case; their names differ."""
    kinds = (good, pinned, statements, signatures, sealed, shapes, documents, reports)
    groups = (*kinds, hostile, long, damaged, other_files, key_files)
    return tuple(case for group in groups for case in group())


def good() -> Iterator[Case]:
    both = Delivery(to=(OAK, BIRCH), headers_for=(BIRCH,)).build()
    yield Case("good", GOOD)
    yield Case("good, with a file", Delivery(photo=True).build())
    yield Case("good, to two readers", both, BIRCH)
    yield Case("good, of two readers the other", both)
    yield Case("wrong key", GOOD, YEW)
    yield Case("not named", Delivery(to=(BIRCH,)).build())
    for may in (
        ("act.unnamed",),
        ("act.accused", "act.named", "act.unnamed"),
        ("act.listen", "contact"),
        ("act.named", "contact"),
    ):
        yield Case(f"may {' '.join(may)}", Delivery(may=may).build())
    yield Case("good, under another code", Delivery().build(code="<b>É</b>"))


def pinned() -> Iterator[Case]:
    other = replace(PINNED.pins[0], pk=OTHER_CASE.sign_public)
    yield Case("met before", GOOD, notebook=PINNED)
    yield Case("another signer than before", GOOD, notebook=replace(PINNED, pins=(other,)))
    yield Case("another roster of this number", GOOD, notebook=replace(PINNED, roster=(1, HASH)))
    yield Case("old roster", GOOD, notebook=replace(PINNED, roster=(3, HASH)))
    yield Case("new roster", Delivery(roster=(2, HASH)).build(), notebook=PINNED)
    stranger = Delivery(case=OTHER_CASE, roster=(1, HASH))
    yield Case("another deployment, first met", stranger.build())
    yield Case("another deployment, known roster", stranger.build(), notebook=PINNED)
    full = replace(PINNED, checkpoints=("a checkpoint",), done=(HASH,))
    yield Case("a notebook with more in it", GOOD, notebook=full)


HASH = bytes([1] * 32)


def statements() -> Iterator[Case]:
    """Statements that are valid and share nothing, and those that are not valid."""
    consent = Delivery().consent()
    common = (consent.case, consent.pk, consent.words, 1, bytes(32))
    after = (consent.words, 2, HASH)
    of_scope: dict[str, Statement] = {
        "keep": PermissionStatement(*common),
        "never": PermissionStatement(*common, (BIRCH.mid,), salt=HASH),
        "withdrawn": RevocationStatement(consent.case, HASH, *after, ("keep",)),
        "erased": ErasureStatement(consent.case, *after),
    }
    for name, statement in of_scope.items():
        yield Case(name, with_envelope(sign_statement(statement, Delivery().case.sign_seed)))
    for name, fields in STATEMENT_FIELDS.items():
        yield Case(f"statement: {name}", Delivery(statement=fields).build())
    for missing in ("until", "may", "seq"):
        fields = {k: v for k, v in consent.fields().items() if k != missing}
        signed = sign(fields, Delivery().case.sign_seed)
        yield Case(f"statement without {missing}", with_envelope(signed))


STATEMENT_FIELDS: Mapping[str, Mapping[str, cbor.Value]] = {
    "barred in version 1": {"v": 1, "not": [OAK.mid]},
    "others barred in version 1": {"v": 1, "not": sorted([BIRCH.mid, YEW.mid])},
    "nobody barred in version 1": {"v": 1, "not": []},
    "barred out of order": {"v": 1, "not": sorted([BIRCH.mid, YEW.mid], reverse=True)},
    "barred where others read it": {"not": [BIRCH.mid]},
    "barred, with a salt": {"not": [BIRCH.mid], "salt": HASH},
    "version 3": {"v": 3},
    "another kind": {"t": "vote"},
    "another scope": {"scope": "quote"},
    "scope keep": {"scope": "keep"},
    "number 0": {"seq": 0},
    "number 2 without one before": {"seq": 2},
    "number 2": {"seq": 2, "prev": HASH},
    "number beyond what a browser counts": {"seq": 2**63 - 1, "prev": HASH},
    "a short hash before": {"prev": bytes(31)},
    "a short case": {"case": bytes(15)},
    "a short key": {"pk": bytes(31)},
    "words of three": {"words": ["a", "b", "c"]},
    "words without a hash": {"words": ["a", "b", "c", b""]},
    "an end": {"until": 202653},
    "an end that is no week": {"until": 202654},
    "later readers": {"future": 1},
    "later readers, perhaps": {"future": 2},
    "roster 0": {"roster": [0, bytes(32)]},
    "roster without a hash": {"roster": [1, b""]},
    "roster alone": {"roster": [1]},
    "nothing allowed": {"may": []},
    "only contact": {"may": ["contact"]},
    "listen and act": {"may": ["act.listen", "act.named"]},
    "may out of order": {"may": ["act.unnamed", "act.named"]},
    "may twice": {"may": ["act.named", "act.named"]},
    "may what nobody knows": {"may": ["act.listen", "publish"]},
    "may a number": {"may": [1]},
    "no reader": {"to": []},
    "a reader twice": {"to": [OAK.mid, OAK.mid]},
    "readers out of order": {"to": sorted([OAK.mid, BIRCH.mid], reverse=True)},
    "a reader who is none": {"to": [b"x"]},
    "no items": {"items": []},
    "an item without a hash": {"items": [[REPORT, b""]]},
    "an item that is none": {"items": [REPORT]},
    "other items": {"items": [[PHOTO, bytes(32)]]},
    "another hash": {"items": [[REPORT, bytes(32)]]},
    "a key too many": {"if": HASH},
}


def with_envelope(signed: Envelope) -> bytes:
    """The good delivery with another signed envelope."""
    return Delivery().build(env=seal_statement(signed, WEEK, OAK.identity.recipient, counted()))


def signatures() -> Iterator[Case]:
    signed = sign(Delivery().consent().fields(), Delivery().case.sign_seed)
    r, s = signed.signature[:32], int.from_bytes(signed.signature[32:], "little")
    forged = {
        "of another key": sign(signed.fields, OTHER_CASE.sign_seed).signature,
        "of nobody": bytes(64),
        "a second form of the same": r + (s + ORDER).to_bytes(32, "little"),
        "with a point of small order": SMALL_ORDER + bytes(32),
        "no point": b"\x02" + bytes(31) + bytes(32),
    }
    for name, signature in forged.items():
        yield Case(f"signature {name}", with_envelope(replace(signed, signature=signature)))
    yield Case("forged statement", Delivery(statement={"pk": OTHER_CASE.sign_public}).build())
    # With the neutral point as key, these 64 bytes sign everything. Whoever chooses the key may.
    neutral = b"\x01" + bytes(31)
    fields = {**signed.fields, "pk": neutral}
    everything = replace(sign(fields, bytes(32)), signature=neutral + bytes(32))
    yield Case("a key that signs everything", with_envelope(everything))
    fields = {**signed.fields, "pk": SMALL_ORDER}
    yield Case(
        "a key of small order", with_envelope(replace(everything, body=cbor.encode(fields)))
    )
    short = cbor.encode([signed.body, signed.signature[:63]])
    for name, raw in {"short": short, "noise": b"\xa0", "none": b""}.items():
        document = Document("statement", CBOR_MEDIA, WEEK, raw)
        yield Case(f"envelope {name}", Delivery().build(env=seal(document)))


def seal(document: Document, *readers: ReaderKey) -> bytes:
    """A document in an age file to these readers, or to Oak."""
    recipients = [reader.identity.recipient for reader in readers or (OAK,)]
    return age.encrypt(document.encode(), recipients, counted())


def sealed() -> Iterator[Case]:
    """What age says of a file."""
    yield Case("extra recipient of the report", Delivery(headers_for=(OAK, BIRCH)).build())
    env = Delivery().fields()["env"]
    assert isinstance(env, bytes)
    plain = age.decrypt(env, [OAK.identity])
    both = [OAK.identity.recipient, BIRCH.identity.recipient]
    yield Case("extra recipient of the statement", with_env(age.encrypt(plain, both, counted())))
    yield Case("statement for another", with_env(seal(Document.decode(plain), BIRCH)))
    yield Case("statement of another kind", with_env(seal(Document("answer", CBOR_MEDIA, 1, b""))))
    header, payload = age.split(env)
    for name, changed in {
        "version 2": env.replace(b"org/v1", b"org/v2", 1),
        "armoured": b"-----BEGIN AGE ENCRYPTED FILE-----\n",
        "empty": b"",
        "without payload": header,
        "with half a nonce": header + payload[:8],
        "without chunk": header + payload[:16],
        "without the last byte": env[:-1],
        "with a byte more": env + b"x",
        "with another kind of stanza": env.replace(b"mlkem768x25519", b"mlkem768x25518", 1),
        "with a stanza of three": env.replace(b"mlkem768x25519 ", b"mlkem768x25519 a ", 1),
        "with a short share": env.replace(b"mlkem768x25519 ", b"mlkem768x25519 A\n-> x ", 1),
        "with another line end": env.replace(b"\n", b"\r\n", 1),
        "with a wrong code": header[:-3] + b"A" + header[-2:] + payload,
        "with a code of 42 letters": header[:-2] + header[-1:] + payload,
    }.items():
        yield Case(f"age file {name}", with_env(changed))
    yield Case("a dead point", with_env(dead_point(header) + payload))
    last_empty = chunks([b" " * CHUNK, b""])
    yield Case("an empty last chunk", with_env(age.write_header(FILE_KEY, both[:1]) + last_empty))


def with_env(env: bytes) -> bytes:
    """The good delivery with another sealed statement."""
    return Delivery().build(env=env)


def dead_point(header: bytes) -> bytes:
    """The header with a point that gives everybody the same secret: nothing but zeros."""
    line = header.split(b"\n")[1]
    share = line.split(b" ")[2]
    dead = base64.b64decode(share + b"=" * (-len(share) % 4))[:-32] + bytes(32)
    return header.replace(share, base64.b64encode(dead).rstrip(b"="))


def chunks(pieces: list[bytes]) -> bytes:
    """A payload in just these chunks."""
    nonce = bytes(16)
    key = HKDF(SHA256(), 32, salt=nonce, info=b"payload").derive(FILE_KEY)
    sealed_pieces = [
        ChaCha20Poly1305(key).encrypt(
            number.to_bytes(11, "big") + bytes([number == len(pieces) - 1]), piece, None
        )
        for number, piece in enumerate(pieces)
    ]
    return nonce + b"".join(sealed_pieces)


def shapes() -> Iterator[Case]:
    """Records that are no deliveries, and CBOR that has another form than its only one."""
    fields: dict[str, Mapping[str, cbor.Value]] = {
        "of another kind": {"t": "backup"},
        "of version 2": {"v": 2},
        "of version none": {"v": "1"},
        "a number as code": {"code": 1},
        "a text as statement": {"env": "x"},
        "a number as files": {"files": 1},
        "a number as file": {"files": [1]},
        "a file twice": {"files": [[REPORT, b""], [REPORT, b""]]},
        "no file": {"files": []},
        "an empty file": {"files": [[REPORT, b""]]},
        "a key too many": {"shares": []},
        "a text as proof": {"proof": ""},
        "a proof": {"proof": b"x"},
    }
    for name, changed in fields.items():
        yield Case(f"record {name}", Delivery().build(**changed))
    raw = {
        "nothing": b"",
        "an array": b"\x80",
        "no version": b"\xa0",
        "a long form": b"\xa1\x61v\x18\x01",
        "no end": b"\xbf\x61v\x01\xff",
        "a float": b"\xa1\x61v\xf9\x3c\x00",
        "a negative number": b"\xa1\x61v\x20",
        "a tag": b"\xc0\x61v",
        "null": b"\xa1\x61v\xf6",
        "keys out of order": b"\xa2\x61v\x01\x61t\x60",
        "a key twice": b"\xa2\x61v\x01\x61v\x01",
        "a number as key": b"\xa1\x01\x01",
        "an empty key": b"\xa1\x60\x01",
        "a long key": b"\xa1\x78\x18" + b"a" * 24 + b"\x01",
        "a key that is not ASCII": b"\xa1\x62\xc3\xa9\x01",
        "text that is not UTF-8": b"\xa1\x61v\x61\xff",
        "text with a surrogate": b"\xa1\x61v\x63\xed\xa0\x80",
        "text in another form": b"\xa1\x61v\x63e\xcc\x81",
        "a huge array": b"\xa1\x61v\x9b\x7f" + b"\xff" * 7,
        "huge bytes": b"\xa1\x61v\x5b\x7f" + b"\xff" * 7,
        "a number of 64 bits": b"\xa1\x61v\x1b\x80" + bytes(7),
        "depth 15": b"\xa1\x61v" + b"\x81" * 14 + b"\x01",
        "depth 17": b"\xa1\x61v" + b"\x81" * 16 + b"\x01",
        "a page": b"<!doctype html><script>1</script>",
        "zeros": bytes(100),
    }
    for name, data in raw.items():
        yield Case(f"bytes: {name}", data)
    yield Case("something behind it", GOOD + b"\x00")


def documents() -> Iterator[Case]:
    """Documents whose line or padding is not as it must be, sealed and signed all the same."""
    good_line = Delivery().documents()[REPORT].encode()
    line, _, rest = good_line.partition(b"\n")
    changed = {
        "blank behind a colon": line.replace(b'"v":1', b'"v": 1') + b"\n" + rest,
        "version 2": line.replace(b'"v":1', b'"v":2') + b"\n" + rest,
        "version as text": line.replace(b'"v":1', b'"v":"1"') + b"\n" + rest,
        "week 1.5": line.replace(b'"week":202647', b'"week":1.5') + b"\n" + rest,
        "a length below zero": line.replace(b'"len":', b'"len":-') + b"\n" + rest,
        "an unknown kind": line.replace(b'"report"', b'"secret"') + b"\n" + rest,
        "an escape": line.replace(b'"report"', b'"\\u0072eport"') + b"\n" + rest,
        "a surrogate": line.replace(b'"files":[]', b'"files":["\\ud800"]') + b"\n" + rest,
        "true": line.replace(b'"files":[]', b'"files":true') + b"\n" + rest,
        "null": line.replace(b'"files":[]', b'"files":null') + b"\n" + rest,
        "an object": line.replace(b'"files":[]', b'"files":{}') + b"\n" + rest,
        "depth 4": line.replace(b'"files":[]', b'"files":[[[[]]]]') + b"\n" + rest,
        "a large number": line.replace(b'"files":[]', b'"files":9007199254740992') + b"\n" + rest,
        "a prototype": line.replace(b'{"box"', b'{"__proto__":[],"box"') + b"\n" + rest,
        "a key twice": line.replace(b'{"box"', b'{"box":"A","box"') + b"\n" + rest,
        "no line": line + rest.replace(b"\n", b" "),
        "no object": b"[]\n" + rest,
        "no JSON": b"{\n" + rest,
        "nothing": b"",
        "something in the padding": line + b"\n" + rest[:-1] + b"x",
        "no padding": line + b"\n" + rest.rstrip(b" "),
        "cut": line + b"\n" + rest[:5],
        "a long line": b'{"a":"' + b"a" * 65_536 + b'"}\n' + rest,
    }
    for name, plain in changed.items():
        yield Case(f"document: {name}", with_report_bytes(plain))


def with_report_bytes(plain: bytes) -> bytes:
    """A delivery whose report is these bytes, and signed as such."""
    return with_payload(age.seal_payload(FILE_KEY, plain, counted()))


def with_payload(payload: bytes) -> bytes:
    """A delivery whose report has this payload, and signed as such."""
    hashed = hashlib.sha256(payload).digest()
    header = age.write_header(FILE_KEY, [OAK.identity.recipient])
    delivery = Delivery(statement={"items": [[REPORT, hashed]]})
    return delivery.build(files=[[REPORT, header + payload]])


def reports() -> Iterator[Case]:
    """Reports that do not fit their statement or their files."""
    extras: dict[str, Mapping[str, Json]] = {
        "allows more": {"may": ["act.named"]},
        "allows a text": {"may": "act.listen"},
        "names itself as another": {"id": PHOTO.hex()},
        "answers reach another": {"box": base64.b64encode(OTHER_CASE.box).decode()},
        "answers reach nobody": {"box": "*"},
        "answers reach a list": {"box": ["AAAA"]},
        "answers reach a number": {"box": 1234},
        "answers reach an empty one": {"box": ""},
        "answers reach too many signs": {"box": "AAAA="},
        "answers reach too few signs": {"box": "AAA"},
        "lists a file too many": {"files": [[PHOTO.hex(), "door.jpg"]]},
        "lists a text": {"files": "x"},
        "lists a number": {"files": [1]},
        "lists a file without a name": {"files": [[PHOTO.hex()]]},
        "lists a file with a number": {"files": [[PHOTO.hex(), 1]]},
        "has parts that are none": {"parts": [1, "person"]},
        "has no part": {"parts": "person"},
    }
    for name, extra in extras.items():
        yield Case(f"report {name}", Delivery(report=extra).build())
    yield Case("report leaves out its file", Delivery(photo=True, report={"files": []}).build())
    yield Case("a file that is a report", Delivery(photo=True, photo_kind="report").build())
    yield Case("a file that is an answer", Delivery(photo=True, photo_kind="answer").build())
    yield Case("no report", Delivery(kind="answer").build())
    yield Case("a report that is a page", Delivery(media="text/html").build())
    yield Case("a report that is not UTF-8", Delivery(body=b"\xff").build())
    yield Case("another payload", Delivery().build(files=Delivery(body=b"No.").files()))
    [(_, whole)] = Delivery().files()
    yield Case("a payload under another name", Delivery().build(files=[[PHOTO, whole]]))
    yield Case("a file more", Delivery().build(files=Delivery(photo=True).files()))


def hostile() -> Iterator[Case]:
    """What others wrote, in the text and as the name of a file."""
    for name, text in HOSTILE.items():
        listed: Json = [[PHOTO.hex(), text]]
        files = {"files": listed} if len(text) < 10_000 else {}
        yield Case(f"text: {name}", Delivery(body=text.encode()).build())
        yield Case(f"name: {name}", Delivery(photo=True, report=files).build())


def long() -> Iterator[Case]:
    """Texts at the edges of chunks and buckets, and beyond what is allowed."""
    for size in (0, 600, CHUNK - 2000, CHUNK, 4 * CHUNK, 9 * CHUNK):
        yield Case(f"{size} bytes", Delivery(body=b"a" * size).build())
    yield Case("huge", with_report_bytes(Delivery().documents()[REPORT].encode().ljust(LIMIT)))
    yield Case("more than is allowed", with_payload(bytes(MAX_PAYLOAD + 1)))


def damaged() -> Iterator[Case]:
    """The good one, changed or cut at many places; the same places in each run."""
    chance = random.Random(15)  # noqa: S311 - which bytes are changed is no secret
    for place in sorted(chance.sample(range(len(GOOD)), 70)):
        touched = bytearray(GOOD)
        touched[place] ^= 1 << chance.randrange(8)
        yield Case(f"changed at byte {place}", bytes(touched))
    for size in sorted(chance.sample(range(len(GOOD)), 15)):
        yield Case(f"cut at byte {size}", GOOD[:size])


def other_files() -> Iterator[Case]:
    """What else a reader may choose by mistake: invitations, and sealed files that are none."""
    code = cbor.encode({"v": 1, "t": "join", "code": "12345678", "p": "telegram", "a": "42"})
    bad = cbor.encode({"v": 1, "t": "join", "code": 1, "p": "telegram", "a": "42"})
    yield Case("invitation", seal(Document("event", CBOR_MEDIA, WEEK, code)))
    yield Case("invitation to two", seal(Document("event", CBOR_MEDIA, WEEK, code), BIRCH, OAK))
    yield Case("invitation to another", seal(Document("event", CBOR_MEDIA, WEEK, code), BIRCH))
    yield Case("invitation without digits", seal(Document("event", CBOR_MEDIA, WEEK, bad)))
    yield Case("a sealed text", seal(Document("answer", "text/plain", WEEK, STORY.encode())))
    sealed_key = OAK.seal("another passphrase", 1, counted())
    yield Case("a key file", sealed_key)


def key_files() -> Iterator[Case]:
    """The good delivery, with key files and passphrases of many kinds."""
    for name, typed in {
        "another passphrase": "four words are bad",
        "blanks around and in between": " four  words\tare good \u3000",
        "a passphrase in full width": "\uff46our words are good",
        "no passphrase": "",
    }.items():
        yield Case(f"typed: {name}", GOOD, typed=typed)
    accents = "vier Wörter sind gut"
    decomposed = sealed_lines(OAK.identity.encode(), SIGN, unicodedata.normalize("NFD", accents))
    yield Case("typed: accents in one piece", GOOD, key_file=decomposed, typed=accents)
    old = sealed_lines(OAK.identity.encode(), SIGN, "two  blanks ")
    yield Case("typed: as an earlier version took it", GOOD, key_file=old, typed="two  blanks ")
    short = "HOLDFAST-SIGN-1 " + base64.b64encode(bytes(31)).decode()
    for name, lines in {
        "of another kind": ("AGE-SECRET-KEY-1" + "Q" * 58, SIGN),
        "with a wrong letter": (OAK.identity.encode()[:-1] + "Q", SIGN),
        "with a short seed": (OAK.identity.encode(), short),
        "without a seed": (OAK.identity.encode(), ""),
        "with a seed that is none": (OAK.identity.encode(), "HOLDFAST-SIGN-1 *"),
        "with another line": (OAK.identity.encode(), f"{SIGN}\nmore"),
    }.items():
        yield Case(f"key file {name}", GOOD, key_file=sealed_lines(*lines, PASSPHRASE))
    ours = sealed_lines(OAK.identity.encode(), SIGN, PASSPHRASE)
    for name, data in {
        "that asks for too much": ours.replace(b" 1\n", b" 21\n", 1),
        "that asks for a word": ours.replace(b" 1\n", b" one\n", 1),
        "without its last byte": ours[:-1],
        "with other line ends": ours.replace(b"\n", b"\r\n"),
        "that is none": b"a picture",
        "sealed to a key": seal(Document("event", CBOR_MEDIA, WEEK, b"")),
    }.items():
        yield Case(f"key file {name}", GOOD, key_file=data)


SIGN = "HOLDFAST-SIGN-1 " + base64.b64encode(OAK.sign_seed).decode()


def sealed_lines(identity: str, sign_line: str, passphrase: str) -> bytes:
    """A key file of these lines, under a passphrase as it is."""
    lines = f"{identity}\n{sign_line}\n".encode()
    return age.encrypt_passphrase(lines, passphrase, 1, counted())
