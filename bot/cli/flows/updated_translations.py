"""Bring the translations of an edited questionnaire along, those that are shipped included.

A translation that an organisation made or edited is never lost: it stays, or stands beside the new
one in a comment. One that somebody signs is shown and asked for, in whatever language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.cli.flows.deciding import Decisions
from bot.cli.flows.flow_folder import FlowFolder, read_file
from bot.cli.flows.locale_files import catalogue_path, list_languages
from bot.publishing.shipped import ShippedFlow
from flows import Flow
from flows.tools.catalogues import Catalogue, parse_po, to_po
from flows.tools.flow_messages import flow_source
from flows.tools.translation_three_way import ThreeTranslations


@dataclass(frozen=True, slots=True)
class TranslationUpdate:
    """What is to be brought into the translation into one language."""

    decisions: Decisions
    read: str | None = field(repr=False)
    """The text of the file when it was compared; ``None`` if there was none."""
    versions: ThreeTranslations

    @property
    def text(self) -> str | None:
        """The text with everything that was decided; as it was if all its sentences are there."""
        versions, taken = self.versions, {d.place[-1] for d in self.decisions.taken}
        if versions.mine is None:
            taken = {message.context for message in versions.source.messages}
        elif not taken and not _lacks_sentences(versions):
            return self.read
        return to_po(versions.source, versions.merged(taken))


def find_translation_updates(
    folder: FlowFolder, flow: Flow, base: ShippedFlow, shipped: ShippedFlow
) -> Iterator[TranslationUpdate]:
    """Compare every translation that is here, and find those that are shipped for the first time.

    About those nothing is asked: nobody is asked in a language that the organisation does not
    offer, and publishing shows it.

    :raises FlowProblems: one of them cannot be read.
    """
    old, new = _by_language(base), _by_language(shipped)
    here = list_languages(folder, flow)
    for language in sorted({*here, *(new.keys() - old.keys())} - {flow.language}):
        path = catalogue_path(folder, flow, language)
        read = read_file(path) if path.is_file() else None
        mine = parse_po(read, str(path), language) if read is not None else None
        versions = ThreeTranslations(
            flow_source(flow), language, old.get(language), mine, new.get(language)
        )
        differences = tuple(versions.differences()) if mine else ()
        yield TranslationUpdate(Decisions(path, differences), read, versions)


def _by_language(shipped: ShippedFlow) -> Mapping[str, Catalogue]:
    languages = {file: file.split(".")[-2] for file in shipped.translations}
    return {
        language: parse_po(shipped.translations[file], file, language)
        for file, language in languages.items()
    }


def _lacks_sentences(versions: ThreeTranslations) -> bool:
    """Tell whether a file is of other sentences than those that are asked today."""
    entries = versions.mine.entries if versions.mine else ()
    found = {(str(e.msgctxt), e.msgid) for e in entries if not e.obsolete}
    return found != {(message.context, message.text) for message in versions.source.messages}
