"""``holdfast flows diff A B``: describe what changed, permissions first."""

import argparse
from pathlib import Path

from bot.cli.flows.flow_folder import (
    REVISION,
    FlowFolder,
    add_folder_arguments,
    current_revision,
    find_flows,
    published_revisions,
    read_flow,
)
from bot.console import printable
from bot.errors import FolderError, UsageError
from flows import Flow
from flows.tools.diff import compare_flows, describe_changes

PURPOSE = "say in words what changed, permissions first"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = acts.add_parser("diff", help=PURPOSE, description=PURPOSE)
    parser.add_argument("old", nargs="?", metavar="A", help="a file or a published revision")
    parser.add_argument(
        "new", nargs="?", metavar="B", help="the same; otherwise the file as it is"
    )
    add_folder_arguments(parser, files=False)
    parser.add_argument(
        "--open-talks", type=int, metavar="N", help="how many open talks began with A, if known"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare both versions and print every change."""
    folder = _folder(args)
    new = _version(folder, args.new) if args.new else _edited_flow(folder, args)
    old = _version(folder, args.old) if args.old else _flow_in_use(folder, new)
    print(f"{new.name}: from {old.revision} to {new.revision}\n")
    for line in describe_changes(compare_flows(old, new), args.open_talks):
        print(printable(line))
    return 0


def _folder(args: argparse.Namespace) -> FlowFolder | None:
    """Find the flow folder, unless two files are named."""
    named = [name for name in (args.old, args.new) if name]
    if len(named) == len(("old", "new")) and not any(map(REVISION.fullmatch, named)):
        return None
    return find_flows(args)


def _version(folder: FlowFolder | None, named: str) -> Flow:
    if folder is None or not REVISION.fullmatch(named):
        return read_flow(Path(named))
    kept = published_revisions(folder)
    if named not in kept:
        known = f"Published are: {', '.join(kept)}." if kept else "Nothing is published yet."
        raise FolderError(f"Revision {named} is not in {folder.published}. {known}")
    return read_flow(kept[named])


def _edited_flow(folder: FlowFolder | None, args: argparse.Namespace) -> Flow:
    """Load the edited file: the only one, or the one of the same questionnaire."""
    flows = [read_flow(file) for file in folder.files] if folder else []
    if len(flows) == 1:
        return flows[0]
    name = _version(folder, args.old).name if args.old else ""
    same = [flow for flow in flows if flow.name == name]
    if not same:
        raise UsageError("There are several questionnaires. Say which: holdfast flows diff A B")
    return same[0]


def _flow_in_use(folder: FlowFolder | None, new: Flow) -> Flow:
    revision = current_revision(folder, new.name) if folder else None
    if folder is None or revision is None:
        raise UsageError(
            f"It is not said which revision of '{new.name}' is in use. Name what to compare with: "
            "holdfast flows diff A"
        )
    return _version(folder, revision)
