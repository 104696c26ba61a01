"""``holdfast flows preview``: hold the conversation yourself, with a made-up commission.

It uses the same engine, words and renderer as the bot, in an installation that is deleted at the
end. Below each answer it prints what is allowed so far.
"""

import argparse
import asyncio
import logging
import re
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from bot.app import Application, open_application
from bot.cli.flows.flow_folder import (
    FlowFolder,
    add_folder_arguments,
    find_flow,
    print_remark,
    read_file,
    read_flow,
    write_file,
)
from bot.cli.flows.locale_files import translated_flow
from bot.config.load import read_config
from bot.config.values import Config
from bot.console import printable, say
from bot.demo import trial
from bot.errors import FolderError
from bot.output_file import check_output, nothing_is_own
from bot.platforms.registry import PLATFORMS
from bot.platforms.terminal.adapter import (
    Line,
    TerminalMessenger,
    prepare_input,
    terminal_platform,
    typed_lines,
    wrapped,
)
from bot.platforms.terminal.session import Session
from bot.runtime import logs
from bot.runtime.process_hardening import harden
from flows import (
    Answer,
    Answers,
    ChoiceResponse,
    Flow,
    Kind,
    Refusal,
    answer,
    next_step,
    with_readers,
)
from flows.files.writer import to_toml
from flows.model import SAMPLE_READERS
from flows.tools.scripts import write_script
from handlers.messages import PlatformFacts
from handlers.permissions.overview import overview_lines
from handlers.reporter.markers import ERASE, find_marker, flow_answers
from store.model.accounts import Account
from store.model.drafts import Phase
from store.model.snapshot import Snapshot

COMMISSION = {"Reader-A": "", "Reader-B": ""}
"""The readers, named as in the scripts."""

FILES = re.compile(r"^files = \[.*\]$", re.MULTILINE)
SILENCE = "/silence"
DIM, PLAIN = "\x1b[2m", "\x1b[0m"
NEUTRAL = "Something that was made up."

INTRODUCTION = """\
You are the reporter. Nobody reads this, nothing is sent, and at the end all of it is thrown \
away. The commission is made up: Reader-A and Reader-B. Beneath each answer stands what is \
allowed so far.

/silence lets the time pass until an unfinished talk ends by itself. Ctrl-D leaves."""

PURPOSE = "hold the talk yourself, here in the terminal"


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = acts.add_parser("preview", help=PURPOSE, description=PURPOSE)
    add_folder_arguments(parser)
    parser.add_argument("--lang", metavar="LANG", help="in this language, if it is complete")
    parser.add_argument(
        "--as",
        dest="platform",
        choices=("terminal", *sorted(platform.name for platform in PLATFORMS)),
        default="terminal",
        help="with the words of this platform",
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the talk as a test")
    parser.add_argument(
        "--with-words", action="store_true", help="in the test, keep what you typed as well"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Hold the conversation, from hello to the end of the input."""
    folder, file = find_flow(args)
    if args.save:
        check_output(args.save)
    text, flow = _flow_text(folder, file, args.lang)
    logs.configure(sys.stderr)
    logging.getLogger().setLevel(logging.WARNING)  # the screen belongs to the talk
    harden()
    with tempfile.TemporaryDirectory(prefix="holdfast-preview-") as temporary:
        config = _make_organisation(Path(temporary) / "organisation", flow, text)
        answers = asyncio.run(
            _hold_conversation(config, Path(temporary), _platform_facts(args.platform))
        )
    if args.save:
        _save_script(args.save, flow, answers, with_words=args.with_words)
    return 0


def _flow_text(folder: FlowFolder, file: Path, language: str | None) -> tuple[str, Flow]:
    """Return the questionnaire as text, in the requested language."""
    flow = read_flow(file)
    if language is None or language == flow.language:
        return read_file(file), flow
    other = translated_flow(folder, flow, language)
    print_remark(
        f"the questions are in '{language}'; the bot's own sentences speak English only so far"
    )
    return to_toml(other), other


def _make_organisation(folder: Path, flow: Flow, text: str) -> Config:
    """Make an organisation that asks this questionnaire and no other."""
    trial.found_trial(folder, COMMISSION)
    for shipped in (folder / "flows").glob("*.toml"):
        shipped.unlink()
    (folder / "flows" / f"{flow.name}.toml").write_text(text, "utf-8")
    config = folder / "config.toml"
    named = FILES.sub(f'files = ["{flow.name}.toml"]', config.read_text("utf-8"))
    config.write_text(named, "utf-8")
    return read_config(config)


def _platform_facts(name: str) -> PlatformFacts:
    """Return the facts of the platform for which this terminal stands."""
    known = {platform.name: platform.facts for platform in PLATFORMS}
    return known.get(name) or terminal_platform(can_clear=sys.stdout.isatty())


@dataclass(frozen=True, slots=True)
class PreviewAnswers:
    """The answers of a conversation, and the texts of its items."""

    answers: Answers = ()
    texts: dict[str, str] = field(default_factory=dict, repr=False)


async def _hold_conversation(
    config: Config, folder: Path, platform: PlatformFacts
) -> PreviewAnswers:
    clock = trial.TrialClock()
    async with open_application(config, clock, secrets.token_bytes) as application:
        terminal = TerminalMessenger(sys.stdout, folder)
        terminal.platform = platform
        preview = Preview(application, terminal, clock, Account(platform.name, "you", "you"))
        say(INTRODUCTION)
        print()
        lines = prepare_input(sys.stdin)
        await Session(application, terminal, preview.account).run(
            preview.watch_lines(typed_lines(lines))
        )
        return preview.answers


@dataclass(slots=True)
class Preview:
    """A conversation in progress, inspected after each turn."""

    application: Application
    terminal: TerminalMessenger
    clock: trial.TrialClock
    account: Account
    answers: PreviewAnswers = field(default_factory=PreviewAnswers)
    erasing: bool = False
    flow: Flow | None = None
    allowed: str = ""

    async def watch_lines(self, lines: AsyncIterator[Line]) -> AsyncIterator[Line]:
        """Yield the typed lines, without those for the preview itself."""
        async for line in lines:
            if line is not None and not sys.stdin.isatty():
                self.terminal.write(f"> {printable(line)}")
            if line is not None and line.strip() == SILENCE:
                await self._let_time_pass()
                continue
            yield line
            if line is not None:
                await self._inspect()

    async def _inspect(self) -> None:
        """Record the answers, and print what they allow."""
        snapshot = await self._snapshot()
        draft = snapshot.draft
        if draft is None:
            self._record_end()
            return
        view = self.application.conversations(self.terminal).snapshots.view_of(snapshot)
        bound = view.settings.flow_of(view.snapshot)
        self.flow = flow = with_readers(bound, SAMPLE_READERS)
        answers = tuple(_rename_readers(bound, flow, given) for given in flow_answers(draft))
        if draft.phase in {Phase.BACK, Phase.WORDS}:
            answers = _answer_review(flow, answers)
        texts = {piece.item: piece.text for piece in snapshot.pieces}
        self.erasing = find_marker(draft, ERASE) is not None
        self.answers = PreviewAnswers(answers, {**self.answers.texts, **texts})
        self._print_allowed(" ".join(overview_lines(view)))

    def _print_allowed(self, allowed: str) -> None:
        summary = "as before" if allowed == self.allowed else allowed
        self.allowed = allowed
        self.terminal.write(_dim(wrapped(f"(so far: {summary})", "  ")))

    def _record_end(self) -> None:
        """Record an answer of *erase*, which leaves nothing else behind."""
        flow, erasing = self.flow, self.erasing
        self.erasing = False
        step = next_step(flow, self.answers.answers) if flow and erasing else None
        if flow and step and step.kind is Kind.FORK:
            changed = answer(flow, self.answers.answers, step.id, ChoiceResponse(("erase",)))
            if not isinstance(changed, Refusal):
                self.answers = replace(self.answers, answers=changed)

    async def _snapshot(self) -> Snapshot:
        return await self.application.stores.cases.snapshot(
            self.account, self.clock(), pieces=True
        )

    async def _let_time_pass(self) -> None:
        """Let the time pass until an unfinished conversation ends."""
        snapshot = await self._snapshot()
        hours = self.application.settings.draft_hours + 1
        self.clock.ahead += timedelta(hours=hours)
        await self.application.run_upkeep()
        if snapshot.draft is None:
            self.terminal.write(_dim("(Time passes. No talk was open.)"))
            return
        days = self.application.settings.draft_days
        self.terminal.write(
            _dim(
                f"   ({days} days pass without an answer. The talk is over, and nothing is left.)"
            )
        )
        await self.application.conversations(self.terminal).settle(self.account)


def _dim(text: str) -> str:
    return f"{DIM}{text}{PLAIN}" if sys.stdout.isatty() else text


# --- the talk as a test -----------------------------------------------------------------------


def _rename_readers(bound: Flow, sample: Flow, given: Answer) -> Answer:
    """Replace the readers in an answer by those of the scripts, in the same order."""
    step, other = bound.step(given.step), sample.step(given.step)
    if step is None or other is None or not step.names_readers:
        return given
    ids = dict(zip((c.id for c in step.choices), (c.id for c in other.choices), strict=True))
    return replace(given, choices=tuple(ids[choice] for choice in given.choices))


def _answer_review(flow: Flow, answers: Answers) -> Answers:
    """Answer the review, because the second yes was given."""
    step = next_step(flow, answers)
    changed = answer(flow, answers, step.id, ChoiceResponse(("yes",))) if step else answers
    return answers if isinstance(changed, Refusal) else changed


def _save_script(path: Path, flow: Flow, given: PreviewAnswers, *, with_words: bool) -> None:
    if not given.answers:
        raise FolderError("No question was answered, so there is no talk to save.")
    texts = given.texts if with_words else {}
    lines = write_script(
        with_readers(flow, SAMPLE_READERS), given.answers, lambda item: texts.get(item) or NEUTRAL
    )
    head = "# Made with `holdfast flows preview`. Say here who this person is, and what they need."
    write_file(path, "\n".join((head, *lines, "")), nothing_is_own)
    name = path.name if path.name.startswith(flow.name) else f"{flow.name}-{path.name}"
    print_remark(f"written: {path}. In scripts/, as {name}, `holdfast flows test` plays it.")
