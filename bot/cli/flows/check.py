"""``holdfast flows check``: report everything that is wrong with a questionnaire, at once."""

import argparse
from pathlib import Path

from bot.cli.flows.checking import check_file, path_figures
from bot.cli.flows.flow_folder import add_folder_arguments, find_flows
from bot.console import printable
from bot.errors import FolderError
from flows.checks.check import CheckResult

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
    return not _is_refused(checked, strict=strict)


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
