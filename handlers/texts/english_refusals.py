"""How people say in English that they leave a question out, above all how to reach them.

As in ``english_sayings`` a pattern must fit the whole message, folded; before and behind it may
stand the same.
"""

from handlers.texts.no_elsewhere import NO_ELSEWHERE
from handlers.texts.tables import Refusals

_NOT = (
    "(do not|dont|don t|wont|will not|never|would not|wouldnt|would rather not|id rather not|"
    "rather not)"
)
_THEM = (
    "(them|they|anyone|anybody|any one|someone|somebody|people|you|no one|nobody|the readers|"
    "readers|the people who read it)"
)
_REACH = (
    "(reach out to|reach|contact|call|phone|ring|text|write to|write|message|email|mail|find|"
    "approach|get in touch with|get in contact with|bother|disturb)"
)
_REACHED = (
    "(reached|contacted|called|phoned|rung|texted|written to|messaged|emailed|mailed|found|"
    "approached)"
)
_AT_ALL = "( at all| ever| again| anymore| any more| back| about (it|this|that)| by anyone)*"
_WAY = (
    "(phone|number|phone number|mobile|cell|cellphone|email|e mail|mail|address|email address|"
    "contact|contacts|way|calls|call|messages|message|telephone)"
)


_BARE_NO = (
    (
        r"(no|noo+|nope|nah|none|nobody|noone|no one|nothing|nein|non|nada|nil|na|n a|nothanks)"
        r"( (no|none|nope|thanks|thank you|not at all))*"
    ),
    r"(skip|pass|next|leave it out|leave out|leave this out)( it| this| that| this one)?",
    r"(id |i )?(rather|prefer|d rather|would rather) not( to)?( say| answer| give (it|one|that))?",
    r"(not at all|absolutely not|no way|definitely not|not really|better not|not needed)",
    (
        r"(im|i am|i m|thats|that is|its|it is|all|everythings) (all |really )?(good|fine|ok|okay|"
        r"alright|all right)( (as it is|as i am|without|without (it|that|this)|thanks|thank you))*"
    ),
    r"(ill|i will|i think ill|id rather) pass( on (it|this|that))?|not interested",
    r"(there is |theres )?no need( to| for (it|this|that))?",
    r"(id |i would )?rather (they|you) (didnt|did not|dont|do not|wouldnt)|i(d)? prefer not( to)?",
    NO_ELSEWHERE,
    r"(never ?mind|nvm|forget (it|about it|that))( then)?",
    (
        r"(i )?(do not|dont|don t) (want to|want that|want this|want it|want any|need that|"
        r"need this|have one|have any)"
    ),
)

_NO_NAME = (
    r"no (real )?names?( for me| given| at all)?",
    (
        rf"(i )?{_NOT} (want|like|wish|have|need)?( to)? ?(give|say|tell|use|share|have)?"
        r"( you| them| anyone)? ?(my|a|any) (real )?name( here)?"
    ),
    (
        r"(please )?(keep|leave) my name out( of (it|this|that|everything))?|"
        r"(without|not) (a|my) name|(i )?(want to |d like to |would like to )?(stay |remain |be )?"
        r"(anonymous|anonym|anon|nameless)"
    ),
    r"(they|you) (do not|dont|don t) (need|have) to (call me anything|know my name|know that)",
    r"nothing at all",
)

_NOT_TO_BE_REACHED = (
    (
        rf"(i )?{_NOT} (want|like|wish|need)( for)? {_THEM}( else)? (to )?{_REACH}( to)?( me)?"
        rf"{_AT_ALL}"
    ),
    rf"(i )?{_NOT} ?(want|like|wish|need)?( to)? (be|get) {_REACHED}{_AT_ALL}",
    rf"(do not|dont|don t|never|not) (ever )?(try to )?{_REACH}( to)? me{_AT_ALL}",
    (
        r"(no one|nobody|noone) (should|may|can|is allowed to|must|shall|has to) (ever )?"
        rf"{_REACH}( to)? me{_AT_ALL}"
    ),
    (
        r"(they|you|people) (should not|shouldnt|should never|may not|must not|mustnt|must never) "
        rf"(ever )?{_REACH}( to)? me{_AT_ALL}"
    ),
    rf"(i )?{_NOT} (want|like|wish|need) (any |a )?(contact|calls?|messages?|letters?){_AT_ALL}",
    r"(please )?(keep|leave) (me|us|my number|my phone) out( of (it|this|that|everything|there))?",
    (
        r"(i |id )(want|would like|like|prefer|need) to (stay|be|be kept|be left|remain) out"
        r"( of (it|this|that|everything))?"
    ),
    r"no contact( please| at all| with (them|anyone|anybody))*",
    r"(please )?(leave me alone|let me be)|never|never ever",
    r"not (to )?(be )?(reached|contacted|called)",
)

_NO_WAY = (
    (
        r"(they|you|nobody|no one) (can not|cannot|cant|can t|could not|couldnt)( reach me|"
        r" do that| contact me| call me)?( at all)?"
    ),
    r"(no one|nobody) can( reach me| contact me)?|theres no way|there is no way|in no way|no ?how",
    (
        r"(i )?(do not|dont|don t|havent|have not)( got| have| own| use)( got)? "
        rf"(a|any|my own|an|one)? ?{_WAY}( to give| of my own| for (this|that))?"
    ),
    rf"no {_WAY}( or {_WAY})?( after all| at all| thanks| for (them|you|now|me)| from me)*",
    (
        rf"(i )?{_NOT} (want|like|wish)( to)? (give|share|say|tell)( you| them| anyone)? "
        rf"(my |a |any |that|it|this|out )+({_WAY})?"
    ),
    r"(i )?(changed my mind|take it back)",
    r"(only|just) (read|listen)( it| to (me|it))?",
)

_HERE = (
    "(here|in here|this chat|the chat|chat|the same chat|same chat|this bot|the bot|bot|this app|"
    "telegram|matrix|element|(my|the|a) (telegram|matrix|element|chat)|(telegram|matrix) "
    "(chat|account)|here (in|on|over) (this chat|the chat|telegram|matrix|element)|"
    "this (account|room|messenger))"
)

_THIS_CHAT = (
    (
        r"(they |you |people |readers |someone |somebody )?(can |could |may |should |just |only )*"
        rf"({_REACH}|reply|answer|respond) ?(to )?(me )?(back )?"
        rf"((on|in|over|via|through|by|with|right|just) )*({_HERE}|you|this)"
    ),
    (
        rf"((on|in|over|via|through|by|with|right|only|just) )*{_HERE}"
        r"( (is|would be) (fine|ok|okay|best|good|enough))?"
    ),
    r"(via|through|over|by|with) (you|this)",
)

_WORDS = frozenset(
    {
        *("no", "not", "dont", "don", "doesnt", "wont", "cant", "cannot", "couldnt", "shouldnt"),
        *("isnt", "arent", "wasnt", "havent", "hasnt", "wouldnt", "neednt", "never", "nobody"),
        *("noone", "none", "nothing", "nowhere", "without", "neither", "nor", "nein", "nicht"),
        *("kein", "keine", "keinen", "niemand", "nie", "non", "ne", "pas", "impossible"),
        *("dangerous", "unsafe", "scared", "afraid", "later", "anonymous"),
    }
)
_COMES_BACK = (
    (
        r"(i |ill |i ll |id |i d )(will |would |can |could )?(rather )?(contact|write|call|come|"
        r"tell|get|be|reach|talk|ask|text|message)( back| again| in touch| to)*( you| them| "
        r"(some|any)one| somebody)?( back| again| in touch| myself| later| then| when im ready)*"
    ),
)

ENGLISH_REFUSALS = Refusals(
    bare_no=_BARE_NO,
    no_name=_NO_NAME,
    not_to_be_reached=_NOT_TO_BE_REACHED,
    no_way=_NO_WAY,
    this_chat=_THIS_CHAT,
    comes_back=_COMES_BACK,
    words=_WORDS,
    parts=r"\b(?:but|only|except|instead|rather)\b",
    leaves_answer=frozenset(
        {
            *("ok", "okay", "k", "kk", "ok thanks", "thanks", "thank you", "leave it", "keep it"),
            *("leave it as it is", "no change", "its ok", "its fine", "thats fine"),
        }
    ),
)
