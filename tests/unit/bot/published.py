"""Publishes and recalls in a process of its own, and is killed where the test says."""

import os
import signal
import sys
from pathlib import Path

import flows
from bot.publishing.archive import FlowArchive
from handlers.permissions.registry import HONOURED
from store.model.failpoint import installed

OLD = (Path(flows.__file__).parent / "intake.toml").read_text("utf-8")
NEW = OLD.replace("What would you like to say?", "What is there to say?")
TRANSLATIONS = {"es": 'msgid ""\nmsgstr ""\n'}
POINTS = (
    "revision written",
    "revision renamed",
    "file written current",
    "file replaced current",
    "folder synced current",
    "file written recalled",
    "file replaced recalled",
    "folder synced recalled",
)
"""The failpoints of publishing and recalling, in their order."""


def publish(archive: FlowArchive, text: str) -> None:
    archive.publish(text, flows.load(text, "intake.toml"), TRANSLATIONS)


def main(folder: Path, point: str) -> None:
    """Publish the new words and recall the old ones, up to that point."""

    def die(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    archive = FlowArchive(folder, HONOURED)
    with installed(die):
        publish(archive, NEW)
        archive.recall(flows.load(OLD, "intake.toml").revision, "It was unkind.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
