"""What an app shows of a message besides its plain words: what it answers, where links lead."""

import re
from html import unescape

from bot.platforms.matrix.http_client import Json

HTML = "org.matrix.custom.html"
REPLY = "mx-reply"
QUOTED = re.compile(r"> ?")
REPLY_HEADER = re.compile(r"> (?:\* )?<(@[^>\n]+)>(?: |$)", re.MULTILINE)
"""How the answered message begins where an app repeats it: with its sender."""


TAG = re.compile(r"<([^<>]*)>")
ATTRIBUTE = re.compile(r"""([^\s=]+)(?:\s*=\s*("[^"]*"|'[^']*'|\S+))?""")
"""Each looks at every character once, or a few times, whatever the message: Python's parser of
HTML takes half a minute for one that is made for it, and everybody would wait."""


def _links_in(formatted: str) -> list[tuple[str, str]]:
    """Return words and address of each link, except those of the message that is answered."""
    found, replies = list[tuple[str, str]](), 0
    address, words, place = "", list[str](), 0
    for tag in TAG.finditer(formatted):
        if address:
            words.append(formatted[place : tag.start()])
        place = tag.end()
        name = tag[1].split(maxsplit=1)[0].casefold() if tag[1].strip() else ""
        if name == REPLY:
            replies += 1
        elif name == f"/{REPLY}":
            replies = max(replies - 1, 0)
        elif name == "a" and not replies:
            address, words = _address_in(tag[1]), []
        elif name == "/a" and address:
            found.append((unescape("".join(words)), address))
            address = ""
    return found


def _address_in(tag: str) -> str:
    """Return where a tag leads; nothing if it leads nowhere."""
    values = (value for name, value in ATTRIBUTE.findall(tag) if name.casefold() == "href")
    value = next(values, "")
    return unescape(value[1:-1] if value[:1] in {'"', "'"} else value)


def with_links(text: str, content: Json) -> str:
    """Write the address of each link behind its words, if the plain words do not have it."""
    formatted = content.get("formatted_body")
    if content.get("format") != HTML or not isinstance(formatted, str):
        return text
    place, parts = 0, list[str]()
    for words, address in _links_in(formatted):
        if address in text:
            continue
        found = text.find(words, place) if words else -1
        end = found + len(words) if found >= 0 else len(text)
        parts += [text[place:end], f" ({address})"]
        place = end
    return "".join([*parts, text[place:]])


def split_answered(body: str) -> tuple[str, str, str]:
    """Split a reply into the answered message that older apps repeat, its sender, and the answer.

    The first two are empty where nothing is repeated. A quotation in somebody's own words stays
    with the answer: it is part of what they tell.
    """
    header = REPLY_HEADER.match(body)
    if header is None:
        return "", "", body
    lines = [body[header.end() :], *body.split("\n")[1:]]
    lines[0] = f"> {lines[0]}".split("\n")[0]
    count = next((n for n, line in enumerate(lines) if not QUOTED.match(line)), len(lines))
    answer = "\n".join(lines[count:]).lstrip("\n")
    if not answer:
        return "", "", body
    return "\n".join(lines[:count]), header[1], answer
