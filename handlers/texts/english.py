"""The bot's own sentences: limits, leaving, withdrawing, the overview, the ways back.

They are code and not part of any questionnaire, so that no edit can lose them. Short, plain, no
"why", no blame, no praise. ``{…}`` is filled with dates, counts, readers' names and the
organisation's own words; never with what a reporter wrote. Not yet reviewed with survivors.
"""

HELLO = """\
Hello. This is a program of {organisation}. Nobody is reading now.

While you type, this program can read you{reads_along}. Later only you can, and whoever you choose.

It is no lawyer and no emergency service.
/stop leaves at any time. /unsafe shows who can help."""

NOT_BEGUN = (
    "What you just wrote was not kept. Please choose first; then there is room for all of it."
)

SAFE = """\
What you tell is kept sealed for {days} days after your last answer, at most 14 days. Until you \
finish, whoever holds this account could go on with it, and it is protected less well than later.

Can you type safely here? Is this account open on another device?"""

SAFE_SEVERAL = """\
What you tell is kept sealed for {days} days after your last answer, at most 14 days. Until you \
finish, whoever holds this account could go on with it, and it is protected less well than later.

Can you type safely here? Is this account open on another device? If it is safe, choose what it \
is about."""

KIND = "What is it about? This decides which questions are asked."

RECALLED = """\
The questions that you were being asked were taken back by those who look after them:

“{because}”

Nobody reads what you told because of this, and nothing was decided. What you told first stays if \
you go on; all else is asked anew, in new words, and the earlier answers to it are erased."""

RECALLED_ALLOWED = """\
The questions in whose words you allowed something were taken back since, by those who look after \
them:

“{because}”

What you allowed stands. /withdraw takes it back."""

UNSAID = "No reason was given."

CLEAN = """\
Shall this screen be cleared?

"As I go": each time something was sealed. "At the end": when you leave or finish. \
"I do it myself": nothing is cleared for you."""

CLEAN_CHAT = """\
Shall this chat be cleaned, on both sides?

"As I go": your messages once they are sealed, mine once they are answered.
"At the end": when you leave or finish.
With both, messages go before they are two days old; later Telegram deletes nothing.
"I do it myself": nothing is deleted for you.

Deleting may not reach what Telegram keeps."""

TEXT_ONLY = "For now only text can be taken: no pictures, files or voice messages."

ACK = "Sealed. Go on whenever you like. /done when that is all."

ADD_MORE = "What you told so far stays. You can add to it. /done when that is all."

AGAIN = (
    "Here it is once more. Your answer stands until you give another; /done leaves it as it is."
)

EDITED = "Sealed anew, with your change."

STOPPED = """\
I have stopped. Nothing was sent and nothing was erased.

What would you like?"""

STOPPED_SHARED = """\
I have stopped. Nothing was erased, and what you allowed stands; /withdraw takes it back.

What would you like?"""

PAUSED = """\
It is sealed and waits until {until}. /start goes on where we were. If you do not come back, it \
is erased then. You will not be reminded."""

PAUSED_SHARED = """\
What you allowed stands. This talk waits until {until}; /start goes on where we were. You will \
not be reminded."""

LATER = "Nothing is decided. Nobody reads it."

ERASE = "Erase everything you told here? It cannot be brought back."

ERASE_SHARED = "What a reader has already fetched stays with that reader."

ERASED = """\
It is erased. Nothing of it is left here.

What cannot be reached from here: {keeps}"""

ERASED_LATE = """\
It is erased. Nothing of it is left here. If a reader had fetched it already, they are asked to \
destroy it; their copy cannot be reached from here."""

FETCHED_STAYS = """\
{readers} had fetched it already: they are asked to destroy it, but their copy cannot be reached \
from here."""

ENDED = """\
The talk that was open here is over: the readers you named have fetched what you told, or it was \
erased from elsewhere. Nothing of it is kept here. /start begins anew."""

UNCLEANED = """\
{count} messages of this chat could not be deleted from here any more. You can delete them \
yourself: press long on one, choose the others, and delete them for both sides."""
UNCLEANED_ONE = """\
One message of this chat could not be deleted from here any more. You can delete it yourself: \
press long on it, and delete it for both sides."""

TRACES = "The last traces on the server's disk follow within minutes."

NOT_ERASED = "Nothing was erased."

NOT_NOW = """\
That is all right. Nothing was kept.

Come back whenever you like. If this could put you in danger, use a device and an account they \
don't know."""

OVERVIEW = "This is what you allow:\n\n{lines}\n\nIs it right? Each line can be changed."

NOTHING_ALLOWED = (
    "Nobody reads it and it is not kept: when you finish, everything you told is erased."
)
LINE_NOBODY = "Nobody reads it."
LINE_READ = "{readers} may read {parts}."
LINE_NEVER = "{readers} must never read it, and will not learn that it exists."
LINE_KEEP = "It is kept, so that you can come back."
LINE_KEEP_NOT = """\
It is not kept here once they have it; what nobody fetched within {days} days ends as well."""
LINE_WRITES = "Nobody writes to you."

PARTS = {
    frozenset({"needs"}): "only what would help you and what you would like to happen",
    frozenset({"needs", "person"}): "what would help you, and who it is about",
    frozenset({"needs", "person", "story"}): "everything you told",
}

ACTS = {
    "act.listen": "They may read and listen, nothing else.",
    "act.unnamed": "They may act on it without naming you.",
    "act.accused": "They may put it to the person it is about, without naming you.",
    "act.named": "They may act on it and use your name.",
}

REPORT_ACTS = {
    "act.listen": "The reporter allows: read and listen, nothing else.",
    "act.unnamed": "The reporter allows: act on it without naming the reporter.",
    "act.accused": "The reporter allows: put it to the person it is about, without naming the \
reporter.",
    "act.named": "The reporter allows: act on it and use the reporter's name.",
}

REPORT_HEADINGS = {
    "needs": "What would help",
    "person": "Who it is about",
    "story": "What was told",
}

SHARING = """\
If you share with someone you cannot make them forget. For {hours} hours you can stop this with \
/withdraw; until then the sealed copy already lies on the server, and it is remembered that this \
account may stop it."""

DUTY = "{reader} must pass some things on, whatever you allow."

SEVERAL = "You can choose more than one: 1 3"
SEVERAL_BUTTONS = "You can choose more than one. “That is all” goes on."

NO_PIECES = "There are no pieces."

PIECE_LINE = "{number}. {part}, {week}, {count} characters"

PIECE_ASK = "What should happen with this piece?"

PART_NAMES = {"story": "What you told", "needs": "What would help", "person": "Who it is about"}

PERMISSIONS = (
    "This is what you allow so far:\n\n{lines}\n\n/withdraw takes back what was handed over."
)

PIECES = "The pieces:\n\n{lines}\n\n/show 1 shows the first, /show shows all."

PIECE_MISSING = "There is no such piece. The pieces have the numbers 1 to {count}."

LEFT_OUT = "That piece is erased."

HANDED_HELD = """\
It is sealed for {readers} and held until {due}. Until then /withdraw stops it and nobody will \
have read it."""

HANDED_NOW = "It is sealed for {readers}, who can fetch it from now on."

CODE = """\
Your take-back code:

    {code}

These four words can withdraw and erase, nothing else. Keep them even if you want no way back."""

HAVE_CODE = "Do you have the four words? They are not shown again after this."

WAY_BACK = """\
How would you like to come back?

Twelve words: after this only they open what you told.
Only the code: it can be withdrawn and erased, and nobody can read it again, you included. \
Write the four words down first: they go when this ends."""

WORDS = """\
Your twelve words, in this order:

{words}

Keep them where nobody else looks. Until two of them were given back, /words shows them again. \
{end}"""

WORDS_END = "Without that, what you told is erased on {until}."
WORDS_END_SHARED = "That can be done until {until}; after it, nobody but your readers can open it."

ASK_WORDS = "To be sure that you have them: which words are number {first} and number {second}?"

WRONG_WORDS = """\
Those are not the two. Nothing is lost. Which words are number {first} and number {second}? \
/words shows all of them again."""

NOTHING_KEPT = """\
You said yes to nothing, so nothing is kept and nobody reads anything. Everything you told is \
erased."""

GOODBYE = """\
{what}

You will not be recognised next time: {way}

{next}If this weighs on you now: /help shows who you can talk to."""

GOODBYE_WORDS = "What you told is sealed, and this program cannot open it any more."
GOODBYE_CODE = "What you told is sealed, and nobody can open it here any more."
GOODBYE_SHARED = "What you told is sealed for {readers}; nobody else can open it here."
GOODBYE_HANDED = "Your part is done. What you told is sealed for {readers}."
WAY_WORDS = "/open and your twelve words open it, /withdraw and the four words take it back."
WAY_CODE = "/withdraw or /erase and your four words take it back."
NEXT_HELD = "{readers} will be told at {due} that something was shared. Until then /withdraw \
stops it.\n\n"
NEXT_NOW = "{readers} can fetch it now. This program cannot tell you what they do.\n\n"

WITHDRAWN = "Taken back. Nobody can fetch it any more."
WITHDRAWN_LATE = """\
Taken back. Nobody can fetch it any more. If a reader had fetched it already, they are asked to \
destroy it, but it cannot be made unread."""
WITHDRAWN_FETCHED = (
    "Taken back. {readers} had fetched it already: they are told that you took it back and asked "
    "to destroy it, but it cannot be made unread."
)
WITHDRAWN_ERASED = "It was not to be kept, so everything you told is erased as well."
NOTHING_SHARED = "Nothing has been handed over. /erase erases what you told."
RELEASED = "It is no longer held. {readers} can fetch it from now on."

GONE_AT_ONCE = "That message is deleted from this chat at once; Telegram has seen it."

ASK_OPEN = "Please type your twelve words, in their order."
ASK_CODE_WITHDRAW = "Please type your twelve words, or the four words of your take-back code."
ASK_CODE_ERASE = "Please type your twelve words, or the four words of your take-back code, and \
everything is erased."
NOT_WORDS = """\
These are not twelve words that belong together. Please look at their spelling and order and type \
them again. Nothing is lost. /stop leaves."""
NO_CASE = """\
Nothing is kept under these words. Please look at their spelling and order; if nothing was kept, \
or it was erased, there is nothing to open. /stop leaves."""
NO_CODE = """\
Nothing can be taken back with these words. Please look at their spelling and order: twelve words \
or four. /stop leaves."""
TOO_MANY_TRIES = """\
Five tries were made from this account today, and that is the most for one day. Please come back \
tomorrow. The twelve words can be used at any time."""
TOO_MANY_CASES = """\
This account began {count} talks today, and that is the most for one day. Please come back \
tomorrow. Nothing that was kept is touched. /help shows who you can talk to."""
CODE_OR_WORDS = """\
Four words: /withdraw takes back what was handed over, /erase erases everything. Please type one \
of these first, then the words."""

CASE = "{lines}\n\nWhat would you like to do?"
CASE_KEPT = "It is open. Nobody but you and this program can read it now."
CASE_SHARE_HELD = "Handed to {readers}, held until {due}."
CASE_SHARE_RELEASED = "Handed to {readers}, not fetched yet."
CASE_SHARE_FETCHED = "Handed to {readers}, and fetched."
CASE_UNSHARED = "Nobody else can read it."
CLOSED = "It is closed. /open and your twelve words open it again."
REOPENED = "Let us go on from what you told."

HISTORY_NONE = "Nothing was allowed and nothing taken back so far."
HISTORY_LINE = "{number}. {what}{state}"
HISTORY_KEEP = "keep it"
HISTORY_READ = "{readers} may read it"
HISTORY_REVOKED = " (taken back)"

KEPT_COMMAND = "I kept “{word}” as part of what you told. To do it instead: /{word}"
KEPT_UNKNOWN = "I kept that as part of what you told: it begins with “/” but is no command."
KEPT_SAFE = "I also kept that as part of what you told. /unsafe shows these lines at any time."
CHARACTERS_LEFT_OUT = (
    "Some characters could not be kept because they cannot be shown. The rest is."
)
TOO_LONG = """\
That message has more than {limit} characters and was not taken. Please send it in shorter parts. \
What you told before is safe."""
DRAFT_FULL = """\
There are more pieces here than one talk can hold, so the last message was not taken. What you \
told before is safe. /done goes on."""
CHOOSE = (
    "Please choose one of these, by its number or its words. What you just wrote was not kept."
)
CHOOSE_ONE = "Please choose only one of these."
CHOOSE_ALONE = "“{label}” cannot go together with another choice. Please choose again."
UNKNOWN_COMMAND = "There is no such command, so nothing was changed. /help shows them."
TALK_FIRST = """\
A talk is open here. Please finish it or erase it first; then the twelve words open what you \
kept. The four words work now: /withdraw or /erase, and the words behind it."""
CANNOT_SKIP = "This cannot be skipped: nothing happens here without your answer. /pause waits."
NOTHING_TOLD = "Nothing was told yet. Write whatever you like, or /skip."
NOT_A_TEXT = "There is nothing to finish here."
FIRST = "This is the first question. /stop halts and asks what should happen."
DECIDED = "That is already decided. /withdraw takes it back, /erase erases everything."
NO_WORDS_YET = "There are no words to show: they come at the end, if what you told is to be kept."
NOT_YET_ADD = "Adding to something that was kept cannot be done yet. While we talk: /back."
ONLY_ENGLISH = "So far this talk is in English only."
NOTHING_OPEN = "Nothing is open here. /start begins, /open opens what you kept."
UNUSABLE = {
    "edit": "I cannot change what was sealed there: its question is closed. Please write the \
correction as a new message; /back opens the question before this one.",
    "reaction": "I cannot take that sign: such signs are not encrypted, so your server sees them. \
Please write your answer.",
    "plain": "I did not take that: it came without encryption, so others could read it. Please \
send it again from an app that encrypts.",
    "key": "I could not read your last message: its key did not reach me. Please send it once \
more. If that does not help, start a new chat with me. Nothing you told before is lost.",
    "missed": "I lost my place here and may have missed what you wrote last. If it was not \
answered, please send it once more. Nothing you told before is lost.",
    "": "I could not take that: only text for now. If words stood with it, please send them by \
themselves. Nothing you told is lost.",
}
HERE_YOU_WERE = "Here you were. It waits until {until}."
FAILED = """\
Something failed on this side. What you answered before is safe, and the question stands. Please \
send that once more; if it fails again, come back later."""

HELP_INTRO = "People you can talk to:"
COMMANDS = """\
/done ends a text, /skip leaves a question out, /back goes back.
/pause waits, /stop halts and asks.
/show what you told, /permissions what you allow, /history what was allowed.
/withdraw takes back, /erase erases everything.
/open opens what you kept, /words shows the words again.
/privacy who can read this, /unsafe who can help."""

PRIVACY = """\
This is a program and nobody is reading now.
While you type, this program can read you{reads_along}.

What you tell is sealed at once. Once the talk is over only you can open it, and the readers you \
name. Until then, whoever has this server and its keys could open it.

This is not end-to-end encryption."""

FOOTER_TEXT = "/done  /skip  /back  /pause  /stop  /unsafe"
FOOTER_SINGLE = "/skip  /back  /pause  /stop  /unsafe"
FOOTER_CHOICE = "/skip  /back  /pause  /stop  /unsafe"
FOOTER_FRAME = "/pause  /stop  /unsafe"
FOOTER_HELLO = "/help  /unsafe"

LABELS = {
    "safe.go": "Yes, I can type here",
    "safe.no": "Not now",
    "safe.back": "I was here before",
    "recalled.again": "Go on with the new questions",
    "recalled.later": "Decide later",
    "recalled.erase": "Erase it",
    "clean.go": "As I go",
    "clean.end": "At the end",
    "clean.self": "I do it myself",
    "stop.keep": "Keep it, I may come back",
    "stop.erase": "Erase it",
    "stop.story": "It is part of my story",
    "stop.go": "Go on",
    "erase.no": "No, leave it",
    "erase.yes": "Yes, erase it all",
    "overview.right": "It is right",
    "review.hold": "Yes, as it is, and hold it for {hours} hours",
    "review.now": "Yes, as it is, and hand it over now",
    "review.keep": "Yes, use it as it is",
    "review.finish": "Yes, finish and erase",
    "review.show": "Show me all of it first",
    "review.change": "Change something",
    "piece.back": "Back",
    "piece.out": "Leave this piece out",
    "code.have": "I have them",
    "back.words": "Twelve words",
    "back.code": "Only the code",
    "button.done": "Done",
    "button.skip": "Skip",
    "button.submit": "That is all",
    "case.read": "Read it",
    "case.share": "Let somebody read it",
    "case.withdraw": "Take it back",
    "case.now": "Hand it over now",
    "case.erase": "Erase everything",
    "case.close": "Close it",
    "change.fork": "Change: what should happen with it",
    "change.read": "Change: who may read it",
    "change.parts": "Change: how much they may read",
    "change.never": "Change: who must never read it",
    "change.act": "Change: what they may do",
    "change.keep": "Change: whether it is kept",
}

GROUP = """\
I talk in direct messages only, one person at a time. Nothing is kept of what is written here."""

MENU = {
    "start": "Begin, or go on where we were",
    "unsafe": "I am not safe: who can help",
    "help": "What can be done here",
    "done": "That is all for this question",
    "skip": "Leave this question out",
    "back": "Go back",
    "pause": "Wait, and keep it",
    "stop": "Halt, and ask what should happen",
    "permissions": "What is allowed so far",
    "withdraw": "Take back what was handed over",
    "erase": "Erase everything",
    "privacy": "Who can read this",
}
"""What a platform's own menu of commands says; nothing that tells who looks over a shoulder more
than the chat's name does."""

ROOM_LEFT = """\
I leave this chat in a moment and keep nothing of it. Your server keeps the encrypted messages \
until its own rules end that, and that we wrote to each other; your other devices and a backup of \
your keys may still open them. To write to me again, start a new chat."""

ROOM = {
    "CLEAN_CHAT": """\
Shall this chat be cleaned, on both sides?

"As I go": your messages once they are sealed, mine once they are answered.
"At the end": when you leave or finish.
"I do it myself": nothing is deleted for you.

Deleting may not reach what servers and your other devices keep.""",
    "GONE_AT_ONCE": "That message is deleted from this chat at once.",
    "GOODBYE": """\
{what}

You will not be recognised next time: {way}

{next}If this weighs on you now, you can talk to:
{help}""",
    "UNCLEANED": """\
{count} messages that we wrote to each other stay, because I may not delete them or left that \
chat. You can remove yours yourself: press long on one, and choose Remove.""",
    "UNCLEANED_ONE": """\
One message that we wrote to each other stays, because I may not delete it or left that chat. You \
can remove yours yourself: press long on it, and choose Remove.""",
    "PRIVACY": """\
This is a program and nobody is reading now.
While you type, it can read you. It is end-to-end encrypted: servers see who writes to whom, \
when, how much, not what.

What you tell is sealed at once. After the talk only you can open it, and readers you name. Until \
then, whoever has this server and its keys could.""",
}
"""What some sentences say in an encrypted room instead, by their names."""

ROOM_WRONG = """\
I talk in encrypted chats with one person only, and this is none, so I read and keep nothing of \
what is sent here now; others may read it. Please start a new direct chat with me, with \
encryption on from its first message: {link}"""

ROOM_REPLACED = """\
The keys of your account were replaced, and none of your devices vouches for the new ones. If you \
did that, go on. If not, somebody else may be reading here: /stop, and use another account."""

ROOM_DEVICE = """\
I did not take that: it came from a device or session that your account does not vouch for, and I \
write nothing about you to such a device. Please verify it in your app (Settings, Sessions), or \
write from one that is verified. Nothing you told before is lost."""

ABOUT_SHORT = "A program of {organisation}. Nobody reads along."
ABOUT = """\
This is a program of {organisation}; nobody is reading now. Telegram can read what is written here.

/start begins. Nothing is kept before you say yes."""

READER_NOTICE = "Something was shared with you. /inbox shows it."
READER_DESTROY = """\
A reporter took back what they had shared with you ({code}). Please destroy your copy, and what \
you wrote down from it."""
READER_INBOX = "Shared with you:\n\n{lines}\n\n/fetch and the six characters fetch one."
READER_INBOX_LINE = "{code}  {state}"
READER_NEW = "not fetched yet"
READER_OLD = "fetched"
READER_EMPTY = "Nothing is shared with you at the moment."
READER_UNLINKED = """\
This account is not linked to a reader. /join and your name in the roster begin that."""
READER_INVITED = """\
A sealed file was made for {name}. Open it with your key; it shows eight digits. Type them here \
within ten minutes: /join and the digits."""
READER_JOINED = (
    "This account is linked. You will be told here, without content, when something is \
shared with you."
)
READER_WRONG = (
    "Those are not the digits, or their ten minutes are over. /join and your name begin \
again."
)
READER_UNKNOWN = "No reader of the roster has that name. Please look at its spelling."
TOO_MANY_JOINS = "Three tries were made from this account today. Please come back tomorrow."
READER_NO_DELIVERY = (
    "There is no delivery with these characters for you. /inbox shows what there is."
)

LEFT = "You left. What you told is sealed and waits until {until}; then it is erased."
LEFT_SHARED = "You left. What you allowed stands; this talk waits until {until}."
LEFT_NOTHING = "You left. Nothing of a talk is open here."
