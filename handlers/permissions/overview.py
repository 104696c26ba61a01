"""The overview: what is allowed so far, a line each, in plain words."""

from handlers.context import View
from handlers.permissions.routing import consent_of
from handlers.texts.english import ENGLISH


def overview_lines(view: View) -> list[str]:
    """Describe everything that the account's open conversation allows so far.

    What concerns readers comes first. What no permission of this build allows is said as well.
    """
    texts, consent, registry = ENGLISH.permissions, consent_of(view), view.settings.permissions
    about_case = [line for p in registry if not p.about_readers and (line := p.overview(consent))]
    if not consent.readers:
        excluded = [line for p in registry if p.forbids and (line := p.overview(consent))]
        if not about_case:
            return [*excluded, texts.nothing_allowed]
        return [*about_case, texts.line_nobody, *excluded]
    about_readers = [line for p in registry if p.about_readers and (line := p.overview(consent))]
    return [*about_readers, texts.line_writes, *about_case]
