"""A homeserver, and people who use it."""

from tests.doubles.matrix.fixtures import clients, own_synapse, synapse

__all__ = ["clients", "own_synapse", "synapse"]
