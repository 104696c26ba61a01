"""Compare three versions of a translation, sentence by sentence.

*old* is what was shipped, *mine* what an organisation made of it, *new* what is shipped now. Only
translations of the very sentences that are asked count as new. As with the questionnaire itself,
what only the shipped one changed can be taken, and what somebody signs is decided by somebody.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import polib

from flows.files.toml_text import reflow
from flows.tools.catalogue_merge import (
    forget_translation,
    merge_catalogue,
    remember_translation,
)
from flows.tools.catalogues import Catalogue, Message, Source, forms_of, is_begun
from flows.tools.three_way import TRANSLATION, Difference
from flows.tools.translation import translated_forms

Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThreeTranslations:
    """Three versions of one translation of a questionnaire; ``None`` for one that is not there."""

    source: Source
    language: str
    old: Catalogue | None
    mine: Catalogue | None
    new: Catalogue | None

    def differences(self) -> Iterator[Difference]:
        """Yield each translation that the shipped file has and this one lacks."""
        ours, before = self._translated(self.mine), self._translated(self.old)
        for message, now in self._translated(self.new).items():
            own = ours.get(message)
            if now in {own, before.get(message)}:
                continue  # it is here already, or the shipped one did not change
            was, is_now = _latest(self.old, message), own or _latest(self.mine, message)
            yield Difference(
                place=(TRANSLATION, self.language, message.context),
                old=_shown(was),
                mine=_shown(is_now),
                new=_shown(now),
                changed=bool(is_now) and was != is_now,
                signed=message.signed,
            )

    def merged(self, taken: AbstractSet[str]) -> Catalogue:
        """Build the translation of today's sentences, with the shipped one at these places."""
        merged = merge_catalogue(self.source, self.language, self.mine or self._begun())
        if self.new is None:
            return merged
        shipped = {m.context: entry for m in self.source.messages if (entry := self.new.entry(m))}
        entries = (
            self._taken(entry, shipped[entry.msgctxt])
            if not entry.obsolete and entry.msgctxt in taken & shipped.keys()
            else entry
            for entry in merged.entries
        )
        return replace(merged, entries=tuple(entries))

    def _taken(self, entry: polib.POEntry, shipped: polib.POEntry) -> polib.POEntry:
        """Return a shipped translation; what an organisation had said instead stays a comment."""
        message = next(m for m in self.source.messages if m.context == entry.msgctxt)
        edited = _latest(self.mine, message) != _latest(self.old, message)
        return polib.POEntry(
            msgctxt=entry.msgctxt,
            msgid=entry.msgid,
            msgid_plural=entry.msgid_plural,
            msgstr=shipped.msgstr,
            msgstr_plural=dict(shipped.msgstr_plural),
            comment=entry.comment,
            tcomment=remember_translation(entry) if edited else forget_translation(entry),
        )

    def _begun(self) -> Catalogue | None:
        """Return an empty file like the shipped one, for a language that is new here."""
        return self.new and replace(self.new, entries=())

    def _translated(self, catalogue: Catalogue | None) -> dict[Message, Forms]:
        if catalogue is None:
            return {}
        found = translated_forms(self.source, catalogue)
        return {message: tuple(map(reflow, forms)) for message, forms in found}


def _latest(catalogue: Catalogue | None, message: Message) -> Forms:
    """Return what stands at the place of a sentence, if it was translated from other words."""
    entries = catalogue.entries if catalogue else ()
    here = [e for e in entries if e.msgctxt == message.context and is_begun(e)]
    first = sorted(here, key=lambda entry: (entry.obsolete, entry.msgid != message.text))
    return tuple(map(reflow, forms_of(first[0]))) if first else ()


def _shown(forms: Forms) -> str:
    return " / ".join(forms)
