"""What people type in Spanish in place of a label that stands before them.

By the question and its choice, as the English table: none of them answers a permission.
Not yet reviewed with native speakers.
"""

from collections.abc import Mapping

from handlers.texts.tables import ChoiceWords

_SHARE = (
    *("compartirlo", "compartirla", "quiero compartirlo", "quiero compartirla", "compartelo"),
    *("quiero compartir mi historia", "compartir mi historia", "enviarlo", "enviarla", "envialo"),
    *("quiero enviarlo", "quiero enviarla", "quiero que alguien lo lea", "que alguien lo lea"),
    *("quiero que alguien la lea", "que alguien la lea", "quiero que lo lean", "que lo lean"),
    *("quiero que la lean", "que la lean", "alguien deberia leerlo", "alguien deberia leerla"),
    *("creo que alguien deberia leerlo", "que lo lea alguien", "que la lea alguien"),
    *(
        "denunciarlo",
        "quiero denunciarlo",
        "quiero denunciar",
        "denunciar",
        "contarselo a alguien",
    ),
    *("quiero contarselo a alguien", "quiero denunciar esto", "quiero reportarlo", "reportarlo"),
)
_ALONE = (
    *("nadie", "nadie mas", "solo yo", "yo sola", "yo solo", "estoy sola", "estoy solo"),
    *("solamente yo", "unicamente yo", "solo yo puedo", "solo lo veo yo", "solo la veo yo"),
    *("nadie puede verlo", "nadie lo ve", "nadie mas lo ve", "nadie mas puede verlo"),
)
_UNSURE = (
    *("no se", "no lo se", "no estoy segura", "no estoy seguro", "quiza", "quizas"),
    *("tal vez", "puede ser", "puede", "a lo mejor", "a veces", "creo que si", "posiblemente"),
    *("no estoy muy segura", "no estoy muy seguro", "la verdad no se", "depende"),
)
_WHO = (
    *("el", "ella", "ellos", "alguien", "mi marido", "mi esposo", "mi mujer", "mi esposa"),
    *("mi pareja", "mi novio", "mi novia", "mi madre", "mi mama", "mi padre", "mi papa"),
    *("mis padres", "mi ex", "mi hermano", "mi hermana", "mi jefe"),
)
_SEES = (
    *("puede", "podria", "puede verlo", "podria verlo", "lo ve", "lo puede ver", "lo podria ver"),
    *("a veces", "a veces lo ve", "a lo mejor lo ve", "lo mira", "puede mirarlo"),
)
_SENDS_LATER = tuple(
    f"{send}en {{hours}} horas"
    for yes in ("", "si ")
    for send in (
        *(f"{yes}{each} " for each in ("envialo", "enviala", "enviar", "mandalo", "mandala")),
        yes,
    )
)

_BY_CHOICE: Mapping[str, frozenset[str]] = {
    "safe.go": frozenset(f"{no}{words}" for no in ("", "no ") for words in _ALONE),
    "safe.unsure": frozenset(
        {
            *_UNSURE,
            *(
                f"{yes}{who} {sees}"
                for yes in ("", "si ", "quizas ", "tal vez ")
                for who in _WHO
                for sees in _SEES
            ),
        }
    ),
    "clean.self": frozenset(
        {
            *("lo hago yo", "yo lo hago", "lo hago yo misma", "lo hago yo mismo", "yo misma"),
            *("yo mismo", "lo borro yo", "yo lo borro", "no lo hago yo", "no yo lo hago"),
        }
    ),
    "clean.end": frozenset({"al final", "cuando termine", "cuando acabe", "al terminar"}),
    "kind.intake": frozenset({"me paso a mi", "a mi", "me paso", "me ha pasado a mi"}),
    "kind.witness": frozenset(
        {
            *("lo vi", "vi algo", "lo vi pasar", "lo oi", "oi algo", "le paso a otra persona"),
            *("le paso a alguien mas", "a otra persona", "le paso a una amiga"),
            *("le paso a un amigo", "a una amiga", "a un amigo"),
        }
    ),
    "kind.process": frozenset(
        {
            *("como se trato", "como lo trataron", "como trataron mi caso"),
            *("trataron mal mi caso", "lo trataron mal", "se llevo mal"),
        }
    ),
    "stop.keep": frozenset(
        {
            *("guarda mi historia", "guardala", "no guardala", "quiero guardarla", "no la borres"),
            *("no no la borres", "guarda todo", "solo guardala"),
        }
    ),
    "stop.erase": frozenset({"si borrala", "no borrala", "borra mi historia", "borralo todo"}),
    "stop.go": frozenset({"continua", "sigue", "seguir", "quiero seguir", "si sigue"}),
    "fork.read": frozenset(_SHARE),
    "overview.right": frozenset(
        {
            *("ok", "vale", "bien", "correcto", "exacto", "esta bien", "asi esta bien", "asi es"),
            *("es correcto", "eso es", "todo bien", "si esta bien", "si es correcto", "perfecto"),
            *("si correcto", "si asi es", "si eso es", "de acuerdo", "esta correcto", "claro"),
            *(
                "me parece bien",
                "si me parece bien",
                "todo correcto",
                "si todo bien",
                "se ve bien",
            ),
        }
    ),
    "review.hold": frozenset({*_SENDS_LATER, "{hours} horas", "si {hours} horas"}),
    "review.now": frozenset(
        {
            *("envialo ahora", "enviala ahora", "enviar ahora", "si enviar ahora"),
            *("si envialo ahora", "si enviala ahora", "mandalo ahora", "mandala ahora"),
            *(
                "si mandalo ahora",
                "si mandala ahora",
                "envialo ya",
                "enviala ya",
                "envialo ahora mismo",
            ),
        }
    ),
    "review.change": frozenset(
        {
            *("cambiarlo", "cambialo", "cambiar esto", "cambiar eso", "quiero cambiarlo"),
            *("quiero cambiar algo", "quiero cambiar una cosa", "quiero cambiar eso"),
            *(
                "no cambialo",
                "quisiera cambiar algo",
                "me gustaria cambiar algo",
                "quiero cambiar",
            ),
        }
    ),
    "review.show": frozenset(
        {
            *("muestralo", "muestramelo", "ensenamelo", "muestrame todo", "ensename todo"),
            *("muestramelo todo", "ensenamelo todo", "dejame verlo", "quiero verlo"),
            *("quiero verlo todo", "mostrar todo", "a ver"),
        }
    ),
    "case.read": frozenset(
        {
            *("muestralo", "muestramelo", "ensenamelo", "muestrame mi historia", "dejame leerla"),
            *("ensename mi historia", "leer mi historia", "quiero leerlo", "quiero leerla"),
            *("quiero verlo", "quiero verla", "dejame leerlo", "quiero leer mi historia"),
        }
    ),
    "case.change": frozenset({*_SHARE, "cambiar quien lo lee", "cambiar quien la lee"}),
}

_NOT_RIGHT = (
    *("esta mal", "no esta bien", "no es asi", "no es correcto", "es incorrecto", "eso esta mal"),
    *("hay algo mal", "algo esta mal", "hay un error", "incorrecto", "no es eso"),
)

SPANISH_CHOICES = ChoiceWords(
    by_choice=_BY_CHOICE,
    changes_a_line=frozenset(
        {
            *_BY_CHOICE["review.change"],
            *("cambiar", "cambiar algo", "corregir", "corregir algo", "no espera", "espera no"),
            *_NOT_RIGHT,
            *(f"no {each}" for each in _NOT_RIGHT),
        }
    ),
    leads_in_change=frozenset(
        {"no", "ay", "espera", "ok", "vale", "perdon", "mmm", "hmm", "pero", "bueno", "uy"}
    ),
)
