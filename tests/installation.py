"""An installation as version 0.1 left it, opened by the program as it is now."""

import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.config.load import read_config
from handlers.messages import Reply
from store.model.accounts import Account
from store.readers.key_file import load_key
from tests.recorded import RENAMED, seeded
from tests.rig import Clock, Rig
from tests.transcript import of_reply, written
from tests.visit import Visit

ARCHIVE = Path(__file__).parent / "fixtures" / "installation-0.1.tar.gz"
NAME = "installation-0.1"


@dataclass
class Installation:
    """A copy of it, at the hour at which it was made, and what is known of its people."""

    rig: Rig
    story: dict[str, Any] = field(repr=False)

    def person(self, name: str) -> Account:
        """Somebody of the story."""
        return Account(*self.story["people"][name]["account"])

    def told(self, name: str) -> list[str]:
        """What they told before."""
        return list(self.story["people"][name]["told"])

    def words(self, name: str) -> str:
        """Their twelve words."""
        return " ".join(self.story["people"][name]["words"])

    def of(self, name: str, what: str) -> Any:
        """Anything else that is known of them."""
        return self.story["people"][name][what]


def unpacked(folder: Path) -> Installation:
    """A copy in this folder."""
    with tarfile.open(ARCHIVE) as packed:
        # Python before 3.11.4 knows no filters, later ones want one.
        packed.extraction_filter = getattr(tarfile, "data_filter", None)
        packed.extractall(folder)  # noqa: S202 - our own archive
    inside = folder / NAME
    (inside / "keyring").chmod(0o700)
    story = json.loads((inside / "story.json").read_text("utf-8"))
    story["rows"] = {RENAMED.get(table, table): n for table, n in story["rows"].items()}
    keys = {
        name: load_key(inside / reader["file"], reader["passphrase"])
        for name, reader in story["readers"].items()
    }
    clock = Clock(datetime.fromisoformat(story["clock"]))
    config = read_config(inside / "config.toml")
    return Installation(Rig(inside, config, keys, clock, entropy=seeded("since")), story)


@dataclass
class Noted:
    """What somebody did and was told since, as a transcript."""

    visit: Visit
    who: Account
    lines: list[str] = field(default_factory=list, repr=False)

    async def say(self, *texts: str) -> list[Reply]:
        """Messages, one after the other."""
        came = list[Reply]()
        for text in texts:
            self.lines.append(f"> {text}")
            came += self.note(await self.visit.say(self.who, text))
        return came

    def note(self, replies: Sequence[Reply]) -> Sequence[Reply]:
        """These came."""
        for reply in replies:
            self.lines += of_reply(reply)
        return replies

    def text(self) -> str:
        """The transcript."""
        return written(self.lines)
