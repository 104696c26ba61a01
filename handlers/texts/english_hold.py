"""What people type in English when they want to stop, or delete, what is about to be shared.

Each is compared without case, punctuation and apostrophes, and as a whole: "don't stop it" is
none. A question ("how do I stop it?") is none either: it is answered with how things stand.
"""

from collections.abc import Iterator

from handlers.texts.tables import HoldPhrases

_DONT = ("dont", "do not", "dnt", "dont you", "dont ever", "never")
_SEND = ("send", "sent", "sned", "snd", "share", "shere", "forward", "submit", "publish", "post")
_IT = ("it", "that", "this", "my story", "the story", "anything", "everything", "them my story")
_THEM = ("them", "him", "her", "anyone", "anybody", "someone", "people", "the readers")
_READ = ("read", "see", "have", "get", "open", "know", "know it", "know about it", "know this")
_I_DONT_WANT = ("i dont want", "i do not want", "i dnt want", "i never wanted", "i didnt want")
_MIND = (
    *("changed my mind", "change my mind", "chnged my mind", "changd my mind", "changed mind"),
    *("change mind", "changed my mind about it", "changed my mind about this"),
)
_TAKE = ("take", "get", "pull", "call", "give")
_DO = ("stop", "cancel", "withdraw", "undo", "unsend", "recall", "retract", "abort", "revoke")
_MISTYPED = (
    *("stopp", "stpo", "sotp", "stp", "stopit", "stahp", "cancle", "cancell", "canel", "cansel"),
    *("widthdraw", "withraw", "whitdraw", "withdrawl", "undoo", "unsent"),
)


def _refusals() -> Iterator[str]:
    """Yield what refuses to share: "don't send it", "don't let him read it", "don't tell her"."""
    for dont in _DONT:
        yield from (f"{dont} {send}" for send in _SEND)
        yield from (f"{dont} {send} {it}" for send in _SEND for it in _IT)
        yield from (
            f"{dont} {tell} {them}" for tell in ("tell", "show", "inform") for them in _THEM
        )
        yield from (f"{dont} give it to {them}" for them in _THEM)
        yield from (f"{dont} {send} {it}" for send in ("tell", "show", "give") for it in _IT)
        yield from (
            f"{dont} {send} {it} to {them}"
            for send in (*_SEND, "show", "tell")
            for it in ("it", "this", "that")
            for them in _THEM
        )
        yield from (f"{dont} let {them} {read}" for them in _THEM for read in _READ)
        yield from (
            f"{dont} let {them} {read} {it}" for them in _THEM for read in _READ for it in _IT
        )


def _wishes() -> Iterator[str]:
    """Yield what is not wanted any more: "I don't want them to read this"."""
    for i_dont_want in _I_DONT_WANT:
        yield from (f"{i_dont_want} {it}" for it in ("this", "that", "it"))
        yield from (f"{i_dont_want} to {send}" for send in (*_SEND, "do it", "do this"))
        yield from (f"{i_dont_want} to {send} {it}" for send in _SEND for it in _IT)
        yield from (f"{i_dont_want} {it} {done}" for it in _IT for done in _DONE)
        yield from (
            f"{i_dont_want} {them} to {read}" for them in (*_THEM, "you") for read in _READ
        )
        yield from (
            f"{i_dont_want} {them} to {read} {it}"
            for them in _THEM
            for read in _READ
            for it in _IT
        )


_DONE = ("sent", "shared", "read", "to be sent", "to be shared", "to be read", "to go out")

_STOPS = frozenset(
    {
        *_refusals(),
        *_wishes(),
        *_DO,
        *_MISTYPED,
        *(f"{do} {it}" for do in (*_DO, *_MISTYPED) for it in (*_IT[:5], "everything", "all")),
        *(f"i {want} {do}" for want in ("want to", "wanna", "want", "need to") for do in _DO),
        *(f"i want to {do} {it}" for do in _DO for it in _IT[:5]),
        *(f"{take} {it} back" for take in _TAKE for it in _IT[:5]),
        *(f"i {take} {it} back" for take in ("take", "want to take", "want") for it in _IT[:5]),
        *("take back", "i take back", "i want to take back", "give me my story back"),
        *(f"{have} {mind}" for have in ("i", "ive", "i have", "i ve") for mind in _MIND),
        *_MIND,
        *("stop now", "stop sending", "stop sending it", "stop sharing", "stop sharing it"),
        *("stop the sending", "stop the sharing", "stop sending my story", "stop all"),
        *("dont do it", "do not do it", "dont do that", "dont do this", "do not do this"),
        *("wait dont", "no dont", "oh no dont", "please dont", "pls dont", "plz dont"),
        *("no no", "no wait", "wait no", "no please", "please no", "no stop", "i said no"),
        *("i say no", "my answer is no", "the answer is no", "not yet", "no not yet", "too soon"),
        *("im not ready", "i am not ready", "not ready", "i was not ready"),
        *("i cant go through with it", "i cant go through with this", "i dont dare"),
        *("i am too scared", "im too scared", "not send", "not send it", "not share it"),
        *("nobody should read it", "no one should read it", "nobody may read it"),
        *("nobody should see it", "they must not read it", "they shouldnt read it"),
        *("they should not read it", "nobody must read it", "no one may read it"),
        *("never mind", "nevermind", "nvm", "forget it", "call it off", "take it down"),
        *("i regret it", "i regret this", "i regret that", "i regret", "bad idea"),
        *("that was a mistake", "it was a mistake", "this was a mistake", "this is a mistake"),
        *("big mistake", "wrong person", "wrong reader", "wrong people"),
    }
)

_CONTRARY = frozenset(
    f"{dont} {act}"
    for dont in ("dont", "do not", "never", "not", "dnt", "cant", "wont", "didnt")
    for act in (*_DO, *_MISTYPED, "take it back", "delete", "erase", "change my mind", "halt")
)

_ERASES = frozenset(
    {
        *("erase", "erase it", "erase that", "erase all", "erase everything", "erase my story"),
        *("delete", "delete it", "delete that", "delete all", "delete everything"),
        *("delete my story", "delete it all", "erase it all", "i want to delete it"),
        *("i want to delete everything", "i want it deleted", "i want it gone", "get rid of it"),
    }
)

_BESIDE = frozenset(
    {
        *(
            "please",
            "pls",
            "plz",
            "plese",
            "pleas",
            "plaese",
            "bitte",
            "no",
            "oh",
            "oh no",
            "omg",
            "sorry",
            "im sorry",
            "and",
            "ok",
        ),
        *("okay", "hey", "hi", "hello", "actually", "now", "right now", "at once", "immediately"),
        *("quick", "quickly", "fast", "but", "so", "just", "then", "god", "oh god", "wait"),
        *("after all", "any more", "anymore", "yet", "at all", "all of it", "for now", "thanks"),
        *("thank you", "to anyone", "to anybody", "to them"),
        *("to him", "to her", "im scared", "i am scared", "im afraid", "i am afraid", "help"),
        *("ever", "today", "in time", "before it is too late", "um", "hmm", "well", "really"),
    }
)

ENGLISH_HOLD = HoldPhrases(
    stops=_STOPS,
    erases=_ERASES,
    beside=_BESIDE,
    contrary=_CONTRARY,
    it=frozenset({"it", "this", "that", "send it", "let it go", "let it go out", "share it"}),
)
