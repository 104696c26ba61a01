"""How readers may reach somebody: a no is a no, and what was left open is no yes."""

from dataclasses import replace
from pathlib import Path

import pytest

import flows
from bot.platforms.matrix.facts import MATRIX
from bot.platforms.telegram.facts import TELEGRAM
from handlers.messages import EditedMessage, PlatformFacts, TextMessage
from handlers.outcome import Outcome
from handlers.texts.english import ENGLISH
from store.model.drafts import StoredAnswer
from store.model.permissions import DeliveryStage, HeldHandover, StandingGrant, StandingHandover
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.handlers.talks import ASH, FLOW, HOUR, OAK, PLATFORM, READERS, SETTING, Talk

STORY, NUMBER = "It was at the summer camp.", "0151 00000000"
FOLLOWING = ("reach_when", "reach_message", "reach_as", "reach_others")

REFUSALS = (
    "Please don't reach me",
    "1",
    "i dont want anyone to contact me!!",
    "no",
    "No.",
    "none",
    "nobody",
    "no one",
    "-",
    "—",
    "nein",
    "nope",
    "nah",
    "no thanks",
    "🙅",
    "🙅🏽‍♀️",
    "🤷",
    "...",
    "❌",
    "skip",
    "never",
    "not at all",
    "they cant",
    "they can't!",
    "i dont have a phone",
    "I don't have a phone number",
    "dont contact me",
    "please do not call me",
    "i dont want to be reached",
    "I don't want to be contacted",
    "i'd rather not be reached",
    "no contact please",
    "no number after all",
    "nobody should contact me",
    "i dont want that",
    "leave me alone",
    *(
        "no quiero que me contacten",
        "No quiero que me llamen!!",
        "nadie",
        "ninguno",
        "No, gracias",
    ),
    *("prefiero que no me contacten", "no me llamen por favor", "que nadie me llame", "nunca"),
    *(
        "no tengo teléfono",
        "sin contacto",
        "déjenme en paz",
        "prefiero no decirlo",
        "no hace falta",
    ),
    *("no quiero dar mi número", "no hay forma", "ninguna manera", "saltar", "no quiero"),
    "forget it",
    "never mind",
    *(
        "keep me out of it",
        "leave me out of this please",
        "im good",
        "I'm good thanks",
        "rather not",
    ),
    *("I’m fine, thank you", "all good", "don't contact me", "please don't reach out to me"),
    *("i'll pass", "not interested", "no need", "i want to stay out of it", "dont bother me"),
    *("no gracias", "mejor no", "estoy bien así, gracias", "déjenme fuera de esto", "no me metan"),
    *(
        "prefiero quedar al margen",
        "mejor que no",
        "dejadme fuera",
        "mantenedme al margen de esto",
    ),
    *("rather you didn't", "I'd rather they did not"),
    *("нет", "Нет!", "нет, спасибо", "nein danke", "non merci", "não", "nao, obrigada", "nie"),
    *("nee", "Hayır", "HAYIR", "لا", "不", "不用，谢谢", "いいえ", "לא", "아니요"),
)
WAYS = (
    NUMBER,
    "kim@example.org",
    "@kim on telegram",
    "my sister, 0151 1",
    "no calls, only email: kim@example.org",
    "write to my sister, never to me",
    "ask for Kim at the bar",
    "not by phone. kim@example.org",
    "via email please, kim at example org",
    "not me, but my sister Ann",
    "Keep it short and ask for Kim",
    "It's good to call my sister Ann",
    "Nina",
    "No 12, Hill Road",
    "Estoy en el bar por la noche",
    *("mi hermana, 0151 1", "por correo: kim@example.org", "pregunten por Kim en el bar"),
    *("escriban a mi hermana", "llamen al trabajo por la tarde", "a través de mi hermana Ann"),
)
HERE = (
    "you can write me here",
    "on telegram",
    "on matrix",
    "Telegram",
    "here",
    "in this chat",
    "just message me here",
    "they can write to me here",
    "through this bot",
    "over this chat please",
    "via telegram",
    "reply here",
    "through you",
    "my telegram",
    *("me pueden escribir aquí", "por telegram", "aquí", "en este chat", "por este chat mejor"),
)


def at_called(platform: PlatformFacts = PLATFORM) -> Talk:
    """A talk at the question what to call somebody."""
    talk = at_fork(platform)
    talk.press("read")
    talk.press("listen")
    talk.say("/skip", "/skip")
    talk.press("none")
    talk.press(OAK.id)
    talk.press("all")
    talk.press("named")
    assert talk.question == "called"
    return talk


def at_fork(platform: PlatformFacts) -> Talk:
    talk = Talk(platform=platform)
    talk.say("/start")
    talk.press("go")
    talk.press("self")
    talk.say(STORY, "/done")
    return talk


def at_reach(platform: PlatformFacts = PLATFORM) -> Talk:
    talk = at_called(platform)
    talk.say("Kim")
    assert talk.question == "reach"
    return talk


def at_overview(*answers: str) -> Talk:
    """A talk at the overview, with these answers from what to call somebody on, and kept."""
    talk = at_called()
    talk.say(*answers, "yes, keep it")
    assert talk.question == "bot.overview"
    return talk


GIVEN = ("Kim", NUMBER, "in the evening", "Only to call back", "a friend", "my boss")


def names(outcome: Outcome) -> list[str]:
    return [text.sentence for text in outcome.says]


def answers(talk: Talk) -> dict[str, StoredAnswer]:
    draft = talk.snapshot.draft
    assert draft is not None
    return {answer.step: answer for answer in draft.answers}


# A no is a no


@pytest.mark.parametrize("typed", REFUSALS)
def test_a_no_is_not_the_way_to_reach_somebody(typed: str) -> None:
    talk = at_reach()
    said = talk.say(typed)
    assert names(said) == ["DECLINED", "ASK"]
    assert talk.question == "keep"
    assert not answers(talk)["reach"].items
    assert typed not in talk.told


@pytest.mark.parametrize("platform", [PLATFORM, TELEGRAM, MATRIX], ids=lambda p: p.name)
def test_not_to_be_reached_can_be_chosen(platform: PlatformFacts) -> None:
    talk = at_reach(platform)
    shown = talk.replies[-1]
    assert [offer.label for offer in shown.offers] == ["Please don't reach me"]
    assert "skip" not in [command.id for command in shown.commands]
    talk.press("skip")
    assert talk.question == "keep"
    assert talk.replies[-2].text == ENGLISH.telling.declined["reach"]


def test_to_skip_it_is_the_same() -> None:
    talk = at_reach()
    assert names(talk.say("/skip")) == ["DECLINED", "ASK"]
    assert talk.question == "keep"


@pytest.mark.parametrize("typed", WAYS)
def test_a_way_to_reach_somebody_is_kept_as_it_was_written(typed: str) -> None:
    talk = at_reach()
    talk.say(typed)
    assert talk.question == "reach_when"
    assert talk.told[-1] == typed


@pytest.mark.parametrize("typed", HERE)
def test_this_chat_is_no_way_and_that_is_said(typed: str) -> None:
    talk = at_reach()
    before = talk.told
    assert names(talk.say(typed)) == ["NOT_HERE", "ASK"]
    assert talk.question == "reach"
    assert talk.told == before


@pytest.mark.parametrize(
    "typed",
    [
        "i dont want that anyone contacts me",
        "please don't",
        "no, please don't",
        "no, i am scared",
        "i can't be reached",
        "nein, heute nicht mehr",
        "i have no phone",
        "it's not safe",
        "not yet",
        "i'll write to you again",
    ],
)
def test_what_may_be_a_no_is_asked_again_and_not_kept(typed: str) -> None:
    talk = at_reach()
    before = talk.told
    assert names(talk.say(typed)) == ["NO_WAY", "ASK"]
    assert (talk.question, talk.told) == ("reach", before)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("yes", "NOT_AN_ANSWER"),
        ("ok", "NOT_AN_ANSWER"),
        ("call me", "NOT_AN_ANSWER"),
        ("i dont know", "HEARD"),
        ("idk", "HEARD"),
        ("what do you mean", "HEARD"),
        ("who reads this?", "HEARD"),
    ],
)
def test_what_is_said_to_the_bot_is_neither_a_name_nor_a_way(typed: str, sentence: str) -> None:
    for talk in (at_called(), at_reach()):
        asked, before = talk.question, talk.told
        assert names(talk.say(typed)) == [sentence, "ASK"]
        assert (talk.question, talk.told) == (asked, before)


@pytest.mark.parametrize("typed", ["delete everything", "I want to stop", "help", "go back"])
def test_what_is_asked_of_the_bot_is_done_and_reaches_no_reader_as_a_way(typed: str) -> None:
    talk = at_reach()
    before = talk.told
    talk.say(typed)
    assert talk.told == before
    assert talk.question != "reach_when"


@pytest.mark.parametrize("typed", ["ok", "yes", "thanks"])
def test_what_says_nothing_is_not_when_or_by_whom_to_be_reached(typed: str) -> None:
    talk = at_reach()
    talk.say(NUMBER)
    assert names(talk.say(typed)) == ["NOT_AN_ANSWER", "ASK"]
    talk.say("/skip", "no message")
    assert names(talk.say(typed)) == ["NOT_AN_ANSWER", "ASK"]
    assert talk.told == [STORY, "Kim", NUMBER]


@pytest.mark.parametrize(
    "typed", ["No name", "no name please", "no", "none", "I don't want to give a name", "-", "1"]
)
def test_nobody_has_to_be_called_anything(typed: str) -> None:
    talk = at_called()
    assert names(talk.say(typed)) == ["DECLINED", "ASK"]
    assert talk.question == "reach"
    assert typed not in talk.told


@pytest.mark.parametrize("typed", ["Kim", "Noname", "Nobody Owens", "K.", "N"])
def test_a_name_is_a_name(typed: str) -> None:
    talk = at_called()
    talk.say(typed)
    assert talk.told[-1] == typed


def test_in_a_question_without_such_a_choice_a_no_is_what_was_written() -> None:
    talk = at_reach()
    talk.say(NUMBER, "no")
    assert talk.told[-1] == "no"
    talk.say("no message", "a friend", "nobody")
    assert talk.told[-1] == "nobody"
    assert talk.question == "keep"


@pytest.mark.parametrize(
    ("before", "typed"),
    [
        ((), "i dont want to be reached"),
        (("in the evening",), "dont contact me at all"),
        (("in the evening", "no message"), "nobody should contact me"),
        (("in the evening", "no message", "a friend"), "never"),
    ],
)
def test_a_later_no_takes_back_the_way(before: tuple[str, ...], typed: str) -> None:
    talk = at_reach()
    talk.say(NUMBER, *before)
    assert names(talk.say(typed)) == ["DECLINED", "CLEARED", "ASK"]
    assert talk.question == "keep"
    assert talk.told == [STORY, "Kim"]


def test_a_no_to_something_asked_in_between_is_no_way_either() -> None:
    talk = at_reach()
    talk.say("/stop")
    talk.say("no")
    assert "no" not in talk.told
    assert talk.question == "bot.stop"


@pytest.mark.parametrize("typed", ["I'm not safe", "he is outside, i am not safe"])
def test_a_call_for_help_is_heard_there_as_everywhere(typed: str) -> None:
    said = at_reach().say(typed)
    assert {"HELP_LINES", "DANGER"} & {text.sentence for text in said.direct}


# May they leave a message?


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("call back", "brief"),
        ("only call back", "brief"),
        ("yes only to call back", "brief"),
        ("yes, call back", "brief"),
        ("to call back", "brief"),
        ("just call me back", "brief"),
        ("Only to call back", "brief"),
        ("no", "no"),
        ("no message please", "no"),
        ("it may say what", "yes"),
        ("yes, it may say what it's about", "yes"),
    ],
)
def test_words_of_a_choice_choose_it(typed: str, chosen: str) -> None:
    talk = at_reach()
    talk.say(NUMBER, "/skip")
    talk.say(typed)
    assert answers(talk)["reach_message"].choices == (chosen,)


def test_words_of_a_choice_come_before_those_that_stop_what_is_held() -> None:
    talk = at_reach()
    talk.say(NUMBER, "/skip")
    held = HeldHandover("aa" * 32, HOUR + 5, kept=True, id="a1" * 16, readers=(OAK.id,))
    talk.snapshot = replace(talk.snapshot, older_holds=(held,))
    talk.say("call back")
    assert answers(talk)["reach_message"].choices == ("brief",)
    assert talk.taken_back == 0


@pytest.mark.parametrize(
    "typed", ["yes", "Yes.", "ok", "sure", "yes please", "call back?", "message", "the"]
)
def test_a_bare_yes_is_asked_again(typed: str) -> None:
    talk = at_reach()
    talk.say(NUMBER, "/skip", typed)
    assert talk.question == "reach_message"
    assert "reach_message" not in answers(talk)


@pytest.mark.parametrize("typed", ["not on that phone", "only if my husband is out"])
def test_what_is_said_of_a_message_is_not_taken_for_the_story(typed: str) -> None:
    talk = at_reach()
    talk.say(NUMBER, "/skip")
    assert names(talk.say(typed)) == ["CHOOSE_MESSAGE", "ASK"]
    assert talk.question == "reach_message"
    assert "bot.aside" not in answers(talk)


def test_a_story_at_that_question_is_kept_aside() -> None:
    talk = at_reach()
    talk.say(NUMBER, "/skip", "He was there again on Monday. " * 8)
    assert "bot.aside" in answers(talk)


# What the reporter sees


def test_the_overview_says_what_readers_will_know() -> None:
    talk = at_overview(*GIVEN)
    texts = ENGLISH.permissions
    assert texts.contact[frozenset({"called", "reach"})] in talk.replies[-1].text
    assert texts.line_writes_reached in talk.replies[-1].text


@pytest.mark.parametrize(
    ("given", "known"),
    [
        (("Kim", "/skip"), {"called"}),
        (("/skip", NUMBER, "/skip", "/skip", "/skip", "/skip"), {"reach"}),
    ],
)
def test_the_overview_names_only_what_was_given(given: tuple[str, ...], known: set[str]) -> None:
    talk, texts = at_overview(*given), ENGLISH.permissions
    shown = [line for line in texts.contact.values() if line in talk.replies[-1].text]
    assert shown == [texts.contact[frozenset(known)]]
    assert (texts.line_writes_reached in talk.replies[-1].text) == ("reach" in known)


def test_where_nothing_was_given_the_overview_names_nothing() -> None:
    talk, texts = at_overview("/skip", "/skip"), ENGLISH.permissions
    assert not any(line in talk.replies[-1].text for line in texts.contact.values())
    assert texts.line_writes in talk.replies[-1].text


def test_the_second_yes_names_who_will_know() -> None:
    talk = at_overview(*GIVEN)
    talk.say("yes, that's right")
    known = ENGLISH.permissions.contact_named[frozenset({"called", "reach"})]
    assert known.format(readers="Oak") in talk.replies[-1].text
    talk.say("change something")
    talk.press("change.read")
    talk.press(ASH.id, OAK.id)
    talk.say("yes, that's right")
    assert known.format(readers="Ash and Oak") in talk.replies[-1].text


def test_the_overview_leads_back_to_all_of_these_questions() -> None:
    talk = at_overview(*GIVEN)
    assert "Change how they reach me" in [o.label for o in talk.replies[-1].offers]
    said = talk.say("change how they reach me")
    assert (talk.question, names(said)) == ("called", ["AGAIN", "ASK"])
    said = talk.say("/done")
    assert (talk.question, names(said)) == ("reach", ["AGAIN", "ASK"])
    said = talk.say("0151 2")
    assert (talk.question, names(said)) == ("reach_when", ["AGAIN", "ASK"])
    talk.say("at noon", "no message", "/done")
    assert talk.question == "reach_others"
    said = talk.say("/done")
    assert (talk.question, names(said)) == ("bot.overview", ["ASK"])
    assert {*talk.told} == {STORY, "Kim", "0151 2", "at noon", "a friend", "my boss"}
    assert answers(talk)["reach_message"].choices == ("no",)


def test_who_changes_their_mind_about_being_reached_is_asked_no_more() -> None:
    talk = at_overview(*GIVEN)
    talk.say("change how they reach me", "/done")
    assert names(talk.say("no number after all")) == ["DECLINED", "CLEARED", "ASK"]
    assert talk.question == "bot.overview"
    assert talk.told == [STORY, "Kim"]


def test_who_was_not_to_be_reached_can_be_after_all() -> None:
    talk = at_overview("/skip", "/skip")
    talk.say("change how they reach me", "Kim", NUMBER)
    assert talk.question == "reach_when"
    talk.say("/skip", "/skip", "/skip", "/skip")
    assert talk.question == "bot.overview"


def test_the_message_is_among_everything_and_in_the_index() -> None:
    talk = at_overview(*GIVEN)
    talk.say("yes, that's right")
    line = "– May they leave a message for you? Only to call back"
    assert line in talk.replies[-1].text
    talk.say("show me everything")
    assert "“May they leave a message for you?”\nOnly to call back" in talk.replies[-2].text


def test_each_part_has_a_name_of_its_own_in_the_index() -> None:
    talk = at_overview(*GIVEN)
    talk.say("yes, that's right")
    shown = talk.replies[-1].text
    for name in ("What they call you", "How to reach you", "When to reach you"):
        assert shown.count(name) == 1
    assert "Who they say they are" in shown
    assert "Who else might answer" in shown
    assert "What would help, " not in shown


# Corrections


def test_after_back_skip_clears_a_single_answer_and_says_so() -> None:
    talk = at_reach()
    talk.say(NUMBER, "in the evening", "/back")
    assert talk.question == "reach_when"
    assert names(talk.say("/skip")) == ["CLEARED", "ASK"]
    assert talk.told == [STORY, "Kim", NUMBER]
    talk.say("/back", "/back", "/back")
    assert talk.question == "called"
    assert names(talk.say("/skip")) == ["DECLINED", "CLEARED", "ASK"]
    assert talk.told == [STORY, NUMBER]


def test_an_edit_replaces_the_way_until_the_second_yes() -> None:
    talk = at_reach()
    talk.hear(TextMessage("0151 1"), "n")
    assert names(talk.hear(EditedMessage("0151 2", "n"), "n")) == ["EDITED"]
    talk.say("/skip")
    assert talk.question == "reach_message"
    assert names(talk.hear(EditedMessage("0151 3", "n"), "n")) == ["EDITED"]
    talk.say("no message", "/skip", "/skip", "yes, keep it", "yes, that's right")
    assert names(talk.hear(EditedMessage("0151 4", "n"), "n")) == ["EDITED"]
    assert talk.told == [STORY, "Kim", "0151 4"]
    talk.press("now")
    assert names(talk.hear(EditedMessage("0151 5", "n"), "n"))[0] == "UNUSABLE"
    assert "0151 4" in talk.handed[0].report


def test_an_edit_into_a_no_is_one() -> None:
    talk = at_reach()
    talk.hear(TextMessage(NUMBER), "n")
    talk.say("/skip")
    said = talk.hear(EditedMessage("no number after all", "n"), "n")
    assert names(said) == ["DECLINED", "CLEARED", "ASK"]
    assert talk.told == [STORY, "Kim"]
    assert talk.question == "keep"


def test_an_edit_into_what_is_no_way_changes_nothing_and_that_is_said() -> None:
    talk = at_reach()
    talk.hear(TextMessage(NUMBER), "n")
    said = talk.hear(EditedMessage("it's not safe", "n"), "n")
    assert names(said) == ["NOT_AN_ANSWER", "EDIT_STANDS"]
    assert talk.told == [STORY, "Kim", NUMBER]


def test_an_edit_into_this_chat_changes_nothing_and_that_is_said() -> None:
    talk = at_reach()
    talk.hear(TextMessage(NUMBER), "n")
    said = talk.hear(EditedMessage("on telegram", "n"), "n")
    assert (said.says[0].sentence, said.says[0].ids) == ("UNUSABLE", ("edit_here",))
    assert talk.told == [STORY, "Kim", NUMBER]


# Coming back


def kept(act: str = "named", needs: str = "none", shared: bool = False) -> Talk:
    """Somebody who opened a kept story in which a way was given."""
    texts = {"s": ("story", STORY), "c": ("called", "Kim"), "r": ("reach", NUMBER)}
    told = (
        StoredAnswer("bot.clean", ("self",)),
        StoredAnswer("story", items=("s",)),
        StoredAnswer("fate", ("read",)),
        StoredAnswer("needs", (needs,)),
        StoredAnswer("wish"),
        StoredAnswer("person"),
        StoredAnswer("never", ("none",)),
        StoredAnswer("read", (OAK.id,)),
        StoredAnswer("parts", ("all",)),
        StoredAnswer("act", (act,)),
        StoredAnswer("called", items=("c",)),
        StoredAnswer("reach", items=("r",)),
        StoredAnswer("reach_when"),
        StoredAnswer("reach_message", ("no",)),
        StoredAnswer("reach_as"),
        StoredAnswer("reach_others"),
        StoredAnswer("keep", ("yes",)),
    )
    grant = "ee" * 32
    shares = (StandingHandover(grant, (OAK.id,), DeliveryStage.FETCHED, 1),) if shared else ()
    opened = OpenedCase(shares, (), told, FLOW.revision, 203748)
    snapshot = Snapshot(opened=opened, readers=READERS, kept=True)
    if shared:
        grants = (StandingGrant(grant, (OAK.id,), ("act.named",)),)
        snapshot = replace(snapshot, shared=True, grants=grants)
    return Talk(snapshot, texts=texts)


@pytest.mark.parametrize("act", ["named", "listen"])
def test_what_hangs_on_a_permission_stays_while_that_is_asked_anew(act: str) -> None:
    talk = kept(act, needs="none" if act == "named" else "listen")
    talk.press("change")
    talk.press("self")
    talk.press("none")
    assert talk.question == "read"
    assert talk.told == [STORY, "Kim", NUMBER]
    talk.press(OAK.id)
    talk.press("all")
    talk.press(act)
    assert talk.question == "keep"
    assert talk.told == [STORY, "Kim", NUMBER]


def test_what_hangs_on_a_permission_that_is_refused_goes_with_the_second_yes() -> None:
    talk = kept()
    talk.press("change")
    talk.press("self")
    talk.press("none")
    talk.press(OAK.id)
    talk.press("all")
    said = talk.press("listen")
    assert names(said) == ["ASK"]
    assert talk.told == [STORY]
    assert {"c", "r"} <= talk.texts.keys()  # who leaves now has the story as it was
    talk.say("yes, keep it", "yes, that's right")
    said = talk.press("hold")
    assert "DROPPED" in names(said)
    assert not {"c", "r"} & talk.texts.keys()


def test_what_is_told_while_permissions_are_asked_anew_drops_nothing() -> None:
    talk = kept()
    talk.press("change")
    talk.press("self")
    talk.say("There is more that I want to say about that day.")
    talk.say("/add")
    assert NUMBER in talk.told


def test_a_new_way_reaches_readers_who_have_the_old_one() -> None:
    talk = kept(shared=True)
    talk.press("change")
    talk.press("self")
    assert talk.question == "bot.overview"
    talk.say("yes, that's right")
    assert ENGLISH.case.unchanged_for.format(readers="Oak") in talk.replies[-1].text
    talk.say("change something", "change how they reach me", "/done", "0151 2")
    talk.say("/done", "/done", "/done", "/done", "yes, that's right")
    assert ENGLISH.case.instead_for.format(readers="Oak") in talk.replies[-1].text
    talk.press("now")
    assert "0151 2" in talk.handed[0].report


# What readers see


def report(*given: str) -> str:
    talk = at_called()
    talk.say(*given, "yes, keep it", "yes, that's right")
    talk.press("now")
    return talk.handed[0].report


def asked(step_id: str) -> str:
    step = FLOW.step(step_id)
    assert step is not None
    return f"“{step.text}”"


def test_what_was_left_open_is_no_yes() -> None:
    told = report("Kim", NUMBER, "/skip", "/skip", "/skip", "/skip")
    texts = ENGLISH.report
    for step in FOLLOWING:
        expected = texts.unanswered_message if step == "reach_message" else texts.unanswered_step
        assert f"{asked(step)}\n{expected}" in told
    assert texts.contact in told


def test_who_is_not_to_be_reached_is_not_looked_for() -> None:
    told = report("Kim", "no")
    assert ENGLISH.report.no_contact in told
    assert asked("reach") not in told
    assert "Not answered" not in told


def test_who_was_not_asked_gave_no_way() -> None:
    talk = at_fork(PLATFORM)
    talk.press("read")
    talk.press("none")
    talk.say("/skip", "/skip", "nobody", "Oak", "everything", "only read", "yes, keep it")
    talk.say("yes, that's right")
    talk.press("now")
    assert ENGLISH.report.no_way in talk.handed[0].report


def test_who_gave_no_name_is_called_nothing() -> None:
    assert ENGLISH.report.no_name in report("no name please", NUMBER, *["/skip"] * 4)
    assert ENGLISH.report.no_name not in report("Kim", "no")


@pytest.mark.parametrize("name", ["intake", "process", "witness"])
def test_every_questionnaire_can_be_refused_to_reach_somebody(name: str) -> None:
    file = Path(flows.__file__).parent / f"{name}.toml"
    flow = flows.load(file.read_text("utf-8"), file.name)
    labels = {step.id: step.skip for step in flow.steps if step.skip}
    assert labels == {"called": "No name", "reach": "Please don't reach me"}
    assert SETTING.flow.step("reach") is not None
