"""``holdfast flows print``: write the questionnaire as a page for a meeting."""

import argparse
from pathlib import Path

from bot.cli.flows.checking import check_file, path_figures
from bot.cli.flows.flow_folder import (
    FlowFolder,
    add_folder_arguments,
    find_flows,
    hash_file,
    print_remark,
    read_flow,
    write_file,
)
from bot.cli.flows.locale_files import translated_flow
from bot.errors import UsageError
from bot.output_file import marked
from flows.checks.check import CheckResult
from flows.tools.page import MADE_BY, Page, render_page

PURPOSE = "write a page to read, discuss and sign in a meeting"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = acts.add_parser("print", help=PURPOSE, description=PURPOSE)
    add_folder_arguments(parser)
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
    """Write a page for each questionnaire."""
    folder = find_flows(args)
    if args.out and len(folder.files) > 1:
        raise UsageError("--out is for one questionnaire. Name it, or leave --out away.")
    for file in folder.files:
        target = args.out or Path(f"{file.stem}.html")
        page = render_page(_page(folder, file, args.lang))
        write_file(target, page, marked(MADE_BY))
        print_remark(f"written: {target}. Open it in a browser, and print it from there.")
    return 0


def _page(folder: FlowFolder, file: Path, languages: list[str]) -> Page:
    flow, checked = read_flow(file), check_file(file)
    translations = tuple(translated_flow(folder, flow, language) for language in languages)
    numbers = path_figures(checked.paths) if checked.paths else ()
    return Page(
        flow, file.name, hash_file(file), (*numbers, *_refusal_line(checked)), translations
    )


def _refusal_line(checked: CheckResult) -> tuple[str, ...]:
    """Say on the page that a questionnaire is not ready: approving it would be in vain."""
    if not checked.problems:
        return ()
    return (
        f"It is not ready: {len(checked.problems)} problems (holdfast flows check says which).",
    )
