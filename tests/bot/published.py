"""Publishes and recalls in a process of its own, and is killed where the test says."""

import os
import signal
import sys
from collections import Counter
from pathlib import Path

import flows
from bot.archive import Archive

OLD = (Path(flows.__file__).parent / "intake.toml").read_text("utf-8")
NEW = OLD.replace("What would you like to say?", "What is there to say?")
TRANSLATIONS = {"es": 'msgid ""\nmsgstr ""\n'}
POINTS = (
    "begun",
    "word by word:1",
    "word by word:2",
    "frozen",
    "written beside:1",
    "current",
    "written beside:2",
    "recalled",
)
"""Where it can be cut off; the number says at which time."""


def publish(archive: Archive, text: str) -> None:
    archive.publish(text, flows.load(text, "intake.toml"), TRANSLATIONS)


def main(folder: Path, point: str) -> None:
    """Publish the new words and recall the old ones, up to that point."""
    passed: Counter[str] = Counter()

    def reached(name: str) -> None:
        passed[name] += 1
        if point in {name, f"{name}:{passed[name]}"}:
            os.kill(os.getpid(), signal.SIGKILL)

    archive = Archive(folder, reached)
    publish(archive, NEW)
    archive.recall(flows.load(OLD, "intake.toml").revision, "It was unkind.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
