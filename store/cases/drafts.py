"""Drafts: conversations under way, wrapped under the key of the day of their last answer.

Every answer wraps anew: a new row replaces the old one in the turn's transaction. Once the day key
is destroyed, an old copy of the row cannot be opened any more.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from store.crypto import cbor
from store.crypto.case_keys import CaseKeys, DerivedKeyCache
from store.crypto.kdf import (
    ZERO_NONCE,
    Entropy,
    expand,
    extract,
    lock,
    pad,
    seal,
    unlock,
    unpad,
    unseal,
)
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.lookup import InStatement, delete_some
from store.db.schema import case_file, draft
from store.inbox.accounts import account_bytes, row_id
from store.model.accounts import Account
from store.model.clock import day_of, hour_of
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.errors import Tampered, TooLong

SALT_BYTES = 32
BUCKETS = (1024, 4096, 16_384)
"""Sizes of a sealed state, so that its length tells little of how much was answered."""

LIFE_HOURS = 336
"""No draft lives longer than 14 days, whatever the configuration says."""

_FIND = InStatement(draft.c.id, lambda mine: select(draft).where(mine))
_FORGET = InStatement(draft.c.id, lambda mine: delete(draft).where(mine))
_FORGET_EXPIRED = delete_some(draft, draft.c.exp_hour <= bindparam("hour"))
_INSERT = insert(draft)
_OVERWRITE = update(draft).where(draft.c.id == bindparam("row"))
_CASE_ENDS = (
    update(case_file)
    .where(case_file.c.locator == bindparam("of"), case_file.c.draft_exp != 0)
    .values(draft_exp=bindparam("hour"))
)


@dataclass(frozen=True, slots=True)
class OpenedDraft:
    """A draft that was unwrapped: its row, the keys of its case, and its state."""

    id: bytes = field(repr=False)
    keys: CaseKeys = field(repr=False)
    draft: Draft
    is_of_other: bool = False
    """It was last answered by somebody who is not behind the account any more."""


@dataclass(frozen=True, slots=True)
class DraftRepository:
    """The table ``draft``."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)
    draft_hours: int
    derived: DerivedKeyCache = field(default_factory=DerivedKeyCache, repr=False)

    def find(self, connection: Connection, who: Account) -> OpenedDraft | None:
        """Find the live draft of this account, under whichever day it was last answered."""
        ids = self._ids(who)
        rows = connection.execute(*_FIND([*ids]))
        row = rows.mappings().first()
        if row is None:
            return None
        if row["day"] != ids[row["id"]]:
            raise Tampered("A draft says another day than the one under whose key it lies.")
        return self._open(row, who)

    def write(
        self,
        connection: Connection,
        who: Account,
        keys: CaseKeys,
        state: Draft,
        now: datetime,
        before: OpenedDraft | None = None,
    ) -> OpenedDraft:
        """Write the account's one draft, and the hour at which its case ends unless it was kept.

        ``before`` is the stored draft, if this transaction has just found it.
        """
        key = who.current_key or state.identity
        aged = settled(self._aged(state, now, key))
        row = self._row(who, keys, aged, day_of(now))
        self._replace(connection, who, row, before)
        if before is None or before.draft.expires != aged.expires or before.keys is not keys:
            values = {"of": keys.locator, "hour": aged.expires}
            connection.execute(_CASE_ENDS, values)
        return OpenedDraft(row["id"], keys, aged)

    def _replace(
        self,
        connection: Connection,
        who: Account,
        row: dict[str, object],
        before: OpenedDraft | None,
    ) -> None:
        """Write the new row in place of the old one, under whichever day that is.

        Only what differs is set: SQLite writes the index of a column anew even if its value stays.
        """
        if before is not None and before.id == row["id"]:
            same = {"id", "day"}  # the id is a hash under the key of the day
            if before.draft.expires == row["exp_hour"]:
                same.add("exp_hour")
            values = {name: value for name, value in row.items() if name not in same}
            connection.execute(_OVERWRITE, {**values, "row": before.id})
        else:
            self.forget(connection, who)
            connection.execute(_INSERT, row)

    def forget(self, connection: Connection, who: Account) -> None:
        """Delete the draft of this account, if there is one."""
        connection.execute(*_FORGET([*self._ids(who)]))

    def forget_expired(self, connection: Connection, now: datetime) -> int:
        """Delete some drafts that have expired; return how many."""
        return connection.execute(_FORGET_EXPIRED, {"hour": hour_of(now)}).rowcount

    def _aged(self, state: Draft, now: datetime, identity: str) -> Draft:
        """Count the hours of a draft from this answer, which came from whoever has this key."""
        hour = hour_of(now)
        ends = state.ends or hour + LIFE_HOURS
        expires = min(hour + self.draft_hours, ends)
        return Draft(
            state.revision,
            state.language,
            state.phase,
            state.answers,
            state.code,
            expires,
            ends,
            identity,
        )

    def _ids(self, who: Account) -> dict[bytes, int]:
        """Map the ids that a draft of this account can have to their days."""
        name = derive_label(Label.DRAFT_ID, account_bytes(who))
        keys = self.keyring.live_keys(Label.DRAFT_INDEX)
        return {row_id(key, name): day for day, key in keys.items()}

    def _id(self, day: int, who: Account) -> bytes:
        name = derive_label(Label.DRAFT_ID, account_bytes(who))
        return row_id(self.keyring.key_for(day, Label.DRAFT_INDEX), name)

    def _wrap_key(self, day: int, who: Account, salt: bytes) -> bytes:
        wrap = self.keyring.key_for(day, Label.DRAFT_WRAP)
        return expand(extract(salt, wrap), derive_label(Label.DRAFT_KEY, account_bytes(who)), 32)

    def _row(self, who: Account, keys: CaseKeys, state: Draft, day: int) -> dict[str, Any]:
        own_id, salt = self._id(day, who), self.entropy(SALT_BYTES)
        context = wrap_context(own_id, day, state.expires, state.ends)
        key = self._wrap_key(day, who, salt)
        return {
            "id": own_id,
            "day": day,
            "exp_hour": state.expires,
            "end_hour": state.ends,
            "salt": salt,
            "wrap": lock(key, ZERO_NONCE, context, keys.entropy),
            "state": self.seal_state(keys, own_id, state),
        }

    def seal_state(self, keys: CaseKeys, row_id: bytes, state: Draft) -> bytes:
        """Seal the answers, as ids and choices, in the smallest bucket that holds them."""
        plain = encode_state(state)
        size = next((b for b in BUCKETS if len(plain) <= b - 2), None)
        if size is None:
            raise TooLong("This talk has more pieces than a draft can hold. Finish it first.")
        context = derive_label(Label.DRAFT_STATE, row_id)
        return seal(keys.state_key, context, pad(size, plain), self.entropy)

    def _open(self, row: RowMapping, who: Account) -> OpenedDraft:
        context = wrap_context(row["id"], row["day"], row["exp_hour"], row["end_hour"])
        key = self._wrap_key(row["day"], who, row["salt"])
        keys = self.derived.of(unlock(key, ZERO_NONCE, context, row["wrap"]))
        sealed = unseal(keys.state_key, derive_label(Label.DRAFT_STATE, row["id"]), row["state"])
        state = decode_state(unpad(sealed), row["exp_hour"], row["end_hour"])
        return OpenedDraft(row["id"], keys, state, not who.still_has(state.identity))


def wrap_context(row_id: bytes, day: int, expires: int, ends: int) -> bytes:
    """Bind the wrapped entropy to its row, its day and its end."""
    numbers = b"".join(number.to_bytes(4, "big") for number in (day, expires, ends))
    return derive_label(Label.DRAFT_AD, row_id, numbers)


def encode_state(state: Draft) -> bytes:
    """Encode a state: closed steps with choices in ``ch``, steps with items in ``it``."""
    chosen: list[cbor.Value] = [[a.step, list(a.choices)] for a in state.answers if a.closed]
    items: list[cbor.Value] = [
        [a.step, [bytes.fromhex(i) for i in a.items]] for a in state.answers if a.items
    ]
    fields: dict[str, cbor.Value] = {
        "v": 1,
        "rev": state.revision,
        "lang": state.language,
        "ph": state.phase.value,
        "ch": chosen,
        "it": items,
    }
    if state.code is not None:
        fields["tb"] = state.code
    if state.identity:
        fields["id"] = state.identity
    return cbor.encode(fields)


def decode_state(data: bytes, expires: int, ends: int) -> Draft:
    """Decode a state; a step with items and no entry in ``ch`` is still open."""
    state: dict[str, Any] = dict(cbor.decode_map(data, "A draft's state"))
    items_of = {step: tuple(i.hex() for i in items) for step, items in state["it"]}
    closed = [
        StoredAnswer(step, tuple(choices), items_of.pop(step, ())) for step, choices in state["ch"]
    ]
    still_open = [StoredAnswer(step, (), items, closed=False) for step, items in items_of.items()]
    return Draft(
        state["rev"],
        state["lang"],
        Phase(state["ph"]),
        (*closed, *still_open),
        state.get("tb"),
        expires,
        ends,
        state.get("id", ""),
    )


def settled(state: Draft) -> Draft:
    """Order the answers as they are read again: open ones last, each step with its items."""
    items_of = {a.step: a.items for a in state.answers if a.items}
    closed = tuple(_with(a, items_of.pop(a.step, ())) for a in state.answers if a.closed)
    still_open = tuple(
        StoredAnswer(step, (), items, closed=False) for step, items in items_of.items()
    )
    return replace(state, answers=(*closed, *still_open))


def _with(answer: StoredAnswer, items: tuple[str, ...]) -> StoredAnswer:
    return answer if items == answer.items else replace(answer, items=items)


def remove_draft(connection: Connection, row_id: bytes) -> None:
    """Delete a draft; its turn decides whether the case stays."""
    connection.execute(delete(draft).where(draft.c.id == row_id))
