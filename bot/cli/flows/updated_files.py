"""Write an updated questionnaire with its translations and scripts, and keep the files as before.

Nothing is replaced before a copy of it lies in ``before-update``. A script that somebody edited is
theirs and stays; one that is as it was shipped follows the shipped one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot.cli.flows.flow_folder import FlowFolder, read_file
from bot.cli.flows.updated_translations import TranslationUpdate
from bot.errors import FolderError
from bot.output_file import check_output, marked
from bot.publishing.shipped import (
    FLOW_FILE,
    NOTE,
    SCHEMA,
    ShippedFlow,
    record_files,
    shipped_schema,
)
from store.atomic_file import replace_file

BACKUPS = "before-update"
KEPT = "Your files as they were are in {place}."
SAVED_MEANWHILE = (
    "{file} was saved while you were asked, so nothing of it was changed. Run `holdfast flows "
    "update` again: it then begins with what is in the file now."
)
LINK = "{place} is a link, so the copies would lie elsewhere. Nothing was written; take it away."
EDITED = "{file} was edited here and stays; `holdfast flows test` says whether it still goes."
TRANSLATE = "{file}: what changed is marked there for the translator; nothing of it is lost."


@dataclass(frozen=True, slots=True)
class UpdatedFiles:
    """The files to write, by path; ``None`` for one that goes. ``edited`` stay as they are."""

    texts: Mapping[Path, str | None] = field(repr=False)
    record: Mapping[Path, str] = field(repr=False)
    edited: tuple[Path, ...]
    read: Mapping[Path, str | None] = field(repr=False)
    """What stood in the files when it was decided; ``None`` for one that was not there."""


def updated_files(
    folder: FlowFolder,
    file: Path,
    text: str,
    translations: Sequence[TranslationUpdate],
    base: ShippedFlow,
    shipped: ShippedFlow,
) -> UpdatedFiles:
    """Collect what changes, with the translations as they were decided."""
    texts: dict[Path, str | None] = {file: text}
    texts |= {update.decisions.file: update.text for update in translations}
    edited = list[Path]()
    for name in sorted({*base.scripts, *shipped.scripts}):
        path = folder.scripts / name
        own = read_file(path) if path.is_file() else None
        if own in {base.scripts.get(name), shipped.scripts.get(name)}:
            texts[path] = shipped.scripts.get(name)
        elif own is not None and base.scripts.get(name) != shipped.scripts.get(name):
            edited.append(path)
    schema = folder.folder / SCHEMA
    if schema.is_file():
        texts[schema] = shipped_schema()
    read = {path: _text_of(path) for path in texts}
    read |= {update.decisions.file: update.read for update in translations}
    changed = {path: new for path, new in texts.items() if new != read[path]}
    return UpdatedFiles(changed, record_files(folder.folder, shipped), tuple(edited), read)


def _text_of(path: Path) -> str | None:
    return read_file(path) if path.is_file() else None


def write_updated(folder: FlowFolder, files: UpdatedFiles) -> Iterator[str]:
    """Keep copies, write, and yield what was done; the record of what was given comes last.

    :raises FolderError: a file cannot be written, was saved since it was read, or something else
        lies where it would.
    """
    for path in files.texts:
        if _text_of(path) != files.read[path]:
            raise FolderError(SAVED_MEANWHILE.format(file=path))
    for path in (*files.texts, *files.record):
        check_output(path, marked(NOTE) if path.name == FLOW_FILE else _any_file)
    try:
        kept = _keep_copies(folder, [path for path in files.texts if path.is_file()])
        for path, text in (*files.texts.items(), *files.record.items()):
            _write(path, text)
    except OSError as error:
        raise FolderError(
            f"{folder.folder} cannot be written ({error.strerror}). Look at whose it is."
        ) from None
    if kept is not None:
        yield KEPT.format(place=kept)
    for path, text in files.texts.items():
        yield f"{'taken away' if text is None else 'written'}: {path}"
        if path.suffix == ".po":
            yield TRANSLATE.format(file=path)
    yield from (EDITED.format(file=path) for path in files.edited)


def _any_file(_start: bytes) -> bool:
    """Take any ordinary file for one that may be replaced: a copy of it is kept."""
    return True


def _keep_copies(folder: FlowFolder, paths: list[Path]) -> Path | None:
    """Copy files into a new numbered folder, each at its place; ``None`` if there are none."""
    if not paths:
        return None
    backups = folder.folder / BACKUPS
    if backups.is_symlink():
        raise FolderError(LINK.format(place=backups))
    place = next(place for n in count(1) if not (place := backups / str(n)).exists())
    for path in paths:
        inside = path.is_relative_to(folder.folder)
        copy = place / (path.relative_to(folder.folder) if inside else path.name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        replace_file(copy, path.read_bytes())
    return place


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if _text_of(path) != text:
        replace_file(path, text.encode())
