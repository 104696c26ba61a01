"""Single words and short phrases by which answers in English are read."""

from handlers.texts.tables import AnswerWords

_POLITE = frozenset({"please", "pls", "plz"})
_LIMITING = frozenset({"not", "no", "nor", "but", "except", "without", "never", "or", "dont"})

ENGLISH_ANSWERS = AnswerWords(
    not_safe=frozenset(
        {
            *("i am not safe", "im not safe", "i am not safe here", "im not safe here"),
            *("not safe", "i am unsafe", "im unsafe", "i do not feel safe", "i dont feel safe"),
            *("i am in danger", "im in danger", "i feel unsafe", "i dont feel safe here"),
            *("i do not feel safe here", "i am not save", "im not save", "i dont feel save"),
            *("im not safe right now", "i am not safe right now", "im not safe at home"),
        }
    ),
    halting=frozenset({"stop"}),
    bare_commands={
        **dict.fromkeys(("stopp", "stop it", "stop now", "stop please", "please stop"), "stop"),
        **dict.fromkeys(("stop stop", "stop stop stop"), "stop"),
        **dict.fromkeys(("help me", "please help", "please help me"), "unsafe"),
        "help": "help",
        **{name: name for name in ("unsafe", "privacy", "pause", "back", "withdraw")},
    },
    leaving=frozenset(
        {
            *("no", "nope", "nah", "no thanks", "no thank you", "leave", "exit"),
            *("never mind", "nevermind", "nvm", "cancel", "forget it"),
            *("i dont have them", "i do not have them", "dont have them"),
            *("i dont have words", "i dont have any", "i have no words", "i have none"),
            *("close", "close it", "close please", "go away"),
        }
    ),
    bare_answers=frozenset({"yes", "no", "ok", "okay"}),
    yes=frozenset({"yes", "yess", "yep", "yeah"}),
    stressing=frozenset(
        {
            *("please", "pls", "plz", "delete", "erase", "remove", "wipe", "destroy", "it", "all"),
            *("of", "everything", "this", "that", "my", "story", "the", "now", "right", "do", "i"),
            *("am", "im", "sure", "want", "you", "to", "go", "ahead", "really", "just", "quick"),
            *("quickly", "fast", "asap", "immediately", "ok", "okay", "thanks", "thank", "id"),
            *("like", "whole", "thing"),
        }
    ),
    polite=_POLITE,
    leading_in=frozenset({"yes", "no", "just", "only"}),
    said_beside=_POLITE
    | {
        *("yes", "yeah", "ok", "okay", "sure", "only", "just", "to", "me", "the", "a", "is"),
        "its",
    },
    limiting=_LIMITING,
    answering=_LIMITING
    | {
        *("yes", "yess", "ye", "yep", "yeah", "y", "no", "nope", "nah", "n", "ok", "okay", "sure"),
        *("maybe", "please", "the", "option", "number", "answer", "choice", "one", "two", "three"),
        *("four", "five", "first", "second", "third", "last", "this", "that", "both", "all"),
        *("everyone", "everybody", "anyone", "anybody", "nobody", "none"),
    },
    goes_on=frozenset({"next"}),
    joins=r"\band\b",
)
