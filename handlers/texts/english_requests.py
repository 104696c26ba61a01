"""What people ask the bot to do in English: the sayings that cannot wait, and all that halts."""

from handlers.texts.sayings import Patterns, Saying

_IM = "(i am|im|i m)"
_DONT = "(do not|dont|don t|cant|can not|cannot|can t|didnt|did not)"
_IT = (
    "(it|this|that|everything|all of it|it all|all|my story|my report|my message|"
    "my messages|mine|what i (wrote|said|told you)|all i (wrote|said)|my data|my words|"
    "the story|the report|my account|them|these messages|this chat|the chat)"
)
_ANYONE = "(anybody|anyone|somebody|someone|any one|they|people|the readers|a reader)"
_THEM = "(them|him|her|anyone|anybody|someone|somebody|people|the readers|everyone)"
_CALL = "(call|phone|ring|text|message|contact|write to|write|reach|visit|email|ring up|call up)"
_CALLED = "(called|phoned|rung|texted|contacted|messaged|reached|visited)"
_ME = "( me| my number| the number| my phone| that number| me back)*"
_PEN = "(pen|pencil|paper|piece of paper|notebook)"
_PICTURE = "(screenshot|screen shot|photo|picture|pic)s?"
_WORDS = "(it|them|this|these|the (twelve |four )?words|my words|the code)"
_NOW = "( now| right now| today| tonight| yet| anymore| any more| at the moment| just now)?"

ENGLISH_REQUESTS: Patterns = {
    Saying.DANGER: (
        rf"{_IM} (not safe|unsafe|in danger|scared for my life)( here)?",
        r"i (do not|dont) feel safe( here)?",
        (
            r"(he|she|they|somebody|someone|my (husband|wife|partner|boyfriend|girlfriend|dad|"
            r"father|mother|mum|mom|boss|ex))( is| are|s|re)? (is )?(at|outside|behind|"
            r"in front of) (the|my) (door|house|room|window|flat)"
        ),
        (
            r"(he|she|they)( is| are|s|re)? (here|coming|home|outside|back|in the room|"
            r"watching me|following me|looking for me)"
        ),
        (
            r"(hes|shes|theyre) (here|coming|home|outside|back|at the door|watching me|"
            r"following me)"
        ),
        (
            r"(he|she|they) (will|is going to|are going to|wants to|want to|gonna) (kill|hurt|"
            r"hit|find) me"
        ),
        r"(hell|shell|theyll|hes gonna|shes gonna) (kill|hurt|hit|find) me",
        (
            r"i (want to|wanna|am going to|will|might) (die|kill myself|end it|end my life|"
            r"hurt myself)"
        ),
        r"(im going to|im gonna) (kill|hurt) myself",
        r"i (do not|dont) want to (live|be here)( any more| anymore)?",
        r"(kill myself|suicide|i am suicidal|im suicidal)",
    ),
    Saying.STOP: (
        (
            r"(stop|stopp|stahp)( it| this| that| everything| all| the bot| asking| now| already|"
            r" pls| stop)*"
        ),
        (
            r"(please |pls |can you |just )?(stop|quit|cancel|abort|end)( it| this| that|"
            r" everything| the (bot|chat|talk|questions))?"
        ),
        (
            r"(make it stop|no more|no more questions|enough|thats enough|that is enough|"
            r"leave me alone)"
        ),
        r"(i want|i wanna|i need|i would like|id like) (to )?(stop|quit|leave|get out|go|out)",
        (
            rf"i {_DONT} want (this|to)( any more| anymore| do this| go on| continue| talk|"
            r" answer)*"
        ),
        r"(exit|quit|unsubscribe|go away|shut up|forget it|never ?mind|nvm|get me out)",
    ),
    Saying.UNSEND: (
        # Not "i changed my mind, send it": that is the contrary.
        (
            r"i (have )?changed my mind"
            r"( (?!(please |now |so |and )*(do )?(send|share|let)\b).{0,40})?"
        ),
        (
            rf"(please |pls )?(dont|do not|never) (send|share|hand over|show|give) ({_IT}|"
            r"anything)( to (them|anyone|anybody))?"
        ),
        (
            rf"i {_DONT} want (to send|to share|anyone to read|anybody to read|them to read|"
            rf"you to send|{_ANYONE} to (see|have|read))( {_IT})?( any more| anymore)?"
        ),
        (
            r"(please |pls |can i |can you |how (do|can) i |i want to |i wanna |"
            rf"id like to )?(take|get|pull) {_IT} back"
        ),
        (
            r"(please |pls |can i |can you |how (do|can) i |i want to |i wanna |"
            r"id like to )?(take back|get back|call back|recall|unsend|withdraw|unshare|"
            r"undo)( it| this| that| everything| my story| my report| the sharing)?"
        ),
        r"(stop|cancel) (the )?(sending|sharing|hand ?over|it from being sent)",
        r"i regret (it|this|that|sending it|sharing it|telling you)",
        rf"i (take|want|want to take|need to take|wanna take) {_IT} back",
    ),
    Saying.NO_CONTACT: (
        rf"(dont|do not|never|dont ever) (let|allow) {_THEM} (to )?{_CALL}{_ME}",
        rf"(please )?(tell|ask) {_THEM} (to not|not to|they (must|should|can) ?not) {_CALL}{_ME}",
        rf"(please )?(tell|ask) {_THEM} (they (mustnt|shouldnt|cant)|dont|to never) {_CALL}{_ME}",
        rf"(dont|do not|never|dont ever) {_CALL}( me| the number| my number| that number)+",
        rf"i (dont|do not) want {_THEM} to {_CALL}{_ME}",
        rf"i (dont|do not) want to be {_CALLED}( by {_THEM})?",
        r"(no|stop) (calls|calling me|calling|phone calls|contact|contacting me)",
        (
            r"(please |can you |i want to )?(remove|delete|erase|take out|take away|forget) "
            r"(my|the) (phone |telephone |mobile |cell )?(number|email|e mail|email address|"
            r"address|contact|contact details)( out)?"
        ),
    ),
    Saying.ERASE: (
        (
            r"(please |pls |can you |can i |how (do|can) i |i want to |i wanna |id like to |"
            r"i want you to |you (must|have to) |just )?(delete|erase|remove|wipe|destroy|burn|"
            rf"clear|get rid of|throw away)( {_IT})?( from (here|this|the server|everywhere))?"
        ),
        r"i want (it|this|everything|all of it) (deleted|erased|gone|removed)",
        r"(forget|unsay) (everything|all of it|what i (said|wrote|told you)|me)",
        r"(right to be forgotten|gdpr|delete me)",
    ),
    Saying.HELP: (
        (
            r"(help|help me|help us|helpp|hlp|sos|i need help|i want help|need help|"
            r"please help( me)?|"
            r"can (you|anyone|anybody|somebody|someone) help( me)?|is there (any )?help|what now|"
            r"emergency|somebody help)"
        ),
        r"who can (help( me)?|i (talk|speak) to|i call)",
        (
            r"(i need|i want) (to talk to|to speak to|to speak with|to talk with)? ?(a person|"
            r"a human|someone|somebody|anyone|a real person|a counsell?or|a therapist|a doctor|"
            r"a lawyer)"
        ),
        (
            r"(can|could|may) i (talk|speak) (to|with) (a person|a human|someone|somebody|anyone|"
            r"a real person)"
        ),
    ),
    Saying.REGRET: (
        r"((oh|omg|shit|fuck|wtf|but) )*no+( no+)* (wait|hold on|hang on)( wait| no+)*",
        r"(wait|hold on|hang on)( wait)* no+( wait| no+)*",
        r"no no no( no)*|noo+|nono(no)*|no please|please no|(please )?dont( dont)*|undo( undo)*",
        r"i (didnt|did not) mean (that|it|this|to|to do that|to send it|to share it)",
        r"(oh |omg )?(no )?what (did i do|have i done)|i made a mistake|it was a mistake",
        r"(oh|omg|shit|fuck|wtf)( (oh|omg|shit|fuck|god|my god))* no+( wait| no+)*",
        (
            r"((i (sent|gave|shared) (it|this|that) (to|with)|i (chose|picked|took)|thats|that is|"
            r"that was|its|it was|it went to) )?(the )?wrong (person|people|one|reader|name)"
        ),
    ),
    Saying.MOMENT: (
        (
            r"(wait|hold on|hang on|one (moment|minute|second|sec)|a (moment|minute|second|sec)|"
            r"give me (a|one|another) (minute|moment|second|sec)|wait (a|one) (minute|moment|"
            r"second|sec))( wait)?"
        ),
        r"(i need|i want) (a|one|another|some) (minute|moment|second|sec)|i need more time",
        (
            r"i (have no|havent got a|havent got any|dont have a|dont have any|do not have a|"
            rf"do not have any|cant find a|cant find any|need a|need some) {_PEN}"
            rf"( or (a )?{_PEN})?{_NOW}"
        ),
        r"i (have nothing|dont have anything|havent got anything) to write (with|on)",
        (
            r"(let me|i need to|i have to|i must|ill) (go )?(and )?(just )?(get|find|grab|fetch|"
            rf"look for) (a |some |my )?{_PEN}( or (a )?{_PEN})?( first)?"
        ),
    ),
    Saying.PAUSE: (
        (
            rf"(i {_DONT}|not|cant) (do|handle|manage|face|take|deal with)? ?(it|this|that|"
            rf"any more|anymore)?{_NOW}"
        ),
        rf"i {_DONT} (do|handle|talk about|write about|manage|face) (it|this|that){_NOW}",
        (
            r"(not now|not today|later|maybe later|another time|some other time|tomorrow|pause|"
            r"brb|be right back|back soon|gtg|got to go|gotta go|i have to go|i need to go|"
            r"i must go|ttyl)"
        ),
        r"(i need|i want) (a|some|to take a|to have a)? ?(break|pause|time|rest)",
        (
            r"(this|it) is too much|(its|thats) too much|too much|(im|i am) (tired|exhausted|"
            r"overwhelmed)"
        ),
        (
            r"(can|could|may) i (come back|do this|finish|continue|write)( later| tomorrow|"
            r" another time)+"
        ),
    ),
    Saying.LOSING_WORDS: (
        (
            r"what (if|happens if|happens when|happens once|when) i (lose|loose|forget|misplace|"
            r"cant find|cannot find|do not have|dont have|dont write down|do not write down) "
            r"(them|it|one|my|the|these|those|this)"
            r"( words?| codes?| note| paper| list| twelve words| four words)?( down)?"
        ),
        r"(can|could) (you|i|somebody|anyone) (reset|restore|recover|replace) (them|it|the words)",
    ),
    Saying.WROTE_DOWN: (
        (
            r"((i|i have|ive|i ve) (just |already |now )?)?(wrote|written|write|noted|copied) "
            r"(them|it|these|those|all of them|the words|my words|the code)"
            r"( all)?( down| somewhere| on paper)"
        ),
        r"(i|i have|ive|i ve) (just |already )?(wrote|written|noted|copied|saved) them( all)?",
        r"(they are|theyre|they re|it is|its|all) (all )?(written|noted) down",
        r"(i|i have|ive|i ve) (now |already )?(have|got) (them|the words|my words)( all)?( now)?",
    ),
    Saying.SCREENSHOT: (
        (
            rf"(can|could|may|should) i (please )?(take|make|do) (a |some )?{_PICTURE}"
            rf"( of {_WORDS})?( instead)?"
        ),
        rf"(can|could|may|should) i (just )?(screenshot|photograph|copy) {_WORDS}( instead)?",
        (
            rf"(can|could|may|should) i (just )?(save|store|keep|write|put|type) {_WORDS}"
            r"( down)? (in|on) my (phone|notes|computer|laptop|photos)"
        ),
        rf"(is|are|would) (a |an )?{_PICTURE} (be )?(ok|okay|fine|enough|safe|allowed)",
        (
            rf"(i|ive|i have|ill) (just )?(took|take|taken|made) (a )?{_PICTURE} of (the|my) "
            r"(twelve |four )?(words|code)"
        ),
        r"screenshot",
    ),
    Saying.LOST_WORDS: (
        (
            r"(i |i have |ive )?(lost|forgot|forgotten|deleted|cant find|dont have|do not have|"
            r"didnt write down|did not write down|misplaced|threw away) (my|the|all|all my|those|"
            r"these|any of the|any) ?(twelve|12|four|4|recovery|secret)? ?(words?|codes?|"
            r"pass ?words?|phrases?|pins?|list|note|paper)"
        ),
        (
            r"(where are|what are|what were|show me|tell me|send me|give me|can i see|whats) (my|"
            r"the) (twelve |12 |four |4 |recovery )?(words|code|password)"
        ),
        r"(i |ive |i have )?(lost|forgot) them",
    ),
    Saying.WAS_READ: (
        (
            rf"(did|has|have|does|is) {_ANYONE} (already )?(read|reading|seen|see|saw|get|got|"
            rf"gotten|received?|opened?|answered?|looked at)( {_IT})?{_NOW}( already)?"
        ),
        (
            rf"(did|has|was|is) {_IT} (been )?(already )?(read|seen|sent|opened|shared|"
            rf"received)( by {_ANYONE})?{_NOW}( already)?"
        ),
        rf"who (has )?(read|saw|seen|opened|got) {_IT}{_NOW}( already)?",
        rf"who (has|got) (it|a copy|my story){_NOW}",
        rf"when (will|do|can|did|does) {_ANYONE} (read|see|get|open) {_IT}",
        (
            r"(did|has|was|is) (it|that|this) (really )?(been )?(stop|stopped|cancelled|canceled|"
            rf"withdrawn|taken back){_NOW}"
        ),
        (
            r"(any|is there any|is there|do you have any) (news|update|updates|answer|reply|"
            r"response)"
        ),
        (
            r"(what happened|what is happening|whats happening|what happens) (to|with) my (story|"
            r"report)"
        ),
    ),
}
