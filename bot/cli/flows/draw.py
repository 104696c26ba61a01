"""``holdfast flows draw``: draw the questionnaire as a flowchart."""

import argparse
from pathlib import Path

from bot.cli.flows.flow_folder import (
    add_folder_arguments,
    find_flows,
    print_remark,
    read_flow,
    write_file,
)
from bot.output_file import marked
from flows.tools.flowchart import MADE_BY, draw_flowchart

HINT = (
    "this is a Mermaid picture. Forges show it between ```mermaid and ``` in a page; "
    "--out NAME.md writes such a page."
)

PURPOSE = "draw the questions as a flowchart (Mermaid)"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = acts.add_parser("draw", help=PURPOSE, description=PURPOSE)
    add_folder_arguments(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw every questionnaire, one below the other."""
    pictures = [draw_flowchart(read_flow(file)) for file in find_flows(args).files]
    fenced = len(pictures) > 1 or (args.out and args.out.suffix == ".md")
    text = "\n".join(f"```mermaid\n{p}```\n" if fenced else p for p in pictures)
    if args.out:
        write_file(args.out, text, marked(MADE_BY))
        print_remark(f"written: {args.out}")
        return 0
    print(text, end="")
    print_remark(HINT)
    return 0
