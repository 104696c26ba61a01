"""``holdfast flows words``: report the state of each language, and write files to translate."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.cli.flows.flow_folder import (
    FlowFolder,
    add_folder_arguments,
    current_revision,
    find_flows,
    print_remark,
    read_file,
    read_flow,
    write_file,
)
from bot.cli.flows.locale_files import (
    catalogue_path,
    check_language,
    list_languages,
    read_catalogue,
)
from bot.console import printable
from bot.errors import FolderError, UsageError
from bot.publishing.translated import MESSAGE_LIMITS
from flows import Flow
from flows.tools.catalogue_merge import confirm_same_meaning, merge_catalogue
from flows.tools.catalogues import Catalogue, Source, parse_po
from flows.tools.catalogues import to_po as po_text
from flows.tools.flow_messages import flow_source
from flows.tools.translation import (
    IncompleteTranslation,
    TranslationState,
    measure_coverage,
    same_as_original,
    translate,
)
from flows.tools.translation_laws import translation_problems
from handlers.texts import translation as bot_translation
from handlers.texts.messages import bot_source

STATE_LABELS = {
    TranslationState.MISSING: "not translated",
    TranslationState.STALE: "translated from other words",
}
MAX_LISTED = 15
"""The most sentences that are listed; a new language lacks all of them."""

MAX_SHOWN = 60
"""The most characters of a sentence that are shown."""

PURPOSE = "say what is translated; write a file to translate"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = acts.add_parser("words", help=PURPOSE, description=PURPOSE)
    add_folder_arguments(parser)
    parser.add_argument(
        "--lang", metavar="LANG", help="write or renew locale/NAME.LANG.po, to be translated"
    )
    parser.add_argument(
        "--bot",
        type=Path,
        metavar="PO",
        help="with --lang, for those who develop Holdfast: write or renew PO instead, with the "
        "bot's own sentences",
    )
    parser.add_argument(
        "--same-meaning", metavar="STEP", help="its new words mean the same: keep the translation"
    )
    parser.add_argument("--by", default="", metavar="NAME", help="who says that they do")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Report all languages, or write one."""
    if args.same_meaning and not args.lang:
        raise UsageError("--same-meaning is said of one translation. Say which: --lang LANG")
    if args.bot and not args.lang:
        raise UsageError("--bot is said of one translation. Say which: --lang LANG")
    for line in _renew_bot(args) if args.bot else _flow_lines(args):
        print(printable(line))
    return 0


def _flow_lines(args: argparse.Namespace) -> Iterator[str]:
    folder = find_flows(args)
    flows = [read_flow(file) for file in folder.files]
    if args.same_meaning:
        flows = [flow for flow in flows if flow.step(args.same_meaning)] or flows[:1]
    for flow in flows:
        yield from (
            _update_catalogue(folder, flow, args) if args.lang else _language_lines(folder, flow)
        )
    if not args.lang and not args.file:
        yield from _bot_lines()


def _language_lines(folder: FlowFolder, flow: Flow) -> Iterator[str]:
    known = list_languages(folder, flow)
    yield f"{flow.name}: written in '{flow.language}', revision {flow.revision}"
    for language in known:
        yield from _coverage_lines(folder, flow, read_catalogue(folder, flow, language))
    if not known:
        yield "  no translations yet; --lang LANG begins one"


def _update_catalogue(folder: FlowFolder, flow: Flow, args: argparse.Namespace) -> Iterator[str]:
    path = catalogue_path(folder, flow, args.lang)
    old = read_catalogue(folder, flow, args.lang) if path.is_file() else None
    new = _renew(path, flow_source(flow), old, args)
    yield from _coverage_lines(folder, flow, new)


def _renew(
    path: Path, source: Source, old: Catalogue | None, args: argparse.Namespace
) -> Catalogue:
    """Write a translation anew for the sentences of today; return what was written."""
    new = merge_catalogue(source, args.lang, old)
    if args.same_meaning:
        if old is None:
            raise FolderError(f"There is no {path} yet, so nothing in it can mean the same.")
        new = confirm_same_meaning(source, new, args.same_meaning, args.by)
    write_file(path, po_text(source, new), lambda _start: old is not None)
    print_remark(
        f"written: {path}. Open it in Poedit or a text editor, and translate what is missing."
    )
    return new


def _coverage_lines(folder: FlowFolder, flow: Flow, found: Catalogue) -> Iterator[str]:
    """Describe the state of a language, and the words that people get meanwhile."""
    translated = translate(flow, found)
    alike = translated.indistinguishable if isinstance(translated, IncompleteTranslation) else ()
    broken = translation_problems(flow, found, MESSAGE_LIMITS)
    problems = [
        *(f"{s}: two choices are both “{t}”; nobody could tell them apart" for s, t in alike),
        *(f"{problem.step}: {problem.what}. {problem.cure}" for problem in broken),
    ]
    yield from _state_lines(flow_source(flow), found, problems)
    ready = isinstance(translated, Flow) and not problems
    yield f"    {_availability(folder, flow, found.language, ready=ready)}"


def _state_lines(source: Source, found: Catalogue, problems: Sequence[str]) -> Iterator[str]:
    """Say how much of a language is translated, and what is wrong or may be."""
    coverage = measure_coverage(source, found)
    share = 100 * coverage.done // len(coverage.states)
    yield f"  {found.language}: {coverage.done} of {len(coverage.states)} sentences, {share} %"
    for message, state in coverage.open[:MAX_LISTED]:
        yield f"    {message.context}: {STATE_LABELS[state]}: “{_abbreviate(message.text)}”"
    if len(coverage.open) > MAX_LISTED:
        yield f"    and {len(coverage.open) - MAX_LISTED} more"
    yield from (f"    {problem}" for problem in problems)
    for message in same_as_original(source, found):
        yield f"    {message.context}: the same as the original; is that meant?"


# --- the bot's own sentences --------------------------------------------------------------------


def _bot_lines() -> Iterator[str]:
    source = bot_source()
    yield f"{source.name}: what the bot says itself, written in '{source.language}'"
    for language in bot_translation.shipped_languages():
        yield from _bot_coverage_lines(source, bot_translation.shipped_translation(language))


def _bot_coverage_lines(source: Source, found: Catalogue) -> Iterator[str]:
    altered = bot_translation.altered_sentences(found)
    problems = [f"{problem.what}. {problem.cure}" for problem in altered]
    yield from _state_lines(source, found, problems)
    ready = not bot_translation.translation_problems(found)
    yield "    complete: the bot speaks it" if ready else "    the bot does not speak it so"


def _renew_bot(args: argparse.Namespace) -> Iterator[str]:
    source, path = bot_source(), args.bot
    check_language(args.lang, source.language)
    old = parse_po(read_file(path), str(path), args.lang) if path.is_file() else None
    new = _renew(path, source, old, args)
    yield f"{source.name}: what the bot says itself, written in '{source.language}'"
    yield from _bot_coverage_lines(source, new)


# --- what people get ----------------------------------------------------------------------------


def _availability(folder: FlowFolder, flow: Flow, language: str, *, ready: bool) -> str:
    """Say which words somebody gets who chooses this language today."""
    asked = _published_in(folder, flow.name, language)
    today = f"today it is asked in revision {asked}" if asked else "it is not asked today"
    if asked == flow.revision:
        return f"complete, and published: {today}" if ready else f"incomplete; {today}"
    return f"complete; {today}" if ready else f"incomplete, so it is not published; {today}"


def _published_in(folder: FlowFolder, name: str, language: str) -> str | None:
    """Return the newest published revision that is complete in this language and not recalled."""
    found = [
        file
        for file in (folder.published / name).glob(f"*/{language}.po")
        if not (file.parent / "recalled").exists()
    ]
    newest = current_revision(folder, name)
    if newest in {file.parent.name for file in found}:
        return newest
    return max(found, key=lambda file: file.stat().st_mtime).parent.name if found else None


def _abbreviate(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN].rstrip()}…"
