"""What people type in English in place of a label that stands before them.

By the question and its choice: each is compared with the whole message, without case, punctuation,
apostrophes and "please". None of them answers a permission: they lead to a question, or say yes to
one that shows everything once more. A bare "now" or "send" is none: it may be an accident.
"""

from collections.abc import Mapping

from handlers.texts.tables import ChoiceWords

_SHARE = (
    *("share it", "i want to share it", "id like to share it", "share my story", "send it"),
    *("someone should read it", "somebody should read it", "i think someone should read it"),
    *(
        "i want someone to read it",
        "i want somebody to read it",
        "i think somebody should read it",
    ),
    *("let someone read", "let somebody read it", "let them read it", "let them read"),
    *("tell somebody", "i want help with this", "i need help with this", "someone should know"),
    *("report it", "i want to report it", "i want to report this", "tell someone"),
)

_NOBODY = ("nobody", "no one", "noone", "nobody else", "no one else", "not anyone", "no nobody")
_ALONE = (
    "just me",
    "only me",
    "only i can",
    "im alone",
    "i am alone",
    "its just me",
    "it is just me",
)
_UNSURE = (
    "i dont know",
    "dont know",
    "i do not know",
    "idk",
    "not sure",
    "im not sure",
    "i am not sure",
)
_SEES = (
    "might",
    "could",
    "can",
    "might see it",
    "could see it",
    "can see it",
    "sees it",
    "sometimes does",
)
_WHO = (
    *(
        "he",
        "she",
        "they",
        "someone",
        "somebody",
        "my husband",
        "my wife",
        "my partner",
        "my boyfriend",
    ),
    *(
        "my girlfriend",
        "my mother",
        "my mum",
        "my mom",
        "my father",
        "my dad",
        "my parents",
        "my ex",
        "my sister",
        "my brother",
        "my son",
        "my daughter",
        "my kids",
        "my children",
        "my family",
        "my flatmate",
        "my roommate",
        "my friend",
        "others",
        "other people",
    ),
)

_BY_CHOICE: Mapping[str, frozenset[str]] = {
    "safe.go": frozenset(
        f"{no}{words}" for no in ("", "no ", "nope ") for words in (*_NOBODY, *_ALONE)
    ),
    "safe.unsure": frozenset(
        {
            *_UNSURE,
            *("maybe", "perhaps", "possibly", "i think so", "i think yes", "sometimes"),
            *(
                f"{yes}{who} {sees}"
                for yes in ("", "yes ", "maybe ")
                for who in _WHO
                for sees in _SEES
            ),
        }
    ),
    "clean.self": frozenset(
        f"{no}{words}"
        for no in ("", "no ")
        for words in (
            *("i will do it myself", "i can do it myself", "do it myself", "myself"),
            *(
                "ill do it myself",
                "ill do it",
                "i will do it",
                "ill clear it myself",
                "i will clear it myself",
            ),
            "i do it myself",
        )
    ),
    "clean.end": frozenset({"when im done", "when i am done", "at the end", "when its over"}),
    "kind.intake": frozenset({"it happened to me", "to me", "me", "happened to me"}),
    "kind.witness": frozenset(
        {
            *("i saw it", "i saw something", "i saw it happen", "i heard it", "i heard something"),
            *("it happened to somebody else", "it happened to someone else", "to my friend"),
            *("i saw it happen to somebody else", "it happened to a friend", "to a friend"),
        }
    ),
    "kind.process": frozenset(
        {
            *("how it was handled", "how my case was handled", "how they handled it"),
            *("my case was handled badly", "it was handled badly"),
        }
    ),
    "stop.keep": frozenset(
        {
            *("no keep it", "keep my story", "keep the story", "just keep it", "keep everything"),
            *("i want to keep it", "no keep my story", "dont delete it", "no dont delete it"),
        }
    ),
    "stop.erase": frozenset({"no delete it", "yes delete it", "delete my story", "delete all"}),
    "stop.go": frozenset({"continue", "carry on", "keep going", "i want to go on", "yes go on"}),
    "fork.read": frozenset(_SHARE),
    "overview.right": frozenset(
        {
            *("ok", "okay", "right", "correct", "thats right", "that is right", "its right"),
            *("this is right", "looks good", "all good", "all right", "sure", "yes it is", "fine"),
            *("exactly", "looks right", "that looks right", "this looks right", "it looks right"),
            *("yes looks right", "yes right", "yes correct", "thats correct", "yes thats correct"),
            *(
                "looks good to me",
                "looks fine",
                "that looks good",
                "yes looks good",
                "yes its right",
            ),
        }
    ),
    "review.hold": frozenset(
        {
            *("send it in {hours} hours", "in {hours} hours", "{hours} hours"),
            *("yes send it in {hours} hours", "yes in {hours} hours", "yes {hours} hours"),
        }
    ),
    "review.now": frozenset({"send it now", "yes send it now", "send it right now"}),
    "review.change": frozenset(
        {
            *("change it", "change that", "change this", "i want to change it", "no change it"),
            *(
                "i want to change something",
                "id like to change something",
                "i want to change that",
            ),
        }
    ),
    "review.show": frozenset({"show it", "show everything", "show me all", "let me see it"}),
    "case.read": frozenset(
        {
            *("show it", "show me", "show my story", "show me my story", "let me read it"),
            *("read my story", "i want to read it", "i want to see it", "let me see it"),
        }
    ),
    "case.change": frozenset({*_SHARE, "i want them to read it", "change who reads it"}),
}

_CHANGES_A_LINE = frozenset(
    {
        *_BY_CHOICE["review.change"],
        *("change", "change something", "not right", "thats not right", "no thats not right"),
        *("its not right", "no its not right", "thats wrong", "no thats wrong", "its wrong"),
        *("no its wrong", "something is wrong", "wrong", "no wait", "wait no"),
    }
)

ENGLISH_CHOICES = ChoiceWords(
    by_choice=_BY_CHOICE,
    changes_a_line=_CHANGES_A_LINE,
    leads_in_change=frozenset({"no", "oh", "wait", "ok", "sorry", "hm", "hmm", "but", "actually"}),
)
