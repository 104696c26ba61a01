"""Find and read questionnaires: named, configured, or in the current folder.

Reading them needs no valid installation: maintainers may have nothing else.
"""

import argparse
import hashlib
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.console import printable
from bot.errors import FolderError, UsageError
from bot.output_file import IsOwn, check_output
from flows import Flow, load
from handlers.permissions.registry import HONOURED
from store.atomic_file import replace_file

HEADER = re.compile(rb"^[ \t]*\[\[[ \t]*step[ \t]*\]\]", re.MULTILINE)
REVISION = re.compile(r"[0-9a-f]{12}")
CONFIG = "config.toml"
MAX_BYTES = 2_000_000
"""The most bytes of a questionnaire, a script or a translation."""


@dataclass(frozen=True, slots=True)
class FlowFolder:
    """A flow folder, and the selected questionnaires in it."""

    folder: Path
    files: tuple[Path, ...]

    @property
    def scripts(self) -> Path:
        """The folder of the scripts."""
        return self.folder / "scripts"

    @property
    def locale(self) -> Path:
        """The folder of the translations."""
        return self.folder / "locale"

    @property
    def published(self) -> Path:
        """The folder of the published revisions."""
        return self.folder / "published"


def add_folder_arguments(parser: argparse.ArgumentParser, *, files: bool = True) -> None:
    """Add the arguments from which ``find_flows`` finds a folder."""
    if files:
        parser.add_argument("file", nargs="*", type=Path, metavar="FILE", help="a questionnaire")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the bot's configuration")


def find_flows(args: argparse.Namespace) -> FlowFolder:
    """Find the folder that the arguments name, or the nearest one; print which files it took."""
    named: list[Path] = getattr(args, "file", None) or []
    if named:
        return FlowFolder(named[0].parent, tuple(named))
    folder = _configured_folder(args.config) if args.config else _search_folder(Path())
    print_remark(f"taken: {', '.join(str(file) for file in folder.files)}")
    return folder


def find_flow(args: argparse.Namespace) -> tuple[FlowFolder, Path]:
    """Find the folder where exactly one questionnaire is needed."""
    folder = find_flows(args)
    if len(folder.files) > 1:
        names = ", ".join(str(file) for file in folder.files)
        raise UsageError(f"There are several questionnaires. Name one of them: {names}")
    return folder, folder.files[0]


def _search_folder(here: Path) -> FlowFolder:
    """Search a folder: an organisation's, a flow folder, or a checkout of the source."""
    if (here / CONFIG).is_file():
        return _configured_folder(here / CONFIG)
    for folder in (here, here / "flows"):
        files = tuple(sorted(path for path in folder.glob("*.toml") if _is_flow(path)))
        if files:
            return FlowFolder(folder, files)
    raise FolderError(
        "There is no questionnaire in this folder. Name the file, or go to the organisation's "
        "folder, or say --config FILE. `holdfast init` makes a folder with the shipped questions."
    )


def _is_flow(path: Path) -> bool:
    try:
        return bool(HEADER.search(path.read_bytes()))
    except OSError:
        return False


def _configured_folder(config: Path) -> FlowFolder:
    """Find the flow folder of a configuration, of which nothing else needs to be valid."""
    section = _flow_section(config)
    folder, files = section.get("folder", "flows"), section.get("files", ["intake.toml"])
    names = files if isinstance(files, list) else [files]
    if not isinstance(folder, str) or not all(isinstance(name, str) for name in names):
        raise FolderError(
            f"{config}: [flow] does not name a folder and files as texts. "
            'For instance: folder = "flows" and files = ["intake.toml"]'
        )
    folder = config.parent / folder
    return FlowFolder(folder, tuple(folder / str(name) for name in names))


def _flow_section(config: Path) -> dict[str, object]:
    try:
        section = tomllib.loads(read_file(config)).get("flow", {})
    except tomllib.TOMLDecodeError:
        raise FolderError(
            f"{config} cannot be read as a configuration. `holdfast check --config {config}` "
            "says where; or name the questionnaire itself."
        ) from None
    return section if isinstance(section, dict) else {}


def read_file(path: Path) -> str:
    """Read a text file, or raise an error that says what to do."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FolderError(f"There is no {path}. Look at its name, and where you are.") from None
    except IsADirectoryError:
        raise FolderError(f"{path} is a folder. Name a file in it.") from None
    except OSError as error:
        raise FolderError(f"{path} cannot be read ({error.strerror}). Check its owner.") from None
    if len(data) > MAX_BYTES:
        raise FolderError(f"{path} is too large to be what is meant here. Look at its name.")
    return _decode(data, path)


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FolderError(
            f"{path}:{line}: this is not UTF-8. Save the file as UTF-8 (in the editor's "
            "'Save as', at 'Encoding')."
        ) from None


def read_flow(path: Path) -> Flow:
    """Load a questionnaire, or raise every problem that keeps it from being asked."""
    return load(read_file(path), str(path), HONOURED)


def hash_file(path: Path) -> str:
    """Compute the SHA-256 of a readable file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_file(path: Path, text: str, is_own: IsOwn) -> None:
    """Write a file atomically, in place of none that the command did not make."""
    check_output(path, is_own)
    try:
        path.parent.mkdir(exist_ok=True)
        replace_file(path, text.encode())
    except OSError as error:
        raise FolderError(
            f"{path} cannot be written ({error.strerror}). Look at the name and whose it is."
        ) from None


def print_remark(text: str) -> None:
    """Print a remark to standard error."""
    print(f"holdfast: {printable(text)}", file=sys.stderr)


# --- the published revisions ------------------------------------------------------------------


def published_revisions(folder: FlowFolder, name: str = "*") -> dict[str, Path]:
    """Map every published revision to its file."""
    return {
        path.parent.name if path.name == "flow.toml" else path.stem: path
        for path in _revision_files(folder, name)
        if REVISION.fullmatch(path.parent.name if path.name == "flow.toml" else path.stem)
    }


def _revision_files(folder: FlowFolder, name: str) -> Iterator[Path]:
    yield from sorted(folder.published.glob(f"{name}/*.toml"))
    yield from sorted(folder.published.glob(f"{name}/*/flow.toml"))


def current_revision(folder: FlowFolder, name: str) -> str | None:
    """Return the revision that new conversations get, if there is one."""
    pointer = folder.published / name / "current"
    if not pointer.is_file():
        return None
    words = read_file(pointer).split()
    return words[0] if words and REVISION.fullmatch(words[0]) else None
