"""The English texts of buttons and footers, readers, and single platforms."""

from collections.abc import Mapping

from handlers.texts.counted import english_counted
from handlers.texts.platform_catalogue import (
    ChatTexts,
    FooterTexts,
    MatrixTexts,
    ReaderTexts,
    TelegramTexts,
    TerminalTexts,
    TimeTexts,
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
I talk in direct messages only, with one person at a time. I keep nothing of what is written \
here.""",
    menu={
        "start": "Begin, or go on where we were",
        "unsafe": "I'm not safe: who can help",
        "help": "What you can do here",
        "done": "That's all for this question",
        "skip": "Leave this question out",
        "back": "Go back",
        "pause": "Wait, and keep it",
        "stop": "Stop, and ask what I'd like",
        "permissions": "What you allow so far",
        "withdraw": "Stop sharing",
        "erase": "Delete everything",
        "privacy": "Who can read this",
        "ground": "Something to do when it's too much",
    },
    about_short="A program of {organisation}. Nobody reads along.",
    about="""\
I'm a program of {organisation}. Nobody is reading now. Telegram can read what is written here.

/start begins. Nobody reads your story before you say yes twice.""",
    reads_along=", and so can Telegram, recovery words too",
    keeps="what Telegram keeps on its servers.",
)

MATRIX = MatrixTexts(
    left="""\
I leave now. Servers and your other devices may keep this, encrypted. Later, start a new chat.""",
    wrong="""\
I talk only in encrypted chats with one person. This isn't one, so I read and keep nothing that \
is sent here. Others may read it. Please start a new direct chat with me, encrypted from its \
first message: {link}""",
    replaced="""\
The keys of your account were replaced, and none of your devices vouches for the new ones. \
Someone else may be reading here. Until your earlier keys are back, I show and share nothing of \
your story. If you didn't replace them, please write from another account.""",
    other_identity=english_counted(
        """\
Someone began telling me something here. This account's keys were replaced since, and I can't \
know whether that's you. So I show none of it and share none of it. It waits at most one day \
for the earlier keys.

Are they lost? Then /erase deletes what nobody chose to keep or share. /help shows who can \
help.""",
        """\
Someone began telling me something here. This account's keys were replaced since, and I can't \
know whether that's you. So I show none of it and share none of it. It waits at most {count} days \
for the earlier keys.

Are they lost? Then /erase deletes what nobody chose to keep or share. /help shows who can \
help.""",
    ),
    other_identity_ended="""\
It's deleted, except what somebody chose to keep or share before. /start begins anew.""",
    device="""\
I didn't take that: it came from a device your account doesn't vouch for. I write nothing about \
you to such a device. Please verify it in your app (Settings, Sessions), or write from one that \
is verified. Nothing you told me before is lost.""",
    stays="I stay here until then.",
    reads_along=". Servers see that you write, not what",
    keeps="what servers keep of it, still encrypted, and what your other devices keep.",
)

TERMINAL = TerminalTexts(
    reads_along=", and so can anyone at this computer",
    keeps="what this window, or a program that records it, has kept. Please close it.",
)

READERS = ReaderTexts(
    notice="Something was shared with you. /inbox shows it.",
    destroy="""\
A reporter took back what they had shared with you ({code}). Please destroy your copy, and what \
you wrote down from it.""",
    inbox="Shared with you:\n\n{lines}\n\nSend /fetch and the six characters to get one.",
    inbox_line="{code}  {state}",
    new="not fetched yet",
    old="fetched",
    empty="Nothing is shared with you right now.",
    unlinked="""\
This account isn't linked to a reader. To begin, send /join and your name as it stands in the \
roster.""",
    invited="""\
I made a sealed file for {name}. Open it with your key: it shows eight digits. Send /join and the \
digits within ten minutes.""",
    joined="""\
This account is linked. I'll tell you here when something is shared with you, never what it is.""",
    wrong="""\
Those aren't the digits, or the ten minutes are over. Send /join and your name to begin again.""",
    unknown="No reader in the roster has that name. Please check the spelling.",
    no_delivery="I have nothing for you with these characters. /inbox shows what there is.",
    too_many_joins="This account tried three times today. Please come back tomorrow.",
    too_many_digits="""\
Too many wrong digits came today, from many accounts, so I can't link any account until tomorrow. \
If it can't wait, the people who run me can link yours.""",
    too_large="""\
That one is too large for this chat, so I didn't send it. Nothing is lost: it still waits for \
you. Please ask the people who run me to write it to a file.""",
    ended="""\
The time for which a story was kept is over ({code}). Please destroy your copy, and what you \
wrote down from it.""",
)

CHAT = ChatTexts(
    clean_chat="""\
Should I delete our messages?

"As we go": yours once I've saved them, mine once you've answered.
"When I finish": all at the end. Telegram lets me delete for two days only, so I do it before \
then.
"I'll do it myself": I delete nothing.

Telegram may still keep copies I can't delete.""",
    gone_at_once="I delete that message at once, or say that I can't. Telegram has seen it.",
    goodbye="""\
{what}

{way}

If this weighs on you, you can talk to:
{help}""",
    uncleaned=english_counted(
        """\
I couldn't delete one message of this chat. You can delete it yourself: press long on it, and \
delete it for both sides.""",
        """\
I couldn't delete {count} messages of this chat. You can delete them yourself: press long on one, \
choose the others, and delete them for both sides.""",
    ),
    privacy="""\
I'm a program, and nobody is reading now. While you type, I can read you{reads_along}.

I seal your words at once, with a key. When you finish, only you and the readers you \
name can open them. Until then, anyone with this server and its keys could.

This is not end-to-end encrypted.""",
)

ROOM = ChatTexts(
    clean_chat="""\
Should I delete our messages?

"As we go": yours once I've saved them, mine once you've answered.
"When I finish": all at the end.
"I'll do it myself": I delete nothing.

Servers and your other devices may still keep copies I can't delete.""",
    gone_at_once="I delete that message at once, or say that I can't.",
    goodbye="""\
{what}

{way}

You can talk to:
{help}""",
    uncleaned=english_counted(
        """\
One message we wrote to each other stays, because I may not delete it or left that chat. You can \
remove yours: press long on it, and choose Remove.""",
        """\
{count} messages we wrote to each other stay, because I may not delete them or left that chat. \
You can remove yours: press long on one, and choose Remove.""",
    ),
    privacy="""\
I'm a program, and nobody is reading now. While you type, I can read you. This is end-to-end \
encrypted: servers see who writes and when, but not what.

I seal your words at once, with a key. When you finish, only you and readers you name can open \
them. Until then, anyone with this server and its keys could.""",
)

TIMES = TimeTexts(
    within_hour="within the hour",
    in_hours=english_counted("in about an hour", "in about {count} hours"),
    on_day="on {day}",
    this_week="this week",
    last_week="last week",
    week="week {number} of {year}",
)

LABELS: Mapping[str, str] = {
    "safe.go": "No, only me",
    "safe.unsure": "Yes, or I'm not sure",
    "safe.back": "I was here before",
    "recalled.again": "Go on with the new ones",
    "recalled.later": "Decide later",
    "recalled.erase": "Delete it",
    "clean.go": "As we go",
    "clean.end": "When I finish",
    "clean.self": "I'll do it myself",
    "stop.keep": "Keep it, I may come back",
    "stop.erase": "Delete it",
    "stop.story": "It's part of my story",
    "stop.go": "Go on",
    "erase.no": "No, leave it",
    "erase.yes": "Yes, delete it all",
    "overview.right": "Yes, that's right",
    "review.now": "Yes, send now",
    "review.keep": "Yes, keep it like this",
    "review.just_keep": "Just keep it",
    "review.finish": "Delete my story",
    "review.show": "Show me everything first",
    "review.change": "Change something",
    "piece.back": "Leave it as it is",
    "piece.out": "Leave this part out",
    "code.have": "I've written them down",
    "back.words": "Twelve words",
    "back.code": "Only the code",
    "button.done": "Done",
    "button.skip": "Skip",
    "button.submit": "That's all",
    "button.back": "Back",
    "button.pause": "Pause",
    "button.unsafe": "I'm not safe",
    "case.read": "Read it",
    "case.share": "Let someone read it",
    "case.withdraw": "Stop sharing",
    "case.now": "Send it now",
    "case.erase": "Delete everything",
    "case.close": "Close it",
    "change.fork": "Change what happens to it",
    "change.read": "Change who reads",
    "change.parts": "Change how much they read",
    "change.never": "Change who must never read",
    "change.act": "Change what they may do",
    "change.reach": "Change how they reach me",
    "change.keep": "Change if I keep it",
    "do.done": "send /done",
    "do.tap_done": "tap Done",
    "found.withdraw": "Take it back",
    "found.erase": "Delete all of it",
    "found.no": "Nothing, leave it",
    "hold.stop": "Stop it",
    "aside.yes": "Yes, add it",
    "aside.no": "No, delete it",
    "button.add": "Add what I wrote",
    "case.add": "Add to my story",
    "case.change": "Change what I allow",
    "case.renew": "Keep it longer",
    "case.join": "Join another story",
    "share_added.no": "No, don't share it",
    "share_added.yes": "Yes, show me first",
}
