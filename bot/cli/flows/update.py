"""``holdfast flows update``: bring an edited questionnaire along when the shipped one changed.

Sentence by sentence: what only the shipped one changed is taken, what only the organisation
changed stays, what both changed is asked. What somebody signs is shown and asked in any case.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.cli.flows.deciding import Decisions, decide
from bot.cli.flows.flow_folder import (
    FlowFolder,
    add_folder_arguments,
    find_flows,
    print_remark,
    published_revisions,
    read_file,
)
from bot.cli.flows.updated_files import UpdatedFiles, updated_files, write_updated
from bot.cli.flows.updated_translations import TranslationUpdate, find_translation_updates
from bot.console import printable
from bot.publishing.shipped import ShippedFlow, earlier_flows, recorded_flow, shipped_flow
from flows import Flow, FlowProblems
from flows.files.document import Document, read_document
from flows.files.load import load
from flows.tools.diff import compare_flows, describe_changes
from flows.tools.merged_text import merge_text
from flows.tools.three_way import Side, compare_versions, count_differences
from handlers.permissions.registry import HONOURED

PURPOSE = "bring your edited questions along when the shipped ones changed"

NO_TERMINAL = (
    "Nobody sits at a terminal, so nothing was changed. Run it in a terminal to be asked{flags}."
)
FLAGS = ", or say --keep-mine or --take-new"
NOT_SHIPPED = "{file}: '{name}' is your own questionnaire; nothing like it is shipped."
UP_TO_DATE = "{file}: up to date with the questions of this version."
NEXT = (
    "Look at it with `holdfast flows check`, `test` and `preview`. Nobody is asked the new words "
    "until `holdfast flows publish`."
)


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = acts.add_parser("update", help=PURPOSE, description=PURPOSE)
    add_folder_arguments(parser)
    both = parser.add_mutually_exclusive_group()
    both.add_argument(
        "--keep-mine",
        dest="side",
        action="store_const",
        const=Side.MINE,
        help="where both changed, keep yours; what somebody signs is asked all the same",
    )
    both.add_argument(
        "--take-new",
        dest="side",
        action="store_const",
        const=Side.NEW,
        help="where both changed, take the new; what somebody signs is asked all the same",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Decide about every questionnaire first, then write; return 1 if something is left open."""
    folder = find_flows(args)
    updates = [update for file in folder.files if (update := _find_update(folder, file))]
    if not _decide_all([update.decisions for update in updates], args.side):
        return 1
    translations = [_translations(folder, update) for update in updates]
    if not _decide_all([t.decisions for each in translations for t in each], args.side):
        return 1
    pairs = zip(updates, translations, strict=True)
    results = [_write(folder, update, translated) for update, translated in pairs]
    if results:
        print(NEXT)
    return 0 if all(results) else 1


@dataclass(frozen=True, slots=True)
class Update:
    """What is to be brought into one file."""

    decisions: Decisions
    read: str = field(repr=False)
    """Its text when it was compared: everything that is decided is about this."""
    flow: Flow
    base: ShippedFlow
    shipped: ShippedFlow
    mine: Document = field(repr=False)
    new: Document = field(repr=False)

    @property
    def file(self) -> Path:
        """The file."""
        return self.decisions.file

    @property
    def text(self) -> str:
        """The text with everything that was decided."""
        taken = [difference.place for difference in self.decisions.taken]
        bom = "\ufeff" if self.read.startswith("\ufeff") else ""
        return bom + merge_text(self.mine, self.new, taken) if taken else bom + self.mine.text


def _find_update(folder: FlowFolder, file: Path) -> Update | None:
    """Compare a file with what is shipped; ``None`` if nothing of it is shipped."""
    text = read_file(file)
    flow, mine = load(text, str(file), HONOURED), read_document(text, str(file))
    shipped = shipped_flow(flow.name)
    if shipped is None:
        print(printable(NOT_SHIPPED.format(file=file, name=flow.name)))
        return None
    base = find_base(folder, mine, shipped)
    old = read_document(base.text, f"{flow.name}.toml")
    new = read_document(shipped.text, f"{flow.name}.toml")
    decisions = Decisions(file, compare_versions(old, mine, new))
    if not decisions.differences:
        print(printable(UP_TO_DATE.format(file=file)))
    return Update(decisions, text, flow, base, shipped, mine, new)


def find_base(folder: FlowFolder, mine: Document, shipped: ShippedFlow) -> ShippedFlow:
    """Return the shipped words from which a file was made.

    The folder itself says so since `init` keeps a copy there. An older installation began with one
    of the texts that earlier programs brought: one that it published, or else the most similar.
    """
    recorded = recorded_flow(folder.folder, shipped.name)
    if recorded is not None:
        return recorded
    known = earlier_flows(shipped.name)
    published = published_revisions(folder, shipped.name)
    likely = [flow for flow in known if flow.revision in published] or known
    base = min(
        likely, key=lambda flow: count_differences(read_document(flow.text, flow.name), mine)
    )
    print_remark(f"{mine.file} is compared with revision {base.revision}, as it was shipped")
    return base


def _translations(folder: FlowFolder, update: Update) -> list[TranslationUpdate]:
    """Compare the translations with what the questionnaire says now, if it can be asked."""
    if _problems(update.text, update.file):
        return []
    flow = load(update.text, str(update.file), HONOURED)
    return [*find_translation_updates(folder, flow, update.base, update.shipped)]


def _decide_all(files: Iterable[Decisions], side: Side | None) -> bool:
    """Decide about every difference of all files; return False, and say so, if nobody can."""
    changed = [decisions for decisions in files if decisions.differences]
    decided = [decide(decisions, side) for decisions in changed]
    if all(decided):
        return True
    signed = all(d.signed for decisions in changed for d in decisions.open(side))
    print_remark(NO_TERMINAL.format(flags="" if signed else FLAGS))
    return False


# --- writing ------------------------------------------------------------------------------------


def _write(folder: FlowFolder, update: Update, translations: list[TranslationUpdate]) -> bool:
    """Write one questionnaire and what follows it; return whether it can be asked now."""
    text = update.text
    problems = _problems(text, update.file)
    flow = update.flow if problems else load(text, str(update.file), HONOURED)
    files: UpdatedFiles = updated_files(
        folder, update.file, text, translations, update.base, update.shipped
    )
    files = replace(files, read={**files.read, update.file: update.read})
    for line in write_updated(folder, files):
        print(printable(line))
    for line in (
        describe_changes(compare_flows(update.flow, flow)) if update.decisions.differences else ()
    ):
        print(printable(line))
    for problem in problems:
        print(printable(problem))
    return not problems


def _problems(text: str, file: Path) -> list[str]:
    try:
        load(text, str(file), HONOURED)
    except FlowProblems as error:
        return [*map(str, error.problems), f"{file} cannot be asked yet: mend these lines."]
    return []
