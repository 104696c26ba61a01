"""What a questionnaire is made of: steps, choices, conditions; and what a talk leaves: answers.

A questionnaire is a plain list. There is no pointer from one step to another: which step comes
next follows from the answers alone (``flows.engine``), so an edit can leave no loop, dead end or
dangling position. All values here are frozen; words of reporters never occur in them.
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
"""Every permission there is; flow files, code, statements and chat use these names only."""

HONOURED = frozenset({"keep", "read", "never", "act"})
"""What this build can keep its word about; any other permission is never asked."""

ACTS = ("listen", "unnamed", "put", "named")
"""What readers may do, the least first: the closed choices of the permission ``act``."""

PARTS: Mapping[str, frozenset[str]] = {
    "needs": frozenset({"needs"}),
    "needs_person": frozenset({"needs", "person"}),
    "all": frozenset({"needs", "person", "story"}),
}
"""What readers may read, the narrowest first: the closed choices of a detail ``of = "parts"``."""


class Kind(StrEnum):
    """What a step does."""

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
    """One thing that can be chosen; ``alone`` means that it goes with no other."""

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
    """One line of a ``when`` or ``unless``: any of the choices, or, without choices, anything."""

    step: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a questionnaire.

    ``asks`` names the permission of a permission step, ``of`` what a detail narrows (``parts`` or
    ``reach``), ``touches`` what a section is about (``body``, ``violence`` or ``sex``), ``part``
    that an answer belongs to the reporter's needs and not to the story. ``line`` is where it
    stands in its file, ``lines`` where its keys do; they have no part in equality or revision.
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
    hint: str | None = None
    when: tuple[Guard, ...] = ()
    unless: tuple[Guard, ...] = ()
    section: str | None = None
    place: str | None = None
    line: int = field(default=0, compare=False)
    lines: tuple[tuple[str, int], ...] = field(default=(), compare=False, repr=False)

    def at(self, key: str) -> int:
        """The line of one of its keys, or its own."""
        return dict(self.lines).get(key, self.line)

    @property
    def refusal(self) -> str | None:
        """The choice that says no, where there is one."""
        if self.kind is Kind.SECTION:
            return SKIP_SECTION.id
        if self.kind is Kind.PERMISSION and self.choices:
            return self.choices[0].id
        return None

    @property
    def several(self) -> bool:
        """Whether more than one choice can be taken at once."""
        return self.kind is Kind.MANY or self.names_readers

    @property
    def names_readers(self) -> bool:
        """Whether its choices are the readers of the roster."""
        return self.kind is Kind.PERMISSION and self.asks in {"read", "never"}

    @property
    def told(self) -> bool:
        """Whether it is answered in the reporter's own words."""
        return self.kind in {Kind.TEXT, Kind.PERSON}

    def choice(self, choice_id: str) -> Choice | None:
        """The choice of this id, if the step has it."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)


@dataclass(frozen=True, slots=True)
class Overrule:
    """A rule of care that is set aside for one step, and the reason that people gave for it."""

    step: str
    rule: str
    because: str
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Flow:
    """One questionnaire in one language.

    ``revision`` is the first 12 hexadecimal digits of the SHA-256 of its canonical JSON: the
    words are in it, comments, layout and line numbers are not, and the readers' names are not.
    """

    name: str
    language: str
    choose: str
    steps: tuple[Step, ...]
    revision: str = ""
    overrules: tuple[Overrule, ...] = ()

    def step(self, step_id: str) -> Step | None:
        """The step of this id, if the flow has it."""
        return next((step for step in self.steps if step.id == step_id), None)

    def asking(self, permission: str) -> Step | None:
        """The step that asks for this permission, if there is one."""
        asking = (s for s in self.steps if s.kind is Kind.PERMISSION and s.asks == permission)
        return next(asking, None)

    @property
    def story(self) -> Step | None:
        """The open first question."""
        return next((step for step in self.steps if step.kind is Kind.TEXT), None)

    @property
    def fork(self) -> Step | None:
        """The question what should happen with the story."""
        return next((step for step in self.steps if step.kind is Kind.FORK), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to one step; one with nothing in it is a skip.

    ``items`` are opaque ids of sealed pieces, never words. ``closed`` is false while more may
    follow. What was chosen or told is left out of ``repr``.
    """

    step: str
    choices: tuple[str, ...] = field(default=(), repr=False)
    items: tuple[str, ...] = field(default=(), repr=False)
    closed: bool = True


Answers = tuple[Answer, ...]
"""In the order of answering, one for a step."""


def _plain(value: object) -> object:
    """JSON values of a model value; defaults are left out, so that a later key changes nothing."""
    if is_dataclass(value):
        named = {f.name: getattr(value, f.name) for f in fields(value) if f.compare}
        return {key: _plain(v) for key, v in named.items() if v not in {None, False, "", ()}}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return value


def revision_of(
    name: str,
    language: str,
    choose: str,
    steps: Iterable[Step],
    overrules: Iterable[Overrule] = (),
) -> str:
    """The revision that a flow of these words has (see ``Flow``)."""
    flow = Flow(name, language, choose, tuple(steps), overrules=tuple(overrules))
    plain = _plain(flow)
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
