"""The consent of a reporter at one moment, which permissions describe and sign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import flows
from flows import Choice, Step
from handlers.texts.catalogue import Catalogue
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES
from handlers.texts.reader_names import list_names
from store.model.readers import Reader


@dataclass(frozen=True, slots=True)
class GivenPermission:
    """One permission that was given: the step that asked for it, and the choices taken there."""

    name: str
    step: Step
    choices: tuple[Choice, ...] = field(repr=False)
    language: str = ""
    """In which they were shown; empty if in that of the conversation."""

    @property
    def shown(self) -> str:
        """The exact words that were agreed to, as a statement hashes them."""
        return flows.shown_words(self.step, self.choices)


@dataclass(frozen=True, slots=True)
class Consent:
    """Everything that is allowed at one moment. The default allows nothing."""

    allowed: flows.Permissions = field(default_factory=flows.Permissions)
    """The permissions that the settled answers give."""
    given: tuple[GivenPermission, ...] = ()
    """The same permissions with their words, in the order of the questionnaire."""
    keeps_case: bool = False
    """The case outlives this conversation even if nobody reads it."""
    readers: tuple[str, ...] = field(default=(), repr=False)
    """Ids of the readers who were named and whom nothing excludes, sorted."""
    barred: tuple[str, ...] = field(default=(), repr=False)
    """Ids of the readers whom this conversation or an earlier statement excludes, sorted."""
    may: tuple[str, ...] = ()
    """What the named readers may do, as the statement names it."""
    chosen: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By permission that was asked for: the label that was chosen, word for word, also a no."""
    adds: bool = False
    """It is about what was added to a kept story, on the terms of what was shared before."""
    contact: frozenset[str] = frozenset()
    """The steps by which the readers are told what to call the reporter, and how to reach them."""
    roster: tuple[Reader, ...] = field(default=(), repr=False)
    unfetched_days: int = 0
    """Days after which a hand-over that nobody fetched ends."""
    language: str = FIRST_LANGUAGE
    """The tag of the language in which it is described: the reporter's, or the readers'."""

    @property
    def texts(self) -> Catalogue:
        """Return the bot's own texts in this language."""
        return LANGUAGES[self.language].texts

    def names(self, ids: Iterable[str]) -> str:
        """Join these readers' names as a sentence lists them."""
        return list_names(LANGUAGES[self.language], self.roster, ids)

    def find(self, name: str) -> GivenPermission | None:
        """Return the permission of this name, or None if it was not given."""
        return next((given for given in self.given if given.name == name), None)
