"""The permissions that this build honours. A further one is a module here and a line below."""

from handlers.permissions.act import ACT
from handlers.permissions.keep import KEEP
from handlers.permissions.never import NEVER
from handlers.permissions.permission import Registry, honoured_names
from handlers.permissions.read import READ

PERMISSIONS: Registry = (READ, ACT, NEVER, KEEP)
"""Passed in by the composition root; the order is that of the lines in the overview."""

HONOURED = honoured_names(PERMISSIONS)
"""Their names, for the commands that check and publish questionnaires."""
