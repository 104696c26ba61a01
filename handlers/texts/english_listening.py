"""The English texts about words that came beside, before or instead of an answer."""

from handlers.texts.catalogue import ListeningTexts
from handlers.texts.counted import english_counted

LISTENING = ListeningTexts(
    aside_first=english_counted(
        """\
I've put what you wrote aside, sealed. If you go on, I'll ask whether to add it to your story. If \
you don't, I delete it in one day at the latest.""",
        """\
I've put what you wrote aside, sealed. If you go on, I'll ask whether to add it to your story. If \
you don't, I delete it in {count} days at the latest.""",
    ),
    aside_first_more="I've put that aside too.",
    aside_overview="""\
I've put what you wrote aside, sealed. To change what you allow, choose a line with “Change”.""",
    aside_review="""\
I've put what you wrote aside, sealed. To change something first, choose “Change something”.""",
    aside_held=english_counted(
        """\
I've put what you wrote aside, sealed. The story you finished stays as it was. If you go on here, \
this begins another one. If you don't, I delete it in one day at the latest.""",
        """\
I've put what you wrote aside, sealed. The story you finished stays as it was. If you go on here, \
this begins another one. If you don't, I delete it in {count} days at the latest.""",
    ),
    aside="""\
I need one of these. I've put what you wrote aside, sealed. To add it to your story: /add""",
    aside_behind="I've put the words after /{word} aside, sealed. To add them to your story: /add",
    aside_ask="You wrote something beside my questions. Should I add it to your story?",
    aside_ask_several=english_counted(
        "You wrote something beside my questions, one time. Should I add it to your story?",
        """\
You wrote something beside my questions, {count} times. Should I add all of it to your story?""",
    ),
    aside_added="I added what you wrote to your story.",
    aside_dropped="I deleted it. It isn't in your story.",
    aside_ended="I deleted what you wrote here before, to make room for a saved story.",
    not_now_dropped="""\
That's all right. I deleted what you wrote.

Come back whenever you like. If this could put you in danger, use a device and an account nobody \
else can open.""",
    aside_text="I've put those words aside, sealed. To add them to your story: /add",
    heard_kept="I added that to your story. If you meant it for me, send /{word}.",
    heard_kept_answer="I added that to your answer. If you meant it for me, send /{word}.",
    heard={
        "who": """\
I'm a program of {organisation}, not a person. Nobody is reading now. You can tell me what \
happened, and you decide who may read it.""",
        "readers": """\
Nobody is reading now. Only the people you choose can read your story, after you've said yes \
twice. /privacy says who else could see this chat.""",
        "who_reader": """\
I know only what stands beside each name. You don't have to choose anybody today: /pause \
waits.""",
        "anonymous": """\
You don't have to give me your name. The people you choose see what you wrote, not your account. \
What you write may still show who you are. /privacy says who can see this chat.""",
        "police": """\
This isn't the police, and I tell nobody on my own. You choose who reads your story. Some people \
have to pass some things on: it says so beside their names.""",
        "call": """\
I'm a program, so I can't call, and I can take text only. The help lines are people you can talk \
to.""",
        "reply": """\
No one can reply in this chat. The people you let read your story may reach you, if you said how. \
I can't tell you what they do next.""",
        "judge": """\
I'm a program, so I can't judge what happened. You don't have to prove anything to me. The help \
lines are people who listen.""",
        "lost_words": """\
Nobody can reset the twelve words, and without them nobody can open your story here. If you still \
have the four words, /withdraw takes back what you shared, and /erase deletes everything.""",
        "losing_kept": """\
Nobody can reset the twelve words. If you lose them, you can't open your story again. The four \
words I show you next can still delete it.""",
        "losing_shared": """\
Nobody can reset the twelve words. If you lose them, you can't open your story again. The people \
you chose can still read it. The four words I show you next can still take it back or delete \
it.""",
        "losing_code": """\
Nobody can reset the four words. If you lose them, your twelve words can still take your story \
back or delete it.""",
        "losing_code_alone": """\
Nobody can reset the four words. If you lose them, you can't take your story back or delete it \
any more, once the time to stop it is over.""",
        "words_wait": """\
There's no hurry. Until {until} I can show you all twelve again: /words. You can try as often as \
you like.""",
        "code_waits": """\
There's no hurry. This talk waits until {until}, and the four words with it.""",
        "screenshot": """\
You can. But then anyone who looks through your pictures can read this too. Paper is safer.""",
        "lost_here": "I can still show them to you: /words",
        "was_read": """\
I can't tell you right now. If you have twelve words: when no talk is open here, /open and the \
words show who has collected your story.""",
        "unread": "Nobody has read your story. You haven't shared it.",
        "before": """\
If you saved a story and have its twelve words, send /open and then the words. With only four \
words, /withdraw takes it back and /erase deletes it. If you have none, you can begin here.""",
        "add": """\
You can add to your story at any question: just write it. I'll put it aside, and ask you before \
anything is shared.""",
        "show": "/show shows everything you've told me. It then stands in this chat.",
        "skip": "To leave this question out, send /skip.",
        "unclear": "I can't tell which one you mean. Please choose one of these.",
        "mistake": """\
You can change that. /back goes to the question before. Before anything is shared you can leave \
out any part.""",
        "unsure": "That's all right. You don't have to decide today. /pause waits.",
        "confused": "Let me ask again. /help shows what you can do here.",
        "how_long": english_counted(
            """\
If you stop halfway, your story waits one day, then I delete it. You choose whether I keep \
it longer.""",
            """\
If you stop halfway, your story waits {count} days, then I delete it. You choose whether I keep \
it longer.""",
        ),
        "how_long_draft": """\
Your story waits here until {until}, and I delete it by {gone}. If you choose to keep or share \
it, it stays longer.""",
        "how_long_kept": """\
Your story stays until its time is over, or until you delete it. /erase deletes it.""",
        "how_much": english_counted(
            """\
That depends on what you choose. You can stop at any question and come back within \
one day.""",
            """\
That depends on what you choose. You can stop at any question and come back within \
{count} days.""",
        ),
        "thanks": "You're welcome. Take all the time you need.",
        "goodbye": "Goodbye, and take care. Come back whenever you like.",
        "apology": "You don't have to apologise. Take your time.",
        "test": "I'm here, and it works.",
        "no_contact": """\
What you shared stays as it is until you take it back: /withdraw. Then you can change it. What \
somebody has read can't be unread.""",
        "unsend": """\
To take back what you shared, send /withdraw. What somebody has read can't be unread.""",
    },
)
