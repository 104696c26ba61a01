"""What people write in Spanish when they are in danger or do not want to live any more.

Without accents, in the spellings of Spain and of Latin America and of people in a hurry. It is no
judgement of anybody. Whoever's words are found in it sees the help lines and goes on.
Not yet reviewed with survivors, nor with native speakers.
"""

from collections.abc import Iterator

from handlers.texts.tables import DangerPhrases

_NAMED = (
    *("el", "ella", "ellos", "alguien", "mi marido", "mi esposo", "mi mujer", "mi esposa"),
    *("mi pareja", "mi novio", "mi novia", "mi ex", "mi exmarido", "mi exnovio", "mi padre"),
    *("mi papa", "mi madre", "mi mama", "mi hermano", "mi tio", "mi padrastro", "mi jefe"),
    *("mi vecino", "mi hijo", "mi suegro"),
)
_NEAR = (
    *("en la puerta", "a la puerta", "en mi puerta", "en la ventana", "en mi ventana"),
    *("afuera de mi casa", "fuera de mi casa", "delante de mi casa", "frente a mi casa"),
    *("en frente de mi casa", "enfrente de mi casa", "en mi casa", "en mi cuarto"),
    *("en mi habitacion", "en la habitacion de al lado", "en el cuarto de al lado"),
    *("detras de la puerta", "detras de mi puerta"),
)
_DOING = (
    *("golpeando la puerta", "tocando la puerta"),
    *("aporreando la puerta", "llamando a la puerta", "tirando la puerta", "rompiendo la puerta"),
    *("intentando entrar", "tratando de entrar", "queriendo entrar", "subiendo las escaleras"),
    *("siguiendome", "persiguiendome", "vigilandome", "pegandome", "golpeandome"),
    *("amenazandome", "ahorcandome", "estrangulandome", "violandome", "buscandome"),
    *("viniendo a mi casa", "viniendo a por mi", "viniendo por mi"),
)
_HERE = (
    *("aqui", "aca", "ahi", "afuera", "fuera", "adentro", "dentro", "abajo", "arriba", "cerca"),
    *("muy cerca", "viniendo", "llegando", "subiendo", "entrando", "en casa", "en la casa"),
    *("en el edificio", "en el cuarto", "en la habitacion", "en el pasillo", "en el portal"),
    *("en la escalera", "en el jardin", "en la cocina", "detras de mi", "al lado", "aqui ahora"),
    *("cada vez mas cerca", "de vuelta", "gritando", "furioso", "borracho otra vez"),
)
_HARM = (
    *("matar", "matarme", "pegar", "pegarme", "golpear", "golpearme", "encontrar", "encontrarme"),
    *(
        "violar",
        "violarme",
        "hacer dano",
        "hacerme dano",
        "lastimar",
        "lastimarme",
        "dar una paliza",
    ),
    *("matarnos", "pegarnos", "hacernos dano", "mata"),
)
_WILL = (
    *("va a", "van a", "quiere", "quieren", "viene a", "intenta", "trata de"),
    *("esta intentando", "amenaza con"),
)
_TO_END = (
    *("morir", "morirme", "matarme", "suicidarme", "quitarme la vida", "acabar con todo"),
    *("acabar con mi vida", "terminar con todo", "terminar con mi vida", "estar muerta"),
    *(
        "estar muerto",
        "desaparecer para siempre",
        "hacerme dano",
        "cortarme",
        "tirarme por",
        "tirarme del",
    ),
    *("cortarme las venas", "no existir", "no despertar", "dejar de vivir", "dejar de existir"),
)
_LIFE = (
    *("vivir", "vivir mas", "vivir asi", "seguir viviendo", "seguir viva", "seguir vivo"),
    *("estar viva", "estar vivo", "existir", "despertarme", "esta vida"),
    *("estar aqui mas", "seguir con vida", "mi vida"),
)


def _someone_harms() -> Iterator[str]:
    """Yield "me va a matar" and "va a matarme"."""
    for will in _WILL:
        for harm in _HARM:
            if harm.endswith(("me", "nos", "me dano", "nos dano")):
                yield f"{will} {harm}"
            else:
                yield f"me {will} {harm}"
                yield f"nos {will} {harm}"
    for harms in ("mata", "matara", "matan", "pega", "encuentra", "va a encontrar"):
        yield from (f"si {seen} me {harms}" for seen in ("me ve", "lo lee", "se entera", "lo ve"))
    yield from ("me matara", "me mataria", "me mata si", "me va matar")


def _no_life() -> Iterator[str]:
    """Yield what is said by people who do not want to live."""
    for no in ("no quiero", "ya no quiero", "no tengo ganas de"):
        yield from (f"{no} {life}" for life in _LIFE)
    wants = (
        *("quiero", "me quiero", "solo quiero", "quisiera", "deseo"),
        *(
            "voy a",
            "me voy a",
            "pienso en",
            "pensando en",
            "he pensado en",
            "tengo ganas de",
        ),
    )
    for want in wants:
        yield from (f"{want} {end}" for end in _TO_END)
    for me in ("me quiero", "me voy a"):
        yield from (f"{me} {end}" for end in ("matar", "morir", "suicidar", "cortar las venas"))


def _someone_is(places: tuple[str, ...]) -> Iterator[str]:
    """Yield where somebody is now, also with nobody named, as Spanish leaves it out."""
    for place in places:
        yield from (f"{is_} {place}" for is_ in ("esta", "estan", "ya esta", "ya estan"))
        yield from (f"{who} esta {place}" for who in _NAMED)
        yield from (f"{who} ya esta {place}" for who in _NAMED)


def _someone_came() -> Iterator[str]:
    came = (
        *("viene", "ya viene", "acaba de llegar", "acaba de volver", "acaba de entrar", "volvio"),
        *("ya llego", "ha vuelto", "viene para aca", "viene hacia aqui", "esta por llegar"),
    )
    for each in came:
        yield each
        yield from (f"{who} {each}" for who in _NAMED)
        for go in ("me tengo que ir", "tengo que irme", "me voy"):
            yield f"{each} {go}"
            yield from (f"{who} {each} {go}" for who in _NAMED)


SPANISH_DANGER = DangerPhrases(
    anywhere=frozenset(
        {
            *(f"{who} esta {place}" for who in _NAMED for place in (*_NEAR, *_DOING)),
            *(f"{is_} {doing}" for is_ in ("esta", "estan") for doing in _DOING),
            *(f"ya esta {place}" for place in _NEAR),
            *_someone_harms(),
            *_no_life(),
            *("me esta siguiendo", "me estan siguiendo", "me esta vigilando", "me esta pegando"),
            *("me estan vigilando", "me estan pegando", "me esta golpeando", "me esta buscando"),
            *("me esta amenazando", "me esta violando", "nos esta pegando", "me estan buscando"),
            *("me esta ahorcando", "me esta haciendo dano", "me esta acosando ahora"),
            *("amenazo con matarme", "dijo que me va a matar", "dijo que me mataria"),
            *("temo por mi vida", "miedo por mi vida", "mi vida corre peligro"),
            *(
                "mi vida esta en peligro",
                "estoy en peligro",
                "corro peligro",
                "estamos en peligro",
            ),
            *(
                "peligra mi vida",
                "no estoy a salvo",
                "no estoy segura aqui",
                "no estoy seguro aqui",
            ),
            *("no me siento segura aqui", "no me siento seguro aqui", "no me siento a salvo"),
            *("me tiene encerrada", "me tiene encerrado", "me tienen encerrada"),
            *("me tienen encerrado", "me encerro", "me han encerrado", "estoy encerrada en"),
            *("estoy encerrado en", "me encerre en", "me he encerrado en", "no me deja salir"),
            *("no me dejan salir", "no me deja irme", "no me deja ir", "no puedo salir de aqui"),
            *("no puedo salir de casa", "no puedo salir de la casa", "no puedo salir del bano"),
            *("no puedo salir de la habitacion", "no puedo salir del cuarto", "no puedo escapar"),
            *("tiene un cuchillo", "tiene una pistola", "tiene un arma", "tiene una navaja"),
            *("con un cuchillo en la mano", "esta armado", "sabe donde vivo", "sabe donde estoy"),
            *("saben donde vivo", "saben donde estoy"),
            *("llama a la policia", "llamen a la policia", "llamad a la policia"),
            *("llame a la policia por favor", "llamen al 112", "llama al 112", "llamen al 911"),
            *("llama al 911", "llamen al 016", "necesito a la policia", "manden a la policia"),
            *("necesito ayuda ya", "necesito ayuda ahora", "necesito ayuda urgente"),
            *("necesito ayuda rapido", "ayudame por favor", "ayudenme por favor", "ayudame porfa"),
            *("por favor ayudame", "por favor ayudenme", "porfa ayudame", "ayuda por favor"),
            *("que alguien me ayude", "alguien que me ayude", "ayudenme ya", "saquenme de aqui"),
            *("sacame de aqui", "sacadme de aqui", "me estoy desangrando", "estoy sangrando"),
            *(
                "me tome pastillas",
                "me he tomado pastillas",
                "tome pastillas",
                "tome muchas pastillas",
            ),
            *("me he tomado todas las pastillas", "me tome todas las pastillas"),
            *("ojala estuviera muerta", "ojala estuviera muerto", "ojala no hubiera nacido"),
            *("mejor muerta", "mejor muerto", "estaria mejor muerta", "estaria mejor muerto"),
            *("merezco morir", "no merezco vivir", "la vida no tiene sentido"),
            *("mi vida no tiene sentido", "no tengo por que vivir", "no tengo razones para vivir"),
            *("no tengo motivos para vivir", "nada por lo que vivir", "no vale la pena vivir"),
            *("sin ganas de vivir", "no puedo seguir viviendo", "no puedo vivir asi"),
            *("pensamientos suicidas", "ideas suicidas", "intento de suicidio esta noche"),
            *("pienso en el suicidio", "pensando en el suicidio", "suicidarme"),
            *("me corto las venas", "no le veo sentido a la vida", "no le veo sentido a vivir"),
            *("esta viniendo hacia", "hay alguien en mi casa", "hay alguien en mi puerta"),
            *("hay alguien fuera de mi casa", "hay alguien afuera de mi casa", "alguien me sigue"),
            *("hay alguien intentando entrar", "tengo miedo de que se entere", "me esta gritando"),
            *(
                "quitarme la vida",
                "me quiero quitar la vida",
                "prefiero morir",
                "prefiero morirme",
            ),
            *("prefiero estar muerta", "prefiero estar muerto", "quiero dejar de vivir"),
            *("tengo miedo de que me mate", "tengo miedo a que me mate", "miedo de que me pegue"),
            *("tengo miedo de que me encuentre", "tengo miedo de que venga"),
        }
    ),
    sentences=frozenset(
        {
            *_someone_is((*_HERE, *_NEAR)),
            *(f"{who} {place}" for who in ("el", "ella") for place in ("aqui", "afuera", "fuera")),
            *("tengo miedo", "tengo mucho miedo", "tengo tanto miedo", "tengo miedo ahora"),
            *("estoy asustada", "estoy asustado", "estoy muy asustada", "estoy muy asustado"),
            *("estoy aterrada", "estoy aterrado", "estoy aterrorizada", "estoy aterrorizado"),
            *("tengo panico", "estoy en panico", "estoy atrapada"),
            *("estoy atrapado", "estoy encerrada", "estoy encerrado", "estoy escondida"),
            *("estoy escondido", "me escondi", "me estoy escondiendo", "me tengo que esconder"),
            *("tengo que esconderme", "no puedo salir", "no puedo respirar", "no puedo moverme"),
            *("no puedo hablar", "no puedo mas", "ya no puedo mas", "no aguanto mas"),
            *("ya no aguanto mas", "no lo soporto mas", "no puedo seguir", "no puedo seguir asi"),
            *("me encontro", "me ha encontrado", "me encontraron", "me han encontrado"),
            *("me esta oyendo", "me oye", "me puede oir", "puede oirme", "puede ver esto"),
            *("esta leyendo esto", "esta leyendo mi telefono", "esta viendo mi movil"),
            *(
                "esta mirando mi telefono",
                "que no entre",
                "no lo dejen entrar",
                "no lo dejes entrar",
            ),
            *("me pego otra vez", "me ha pegado otra vez", "lo ha vuelto a hacer"),
            *("me va a pegar", "me va a encontrar", "me van a encontrar", "que no me encuentre"),
            *("me siento en peligro", "no estoy segura en casa", "no estoy seguro en casa"),
            *("no me siento segura", "no me siento seguro", "no me siento segura en casa"),
            *("quiero morir", "quiero desaparecer", "lo oigo", "lo escucho", "la oigo"),
            *("oigo sus pasos", "escucho sus pasos", "lo oigo subir", "lo oigo venir"),
            *("lo escucho venir", "los oigo", "oigo pasos"),
        }
    ),
    messages=frozenset(
        {
            *_someone_came(),
            *("ayuda", "ayudame", "ayudenme", "ayudeme", "ayudadme", "ayudanos", "ayudenos"),
            *(
                "necesito ayuda",
                "necesitamos ayuda",
                "socorro",
            ),
            *("auxilio", "sos", "emergencia", "es una emergencia"),
            *("esto es una emergencia", "urgencia", "ayuda ya", "ayuda rapido"),
            *("ayuda urgente", "ayuda ayuda", "salvame", "salvenme", "ayudame ya"),
            *(
                "por favor ayuda",
                "alguien me puede ayudar",
                "me puede ayudar alguien",
                "peligro",
                "me mata",
            ),
        }
    ),
    around=frozenset(
        {
            *("por", "favor", "porfa", "porfavor", "ya", "ahora", "y", "pero", "dios", "mio"),
            *("ay", "oh", "si", "hola", "oye", "rapido", "otra", "vez", "mismo", "ayuda"),
            *("creo", "que", "aqui", "muy", "es", "porque", "espera", "perdon", "mierda", "joder"),
            *("todavia", "aun", "de", "nuevo", "ok", "omg", "entonces", "afuera"),
        }
    ),
    denied_by=frozenset({"no", "nunca", "jamas", "tampoco"}),
)
