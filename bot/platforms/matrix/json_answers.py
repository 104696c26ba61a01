"""Parse what the homeserver answers, whatever people have put into the events in it.

An answer holds the events of everybody. One that is nested too deeply, or holds a number of
thousands of digits, must not make the others unreadable: what Python's parser refuses of it
becomes null.
"""

import json
import re
from typing import Any

MOST_NESTED = 100
"""Objects and lists inside each other, those of the answer itself too; deeper ones become null."""
MOST_DIGITS = 100
"""Digits of a whole number; longer ones become null, as Python reads none above 4,300."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|["\[{\]}]', re.DOTALL)


def parse_answer(payload: bytes) -> dict[str, Any] | None:
    """Parse a JSON object; None for anything else, which is never a valid answer."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        answer = _parse_pruned(payload)
    return answer if isinstance(answer, dict) else None


def _parse_pruned(payload: bytes) -> Any:
    """Parse without what cannot be parsed; None if that does not do."""
    text = payload.decode("utf-8", "replace")
    try:
        return json.loads(_pruned(text), parse_int=_whole_number)
    except (ValueError, RecursionError):
        return None


def _pruned(text: str) -> str:
    """Replace what is nested too deeply by null."""
    kept, depth, begin = list[str](), 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] == '"':
            break  # it has no end: this is no JSON, and looking further would take for ever
        if token[0] in "[{":
            depth += 1
            if depth == MOST_NESTED + 1:
                kept += (text[begin : token.start()], "null")
        elif token[0] in "]}":
            depth -= 1
            if depth == MOST_NESTED:
                begin = token.end()
    return "".join((*kept, text[begin:]))


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None
