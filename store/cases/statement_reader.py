"""Read a signed statement from the fields of its envelope.

A reader's program that meets another scope must say so rather than guess.
"""

from collections.abc import Sequence

from store.cases.statement import (
    ErasureStatement,
    PermissionStatement,
    ReadTerms,
    RevocationStatement,
    ShownWords,
    Statement,
    invalid,
)
from store.crypto import cbor
from store.model.errors import Unreadable

_COMMON = frozenset({"v", "t", "case", "seq", "prev", "words"})
_CONSENT = _COMMON | {"pk", "scope", "until"}
_SHARING = frozenset({"items", "to", "may", "future", "roster"})


def read_statement(fields: cbor.Map) -> Statement:
    """Read the statement of an envelope's fields.

    Raises ``Unreadable`` for another type, scope or set of keys.
    """
    first = fields.get("v") == 1
    listed = _CONSENT | {"not"} if first else _CONSENT
    match fields:
        case {"t": "consent", "scope": "keep"}:
            return _read_consent(_exactly(fields, listed), None)
        case {"t": "consent", "scope": "named"}:
            return _read_consent(_exactly(fields, listed | _SHARING), _read_sharing(fields))
        case {"t": "consent", "scope": "never"}:
            return _read_consent(_exactly(fields, _CONSENT | {"not", "salt"}), None)
        case {"t": "revoke"}:
            keys = _COMMON | ({"of"} if first else {"of", "stands"})
            return _read_revoke(_exactly(fields, keys))
        case {"t": "erase"}:
            return _read_erase(_exactly(fields, _COMMON))
        case _:
            raise invalid("its type or scope is not known here; update this program")


def _exactly(fields: cbor.Map, keys: frozenset[str]) -> cbor.Map:
    if set(fields) != keys:
        raise invalid("it has keys that its kind must not have, or lacks some")
    return fields


def _read_consent(fields: cbor.Map, sharing: ReadTerms | None) -> PermissionStatement:
    case, number, previous, words = _read_common(fields)
    match {"not": [], "salt": b"", **fields}:
        case {
            "v": int(version),
            "pk": bytes(pk),
            "until": int(until),
            "not": [*never],
            "salt": bytes(salt),
        }:
            common = (case, pk, words, number, previous)
            consent = PermissionStatement(*common, _hashes(never), sharing, until, salt, version)
        case _:
            raise _misshapen()
    if consent.scope != fields["scope"]:
        raise _misshapen()
    return consent


def _read_sharing(fields: cbor.Map) -> ReadTerms:
    match fields:
        case {
            "items": [*items],
            "to": [*to],
            "may": [*may],
            "future": 0 | 1 as future,
            "roster": [int(version), bytes(note)],
        }:
            pairs = tuple(_read_item(item) for item in items)
            return ReadTerms(pairs, _hashes(to), _texts(may), future == 1, (version, note))
        case _:
            raise _misshapen()


def _read_item(item: cbor.Value) -> tuple[bytes, bytes]:
    match item:
        case [bytes(name), bytes(payload)]:
            return name, payload
        case _:
            raise _misshapen()


def _read_revoke(fields: cbor.Map) -> RevocationStatement:
    case, number, previous, words = _read_common(fields)
    match {"stands": [], **fields}:
        case {"v": int(version), "of": bytes(of), "stands": [*stands]}:
            scopes = _texts(stands)
            return RevocationStatement(case, of, words, number, previous, scopes, version)
        case _:
            raise _misshapen()


def _read_erase(fields: cbor.Map) -> ErasureStatement:
    case, number, previous, words = _read_common(fields)
    version = fields["v"] if isinstance(fields["v"], int) else 0
    return ErasureStatement(case, words, number, previous, version)


def _read_common(fields: cbor.Map) -> tuple[bytes, int, bytes, ShownWords]:
    match fields:
        case {
            "case": bytes(case),
            "seq": int(number),
            "prev": bytes(previous),
            "words": [str(revision), str(language), str(step), bytes(digest)],
        }:
            return case, number, previous, ShownWords(revision, language, step, digest)
        case _:
            raise _misshapen()


def _hashes(values: Sequence[cbor.Value]) -> tuple[bytes, ...]:
    return tuple(value if isinstance(value, bytes) else b"" for value in values)


def _texts(values: Sequence[cbor.Value]) -> tuple[str, ...]:
    return tuple(value if isinstance(value, str) else "" for value in values)


def _misshapen() -> Unreadable:
    return invalid("one of its values has another shape than its format says")
