"""The reader page as it was built from ``reader/``: one HTML file, which needs no server.

``make reader`` writes it anew; a test holds it to its source.
"""

from importlib.resources import files

MADE_BY = '<meta name="generator" content="holdfast page write">'
"""Stands near the beginning of every reader page."""


def read_page() -> bytes:
    """Read the built page out of the package."""
    return files(__name__).joinpath("reader.html").read_bytes()
