"""How people say in Spanish that they leave a question out, above all how to reach them.

As in ``spanish_sayings`` a pattern must fit the whole message, without accents; before and behind
it may stand the same. Not yet reviewed with native speakers.
"""

from handlers.texts.spanish_forms import CALL, READERS, one_of
from handlers.texts.tables import Refusals

_AT_ALL = (
    "( mas| nunca| jamas| ya| nunca mas| para nada| en absoluto| otra vez| por esto| de vuelta)*"
)
_REACHED = (
    "(contactada|contactado|contactade|llamada|llamado|localizada|localizado|molestada|molestado|"
    "encontrada|encontrado)"
)
_WAY = (
    "(telefono|numero|numero de telefono|movil|celular|correo|correo electronico|email|mail|"
    "direccion|contacto|contactos|forma|manera|medio|via|llamadas|mensajes|llamada|mensaje)"
)
_TO_GIVE = "(dar|darlo|darles|dejar|dejarlo|compartir|decir|decirlo|poner)"
_REACH = (
    "(contactar|contactarme|llamar|llamarme|escribir|escribirme|responder|responderme|contestar|"
    "contestarme|hablar|hablarme|localizarme|buscarme|contactenme|escribanme|llamenme|respondanme|"
    "hablenme|contactame|escribeme|respondeme)"
)
_HERE = (
    "(aqui|aqui mismo|este chat|el chat|el mismo chat|este mismo chat|este bot|el bot|esta app|"
    "telegram|matrix|element|mi telegram|mi matrix|aqui en telegram|aqui en el chat|esta cuenta)"
)
_IN = "((en|por|a traves de|via|solo|con|desde|mediante|mejor) )*"

SPANISH_REFUSALS = Refusals(
    bare_no=(
        (
            r"(no|nop|ninguno|ninguna|ningun|nadie|nada|nunca|jamas|tampoco|na)"
            r"( no| ninguno| ninguna| nada| gracias| muchas gracias| para nada)*"
        ),
        r"(saltar|salta|omitir|pasar|paso|siguiente|dejar en blanco|en blanco)( esto| esta)?",
        r"(prefiero|preferiria) (que )?no( decir| decirlo| contestar| responder| darlo| dejarlo)*",
        r"(asi )?estoy bien( asi| sin eso| sin nada| de momento)*|(mejor|preferiria) que no",
        r"(para nada|de ninguna manera|en absoluto|mejor no|no hace falta|no es necesario)",
        r"no (lo |la )?(quiero|necesito|tengo)( nada| ninguno| ninguna| eso| esto)?",
    ),
    no_name=(
        r"(sin|ningun) nombre|no (doy|digo|quiero (dar|decir|poner|usar)) (mi|un|ningun) nombre",
        rf"(prefiero|preferiria) no {_TO_GIVE}( mi nombre| ningun nombre)?",
        (
            r"(quiero |prefiero |quisiera )?(ser |quedar |quedarme |permanecer |seguir |"
            r"seguir siendo )?(anonima|anonimo|anonime|en el anonimato)"
        ),
        r"no (me llamen|hace falta que me llamen|quiero que me llamen) (de ninguna manera|nada)",
        r"no (tienen|necesitan) (que )?(saber|saberlo|mi nombre)( mi nombre)?|nada de nada",
    ),
    not_to_be_reached=(
        rf"(por favor )?no quiero que ({READERS} )?me {one_of(*CALL)}( {READERS})?{_AT_ALL}",
        (
            rf"(por favor )?no quiero que ({READERS} )?(se ponga|"
            rf"se pongan) en contacto conmigo{_AT_ALL}"
        ),
        rf"(prefiero |preferiria )(que )?({READERS} )?no me {one_of(*CALL)}{_AT_ALL}",
        rf"(por favor )?(que )?no me {one_of(*CALL)}( {READERS})?{_AT_ALL}",
        rf"que (nadie|ninguno|ninguna) me {one_of(*CALL)}{_AT_ALL}",
        (
            rf"(nadie|no) (debe|deberia|puede|debe|deben|pueden) (contactarme|llamarme|"
            rf"escribirme){_AT_ALL}"
        ),
        rf"no quiero (ser|que sea) {_REACHED}{_AT_ALL}|no (ser )?{_REACHED}",
        (
            r"(dejenme|dejeme|dejame|dejadme|mantenganme|mantengame|mantenme|mantenedme|"
            r"quiero (quedar|quedarme|estar|seguir)|"
            r"prefiero (quedar|quedarme|estar|seguir)) (fuera|al margen|aparte)"
            r"( de (esto|eso|todo|todo esto))?"
        ),
        r"no me (metan|mete|metas|metais|meta|incluyan|incluyas|involucren)( en (esto|eso|nada))?",
        r"no quiero (ningun |ninguna )?(contacto|llamada|llamadas|mensajes|mensaje|cartas)",
        r"(sin|ningun|nada de|cero) (contacto|contactos|llamadas|mensajes)( por favor)?",
        (
            r"(dejenme|dejame|dejeme) (en paz|tranquila|tranquilo|sola|solo)|nunca|jamas|"
            r"nunca jamas|no quiero que me (encuentren|molesten|hablen)"
        ),
    ),
    no_way=(
        r"(ellos |nadie )?no (pueden|puede|podran)( contactarme| llamarme| hacerlo)?|nadie puede",
        (
            rf"no tengo (ningun |ninguna |un |una )?{_WAY}( propio| propia| que dar| para eso)*|"
            r"no hay (forma|manera|ninguna forma|ninguna manera)|de ninguna forma"
        ),
        rf"(sin|ningun|ninguna) {_WAY}( ni {_WAY})*( gracias| al final)?",
        rf"no (quiero|pienso|voy a) {_TO_GIVE}( mi| un| ningun| ninguna| el| eso| esto| {_WAY})*",
        r"(he cambiado|cambie) de (opinion|idea)|solo (leer|leerlo|leanlo|lean|escuchen)",
    ),
    this_chat=(
        rf"(me )?(pueden |puede |podrian |solo )?{_REACH} {_IN}{_HERE}",
        rf"{_IN}{_HERE}( esta bien| vale| es suficiente| es mejor| mejor| me va bien)?",
        r"(a traves de|por medio de) (ti|usted|vos|esto)|(contigo|por ti)",
    ),
    comes_back=(
        (
            r"(ya )?(yo )?(los |les |las |te )?(contactare|escribire|llamare|contacto|"
            r"escribo|llamo|"
            r"busco|buscare|hablare|aviso|avisare)( yo| yo misma| yo mismo| luego| despues| "
            r"mas tarde| cuando pueda| cuando este lista| cuando este listo)*"
        ),
        (
            r"(yo )?(prefiero|quiero) (escribir|llamar|contactar|escribirles|llamarles|"
            r"contactarlos|volver)( yo| yo misma| yo mismo| luego| despues)*"
        ),
        r"(volvere|vuelvo)( yo)?( luego| despues| mas tarde)?",
    ),
    words=frozenset(
        {
            *("no", "nunca", "jamas", "nadie", "ninguno", "ninguna", "ningun", "nada", "tampoco"),
            *("sin", "ni", "imposible", "peligroso", "peligrosa", "miedo", "luego", "despues"),
            *("anonimo", "anonima", "inseguro", "insegura"),
        }
    ),
    parts=r"\b(?:pero|solo|sólo|salvo|excepto|mejor|sino|solamente)\b",
    leaves_answer=frozenset(
        {
            *("ok", "okay", "vale", "bueno", "listo", "ok gracias", "gracias", "muchas gracias"),
            *("dejalo", "dejalo asi", "dejalo como esta", "sin cambios", "asi esta bien"),
            *("esta bien", "esta bien asi"),
        }
    ),
)
