"""What an app shows of a message besides its plain words: what it answers, where links lead."""

import re
from html.parser import HTMLParser

from bot.platforms.matrix.http_client import Json

HTML = "org.matrix.custom.html"
REPLY = "mx-reply"
QUOTED = re.compile(r"> ?")
REPLY_HEADER = re.compile(r"> (?:\* )?<(@[^>\n]+)>(?: |$)", re.MULTILINE)
"""How the answered message begins where an app repeats it: with its sender."""


class _Links(HTMLParser):
    """Collects the links of a formatted message, except those of the message that it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        """Words and address of each link."""
        self._address, self._words, self._replies = "", "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == REPLY:
            self._replies += 1
        elif tag == "a" and not self._replies:
            self._address, self._words = dict(attrs).get("href") or "", ""

    def handle_endtag(self, tag: str) -> None:
        if tag == REPLY:
            self._replies = max(self._replies - 1, 0)
        elif tag == "a" and self._address:
            self.found.append((self._words, self._address))
            self._address = ""

    def handle_data(self, data: str) -> None:
        self._words += data


def with_links(text: str, content: Json) -> str:
    """Write the address of each link behind its words, if the plain words do not have it."""
    formatted = content.get("formatted_body")
    if content.get("format") != HTML or not isinstance(formatted, str):
        return text
    links = _Links()
    links.feed(formatted)
    links.close()
    place, parts = 0, list[str]()
    for words, address in links.found:
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
