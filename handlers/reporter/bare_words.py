"""Words that act without a slash, as people type them in a hurry."""

from collections.abc import Mapping

from handlers.reporter.typed_text import NOT_SAFE, STOP

BARE_COMMANDS = {STOP: "stop", **dict.fromkeys(NOT_SAFE, "unsafe")}
"""They act wherever they cannot be part of a story."""

BARE_OUTSIDE_STORIES: Mapping[str, str] = {
    **dict.fromkeys(("stopp", "stop it", "stop now", "stop please", "please stop"), "stop"),
    **dict.fromkeys(("stop stop", "stop stop stop"), "stop"),
    **dict.fromkeys(("help me", "please help", "please help me"), "unsafe"),
    "help": "help",
    **{name: name for name in ("unsafe", "privacy", "pause", "back", "withdraw")},
}
"""They act there as well, unless they are how an offer begins: all of them halt, help, go
back or take back, so that a misunderstanding allows nothing. So they do where recovery words are
awaited, of which there are never so few."""

BARE_FOR_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("no", "nope", "nah", "no thanks", "no thank you", "leave", "exit"), "stop"),
    **dict.fromkeys(("never mind", "nevermind", "nvm", "cancel", "forget it"), "stop"),
    **dict.fromkeys(("i dont have them", "i do not have them", "dont have them"), "stop"),
    **dict.fromkeys(("i dont have words", "i dont have any", "i have no words"), "stop"),
    **dict.fromkeys(("i have none", "close", "close it", "close please", "go away"), "stop"),
    **BARE_OUTSIDE_STORIES,
    **BARE_COMMANDS,
}
"""They act where recovery words are awaited: a clear answer ends that."""
