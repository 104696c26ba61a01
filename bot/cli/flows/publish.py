"""``holdfast flows publish``: check, try out and freeze the questions, or recall a revision.

A running bot begins new conversations with what was published within a second, and open ones keep
their words. No command of the chat publishes anything.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from bot.cli.flows.checking import check_file
from bot.config.load import read_config
from bot.config.values import Config
from bot.console import printable
from bot.errors import UsageError
from bot.publishing.archive import LANGUAGE, read_text
from bot.publishing.recall_reason import reason_problem
from bot.publishing.sources import FlowSource, list_archives, list_sources
from bot.publishing.translated import translated as translate_completely
from flows import Flow, FlowProblems, Kind, Problem, Step, check_words
from flows.files.load import load
from flows.model import SAMPLE_READERS
from flows.tools.script_player import ScriptRun, play_script, untaken_choices
from flows.tools.scripts import parse_script
from handlers.permissions.registry import HONOURED

UNCHANGED = "{name}: {revision} is published already; nothing of it changed."
PUBLISHED = (
    "{name}: {revision} is published. New talks begin with it; open talks keep their words."
)
TRANSLATED = "It can also be asked in: {languages}."
SAVED_SINCE = (
    "{file} was saved since it was checked, so it was not published. Look at it with "
    "'holdfast flows check', and publish once more."
)
RECALLED = (
    "{revision} of {name} is recalled. No talk begins with it, and a running bot tells those who "
    "are in one."
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("publish", help="check, try out and freeze the questions")
    parser.add_argument("--config", required=True, type=Path, metavar="FILE")
    parser.add_argument("--recall", metavar="REVISION", help="take this revision back")
    parser.add_argument("--because", metavar="REASON", help="what people in its talks are told")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Publish every file of the config, all of them or none; or recall one revision."""
    config = read_config(args.config)
    if args.recall is None and args.because is not None:
        raise UsageError("--because gives the reason of a recall: name the revision, --recall …")
    if args.recall is not None:
        print(printable(_recall(config, args.recall, args.because or "")))
        return 0
    found = list_sources(config.flow, HONOURED)
    ready = [(source, require_publishable(source, config)) for source in found]
    for source, flow in ready:
        print(printable(publish_source(source, flow)))
    return 0


def require_publishable(source: FlowSource, config: Config) -> Flow:
    """Check a source as publishing does: the file, its name, its scripts.

    :raises FlowProblems: with everything that stands in the way.
    """
    checked = check_file(source.file)
    if checked.problems or checked.flow is None:
        raise FlowProblems(checked.problems)
    flow = checked.flow
    if flow.name != source.archive.name:
        what = f"the name was '{source.archive.name}' when it was published, and cannot change"
        cure = f'Write name = "{source.archive.name}".'
        raise FlowProblems([Problem(source.file.name, 1, None, what, cure)])
    problems = [*script_problems(flow, config.flow.folder / "scripts")]
    if problems:
        raise FlowProblems(problems)
    return flow


def script_problems(flow: Flow, folder: Path) -> Iterable[Problem]:
    """Require that every script plays as written, and that all permission choices are taken."""
    files = sorted(folder.glob(f"{flow.name}-*.txt"))
    played = [_play(flow, file) for file in files]
    for talk in played:
        yield from talk.problems
    permitting = {s.id for s in flow.steps if s.asks is not None}
    for step, choice in untaken_choices(flow, played):
        if step in permitting:
            what = f"no script in {folder.name}/ chooses '{choice}'"
            cure = f"Write a talk that does, in {folder.name}/{flow.name}-….txt."
            yield Problem(f"{flow.name}.toml", _line_of(flow, step), step, what, cure)


def _play(flow: Flow, file: Path) -> ScriptRun:
    script = parse_script(read_text(file, "holdfast init"), f"{file.parent.name}/{file.name}")
    return play_script(flow, script, SAMPLE_READERS)


def _line_of(flow: Flow, step_id: str) -> int:
    step = flow.step(step_id)
    return step.line if step else 1


def publish_source(source: FlowSource, flow: Flow, *, translated: bool = True) -> str:
    """Freeze a checked questionnaire, begin new talks with it, and say so.

    ``translated``: with the translations that are complete; without it none is added.

    :raises UsageError: the file is no longer the one that was checked, or cannot be published.
    """
    archive, before = source.archive, source.archive.current()
    if archive.recall_reason(flow.revision) is not None:
        raise UsageError(
            f"{flow.revision} of {archive.name} was recalled, and cannot be published again. "
            "Change what was wrong with it."
        )
    text = source.text()
    if not _is_of(flow, text, source):
        raise UsageError(SAVED_SINCE.format(file=source.file))
    archive.publish(text, flow, complete_translations(source, flow) if translated else {})
    said = UNCHANGED if before == flow.revision else PUBLISHED
    lines = [said.format(name=archive.name, revision=flow.revision)]
    if archive.languages(flow.revision):
        lines.append(TRANSLATED.format(languages=", ".join(archive.languages(flow.revision))))
    return "\n".join(lines)


def _is_of(flow: Flow, text: str, source: FlowSource) -> bool:
    """Tell whether a text is that of a checked questionnaire."""
    try:
        return load(text, source.file.name, HONOURED) == flow
    except FlowProblems:
        return False


def complete_translations(source: FlowSource, flow: Flow) -> dict[str, str]:
    """Return the translations, by language, that are complete and without fuzzy entries."""
    files = (source.file.parent / "locale").glob(f"{flow.name}.*.po")
    named = {file.stem.removeprefix(f"{flow.name}."): file for file in sorted(files)}
    texts = {n: read_text(f, "holdfast flows words") for n, f in named.items()}
    return {n: t for n, t in texts.items() if LANGUAGE.fullmatch(n) and is_complete(flow, n, t)}


def is_complete(flow: Flow, language: str, translation: str) -> bool:
    """Tell whether a translation is complete and breaks no rule of care."""
    file = f"{flow.name}.{language}.po"
    return translate_completely(flow, translation, file, language) is not None


def _recall(config: Config, revision: str, because: str) -> str:
    fault = reason_problem(because)
    if fault:
        raise UsageError(f"--because: {fault}. Nothing was recalled.")
    careless = check_words(reason_as_flow(because), "--because")
    if careless:
        raise FlowProblems(careless)
    known = list_archives(config.flow.folder, HONOURED)
    archive = next((a for a in known if revision in a.revisions()), None)
    if archive is None:
        raise UsageError(
            "There is no published revision of this name. "
            f"Published are: {_published_names(config)}."
        )
    if archive.current() == revision:
        raise UsageError(
            f"New talks begin with {revision}. First publish questions that are right, with "
            "'holdfast flows publish', so that there is something to go on with; then recall this."
        )
    archive.recall(revision, " ".join(because.split()))
    return RECALLED.format(revision=revision, name=archive.name)


def reason_as_flow(because: str) -> Flow:
    """Wrap a reason in a note, so that the rules of care apply to it."""
    return Flow("recall", "en", "", (Step("reason", Kind.NOTE, because, line=1),))


def _published_names(config: Config) -> str:
    named = (
        f"{r} of {a.name}"
        for a in list_archives(config.flow.folder, HONOURED)
        for r in a.revisions()
    )
    return ", ".join(named) or "none"
