"""The folder of one installation: everything that the bot needs and that changes later."""

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import flows
from bot.config import sections
from bot.config.values import HelpLine
from bot.errors import FolderError
from bot.publishing.shipped import record_shipped
from store.crypto.keyring import create_keyring

TEMPLATE = Path(sections.__file__).with_name("config.example.toml")
FLOW_FILES = ("*.toml", "flow.schema.json", "scripts/*.txt", "locale/*.po")
PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Founding:
    """Hold what is known of an organisation when its folder is made."""

    folder: Path
    name: str
    id: str
    help: HelpLine


def config_text(founding: Founding) -> str:
    """Return the example config with what is known filled in."""
    text = TEMPLATE.read_text(encoding="utf-8")
    filled = (
        ('name = ""', "name", founding.help.name),
        ('contact = ""', "contact", founding.help.contact),
        ('hours = ""', "hours", founding.help.hours),
        ('name = "Example Union"', "name", founding.name),
        ('id = "example.org"', "id", founding.id),
    )
    for line, key, value in filled:
        # Line by line, so that nothing typed is ever taken for a place to fill in.
        text = with_line(text, line, f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return text


def with_line(text: str, line: str, new: str) -> str:
    """Replace one line of a text; raises ``ValueError`` if the text lacks it."""
    lines = text.split("\n")
    lines[lines.index(line)] = new
    return "\n".join(lines)


def make_folder(folder: Path, text: str) -> None:
    """Make a new installation whose config is ``text``; raises ``FolderError`` if it cannot."""
    try:
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        folder.chmod(PRIVATE)
        (folder / "data").mkdir(mode=PRIVATE)
        create_keyring(folder / "keyring", secrets.token_bytes)
        _copy_flows(folder / "flows")
        (folder / "config.toml").write_text(text, encoding="utf-8")
    except OSError as error:
        raise FolderError(
            f"{folder} could not be written. Its parent must be there and yours to write in; "
            "remove what was begun and try again."
        ) from error


def _copy_flows(folder: Path) -> None:
    package = Path(flows.__file__).parent
    for pattern in FLOW_FILES:
        for source in package.glob(pattern):
            target = folder / source.relative_to(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    record_shipped(folder)
