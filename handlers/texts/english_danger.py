"""What people write in English when they are in danger or do not want to live any more.

A table of fixed phrases, as ``flows.folding.folded`` leaves them: small letters, no apostrophes.
It is no judgement of anybody. Whoever's words are found in it sees the help lines and goes on.
Not yet reviewed with survivors.
"""

from collections.abc import Iterator

from handlers.texts.tables import DangerPhrases

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
    *("going to hit me", "going to beat me", "going to find me", "gonna find me", "gonna beat me"),
    *("gonna hit me", "going to rape me", "gonna rape me", "going to hurt us", "going to kill us"),
    *(
        "going to hurt my",
        "gonna hurt my",
        "at my house",
        "at my home",
        "at the house",
        "at my flat",
    ),
    *("near my house", "in front of my house", "in front of my door", "behind my door"),
    *("at the front door", "knocking on my door", "knocking at my door", "on the stairs outside"),
    *("coming to my house", "coming to my place", "coming to get me", "coming after me"),
    *("attacking me", "strangling me", "raping me", "hurting us", "hitting us", "beating my"),
    *(
        "hitting my",
        "hurting my",
        "breaking the door",
        "breaking down the door",
        "kicking the door",
    ),
    *("trying to break in", "pointing a gun", "threatening to kill me", "threatening to hurt me"),
)
_HERE = (
    *("outside", "here", "inside", "downstairs", "upstairs", "coming", "coming back", "in here"),
    *("in the house", "in the building", "in the room", "home", "back", "back home", "behind me"),
    *("next door", "knocking", "getting closer", "after me", "looking for me", "chasing me"),
    *("close", "near", "very near", "so close", "near me", "coming now", "coming here", "come"),
    *("coming up", "coming in", "coming upstairs", "coming downstairs", "coming inside"),
    *("coming home", "on the way", "on his way", "on her way", "on their way", "in the hallway"),
    *("in the hall", "in the garden", "in the kitchen", "on the stairs", "at home", "here now"),
)
_CAME = (
    *("came home", "just came home", "came home early", "came back", "just came back"),
    *("came back early", "got home", "just got home", "just got back", "just came in"),
    *("just walked in", "just arrived", "is home early", "is back early", "is coming in"),
)
_LEAVING = ("i have to go", "have to go", "i gotta go", "gotta go", "i need to go", "i must go")
_HEARING = ("i hear", "i can hear", "i just heard")
_COMING = ("", " coming", " coming up", " coming up the stairs", " coming in", " outside", " now")
_DOES = (
    *("kill me", "hurt me", "hit me", "beat me", "find me", "come for me", "do it again"),
    *("rape me", "kill us", "hurt us", "beat me up", "hurt my kids", "hurt my children"),
    *("hurt my son", "hurt my daughter", "hurt my family", "kill my family", "kil me"),
)
_WITHOUT_VERB = ("outside", "here", "at door", "at the door", "in house", "in the house", "inside")
"""As people say it who learn English: "he outside"."""
_WANT_TO = ("want to", "wants to", "want", "wanted to", "going", "is going", "tries to")
_I = ("i", "i really", "i just", "i only", "sometimes i", "i think i", "i now", "i so")
_AM = ("i am", "im", "i m", "am")
_TO_END = (
    *("die", "be dead", "end it all", "end it", "kill myself", "hurt myself", "kill my self"),
    *("hurt my self", "kil myself", "kill myslef", "kill mysef", "end my life", "end my live"),
    *("not live", "not exist", "disappear forever", "jump off a bridge", "cut myself"),
)
_NO_LIFE = (
    *("to live", "live", "to be alive", "to exist", "to wake up", "to be here any more"),
    *(
        "to be here anymore",
        "to live any more",
        "to live anymore",
        "this life",
        "my life any more",
    ),
)


def _someone_is(where: tuple[str, ...]) -> Iterator[str]:
    subjects = (*sum(_SHORT.values(), ()), *(f"{who} is" for who in _NAMED))
    return (f"{subject} {place}" for subject in subjects for place in where)


def _someone_came() -> Iterator[str]:
    """Yield "he just came home", also with "i have to go" behind it."""
    for who in ("he", "she", "they", *_NAMED):
        for came in _CAME:
            yield f"{who} {came}"
            yield from (f"{who} {came} {leaving}" for leaving in _LEAVING)


def _someone_is_heard() -> Iterator[str]:
    whom = ("him", "her", "them", "someone", "somebody", "steps", "footsteps")
    return (f"{hear} {who}{how}" for hear in _HEARING for who in whom for how in _COMING)


def _someone_will() -> Iterator[str]:
    subjects = (*sum(_WILL.values(), ()), *(f"{who} will" for who in _NAMED))
    return (f"{subject} {act}" for subject in subjects for act in _DOES)


def _someone_wants() -> Iterator[str]:
    """Yield "he wants to kill me", also as people say it who learn English."""
    acts = ("kill me", "hurt me", "beat me", "rape me", "kill us", "hurt us")
    subjects = ("he", "she", "they", *_NAMED)
    return (f"{who} {want} {act}" for who in subjects for want in _WANT_TO for act in acts)


def _no_life() -> Iterator[str]:
    """Yield what is said by people who do not want to live."""
    wants = ("want to", "wanna", "want", "wnat to", "wan to", "want too", "would like to")
    yield from (f"{i} {want} {end}" for i in _I for want in wants for end in _TO_END)
    dont = ("dont want", "do not want", "dont wanna", "dont wnat", "not want", "dnt want")
    yield from (f"i {want} {life}" for want in dont for life in _NO_LIFE)
    will = ("i will", "ill", "im going to", "i am going to", "im gonna", "i gonna", "i might")
    yield from (f"{shall} {end}" for shall in will for end in _TO_END if end != "die")


ENGLISH_DANGER = DangerPhrases(
    anywhere=frozenset(
        {
            *_someone_is(_NEAR),
            *_someone_will(),
            *_someone_wants(),
            *_no_life(),
            *("i wish i wasnt alive", "i wish i was never born", "i should be dead"),
            *("i deserve to die", "no reason to live", "nothing to live for", "i hope i die"),
            *("i cant live anymore", "i cant live any more", "i cant live like this anymore"),
            *("i cant live like this any more", "i can not live any more", "take my own life"),
            *(
                "taking my own life",
                "ending my life",
                "killing my self",
                "suicidal",
                "commit suicide",
            ),
            *(
                "sucidal",
                "suicidial",
                "commit sucide",
                "thinking of sucide",
                "thinking about sucide",
            ),
            *("i took pills", "i took too many pills", "i have taken pills", "ive taken pills"),
            *(
                "i am bleeding",
                "im bleeding",
                "i am hiding in",
                "im hiding in",
                "locked myself in",
            ),
            *("wont let me out", "will not let me out", "wont let me go home", "i cant get away"),
            *("i am locked in", "im locked in", "he found where i live", "she found where i live"),
            *("they found where i live", "he knows where i am", "they know where i am"),
            *("he has a weapon", "with a knife in his hand", "need the police", "need police"),
            *(
                "call police",
                "please call help",
                "need help now",
                "need help fast",
                "need help quick",
            ),
            *("pls help me", "plz help me", "help me pls", "help me plz", "help me now"),
            *("help me quick", "help me fast", "plese help me", "please hlp me", "please helpme"),
            *("he said hell kill me", "tried to kill me just now", "is trying to kill me"),
            *(
                "scared for my live",
                "afraid for my live",
                "im not save here",
                "i am not save here",
            ),
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
            *(f"{who} {where}" for who in ("he", "she", "they") for where in _WITHOUT_VERB),
            *(f"{who} {come}" for who in ("he", "she") for come in ("come", "come now", "comes")),
            *(f"{who} {act}" for who in ("he", "she", "they") for act in ("kill me", "hurt me")),
            *(
                f"{am} {s}"
                for am in _AM
                for s in ("scared now", "afraid", "so afraid", "panicking")
            ),
            *(f"{am} {s}" for am in _AM for s in ("scard", "skared", "terified", "in danger now")),
            *(
                f"{am} {s}"
                for am in _AM
                for s in ("not save", "unsafe", "locked in", "stuck here")
            ),
            *("i have fear", "i have big fear", "i cant move", "i cant talk", "i cant speak now"),
            *("dont let him in", "dont let him find me", "he hears me", "he can hear me"),
            *(
                "she can hear me",
                "they can hear me",
                "he hit me again",
                "he did it again just now",
            ),
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
            *_someone_came(),
            *_someone_is_heard(),
            "help",
            *("help me", "i need help", "send help", "sos", "it is an emergency", "need help"),
            *("please help", "pls help", "plz help", "help please", "help pls", "help plz"),
            *("help help", "help help help", "helpme", "help mee", "hlp", "hlp me", "hlep me"),
            *("hepl", "hepl me", "help now", "help fast", "help quick", "help us", "save me"),
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
