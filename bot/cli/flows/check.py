"""``holdfast flows check``: everything that is wrong with a questionnaire, at once."""

import argparse
from pathlib import Path

from bot.cli.flows.judged import Judged, judge
from bot.cli.flows.place import add_place, find
from bot.cli.prompts import printable
from bot.errors import FolderError


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the act."""
    parser = acts.add_parser("check", help="say what is wrong with the questions, and the cure")
    add_place(parser)
    parser.add_argument(
        "--strict", action="store_true", help="refuse also what is set aside with a reason"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Every file; 1 if one of them is refused."""
    good = [_check(file, strict=args.strict) for file in find(args).files]
    return 0 if all(good) else 1


def _check(file: Path, *, strict: bool) -> bool:
    try:
        judged = judge(file)
    except FolderError as error:
        print(printable(str(error)))
        return False
    for line in report(str(file), judged, strict=strict):
        print(printable(line))
    return not _refused(judged, strict=strict)


def _refused(judged: Judged, *, strict: bool) -> bool:
    return bool(judged.problems or (strict and judged.remarks))


def report(file: str, judged: Judged, *, strict: bool) -> list[str]:
    """The lines about one file, the verdict last among what is wrong and first otherwise."""
    if judged.problems:
        count = len(judged.problems)
        verdict = f"{file}: {count} {'problem' if count == 1 else 'problems'}; it cannot be asked."
        return [*map(str, judged.problems), verdict]
    flow = judged.flow
    steps = f"revision {flow.revision}, {len(flow.steps)} steps" if flow else ""
    verdict = "refused by --strict" if _refused(judged, strict=strict) else "good"
    more = (*judged.figures, *(f"Set aside: {remark}" for remark in judged.remarks))
    return [f"{file}: {verdict}, {steps}", *(f"  {line}" for line in more)]
