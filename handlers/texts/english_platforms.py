"""The English texts of buttons and footers, readers, and single platforms."""

from collections.abc import Mapping

from handlers.texts.catalogue import (
    ChatTexts,
    FooterTexts,
    MatrixTexts,
    ReaderTexts,
    TelegramTexts,
)

FOOTERS = FooterTexts(
    text="/done  /skip  /back  /pause  /stop  /unsafe",
    single="/skip  /back  /pause  /stop  /unsafe",
    choice="/skip  /back  /pause  /stop  /unsafe",
    frame="/pause  /stop  /unsafe",
    hello="/help  /unsafe",
)

TELEGRAM = TelegramTexts(
    group="""\
I talk in direct messages only, one person at a time. Nothing is kept of what is written here.""",
    menu={
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
        "ground": "Something to do when it's too much",
    },
    about_short="A program of {organisation}. Nobody reads along.",
    about="""\
This is a program of {organisation}; nobody is reading now. Telegram can read what is written here.

/start begins. Nothing is kept before you say yes.""",
)

MATRIX = MatrixTexts(
    left="""\
I leave this chat in a moment and keep nothing of it. Your server keeps the encrypted messages \
until its own rules end that, and that we wrote to each other; your other devices and a backup of \
your keys may still open them. To write to me again, start a new chat.""",
    wrong="""\
I talk in encrypted chats with one person only, and this is none, so I read and keep nothing of \
what is sent here now; others may read it. Please start a new direct chat with me, with \
encryption on from its first message: {link}""",
    replaced="""\
The keys of your account were replaced, and none of your devices vouches for the new ones, so \
somebody else may be reading here. I show nothing of what you told me before, and share nothing \
of it, until your earlier keys are back. If you did not replace them, please write from another \
account.""",
    other_identity="""\
Somebody began telling me something here, and this account's keys were replaced since. I can't \
know whether that is you, so I show none of it and share none of it. It waits {days} days for the \
earlier keys.

Are they lost? Then /erase deletes what nobody chose to keep or share. /help shows who you can \
talk to.""",
    other_identity_ended="""\
It is deleted, except what somebody chose to keep or share before. /start begins anew.""",
    device="""\
I did not take that: it came from a device or session that your account does not vouch for, and I \
write nothing about you to such a device. Please verify it in your app (Settings, Sessions), or \
write from one that is verified. Nothing you told before is lost.""",
)

READERS = ReaderTexts(
    notice="Something was shared with you. /inbox shows it.",
    destroy="""\
A reporter took back what they had shared with you ({code}). Please destroy your copy, and what \
you wrote down from it.""",
    inbox=("Shared with you:\n\n{lines}\n\n/fetch and the six characters fetch one."),
    inbox_line="{code}  {state}",
    new="not fetched yet",
    old="fetched",
    empty="Nothing is shared with you at the moment.",
    unlinked="""\
This account is not linked to a reader. /join and your name in the roster begin that.""",
    invited="""\
A sealed file was made for {name}. Open it with your key; it shows eight digits. Type them here \
within ten minutes: /join and the digits.""",
    joined=(
        "This account is linked. You will be told here, without "
        "content, when something is shared with you."
    ),
    wrong=(
        "Those are not the digits, or their ten minutes are over. /join and your name begin again."
    ),
    unknown=("No reader of the roster has that name. Please look at its spelling."),
    no_delivery=(
        "There is no delivery with these characters for you. /inbox shows what there is."
    ),
    too_many_joins=("Three tries were made from this account today. Please come back tomorrow."),
    too_many_digits="""\
Wrong digits were typed too often today, from many accounts, so no account can be linked here \
until tomorrow. If it cannot wait, whoever runs this program can link yours.""",
    too_large="""\
That delivery is too large for this chat, so it was not sent. Nothing is lost: it still waits for \
you. Please ask whoever runs this program to write it to a file.""",
)

CHAT = ChatTexts(
    clean_chat="""\
Shall this chat be cleaned, on both sides?

"As I go": your messages once they are sealed, mine once they are answered.
"At the end": when you leave or finish.
With both, messages go before they are two days old; later Telegram deletes nothing.
"I do it myself": nothing is deleted for you.

Deleting may not reach what Telegram keeps.""",
    gone_at_once=(
        "I delete that message from this chat at once, or say that I can't; Telegram has seen it."
    ),
    goodbye="""\
{what}

You will not be recognised next time: {way}

{next}If this weighs on you now, you can talk to:
{help}""",
    uncleaned="""\
{count} messages of this chat could not be deleted from here any more. You can delete them \
yourself: press long on one, choose the others, and delete them for both sides.""",
    uncleaned_one="""\
One message of this chat could not be deleted from here any more. You can delete it yourself: \
press long on it, and delete it for both sides.""",
    privacy="""\
This is a program and nobody is reading now.
While you type, this program can read you{reads_along}.

What you tell is sealed at once. Once the talk is over only you can open it, and the readers you \
name. Until then, whoever has this server and its keys could open it.

This is not end-to-end encryption.""",
)

ROOM = ChatTexts(
    clean_chat="""\
Shall this chat be cleaned, on both sides?

"As I go": your messages once they are sealed, mine once they are answered.
"At the end": when you leave or finish.
"I do it myself": nothing is deleted for you.

Deleting may not reach what servers and your other devices keep.""",
    gone_at_once="I delete that message from this chat at once, or say that I can't.",
    goodbye="""\
{what}

You will not be recognised next time: {way}

{next}If this weighs on you now, you can talk to:
{help}""",
    uncleaned="""\
{count} messages that we wrote to each other stay, because I may not delete them or left that \
chat. You can remove yours yourself: press long on one, and choose Remove.""",
    uncleaned_one="""\
One message that we wrote to each other stays, because I may not delete it or left that chat. You \
can remove yours yourself: press long on it, and choose Remove.""",
    privacy="""\
This is a program and nobody is reading now.
While you type, it can read you. It is end-to-end encrypted: servers see who writes to whom, \
when, how much, not what.

What you tell is sealed at once. After the talk only you can open it, and readers you name. Until \
then, whoever has this server and its keys could.""",
)

LABELS: Mapping[str, str] = {
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
