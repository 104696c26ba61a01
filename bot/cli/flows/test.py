"""``holdfast flows test``: the talks of ``scripts/``, played as they are written."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from bot.cli.flows.place import Place, add_place, find, read, read_flow
from bot.cli.prompts import printable
from bot.errors import FolderError
from flows import Flow, Kind, with_readers
from flows.paths import READERS
from flows.tools.scripts import ScriptRun, parse, play, untaken

EXAMPLE = "< story > Words.\n  < fate > keep\n  = keep: yes"

PURPOSE = "play the talks of scripts/, and say what none takes"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the act."""
    parser = acts.add_parser("test", help=PURPOSE, description=PURPOSE)
    add_place(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Every talk of every questionnaire; 1 if one goes otherwise than it is written."""
    place = find(args)
    flows = {file: read_flow(file) for file in place.files}
    good = [_test(place, file, flow) for file, flow in flows.items()]
    astray = _astray(place)
    for path in astray:
        begins = f"{place.files[0].stem}-"
        print(printable(f"{path} belongs to no questionnaire. Begin its name with '{begins}'."))
    return 0 if all(good) and not astray else 1


def _test(place: Place, file: Path, flow: Flow) -> bool:
    scripts = scripts_of(place, file)
    if not scripts:
        raise FolderError(
            f"There are no talks for {file}: no {place.scripts / file.stem}-*.txt. Write one:\n"
            f"  {EXAMPLE}\n`holdfast flows preview --save FILE` writes one while you talk."
        )
    talks = {script: play(flow, parse(read(script), str(script)), READERS) for script in scripts}
    wrong = [str(problem) for talk in talks.values() for problem in talk.problems]
    needed, other = _not_taken(flow, list(talks.values()))
    for line in (*wrong, *needed, *other):
        print(printable(line))
    went = sum(not talk.problems for talk in talks.values())
    print(f"{file}: {went} of {len(talks)} talks go as they are written{_gaps(needed, other)}")
    return not wrong and not needed


def scripts_of(place: Place, file: Path) -> list[Path]:
    """The talks of one questionnaire: their names begin with its name."""
    return [
        path for path in sorted(place.scripts.glob("*.txt")) if _owner(place, path) == file.stem
    ]


def _owner(place: Place, script: Path) -> str | None:
    """The questionnaire with the longest name that fits."""
    stems = {file.stem for file in (*place.folder.glob("*.toml"), *place.files)}
    fitting = [s for s in stems if script.stem == s or script.stem.startswith(f"{s}-")]
    return max(fitting, key=len, default=None)


def _astray(place: Place) -> list[Path]:
    return [path for path in sorted(place.scripts.glob("*.txt")) if _owner(place, path) is None]


def _gaps(needed: list[str], other: list[str]) -> str:
    """What no talk takes, in numbers."""
    if not needed and not other:
        return "; every choice is taken in one of them."
    count = len(needed) + len(other)
    return f"; {count} {'choice' if count == 1 else 'choices'} in none of them."


def _not_taken(flow: Flow, talks: list[ScriptRun]) -> tuple[list[str], list[str]]:
    """What no talk takes: where a permission hangs on it, and elsewhere."""
    needed, other = list[str](), list[str]()
    for step_id, choice in _left(flow, talks):
        step = flow.step(step_id)
        gives = step is not None and (step.kind is Kind.PERMISSION or _asks(flow, step_id, choice))
        words = step.choice(choice) if step else None
        said = f" (“{words.text}”)" if words else ""
        line = f"step '{step_id}': no talk takes '{choice}'{said}"
        (needed if gives else other).append(
            f"{line}. It is about a permission: write a talk that takes it."
            if gives
            else f"{line}."
        )
    return needed, other


def _left(flow: Flow, talks: list[ScriptRun]) -> Iterator[tuple[str, str]]:
    """Of the readers it is enough that one of them is named somewhere."""
    bound, names = with_readers(flow, READERS), {reader.id for reader in READERS}
    left = untaken(bound, talks)
    for step_id, choice in left:
        if choice not in names:
            yield step_id, choice
        elif all((step_id, name) in left for name in names) and choice == READERS[0].id:
            yield step_id, "the name of a reader"


def _asks(flow: Flow, step_id: str, choice_id: str) -> bool:
    step = flow.step(step_id)
    choice = step.choice(choice_id) if step else None
    return bool(choice and choice.asks)
