"""The arrows between the packages hold, and each contract notices when one does not."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "flows", "store")
LINTER = Path(sys.executable).with_name("lint-imports")
CONTRACTS: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "pyproject.toml").read_text(encoding="utf-8")
)["tool"]["importlinter"]["contracts"]
FORBIDDING = [contract for contract in CONTRACTS if contract["type"] == "forbidden"]
LAYERS = "data flows one way"
AGAINST = (
    ("store", "flows"),
    ("store", "handlers"),
    ("store", "bot"),
    ("flows", "store"),
    ("flows", "handlers"),
    ("flows", "bot"),
    ("handlers", "bot"),
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(name="copy")
def _copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=without)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(folder: Path, module: str, imports: list[str]) -> None:
    """Let a package, by a further module, or a module import what it may not."""
    place = folder.joinpath(*module.split("."))
    file = place / "planted.py" if place.is_dir() else place.with_suffix(".py")
    with file.open("a", encoding="utf-8") as text:
        text.writelines(f"\nimport {name}" for name in imports)


def test_every_contract_is_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in done.stdout


def test_a_copy_with_nothing_planted_keeps_them_too(copy: Path) -> None:
    assert lint(copy).returncode == 0


@pytest.mark.parametrize(("above", "below"), AGAINST)
def test_no_package_imports_against_the_flow(copy: Path, above: str, below: str) -> None:
    plant(copy, above, [below])
    done = lint(copy)
    assert done.returncode == 1
    assert f"{LAYERS} BROKEN" in done.stdout
    assert f"{above}.planted -> {below}" in done.stdout


@pytest.mark.parametrize("contract", FORBIDDING, ids=lambda contract: str(contract["name"]))
def test_each_forbidden_import_is_noticed(copy: Path, contract: dict[str, Any]) -> None:
    for module in contract["source_modules"]:
        plant(copy, module, contract["forbidden_modules"])
    done = lint(copy)
    assert done.returncode == 1
    assert f"{contract['name']} BROKEN" in done.stdout
    for module in contract["source_modules"]:
        for name in contract["forbidden_modules"]:
            assert f"{module} is not allowed to import {name}:" in done.stdout
