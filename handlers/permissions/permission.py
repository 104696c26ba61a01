"""A permission: how it is asked, described to people, and signed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flows import Kind, Permissions, Step
from handlers.permissions.consent import Consent, GivenPermission
from handlers.texts.catalogue import Catalogue
from store.model.permissions import NewPermission

Label = Callable[[Catalogue], str]
"""Returns what stands on a choice, in one language."""


def no_line(_consent: Consent) -> str:
    """Say nothing."""
    return ""


def no_entry(_texts: Catalogue, _readers: str) -> str:
    """Name nothing in the history of a case."""
    return ""


def no_terms(_allowed: Permissions) -> tuple[str, ...]:
    """Add nothing to a hand-over."""
    return ()


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission, declared by one module of this package.

    A questionnaire asks for it with a step whose ``asks`` is ``name``. It takes effect with the
    second yes, as a signed statement of its own (``scope``) or inside the statement of ``read``.
    """

    name: str
    overview: Callable[[Consent], str]
    """Returns its line in the reporter's overview, or nothing."""
    change_label: Label
    """The choice of the overview that opens its step again."""
    detail_labels: Mapping[str, Label] = field(default_factory=dict)
    """The same for the details that narrow it, by what the detail is ``of``."""
    scope: str = ""
    """Scope of its statement; empty if it has no statement of its own."""
    about_readers: bool = False
    """It only means something where readers were named: its statement names them."""
    history: Callable[[Catalogue, str], str] = no_entry
    """Returns what its statement allowed, for the history of a case, from its readers' names."""
    report: Callable[[Consent], str] = no_line
    """Returns its line on top of the report that readers open, or nothing."""
    may: Callable[[Permissions], tuple[str, ...]] = no_terms
    """Returns what it lets the named readers do, as the statement names it."""
    bars: Callable[[Permissions], tuple[str, ...]] = no_terms
    """Returns the ids of the readers whom it excludes for ever."""

    @property
    def forbids(self) -> bool:
        """Tell whether it excludes readers, and allows nothing."""
        return self.bars is not no_terms

    def grant(self, consent: Consent, given: GivenPermission) -> NewPermission | None:
        """Return the statement to be signed for it, or None if nothing is to be signed."""
        step, shown, language = given.step.id, given.shown, given.language
        if not self.scope:
            return None
        if self.forbids:
            barred = self.bars(consent.allowed)
            return NewPermission(self.scope, step, shown, barred, language=language)
        if not self.about_readers:
            return NewPermission(self.scope, step, shown, language=language)
        if not consent.readers:
            return None
        readers, may = consent.readers, consent.may
        return NewPermission(self.scope, step, shown, readers, may, language=language)

    def label_for(self, texts: Catalogue, step: Step) -> str:
        """Return the choice that opens this step from the overview; empty if it is not asked."""
        if step.kind is not Kind.FORK and step.asks == self.name:
            return self.change_label(texts)
        label = self.detail_labels.get(step.of or "")
        return label(texts) if label else ""


Registry = tuple[Permission, ...]
"""The permissions that this build honours, in the order of their lines in the overview."""


def honoured_names(registry: Registry) -> frozenset[str]:
    """Return the names that a questionnaire may ask for."""
    return frozenset(permission.name for permission in registry)


def find_scope(registry: Registry, scope: str) -> Permission | None:
    """Return the permission that signs this scope, or None if this build honours none."""
    return next((permission for permission in registry if permission.scope == scope), None)


def find_permission(registry: Registry, name: str) -> Permission | None:
    """Return the permission of this name, or None if this build does not honour it."""
    return next((permission for permission in registry if permission.name == name), None)
