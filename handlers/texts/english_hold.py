"""What people type in English when they want to stop, or delete, what is about to be shared.

Each is compared without case, punctuation and apostrophes, and as a whole: "don't stop it" is
none. A question ("how do I stop it?") is none either: it is answered with how things stand.
"""

STOPS = frozenset(
    {
        *("stop", "stopp", "stop it", "stop that", "stop this", "stop now", "stop sending"),
        *("stop sending it", "stop sharing", "stop sharing it", "stop everything"),
        *("dont send", "do not send", "dont send it", "do not send it", "dont send that"),
        *("dont send this", "dont share", "do not share", "dont share it", "do not share it"),
        *("dont share that", "dont do it", "do not do it", "dont do that", "dont tell them"),
        *("dont tell anyone", "dont tell anybody", "dont show anyone", "dont show it to anyone"),
        *("dont let them read it", "dont let anyone read it", "i dont want this"),
        *("i dont want to send it", "i dont want to share it", "i dont want it sent"),
        *("i dont want it shared", "i dont want them to read it", "i dont want anyone to read it"),
        *("i changed my mind", "ive changed my mind", "i have changed my mind", "changed my mind"),
        *("i change my mind", "take it back", "take that back", "take this back"),
        *("i take it back", "i want to take it back", "i want it back", "give it back"),
        *("no wait", "wait no"),
        *("cancel", "cancel it", "cancel that", "cancel this", "abort", "undo", "undo it"),
        *("undo that", "undo this", "withdraw", "withdraw it", "withdraw that"),
        *("i want to withdraw", "i want to withdraw it", "i want to stop", "i want to stop it"),
        *("i want to cancel", "i want to cancel it", "never mind", "nevermind", "i regret it"),
        *("i regret this", "that was a mistake", "it was a mistake", "this was a mistake"),
    }
)

ERASES = frozenset(
    {
        *("erase", "erase it", "erase that", "erase all", "erase everything", "erase my story"),
        *("delete", "delete it", "delete that", "delete all", "delete everything"),
        *("delete my story", "delete it all", "erase it all", "i want to delete it"),
        *("i want to delete everything", "i want it deleted", "i want it gone", "get rid of it"),
    }
)

BESIDE = frozenset(
    {
        *("please", "pls", "plz", "no", "oh", "oh no", "omg", "sorry", "im sorry", "and", "ok"),
        *("okay", "hey", "hi", "hello", "actually", "now", "right now", "at once", "immediately"),
        *("quick", "quickly", "fast", "but", "so", "just", "then", "god", "oh god", "wait"),
        *("after all", "any more", "anymore", "yet", "at all", "all of it", "for now", "thanks"),
        *("thank you", "to anyone", "to anybody", "to them"),
    }
)
"""What may stand before, between or behind them and changes nothing."""
