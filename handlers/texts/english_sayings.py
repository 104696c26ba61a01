"""What people say to the bot in English, with the spellings of people in a hurry.

A pattern must fit the whole message; before and behind it may stand what ``leading`` and
``trailing`` name. Add a row to ``tests/sayings.toml`` with each new one.
"""

from handlers.texts.english_requests import ENGLISH_REQUESTS
from handlers.texts.sayings import Patterns, Saying
from handlers.texts.tables import Sayings

_YOU = "(you|u|ya)"
_ARE = "(are|r)"
_WHO = "(who|whos|who else)"
_DONT = "(do not|dont|don t|cant|can not|cannot|can t|didnt|did not)"
_IT = (
    "(it|this|that|everything|all of it|it all|all|my story|my report|my message|"
    "my messages|mine|what i (wrote|said|told you)|all i (wrote|said)|my data|my words|"
    "the story|the report|my account|them|these messages|this chat|the chat)"
)
_READ = "(read|reads|reading|see|sees|saw|seen|get|gets|know|knows|open|opened|look at|looks at)"
_ANYONE = "(anybody|anyone|somebody|someone|any one|they|people|the readers|a reader)"
_NOW = "( now| right now| today| tonight| yet| anymore| any more| at the moment| just now)?"

_LEADING = (
    *("hi", "hey", "hello", "sorry", "so", "ok", "okay", "but", "and", "well", "um", "uh", "oh"),
    *("omg", "no", "wait", "please", "pls", "plz", "listen", "look", "actually", "just", "god"),
    *("excuse me", "quick question", "one question", "question", "um so"),
)
_TRAILING = (
    *("please", "pls", "plz", "now", "right now", "thanks", "thank you", "thx", "ok", "okay"),
    *("sorry", "again", "asap", "immediately", "exactly", "actually", "though", "then", "here"),
    *("really", "lol", "god", "bot", "today", "for now"),
)

_PATTERNS: Patterns = {
    **ENGLISH_REQUESTS,
    Saying.WHO_READER: (
        r"(who|what) (is|are|s|r) (them|they|these|those)( people| readers)?",
        r"(whos|whose) them",
    ),
    Saying.READERS: (
        rf"{_WHO} (can |will |is |are |is going to |gets to |has to )?{_READ}( {_IT})?{_NOW}",
        rf"(can|will|does|do|is|are) {_ANYONE} (be able to )?(else )?{_READ}( {_IT})?{_NOW}",
        rf"(are|r) {_YOU} (reading|watching|recording|saving|storing) ({_IT})?",
        (
            rf"(where|to whom|to who) (does|will|do|is) {_IT} (go|going|goes|sent|being sent|"
            r"end up|stored|saved)"
        ),
        rf"who (do|will) {_YOU} (tell|send it to|show|share it with|give it to)",
        (
            r"(is|are) (this|it|my story|this chat) (private|confidential|secret|secure|safe|"
            r"encrypted)"
        ),
        (
            r"(can|will) (he|she|they|the police|my boss|telegram|the party) (find out|see it|"
            r"see this|read it|read this|know)"
        ),
        r"(what|who) happens with (it|this|my story|what i write)|privacy|is it private",
    ),
    Saying.ANONYMOUS: (
        (
            r"(is|are|will|am) (this|it|i|we|my story|my name) (really |truly |be |stay |remain |"
            r"actually )*(anonymous|anon|anonymus|anonimous|annonymous|anonym|named|shown|"
            r"visible)"
        ),
        (
            rf"(do|can|will|did|does) ({_YOU}|they|the bot|anybody|anyone|the readers) (know|see|"
            r"have|find out|get|store|save|keep|tell them)( who i am| my name| my number|"
            r" my phone number| my account| its me| it is me| that its me)+"
        ),
        (
            r"(do i have to|must i|should i|do you need me to) (give|say|tell you|write|use) (my|"
            r"a) (real )?name"
        ),
        r"(can|may) i (stay|remain|be) anonymous|anonymous|can they trace (me|this|it)",
        (
            r"i (do not|dont) want (them|anyone|anybody|people) to know (who i am|my name|its me|"
            r"it was me)"
        ),
    ),
    Saying.WHO: (
        rf"(who|what) (the hell )?({_ARE}|is) ({_YOU}|this|it|that|there|this bot|this thing)",
        rf"(who|what) {_YOU} ({_ARE})?|(whos|whats) (this|that|there|it)|what this is",
        (
            rf"({_ARE} {_YOU}|is this|am i (talking|speaking|writing) (to|with)|is there|"
            r"are these) (a |an |really |real |actually |just |only )*(bot|human|person|people|"
            r"robot|machine|ai|program|computer|somebody|someone|anybody|anyone|chatgpt|"
            r"chat ?bot|real|there)( there| reading| here| behind this)?"
        ),
        (
            rf"(what|how) (do|does|can|will|is) ({_YOU}|this|it|this bot)( do| work| for| happen|"
            r" about)+"
        ),
        (
            r"(who|which (group|organi[sz]ation|party)) (runs|made|makes|owns|is behind|"
            r"are behind) (this|you|it|this bot)"
        ),
        (
            r"whats? going on|what is going on|what is this (bot|thing|chat|program|about|for)|"
            r"whats this (for|about)|how does this work"
        ),
        (
            r"(anybody|anyone|somebody|someone|is anybody|is anyone|is someone) (there|here)|"
            rf"({_ARE} {_YOU}|you) there"
        ),
        r"(tell me )?more about (you|this)|whats your name|what is your name",
    ),
    Saying.POLICE: (
        r"((is|are) (this|you|u) )?(the |with the |from the )?(police|cops|cop)",
        (
            r"(will|do|does|are|can) (you|u|this|they) (going to )?(tell|call|inform|go to|"
            r"report (it|this|me) to|pass it to|send it to)( it| this)?( to)? (the )?(police|"
            r"cops|authorities)"
        ),
        (
            r"(should|must|do|can|could) i (have to )?(call|go to|tell|report (it|"
            r"this) to) (the )?(police|cops)"
        ),
        r"i (do not|dont) want (the )?(police|cops)( involved)?",
    ),
    Saying.CALL: (
        (
            rf"(can|could|will|would) (({_YOU}|someone|somebody|anyone|anybody)"
            r" )?(please )?(call|phone|ring|text|contact|reach|visit|meet) me"
        ),
        r"(please |pls )?(call|phone|ring|text|contact) me",
        (
            r"(can|could) (i|we) (call|phone|ring|meet)( you| someone| somebody)?|(whats|"
            r"what is) (your|the) (phone )?number|is there a (phone )?number( to call)?"
        ),
        r"can i (send|use) (a )?(voice|voice message|voice note|picture|photo|video|file)s?",
    ),
    Saying.REPLY: (
        (
            r"((when|how) )?(will|do|are|can|could|would) (they|he|she) (going to |gonna |ever )?"
            r"(call|phone|ring|text|contact|reach|write|visit|meet)( to)? me( back)?"
        ),
        r"(when|how) (will|do|are|can|would) (they|he|she) (going to )?(call|phone|reach out)",
        (
            r"(when|how) (will|do|does|can) (i|someone|somebody|anybody|anyone|they|you|u) (get|"
            r"hear|answer|reply|respond|write)( an| a| back| from)*( answer| reply| response|"
            r" you| me| them| someone)*"
        ),
        (
            rf"(will|can|does|is) ({_ANYONE}|{_YOU}) (going to )?(answer|reply|respond|"
            r"write back|write|get back|contact)( to)?( me| back)*"
        ),
        (
            rf"(why (do|are|dont|wont|is) ({_YOU}|nobody|no one) (not )?(answer|answering|reply|"
            r"replying|respond|responding)( me)?)"
        ),
        (
            r"(what happens (next|now|after|afterwards|then)|what (do|does) (they|it) do (next|"
            r"now|then)|whats next|what next|and then|what then)"
        ),
        r"(answer|reply|respond|talk|speak)( to)? me|say something",
    ),
    Saying.JUDGE: (
        (
            rf"(do|dont|will|did) ({_YOU}|they|anyone|anybody) (even )?(believe|blame|judge) (me|"
            r"us|it)"
        ),
        (
            r"(was|is) (it|this|that) (really |actually |even )?(my fault|rape|abuse|harassment|"
            r"assault|a crime|illegal|normal|serious|bad|bad enough|wrong)( enough)?"
        ),
        (
            r"(am i|was i) (overreacting|over reacting|crazy|wrong|stupid|exaggerating|to blame|"
            r"imagining it|imagining things|the problem|too sensitive)"
        ),
        (
            r"(does|did|do) (it|this|that) (even )?(count|matter)|(what should|what shall|"
            r"what can|what do) i do"
        ),
        r"is it (ok|okay|allowed|legal) (to (tell|write|talk about) (this|it|you))?",
    ),
    Saying.BEFORE: (
        (
            r"(i was|ive been|i have been|i been) (already )?here (before|already|earlier|"
            r"last (week|month|year))"
        ),
        (
            r"(i |ive |i have )?(already )?(wrote|written|told|told you|reported|talked|"
            r"talked to you|spoke to you) (this|it|everything|to you|you)? ?(already|before|"
            r"earlier|last (week|month|year))"
        ),
        (
            r"(do you|dont you|u) (remember|know) me|remember me|(i want to |can i |"
            r"how do i )?(open|see|find|continue|get to|log ?in to|access) my (old |saved |last |"
            r"earlier )?(story|report|case|account)"
        ),
        (
            r"(where is|wheres|what happened to) my (old |saved |last |earlier )?(story|report|"
            r"case)"
        ),
        r"log ?in|sign in|i (have|got) (my|the) (words|code|twelve words|12 words)",
    ),
    Saying.RETURNED: (
        r"((hi|hey|hello) )?((im|i am|i m) )?back( again)?",
        (
            r"(hi|hey|hello|me|its me|it is me|here i am) (again|back)|(can|could) we (continue|"
            r"go on)"
        ),
        (
            r"(i want to|id like to|lets|can i|i can|i will) (continue|go on|carry on|"
            r"resume)( now)?"
        ),
        r"(continue|go on|carry on|resume|where were we|where did we stop)",
    ),
    Saying.GREETING: (
        (
            r"(hi|hii+|hey+|heya|hello|helo|hallo|hullo|yo|good (morning|evening|afternoon|day)|"
            r"hola|greetings|dear bot|dear all|hi (there|bot|everyone|"
            r"all))( (hi|hello|there|bot|everyone))*"
        ),
        r"start|begin|lets (start|begin|go)|i want to (start|begin)|how do i (start|begin)",
    ),
    Saying.HELLO_OR_GOODBYE: (r"(ciao|salut|shalom|aloha)( (ciao|salut|bot|all|everyone))*",),
    Saying.GOODBYE: (
        (
            r"((ok |okay )?(thank you|thanks|thx|ty) )?(and )?(bye+|byebye|goodbye|good ?bye|"
            r"see (you|u|ya)|cya|farewell|so long|take care|good ?night)( (bye|later|soon|"
            r"tomorrow|bot|all|everyone))*"
        ),
    ),
    Saying.ADD: (
        (
            r"(i |i (still )?(want|need|would like|forgot|have) |id like |can i |could i |"
            r"let me |how (do|can) i )(to )?(add|write|tell|say|tell you) (something|more|a bit|"
            r"sth|smth|one thing|one more thing|another thing|some more|a few things|to my story|"
            r"to it|this)( more| else| to (it|my story|the story))*"
        ),
        (
            r"(i (want|would like) to |id like to |can i |let me )(change|correct|edit|fix|"
            r"rewrite) (something|my story|it|what i (wrote|said)|a mistake|a word)"
        ),
        (
            r"(i )?(forgot|left out) (something|a thing|one thing|to (say|tell|write|"
            r"mention) (something|sth))|(theres|there is) more|one more thing"
        ),
    ),
    Saying.ADD_ASIDE: (
        (
            r"(yes |ok |please )*(add|put)( it| this| that| them| what i wrote)?"
            r"( in| to my story| to the story| in my story| to it)*"
        ),
    ),
    Saying.SHOW: (
        (
            r"(show|can i (see|read)|let me (see|read)|can you show)( me)? (it|what i (wrote|"
            r"said|told you)|my story|everything|what you (have|saved|wrote))( again)?"
        ),
        (
            r"what (did|have) (i|you) (write|wrote|written|say|said|saved?|told you|got|"
            r"have)( so far| about me)?"
        ),
    ),
    Saying.HOW_LONG: (
        (
            rf"how long (do|will|does|are|is|can) ({_YOU}|they|it|this|my story|"
            rf"{_IT}) (going to )?(keep|store|save|stay|kept|stored|saved|last|be kept|be stored|"
            rf"wait|remain)( {_IT})?( here| saved| for)?"
        ),
        (
            rf"(when|how soon|until when|till when) (do|will|does|is|are) ({_YOU}|they|it|"
            rf"{_IT}) (going to )?(be )?(delete|deleted|erase|erased|expire|gone|end|disappear|"
            rf"keep|kept)( {_IT})?"
        ),
        (
            r"(do|will) (you|u) (keep|save|store) (it|this|that|everything)( forever| for ever)?|"
            r"is (it|this) saved|is it (still )?there"
        ),
    ),
    Saying.HOW_MUCH: (
        (
            r"how (long|many questions|much time|many more|much longer|many) (does (it|"
            r"this) take|will (it|this) take|are there|is this|is it|are left|is left|to go|"
            r"until it ends|more)"
        ),
        (
            r"(is it|is this|are we) (over|done|finished|almost (over|done)|nearly (over|"
            r"done))( yet)?"
        ),
    ),
    Saying.LANGUAGE: (
        r"(in )?(english|spanish|espanol|español|german|deutsch|french|italian|portuguese)",
        (
            r"(do|can) (you|u|we|i) (speak|write|talk|understand|use)( in)? (german|deutsch|"
            r"spanish|espanol|español|french|francais|français|italian|turkish|arabic|russian|"
            r"ukrainian|polish|portuguese|chinese|another language|other languages?|my language)"
        ),
        (
            r"(habla|hablas) espanol|(habla|hablas) español|sprechen sie deutsch|"
            r"sprichst du deutsch|parlez vous francais|parlez vous français|parli italiano|"
            r"no (speak )?english|i (do not|dont) speak english|(my english is|"
            r"sorry for my) bad( english)?|(is|are) there (another|other) languages?"
        ),
    ),
    Saying.BACK: (
        (
            r"(go |take me |can i go |i want to go |lets go |please go )?back( please)?|"
            r"go back( one| a| to the last| to the previous)?( step| question)?|(the )?(last|"
            r"previous) question( again)?"
        ),
        (
            r"undo( that| it)?|(i )?(clicked|pressed|tapped|hit|chose|picked|"
            r"took) (the )?wrong( (one|button|thing|answer))?|wrong (button|answer|one)|"
            r"mis ?(click|tap)(ed)?"
        ),
    ),
    Saying.MISTAKE: (
        (
            r"(i )?(made a mistake|was wrong|misspoke|typed that wrong|wrote that wrong)|(that|"
            r"it|this) (is|was) (wrong|a mistake|not right|not true|incorrect|a typo)|(thats|"
            r"its) (wrong|not right|not true|incorrect)|oops|typo|my mistake"
        ),
    ),
    Saying.SKIP: (
        r"(skip|next|pass|move on)( it| this| that| question| this question| one)*",
        (
            rf"(i {_DONT}|id rather not|i would rather not|i rather not|rather not|"
            r"can i not) ?(want to |wanna |have to |like to )?(answer|say|tell|talk about|"
            r"tell you)?( that| this| it| this question| you)*"
        ),
        (
            r"(no comment|none of your business|next question|(can|may) i skip( this| that| it)?|"
            r"do i have to (answer|say)( that| this| it)?)"
        ),
    ),
    Saying.DONE: (
        (
            r"(i am|im) (done|finished|ready|through)( with (it|this|that))?|(thats|that is|"
            r"that was) (it|all|everything|the end)|(done|finished|finish|end|the end|ready|"
            r"all done|nothing (more|else))"
        ),
    ),
    Saying.UNSURE: (
        (
            r"(i )?(really |still |just )*(do not|dont|don t|dunno|not) (really )?(know|no|kno|"
            r"sure|remember|certain)( yet| what| which| which one| how| what to (do|say|choose|"
            r"pick|write)| if i want (this|that)| anymore| any more)*"
        ),
        (
            r"(idk|dunno|i dunno|no idea|not sure( yet)?|(im|i am) (not sure|unsure|"
            r"undecided)( yet)?|maybe|perhaps|hm+|hmm+|who knows|it depends|depends|cant (decide|"
            r"remember)|i cant (decide|remember|choose)|hard to say)"
        ),
    ),
    Saying.CONFUSED: (
        (
            r"(i )?(do not|dont|don t|didnt|cant) (understand|get|follow)( it| this| that|"
            r" the question| what you (mean|want)| you| anything)*"
        ),
        (
            r"(what|huh|what do you mean|what does (that|this|it) mean|what|wdym|pardon|"
            r"come again|say (that|it) again|(im|i am) (confused|lost)|confused|"
            r"what should i (write|say|choose|type|press|tap|pick|do here)|how|why)( by that)?"
        ),
        (
            r"(it|this|the bot|the button|nothing) (does not|doesnt|isnt|is not|dont)? ?(work|"
            r"works|working|happens)( for me)?|(the )?buttons? (dont|do not|doesnt) work|error|"
            r"broken"
        ),
    ),
    Saying.APOLOGY: (
        (
            r"(i am |im )?(so |very |really )*(sorry|apologies|my bad)( for (that|this|the mess|"
            r"all this|bothering you|wasting your time|the spelling|the typos|everything))*"
        ),
        r"(i )?(do not|dont) (want|mean) to (bother|disturb) (you|anyone)|am i bothering you",
    ),
    Saying.TEST: (
        r"(test|testing|test test|is this (working|on)|does (this|it) work|asdf+|ping)",
    ),
    Saying.YES: (
        (
            r"(yes|yess+|yep|yup|yeah|yea|ya|y|ja|si|oui|sure|of course|ok|okay|okey|k|kk|"
            r"alright|all right|fine|agreed|agree|right|correct|i agree|do it|go ahead|please do|"
            r"yes i do|yes i want( that| it| to)?|i guess so|i think so|sounds good|absolutely|"
            r"definitely|why not|good|cool|great)( (yes|ok|okay|sure|do|that|it|please))*"
        ),
    ),
    Saying.NO: (
        (
            r"(no|noo+|nope|nah|n|nein|non|never|no way|not really|absolutely not|no thanks|"
            r"no thank you|i (do not|dont) (want to|think so|want it|want that)|not at all|"
            r"rather not|better not)( (no|never|thanks|way))*"
        ),
    ),
    Saying.THANKS: (
        (
            r"(ok |okay )?(thank you|thanks|thank u|thx|ty|tysm|cheers|thankyou|many thanks|"
            r"thanks a lot|bless you)( so much| very much| a lot| for (listening|this|your help|"
            r"everything|asking))*"
        ),
    ),
}

ENGLISH_SAYINGS = Sayings(_PATTERNS, _LEADING, _TRAILING)
