"""``holdfast flows print``: the questionnaire as a page for a meeting."""

import argparse
from pathlib import Path

from bot.cli.flows.catalogues import spoken
from bot.cli.flows.judged import figures, judge
from bot.cli.flows.place import Place, add_place, find, hash_of, read_flow, remark, write
from bot.errors import UsageError
from flows.checks.check import CheckResult
from flows.tools.page import Page, page

PURPOSE = "write a page to read, discuss and sign in a meeting"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the act."""
    parser = acts.add_parser("print", help=PURPOSE, description=PURPOSE)
    add_place(parser)
    parser.add_argument(
        "--lang",
        action="append",
        default=[],
        metavar="LANG",
        help="a language beside the original",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write it; otherwise NAME.html, here"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """A page for each questionnaire."""
    place = find(args)
    if args.out and len(place.files) > 1:
        raise UsageError("--out is for one questionnaire. Name it, or leave --out away.")
    for file in place.files:
        target = args.out or Path(f"{file.stem}.html")
        write(target, page(_sheet(place, file, args.lang)))
        remark(f"written: {target}. Open it in a browser, and print it from there.")
    return 0


def _sheet(place: Place, file: Path, languages: list[str]) -> Page:
    flow, checked = read_flow(file), judge(file)
    others = tuple(spoken(place, flow, language) for language in languages)
    numbers = figures(checked.ways) if checked.ways else ()
    return Page(flow, file.name, hash_of(file), (*numbers, *_refused(checked)), others)


def _refused(checked: CheckResult) -> tuple[str, ...]:
    """Said on the page: what is approved in a meeting must not be refused afterwards."""
    if not checked.problems:
        return ()
    return (
        f"It is not ready: {len(checked.problems)} problems (holdfast flows check says which).",
    )
