"""The talks that are played: each leads through some of the states that a story can be in."""

BEGIN = """
/start
No, only me
I'll do it myself
"""
TOLD = f"""{BEGIN}
What happened was this.
/done
"""
ASKED_AGAIN = """
Let someone read it
Nothing for now
I wish for peace.
/done
Somebody with a hat.
/done
"""
ASKED = f"""{TOLD}
{ASKED_AGAIN}
"""
ASKED_FOR_HELP = f"""{TOLD}
Let someone read it
Company or practical help
I wish for peace.
/done
Somebody with a hat.
/done
Nobody in particular
Oak
Everything, with my story
Act without naming me
"""
SHARED = f"""{ASKED}
Rowan
Oak, Ash
Everything, with my story
Only read and listen
"""
KEPT_AND_SHARED = f"""{SHARED}
Yes, keep it
Yes, that's right
"""
HANDED = f"""{SHARED}
No
Yes, that's right
"""
KEPT = f"""{TOLD}
Just keep it
Yes, that's right
Yes, keep it like this
"""
WITH_WORDS = """
{two words}
I've written them down
"""

TALKS = {
    "nothing is begun": """
        hello
        /pause
        who are you
        who reads this
        is this anonymous
        i lost my words
        how long do you keep it
        how long does this take
        did anyone read it
        /show
        /open abandon ability able
        /stop
        Yes, or I'm not sure
        /start
        yes
        Yes, or I'm not sure
        /stop
        @hang-up
        /done
    """,
    "words come before the first choice": """
        What happened came all at once.
        And there is more of it.
        how long do you keep it
        @restart
        /privacy
        Yes, or I'm not sure
    """,
    "words that came first make room for a story": """
        What happened came all at once.
        I was here before
        No, leave it
        I was here before
        Yes, delete it all
        /stop
        What happened came once more.
        Yes, or I'm not sure
        No, leave it
        Yes, or I'm not sure
        Yes, delete it all
        What happened came a third time.
        @wait 8d
        /start
    """,
    "words that came first are added": f"""
        What happened came all at once.
        No, only me
        I'll do it myself
        Yes, add it
        And this is the rest.
        /done
        It was raining on that day.
        Just keep it
        No, delete it
        The rain stopped in the evening.
        /add
        Yes, that's right
        Yes, keep it like this
        i lost my words
        how long do you keep it
        /permissions
        /history
        /back
        wrong words
        /stop
        Go on
        /pause
        /words
        {WITH_WORDS}
    """,
    "telling": f"""{BEGIN}
        how long do you keep it
        how much time does it take
        did anyone read it
        i lost my words
        What happened was thsi.
        @edit What happened was this.
        And\u200b more.
        /start touching me, I said.
        /nothing of this kind.
        he is at the door
        ok
        thanks
        @send photo
        @send call
        @send key
        @send missed
        @send reading
        @send many
        @send day
        @send nearly
        @send disk
        @send plain
        @edit /stop
        It's part of my story
        stop
        Go on
        @edit
        /privacy
        /ground
        /done and this as well
        Decide later
        /start
        @hang-up
        /start
        /pause
        /back with words
        /skip please
        nonsense
        99
        @edit Just keep it
        /unknown
        /stop
        Keep it, I may come back
        @wait 3d
        /start
        /open
        /show
        take it back
        /withdraw
        /erase
        No, leave it
        /erase
        Yes, delete it all
        /start
    """,
    "who comes and goes": """
        I want to die
        No, only me
        I'll do it myself
        Yes, add it
        hello
        What happened was this.
        bye
        /start
        /add
        /done
        Let someone read it
        Nothing for now
        give me a minute
        done
        /nothing of this kind
        I'm not safe
        /help me please
        stop
        and some quiet
        Go on
        /done
        Somebody with a hat.
        /done
        Rowan
        Oak, Ash
        Everything, with my story
        Only read and listen
        bye
        Yes, keep it
        Yes, that's right
        Yes, send in 12 hours
        Twelve words
        i dont have a pen
        can i take a screenshot
        {two words}
        wait
        bye
        /start
        I've written them down
        bye
        I want to die
        bye
    """,
    "left alone": f"""{TOLD}
        /pause
        @wait 8d
        /start
        /open
    """,
    "only kept": f"""{KEPT}
        /pause
        @hang-up
        {WITH_WORDS}
        i lost my words
        /start
        @as another
        /open {{twelve words}}
        /history
        Read it
        The rain was loud on that evening.
        how long do you keep it
        did anyone read it
        take it back
        /add something
        /done
        Close it
        @restart
        /withdraw {{four words}}
        /open {{four words}}
        /withdraw {{twelve words}}
        /permissions
        /erase
        No, leave it
        /erase
        Yes, delete it all
        /open {{twelve words}}
        /withdraw {{four words}}
        /stop
    """,
    "the words are never given back": f"""{KEPT}
        @wait 8d
        /open {{twelve words}}
    """,
    "nothing is kept": f"""{ASKED}
        Nobody in particular
        Nobody for now
        No
        did anyone read it
        Yes, that's right
        Delete my story
        Yes, delete it all
    """,
    "nothing is told": """
        /start
        No, only me
        /add
        @hang-up
        /start
        I'll do it myself
        /pause
        @hang-up
        /start
        What happened was this.
        /done
        /add
    """,
    "kept, and not left by its words": f"""{KEPT}
        And there is one more thing that I remember now.
        what if i lose them
        /add
        @hang-up
    """,
    "being reached": f"""{ASKED_FOR_HELP}
        yes
        who are you
        Robin of the choir
        I'm not safe
        in this chat
        555 0101, at my work
        @edit in this chat
        Late in the evening
        maybe tell them that it was me
        Only to call back
        A cousin of mine
        My brother might
        Yes, keep it
        change
        I was so afraid of them all that year.
        Change how they reach me
        /done
        /done
        /done
        /done
        /done
        /done
        Yes, that's right
        Yes, add it
        It rained as well that night, I remember.
        Yes, send now
        No, delete it
        Yes, send now
        dont let them call me
        @fetch Oak
        Twelve words
        what if i lose them
        {WITH_WORDS}
        {{four words}}
        Nothing, leave it
        {{four words}}
        Take it back
    """,
    "a way is taken back before it is shared": f"""{ASKED_FOR_HELP}
        Robin of the choir
        555 0101, at my work
        Late in the evening
        No message
        A cousin of mine
        /skip
        No
        Change how they reach me
        /done
        Please don't reach me
        Yes, that's right
        Yes, send now
        I would like to add one more thing to this.
        what if i lose them
        I've written them down
    """,
    "another choice at the overview": f"""{ASKED_FOR_HELP}
        No name
        Please don't reach me
        Yes, keep it
        Change what happens to it
        Just keep it
        Yes, add it
        Change what happens to it
        Let someone read it
    """,
    "words where nobody asks for them": f"""{KEPT_AND_SHARED}
        Yes, send in 12 hours
        Twelve words
        {{two words}}
        what if i lose them
        I've written them down
        I was thinking about all of this once more.
        No, only me
        {{twelve words}}
        /erase
        Yes, delete it all
        ability able about above
        able able about above
        ability ability able about
        ability ability about able
        ability ability about about
        ability ability about above
        /withdraw able about able able
        /withdraw able about able about
        able able able able
        about above ability about
        above above ability able
        about about ability able
    """,
    "held and stopped in time": f"""{KEPT_AND_SHARED}
        Yes, send in 12 hours
        /permissions
        /pause
        @hang-up
        /stop
        Go on
        /back
        Twelve words
        wrong words
        {WITH_WORDS}
        /start
        @wait 3h
        /start
        hello
        /withdraw
        /start
        @stop-it
        /open {{twelve words}}
        /history
        Let someone read it
        @wait 1h
        /permissions
        /pause
        @hang-up
        /stop
        Keep it, I may come back
    """,
    "held, and stopped in the talk": f"""{KEPT_AND_SHARED}
        Yes, send in 12 hours
        i want to take it back
        how long do you keep it
        /permissions
        /stop
        Go on
        /pause
        @wait 8d
        /open
    """,
    "held, and opened meanwhile": f"""{KEPT_AND_SHARED}
        Yes, send in 12 hours
        Twelve words
        {WITH_WORDS}
        /open {{twelve words}}
        how long do you keep it
        Stop sharing
        Close it
        /open {{twelve words}}
        take it back
        /history
    """,
    "held until it is released": f"""{KEPT_AND_SHARED}
        Yes, send in 12 hours
        Twelve words
        {WITH_WORDS}
        @wait 11h
        /start
        @wait 1h
        /start
        @wait 1h
        @wait 1h
        @stop-it
        /open {{twelve words}}
        take it back
        @fetch Oak
        /start
        /history
        Stop sharing
        take it back
        /history
        Close it
    """,
    "only handed over, and stopped": f"""{HANDED}
        Yes, send in 12 hours
        I've written them down
        /start
        delete everything
        No, leave it
        delete everything
        Yes, delete it all
        @stop-it
        /start
    """,
    "only handed over, and stopped with a tap": f"""{HANDED}
        Yes, send in 12 hours
        I've written them down
        @stop-it stranger
        @stop-it
    """,
    "only handed over, and released": f"""{HANDED}
        Yes, send in 12 hours
        i lost my words
        how long do you keep it
        I've written them down
        @wait 14h
        @stop-it
        /erase {{four words}}
        No, leave it
        @link Oak
        @fetch-in-chat Oak
        /erase {{four words}}
        Yes, delete it all
    """,
    "two stories are held": f"""{KEPT_AND_SHARED}
        Yes, send in 12 hours
        Twelve words
        {WITH_WORDS}
        {HANDED}
        Yes, send in 12 hours
        I've written them down
        /withdraw
    """,
    "two stories are held, and one is kept": f"""{KEPT_AND_SHARED}
        Yes, send in 12 hours
        Twelve words
        {WITH_WORDS}
        {HANDED}
        Yes, send in 12 hours
        I've written them down
        delete everything
        Yes, delete it all
    """,
    "collected, and shared on other terms": f"""
        @link Oak
        @link Ash
        {KEPT_AND_SHARED}
        Yes, send now
        Twelve words
        {WITH_WORDS}
        @fetch-in-chat Oak
        @fetch-in-chat Ash
        /open {{twelve words}}
        Change what I allow
        I'll do it myself
        Change who reads
        Oak
        Change how much they read
        Help and wishes
        Yes, that's right
        Yes, send in 12 hours
        /withdraw
        Just keep it
        Yes, that's right
        Yes, keep it like this
        I've written them down
        @notice Ash
        /open {{twelve words}}
        Change what I allow
        @hang-up
        /start
        I'll do it myself
        Nothing for now
        I wish for peace again.
        /done
        /skip
        Nobody in particular
        Oak
        Help and wishes
        Only read and listen
        Yes, keep it
        Yes, that's right
        Yes, send in 12 hours
        I've written them down
        /open {{twelve words}}
        Stop sharing
    """,
    "held, and to be deleted with its words": f"""{KEPT_AND_SHARED}
        Yes, send in 12 hours
        Twelve words
        {WITH_WORDS}
        delete everything
        {{twelve words}}
        Yes, delete it all
    """,
    "sent at once, with the code only": f"""
        @link Oak
        @link Rowan
        {KEPT_AND_SHARED}
        Yes, send now
        @notice Oak
        @notice Rowan
        Only the code
        did anyone read it
        I've written them down
        @as Oak
        /inbox
        /fetch 000000
        @fetch-in-chat Oak
        /inbox
        @as reporter
        /withdraw {{four words}}
        @notice Oak
        @as Oak
        /inbox
        @as Ash
        /inbox
        @as reporter
        /withdraw one two three four
        /withdraw ability able about above
        /stop
    """,
    "not kept, and collected by all while the talk is open": f"""{HANDED}
        Yes, send now
        @fetch Oak
        /start
        @fetch Ash
        /start
        /start
    """,
    "not kept, and collected by all": f"""{HANDED}
        Yes, send now
        I've written them down
        @fetch Oak
        @fetch Ash
        /withdraw {{four words}}
    """,
    "not kept, and never collected": f"""{HANDED}
        Yes, send now
        I've written them down
        @link Oak
        @fetch-in-chat Oak
        @wait 40d
        /erase {{four words}}
    """,
    "kept until its time is over": f"""{KEPT_AND_SHARED}
        Yes, send now
        Only the code
        I've written them down
        @link Oak
        @fetch-in-chat Oak
        @wait 3800d
        @notice Oak
        /erase {{four words}}
    """,
    "withdrawn in the talk before anybody had it": f"""{KEPT_AND_SHARED}
        Yes, send now
        /withdraw
        /stop
        Go on
        {ASKED_AGAIN}
        Nobody in particular
        Oak
        Help and wishes
        Act without naming me
        No
        Yes, that's right
        Yes, send now
        I've written them down
    """,
    "collected, then withdrawn in the talk": f"""{KEPT_AND_SHARED}
        Yes, send now
        @fetch Oak
        /withdraw
        take it back
        did anyone read it
        /stop
        Go on
        Decide later
        /permissions
        Keep it
        /erase
        Yes, delete it all
    """,
    "collected, withdrawn, and finished with nothing": f"""{HANDED}
        Yes, send now
        @fetch Oak
        /withdraw
        {ASKED_AGAIN}
        Nobody in particular
        Nobody for now
        /permissions
        No
        Yes, that's right
        /permissions
        Delete my story
    """,
    "parts are left out": f"""{BEGIN}
        What happened was this.
        And a part to be left out.
        /done
        Let someone read it
        Something else
        A part about needs.
        /done
        No wish.
        /done
        Nobody.
        /done
        Nobody in particular
        Ash
        Everything, with my story
        Talk to them, no name
        No name
        Please don't reach me
        No
        Yes, that's right
        Show me everything first
        /show 2
        Leave this part out
        Yes, send now
        I've written them down
        /withdraw {{four words}}
    """,
    "shared once more": f"""{KEPT}
        {WITH_WORDS}
        /open {{twelve words}}
        Change what I allow
        I'll do it myself
        Nothing for now
        No wish.
        /done
        A man.
        /done
        Rowan
        Ash
        That, and who it's about
        Act and use my name
        /permissions
        /pause
        Robin of the choir
        555 0101 in the mornings
        /skip
        No message
        A cousin of mine
        /skip
        Yes, keep it
        Yes, that's right
        Yes, send in 12 hours
        i lost my words
        I've written them down
        /open {{twelve words}}
        Send it now
        @fetch Ash
        /start
        Delete everything
        Yes, delete it all
    """,
    "kept no more when shared once more": f"""{KEPT}
        {WITH_WORDS}
        /open {{twelve words}}
        Change what I allow
        I'll do it myself
        Nothing for now
        No wish.
        /done
        A man.
        /done
        Nobody in particular
        Ash
        Help and wishes
        /skip
        No name
        555 0102, of my sister
        After eight at night
        /skip
        /skip
        Nobody but my sister
        No
        Yes, that's right
        Yes, send now
        I've written them down
    """,
    "one reader, and no answer what they may do": f"""{ASKED}
        Nobody in particular
        Ash
        Everything, with my story
        /skip
        No name
        Please don't reach me
        No
        Yes, that's right
        Yes, send now
        I've written them down
    """,
    "a story to have it kept, and the code only": f"""{KEPT}
        {WITH_WORDS}
        /open {{twelve words}}
        Change what I allow
        I'll do it myself
        Nothing for now
        No wish.
        /done
        A man.
        /done
        Nobody in particular
        Nobody for now
        Yes, keep it
        Yes, that's right
        Yes, keep it like this
        I've written them down
    """,
    "added to, and shared with more": f"""{KEPT_AND_SHARED}
        Yes, send now
        Twelve words
        {WITH_WORDS}
        /open {{twelve words}}
        /add
        /done
        Add to my story
        The rain stopped in the evening.
        /permissions
        /skip
        /done
        No, don't share it
        I've written them down
        /open {{twelve words}}
        Add to my story
        And it began again at night.
        /done
        Yes, show me first
        Yes, send in 12 hours
        I've written them down
        @wait 13h
        @link Oak
        @fetch-in-chat Oak
        /open {{twelve words}}
        Add to my story
        And it was cold.
        /done
        Yes, show me first
        Yes, send in 12 hours
        I've written them down
        /open {{twelve words}}
        /close
        stop
        /open {{twelve words}}
        Change what I allow
        I'll do it myself
        /pause
        /start
        /stop
        Keep it, I may come back
        /start
        Change who reads
        Oak
        Yes, that's right
        Yes, keep it like this
        I've written them down
        /open {{twelve words}}
        Change what I allow
        I'll do it myself
        Change who reads
        Oak, Ash
        Yes, that's right
        Yes, send now
        I've written them down
        /open {{twelve words}}
        Change what I allow
        I'll do it myself
        Change how much they read
        Help and wishes
        Yes, that's right
        Yes, send in 12 hours
        I've written them down
        stop
        @wait 400d
        /open {{twelve words}}
        Keep it longer
        Close it
    """,
    "cleaned when it is over": """
        /start
        No, only me
        When I finish
        What happened was this.
        /done
        Just keep it
        Yes, that's right
        Yes, keep it like this
        {two words}
        I've written them down
    """,
    "told beside the twelve words": f"""{KEPT}
        I forgot he also threatened my sister
        {{two words}}
        I've written them down
    """,
    "added to and never shared": f"""{KEPT}
        {WITH_WORDS}
        /open {{twelve words}}
        did anyone read it
        Add to my story
        The rain stopped in the evening.
        /done
        Delete everything
        No, leave it
        Delete everything
        Yes, delete it all
    """,
    "two stories are joined": f"""{KEPT}
        {WITH_WORDS}
        @as third
        {SHARED}
        Yes, keep it
        Yes, that's right
        Yes, send now
        Twelve words
        {WITH_WORDS}
        @as another
        {ASKED}
        Nobody in particular
        Rowan
        Everything, with my story
        Only read and listen
        Yes, keep it
        Yes, that's right
        Yes, send now
        Twelve words
        {WITH_WORDS}
        /open {{twelve words}}
        Join another story
        {{twelve words}}
        Join another story
        @words-of third
        Stop sharing
        Join another story
        @words-of reporter
        Read it
        Close it
    """,
    "a story that somebody has is joined to one that nobody has": f"""{SHARED}
        Yes, keep it
        Yes, that's right
        Yes, send now
        Twelve words
        {WITH_WORDS}
        @fetch Oak
        @as another
        {KEPT}
        {WITH_WORDS}
        /open {{twelve words}}
        Join another story
        @words-of reporter
        Delete everything
        No, leave it
        Close it
    """,
    "odd messages": f"""
        ok the
        {BEGIN}
        done
        I'm not safe
        What\u0007 happened was this.
        @remember
        I'm back
        @long
        @edit-last /stop
        Go on
        /done
        did anyone read it
        @edit What happened was that.
        Decide later
        @edit-last Just keep it
        @edit stop
        @edit /nothing of this
        The rain stopped in the evening.
        @edit-last \u0007
        /erase
        Yes, delete it all
        @edit-last Something new.
    """,
    "recalled while it is told": f"""{TOLD}
        @recall
        /start
        And there was still so much more of that.
        Go on with the new ones
        And more of it.
    """,
    "recalled after it was handed over": f"""{HANDED}
        Yes, send in 12 hours
        @recall
        /start
    """,
    "too many talks": """
        /start
        No, only me
        /erase
        Yes, delete it all
        /start
        No, only me
        /erase
        Yes, delete it all
        /start
        No, only me
        /erase
        Yes, delete it all
        /start
        No, only me
        /erase
        Yes, delete it all
        /start
        No, only me
        /erase
        Yes, delete it all
        /start
        No, only me
    """,
    "a reader links an account": """
        @as Oak
        /inbox
        /join Oak
        @digits Oak
        /inbox
        /fetch 000000
    """,
    "taken back from elsewhere before the goodbye": f"""{KEPT_AND_SHARED}
        Yes, send now
        Only the code
        @as another
        /withdraw {{four words}}
        @as reporter
        I've written them down
    """,
    "too many words": """
        /open
        abandon ability
        abandon ability able about above absent absorb abstract absurd abuse access xxxxx
        abandon ability able about above absent absorb abstract absurd abuse xxxxx xxxxy
        abandon ability able about above absent absorb abstract absurd access accident account
        able able able able able able able able able able able about
        nothing of the kind
        ability able about above
        /stop
        /withdraw
        able about above
        ability able about above
        able ability about above
        ability about able above
        ability above about able
        able above ability about
        able above about ability
        /stop
    """,
}
"""By what they lead through."""

BEGIN_IN_CHAT = """
/start
No, only me
As we go
What happened was this.
/privacy
/done
"""

IN_A_CHAT = {
    "held in a chat": f"""{BEGIN_IN_CHAT}
        * Let someone read it
        Nothing for now
        I wish for peace.
        /done
        Somebody with a hat.
        /done
        * Nobody in particular
        * Oak
        * Everything
        * Only read
        * No
        * Yes, that's right
        * Yes, send in 12 hours
        * I've written them down
        @wait 5h
        hello
        * Stop it
    """,
    "kept in a chat": f"""{BEGIN_IN_CHAT}
        * Just keep it
        * Yes, that's right
        * Yes, keep it like this
        {{two words}}
        * I've written them down
        /open
        {{twelve words}}
        * Delete everything
        * Yes, delete it all
    """,
}
"""Where messages are deleted from the chat, on Telegram and on Matrix. A star: by its number."""

IN_A_ROOM = {
    "somebody else takes the place": """
        /start
        No, only me
        As we go
        What happened was this.
        @wait 3d
        @replace-keys
        hello
        /erase
        /start
    """,
    "an old list": f"""{BEGIN_IN_CHAT}
        * Let someone read it
        * Nothing for now
        /skip
        /skip
        @leave-office Rowan
        * Nobody in particular
    """,
}
"""Where an account proves with keys who is behind it, and numbers are bound to their lists."""
