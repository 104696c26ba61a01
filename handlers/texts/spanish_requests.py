"""What people ask the bot to do in Spanish: the sayings that cannot wait, and all that halts."""

from handlers.texts.sayings import Patterns, Saying
from handlers.texts.spanish_forms import (
    CALL,
    ERASE,
    ERASED,
    MINE,
    READ,
    READERS,
    SEND_NOT,
    TO_ERASE,
    TO_SEND,
    one_of,
    with_pronouns,
)

_SOMEBODY = (
    "(el|ella|ellos|alguien|mi (marido|esposo|mujer|esposa|pareja|novio|novia|ex|padre|papa|madre|"
    "mama|hermano|tio|padrastro|jefe|exmarido|exnovio|vecino))"
)
_WANT = (
    "(por favor |puedes |puede |pueden |podrias |podeis |podes |quiero |"
    "quisiera |me gustaria |necesito |puedo |como puedo |como |se puede |hay que |solo )?"
)
_PAST = "(perdi|he perdido|olvide|he olvidado|borre|he borrado|no tengo|no encuentro|no apunte|"
_PAST += "no anote|no guarde|no recuerdo|tire|se me perdieron|se me olvidaron|se me olvido|"
_PAST += "se me perdio|no me acuerdo de|me olvide de|ya no tengo)"
_TIRED = "(cansada|cansado|agotada|agotado|agobiada|agobiado|saturada|saturado|exhausta|exhausto)"
_PEN = "(boli|boligrafo|lapiz|lapicero|pluma|birome|lapicera|papel|papel y boli|hoja|libreta)"
_PICTURE = "(captura|foto|fotografia|pantallazo|screenshot)"
_SINCE = "( mas| nunca| nunca mas| jamas| ya| otra vez| por favor| por telefono| al telefono)*"
_CHANGED = "(he cambiado de (opinion|idea)|cambie de (opinion|idea)|cambio de (opinion|idea)|"
_CHANGED += "me arrepenti|me arrepiento|me he arrepentido|me lo he pensado mejor|lo pense mejor)"
_DONT_SEND = (
    rf"no (me )?(lo |la |los |las |se lo |se la |les |le )?{one_of(*SEND_NOT)}"
    rf"( {MINE}| nada| a {READERS}| ya| todavia| aun| mas)*"
)

SPANISH_REQUESTS: Patterns = {
    Saying.DANGER: (
        r"(no estoy a salvo|estoy en peligro|corro peligro|no estoy (segura|seguro) aqui)( aqui)?",
        r"no me siento (segura|seguro|a salvo)( aqui| en casa)?",
        (
            rf"({_SOMEBODY} )?(ya )?esta (aqui|ahi|fuera|afuera|en casa|en la casa|en la puerta|"
            r"a la puerta|en mi puerta|en mi casa|detras de la puerta|viniendo|llegando|entrando|"
            r"subiendo|cerca|en el cuarto|en la habitacion|llamando a la puerta)"
        ),
        rf"({_SOMEBODY} )?(ya )?(viene|viene para aca|viene hacia aqui)",
        rf"({_SOMEBODY} )?me (esta|estan) (siguiendo|vigilando|buscando|amenazando|pegando)",
        (
            rf"({_SOMEBODY} )?(me va a|me van a|me quiere|me quieren) (matar|pegar|encontrar|"
            r"hacer dano|golpear|violar)"
        ),
        r"(va a|van a|quiere|quieren) (matarme|pegarme|hacerme dano|encontrarme)",
        (
            r"(ya )?(me quiero|quiero|me voy a|voy a) (morir|morirme|matar|matarme|suicidarme|"
            r"suicidar|quitarme la vida|acabar con todo|acabar con mi vida|hacerme dano)"
        ),
        r"(ya )?no quiero (vivir|estar viva|estar vivo|seguir viviendo)( mas| asi| ya)*",
        r"(ya )?no puedo mas|suicidio|suicidarme|matarme|quiero desaparecer",
    ),
    Saying.STOP: (
        (
            r"(para|pare|paren|parad|parar|basta|alto|detente|detengase|stop)"
            r"( ya| esto| todo| stop| para)*"
        ),
        r"(ya )?(basta|vale ya|es suficiente|suficiente|esta bien asi|paren ya|para ya)",
        (
            r"(cancela|cancelar|cancelalo|abandonar|salir|salirme|interrumpir|detener|detenlo)"
            r"( esto| todo| el chat| la conversacion| ya)*"
        ),
        (
            r"(dejalo|dejelo|dejenlo|dejame|dejenme|dejame en paz|dejenme en paz|dejeme en paz|"
            r"dejame tranquila|dejame tranquilo)( ya| estar| asi)*"
        ),
        r"(no mas|no mas preguntas|ni una pregunta mas|basta de preguntas|ninguna pregunta mas)",
        r"(olvidalo|olvidelo|da igual|no importa|callate|vete|largate|me salgo|me voy)",
        (
            r"(quiero|quisiera|necesito|me gustaria) (parar|dejarlo|salir|irme|cancelar|detener|"
            r"detenerme|terminar con esto|que pares|que paren|que pare|abandonar|"
            r"salirme)( esto| ya)*"
        ),
        r"me quiero (ir|salir)",
        (
            r"(ya )?no quiero (esto|seguir|continuar|hablar|hablar mas|hacer esto|mas preguntas|"
            r"contestar mas|responder mas|seguir hablando)( mas| con esto| ya| contigo)*"
        ),
        r"(deja|deje|dejen|para|paren) de (preguntar|preguntarme|escribir|escribirme|molestar)",
    ),
    Saying.UNSEND: (
        rf"{_CHANGED}( por favor| y| ya)*( {_DONT_SEND}| no quiero)?",
        _DONT_SEND,
        rf"no {with_pronouns(*TO_SEND)}( {MINE}| nada)?",
        rf"(ya )?no quiero {with_pronouns(*TO_SEND)}( {MINE}| nada| ya| mas)*",
        (
            rf"(ya )?no quiero que ({READERS} )?(lo |la |se )?{one_of(*READ, *SEND_NOT)}"
            rf"( {MINE}| {READERS}| a {READERS}| nada| ya| mas)*"
        ),
        rf"que no (lo |la )?{one_of(*READ)}( {READERS}| {MINE})*",
        rf"que nadie (lo |la )?{one_of(*READ)}( {MINE})?",
        (
            rf"{_WANT}{with_pronouns('retirar', 'recuperar', 'quitar', 'deshacer', 'anular')}"
            rf"( {MINE}| el permiso| mi permiso| el envio)?"
        ),
        rf"(retiro|retira|retiralo|retirala|anula|anulalo|recupero|revoco)( {MINE}| mi permiso)?",
        rf"{_WANT}{with_pronouns('revocar')}( el permiso| mi permiso)?",
        r"(cancela|cancelar|para|parar|deten|detener|anula|anular) (el envio|la entrega)",
        (
            r"me arrepiento de (esto|eso|todo|haberlo (enviado|mandado|contado|compartido)|"
            r"contarlo|contartelo|habertelo contado)"
        ),
        rf"(quiero que me )?(devuelveme|devuelvanme|devuelvan|devuelvas) {MINE}",
    ),
    Saying.NO_CONTACT: (
        rf"(no quiero que|que no|que nadie) ({READERS} )?me {one_of(*CALL)}( {READERS})?{_SINCE}",
        rf"no quiero que ({READERS} )?se (ponga|pongan) en contacto( conmigo)?",
        rf"no me {one_of(*CALL)}( {READERS})?{_SINCE}",
        (
            rf"(por favor )?(diles|dile|digales|digale|diganles|"
            rf"avisales) (a {READERS} )?que no me "
            rf"{one_of(*CALL)}{_SINCE}"
        ),
        rf"no {one_of(*CALL)} (a )?(mi numero|ese numero|al numero|a ese numero|al telefono)",
        r"no quiero (llamadas|contacto|ningun contacto|ser contactada|ser contactado|mensajes)",
        r"(sin|nada de|no a las) (llamadas|contacto|contactos)",
        (
            rf"{_WANT}(borra|borrar|borren|quita|quitar|quiten|elimina|eliminar|eliminen|olvida) "
            r"mi (numero|telefono|numero de telefono|movil|celular|correo|email|direccion|"
            r"contacto)"
        ),
    ),
    Saying.ERASE: (
        rf"{_WANT}{with_pronouns(*TO_ERASE)}( {MINE})?( de aqui| del servidor)?",
        rf"(por favor )?{with_pronouns(*ERASE)}( {MINE})?( de aqui| del servidor)?",
        rf"como (borro|elimino) ({MINE}|lo que escribo)",
        rf"(quiero|necesito) que (me )?(lo |la |se )?{one_of(*ERASED)}( {MINE})?",
        r"(quiero que desaparezca|que desaparezca)( todo| esto)?|borrame|eliminame",
        rf"(olvida|olviden) {MINE}|olvidame|derecho al olvido|rgpd",
    ),
    Saying.HELP: (
        (
            r"(ayuda|ayudame|ayudenme|ayudeme|ayudanos|auxilio|socorro|emergencia|"
            r"es una emergencia|necesito ayuda|necesito que me ayuden|quiero ayuda)( ayuda| ya)*"
        ),
        (
            r"(alguien )?(me |nos )?(puede|puedes|pueden|podeis|podria|podrias|podes) ayudar"
            r"( alguien)?"
        ),
        r"(puedes|puede|pueden|podeis|podrias|podes) ayudarme|hay ayuda|alguien que me ayude",
        (
            r"(quien (me )?puede (ayudarme|ayudar)|con quien puedo hablar|"
            r"a quien (puedo )?(llamo|llamar))"
        ),
        (
            r"(quiero|necesito|quisiera|puedo) (hablar con )?(una persona|un humano|alguien|"
            r"una persona real|una persona de verdad|un abogado|una abogada|un medico|una medica|"
            r"una psicologa|un psicologo|una terapeuta)"
        ),
    ),
    Saying.REGRET: (
        r"((ay|oh|uy|dios|mierda|joder|pero) )*no( no)* (espera|espere|esperen)( espera| no)*",
        r"(espera|espere|esperen)( espera)* no( espera| no)*",
        r"no no no( no)*|noo+|nono(no)*|no por favor|por favor no",
        r"me (equivoque|he equivocado)|equivocad[oa]|(ay )?que (hice|he hecho)",
        r"(ay|oh|uy|mierda|joder|dios mio)( (ay|dios|dios mio))* no( espera| no)*",
        (
            r"((es |era |fue )?(la |el )|se lo (mande|envie|di) a la )?"
            r"(persona|lector|lectora|gente|nombre) (equivocad[oa]|incorrect[oa])"
        ),
        (
            r"me (equivoque|he equivocado) (de|con la|con el) "
            r"(persona|lector|lectora|gente|nombre)"
        ),
    ),
    Saying.MOMENT: (
        (
            r"(espera|espere|esperen|espera un (momento|minuto|segundo)|"
            r"(un|dame un|deme un|denme un|necesito un|quiero un) "
            r"(momento|momentito|minuto|minutito|segundo))( espera)?"
        ),
        r"necesito (mas|un poco mas de|un poco de) tiempo",
        (
            rf"(ahora )?no (tengo|encuentro) (un |ningun |una |ninguna |nada de )?{_PEN}"
            rf"( ni (un )?{_PEN})?( a mano)?"
        ),
        r"(ahora )?no tengo (con que|donde|en que|con que ni donde|nada para|para) escribir",
        (
            r"(dejame|dejeme|dejenme|tengo que|voy a|necesito) (ir a )?(buscar|coger|traer|"
            rf"encontrar) (un |una |algo de )?{_PEN}( primero)?"
        ),
    ),
    Saying.PAUSE: (
        r"(ahora|hoy) no( puedo)?|no puedo( hacerlo| con esto| hacer esto| seguir)? (ahora|hoy)",
        r"no puedo (con esto|hacer esto|seguir|hablar de esto|escribir mas)( ahora| hoy)?",
        (
            r"(luego|despues|mas tarde|mas tarde quizas|quizas luego|otro dia|otro momento|"
            r"en otro momento|manana|pausa|dame tiempo|ya vuelvo|ahora vuelvo|"
            r"vuelvo (luego|enseguida|despues|mas tarde|manana)|me tengo que ir|"
            r"tengo que irme|debo irme)"
        ),
        r"(necesito|quiero) (una pausa|un descanso|tiempo|un respiro|descansar)",
        r"(esto )?(es|se me hace) (demasiado|mucho para mi)|demasiado",
        rf"(estoy|me siento) (muy |tan )?{_TIRED}",
        (
            r"(puedo|podria) (volver|seguir|continuar|terminar|hacerlo|escribir) "
            r"(luego|despues|mas tarde|manana|otro dia|en otro momento)"
        ),
    ),
    Saying.LOSING_WORDS: (
        (
            r"((que pasa|que pasaria|que ocurre|que hago|y) )?si (las |los |lo |"
            r"la )?(pierdo|olvido|"
            r"perdiera|no tengo|no encuentro|se me pierden|se me olvidan)( las palabras|"
            r" el codigo| "
            r"mis palabras| la nota| el papel)?"
        ),
        r"(se )?(puedes|puede|pueden) (recuperarlas|restablecerlas|recuperarlos|reponerlas)",
    ),
    Saying.WROTE_DOWN: (
        (
            r"(ya )?(las|los) (he )?(apunte|apuntado|anote|anotado|escribi|escrito|copie|copiado|"
            r"guarde|guardado|tengo)( todas| ya| en papel| en un papel)*"
        ),
        r"(ya )?lo (he )?(apunte|apuntado|anote|anotado)( ya| todo| en papel| en un papel)*",
        r"(ya )?(estan|tengo|las tengo) (todas )?(apuntadas|anotadas|escritas|guardadas)",
        r"(ya )?(he )?(apunte|apuntado|anote|anotado) (las|mis) palabras|apuntadas|anotadas",
    ),
    Saying.SCREENSHOT: (
        (
            r"(puedo|podria|se puede|debo) (hacer|hacerle|hacerles|sacar|sacarle|sacarles|tomar|"
            rf"tomarle|tomarles|guardar) (una |un )?{_PICTURE}( de pantalla| de las palabras|"
            r" a las palabras| de esto| de eso)*"
        ),
        (
            r"(puedo|podria|se puede) (guardarlas|guardarlo|copiarlas|copiarlo|apuntarlas|"
            r"anotarlas|escribirlas) en (el|mi) (movil|celular|telefono|ordenador|computadora)"
        ),
        (
            rf"(vale|sirve|basta|esta bien|es segura|es seguro) (con )?(una |un )?{_PICTURE}"
            r"( de pantalla)?"
        ),
        (
            r"(ya )?(he hecho|hice|saque|he sacado|tome) (una |un )?"
            rf"{_PICTURE}( de pantalla)? (de|a) (las|mis) palabras"
        ),
        r"captura de pantalla|pantallazo",
    ),
    Saying.LOST_WORDS: (
        (
            rf"{_PAST} (mi|mis|el|la|las|los|todas mis|todas las) (doce |12 |cuatro |"
            rf"4 )?(palabras|"
            r"palabra|codigo|codigos|clave|claves|contrasena|frase|lista|nota|papel)"
            r"( de recuperacion| secretas| secreto| con las palabras| del codigo)?"
        ),
        (
            r"(cuales (son|eran)|donde estan|dime|dame|muestrame|ensename|puedo ver) mis "
            r"(doce |12 )?(palabras|claves|codigos)"
        ),
        r"(las|los) (perdi|he perdido|olvide|he olvidado)|cual (es|era) mi (codigo|clave)",
    ),
    Saying.WAS_READ: (
        r"(ya )?(lo|la) (ha|han) leido (alguien|ya|ellos|ellas)( ya)?|ya (lo|la) (han|ha) leido",
        r"alguien (ya )?(lo|la) (ha leido|leyo|ha abierto)( ya)?|(lo|la) leyo alguien",
        (
            r"(han|ha) (leido|visto|recibido|abierto) (ya )?(mi historia|mi denuncia|"
            r"mi informe)( ya)?"
        ),
        r"quien (lo|la) (ha leido|leyo|ha visto|ha abierto)( ya)?",
        r"(hay|tienes|tienen) (alguna |algun )?(noticias|noticia|novedades|novedad|respuesta)",
        r"(alguna|algunas) (noticia|noticias|novedad|novedades|respuesta)",
        r"que (paso|ha pasado|pasa) con mi (historia|denuncia|informe|relato|caso)",
    ),
}
