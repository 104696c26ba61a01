"""What people type in Spanish when they want to stop, or delete, what is about to be shared.

Compared as a whole, without accents. A bare *no* is none of it and stands beside nothing: it
turns what follows. Not yet reviewed with native speakers.
"""

from collections.abc import Iterator

from handlers.texts.spanish_forms import IT, READ, SEND_NOT, TO_SEND
from handlers.texts.tables import HoldPhrases

_THINGS = ("esto", "eso", "nada", "todo", "mi historia", "la historia", "mi denuncia", "mi relato")
_NOBODY = ("nadie", "ellos", "ellas", "el", "ella", "them", "los lectores", "las lectoras")
_DO = (
    *("cancelar", "detener", "retirar", "anular", "parar", "deshacer", "revocar", "recuperar"),
    *("suspender", "frenar", "interrumpir"),
)
_NOW = (
    *("cancela", "cancele", "cancelen", "deten", "detengan", "detenga", "retira", "retire"),
    *("retiren", "anula", "anule", "anulen", "para", "pare", "paren", "parad", "frena", "frenen"),
    *("deshaz", "revoca", "devuelve", "devuelvan", "cancelad", "retiro", "cancelo", "anulo"),
)
_STOPPING = (
    *("pares", "pare", "paren", "canceles", "cancele", "cancelen", "anules", "anulen"),
    *("detengas", "detenga", "detengan", "retires", "retire", "retiren", "deshagas"),
)
_ERASING = ("borres", "borre", "borren", "elimines", "elimine", "eliminen")
_TO_ERASE = ("borrar", "eliminar", "destruir")
_ERASE = ("borra", "borre", "borren", "borrad", "elimina", "elimine", "eliminen", "destruye")
_CHANGED = (
    *("he cambiado de opinion", "cambie de opinion", "he cambiado de idea", "cambie de idea"),
    *("cambio de opinion", "cambio de idea", "me arrepenti", "me arrepiento", "me he arrepentido"),
    *("me lo he pensado mejor", "lo pense mejor", "me arrepiento de esto", "me heche para atras"),
    *("me eche para atras", "me echo atras"),
)


def _with_it(verbs: tuple[str, ...]) -> Iterator[str]:
    """Yield verbs alone, with *it* at their end, and with what they are about."""
    for verb in verbs:
        yield verb
        yield from (f"{verb}{it}" for it in IT)
        yield from (f"{verb} {thing}" for thing in _THINGS)


def _refusals() -> Iterator[str]:
    """Yield what refuses to share: "no la envíes", "no quiero que la lean"."""
    not_to = ("no", "no quiero", "ya no quiero", "mejor no", "no hay que", "no quiero que")
    for verb in _with_it(TO_SEND):
        yield from (f"{no} {verb}" for no in not_to[:5])
    for send in (*SEND_NOT, *READ, "cuentes", "digas", "muestres", "ensenes"):
        for no in ("no", "que no", "no quiero que", "ya no quiero que", "por favor no", "nunca"):
            yield f"{no} {send}"
            yield from (
                f"{no} {it} {send}" for it in (*IT, "se lo", "se la", "le", "les", "me la")
            )
            yield from (f"{no} {send} {thing}" for thing in _THINGS)
            yield from (f"{no} {it} {send} {who}" for it in ("lo", "la") for who in _NOBODY)
            yield from (
                f"{no} {it} {send} a {who}" for it in ("se lo", "se la") for who in _NOBODY
            )
    for who in _NOBODY:
        for read in READ:
            yield from (f"no quiero que {who} {it} {read}" for it in ("lo", "la"))
            yield from (f"que {who} {it} {read}" for it in ("lo", "la") if who == "nadie")
            yield from (f"no quiero que {who} {read} {thing}" for thing in _THINGS)


_STOPS = frozenset(
    {
        *_refusals(),
        *_with_it(_DO),
        *_with_it(_NOW),
        *(f"{want} {do}" for want in ("quiero", "necesito", "quisiera") for do in _with_it(_DO)),
        *_CHANGED,
        *("stop", "alto", "basta", "detente", "detenganse", "no lo hagas", "no lo haga"),
        *("no lo hagan", "no hagas eso", "no hagas nada", "dejalo", "dejenlo", "dejelo"),
        *("dejalo estar", "olvidalo", "olvidenlo", "no no", "no por favor", "por favor no"),
        *("no espera", "espera no", "no para", "no basta", "no stop", "ay no", "que no"),
        *("mejor no", "todavia no", "aun no", "no todavia", "he dicho que no", "dije que no"),
        *("no estoy lista", "no estoy listo", "no estoy preparada", "no estoy preparado"),
        *("no me atrevo", "no puedo hacerlo", "no quiero hacerlo", "ya no quiero", "no quiero"),
        *("ya no quiero hacerlo", "no quiero esto", "ya no quiero esto", "no la quiero enviar"),
        *("no lo quiero enviar", "no la quiero mandar", "no la quiero compartir"),
        *("es demasiado pronto", "muy pronto", "fue un error", "es un error", "era un error"),
        *("me equivoque", "me equivoque de persona", "persona equivocada", "mala idea"),
        *("para el envio", "cancela el envio", "cancelar el envio", "deten el envio"),
        *("parar el envio", "detener el envio", "anula el envio", "anular el envio"),
        *("quiero que pares", "quiero que paren", "quiero que lo pares", "quiero que la pares"),
        *("devuelveme mi historia", "devuelvanme mi historia", "quiero mi historia de vuelta"),
    }
)

_ERASES = frozenset(
    {
        *_with_it(_TO_ERASE),
        *_with_it(_ERASE),
        *(f"{verb}{it} todo" for verb in (*_TO_ERASE, *_ERASE) for it in IT),
        *(f"quiero {verb}" for verb in _with_it(_TO_ERASE)),
        *(f"quiero que {it} {verb}" for verb in _ERASING for it in IT),
        *("quiero que desaparezca", "que desaparezca", "quiero que se borre"),
    }
)

_BESIDE = frozenset(
    {
        *("por favor", "porfa", "porfavor", "oh", "ay", "ay no", "dios"),
        *("dios mio", "perdon", "perdona", "lo siento", "disculpa", "y", "ok", "vale", "hola"),
        *("oye", "ya", "ahora", "ahora mismo", "rapido", "pero", "pues", "bueno", "es que"),
        *("entonces", "espera", "espere", "esperen", "solo", "gracias", "ya mismo", "enseguida"),
        *("a nadie", "a ellos", "a ellas", "a el", "a ella", "tengo miedo", "me da miedo"),
        *("ayuda", "hoy", "antes de que sea tarde", "mmm", "eh", "de verdad", "mas", "nunca"),
        *("al final", "por ahora", "de momento", "todavia", "aun", "urgente", "a them"),
    }
)

SPANISH_HOLD = HoldPhrases(
    stops=_STOPS,
    erases=_ERASES,
    beside=_BESIDE,
    contrary=frozenset(
        {
            *(f"no {it}{verb}" for verb in (*_STOPPING, *_ERASING) for it in ("", "lo ", "la ")),
            *(f"no {verb}" for verb in _with_it((*_DO, *_TO_ERASE)) if verb != "parar de"),
            *(f"no quiero {verb}" for verb in _with_it((*_DO, *_TO_ERASE))),
            *("no quiero que pares", "no quiero que lo pares", "no quiero que lo borres"),
            *(
                "sin parar",
                "no cambie de opinion",
                "no he cambiado de opinion",
                "no me arrepiento",
            ),
        }
    ),
    it=frozenset(
        {
            *("esto", "eso", "lo", "la", "nada", "el envio", "mi historia"),
            *("envialo", "enviala", "mandalo", "mandala", "compartelo", "que se envie"),
        }
    ),
)
