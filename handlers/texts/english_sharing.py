"""The English texts of permissions, review, handing over, the ways back and the opened case."""

from handlers.texts.catalogue import (
    CaseTexts,
    HandoverTexts,
    PermissionTexts,
    RecoveryTexts,
    ReportTexts,
    ReviewTexts,
)

PERMISSIONS = PermissionTexts(
    overview=("This is what you allow:\n\n{lines}\n\nIs it right? Each line can be changed."),
    permissions=(
        "This is what you allow so far:\n\n{lines}\n\n/withdraw takes back what was handed over."
    ),
    nothing_allowed=(
        "Nobody reads it and it is not kept: when you finish, everything you told is erased."
    ),
    line_nobody="Nobody reads it.",
    line_read="{readers} may read {parts}.",
    line_never="""\
{readers} must never read it, and will not learn that it exists. That stays, whatever you take \
back.""",
    line_keep="It is kept, so that you can come back.",
    line_keep_not="""\
It is not kept here. The copy sealed for them ends within {days} days.""",
    line_writes="Nobody writes to you.",
    parts={
        frozenset({"needs"}): "only what would help you and what you would like to happen",
        frozenset({"needs", "person"}): "what would help you, and who it is about",
        frozenset({"needs", "person", "story"}): "everything you told",
    },
    acts={
        "act.listen": "They may read and listen, nothing else.",
        "act.unnamed": "They may act on it without naming you.",
        "act.accused": "They may put it to the person it is about, without naming you.",
        "act.named": "They may act on it and use your name.",
    },
    history_none="Nothing was allowed and nothing taken back so far.",
    history_line="{number}. {what}{state}",
    history_keep="keep it",
    history_read="{readers} may read it",
    history_never="{readers} must never read it",
    history_revoked=" (taken back)",
)

REVIEW = ReviewTexts(
    sharing="""\
If you share with someone you cannot make them forget. For {hours} hours you can stop this with \
/withdraw; until then the sealed copy already lies on the server, and it is remembered that this \
account may stop it.""",
    duty="{reader} must pass some things on, whatever you allow.",
    no_pieces="There are no pieces.",
    pieces=("The pieces:\n\n{lines}\n\n/show 1 shows the first, /show shows all."),
    piece_line="{number}. {part}, {week}, {count} characters",
    piece_ask="What should happen with this piece?",
    piece_missing=("There is no such piece. The pieces have the numbers 1 to {count}."),
    left_out="That piece is erased.",
    part_names={"story": "What you told", "needs": "What would help", "person": "Who it is about"},
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
    handed_held="""\
It is sealed for {readers} and held until {due}. Until then /withdraw stops it and nobody will \
have read it.""",
    handed_now="It is sealed for {readers}, who can fetch it from now on.",
    released="It is no longer held. {readers} can fetch it from now on.",
    withdrawn="Taken back. Nobody can fetch it any more.",
    withdrawn_late="""\
Taken back. Nobody can fetch it any more. If a reader had fetched it already, they are asked to \
destroy it, but it cannot be made unread.""",
    withdrawn_fetched=(
        "Taken back. {readers} had fetched it already: they are told "
        "that you took it back and asked to destroy it, but it cannot "
        "be made unread."
    ),
    withdrawn_erased=("It was not to be kept, so everything you told is erased as well."),
    still_kept="What was to be kept stays kept.",
    still_never="{readers} must never read it. That stays as well.",
    still_kept_and_never="What was to be kept stays kept, and {readers} must never read it.",
    unkept="It is no longer kept here, as you said now.",
    nothing_shared="Nothing has been handed over. /erase erases what you told.",
)

RECOVERY = RecoveryTexts(
    words_stay=(
        "I couldn't delete your message with the words. Please delete it yourself: press long on "
        "it."
    ),
    code="""\
Your take-back code:

    {code}

These four words can withdraw and erase, nothing else. Keep them even if you want no way back.""",
    have_code=("Do you have the four words? They are not shown again after this."),
    way_back="""\
How would you like to come back?

Twelve words: after this only they open what you told.
Only the code: it can be withdrawn and erased, and nobody can read it again, you included. \
Write the four words down first: they go when this ends.""",
    words="""\
Your twelve words, in this order:

{words}

Keep them where nobody else looks. Until two of them were given back, /words shows them again. \
{end}""",
    words_end="Without that, what you told is erased on {until}.",
    words_end_kept=(
        "That can be done until {until}; after it the words cannot be shown again. What you told "
        "stays kept."
    ),
    words_end_shared=(
        "That can be done until {until}; after it, nobody but your readers can open it."
    ),
    ask_words=(
        "To be sure that you have them: which words are number {first} and number {second}?"
    ),
    wrong_words="""\
Those are not the two. Nothing is lost. Which words are number {first} and number {second}? \
/words shows all of them again.""",
    ask_open="Please type your twelve words, in their order.",
    ask_code_withdraw=("Please type your twelve words, or the four words of your take-back code."),
    ask_code_erase=(
        "Please type your twelve words, or the four words of your "
        "take-back code, and everything is erased."
    ),
    not_words="""\
These are not twelve words that belong together. Please look at their spelling and order and type \
them again. Nothing is lost. /stop leaves.""",
    no_case="""\
Nothing is kept under these words. Please look at their spelling and order; if nothing was kept, \
or it was erased, there is nothing to open. /stop leaves.""",
    no_code="""\
Nothing can be taken back with these words. Please look at their spelling and order: twelve words \
or four. /stop leaves.""",
    too_many_tries="""\
Five tries were made from this account today, and that is the most for one day. Please come back \
tomorrow. The twelve words can be used at any time.""",
    code_or_words="""\
Four words: /withdraw takes back what was handed over, /erase erases everything. Please type one \
of these first, then the words.""",
)

CASE = CaseTexts(
    case="{lines}\n\nWhat would you like to do?",
    kept="It is open. Nobody but you and this program can read it now.",
    share_held="Handed to {readers}, held until {due}.",
    share_released="Handed to {readers}, not fetched yet.",
    share_fetched="Handed to {readers}, and fetched.",
    unshared="Nobody else can read it.",
    closed="It is closed. /open and your twelve words open it again.",
    reopened="Let us go on from what you told.",
)
