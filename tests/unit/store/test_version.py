import tomllib
from pathlib import Path

import store.version
from store.version import VERSION

ROOT = Path(store.version.__file__).parents[1]


def test_the_build_reads_the_version_from_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["name"] == "holdfast-bot"
    assert project["project"]["dynamic"] == ["version"]
    source = ROOT / project["tool"]["hatch"]["version"]["path"]
    assert f'VERSION = "{VERSION}"' in source.read_text("utf-8").splitlines()
