"""Which keys of a roster's whole history are of the same person.

A reporter who bars a reader bars a person, whom they know by a name. So the exclusion follows that
person to other keys, and to another time in office. Two keys are of one person if a version of the
roster says that one replaced the other, or if both were entered under the same name: two people
who had one name at different times count as one, which can only keep a story from somebody.
"""

from collections.abc import Iterator, Mapping

from store.readers.roster import Chain


def keys_of_persons(chain: Chain) -> Mapping[bytes, frozenset[bytes]]:
    """Map each mid that any version names to all mids of the same person, itself among them."""
    person_of: dict[bytes, set[bytes]] = {}
    for one, other in _pairs(chain):
        joined = person_of.get(one, {one}) | person_of.get(other, {other})
        person_of.update(dict.fromkeys(joined, joined))
    return {mid: frozenset(person) for mid, person in person_of.items()}


def _pairs(chain: Chain) -> Iterator[tuple[bytes, bytes]]:
    """Yield two mids of one person at a time, in any order; each member with themself, too."""
    first_named: dict[str, bytes] = {}
    for note in chain:
        for member in note.roster.members:
            name = member.pseudonym.casefold()
            yield member.mid, first_named.setdefault(name, member.mid)
        yield from note.roster.after
