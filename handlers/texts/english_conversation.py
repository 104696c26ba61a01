"""The English texts of the conversation with a reporter."""

from handlers.texts.catalogue import (
    HelpTexts,
    LeavingTexts,
    RefusalTexts,
    RevokedQuestionTexts,
    TellingTexts,
    WelcomeTexts,
)
from handlers.texts.counted import english_counted

WELCOME = WelcomeTexts(
    hello="""\
Hello. I'm a program of {organisation}. Nobody is reading now.

While you type, I can read you{reads_along}. Later, only you and people you choose can.

I can't give legal advice or send help. These can:
{help}

/stop leaves.""",
    not_begun="I haven't saved what you just wrote. Please choose first, then write it again.",
    not_saved="I haven't saved what you just wrote.",
    safe="Could anyone else see this chat?",
    kind="What is it about? Then I know which questions to ask.",
    not_now="""\
That's all right. I haven't saved anything.

Come back whenever you like. If this could put you in danger, use a device and an account nobody \
else can open.""",
    here_you_were="Picking up where you left off. Your story waits until {until}.",
    here_you_were_shared="Picking up where you left off. This talk waits until {until}.",
    nothing_open="Nothing is open here. /start begins. /open opens a story you saved.",
    only_english="So far I speak only English.",
    too_many_cases=english_counted(
        """\
You began one talk today, and that's the most for one day. Please come back tomorrow. \
Nothing you saved has changed. /help shows who you can talk to.""",
        """\
You began {count} talks today, and that's the most for one day. Please come back tomorrow. \
Nothing you saved has changed. /help shows who you can talk to.""",
    ),
)

REVOKED_QUESTIONS = RevokedQuestionTexts(
    recalled="""\
The people who write my questions have taken them back:

“{because}”

Nobody reads your story because of this. If you go on, your story stays. I'll ask the rest again \
in new words, and delete your earlier answers to it.""",
    recalled_allowed="""\
The people who write my questions have taken back the ones you answered:

“{because}”

What you allowed still holds. /withdraw takes it back.""",
    unsaid="They gave no reason.",
)

TELLING = TellingTexts(
    draft_life=english_counted(
        """\
An unfinished story waits up to one day, then I delete it. Until you finish, those who run \
me or use your account can open it.""",
        """\
An unfinished story waits up to {count} days, then I delete it. Until you finish, those who run \
me or use your account can open it.""",
    ),
    text_only="Text only, please.",
    finish="When you've said enough for now, {done}.",
    ack="Saved. Carry on when you're ready, or {done}.",
    skip_kept="What you wrote here stays. Before anything is shared you can leave any part out.",
    declined={
        "called": "That's fine. I give them no name for you, apart from what your story says.",
        "reach": "That's fine. I give them no way to reach you, apart from what your story says.",
        "": "That's fine. I leave that out.",
    },
    cleared="I deleted what you had answered there.",
    add_more="What you've said so far stays. You can add to it. When that's all, {done}.",
    again="Here it is again. Your answer stays unless you give a new one. /done leaves it.",
    edited="Saved, with your change.",
    dropped="I deleted what you wrote to questions that are gone now.",
    fork_anew="This takes the place of your earlier choice, and of what you allowed with it.",
    fork_aside="Some questions are gone now. I've put aside what you wrote to them.",
    edit_stands="What that message said before stays as it was.",
    kept_command="I added “{word}” to your story. If you meant the command, send /{word}.",
    kept_command_answer="I added “{word}” to your answer. If you meant the command, send /{word}.",
    kept_unknown="I added that to your story. It begins with “/” but isn't a command I know.",
    kept_unknown_answer="""\
I added that to your answer. It begins with “/” but isn't a command I know.""",
    kept_safe="I also added that to your story. /unsafe shows these lines at any time.",
    kept_safe_answer="I also added that to your answer. /unsafe shows these lines at any time.",
    kept_behind="I added the words that came with /{word} to your story.",
    kept_behind_answer="I added the words that came with /{word} to your answer.",
    not_kept_behind="I didn't save the words after /{word}.",
    characters_left_out="I left out some signs that can't be shown. The rest is saved.",
    several="You can choose more than one: type their numbers with a space between.",
    own_numbers="Please type the number beside your answer. The numbers change each time.",
    several_buttons="You can choose more than one, then tap “That's all”.",
    clean="""\
Should I clear this screen?

"As we go": each time I have saved something. "When I finish": when you leave or finish. \
"I'll do it myself": I clear nothing.""",
)

REFUSALS = RefusalTexts(
    too_long=english_counted(
        """\
That message is longer than one character, so I couldn't take it. Please send it in shorter \
parts. Everything before it is safe.""",
        """\
That message is longer than {count} characters, so I couldn't take it. Please send it in shorter \
parts. Everything before it is safe.""",
    ),
    draft_full="""\
Your story has as many parts as I can hold, so I couldn't take that. Everything before it is \
safe. /done goes on.""",
    not_added="""\
I haven't saved what you just wrote. You can add to your story later: /open and your twelve \
words.""",
    not_added_shared="""\
I haven't saved what you just wrote. To change what you shared, take it back first: /withdraw""",
    not_added_opened="""\
I haven't saved what you just wrote. To add it, choose “Add to my story”, then write it again.""",
    not_added_here="I haven't saved what you just wrote. I can't add to your story here.",
    choose="Sorry, I need one of these. I haven't saved what you just wrote.",
    choose_message="""\
I haven't saved that. If a message isn't safe, choose “No message”. /back changes how they reach \
you.""",
    not_here="""\
The people who read your story can't write to you in this chat. I haven't saved that.""",
    not_an_answer="I don't think that was your answer, so I haven't saved it.",
    no_way="""\
I see no way to reach you in that, so I haven't saved it. If you'd rather not be reached, choose \
that.""",
    choose_line="Nothing is decided yet. To change a line, choose it below.",
    choose_one="Please choose only one of these.",
    noted="Your answer: {labels}. /back changes it.",
    by_number="Please type the number. Then I know that you mean this question.",
    asked_later="""\
Your last message came before you could read this, so it doesn't answer it. Please read it, and \
answer now.""",
    by_button="Please tap one. Then I know that you mean this question.",
    list_changed="This list has changed, so I chose nothing. Here it is as it is now.",
    choose_alone="“{label}” doesn't go with another choice. Please choose again.",
    unknown_command="I don't know that command, so I changed nothing. /help shows them all.",
    talk_first="""\
A talk is open here. Please finish or delete it first. Then your twelve words open what you \
saved. Your four words work now: /withdraw or /erase, then the words.""",
    cannot_skip="I need your answer here before I can go on. /pause waits.",
    nothing_told="There's nothing here yet. Write what you like, or /skip.",
    not_a_text="There's nothing to finish here.",
    first="This is the first question. /stop stops, and asks what you'd like.",
    decided="That's settled now. /withdraw takes it back, /erase deletes it all.",
    decided_kept="""\
That's settled now. You can add to your story later: /open and your twelve words. /erase deletes \
it all.""",
    no_words_yet="There are no words to show. They come at the end, if I'm to keep your story.",
    not_yet_add="""\
Your story is still open here. /back goes back to the question where you wrote it, and you can \
add to it there.""",
    unusable={
        "edit": (
            "I can't change that one: its question is closed. Please write the correction as a "
            "new message. /back opens the last question."
        ),
        "edit_here": (
            "I didn't take that change: the people who read your story can't write in this chat. "
            "What that message said before stays."
        ),
        "edit_choice": (
            "I didn't take that. A changed message never counts as a choice, so that it can't "
            "answer another question. Please choose here. /back opens the last question."
        ),
        "edit_command": (
            "I didn't take that change, because it could be a command. What that message said "
            "before stays. /help shows the commands."
        ),
        "edit_empty": (
            "I didn't take that change: there's nothing in it I can show. What that message said "
            "before stays."
        ),
        "edit_new": (
            "I didn't take that change: I have nothing of that message, so I can't tell which "
            "question it answers. Please send it as a new message."
        ),
        "edit_nothing": (
            "I didn't take that change: no talk is open here. Please write a new message."
        ),
        "reaction": (
            "I can't take that sign: it isn't encrypted, so your server sees it. Please write "
            "your answer."
        ),
        "verify": (
            "I'm a program and can't compare emoji with you. What we write is encrypted all the "
            "same. To be sure it's me, compare my address with the one the organisation gave you."
        ),
        "call": "I can't take calls, only text. Nothing you told me is lost.",
        "plain": (
            "I didn't take that: it came without encryption, so others could read it. Please send "
            "it again from an app that encrypts."
        ),
        "key": (
            "I couldn't read your last message: its key didn't reach me. Please send it again. If "
            "that doesn't help, start a new chat with me. Nothing you told me before is lost."
        ),
        "missed": (
            "I may have missed your last message. If I didn't answer it, please send it again. "
            "Nothing you told me before is lost."
        ),
        "reading": (
            "I'm still reading what you sent. Nothing is lost, it just takes a little longer. "
            "/stop works at once."
        ),
        "many": (
            "More messages came at once than I can hold, so I left some out. What I answered is "
            "safe. When I've answered everything else, please send the others again."
        ),
        "day": (
            "That's as much as I can save in one day, so I didn't take it. Nothing you told me is "
            "lost. Please go on tomorrow. /stop, /withdraw and /erase always work."
        ),
        "nearly": (
            "I can take only a little more today. There's room again tomorrow. Your story is "
            "safe. /stop, /withdraw and /erase always work."
        ),
        "disk": (
            "I can't save anything new right now, so I didn't take that. Nothing you told me is "
            "lost. Please try again later. /stop, /withdraw and /erase always work."
        ),
        "": (
            "I couldn't take that: I can take text only. If there were words with it, please send "
            "them on their own. Nothing you told me is lost."
        ),
    },
    failed="""\
Something went wrong on my side. Your story is safe, and the question is still open. Please send \
that again. If it fails again, come back later.""",
)

LEAVING = LeavingTexts(
    stopped="I've stopped. I sent nothing and deleted nothing.\n\nWhat would you like?",
    stopped_shared="""\
I've stopped. I deleted nothing, and what you allowed still holds. /withdraw takes it back.

What would you like?""",
    paused="""\
Your story is saved and waits until {until}. /start goes on where we were. /erase deletes it now. \
If you don't come back, I delete it by {gone}. I won't remind you.""",
    paused_shared="""\
What you allowed still holds. This talk waits until {until}. /start goes on where we were. I \
won't remind you.""",
    still_stopped="I added that to your story. Nothing goes on before you choose.",
    still_stopped_answer="I added that to your answer. Nothing goes on before you choose.",
    stopped_kept="""\
I've stopped. I deleted nothing, and your story stays saved.

What would you like?""",
    paused_kept="""\
Your story stays saved. This talk waits until {until}. /start goes on where we were. I won't \
remind you.""",
    paused_untold="""\
You haven't told me anything yet. This talk waits until {until}. /start goes on where we were.""",
    later="Nothing is decided, and nothing is shared.",
    left="""\
You left. Your story is saved and waits until {until}. I delete it by {gone}. /erase deletes it \
now.""",
    left_shared="You left. What you allowed still holds. This talk waits until {until}.",
    left_kept="You left. Your story stays saved. This talk waits until {until}.",
    left_untold="You left. You haven't told me anything yet. This talk waits until {until}.",
    left_nothing="You left. No talk is open here.",
    ended="""\
The talk that was open here is over. The people you named have collected your story, or it was \
deleted from somewhere else. I have nothing of it any more. /start begins anew.""",
    erase="Delete everything you told me? It can't be brought back.",
    erase_first=english_counted(
        """\
Then should I delete what you wrote? It can't be brought back. If I don't, it waits up to one \
day, and anyone using your account can see it.""",
        """\
Then should I delete what you wrote? It can't be brought back. If I don't, it waits up to {count} \
days, and anyone using your account can see it.""",
    ),
    erase_for_room="""\
To open a saved story here, I have to delete what you just wrote. It can't be brought back. \
Should I?""",
    erase_shared="Anyone who has read it keeps their copy.",
    erased="It's deleted. I have nothing of it any more.\n\nWhat I can't delete: {keeps}",
    erased_remains="""\
It's deleted. I can't open it any more.

What I can't delete: {keeps} On this server's disk, sealed traces can stay until other data takes \
their place: for weeks, or longer.""",
    erased_late="""\
It's deleted. I have nothing of it any more. If someone had collected a copy already, I ask them \
to destroy it, but I can't reach it.""",
    erased_late_remains="""\
It's deleted. I can't open it any more. On this server's disk, sealed traces can stay for weeks, \
or longer. If someone had collected a copy already, I ask them to destroy it, but I can't reach \
it.""",
    fetched_stays="""\
{readers} had collected a copy already. I ask them to destroy it, but I can't reach it.""",
    not_erased="I deleted nothing.",
    nothing_kept="""\
You chose not to keep or share your story, so it's deleted. Nobody can get it from me \
any more.""",
    traces="The last traces on the server's disk go within minutes.",
    remains="""\
On this server's disk, sealed traces of it can stay until other data takes their place: for \
weeks, or longer.""",
    goodbye_words="Your story is saved. I can't open it any more.",
    goodbye_code="""\
Your story is saved. I can't open it any more, and neither can anyone else here.""",
    goodbye_shared="Your story is saved for {readers} only.",
    until_words="I keep your story until the end of {month}. I can't open it.",
    until_words_shared="I keep your story until the end of {month}.",
    until_code="Your story is saved for {readers} until the end of {month}.",
    goodbye_handed="That's everything. Your story is saved for {readers}.",
    next_time="Next time I won't know you: {way}",
    next_time_held="After that I won't know you: {way}",
    way_words="/open or /erase, then your words.",
    way_words_shared="/open, /withdraw or /erase, then your words.",
    way_code="/withdraw or /erase, then four words.",
    next_held="I'll tell {readers} {due}. /withdraw stops it.",
    next_now="{readers} can read it now.",
    next_now_them="They can read it now.",
    erase_case="""\
Delete everything of this story? It can't be brought back. Anyone who has a copy keeps it.""",
    erase_unshared="Delete everything of this story? It can't be brought back.",
    erase_held="Stop it and delete your story? It can't be brought back.",
)

HELP = HelpTexts(
    help_intro="People you can talk to:",
    commands="""\
/done ends an answer, /skip leaves it out, /back goes back.
/pause waits, /stop stops.
/show: your story. /permissions, /history: what you allow.
/withdraw stops sharing, /erase deletes.
/open opens a saved story. /words: your words.
/privacy: who can read this. /unsafe, /ground: when it's too much.""",
    danger="If you're not safe right now, or it's all too much, you can talk to:",
    ground="""\
Put both feet on the floor, and feel it hold you.

Look around. Name five things you can see, four you can touch, three you can hear.

Breathe in, then let the air out slowly. Take as long as you like.

You don't need to answer, and I save nothing of this.""",
    ground_offer="When it's too much: /ground",
    copy="Copy {contact}",
)
