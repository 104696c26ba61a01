"""``holdfast flows diff A B``: what changed, in words, permissions first."""

import argparse
from pathlib import Path

from bot.cli.flows.place import REVISION, Place, add_place, current, find, published, read_flow
from bot.cli.prompts import printable
from bot.errors import FolderError, UsageError
from flows import Flow
from flows.tools.diff import compare, described

PURPOSE = "say in words what changed, permissions first"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the act."""
    parser = acts.add_parser("diff", help=PURPOSE, description=PURPOSE)
    parser.add_argument("old", nargs="?", metavar="A", help="a file or a published revision")
    parser.add_argument(
        "new", nargs="?", metavar="B", help="the same; otherwise the file as it is"
    )
    add_place(parser, files=False)
    parser.add_argument(
        "--open-talks", type=int, metavar="N", help="how many open talks began with A, if known"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Both versions, then every change."""
    place = _place(args)
    new = _version(place, args.new) if args.new else _edited(place, args)
    old = _version(place, args.old) if args.old else _in_use(place, new)
    print(f"{new.name}: from {old.revision} to {new.revision}\n")
    for line in described(compare(old, new), args.open_talks):
        print(printable(line))
    return 0


def _place(args: argparse.Namespace) -> Place | None:
    """Not needed where two files are named."""
    named = [name for name in (args.old, args.new) if name]
    if len(named) == len(("old", "new")) and not any(map(REVISION.fullmatch, named)):
        return None
    return find(args)


def _version(place: Place | None, named: str) -> Flow:
    if place is None or not REVISION.fullmatch(named):
        return read_flow(Path(named))
    kept = published(place)
    if named not in kept:
        known = f"Published are: {', '.join(kept)}." if kept else "Nothing is published yet."
        raise FolderError(f"Revision {named} is not in {place.published}. {known}")
    return read_flow(kept[named])


def _edited(place: Place | None, args: argparse.Namespace) -> Flow:
    """The file as it is now: the one, or the one of the same questionnaire."""
    flows = [read_flow(file) for file in place.files] if place else []
    if len(flows) == 1:
        return flows[0]
    name = _version(place, args.old).name if args.old else ""
    same = [flow for flow in flows if flow.name == name]
    if not same:
        raise UsageError("There are several questionnaires. Say which: holdfast flows diff A B")
    return same[0]


def _in_use(place: Place | None, new: Flow) -> Flow:
    revision = current(place, new.name) if place else None
    if place is None or revision is None:
        raise UsageError(
            f"It is not said which revision of '{new.name}' is in use. Name what to compare with: "
            "holdfast flows diff A"
        )
    return _version(place, revision)
