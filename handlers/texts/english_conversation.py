"""The English texts of the conversation with a reporter."""

from handlers.texts.catalogue import (
    HelpTexts,
    LeavingTexts,
    RefusalTexts,
    RevokedQuestionTexts,
    TellingTexts,
    WelcomeTexts,
)

WELCOME = WelcomeTexts(
    hello="""\
Hello. This is a program of {organisation}. Nobody is reading now.

While you type, this program can read you{reads_along}. Later only you can, and whoever you choose.

It is no lawyer and no emergency service.
/stop leaves at any time. /unsafe shows who can help:
{help}""",
    not_begun=(
        "What you just wrote was not kept. Please choose first; then there is room for all of it."
    ),
    safe="""\
What you tell is kept sealed for {days} days after your last answer, at most 14 days. Until you \
finish, whoever holds this account could go on with it, and it is protected less well than later.

Can you type safely here? Is this account open on another device?""",
    safe_several="""\
What you tell is kept sealed for {days} days after your last answer, at most 14 days. Until you \
finish, whoever holds this account could go on with it, and it is protected less well than later.

Can you type safely here? Is this account open on another device? If it is safe, choose what it \
is about.""",
    kind="What is it about? This decides which questions are asked.",
    not_now="""\
That is all right. Nothing was kept.

Come back whenever you like. If this could put you in danger, use a device and an account they \
don't know.""",
    here_you_were="Here you were. It waits until {until}.",
    nothing_open=("Nothing is open here. /start begins, /open opens what you kept."),
    only_english="So far this talk is in English only.",
    too_many_cases="""\
This account began {count} talks today, and that is the most for one day. Please come back \
tomorrow. Nothing that was kept is touched. /help shows who you can talk to.""",
)

REVOKED_QUESTIONS = RevokedQuestionTexts(
    recalled="""\
The questions that you were being asked were taken back by those who look after them:

“{because}”

Nobody reads what you told because of this, and nothing was decided. What you told first stays if \
you go on; all else is asked anew, in new words, and the earlier answers to it are erased.""",
    recalled_allowed="""\
The questions in whose words you allowed something were taken back since, by those who look after \
them:

“{because}”

What you allowed stands. /withdraw takes it back.""",
    unsaid="No reason was given.",
)

TELLING = TellingTexts(
    text_only=("For now only text can be taken: no pictures, files or voice messages."),
    ack="Sealed. Go on whenever you like. /done when that is all.",
    add_more=("What you told so far stays. You can add to it. /done when that is all."),
    again=(
        "Here it is once more. Your answer stands until you give "
        "another; /done leaves it as it is."
    ),
    edited="Sealed anew, with your change.",
    edit_stands="What stood in that message before stays part of what you told.",
    kept_command=("I kept “{word}” as part of what you told. To do it instead: /{word}"),
    kept_unknown=("I kept that as part of what you told: it begins with “/” but is no command."),
    kept_safe=(
        "I also kept that as part of what you told. /unsafe shows these lines at any time."
    ),
    kept_behind="I kept the words that stood with /{word} as part of what you told.",
    not_kept_behind="I did not keep the words behind /{word}.",
    characters_left_out=(
        "Some characters could not be kept because they cannot be shown. The rest is."
    ),
    several="You can choose more than one: {one} {another}",
    own_numbers=(
        "Please type the number as it stands here. Each is used once, so no old message can "
        "answer for you."
    ),
    several_buttons="You can choose more than one. “That is all” goes on.",
    clean="""\
Shall this screen be cleared?

"As I go": each time something was sealed. "At the end": when you leave or finish. \
"I do it myself": nothing is cleared for you.""",
)

REFUSALS = RefusalTexts(
    too_long="""\
That message has more than {limit} characters and was not taken. Please send it in shorter parts. \
What you told before is safe.""",
    draft_full="""\
There are more pieces here than one talk can hold, so the last message was not taken. What you \
told before is safe. /done goes on.""",
    choose=(
        "Please choose one of these, by its number or its words. What you just wrote was not kept."
    ),
    choose_one="Please choose only one of these.",
    noted="Your answer: {labels}. /back changes it.",
    by_number="Please type the number here: then I know that you mean this question.",
    list_changed="This list has changed, so nothing was chosen. Here it is as it is now.",
    choose_alone=("“{label}” cannot go together with another choice. Please choose again."),
    unknown_command=("There is no such command, so nothing was changed. /help shows them."),
    talk_first="""\
A talk is open here. Please finish it or erase it first; then the twelve words open what you \
kept. The four words work now: /withdraw or /erase, and the words behind it.""",
    cannot_skip=(
        "This cannot be skipped: nothing happens here without your answer. /pause waits."
    ),
    nothing_told="Nothing was told yet. Write whatever you like, or /skip.",
    not_a_text="There is nothing to finish here.",
    first=("This is the first question. /stop halts and asks what should happen."),
    decided=("That is already decided. /withdraw takes it back, /erase erases everything."),
    no_words_yet=(
        "There are no words to show: they come at the end, if what you told is to be kept."
    ),
    not_yet_add=("Adding to something that was kept cannot be done yet. While we talk: /back."),
    unusable={
        "edit": (
            "I cannot change what was sealed there: its question is closed. Please "
            "write the correction as a new message; /back opens the question before "
            "this one."
        ),
        "edit_choice": (
            "I did not take that: a changed message never counts as a choice, so that it cannot "
            "answer another question. Please choose here; /back opens the question before this "
            "one."
        ),
        "edit_command": (
            "I did not take that, because it can be a command. What stood in that message before "
            "stays. /help shows the commands."
        ),
        "edit_empty": (
            "I did not take that: nothing in it can be shown. What stood in that message before "
            "stays."
        ),
        "edit_new": (
            "I did not take that: I have nothing of that message, and cannot tell which question "
            "it answers. Please send it as a new message."
        ),
        "edit_nothing": (
            "I did not take that: there is no open talk in which something could be changed. "
            "Please write a new message."
        ),
        "reaction": (
            "I cannot take that sign: such signs are not encrypted, so your "
            "server sees them. Please write your answer."
        ),
        "verify": (
            "I cannot take part in a verification: I am a program and compare no emoji. What we "
            "write is encrypted all the same. To be sure that it is me, compare my address with "
            "the one that the organisation gave you."
        ),
        "call": "I cannot take calls: only text for now. Nothing you told is lost.",
        "plain": (
            "I did not take that: it came without encryption, so others could read "
            "it. Please send it again from an app that encrypts."
        ),
        "key": (
            "I could not read your last message: its key did not reach me. Please "
            "send it once more. If that does not help, start a new chat with me. "
            "Nothing you told before is lost."
        ),
        "missed": (
            "I lost my place here and may have missed what you wrote last. If it "
            "was not answered, please send it once more. Nothing you told before "
            "is lost."
        ),
        "reading": (
            "I am still reading what you sent. Nothing is lost, it only takes a little longer. "
            "/stop works at once."
        ),
        "many": (
            "More messages came at once than I can hold, and I left some out. What I answered "
            "is safe. Please send the others once more, when I have answered everything else."
        ),
        "day": (
            "You have sent as much today as I can keep in one day, so I did not take that. "
            "Nothing you told is lost. Please go on tomorrow. /stop, /withdraw and /erase work "
            "as always."
        ),
        "nearly": (
            "I can take only a little more today; tomorrow there is room again. What you told is "
            "safe. /stop, /withdraw and /erase work as always."
        ),
        "disk": (
            "I cannot keep anything new at the moment, so I did not take that. Nothing you told "
            "is lost. Please try again later. /stop, /withdraw and /erase work as always."
        ),
        "": (
            "I could not take that: only text for now. If words stood with it, please "
            "send them by themselves. Nothing you told is lost."
        ),
    },
    failed="""\
Something failed on this side. What you answered before is safe, and the question stands. Please \
send that once more; if it fails again, come back later.""",
)

LEAVING = LeavingTexts(
    stopped="""\
I have stopped. Nothing was sent and nothing was erased.

What would you like?""",
    stopped_shared="""\
I have stopped. Nothing was erased, and what you allowed stands; /withdraw takes it back.

What would you like?""",
    paused="""\
It is sealed and waits until {until}. /start goes on where we were. If you do not come back, it \
is erased then. You will not be reminded.""",
    paused_shared="""\
What you allowed stands. This talk waits until {until}; /start goes on where we were. You will \
not be reminded.""",
    later="Nothing is decided. Nobody reads it.",
    left=("You left. What you told is sealed and waits until {until}; then it is erased."),
    left_shared=("You left. What you allowed stands; this talk waits until {until}."),
    left_nothing="You left. Nothing of a talk is open here.",
    ended="""\
The talk that was open here is over: the readers you named have fetched what you told, or it was \
erased from elsewhere. Nothing of it is kept here. /start begins anew.""",
    erase="Erase everything you told here? It cannot be brought back.",
    erase_shared="What a reader has already fetched stays with that reader.",
    erased="""\
It is erased. Nothing of it is left here.

What cannot be reached from here: {keeps}""",
    erased_remains="""\
It is erased. I cannot open it any more.

What cannot be reached from here: {keeps} On this server's disk, sealed remains of it can last \
until other data takes their place: for weeks, or longer.""",
    erased_late="""\
It is erased. Nothing of it is left here. If a reader had fetched it already, they are asked to \
destroy it; their copy cannot be reached from here.""",
    erased_late_remains="""\
It is erased. I cannot open it any more. On this server's disk, sealed remains of it can last \
until other data takes their place: for weeks, or longer. If a reader had fetched it already, \
they are asked to destroy it; their copy cannot be reached from here.""",
    fetched_stays="""\
{readers} had fetched it already: they are asked to destroy it, but their copy cannot be reached \
from here.""",
    not_erased="Nothing was erased.",
    nothing_kept="""\
You said yes to nothing, so nothing is kept and nobody reads anything. Everything you told is \
erased.""",
    traces="The last traces on the server's disk follow within minutes.",
    remains="""\
On this server's disk, sealed remains of it can last until other data takes their place: for \
weeks, or longer.""",
    goodbye_words=("What you told is sealed, and this program cannot open it any more."),
    goodbye_code="What you told is sealed, and nobody can open it here any more.",
    goodbye_shared=("What you told is sealed for {readers}; nobody else can open it here."),
    goodbye_handed="Your part is done. What you told is sealed for {readers}.",
    way_words=("/open and your twelve words open it, /withdraw and the four words take it back."),
    way_code="/withdraw or /erase and your four words take it back.",
    next_held=(
        "{readers} will be told after {due} that something was shared. "
        "Until then /withdraw stops it.\n\n"
    ),
    next_now=("{readers} can fetch it now. This program cannot tell you what they do.\n\n"),
)

HELP = HelpTexts(
    help_intro="People you can talk to:",
    commands="""\
/done ends a text, /skip leaves a question out, /back goes back.
/pause waits, /stop halts and asks.
/show what you told, /permissions what you allow, /history what was allowed.
/withdraw takes back, /erase erases everything.
/open opens what you kept, /words shows the words again.
/privacy who can read this, /unsafe who can help.
/ground when it's too much.""",
    danger="If you're not safe right now, or it's all too much, you can talk to:",
    ground="""\
Put both feet on the floor, and feel it hold you.

Look around. Name five things you can see, four you can touch, three you can hear.

Breathe in, then let the air out slowly. Take as long as you like.

You don't need to answer, and I save nothing of this.""",
    ground_offer="/ground shows something short to do when it's too much.",
    copy="Copy {contact}",
)
