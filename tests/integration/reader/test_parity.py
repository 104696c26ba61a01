"""The reader page's core says the same of every delivery as ``holdfast open``."""

import io
import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli.open import run
from bot.console import printable
from store.model.errors import StoreError
from store.readers.delivery_bundle import OpenedReport, open_delivery
from store.readers.invitations import is_invitation, read_invitation
from store.readers.notebook import Notebook, load_notebook, notebook_path, save_notebook
from tests.doubles.node.typage import NODE
from tests.integration.reader.deliveries import PASSPHRASE, Case, all_cases
from tests.unit.store.people import counted

ROOT = Path(__file__).parents[3]

JUDGE = ROOT / "reader" / "tests" / "judge.ts"
CASES = all_cases()

Verdict = dict[str, Any]
"""Either what was opened, or the class of the error and its sentence."""


@dataclass(frozen=True, slots=True)
class Files:
    """A case on the disk: the delivery, the key file, and its notebook if there is one."""

    file: Path
    key: Path
    notebook: Path | None
    typed: str

    def asked(self) -> Mapping[str, str]:
        """What the page's core is asked."""
        paths = {"file": self.file, "key": self.key, "notebook": self.notebook or ""}
        return {"passphrase": self.typed, **{name: str(path) for name, path in paths.items()}}


def lay_out(case: Case, folder: Path) -> Files:
    """Write the files of one case into a folder of their own."""
    folder.mkdir()
    key = folder / "reader.key"
    key.write_bytes(case.key_file or case.key.seal(PASSPHRASE, 1, counted()))
    file = folder / "7ZK4M2.holdfast"
    file.write_bytes(case.data)
    if case.notebook is None:
        return Files(file, key, None, case.typed)
    given = folder / "given.notebook"
    for path in (given, notebook_path(key)):  # the command replaces the one beside the key
        save_notebook(path, case.notebook, case.key, counted())
    return Files(file, key, given, case.typed)


@contextmanager
def page_verdicts(files: list[Files]) -> Iterator[Callable[[], list[Verdict]]]:
    """Start one run of node on all of them; yield what waits for what the page's core says."""
    request = json.dumps([each.asked() for each in files]).encode()
    command = [str(NODE), str(JUDGE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:

        def finish() -> list[Verdict]:
            answers, _ = node.communicate()
            assert node.returncode == 0
            return list(json.loads(answers))

        assert node.stdin is not None
        node.stdin.write(request)
        node.stdin.close()
        node.stdin = None
        yield finish


def command_verdict(case: Case, files: Files, capsys: pytest.CaptureFixture[str]) -> Verdict:
    """What ``holdfast open`` says; of what it opens, it must show all and pin the case."""
    try:
        run(Namespace(file=files.file, key=files.key, save=None))
    except StoreError as error:
        assert capsys.readouterr().out == "", case.name
        return {"refused": type(error).__name__, "sentence": str(error)}
    opened = what_is_opened(case)
    shown = capsys.readouterr().out
    text: str = opened["text"] if "text" in opened else opened["digits"]
    assert text in shown, case.name
    if "notebook" in opened:
        notebook = load_notebook(notebook_path(files.key), case.key)
        assert notebook.encode().hex() == opened["notebook"], case.name
    return {"opened": opened}


def what_is_opened(case: Case) -> Verdict:
    """Everything in a file that opens, as the page's core answers it."""
    if is_invitation(case.data):
        invitation = read_invitation(case.data, case.key)
        account = {"platform": invitation.platform, "account": invitation.account}
        return {"digits": invitation.digits, **account}
    return as_shown(open_delivery(case.data, case.key, case.notebook or Notebook()))


def as_shown(report: OpenedReport) -> Verdict:
    return {
        "code": report.code,
        "rid": report.rid.hex(),
        "may": list(report.may),
        "text": printable(report.text),
        "week": report.week,
        "attachments": [[file.name, file.media, file.body.hex()] for file in report.attachments],
        "notebook": report.notebook.encode().hex(),
    }


def test_there_are_enough_deliveries_and_each_has_its_name() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.timeout(300)
def test_page_and_command_say_the_same_of_every_delivery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [lay_out(case, tmp_path / str(number)) for number, case in enumerate(CASES)]
    commanded = []
    with page_verdicts(files) as finish:
        for case, each in zip(CASES, files, strict=True):
            monkeypatch.setattr(sys, "stdin", io.StringIO(f"{case.typed}\n"))
            commanded.append(command_verdict(case, each, capsys))
        judged = finish()
    both = zip(CASES, judged, commanded, strict=True)
    different = {
        case.name: (page, command)
        for case, page, command in both
        if comparable(case, page) != comparable(case, command)
    }
    assert list(different.items())[:8] == []
    refused = [verdict for verdict in judged if "refused" in verdict]
    assert 40 < len(refused) < len(CASES) - 40


def comparable(case: Case, verdict: Verdict) -> Verdict:
    """A verdict; of a key file without its sentence, in which the command names paths."""
    if case.key_file is None or "opened" in verdict:
        return verdict
    return {"refused": verdict["refused"]}
