"""What was shipped once can be found for ever: edited copies of it are compared with it."""

import tarfile
from pathlib import Path

import pytest

from bot.installation import make_folder
from bot.publishing.shipped import (
    PACKAGE,
    ShippedFlow,
    earlier_flows,
    recorded_flow,
    shipped_flow,
    shipped_names,
)
from flows.checks.problem import FlowProblems
from flows.files.document import read_document
from flows.files.load import load
from flows.tools.merged_text import merge_text
from flows.tools.three_way import compare_versions
from tests.program import ROOT

FIRST = {"intake": "90be9bf184d4", "witness": "9a0348cc20ef", "process": "197aa1828fae"}
"""The revisions with which installations of version 0.1 began. It only ever grows."""


@pytest.mark.parametrize("name", shipped_names())
def test_the_words_of_before_are_there(name: str) -> None:
    assert FIRST[name] in {flow.revision for flow in earlier_flows(name)}
    assert (PACKAGE / "shipped" / name / FIRST[name] / "flow.toml").is_file()


@pytest.mark.parametrize("path", sorted((PACKAGE / "shipped").glob("*/*")), ids=lambda p: p.name)
def test_each_has_the_name_of_its_words_and_its_scripts(path: Path) -> None:
    flow = load((path / "flow.toml").read_text("utf-8"), "flow.toml")
    assert (flow.name, flow.revision) == (path.parent.name, path.name)
    scripts = sorted((path / "scripts").iterdir())
    assert scripts
    assert all(script.name.startswith(f"{flow.name}-") for script in scripts)


def test_what_the_first_version_published_is_among_them() -> None:
    with tarfile.open(ROOT / "tests" / "fixtures" / "installation-0.1.tar.gz") as archive:
        members = [m for m in archive.getmembers() if m.name.endswith("/flow.toml")]
        texts = [archive.extractfile(member) for member in members]
        revisions = {_revision(file.read().decode()) for file in texts if file}
    assert FIRST["intake"] in revisions


def _revision(text: str) -> str:
    try:
        return load(text, "flow.toml").revision
    except FlowProblems:
        return ""


@pytest.mark.parametrize("name", shipped_names())
def test_a_new_organisation_keeps_what_it_was_given(tmp_path: Path, name: str) -> None:
    make_folder(tmp_path / "oak", "")
    kept = recorded_flow(tmp_path / "oak" / "flows", name)
    given = shipped_flow(name)
    assert kept
    assert given
    assert load(kept.text, name).revision == given.revision
    assert kept.scripts == given.scripts


EARLIER = [(flow.name, flow) for name in shipped_names() for flow in earlier_flows(name)]


@pytest.mark.parametrize(("name", "earlier"), EARLIER, ids=lambda value: str(value)[:12])
def test_an_edited_copy_of_any_of_them_comes_to_what_is_shipped_now(
    name: str, earlier: ShippedFlow
) -> None:
    now = shipped_flow(name)
    assert now
    old, new = (read_document(flow.text, f"{name}.toml") for flow in (earlier, now))
    note, choose = "# Of ours: read it aloud first.\n", 'choose   = "Hier kann ich erzählen"'
    line = next(line for line in old.text.splitlines() if line.startswith("choose"))
    mine = read_document(note + old.text.replace(line, choose), f"{name}.toml")
    taken = [d.place for d in compare_versions(old, mine, new) if not d.changed]
    text = merge_text(mine, new, taken)
    assert text.startswith(note)
    assert choose in text
    assert load(text.replace(choose, line), f"{name}.toml").steps == load(now.text, name).steps


@pytest.mark.parametrize("name", shipped_names())
def test_a_new_organisation_is_given_the_translations_too(tmp_path: Path, name: str) -> None:
    make_folder(tmp_path / "oak", "")
    folder, shipped = tmp_path / "oak" / "flows", shipped_flow(name)
    recorded = recorded_flow(folder, name)
    assert shipped
    assert recorded
    assert f"{name}.es.po" in shipped.translations
    assert recorded.translations == shipped.translations
    for file, text in shipped.translations.items():
        assert (folder / "locale" / file).read_text("utf-8") == text
