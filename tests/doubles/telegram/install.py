"""Fetches Telegram's Bot API 10.0 as data: one file out of aiogram's source archive, pinned."""

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
INSIDE = ".butcher/schema/schema.json"
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet", "download")
PINNED = ("--no-deps", "--no-binary", "aiogram", "--no-build-isolation", "--require-hashes")


def main() -> int:
    """Download the archive into a folder that goes again, and keep the one file."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, *PIP, *PINNED, "-r", str(HERE / "requirements.txt")]
        done = subprocess.run([*command, "--dest", folder], check=False)
        if done.returncode == 0:
            unpack(next(Path(folder).glob("aiogram-*.tar.gz")), HERE / ".schema")
    return done.returncode


def unpack(archive: Path, folder: Path) -> None:
    """Only the schema; nothing else of the archive is written."""
    with tarfile.open(archive) as tar:
        name = next(n for n in tar.getnames() if n.endswith(INSIDE))
        file = tar.extractfile(name)
        assert file is not None, f"{name} is no plain file in {archive.name}"
        folder.mkdir(exist_ok=True)
        (folder / "schema.json").write_bytes(file.read())


if __name__ == "__main__":
    sys.exit(main())
