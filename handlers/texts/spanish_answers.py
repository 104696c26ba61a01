"""Single words and short phrases by which answers in Spanish are read."""

from handlers.texts.tables import AnswerWords

_POLITE = frozenset({"por favor", "porfa", "porfavor", "porfis", "xfa", "xfavor"})

SPANISH_ANSWERS = AnswerWords(
    not_safe=frozenset(
        {
            *("no estoy a salvo", "no estoy a salvo aqui", "no estoy segura aqui"),
            *("no estoy seguro aqui", "no me siento segura", "no me siento seguro"),
            *("no me siento segura aqui", "no me siento seguro aqui", "no me siento a salvo"),
            *("estoy en peligro", "corro peligro", "estamos en peligro", "me siento en peligro"),
            *("no estoy segura en casa", "no estoy seguro en casa", "estoy en peligro ahora"),
        }
    ),
    # Not "alto", which answers who somebody is, nor "para", which is a word of stories.
    halting=frozenset({"para ya", "basta", "basta ya", "detente"}),
    bare_commands={
        **dict.fromkeys(
            ("para", "para ya", "parar", "basta", "basta ya", "alto", "detente"), "stop"
        ),
        **dict.fromkeys(
            ("para por favor", "por favor para", "para para", "paren", "pare"), "stop"
        ),
        **dict.fromkeys(("ayudame", "ayudenme", "por favor ayuda", "por favor ayudame"), "unsafe"),
        **dict.fromkeys(("ayuda por favor", "ayudame por favor", "peligro"), "unsafe"),
        "ayuda": "help",
        "privacidad": "privacy",
        "pausa": "pause",
        **dict.fromkeys(("atras", "volver"), "back"),
        "retirar": "withdraw",
    },
    leaving=frozenset(
        {
            *(
                "no",
                "no gracias",
                "salir",
                "cancelar",
                "cancela",
                "dejalo",
                "olvidalo",
                "da igual",
            ),
            *("no tengo palabras", "no tengo ninguna", "cierra", "cierralo", "cerrar"),
            *("no importa", "no las tengo", "no los tengo", "no lo tengo", "ya no las tengo"),
        }
    ),
    bare_answers=frozenset({"si", "no", "ok", "vale", "bueno", "claro"}),
    yes=frozenset({"si", "sii", "siii", "sip"}),
    stressing=frozenset(
        {
            *(
                "por",
                "favor",
                "porfa",
                "porfavor",
                "borra",
                "borralo",
                "borrala",
                "borrar",
                "todo",
            ),
            *("borrarlo", "borrarla", "borrenlo", "borrenla", "borren", "elimina", "eliminalo"),
            *("eliminala", "eliminar", "eliminarlo", "eliminen", "lo", "la", "esto", "eso", "mi"),
            *("historia", "ya", "ahora", "mismo", "quiero", "que", "claro", "segura", "seguro"),
            *("estoy", "de", "verdad", "rapido", "gracias", "vale", "ok", "hazlo", "adelante"),
            *("cuanto", "antes", "enseguida", "completamente", "toda"),
        }
    ),
    polite=_POLITE,
    leading_in=frozenset({"si", "no", "solo", "solamente"}),
    said_beside=frozenset(
        {
            *(
                "si",
                "vale",
                "ok",
                "claro",
                "solo",
                "solamente",
                "por",
                "favor",
                "porfa",
                "a",
                "me",
            ),
            *("el", "la", "los", "las", "un", "una", "es", "que", "mi"),
        }
    ),
    limiting=frozenset(
        {"no", "ni", "pero", "excepto", "salvo", "menos", "sin", "nunca", "o", "tampoco"}
    ),
    answering=frozenset(
        {
            *("si", "sii", "siii", "s", "no", "n", "ok", "vale", "bueno", "claro", "dale"),
            *("quiza", "quizas", "tal", "vez", "por", "favor", "porfa", "el", "la", "los", "las"),
            *("lo", "un", "una", "opcion", "numero", "respuesta", "uno", "dos", "tres", "cuatro"),
            *("cinco", "primera", "primero", "segunda", "segundo", "tercera", "tercero", "ultima"),
            *("ultimo", "esta", "este", "esto", "esa", "ese", "eso", "ambos", "ambas", "todo"),
            *("todos", "todas", "alguien", "nadie", "ninguno", "ninguna", "ni", "pero", "o"),
            *("nunca", "excepto", "salvo", "menos", "de", "acuerdo", "y"),
        }
    ),
    goes_on=frozenset({"siguiente"}),
    joins=r"\by\b|\be(?=\s+h?i)",
)
