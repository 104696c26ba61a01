"""A homeserver, and people who use it."""

from tests.doubles.matrix.fixtures import clients, own_synapse, synapse
from tests.doubles.matrix.homeserver.fixtures import homeserver, people

__all__ = ["clients", "homeserver", "own_synapse", "people", "synapse"]
