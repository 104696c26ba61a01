"""Words of danger are found as people type them, and a story is not taken for one."""

import pytest

from flows.folding import folded
from handlers.messages import EditedMessage, TextMessage
from handlers.reporter.danger import DangerWords, says_danger
from handlers.reporter.typed_text import NOT_SAFE
from handlers.texts.tables import TypedLanguage
from handlers.texts.typed_languages import TYPED_LANGUAGES
from tests.cpu_time import takes_at_most
from tests.unit.handlers.reporter.test_decide import talk_at
from tests.unit.handlers.talks import Talk

DANGER = [
    "he is outside",
    "He's outside!!",
    "hes outside my house",
    "he is at the door",
    "HE IS AT THE DOOR",
    "he’s at my door now",
    "omg he is here",
    "wait, she's here",
    "I think he's coming back",
    "they are outside. what do I do",
    "I can't write much, he is in the house",
    "somebody is following me",
    "my ex is at the door",
    "my husband is coming upstairs, he is going to kill me",
    "I'm scared for my life",
    "i am so scared",
    "i want to die",
    "I just want to die…",
    "honestly I don't want to live any more after this",
    "I'm going to kill myself",
    "he will kill me",
    "he'll kill me if he reads this",
    "he said he would kill me",
    "they will find me",
    "help me",
    "please help me!!",
    "help me please",
    "somebody help me",
    "call the police",
    "he locked me in",
    "he has a knife",
    "i'm in danger",
    "It was in spring.\nHe followed me home.\nhe is outside\n",
    "ｈｅ ｉｓ ｏｕｔｓｉｄｅ",
    "he is outside 😭😭",
    "hes at my house",
    "my ex is coming to my house",
    "he wants to kill me",
    "he want kill me",
    "he going kill me",
    "my uncle wants to hurt us",
    "he outside",
    "he come now",
    "pls help me",
    "plz help me hes here",
    "im scared hes outside",
    "im so scared he is here he has a knife",
    "he just came home i have to go",
    "he came back",
    "My husband just got home",
    "i hear him coming up",
    "I can hear them",
    "oh no hes coming up",
    "help",
    "HELP!!",
    "hlp me",
    "help help",
    "save me",
    "i want die",
    "i wnat to die",
    "i dont want live",
    "i dont wanna live anymore",
    "im gonna kill my self",
    "i am going to end it",
    "i feel so suicidal",
    "i took too many pills",
    "im not save here",
    "i am scard",
    "im hiding in the bathroom",
    "they wont let me out",
    "he is looking for me",
    "I wrote to her. he is coming home!",
    "he knows where i am",
    "need police",
    "he told me last year: I will tell everybody, and he said he will kill me",
]
STORY = [
    "",
    "…",
    "He stood outside the meeting.",
    "he was at the door",
    "She asked who is at the door of the office.",
    "He is in the commission.",
    "he is here since 2019",
    "help me, I said, and nobody came",
    "nobody would help me",
    "I didn't die",
    "They want to kill the motion.",
    "I am scared of meetings since then.",
    "we talked outside",
    "I want to live",
    "i do not want to die",
    "he came to my house in spring",
    "he is close to the chairman",
    "he is after me in the list of speakers",
    "they are looking for me to sign it",
    "he outside of the party is nobody",
    "he wanted to kill the motion",
    "we need help with the minutes",
    "save me a seat, he said",
    "she comes from another town",
    "he said stop",
    "In spring he came back. I left.",
    "he came back from the meeting",
    "I could hear them in the next room when it was over and nobody said a word",
    "I said stop and he would not stop",
    "i am afraid of him since then",
]


DANGER_IN_SPANISH = [
    *(
        "está afuera",
        "Esta aqui!!",
        "él está en la puerta",
        "ya está aquí",
        "MI EX ESTÁ EN MI CASA",
    ),
    *("ay dios está entrando", "creo que está subiendo", "me está siguiendo", "viene para acá"),
    *("mi marido acaba de llegar me tengo que ir", "No puedo escribir mucho, está en la casa"),
    *("alguien me está siguiendo", "mi ex está en la puerta", "está golpeando la puerta"),
    *(
        "me va a matar",
        "Va a matarme",
        "me va a pegar",
        "me quiere matar",
        "mi tío nos va a matar",
    ),
    *("dijo que me mataría", "si lo lee me mata", "me ba a matar", "me van a encontrar"),
    *("tengo miedo", "Tengo mucho miedo ahora", "temo por mi vida", "estoy muy asustada"),
    *("estoy en peligro", "no estoy a salvo", "no me siento segura", "me siento en peligro"),
    *("no puedo salir", "no puedo salir de aquí", "no me deja salir", "me encerró"),
    *("me tiene encerrada", "estoy encerrada en el baño", "estoy escondida", "tiene un cuchillo"),
    *(
        "quiero morir",
        "me quiero morir",
        "Quiero morirme…",
        "ya no quiero vivir",
        "no kiero vivir",
    ),
    *("no quiero vivir", "sinceramente no quiero vivir más después de esto", "quiero matarme"),
    *("me voy a matar", "voy a suicidarme", "pienso en el suicidio", "no quiero seguir viviendo"),
    *("quiero acabar con todo", "estaría mejor muerta", "ojalá estuviera muerto", "no puedo más"),
    *("me tomé todas las pastillas", "la vida no tiene sentido", "no tengo ganas de vivir"),
    *("ayuda", "AYUDA!!", "ayúdame", "ayudame por favor", "Por favor, ayúdenme", "necesito ayuda"),
    *("socorro", "auxilio", "alluda", "necesito ayuda ya", "que alguien me ayude", "sálvame"),
    *("llama a la policía", "llamen al 112", "sabe dónde vivo", "sabe donde estoy"),
    *("Fue en primavera.\nMe siguió a casa.\nestá afuera\n", "me está pegando", "lo oigo subir"),
    "sácame de aqui",
]
STORY_IN_SPANISH = [
    *("Estaba fuera de la reunión.", "él estaba en la puerta", "no está aquí", "no tengo miedo"),
    *("Preguntó quién está en la puerta de la oficina.", "Está en la comisión.", "está bien"),
    *("mi ropa está en mi casa", "el cartel está en la puerta del local", "esta casa es mía"),
    *("nadie me ayudó", "me ayudó mi hermana", "necesitábamos ayuda con las actas"),
    *("quiero vivir", "no quiero morir", "quería morirse de risa", "no vive aquí", "vivo con él"),
    *("me iba a llamar después", "me va a encantar", "va a matar la moción", "tenía miedo de él"),
    *("desde entonces tengo miedo de las reuniones", "me siguió hasta el coche", "volvimos luego"),
    *("no puedo salir con él", "salimos a las diez", "la policía vino después", "no quiero verlo"),
    *("viene de otra ciudad", "volvió a la reunión", "se fue a casa", "me pegó en marzo"),
    *("no podía respirar de la risa", "está escrito en el acta", "no estoy segura"),
    *("estoy cansada", "está en la lista de oradores", "dijo stop y no paró"),
]
DANGER += DANGER_IN_SPANISH
STORY += STORY_IN_SPANISH


@pytest.mark.parametrize("typed", DANGER)
def test_who_is_in_danger_is_heard(typed: str) -> None:
    assert says_danger(typed)


@pytest.mark.parametrize("typed", STORY)
def test_a_story_is_a_story(typed: str) -> None:
    assert not says_danger(typed)


@pytest.mark.parametrize("language", TYPED_LANGUAGES, ids=lambda language: language.code)
def test_every_phrase_of_the_table_stands_there_as_it_is_compared(language: TypedLanguage) -> None:
    table = language.danger
    words = DangerWords(language)
    for phrase in table.anywhere | table.sentences | table.messages:
        assert language.compared(folded(phrase)) == phrase
        assert words.stands_in(phrase, (phrase,)), phrase
    assert all(" " not in word for word in table.around)


@pytest.mark.parametrize("typed", ["he is outside", "está afuera"])
def test_no_way_of_writing_hides_danger(typed: str) -> None:
    assert says_danger(f"{typed.upper()}!")


def test_a_very_long_story_is_looked_through_quickly() -> None:
    story = "he is in the same group as me and i want to say that está en mi casa " * 15_000
    assert takes_at_most(5, lambda: says_danger(story))
    assert not says_danger(story)


@pytest.mark.parametrize(
    "typed", ["he is at the door", "i want to die", "help me please", "está en la puerta"]
)
def test_what_is_said_in_danger_is_kept_and_acknowledged_beside_the_help_lines(
    typed: str,
) -> None:
    talk = talk_at("story")
    outcome = talk.say(typed)
    assert [text.sentence for text in outcome.direct] == ["DANGER"]
    assert [text.sentence for text in outcome.says] == ["ACK"]
    assert talk.told == [typed]


@pytest.mark.parametrize("place", ["bot.safe", "fate", "needs", "read", "bot.review"])
def test_danger_is_heard_wherever_words_are_no_answer(place: str) -> None:
    talk = talk_at(place)
    outcome = talk.say("he is at the door")
    assert "DANGER" in [text.sentence for text in outcome.direct]
    assert talk.question in {place, "bot.aside"}  # at the review, it is asked about


def test_danger_is_heard_where_nothing_is_open_and_behind_a_command() -> None:
    assert [t.sentence for t in Talk().say("he is outside").direct] == ["DANGER"]
    behind = talk_at("story").say("/pause he is outside")
    assert [t.sentence for t in behind.direct] == ["DANGER"]
    assert [t.sentence for t in talk_at("story").say("/unsafe he is outside").direct] == [
        "HELP_LINES"
    ]


def test_an_edit_can_say_it_too() -> None:
    talk = talk_at("story")
    talk.hear(TextMessage("he was outside"), "1")
    outcome = talk.hear(EditedMessage("he is outside", "1"))
    assert [text.sentence for text in outcome.direct] == ["DANGER"]


def test_who_says_plainly_that_they_are_not_safe_is_answered_as_before() -> None:
    for typed in sorted(NOT_SAFE):
        assert [t.sentence for t in talk_at("story").say(typed).direct] == ["HELP_LINES"]
