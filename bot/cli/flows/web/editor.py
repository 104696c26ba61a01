"""The questionnaires that the page edits: read, checked, saved, tried and published.

Every act is the command's own. A file that changed on the disk since the page read it is never
written over, and nothing is published but what was shown.
"""

import hashlib
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.cli.flows.checking import check_text, path_figures
from bot.cli.flows.flow_folder import FlowFolder, read_file, write_file
from bot.cli.flows.made_up import PreviewAnswers, script_text
from bot.cli.flows.publish import publish_source, require_publishable, script_problems
from bot.cli.flows.web.chat import Json
from bot.config.load import read_config
from bot.errors import FolderError, UsageError
from bot.output_file import check_output, nothing_is_own
from bot.publishing.sources import FlowSource, list_sources
from flows import Flow, Problem, shown_words
from flows.checks.check import CheckResult
from flows.files.load import load
from flows.tools.diff import Change, ChangeGroup, compare_flows
from handlers.permissions.registry import HONOURED
from store.atomic_file import replace_file

SCRIPT_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SCRIPT_NAME = 40
CHANGED = (
    "{name} was changed by somebody else since this page read it, so nothing was saved. Copy what "
    "you typed, and open the address anew that was printed at the start."
)
NO_CONFIG = (
    "This page does not know the organisation, so it cannot publish. Start it in the "
    "organisation's folder, or with --config."
)
OTHER_WORDS = "The questions are no longer those that you were shown. Look at the changes again."


class FileChanged(FolderError):
    """Raised if a file is no longer the one that the page read; nothing was written."""


@dataclass(frozen=True, slots=True)
class FlowEditor:
    """The files of a flow folder, and the configuration of their organisation, if it is known."""

    folder: FlowFolder
    config: Path | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files."""
        return tuple(file.name for file in self.folder.files)

    def file(self, name: object) -> Path:
        """Return a file by its name.

        :raises UsageError: the page edits no such file.
        """
        found = next((file for file in self.folder.files if file.name == name), None)
        if found is None:
            raise UsageError("This page edits no file of that name.")
        return found

    def open(self, name: object) -> Json:
        """Read a file, with the stamp by which it is known again."""
        text = read_file(self.file(name))
        return {"name": name, "text": text, "stamp": stamp_of(text), **self.check(name, text)}

    def check(self, name: object, text: str) -> Json:
        """Check a text as if it were in the file."""
        checked = check_text(text, self.file(name).name)
        return {
            "problems": [_problem(problem) for problem in checked.problems],
            "remarks": [_problem(problem) for problem in checked.remarks],
            "figures": [*path_figures(checked.paths)] if checked.paths else [],
            "verdict": _verdict(checked),
        }

    def flow(self, name: object, text: str) -> Flow:
        """Load a text; raise every problem that keeps it from being asked."""
        return load(text, self.file(name).name, HONOURED)

    def save(self, name: object, text: str, stamp: object) -> Json:
        """Write a text into its file, if the file is still the one that was read.

        :raises FileChanged: it is not.
        """
        file = self.file(name)
        check_output(file, lambda _start: True)
        if stamp_of(read_file(file)) != stamp:
            raise FileChanged(CHANGED.format(name=file.name))
        try:
            replace_file(file, text.encode(), stat.S_IMODE(file.stat().st_mode))
        except OSError as error:
            raise FolderError(f"{file} cannot be written ({error.strerror}).") from None
        return {"stamp": stamp_of(text), **self.check(name, text)}

    # Talks as tests

    def try_scripts(self, name: object, text: str) -> Json:
        """Play every script with a text."""
        flow = self.flow(name, text)
        count = len(sorted(self.folder.scripts.glob(f"{flow.name}-*.txt")))
        problems = [*script_problems(flow, self.folder.scripts)]
        return {"count": count, "problems": [str(problem) for problem in problems]}

    def save_script(self, flow: Flow, given: PreviewAnswers, name: object, *, words: bool) -> str:
        """Write the talk as a script into ``scripts/``, and return the file's name.

        :raises FolderError: the name cannot be used, or there is such a file.
        """
        usable = isinstance(name, str) and SCRIPT_NAME.fullmatch(name)
        if not usable or len(str(name)) > MAX_SCRIPT_NAME:
            raise UsageError(
                "Give the test a short name of small letters and digits, such as only-keep."
            )
        path = self.folder.scripts / f"{flow.name}-{name}.txt"
        write_file(path, script_text(flow, given, with_words=words), nothing_is_own)
        return path.name

    # Publishing

    def publication(self) -> Json:
        """Return what publishing would change, what is signed first.

        :raises FlowProblems: with everything that stands in the way.
        """
        ready = self._ready()
        return {
            "flows": [_changes_to(source, flow) for source, flow in ready],
            "revisions": _revisions(ready),
        }

    def publish(self, shown: object) -> list[str]:
        """Publish every file, if each is still the revision that was shown.

        :raises UsageError: one of them is not.
        """
        ready = self._ready()
        if shown != _revisions(ready):
            raise UsageError(OTHER_WORDS)
        return [line for ready_one in ready for line in _published(*ready_one)]

    def _ready(self) -> list[tuple[FlowSource, Flow]]:
        if self.config is None:
            raise UsageError(NO_CONFIG)
        config = read_config(self.config)
        sources = list_sources(config.flow, HONOURED)
        return [(source, require_publishable(source, config)) for source in sources]


def stamp_of(text: str) -> str:
    """Return by what a file is known again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _problem(problem: Problem) -> Json:
    return {
        "line": problem.line,
        "step": problem.step or "",
        "what": problem.what,
        "cure": problem.cure,
        "rule": problem.rule,
    }


def _verdict(checked: CheckResult) -> str:
    if checked.problems or checked.flow is None:
        count = len(checked.problems)
        return "1 problem to mend." if count == 1 else f"{count} problems to mend."
    return f"Good: revision {checked.flow.revision}, {len(checked.flow.steps)} steps."


def _published(source: FlowSource, flow: Flow) -> list[str]:
    """Publish what the page has shown: no translation of it was."""
    return publish_source(source, flow, translated=False).splitlines()


def _revisions(ready: list[tuple[FlowSource, Flow]]) -> Mapping[str, str]:
    return {source.archive.name: flow.revision for source, flow in ready}


def _changes_to(source: FlowSource, flow: Flow) -> Json:
    """Describe the changes since what is published; everything is new where nothing is."""
    was = source.archive.current()
    before = source.archive.read(was) if was else Flow(flow.name, flow.language, flow.choose, ())
    changes = compare_flows(before, flow)
    return {
        "name": flow.name,
        "was": was,
        "now": flow.revision,
        "signed": [_change(c, before, flow) for c in changes if _is_signed(c)],
        "other": [_change(c, before, flow) for c in changes if not _is_signed(c)],
    }


def _is_signed(change: Change) -> bool:
    return change.group is ChangeGroup.PERMISSIONS


def _change(change: Change, before: Flow, now: Flow) -> Json:
    step = f"{change.step}: " if change.step else ""
    return {
        "what": f"{step}{change.what}",
        "was": _with_choices(before, change.step, change.was),
        "now": _with_choices(now, change.step, change.now),
    }


def _with_choices(flow: Flow, step_id: str, text: str) -> str:
    """Show a step that comes or goes with its choices: they are signed as well."""
    step = flow.step(step_id)
    return shown_words(step, step.choices) if step and text == step.text else text
