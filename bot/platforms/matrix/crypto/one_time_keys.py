"""One-time keys: by which somebody who never wrote to the bot can begin (Olm).

Anybody may take them, all of them too. So they are made anew whenever many are gone, and a
fallback key stays at the server that serves if all are (Matrix client-server API, "One-time and
fallback keys"). A key is on the disk before the server has it; else a first message could come
under a key that is gone.
"""

from dataclasses import dataclass, field
from typing import Any

from nio.responses import KeysUploadResponse

from bot.platforms.matrix.crypto.signing import with_signature
from bot.platforms.matrix.http_client import HttpClient, Json

ALGORITHM = "signed_curve25519"
COUNTS = "device_one_time_keys_count"
UNUSED = "device_unused_fallback_key_types"


@dataclass(slots=True)
class OneTimeKeys:
    """The bot's own, at the server and here; ``olm`` is nio's machine."""

    olm: Any = field(repr=False)
    wire: HttpClient
    count: int | None = None
    """At the server, as far as is known."""
    has_fallback: bool = True
    doubtful: bool = False
    """Whether keys were sent of which nobody knows if they arrived."""

    def heard(self, sync: Json) -> None:
        """What a sync says: no number stands for none at all."""
        counts, unused = sync.get(COUNTS), sync.get(UNUSED)
        if isinstance(counts, dict):
            self.count = int(counts.get(ALGORITHM) or 0)
        if isinstance(unused, list):
            self.has_fallback = ALGORITHM in unused

    def are_few(self) -> bool:
        """Fewer than half."""
        return self.count is not None and self.count * 2 < self.olm.account.max_one_time_keys

    async def replenish(self) -> None:
        """Whatever is wanting: the device itself, keys, the fallback key.

        A fallback key that may not have arrived goes first: whatever marks keys as published
        marks it too, and then the next but one would push the server's out of the machine.
        """
        if not self.olm.account.shared:
            self.count, self.has_fallback = 0, False
        elif not self.has_fallback or self._account.fallback_key:
            await self._upload_fallback()
        if self.olm.account.shared and (self.doubtful or self.are_few()):
            await self._ask()  # what a sync says may be from before the last ones arrived
        if self.are_few():
            await self._upload_keys()
        if not self.has_fallback:
            await self._upload_fallback()

    async def _ask(self) -> None:
        """How many there are (POST /keys/upload without any)."""
        said = await self.wire.call("POST", "/keys/upload", {})
        self._counted(said)

    def _counted(self, said: Json) -> int:
        count = int(said.get("one_time_key_counts", {}).get(ALGORITHM) or 0)
        self.count, self.doubtful = count, False
        return count

    async def _upload_keys(self) -> None:
        """Each key is offered once: one that arrived unheard of may have been taken meanwhile.

        Two people with the same key, and the second one's first message could not be read.
        """
        self.olm.uploaded_key_count = self.count
        content = self.olm.share_keys()
        self.olm.mark_keys_as_published()
        self.olm.save_account()
        self.doubtful = True
        said = await self.wire.call("POST", "/keys/upload", content)
        count = self._counted(said)
        self.olm.handle_response(KeysUploadResponse(0, count))

    async def _upload_fallback(self) -> None:
        """The same again if nobody knows whether it arrived: only two are kept here."""
        account = self._account
        if not account.fallback_key:
            account.generate_fallback_key()
        self.olm.save_account()
        keys = {
            f"{ALGORITHM}:{name}": self._signed({"key": key.to_base64(), "fallback": True})
            for name, key in account.fallback_key.items()
        }
        await self.wire.call("POST", "/keys/upload", {"fallback_keys": keys})
        self.olm.mark_keys_as_published()
        self.olm.save_account()
        self.has_fallback = True

    @property
    def _account(self) -> Any:
        return self.olm.account._account  # noqa: SLF001 - nio has no fallback keys

    def _signed(self, key: Json) -> Json:
        return with_signature(key, self.olm.user_id, self.olm.device_id, self.olm.sign_json(key))
