"""Read a chain of rosters from the text of its file, in the only form that is allowed."""

import base64
import binascii
import re

from store.crypto.age.file import Recipient
from store.model.errors import RosterError, StoreError
from store.readers.roster import (
    NO_PREVIOUS,
    Chain,
    Member,
    Note,
    Roster,
    Signature,
    format_chain,
)

_SIGNATURE = re.compile(r"— (\S+) (\S+)")

_LINE = re.compile(
    r"|\S+/roster|pcr roster v1|(version|quorum) \S+|(prev|reset) \S+|member( \S+){7}"
    r"|(about|after|rel) \S+ \S*|— \S+ \S+"
)
"""Any line of a roster, as far as its form goes."""

_LINES = re.compile(
    r"(?P<origin>\S+)/roster\npcr roster v1\nversion (?P<version>[1-9][0-9]{0,8})\n"
    r"prev (?P<prev>\S+)\n(?:reset (?P<reset>\S+)\n)?quorum (?P<quorum>[1-9][0-9]{0,3})\n"
    r"(?P<members>(?:member .+\n)+)(?P<abouts>(?:about .+\n)*)"
    r"(?P<after>(?:after .+\n)*)(?P<rel>(?:rel .+\n)*)"
)


def parse_chain(text: str) -> Chain:
    """Parse the notes of a file, each the successor of the one before, without their signatures.

    Raises ``RosterError`` for a text that is not in its only form.
    """
    blocks = text.split("\n\n")
    if odd := _odd_line(text):
        raise RosterError(
            f"Line {odd} of the roster file is none of a roster: a mail program may have broken "
            "or quoted it. Get a new copy, sent as a file."
        )
    if len(blocks) % 2 or not blocks[0]:
        raise RosterError("The roster file is cut or has an empty line too many; get a new copy.")
    pairs = zip(blocks[::2], blocks[1::2], strict=True)
    chain = tuple(_parse_note(block + "\n", lines) for block, lines in pairs)
    if format_chain(chain) != text:
        raise RosterError("The roster file was changed or is cut; get a new copy of it.")
    _check_links(chain)
    return chain


def _odd_line(text: str) -> int:
    """Return the number of the first line that can stand in no roster; 0 if there is none."""
    lines = text.split("\n")
    return next((n for n, line in enumerate(lines, 1) if not _LINE.fullmatch(line)), 0)


def _check_links(chain: Chain) -> None:
    previous = NO_PREVIOUS
    for version, note in enumerate(chain, start=1):
        if note.roster.version != version:
            raise RosterError(f"Version {version} is missing in the roster file; get a new copy.")
        if note.roster.previous != previous:
            raise RosterError(
                f"Version {version} of the roster does not follow the one before it."
            )
        if note.roster.origin != chain[0].roster.origin:
            raise RosterError(f"Version {version} of the roster is of another organisation.")
        previous = note.roster.hash


def _parse_note(text: str, lines: str) -> Note:
    return Note(_parse(text), tuple(map(_parse_signature, lines.splitlines())))


def _parse(text: str) -> Roster:
    """Parse leniently; writing it again decides whether the text was in its only form."""
    found = _LINES.fullmatch(text)
    if not found:
        raise RosterError("A version of the roster does not follow its format; get a new copy.")
    abouts = dict(_pairs(found["abouts"]))
    roster = Roster(
        origin=found["origin"],
        version=int(found["version"]),
        previous=_bytes(found["prev"]),
        quorum=int(found["quorum"]),
        members=tuple(_parse_member(line, abouts) for line in found["members"].split("\n")[:-1]),
        reset=_bytes(found["reset"]) if found["reset"] else None,
        after=_pairs(found["after"]),
        rel=_pairs(found["rel"]),
    )
    if roster.text != text:
        raise RosterError(f"Version {roster.version} of the roster is not in its only form.")
    return roster


def _parse_member(line: str, abouts: dict[bytes, bytes]) -> Member:
    try:
        _, mid, name, since, until, roles, age, sign_pk = line.split(" ")
        about = abouts.get(_bytes(mid), b"").decode()
        key = Recipient.parse(age)
        return Member(
            name, int(since), int(until), tuple(roles.split(",")), key, _bytes(sign_pk), about
        )
    except RosterError:
        raise
    except (ValueError, StoreError):
        raise RosterError("An entry of the roster is malformed; get a new copy.") from None


def _pairs(lines: str) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(map(_pair, lines.split("\n")[:-1]))


def _pair(line: str) -> tuple[bytes, bytes]:
    match line.split(" "):
        case [_, left, right]:
            return _bytes(left), _bytes(right)
        case _:
            raise RosterError("A line of the roster has not two values; get a new copy.")


def _parse_signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    if not found:
        raise RosterError("A signature line of the roster is malformed; get a new copy.")
    return Signature(found[1], _bytes(found[2]))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RosterError("The roster holds base64 that is not valid; get a new copy.") from None
