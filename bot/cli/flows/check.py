"""``holdfast flows check``: report everything that is wrong with a questionnaire, at once."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from bot.cli.flows.checking import check_file, path_figures
from bot.cli.flows.flow_folder import FlowFolder, add_folder_arguments, find_flows
from bot.cli.flows.locale_files import list_languages, read_catalogue
from bot.console import printable
from bot.errors import FolderError
from bot.publishing.translated import MESSAGE_LIMITS
from flows import Flow, FlowProblems
from flows.checks.check import CheckResult
from flows.tools.translation_laws import translation_problems

PURPOSE = "say what is wrong with the questions, and the cure"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = acts.add_parser("check", help=PURPOSE, description=PURPOSE)
    add_folder_arguments(parser)
    parser.add_argument(
        "--strict", action="store_true", help="refuse also what is set aside with a reason"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check every file; return 1 if one of them is refused."""
    good = [_check(file, strict=args.strict) for file in find_flows(args).files]
    return 0 if all(good) else 1


def _check(file: Path, *, strict: bool) -> bool:
    try:
        checked = check_file(file)
    except FolderError as error:
        print(printable(str(error)))
        return False
    for line in report_lines(str(file), checked, strict=strict):
        print(printable(line))
    translations = list(_translation_lines(file, checked.flow)) if checked.flow else []
    for line in translations:
        print(printable(line))
    return not (translations or _is_refused(checked, strict=strict))


def _translation_lines(file: Path, flow: Flow) -> Iterator[str]:
    """Say what is wrong with the translations beside a questionnaire; what lacks is not wrong."""
    folder = FlowFolder(file.parent, (file,))
    for language in list_languages(folder, flow):
        try:
            catalogue = read_catalogue(folder, flow, language)
        except (FolderError, FlowProblems) as error:
            yield from str(error).splitlines()
            continue
        yield from map(str, translation_problems(flow, catalogue, MESSAGE_LIMITS))


def _is_refused(checked: CheckResult, *, strict: bool) -> bool:
    return bool(checked.problems or (strict and checked.remarks))


def report_lines(file: str, checked: CheckResult, *, strict: bool) -> list[str]:
    """Build the lines about one file: problems, overruled rules, and the verdict."""
    lines = [str(problem) for problem in (*checked.problems, *checked.remarks)]
    count = len(checked.problems) + (len(checked.remarks) if strict else 0)
    if _is_refused(checked, strict=strict) or checked.flow is None:
        problems = "1 problem" if count == 1 else f"{count} problems"
        return [*lines, f"{file}: refused, {problems}"]
    flow = checked.flow
    numbers = path_figures(checked.paths) if checked.paths else ()
    good = f"{file}: good, revision {flow.revision}, {len(flow.steps)} steps"
    return [*lines, good, *(f"  {line}" for line in numbers)]
