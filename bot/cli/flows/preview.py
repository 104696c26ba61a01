"""``holdfast flows preview``: hold the conversation yourself, with a made-up commission.

It uses the same engine, words and renderer as the bot, in an installation that is deleted at the
end. Below each answer it prints what is allowed so far. ``--web`` does the same on a page.
"""

import argparse
import asyncio
import logging
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.app import open_application
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
from bot.cli.flows.made_up import PreviewAnswers, TalkRecorder, make_organisation, script_text
from bot.cli.flows.web.run import run_page
from bot.config.values import Config
from bot.console import printable, say
from bot.demo import trial
from bot.errors import UsageError
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
from flows import Flow
from flows.files.writer import to_toml
from handlers.messages import PlatformFacts
from store.model.accounts import Account

SILENCE = "/silence"
DIM, PLAIN = "\x1b[2m", "\x1b[0m"

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
        help="with the words of this platform",
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the talk as a test")
    parser.add_argument(
        "--with-words", action="store_true", help="in the test, keep what you typed as well"
    )
    parser.add_argument(
        "--web",
        action="store_true",
        help="on a page in your browser: edit, try on two platforms, save, test and publish",
    )
    parser.add_argument("--port", type=int, metavar="N", help="the page's port; any free one")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Hold the conversation, from hello to the end of the input; or serve the page."""
    if args.web:
        if args.lang or args.save or args.platform:
            raise UsageError("The page does that itself: leave --lang, --as and --save away.")
        return run_page(args)
    folder, file = find_flow(args)
    if args.save:
        check_output(args.save)
    text, flow = _flow_text(folder, file, args.lang)
    logs.configure(sys.stderr)
    logging.getLogger().setLevel(logging.WARNING)  # the screen belongs to the talk
    harden()
    with tempfile.TemporaryDirectory(prefix="holdfast-preview-") as temporary:
        config = make_organisation(Path(temporary) / "organisation", flow, text)
        answers = asyncio.run(
            _hold_conversation(
                config, Path(temporary), _platform_facts(args.platform or "terminal")
            )
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


def _platform_facts(name: str) -> PlatformFacts:
    """Return the facts of the platform for which this terminal stands."""
    known = {platform.name: platform.facts for platform in PLATFORMS}
    return known.get(name) or terminal_platform(can_clear=sys.stdout.isatty())


async def _hold_conversation(
    config: Config, folder: Path, platform: PlatformFacts
) -> PreviewAnswers:
    clock = trial.TrialClock()
    async with open_application(config, clock, secrets.token_bytes) as application:
        terminal = TerminalMessenger(sys.stdout, folder)
        terminal.platform = platform
        account = Account(platform.name, "you", "you")
        preview = Preview(TalkRecorder(application, terminal, clock, account), terminal)
        say(INTRODUCTION)
        print()
        lines = prepare_input(sys.stdin)
        await Session(application, terminal, account).run(preview.watch_lines(typed_lines(lines)))
        return preview.recorder.answers


@dataclass(slots=True)
class Preview:
    """A conversation in progress, inspected after each turn."""

    recorder: TalkRecorder
    terminal: TerminalMessenger
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
            if line is None:
                continue
            await self._inspect()
            if not sys.stdin.isatty():
                yield None  # a file of answers was written after the questions, in no hurry

    async def _inspect(self) -> None:
        """Record the answers, and print what they allow."""
        allowed = await self.recorder.observe()
        if allowed is not None:
            self._print_allowed(allowed)

    def _print_allowed(self, allowed: str) -> None:
        summary = "as before" if allowed == self.allowed else allowed
        self.allowed = allowed
        self.terminal.write(_dim(wrapped(f"(so far: {summary})", "  ")))

    async def _let_time_pass(self) -> None:
        """Let the time pass until an unfinished conversation ends."""
        application = self.recorder.application
        snapshot = await self.recorder.snapshot()
        hours = application.settings.draft_hours + 1
        self.recorder.clock.ahead += timedelta(hours=hours)
        await application.run_upkeep()
        if snapshot.draft is None:
            self.terminal.write(_dim("(Time passes. No talk was open.)"))
            return
        days = application.settings.draft_days
        self.terminal.write(
            _dim(
                f"   ({days} days pass without an answer. The talk is over, and nothing is left.)"
            )
        )
        await application.conversations(self.terminal).settle(self.recorder.account)


def _dim(text: str) -> str:
    return f"{DIM}{text}{PLAIN}" if sys.stdout.isatty() else text


# --- the talk as a test -----------------------------------------------------------------------


def _save_script(path: Path, flow: Flow, given: PreviewAnswers, *, with_words: bool) -> None:
    write_file(path, script_text(flow, given, with_words=with_words), nothing_is_own)
    name = path.name if path.name.startswith(flow.name) else f"{flow.name}-{path.name}"
    print_remark(f"written: {path}. In scripts/, as {name}, `holdfast flows test` plays it.")
