"""A homeserver, and people who use it."""

from tests.matrix.fixtures import own_synapse, synapse

__all__ = ["own_synapse", "synapse"]
