"""Words of the English list that nobody is given to write down.

Somebody who has just told of an assault must not get *assault*, *rifle* or *guilt* as the key to
their story, nor keep such a word on paper for years. So where words are drawn, they are drawn
again until none of these is among them. A thief who knows that gains less than half a bit of the
128 of a case. Words that were drawn before there was this list still open what they opened: it is
never asked when words are typed.

It is short on purpose: each word costs, and ordinary words for bad things (*fire*, *sad*, *wrong*)
are in every story anyway.
"""

from collections.abc import Iterable

_VIOLENCE = frozenset(
    {
        *("abuse", "armed", "assault", "attack", "blood", "bomb", "bullet", "cruel", "destroy"),
        *("enemy", "evil", "fatal", "grab", "gun", "horror", "hurt", "injury", "kick", "knife"),
        *("pistol", "punch", "rifle", "shoot", "shove", "sword", "trigger", "vicious"),
        *("warfare", "weapon", "whip"),
    }
)
"""What was done to somebody, and with what."""

_PUNISHMENT = frozenset(
    {
        *("accuse", "arrest", "blame", "crime", "denial", "guilt", "illegal", "inmate", "lawsuit"),
        *("liar", "penalty", "police", "prison", "suspect"),
    }
)
"""What people who report are threatened with, or called."""

_SHAME = frozenset(
    {
        *("betray", "crazy", "dumb", "fat", "insane", "nasty", "obey", "suffer", "trap", "ugly"),
        "useless",
    }
)
"""What puts somebody down, or keeps them in their place."""

HURTFUL = _VIOLENCE | _PUNISHMENT | _SHAME


def are_gentle(words: Iterable[str]) -> bool:
    """Return whether none of these English words hurts to read."""
    return HURTFUL.isdisjoint(words)
