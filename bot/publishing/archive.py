"""One questionnaire as it was published: every revision, which one is current, which recalled.

::

    published/<name>/
        current              names the revision with which new talks begin
        <revision>/flow.toml   the words as they were published
        <revision>/<language>.po   a complete translation of them
        <revision>/recalled    there if it was taken back: because of what
        <revision>.toml      the words as older versions of the program kept them

Whatever is written here appears at once and whole, by renaming (rename(2)), or not at all.
"""

import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import flows
from bot.errors import FolderError
from bot.publishing.recall_reason import displayable_reason
from flows import Flow
from store.atomic_file import replace_file, sync_folder, write_synced
from store.model.failpoint import failpoint

REVISION = re.compile(r"[0-9a-f]{12}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
CURRENT, FLOW_FILE, RECALLED = "current", "flow.toml", "recalled"
UNFINISHED_PREFIX = ".new"


@dataclass(frozen=True, slots=True)
class FlowArchive:
    """The archive of one questionnaire; the folder has its name."""

    folder: Path
    honoured: Collection[str]
    """Names of the permissions that its questionnaires may ask for."""

    @property
    def name(self) -> str:
        """The name of the questionnaire."""
        return self.folder.name

    # Reading

    def current(self) -> str:
        """Return the revision with which new conversations begin; empty before the first one."""
        path = self.folder / CURRENT
        text = read_text(path, "holdfast flows publish").strip() if path.exists() else ""
        if text and (not REVISION.fullmatch(text) or text not in self.revisions()):
            raise FolderError(
                f"{path} names no revision that lies beside it. Publish the questions once more: "
                "holdfast flows publish"
            )
        return text

    def revisions(self) -> dict[str, Path]:
        """Map every published revision to the file with its words."""
        if not self.folder.is_dir():
            return {}
        found = {p.stem: p for p in sorted(self.folder.glob("*.toml"))}
        folders = (p for p in sorted(self.folder.iterdir()) if REVISION.fullmatch(p.name))
        return found | {p.name: p / FLOW_FILE for p in folders}

    def read(self, revision: str) -> Flow:
        """Load a revision.

        :raises FolderError: its words are no longer those that were published.
        """
        path = self.revisions()[revision]
        place = "/".join(path.relative_to(self.folder.parent.parent).parts)
        flow = flows.load(read_text(path, "holdfast init"), place, self.honoured)
        if flow.revision != revision:
            raise FolderError(
                f"{path} was changed after it was published: its words are revision "
                f"{flow.revision} now. Put it back from a backup; what is to change is changed in "
                "the flow folder and published."
            )
        return flow

    def recall_reason(self, revision: str) -> str | None:
        """Return why a revision was recalled; ``None`` if it was not."""
        path = self.folder / revision / RECALLED
        if not path.exists():
            return None
        return displayable_reason(read_text(path, "holdfast flows publish --recall"))

    def languages(self, revision: str) -> tuple[str, ...]:
        """Return the languages into which a revision is translated."""
        return tuple(self.translations(revision))

    def translations(self, revision: str) -> dict[str, Path]:
        """Map every language into which a revision is translated to its file."""
        return {file.stem: file for file in sorted((self.folder / revision).glob("*.po"))}

    def newest_in(self, language: str) -> str:
        """Return the revision with which talks in a language begin; empty if there is none.

        That is the current one if it is translated, else the last that is, and was not recalled.
        """
        files = {
            revision: file
            for revision in self.revisions()
            if (file := self.translations(revision).get(language)) is not None
            and self.recall_reason(revision) is None
        }
        current = self.current()
        if current in files:
            return current
        return max(files, key=lambda each: (files[each].stat().st_mtime_ns, each), default="")

    def was_published_in(self, language: str) -> bool:
        """Return whether any revision was ever published in a language, recalled or not."""
        return any(language in self.translations(revision) for revision in self.revisions())

    def change_stamp(self) -> tuple[object, ...]:
        """Return a value that changes with each publication or recall."""
        folders = sorted(p for p in self.folder.iterdir() if REVISION.fullmatch(p.name))
        recalled = (folder / RECALLED for folder in folders)
        return (_file_stamp(self.folder / CURRENT), *((p, _file_stamp(p)) for p in recalled))

    # Writing

    def publish(self, text: str, flow: Flow, translations: Mapping[str, str]) -> None:
        """Freeze these words and translations, then begin new conversations with them."""
        with _write_errors(self.folder):
            self._freeze(text, flow, translations)
            replace_file(self.folder / CURRENT, f"{flow.revision}\n".encode())

    def recall(self, revision: str, reason: str) -> None:
        """Begin no conversation with a revision any more, and notify those that did."""
        with _write_errors(self.folder):
            if not (self.folder / revision).is_dir():  # kept by an older version
                path = self.revisions()[revision]
                self._freeze(path.read_text("utf-8"), self.read(revision), {})
            replace_file(self.folder / revision / RECALLED, f"{reason}\n".encode())

    def _freeze(self, text: str, flow: Flow, translations: Mapping[str, str]) -> None:
        """Write the folder atomically; to an existing one only translations are added."""
        folder = self.folder / flow.revision
        if folder.is_dir():
            for language, words in translations.items():
                if not (folder / f"{language}.po").exists():
                    replace_file(folder / f"{language}.po", words.encode())
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f"{UNFINISHED_PREFIX}-{flow.revision}"
        shutil.rmtree(new, ignore_errors=True)  # somebody was cut off here
        new.mkdir()
        for name, words in {FLOW_FILE: text, **_catalogue_files(translations)}.items():
            write_synced(new / name, words.encode())
        sync_folder(new)
        failpoint("revision written")
        new.rename(folder)
        failpoint("revision renamed")
        sync_folder(self.folder)


def _catalogue_files(translations: Mapping[str, str]) -> dict[str, str]:
    return {f"{language}.po": words for language, words in translations.items()}


def _file_stamp(path: Path) -> tuple[int, ...]:
    """Return a stamp of a file that is only ever replaced; empty if it does not exist."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


@contextmanager
def _write_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FolderError(
            f"{folder} cannot be written ({error.strerror}). The bot keeps there which words an "
            "open talk began with: make the flow folder writable for it, then start again."
        ) from None


def read_text(path: Path, command: str) -> str:
    """Read a file of the installation, or raise an error that names the command that makes it."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise FolderError(f"There is no {path}. `{command}` makes it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FolderError(
            f"{path} cannot be read ({type(error).__name__}). Check its owner, that it is text."
        ) from None
