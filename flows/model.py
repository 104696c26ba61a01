"""The parts of a questionnaire (steps, choices, conditions) and the answers of a conversation.

A questionnaire is a plain list. No step points to another: the next step follows from the answers
alone (``flows.engine``), so an edit can leave no loop, dead end or dangling position. All values
here are frozen, and words of reporters never occur in them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum

PERMISSIONS = (
    "keep",
    "read",
    "read_quorum",
    "never",
    "act",
    "future",
    "contact",
    "match",
    "introduce",
    "numbers",
    "quote",
)
"""All permissions there are; flow files, code, statements and chat use these names only."""

HONOURED = frozenset({"keep", "read", "never", "act"})
"""The permissions that this build can honour; any other is never asked for."""

ACTS = ("listen", "unnamed", "put", "named")
"""The closed choices of the permission ``act``: what readers may do, the least first."""

PARTS: Mapping[str, frozenset[str]] = {
    "needs": frozenset({"needs"}),
    "needs_person": frozenset({"needs", "person"}),
    "all": frozenset({"needs", "person", "story"}),
}
"""The closed choices of a detail ``of = "parts"``: what readers may read, the narrowest first."""


class Kind(StrEnum):
    """The kinds of steps."""

    NOTE = "note"  # says something, asks nothing
    TEXT = "text"  # free words
    PERSON = "person"  # who it is about; the only answer that matching may ever see
    ONE = "one"  # one of several choices
    MANY = "many"  # any of several choices
    SECTION = "section"  # a notice before something hard: go on, or skip the section
    FORK = "fork"  # what should happen with the story
    PERMISSION = "permission"  # one permission, the refusal first
    DETAIL = "detail"  # narrows a permission given above
    REVIEW = "review"  # the overview and its yes


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a step; an ``alone`` choice cannot be combined with others."""

    id: str
    text: str
    asks: str | None = None
    alone: bool = False
    line: int = field(default=0, compare=False, repr=False)


GO_ON = Choice("go", "Go on")
SKIP_SECTION = Choice("skip", "Skip this section")
USE_IT = Choice("yes", "Use it as it is")
"""The one choice of a review, and the two of a section: the same in every questionnaire."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One line of a ``when`` or ``unless``: any of the choices or, without choices, any answer."""

    step: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a questionnaire.

    ``asks`` names the permission of a permission step, ``of`` what a detail narrows (``parts`` or
    ``reach``), ``touches`` what a section is about (``body``, ``violence`` or ``sex``), ``part``
    that an answer belongs to the reporter's needs and not to the story, ``skip`` the label of the
    choice that leaves a text out. ``line`` is where it stands in its file, ``lines`` where its
    keys do; they have no part in equality or revision.
    """

    id: str
    kind: Kind
    text: str
    choices: tuple[Choice, ...] = ()
    many: bool = False
    asks: str | None = None
    of: str | None = None
    touches: str | None = None
    part: str | None = None
    skip: str | None = None
    hint: str | None = None
    when: tuple[Guard, ...] = ()
    unless: tuple[Guard, ...] = ()
    section: str | None = None
    place: str | None = None
    line: int = field(default=0, compare=False)
    lines: tuple[tuple[str, int], ...] = field(default=(), compare=False, repr=False)

    def line_of(self, key: str) -> int:
        """Return the line of one of its keys, or its own."""
        return dict(self.lines).get(key, self.line)

    @property
    def refusal(self) -> str | None:
        """The id of the choice that refuses, if there is one."""
        if self.kind is Kind.SECTION:
            return SKIP_SECTION.id
        if self.kind is Kind.PERMISSION and self.choices:
            return self.choices[0].id
        return None

    @property
    def takes_several(self) -> bool:
        """True if several choices can be taken at once."""
        return self.kind is Kind.MANY or self.names_readers

    @property
    def names_readers(self) -> bool:
        """True if its choices are the readers of the roster."""
        return self.kind is Kind.PERMISSION and self.asks in {"read", "never"}

    @property
    def takes_text(self) -> bool:
        """True if it is answered in the reporter's own words."""
        return self.kind in {Kind.TEXT, Kind.PERSON}

    def choice(self, choice_id: str) -> Choice | None:
        """Return the choice with this id, if the step has it."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)


@dataclass(frozen=True, slots=True)
class Overrule:
    """A rule of care that is set aside for one step, and the reason given for it."""

    step: str
    rule: str
    because: str
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Flow:
    """One questionnaire in one language.

    ``revision`` is the first 12 hexadecimal digits of the SHA-256 of its canonical JSON: the
    words are in it, comments, layout and line numbers are not, and the readers' names are not.
    ``wording`` is the same of a translation, whose ``revision`` is that of its original.
    """

    name: str
    language: str
    choose: str
    steps: tuple[Step, ...]
    revision: str = ""
    overrules: tuple[Overrule, ...] = ()
    wording: str = ""

    def step(self, step_id: str) -> Step | None:
        """Return the step with this id, if the flow has it."""
        return next((step for step in self.steps if step.id == step_id), None)

    def permission_step(self, permission: str) -> Step | None:
        """Return the step that asks for this permission, if there is one."""
        permissions = (step for step in self.steps if step.kind is Kind.PERMISSION)
        return next((step for step in permissions if step.asks == permission), None)

    @property
    def story(self) -> Step | None:
        """The first open question."""
        return next((step for step in self.steps if step.kind is Kind.TEXT), None)

    @property
    def fork(self) -> Step | None:
        """The step that asks what should happen with the story."""
        return next((step for step in self.steps if step.kind is Kind.FORK), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one step; an answer with nothing in it is a skip.

    ``items`` are opaque ids of sealed pieces, never words. ``closed`` is false while more may
    follow. The contents are left out of ``repr``.
    """

    step: str
    choices: tuple[str, ...] = field(default=(), repr=False)
    items: tuple[str, ...] = field(default=(), repr=False)
    closed: bool = True


Answers = tuple[Answer, ...]
"""The answers of a conversation, in the order of answering, at most one for each step."""


def _to_json(value: object) -> object:
    """Convert to JSON values without defaults, so that a new key changes no revision."""
    if is_dataclass(value):
        named = {f.name: getattr(value, f.name) for f in fields(value) if f.compare}
        return {key: _to_json(v) for key, v in named.items() if v not in {None, False, "", ()}}
    if isinstance(value, tuple):
        return [_to_json(entry) for entry in value]
    return value


def compute_revision(
    name: str,
    language: str,
    choose: str,
    steps: Iterable[Step],
    overrules: Iterable[Overrule] = (),
) -> str:
    """Compute the revision of a flow with these words (see ``Flow``)."""
    flow = Flow(name, language, choose, tuple(steps), overrules=tuple(overrules))
    plain = _to_json(flow)
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


SAMPLE_READERS = (Choice("reader_a", "Reader A"), Choice("reader_b", "Reader B"))
"""Two readers that stand for any roster: one, the other or both is all that can differ."""


SIGNED_KINDS = frozenset({Kind.PERMISSION, Kind.DETAIL, Kind.FORK})
"""The kinds whose words stand in a signed statement or decide what one is about."""
