"""``holdfast flows test``: play the scripts of ``scripts/`` as they are written."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from bot.cli.flows.flow_folder import (
    FlowFolder,
    add_folder_arguments,
    find_flows,
    read_file,
    read_flow,
)
from bot.console import printable
from bot.errors import FolderError
from flows import Flow, Kind, with_readers
from flows.model import SAMPLE_READERS
from flows.tools.script_player import ScriptRun, play_script, untaken_choices
from flows.tools.scripts import parse_script

EXAMPLE = "< story > Words.\n  < fate > keep\n  = keep: yes"

PURPOSE = "play the talks of scripts/, and say what none takes"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = acts.add_parser("test", help=PURPOSE, description=PURPOSE)
    add_folder_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Play every script of every questionnaire; return 1 if one deviates."""
    folder = find_flows(args)
    flows = {file: read_flow(file) for file in folder.files}
    good = [_test(folder, file, flow) for file, flow in flows.items()]
    astray = _unclaimed_scripts(folder)
    for path in astray:
        begins = f"{folder.files[0].stem}-"
        print(printable(f"{path} belongs to no questionnaire. Begin its name with '{begins}'."))
    return 0 if all(good) and not astray else 1


def _test(folder: FlowFolder, file: Path, flow: Flow) -> bool:
    scripts = scripts_of(folder, file)
    if not scripts:
        raise FolderError(
            f"There are no talks for {file}: no {folder.scripts / file.stem}-*.txt. Write one:\n"
            f"  {EXAMPLE}\n`holdfast flows preview --save FILE` writes one while you talk."
        )
    talks = {
        script: play_script(flow, parse_script(read_file(script), str(script)), SAMPLE_READERS)
        for script in scripts
    }
    wrong = [str(problem) for talk in talks.values() for problem in talk.problems]
    needed, other = _untaken_lines(flow, list(talks.values()))
    for line in (*wrong, *needed, *other):
        print(printable(line))
    went = sum(not talk.problems for talk in talks.values())
    print(
        f"{file}: {went} of {len(talks)} talks go as they are written{_gap_summary(needed, other)}"
    )
    return not wrong and not needed


def scripts_of(folder: FlowFolder, file: Path) -> list[Path]:
    """List the scripts of a questionnaire: their names begin with its name."""
    return [
        path
        for path in sorted(folder.scripts.glob("*.txt"))
        if _flow_name_of(folder, path) == file.stem
    ]


def _flow_name_of(folder: FlowFolder, script: Path) -> str | None:
    """Return the longest name of a questionnaire with which a script's name begins."""
    stems = {file.stem for file in (*folder.folder.glob("*.toml"), *folder.files)}
    fitting = [s for s in stems if script.stem == s or script.stem.startswith(f"{s}-")]
    return max(fitting, key=len, default=None)


def _unclaimed_scripts(folder: FlowFolder) -> list[Path]:
    return [
        path
        for path in sorted(folder.scripts.glob("*.txt"))
        if _flow_name_of(folder, path) is None
    ]


def _gap_summary(needed: list[str], other: list[str]) -> str:
    """Count the choices that no script takes."""
    if not needed and not other:
        return "; every choice is taken in one of them."
    count = len(needed) + len(other)
    return f"; {count} {'choice' if count == 1 else 'choices'} in none of them."


def _untaken_lines(flow: Flow, talks: list[ScriptRun]) -> tuple[list[str], list[str]]:
    """Describe the choices that no script takes, those about permissions apart."""
    needed, other = list[str](), list[str]()
    for step_id, choice in _untaken(flow, talks):
        step = flow.step(step_id)
        gives = step is not None and (
            step.kind is Kind.PERMISSION or _asks_permission(flow, step_id, choice)
        )
        words = step.choice(choice) if step else None
        said = f" (“{words.text}”)" if words else ""
        line = f"step '{step_id}': no talk takes '{choice}'{said}"
        (needed if gives else other).append(
            f"{line}. It is about a permission: write a talk that takes it."
            if gives
            else f"{line}."
        )
    return needed, other


def _untaken(flow: Flow, talks: list[ScriptRun]) -> Iterator[tuple[str, str]]:
    """Yield untaken choices; of the readers it is enough that one of them is named somewhere."""
    bound, names = with_readers(flow, SAMPLE_READERS), {reader.id for reader in SAMPLE_READERS}
    left = untaken_choices(bound, talks)
    for step_id, choice in left:
        if choice not in names:
            yield step_id, choice
        elif all((step_id, name) in left for name in names) and choice == SAMPLE_READERS[0].id:
            yield step_id, "the name of a reader"


def _asks_permission(flow: Flow, step_id: str, choice_id: str) -> bool:
    step = flow.step(step_id)
    choice = step.choice(choice_id) if step else None
    return bool(choice and choice.asks)
