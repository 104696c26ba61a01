"""What people write in English when they are in danger or do not want to live any more.

A table of fixed phrases, as ``flows.folding.folded`` leaves them: small letters, no apostrophes.
It is no judgement of anybody. Whoever's words are found in it sees the help lines and goes on.
Not yet reviewed with survivors.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_SHORT = {"he": ("he is", "hes"), "she": ("she is", "shes"), "they": ("they are", "theyre")}
_WILL = {
    "he": ("he will", "hell"),
    "she": ("she will", "shell"),
    "they": ("they will", "theyll"),
}
_NAMED = (
    *("somebody", "someone", "my husband", "my wife", "my partner", "my boyfriend"),
    *("my girlfriend", "my ex", "my father", "my dad", "my mother", "my mum", "my mom"),
    *("my brother", "my uncle", "my stepdad", "my boss"),
)
_NEAR = (
    *("at the door", "at my door", "at the window", "at my window", "outside my", "right outside"),
    *("outside the door", "outside the house", "in the next room", "in the other room"),
    *("in my room", "in my flat", "banging on", "breaking in", "trying to get in"),
    *("coming for me", "coming up the stairs", "following me", "watching me", "hurting me"),
    *("hitting me", "beating me", "choking me", "threatening me", "trying to kill me"),
    *("going to kill me", "gonna kill me", "going to hurt me", "gonna hurt me"),
    *("going to hit me", "going to beat me", "going to find me"),
)
_HERE = (
    *("outside", "here", "inside", "downstairs", "upstairs", "coming", "coming back", "in here"),
    *("in the house", "in the building", "in the room", "home", "back", "back home", "behind me"),
    *("next door", "knocking", "getting closer"),
)
_DOES = ("kill me", "hurt me", "hit me", "beat me", "find me", "come for me", "do it again")
_I = ("i", "i really", "i just")
_AM = ("i am", "im")


def _someone_is(where: tuple[str, ...]) -> Iterator[str]:
    subjects = (*sum(_SHORT.values(), ()), *(f"{who} is" for who in _NAMED))
    return (f"{subject} {place}" for subject in subjects for place in where)


def _someone_will() -> Iterator[str]:
    subjects = (*sum(_WILL.values(), ()), *(f"{who} will" for who in _NAMED))
    return (f"{subject} {act}" for subject in subjects for act in _DOES)


@dataclass(frozen=True, slots=True)
class DangerPhrases:
    """Hold the phrases of one language that call for help lines."""

    anywhere: frozenset[str]
    """They count wherever they stand."""
    sentences: frozenset[str]
    """They count where they are all of a sentence, besides words of ``around``."""
    messages: frozenset[str]
    """They count where they are all of a message, besides words of ``around``."""
    around: frozenset[str]
    """Single words that change nothing before or behind a phrase."""


ENGLISH_DANGER = DangerPhrases(
    anywhere=frozenset(
        {
            *_someone_is(_NEAR),
            *_someone_will(),
            *(f"{i} want to {end}" for i in _I for end in ("die", "be dead", "end it all")),
            *(f"{i} wanna {end}" for i in _I for end in ("die", "be dead", "end it all")),
            *(f"{i} want to {end}" for i in _I for end in ("kill myself", "hurt myself")),
            *("i wish i was dead", "i wish i were dead", "i want to end my life"),
            *("i dont want to live", "i do not want to live", "i dont want to be alive"),
            *("i dont want to be here any more", "i dont want to be here anymore"),
            *("i cant go on living", "i cannot go on living", "i dont want to wake up"),
            *("im going to kill myself", "i am going to kill myself", "ill kill myself"),
            *("i will kill myself", "gonna kill myself", "im going to hurt myself"),
            *("i am going to hurt myself", "thinking of suicide", "thinking about suicide"),
            *("thinking of killing myself", "thinking about killing myself", "im suicidal"),
            *("i am suicidal", "i feel suicidal", "better off dead", "took all my pills"),
            *("scared for my life", "afraid for my life", "fear for my life"),
            *("scared for my safety", "scared he will", "scared hell", "scared she will"),
            *("afraid he will kill", "scared they will", "threatened to kill me"),
            *(
                "he would kill me",
                "she would kill me",
                "they would kill me",
                "i cant get out",
                "wont let me leave",
            ),
            *("wont let me go", "will not let me leave", "locked me in", "has a gun"),
            *("has a knife", "call the police", "call 911", "call 999", "call 112"),
            *("please call someone", "help me please", "please help me", "somebody help me"),
            *("someone help me", "i need help now", "i need help right now", "please send help"),
            *("i am in danger", "im in danger", "my life is in danger", "i am not safe here"),
            *("im not safe here", "im not safe right now", "i am not safe right now"),
        }
    ),
    sentences=frozenset(
        {
            *_someone_is(_HERE),
            *(f"{am} {state}" for am in _AM for state in ("scared", "so scared", "very scared")),
            *(f"{am} {state}" for am in _AM for state in ("terrified", "really scared")),
            *(f"{am} {state}" for am in _AM for state in ("not safe", "in danger", "trapped")),
            *("they found me", "he found me", "she found me", "he can see this"),
            *("they can see this", "she can see this", "he is reading this", "hes reading this"),
            *("he is reading my phone", "hes reading my phone", "they will find me"),
            *("i cant breathe", "i cant go on", "i cannot go on"),
            *("i cant do this any more", "i cant do this anymore", "i cant take it any more"),
            *("i cant take it anymore", "i have to hide", "im hiding", "i am hiding"),
        }
    ),
    messages=frozenset(
        {
            *("help me", "i need help", "send help", "sos", "it is an emergency"),
            *("its an emergency", "this is an emergency", "emergency"),
        }
    ),
    around=frozenset(
        {
            *("again", "and", "but", "fuck", "god", "help", "hey", "hi", "i", "just"),
            *(
                "now",
                "oh",
                "ok",
                "omg",
                "please",
                "pls",
                "plz",
                "quick",
                "quickly",
                "right",
                "shit",
            ),
            *("so", "sorry", "still", "there", "think", "wait", "because", "hello", "already"),
            *("me", "outside", "here", "really", "too", "then", "no", "yes"),
        }
    ),
)
