"""A made-up organisation that asks one questionnaire, and what is answered in a talk with it."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.app import Application
from bot.config.load import read_config
from bot.config.values import Config
from bot.demo import trial
from bot.errors import FolderError
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
from flows.model import SAMPLE_READERS
from flows.tools.scripts import write_script
from handlers.permissions.overview import overview_lines
from handlers.ports.messenger import Messenger
from handlers.reporter.markers import ERASE, find_marker, flow_answers
from store.model.accounts import Account
from store.model.drafts import Phase
from store.model.snapshot import Snapshot

COMMISSION = {"Reader-A": "", "Reader-B": ""}
"""The readers, named as in the scripts."""

FILES = re.compile(r"^files = \[.*\]$", re.MULTILINE)
NEUTRAL = "Something that was made up."
HEAD = "# Made with `holdfast flows preview`. Say here who this person is, and what they need."


def make_organisation(folder: Path, flow: Flow, text: str) -> Config:
    """Make an organisation that asks this questionnaire and no other."""
    trial.found_trial(folder, COMMISSION)
    for shipped in (folder / "flows").glob("*.toml"):
        shipped.unlink()
    (folder / "flows" / f"{flow.name}.toml").write_text(text, "utf-8")
    config = folder / "config.toml"
    named = FILES.sub(f'files = ["{flow.name}.toml"]', config.read_text("utf-8"))
    config.write_text(named, "utf-8")
    return read_config(config)


@dataclass(frozen=True, slots=True)
class PreviewAnswers:
    """The answers of a conversation, and the texts of its items."""

    answers: Answers = ()
    texts: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class TalkRecorder:
    """Follows a conversation from outside: it looks at the draft after each turn."""

    application: Application
    messenger: Messenger
    clock: trial.TrialClock
    account: Account
    answers: PreviewAnswers = field(default_factory=PreviewAnswers)
    flow: Flow | None = None
    erasing: bool = False

    async def observe(self) -> str | None:
        """Record the answers, and say what they allow; ``None`` if no talk is open."""
        snapshot = await self.snapshot()
        draft = snapshot.draft
        if draft is None:
            self._record_end()
            return None
        view = self.application.conversations(self.messenger).snapshots.view_of(snapshot)
        bound = view.settings.flow_of(view.snapshot)
        self.flow = flow = with_readers(bound, SAMPLE_READERS)
        answers = tuple(_rename_readers(bound, flow, given) for given in flow_answers(draft))
        if draft.phase in {Phase.BACK, Phase.WORDS}:
            answers = _answer_review(flow, answers)
        texts = {piece.item: piece.text for piece in snapshot.pieces}
        self.erasing = find_marker(draft, ERASE) is not None
        self.answers = PreviewAnswers(answers, {**self.answers.texts, **texts})
        return " ".join(overview_lines(view))

    def _record_end(self) -> None:
        """Record an answer of *erase*, which leaves nothing else behind."""
        flow, erasing = self.flow, self.erasing
        self.erasing = False
        step = next_step(flow, self.answers.answers) if flow and erasing else None
        if flow and step and step.kind is Kind.FORK:
            changed = answer(flow, self.answers.answers, step.id, ChoiceResponse(("erase",)))
            if not isinstance(changed, Refusal):
                self.answers = replace(self.answers, answers=changed)

    async def snapshot(self) -> Snapshot:
        """Read the conversation as it is stored now."""
        return await self.application.stores.cases.snapshot(
            self.account, self.clock(), pieces=True
        )


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


def script_text(flow: Flow, given: PreviewAnswers, *, with_words: bool) -> str:
    """Write the talk as a script, without what was typed unless that is wanted.

    :raises FolderError: no question was answered.
    """
    if not given.answers:
        raise FolderError("No question was answered, so there is no talk to save.")
    texts = given.texts if with_words else {}
    lines = write_script(
        with_readers(flow, SAMPLE_READERS), given.answers, lambda item: texts.get(item) or NEUTRAL
    )
    return "\n".join((HEAD, *lines, ""))
