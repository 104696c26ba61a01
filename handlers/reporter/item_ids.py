"""Derive the ids of sealed items."""

from hashlib import sha256

from handlers.context import View

ITEM_BYTES = 16


def item_id(view: View, message: str) -> str:
    """Return the id of the item that is sealed of a message, in hexadecimal.

    It follows from the message and the secret of the case, so that a message that is edited, or
    comes twice, is found again; nobody without the secret can tie the two together. Without a
    message or a secret it is drawn at random.
    """
    if not message or not view.snapshot.words:
        return view.draw(ITEM_BYTES).hex()
    secret = " ".join(view.snapshot.words)
    named = f"{view.platform.name} {message}"
    return sha256(f"item {len(named)} {named} {secret}".encode()).digest()[:ITEM_BYTES].hex()


def new_item_id(view: View, message: str) -> str:
    """Return the id for a new message; a random one if a platform numbers two messages alike."""
    item, draft = item_id(view, message), view.snapshot.draft
    used = {i for a in (draft.answers if draft else ()) for i in (*a.items, *a.choices)}
    return item_id(view, "") if item in used else item
