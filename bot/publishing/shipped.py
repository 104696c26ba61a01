"""The questionnaires as they are and were shipped, and the copy that an installation keeps.

The program brings its own questionnaires and, in ``flows/shipped``, those of before. The flow
folder of an installation holds in ``shipped`` the words that it was given last: what they are
compared with when the shipped ones change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import flows
from flows.files.load import load
from handlers.permissions.registry import HONOURED

PACKAGE = Path(flows.__file__).parent
FOLDER, FLOW_FILE, SCRIPTS, LOCALE = "shipped", "flow.toml", "scripts", "locale"
SCHEMA = "flow.schema.json"
NOTE = "# As it was shipped. `holdfast flows update` compares with it; nobody edits it."


@dataclass(frozen=True, slots=True)
class ShippedFlow:
    """One questionnaire as it was shipped once; scripts and translations by their file names."""

    name: str
    text: str = field(repr=False)
    scripts: Mapping[str, str] = field(repr=False)
    translations: Mapping[str, str] = field(repr=False)
    revision: str = ""
    """The revision of its words; empty for what a flow folder was given."""


def shipped_names() -> tuple[str, ...]:
    """List the questionnaires that this program brings."""
    return tuple(path.stem for path in sorted(PACKAGE.glob("*.toml")))


def shipped_flow(name: str) -> ShippedFlow | None:
    """Return the questionnaire that this program brings; ``None`` if it has none of this name."""
    if name not in shipped_names():
        return None
    found = _read(name, PACKAGE / f"{name}.toml", PACKAGE)
    return replace(found, revision=load(found.text, f"{name}.toml", HONOURED).revision)


def earlier_flows(name: str) -> tuple[ShippedFlow, ...]:
    """Return the questionnaire as earlier programs brought it, and as this one does."""
    files = sorted((PACKAGE / FOLDER).glob(f"{name}/*/{FLOW_FILE}"))
    now = shipped_flow(name)
    # By their folders: a program that reads other questions now still knows which these were.
    before = (_read(name, file, file.parent, file.parent.name) for file in files)
    return (*before, *([now] if now else []))


def recorded_flow(folder: Path, name: str) -> ShippedFlow | None:
    """Return the words that this flow folder was given last, if it holds them."""
    file = folder / FOLDER / name / FLOW_FILE
    return _read(name, file, file.parent) if file.is_file() else None


def shipped_schema() -> str:
    """Return the schema from which text editors complete."""
    return (PACKAGE / SCHEMA).read_text("utf-8")


def record_shipped(folder: Path) -> None:
    """Write into a new flow folder what it was given; raises ``OSError``."""
    for name in shipped_names():
        for path, text in record_files(
            folder, _read(name, PACKAGE / f"{name}.toml", PACKAGE)
        ).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


def record_files(folder: Path, shipped: ShippedFlow) -> Mapping[Path, str]:
    """Return the files, with their texts, by which a flow folder remembers what it was given."""
    place = folder / FOLDER / shipped.name
    scripts = {place / SCRIPTS / name: text for name, text in shipped.scripts.items()}
    text = shipped.text.removeprefix(f"{NOTE}\n")
    translations = {place / LOCALE / name: each for name, each in shipped.translations.items()}
    return {place / FLOW_FILE: f"{NOTE}\n{text}", **scripts, **translations}


def _read(name: str, file: Path, folder: Path, revision: str = "") -> ShippedFlow:
    return ShippedFlow(
        name,
        file.read_text("utf-8"),
        scripts=_texts(folder / SCRIPTS, f"{name}-*.txt"),
        translations=_texts(folder / LOCALE, f"{name}.*.po"),
        revision=revision,
    )


def _texts(folder: Path, pattern: str) -> Mapping[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob(pattern))}
