"""``holdfast flows words``: how far each language is, and a file for whoever translates."""

import argparse
from collections.abc import Iterator

from bot.cli.flows.catalogues import catalogue, languages, path_of
from bot.cli.flows.place import Place, add_place, current, find, read_flow, remark, write
from bot.cli.prompts import printable
from bot.errors import FolderError, UsageError
from flows import Flow
from flows.checks.check import check_words
from flows.tools.catalogues import (
    Catalogue,
    Missing,
    State,
    coverage,
    merge,
    same_meaning,
    translated,
    untouched,
)
from flows.tools.catalogues import written as po_text

STATES = {State.MISSING: "not translated", State.STALE: "translated from other words"}
MOST = 15
"""Sentences that are listed; a language that was just begun lacks all of them."""

SHOWN = 60
"""Characters of a sentence that stand beside its name."""

PURPOSE = "say what is translated; write a file to translate"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the act."""
    parser = acts.add_parser("words", help=PURPOSE, description=PURPOSE)
    add_place(parser)
    parser.add_argument(
        "--lang", metavar="LANG", help="write or renew locale/NAME.LANG.po, to be translated"
    )
    parser.add_argument(
        "--same-meaning", metavar="STEP", help="its new words mean the same: keep the translation"
    )
    parser.add_argument("--by", default="", metavar="NAME", help="who says that they do")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look at all languages, or write one."""
    if args.same_meaning and not args.lang:
        raise UsageError("--same-meaning is said of one translation. Say which: --lang LANG")
    place = find(args)
    flows = [read_flow(file) for file in place.files]
    if args.same_meaning:
        flows = [flow for flow in flows if flow.step(args.same_meaning)] or flows[:1]
    for flow in flows:
        for line in _write(place, flow, args) if args.lang else _look(place, flow):
            print(printable(line))
    return 0


def _look(place: Place, flow: Flow) -> Iterator[str]:
    known = languages(place, flow)
    yield f"{flow.name}: written in '{flow.language}', revision {flow.revision}"
    for language in known:
        yield from _state(place, flow, catalogue(place, flow, language))
    if not known:
        yield "  no translations yet; --lang LANG begins one"


def _write(place: Place, flow: Flow, args: argparse.Namespace) -> Iterator[str]:
    path = path_of(place, flow, args.lang)
    old = catalogue(place, flow, args.lang) if path.is_file() else None
    new = merge(flow, args.lang, old)
    if args.same_meaning:
        if old is None:
            raise FolderError(f"There is no {path} yet, so nothing in it can mean the same.")
        new = same_meaning(flow, new, args.same_meaning, args.by)
    write(path, po_text(flow, new))
    remark(f"written: {path}. Open it in Poedit or a text editor, and translate what is missing.")
    yield from _state(place, flow, new)


def _state(place: Place, flow: Flow, found: Catalogue) -> Iterator[str]:
    """How far this language is, and in which words people are asked meanwhile."""
    covered = coverage(flow, found)
    share = 100 * covered.done // len(covered.states)
    yield f"  {found.language}: {covered.done} of {len(covered.states)} sentences, {share} %"
    for message, state in covered.open[:MOST]:
        yield f"    {message.context}: {STATES[state]}: “{_short(message.text)}”"
    if len(covered.open) > MOST:
        yield f"    and {len(covered.open) - MOST} more"
    spoken = translated(flow, found)
    for step, text in spoken.alike if isinstance(spoken, Missing) else ():
        yield f"    {step}: two choices are both “{text}”; nobody could tell them apart"
    for problem in check_words(spoken, found.file) if isinstance(spoken, Flow) else ():
        yield f"    {problem.step}: {problem.what}. {problem.cure}"
    for message in untouched(flow, found):
        yield f"    {message.context}: the same as the original; is that meant?"
    yield f"    {_served(place, flow, found.language, ready=isinstance(spoken, Flow))}"


def _served(place: Place, flow: Flow, language: str, *, ready: bool) -> str:
    """Which words somebody gets who chooses this language today."""
    asked = _published_in(place, flow.name, language)
    today = f"today it is asked in revision {asked}" if asked else "it is not asked today"
    if asked == flow.revision:
        return f"complete, and published: {today}" if ready else f"incomplete; {today}"
    return f"complete; {today}" if ready else f"incomplete, so it is not published; {today}"


def _published_in(place: Place, name: str, language: str) -> str | None:
    """The newest published revision that is complete in this language and was not recalled."""
    found = [
        file
        for file in (place.published / name).glob(f"*/{language}.po")
        if not (file.parent / "recalled").exists()
    ]
    newest = current(place, name)
    if newest in {file.parent.name for file in found}:
        return newest
    return max(found, key=lambda file: file.stat().st_mtime).parent.name if found else None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN].rstrip()}…"
