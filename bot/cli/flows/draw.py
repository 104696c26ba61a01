"""``holdfast flows draw``: the questionnaire as a picture."""

import argparse
from pathlib import Path

from bot.cli.flows.place import add_place, find, read_flow, remark, write
from flows.tools.flowchart import draw

HINT = (
    "this is a Mermaid picture. Forges show it between ```mermaid and ``` in a page; "
    "--out NAME.md writes such a page."
)

PURPOSE = "draw the questions as a flowchart (Mermaid)"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the act."""
    parser = acts.add_parser("draw", help=PURPOSE, description=PURPOSE)
    add_place(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Every questionnaire, one below the other."""
    pictures = [draw(read_flow(file)) for file in find(args).files]
    fenced = len(pictures) > 1 or (args.out and args.out.suffix == ".md")
    text = "\n".join(f"```mermaid\n{p}```\n" if fenced else p for p in pictures)
    if args.out:
        write(args.out, text)
        remark(f"written: {args.out}")
        return 0
    print(text, end="")
    remark(HINT)
    return 0
