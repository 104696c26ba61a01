"""The names under which readers are offered: told apart by eye, and chosen by typing."""

from collections.abc import Iterator, Sequence

from flows.folding import plain
from handlers.messages import Offer
from handlers.readers.lookalikes import alike, mixes_scripts
from handlers.reporter.typed_text import BARE, NOT_SAFE, command_of, match_offers

REFUSAL = Offer("none", "no, nobody")
"""Stands before the readers wherever they are offered."""

SAID = frozenset(
    {
        *("yes", "no", "none", "nobody", "no one", "everybody", "everyone", "all", "both"),
        *("ok", "okay", "never", "later", "and"),
        *("si", "nadie", "ninguno", "ninguna", "todos", "todas", "ambos", "ambas", "vale"),
        *("nunca", "luego", "y"),
    }
)
"""What people say in place of a name, and mean nobody in particular."""


def name_faults(names: Sequence[str]) -> Iterator[str]:
    """Say of the names of one roster what keeps people from choosing the reader whom they mean."""
    for name in names:
        if mixes_scripts(name):
            yield (
                f"{name} is written with letters of several scripts, so it can look like another "
                "name. Write it in one"
            )
    if pair := alike(names):
        yield f"{pair[0]} and {pair[1]} look alike. One of them needs another name"
        return
    offers = (REFUSAL, *(Offer(f"reader {n}", name) for n, name in enumerate(names)))
    for offer in offers[1:]:
        if _is_word_of_the_bot(offer.label) or not _can_be_typed(offer, offers):
            yield (
                f"{offer.label} cannot be chosen by typing it: the bot takes it for something "
                "else. Choose a name of letters that is no number, command or other choice"
            )


def _is_word_of_the_bot(name: str) -> bool:
    return command_of(name) is not None or plain(name) in BARE | NOT_SAFE | SAID


def _can_be_typed(offer: Offer, offers: Sequence[Offer]) -> bool:
    """Check that a name means its reader alone and beside each other one."""
    if match_offers(offer.label, offers, several=True) != (offer.id,):
        return False
    others = (other for other in offers[1:] if other != offer)
    return all(
        set(match_offers(f"{offer.label}, {other.label}", offers, several=True) or ())
        == {offer.id, other.id}
        for other in others
    )
