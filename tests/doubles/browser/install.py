"""Installs the browsers that the tests drive, from Debian's packages, where that is possible."""

import os
import shutil
import subprocess
import sys

PACKAGES = {
    "chromium": "chromium",
    "chromedriver": "chromium-driver",
    "firefox-esr": "firefox-esr",
}
"""The packages of Debian, by the programs that the tests start."""


def missing_packages() -> list[str]:
    """The packages whose programs this machine lacks."""
    return [package for program, package in PACKAGES.items() if shutil.which(program) is None]


def advice(missing: list[str]) -> str:
    """What a person does where this program may not."""
    return (
        f"The tests of the page need the browsers {', '.join(missing)}. As root, on Debian: "
        f"apt-get install {' '.join(missing)}"
    )


def install() -> int:
    """Install what is missing; say what to do where that is not allowed."""
    missing = missing_packages()
    if not missing:
        return 0
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(advice(missing), file=sys.stderr)
        return 1
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    get = ["apt-get", "--quiet", "--quiet", "--option", "Dpkg::Use-Pty=0"]
    subprocess.run([*get, "update"], env=quiet, check=False)
    wanted = [*get, "install", "--yes", "--no-install-recommends", *missing]
    if subprocess.run(wanted, env=quiet, check=False).returncode:
        print(advice(missing), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(install())
