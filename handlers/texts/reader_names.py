"""Readers by their names, as they are listed in a sentence."""

from collections.abc import Iterable

from store.model.readers import Reader


def list_names(roster: Iterable[Reader], ids: Iterable[str]) -> str:
    """List readers by their names in the roster: *Oak*, *Oak and Ash*, *Oak, Ash and Rowan*."""
    name_of = {reader.id: reader.name for reader in roster}
    listed = sorted(name_of.get(reader, "a reader who left") for reader in ids)
    *most, last = listed or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last
