"""The English texts of permissions, review, handing over, the ways back and the opened case."""

from handlers.texts.case_texts import CaseTexts
from handlers.texts.catalogue import (
    HandoverTexts,
    PermissionTexts,
    RecoveryTexts,
    ReportTexts,
    ReviewTexts,
)
from handlers.texts.counted import english_counted

PERMISSIONS = PermissionTexts(
    overview="This is what you allow:\n\n{lines}\n\nIs this right? You can change each line.",
    permissions="""\
This is what you allow so far:

{lines}

/withdraw takes back what you shared.""",
    nothing_allowed="You let nobody read your story. When you finish, I delete it.",
    line_nobody="You let nobody read your story.",
    line_read="{readers} may read {parts}.",
    line_never="""\
{readers} must never read your story or be told that you wrote, whatever you take back.""",
    line_keep="I keep your story for when you come back.",
    line_keep_not=english_counted(
        "I don't keep your story. Copies nobody collects are deleted after one day.",
        "I don't keep your story. Copies nobody collects are deleted after {count} days.",
    ),
    line_writes="No one can reply in this chat.",
    line_writes_reached="No one can reply in this chat, but they may reach you as you said.",
    contact={
        frozenset({"called"}): "They'll know what to call you.",
        frozenset({"reach"}): "They'll know how to reach you.",
        frozenset({"called", "reach"}): "They'll know what to call you and how to reach you.",
    },
    contact_named={
        frozenset({"called"}): "{readers} will know what to call you.",
        frozenset({"reach"}): "{readers} will know how to reach you.",
        frozenset({"called", "reach"}): (
            "{readers} will know what to call you and how to reach you."
        ),
    },
    parts={
        frozenset({"needs"}): "what would help you, and what you'd like to happen",
        frozenset({"needs", "person"}): "what would help you, and who you named",
        frozenset({"needs", "person", "story"}): "everything, including your story",
        frozenset({"added"}): "what you added just now",
    },
    act_unnamed_anyone="They may act on it without naming anyone.",
    acts={
        "act.listen": "They may only read and listen.",
        "act.unnamed": "They may act on it without naming you.",
        "act.accused": "They may talk to the person it's about, without naming you.",
        "act.named": "They may act on it and use your name.",
    },
    nobody="nobody",
    reader_who_left="a reader who left",
    passes_on="{reader} (has to report some things)",
    history_none="You have allowed nothing and taken nothing back so far.",
    history_line="{number}. {what}{state}",
    history_keep="I keep your story",
    history_read="{readers} may read it",
    history_never="{readers} must never read it",
    history_revoked=" (taken back)",
)

REVIEW = ReviewTexts(
    send_later=english_counted("Yes, send in one hour", "Yes, send in {count} hours"),
    sharing=english_counted(
        """\
What has been read can't be unread. You have one hour to stop it with /withdraw. Until then \
the sealed copy waits on the server, and I remember that this account may stop it.""",
        """\
What has been read can't be unread. You have {count} hours to stop it with /withdraw. Until then \
the sealed copy waits on the server, and I remember that this account may stop it.""",
    ),
    duty="{reader} has to report some things, even if you say no.",
    no_pieces="There's nothing in it.",
    nothing_to_read="There's nothing left for {readers} to read. You can change that.",
    pieces="Your story, in parts:\n\n{lines}\n\n/show 1 shows part 1, /show shows all.",
    piece_line="{number}. {part}, {week}",
    chosen="What you chose:\n\n{lines}",
    choice_line="– {question} {labels}",
    choice_text="“{question}”\n{labels}",
    piece_ask="What would you like to do with this part?",
    piece_missing="There's no such part. They have the numbers 1 to {count}.",
    left_out="I left that part out and deleted it.",
    part_names={
        "story": "Your story",
        "needs": "What would help",
        "person": "Who you named",
        "called": "What they call you",
        "reach": "How to reach you",
        "reach_when": "When to reach you",
        "reach_as": "Who they say they are",
        "reach_others": "Who else might answer",
    },
)

REPORT = ReportTexts(
    acts={
        "act.listen": "Read it and keep it to yourself. Don't act on it, and don't pass it on.",
        "act.unnamed": (
            "Say nothing that could show who wrote this, or who it happened to. Within that, you "
            "may act on it."
        ),
        "act.accused": (
            "Say nothing that could show who wrote this, or who it happened to. Within that, you "
            "may put it to the person it is about."
        ),
        "act.named": "You may act on it, and say who wrote it.",
    },
    headings={"needs": "What would help", "person": "Who it is about", "story": "What was told"},
    chosen="The person who wrote this decided what you may do. In their words:\n\n“{label}”",
    unanswered="""\
The person who wrote this was asked what you may do, and left it open. So you may read and \
listen, nothing else.""",
    contact="""\
Besides that, you may get in touch with the person who wrote this, only in the way they describe \
below. Where they left a question open, assume nothing.""",
    no_contact="""\
The person who wrote this doesn't want to be reached. Don't look for a way, and don't get in \
touch.""",
    no_way="""\
The person who wrote this gave no way to reach them. Don't look for one, and don't get in \
touch.""",
    no_name="They gave no name to call them by.",
    unanswered_step="Not answered.",
    unanswered_message="Not answered. Leave no message.",
    adds="This adds to what was shared with you before. What you may do with it:",
    together="""\
It was shared with {readers}, and nobody else. If you're unsure what to do, ask each other only.

If it's about you or somebody close to you, stop here and delete the file. Tell the others named \
above that you step aside, and give no reasons.""",
    alone="""\
It was shared with you and nobody else. If you're unsure what to do, ask without saying what you \
read or who it's about.

If it's about you or somebody close to you, stop here and delete the file. Say in public that you \
step aside from whatever concerns that person, and nothing about this story.""",
    notice="""\
What follows may be hard to read. Choose a time when you aren't disturbed, and stop whenever you \
need to.""",
    before_reading="""\
If it's about you or somebody close to you, stop here and delete the file. Tell those who have it \
too that you step aside, and give no reasons.""",
)

HANDOVER = HandoverTexts(
    handed_held="I'll tell {readers} {due}. Until then /withdraw stops it, and nobody reads it.",
    handed_held_also="I'll tell {readers} {due}. Until then /withdraw stops it.",
    handed_now="{readers} can read it from now on.",
    released="{readers} can read it from now on. I hold it back no longer.",
    withdrawn="Stopped. Nobody can read it any more.",
    withdrawn_late="""\
Stopped. Nobody can get it from me any more. If someone had collected a copy already, I ask them \
to destroy it. What has been read can't be unread.""",
    withdrawn_fetched="""\
Stopped. {readers} had collected a copy already. I ask them to destroy it. What has been read \
can't be unread.""",
    withdrawn_erased="You didn't want me to keep your story, so I've deleted it too.",
    still_kept="I still keep your story for you.",
    still_never="{readers} must still never read it.",
    still_kept_and_never="I still keep your story, and {readers} must still never read it.",
    unkept="I don't keep your story any more, as you just said.",
    nothing_shared="""\
Nothing of this story is shared. To take back another one, type its four words. /erase deletes \
this one.""",
    hold_stands="I'll tell {readers} {due}. Until then you can stop it. /start begins anew.",
    hold_stands_beside="I'll still tell {readers} {due}. Until then you can stop it.",
    hold_stopped="""\
Stopped. Nobody got what was waiting. Your story is still here.

If you have its twelve words, /open and the words let you share it after all. Your four words \
delete it: /erase""",
    hold_stopped_deleted="Stopped. Nobody got what was waiting, and I've deleted your story.",
    hold_stopped_kept="""\
I've stopped the story you wanted me to keep. Nobody got what was waiting. /erase and your words \
delete it.

The other one still waits.""",
    hold_stopped_mixed="""\
Stopped. Nobody got what was waiting. The story you wanted me to keep is still here. I've deleted \
the other.""",
    hold_asks_words="""\
Stopped. Nobody got what was waiting. To delete your story as well, please type your twelve \
words, or the four words of your take-back code. /stop leaves it here.""",
    hold_stopped_rest="Stopped. I won't share that. What you shared before stays shared.",
    hold_gone="""\
This isn't waiting any more. Either it was stopped or changed, or its time came and I told your \
readers. If you have twelve words, /open and the words show which.""",
)

RECOVERY = RecoveryTexts(
    words_stay="""\
I couldn't delete your message with the words. Please delete it yourself: press and hold it.""",
    code="""\
Your take-back code:

    {code}

These four words can take your story back or delete it. They can't open it. Nobody can reset \
them.""",
    code_anew="The four words you had before don't work any more.",
    have_code="Please write them down. {gone}",
    way_back="""\
How would you like to come back?

Twelve words: with them you can read your story, share it, take it back or delete it.
Only the code: four words that take your story back or delete it. You can't read it again.""",
    words="""\
Your twelve words:

{words}

Only they open your story again; nobody can reset them. Please write them down. {gone} {end}""",
    words_end="If I don't get two by {until}, I delete your story.",
    words_end_kept="After {until} I can't show them. Your story stays saved.",
    ask_words="Which words are number {first} and number {second}?",
    wrong_words="""\
Those aren't the two. You can try again. Which words are number {first} and number {second}? \
/words shows all twelve again.""",
    wrote_down="Good. To check, type word number {first} and word number {second}.",
    ask_open="Please type your twelve words, in order.",
    ask_code_withdraw="Please type your twelve words, or the four words of your take-back code.",
    ask_code_erase="""\
Please type your twelve words, or the four words of your take-back code. Then I delete your \
story.""",
    not_words="""\
Those aren't recovery words. Please type the words that you wrote down, in order. /stop leaves.""",
    no_case="""\
I have no story under these words. Please check their spelling and order. If you didn't keep it, \
or it was deleted, there is nothing to open. /stop leaves.""",
    no_code="""\
I have no story under these four words. Once everyone has collected it, or it was deleted, \
nothing can be taken back. Otherwise please check the spelling and order. /stop leaves.""",
    too_many_tries="""\
You tried five codes today, and that's the most for one day. Please come back tomorrow. Your \
twelve words always work.""",
    code_or_words="""\
Four words are a take-back code. It can't open your story. Type /withdraw to take your story \
back, or /erase to delete it; then type the words.""",
    code_unasked="""\
Those four words are a take-back code. I found the story they belong to. I didn't add them to \
anything.

What would you like to do with that story?""",
    code_left="All right, I changed nothing. Your four words still work: /withdraw or /erase.",
    code_unchecked="""\
Those could be the four words of a take-back code, and I can't check any more of them today. So I \
didn't save them. If they belong to your story, please write them again in a longer message.""",
    no_code_unasked="""\
Those could be the four words of a take-back code, but I have no story under them. So I didn't \
save them. Please check the spelling and order. If you want to tell me something, please write it \
in a longer message.""",
    words_unasked="""\
Those look like the twelve words that open a saved story, so I didn't add them to this one. You \
can't open a story while you tell another. Please finish or delete this one first. Then: /open""",
    only_words="""\
You come back to your story with twelve words. Only they open it again; nobody can reset them.""",
    words_disappear="When you've typed two of them, they disappear.",
    words_once="You can see them until you've typed two.",
    words_given="You've typed two of your words, so I can't show them again.",
    code_disappears="When you go on, they disappear.",
    code_once="When you go on, I can't show them again.",
    stays_in_chat="They stay in this chat until you delete them.",
    words_count=english_counted(
        "I count one word; I need 12. Nothing is lost. /stop leaves.",
        "I count {count} words; I need 12. Nothing is lost. /stop leaves.",
    ),
    words_or_code_count=english_counted(
        """\
I count one word; I need 12, or the 4 of your take-back code. Nothing is lost. /stop \
leaves.""",
        """\
I count {count} words; I need 12, or the 4 of your take-back code. Nothing is lost. /stop \
leaves.""",
    ),
    words_unlisted=english_counted(
        """\
Word {places} isn't one of the words I use. Please check its spelling. Nothing is lost. /stop \
leaves.""",
        """\
Words {places} aren't among the words I use. Please check their spelling. Nothing is lost. /stop \
leaves.""",
    ),
    words_mixed="""\
I know all twelve words, but they don't belong together. Either two changed places, or one is \
another word. Please check. Nothing is lost. /stop leaves.""",
)

CASE = CaseTexts(
    case="{lines}\n\nWhat would you like to do?",
    kept="Your story is open. I can read it until you close it.",
    share_held="Shared with {readers}. I'll tell them {due}.",
    share_released="Shared with {readers}. They don't have a copy yet.",
    share_fetched="Shared with {readers}. They have a copy.",
    more_held="Some more is shared with {readers}. I'll tell them {due}.",
    more_released="Some more is shared with {readers}. They don't have that yet.",
    unshared="It isn't shared with anyone now. Anyone who has read it keeps their copy.",
    never_shared="You haven't shared it. Nobody has read it.",
    closed="""\
Your story is closed. /open and your twelve words open it again, /erase and the words delete \
it.""",
    reopened="Let's go on with your story.",
    add="""\
What would you like to add? Send as many messages as you like. When you've said enough for now, \
{done}.

I save each with your story, under this week's date. Until you're done, anyone using your account \
can open your story.""",
    added_kept="I saved what you added with your story. Nobody else got it.",
    nothing_added="You added nothing, so your story is as it was.",
    added_in="Added in {week}",
    added_line="{number}. Added, {week}",
    share_added="""\
{readers} may read what you shared before. Should I share what you just added with {readers} \
too?""",
    kept_until="I keep your story until the end of {month}. Then I delete it.",
    kept_longer="I'll keep your story until the end of {month} now.",
    unchanged_for="Nothing changes for {readers}.",
    ends_for="""\
I stop sharing your story with {readers}. Anyone who has read it keeps their copy; I'll ask them \
to destroy it.""",
    instead_for="""\
For {readers} this takes the place of what you shared before. Anyone who has read that keeps \
their copy; I'll ask them to destroy it.""",
    given_to="I share this with {readers}.",
    taken_back_from="""\
I've stopped sharing your story with {readers}. What has been read can't be unread.""",
    line_standing="Until you say yes at the end, what you shared with {readers} stays shared.",
    line_stays="What you shared with {readers} stays shared.",
    line_added="This doesn't share what you added later.",
    review_added="""\
This is what {readers} would get, and nothing else:

{lines}

/show 1 shows the first part of your story, /show shows all of it.

{acts}""",
    ask_join="""\
Please type the twelve words of your other story. I move it into this one, with its dates, and \
delete the other, so nobody can get that from me. It's shared here only if you say so again.

/start leaves both as they are.""",
    joined="""\
I moved your other story into this one and deleted the other. Its twelve words open nothing \
now.""",
    join_same="Those are the words of the story that's open here. I changed nothing.",
    join_nothing="There's nothing in that story that I could move. I changed nothing.",
    join_full="Both stories together have more parts than I can hold. I changed nothing.",
    join_never="""\
In your other story you said that {readers} must never read it, but {readers} may read this one. \
First stop sharing this one. I changed nothing.""",
)
