"""``holdfast flows words``: report the state of each language, and write files to translate."""

import argparse
from collections.abc import Iterator

from bot.cli.flows.flow_folder import (
    FlowFolder,
    add_folder_arguments,
    current_revision,
    find_flows,
    print_remark,
    read_flow,
    write_file,
)
from bot.cli.flows.locale_files import catalogue_path, list_languages, read_catalogue
from bot.console import printable
from bot.errors import FolderError, UsageError
from bot.publishing.translated import MESSAGE_LIMITS
from flows import Flow
from flows.tools.catalogue_merge import confirm_same_meaning, merge_catalogue
from flows.tools.catalogues import Catalogue
from flows.tools.catalogues import to_po as po_text
from flows.tools.translation import (
    IncompleteTranslation,
    TranslationState,
    measure_coverage,
    same_as_original,
    translate,
)
from flows.tools.translation_laws import translation_problems

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
        "--same-meaning", metavar="STEP", help="its new words mean the same: keep the translation"
    )
    parser.add_argument("--by", default="", metavar="NAME", help="who says that they do")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Report all languages, or write one."""
    if args.same_meaning and not args.lang:
        raise UsageError("--same-meaning is said of one translation. Say which: --lang LANG")
    folder = find_flows(args)
    flows = [read_flow(file) for file in folder.files]
    if args.same_meaning:
        flows = [flow for flow in flows if flow.step(args.same_meaning)] or flows[:1]
    for flow in flows:
        for line in (
            _update_catalogue(folder, flow, args) if args.lang else _language_lines(folder, flow)
        ):
            print(printable(line))
    return 0


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
    new = merge_catalogue(flow, args.lang, old)
    if args.same_meaning:
        if old is None:
            raise FolderError(f"There is no {path} yet, so nothing in it can mean the same.")
        new = confirm_same_meaning(flow, new, args.same_meaning, args.by)
    write_file(path, po_text(flow, new), lambda _start: old is not None)
    print_remark(
        f"written: {path}. Open it in Poedit or a text editor, and translate what is missing."
    )
    yield from _coverage_lines(folder, flow, new)


def _coverage_lines(folder: FlowFolder, flow: Flow, found: Catalogue) -> Iterator[str]:
    """Describe the state of a language, and the words that people get meanwhile."""
    coverage = measure_coverage(flow, found)
    share = 100 * coverage.done // len(coverage.states)
    yield f"  {found.language}: {coverage.done} of {len(coverage.states)} sentences, {share} %"
    for message, state in coverage.open[:MAX_LISTED]:
        yield f"    {message.context}: {STATE_LABELS[state]}: “{_abbreviate(message.text)}”"
    if len(coverage.open) > MAX_LISTED:
        yield f"    and {len(coverage.open) - MAX_LISTED} more"
    translated = translate(flow, found)
    for step, text in (
        translated.indistinguishable if isinstance(translated, IncompleteTranslation) else ()
    ):
        yield f"    {step}: two choices are both “{text}”; nobody could tell them apart"
    problems = translation_problems(flow, found, MESSAGE_LIMITS)
    for problem in problems:
        yield f"    {problem.step}: {problem.what}. {problem.cure}"
    for message in same_as_original(flow, found):
        yield f"    {message.context}: the same as the original; is that meant?"
    ready = isinstance(translated, Flow) and not problems
    yield f"    {_availability(folder, flow, found.language, ready=ready)}"


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
