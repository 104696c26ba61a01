"""Provide one-time keys, by which somebody who never wrote to the bot begins a session.

Anybody may claim them, and may claim them all. So they are refilled whenever many are gone, and a
fallback key at the server serves when none is left (Matrix client-server API, "One-time and
fallback keys"). A key is on disk before the server has it, or a first message could arrive for a
key that is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from nio.responses import KeysUploadResponse

from bot.platforms.matrix.crypto.signing import add_signature
from bot.platforms.matrix.http_client import HttpClient, Json

ALGORITHM = "signed_curve25519"
COUNTS = "device_one_time_keys_count"
UNUSED = "device_unused_fallback_key_types"
RENEWAL_SECONDS = 600.0
"""So long a fallback key stays at least, once the next one is at the server: for messages that are
on their way. It is replaced although it is unused while deleted sessions could begin by it."""


class KeyCounts(NamedTuple):
    """The keys at the server, as a sync tells; None where it says nothing."""

    one_time: int | None = None
    has_fallback: bool | None = None


def key_counts(sync: Json) -> KeyCounts:
    """Read the counts from a sync; an empty object of counts stands for no keys at all."""
    counts, unused = sync.get(COUNTS), sync.get(UNUSED)
    one_time = None
    if isinstance(counts, dict):
        count = counts.get(ALGORITHM)
        one_time = int(count) if isinstance(count, int) else 0
    return KeyCounts(one_time, ALGORITHM in unused if isinstance(unused, list) else None)


@dataclass(slots=True)
class OneTimeKeys:
    """Keep enough of the device's keys at the server; ``olm`` is nio's machine."""

    olm: Any = field(repr=False)
    http_client: HttpClient
    monotonic: Callable[[], float]
    count: int | None = None
    """The number at the server, as last heard; None if unknown."""
    has_fallback: bool = True
    unconfirmed: bool = False
    """Keys were sent, and no answer said whether they arrived."""
    renewed: float = field(init=False, repr=False)
    """When the fallback key was made or, for all that is known, the program started."""

    def __post_init__(self) -> None:
        """Note the time."""
        self.renewed = self.monotonic()

    def update(self, counts: KeyCounts) -> None:
        """Take over what a sync says."""
        if counts.one_time is not None:
            self.count = counts.one_time
        if counts.has_fallback is not None:
            self.has_fallback = counts.has_fallback

    def is_low(self) -> bool:
        """Return whether fewer than half of the keys are left."""
        return self.count is not None and self.count * 2 < self.olm.account.max_one_time_keys

    def forget_upload(self) -> None:
        """Upload the device and its keys again with the next ``replenish``: the server lost it."""
        self.olm.account.shared = False

    async def replenish(self) -> None:
        """Upload whatever is missing: the device itself, one-time keys, the fallback key.

        A fallback key that may not have arrived goes first: nio marks it as published together
        with any other key, and the next but one would then push the server's out of the machine.
        Raises ``HttpError``.
        """
        if not self.olm.account.shared:
            self.count, self.has_fallback = 0, False
        elif not self.has_fallback or self._account.fallback_key or self._is_renewal_due():
            await self._upload_fallback()
        if self.olm.account.shared and (self.unconfirmed or self.is_low()):
            await self._query_count()  # the sync may be older than the last upload
        if self.is_low():
            await self._upload_keys()
        if not self.has_fallback:
            await self._upload_fallback()

    def _is_renewal_due(self) -> bool:
        is_old = self.monotonic() - self.renewed >= RENEWAL_SECONDS
        return is_old and bool(self.olm.store.ended)

    async def _query_count(self) -> None:
        """Ask how many keys the server has (POST /keys/upload without keys)."""
        answer = await self.http_client.request("POST", "/keys/upload", {})
        self._take_count(answer)

    def _take_count(self, answer: Json) -> int:
        count = int(answer.get("one_time_key_counts", {}).get(ALGORITHM) or 0)
        self.count, self.unconfirmed = count, False
        return count

    async def _upload_keys(self) -> None:
        """Upload new keys, each once.

        A key that arrived without an answer may have been claimed already. Two people with the
        same key would make the second one's first message unreadable.
        """
        self.olm.uploaded_key_count = self.count
        content = self.olm.share_keys()
        self.olm.mark_keys_as_published()
        self.olm.save_account()
        self.unconfirmed = True
        answer = await self.http_client.request("POST", "/keys/upload", content)
        count = self._take_count(answer)
        self.olm.handle_response(KeysUploadResponse(0, count))

    async def _upload_fallback(self) -> None:
        """Upload the fallback key, the same one again until it is confirmed: only two are kept."""
        account = self._account
        with self.olm.store.database.atomic():
            if not account.fallback_key:
                account.generate_fallback_key()
                self.olm.store.ended.count_renewal()
            self.olm.save_account()
        keys = {
            f"{ALGORITHM}:{name}": self._signed({"key": key.to_base64(), "fallback": True})
            for name, key in account.fallback_key.items()
        }
        await self.http_client.request("POST", "/keys/upload", {"fallback_keys": keys})
        self.olm.mark_keys_as_published()
        self.olm.save_account()
        self.has_fallback, self.renewed = True, self.monotonic()

    @property
    def _account(self) -> Any:
        return self.olm.account._account  # noqa: SLF001 - nio has no fallback keys

    def _signed(self, key: Json) -> Json:
        return add_signature(key, self.olm.user_id, self.olm.device_id, self.olm.sign_json(key))
