"""Readers by their names, as they are listed in a sentence."""

from collections.abc import Iterable

from handlers.texts.languages import Language
from handlers.texts.written import write_list
from store.model.readers import Reader


def list_names(language: Language, roster: Iterable[Reader], ids: Iterable[str]) -> str:
    """List readers by their names in the roster: *Oak*, *Oak and Ash*, *Oak, Ash and Rowan*."""
    texts, name_of = language.texts.permissions, {reader.id: reader.name for reader in roster}
    listed = sorted(name_of.get(reader, texts.reader_who_left) for reader in ids)
    return write_list(language, listed or [texts.nobody])
