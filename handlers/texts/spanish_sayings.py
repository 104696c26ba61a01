"""What people say to the bot in Spanish: without accents, and in every way of saying *you*.

A pattern must fit the whole message; before and behind it may stand what ``leading`` and
``trailing`` name. A *no* stands in neither: it turns what follows. What may be a question or tell
something by the same words is left out: signs of questions are not compared. Add a row to
``tests/sayings.es.toml`` with each new one. Not yet reviewed with native speakers.
"""

from handlers.texts.sayings import Patterns, Saying
from handlers.texts.spanish_forms import MINE
from handlers.texts.spanish_requests import SPANISH_REQUESTS
from handlers.texts.tables import Sayings

_CASE = "(historia|relato|testimonio|denuncia|informe|reporte|caso|cuenta)"
_TONGUE = (
    "(espanol|castellano|ingles|aleman|frances|italiano|catalan|euskera|gallego|portugues|"
    "otro idioma|otra lengua|mi idioma|otros idiomas)"
)
_BOT = (
    "(bot|robot|maquina|persona|humano|humana|persona real|persona de verdad|ia|programa|alguien|"
    "chatgpt|real)"
)
_FIX = "(cambiar|corregir|editar|modificar|cambiarlo|corregirlo|editarlo|modificarlo)"
_I_WANT = (
    "(quiero|quisiera|necesito|me gustaria|puedo|podria|dejame|tengo que|como puedo|olvide|"
    "me olvide de|se me olvido|me falto|todavia quiero|aun quiero)"
)
_LEADING = (
    *("hola", "oye", "oiga", "perdon", "perdona", "disculpa", "disculpe", "ok", "vale", "bueno"),
    *("pues", "y", "pero", "espera", "por favor", "porfa", "porfavor", "mira", "eh", "ay", "uf"),
    *("dios", "dios mio", "una pregunta", "pregunta", "buenas", "es que", "entonces", "si"),
    *("ya", "solo", "bot", "ay no", "oh no"),
)
_TRAILING = (
    *("por favor", "porfa", "porfavor", "ya", "ahora", "ahora mismo", "gracias", "muchas gracias"),
    *("ok", "vale", "perdon", "otra vez", "de nuevo", "aqui", "bot", "hoy", "de verdad", "dios"),
    *("entonces", "de momento", "por ahora", "lo antes posible", "rapido", "urgente", "jaja"),
)

_PATTERNS: Patterns = {
    **SPANISH_REQUESTS,
    Saying.WHO_READER: (
        (
            r"(quien|quienes) (es|son) (them|ellos|ellas|estos|estas|esas personas|estas personas|"
            r"los lectores|las lectoras)"
        ),
    ),
    Saying.READERS: (
        (
            r"(quien|quienes) (lo |la )?(lee|leen|leera|leeran|ve|ven|vera|veran|va a leer|"
            r"va a ver|puede leer|puede ver|pueden leer|pueden ver|recibe|sabe|esta leyendo|"
            rf"tiene acceso a)( {MINE}| lo que escribo)?"
        ),
        (
            r"(alguien|otra persona|quien mas) (mas )?(puede|podra|va a) (ver|leer|verlo|leerlo|"
            rf"verla|leerla)( {MINE})?"
        ),
        r"(esto )?es (esto )?(privado|confidencial|secreto|seguro)( esto)?|privacidad",
        r"(es|esta) (segura|cifrado|encriptado|protegida) (esto|este chat|mi historia)",
        rf"a (donde|quien) (va|llega|se envia|se manda|envias|mandas|le llega)( {MINE})?",
        r"a quien (se lo|le) (cuentas|envias|mandas|ensenas|dices|muestras)( esto)?",
        (
            r"(puede|podra) (el|ella|mi jefe|mi jefa|telegram|la policia|mi marido|mi pareja) "
            r"(verlo|leerlo|enterarse|saberlo|ver esto|leer esto)"
        ),
    ),
    Saying.ANONYMOUS: (
        r"(esto )?es (esto )?anonimo( esto)?|soy (anonima|anonimo)|anonimo|anonima|anonimato",
        (
            r"(puedo|quiero) (ser|quedar|quedarme|seguir|seguir siendo|permanecer) "
            r"(en el anonimato|anonima|anonimo)"
        ),
        (
            r"(sabes|saben|sabe alguien|alguien sabe|sabran|pueden saber|puede saber|ven|"
            r"pueden ver) "
            r"(quien soy|mi nombre|mi numero|que soy yo|mi telefono)"
        ),
        r"(tengo que|debo|hay que|hace falta) (dar|decir|poner|usar) mi nombre( real)?",
        r"no quiero que (nadie )?(sepan|sepa|sepas) (nadie )?(quien soy|mi nombre|que soy yo)",
    ),
    Saying.WHO: (
        (
            r"(quien|quienes|que) (eres|sos|es|sois|son|es usted|es este|es esto|esta ahi)"
            r"( tu| vos| usted| ustedes| vosotros| esto| este bot| ahi)?"
        ),
        rf"(eres|sos|es usted|es esto|esto es|es este) (un |una )?{_BOT}( o (un |una )?{_BOT})?",
        rf"(hablo|estoy hablando|estoy escribiendo) con (un |una )?{_BOT}",
        r"hay alguien( ahi| aqui| leyendo| detras)?|alguien ahi|estas ahi|sigues ahi",
        r"como (funciona|va)( esto| el bot| este bot)?|que (haces|puedes hacer|hace este bot)",
        r"quien (hizo|hace|lleva|maneja|esta detras de|dirige) (esto|este bot|el bot)",
        r"para que (es|sirve)( esto| este bot)?|de que (va|trata) esto|como te llamas",
    ),
    Saying.POLICE: (
        r"(eres|es usted|es esto|esto es|sois|son|es) (de )?la policia|policia",
        (
            r"(vas a|van a|vais a|va a) (llamar|avisar|decirselo|contarselo|informar|decirlo) "
            r"a la policia"
        ),
        (
            r"(debo|deberia|tengo que|puedo|hay que) (llamar a|ir a|avisar a|denunciarlo a|"
            r"denunciar a|acudir a|denunciarlo en) la policia"
        ),
        r"no quiero (a la |ir a la )?policia",
    ),
    Saying.CALL: (
        (
            r"(alguien )?(me )?(puedes|puede|pueden|podeis|podes|podrias|podria|podrian) "
            r"(llamarme|contactarme|escribirme|llamar|contactar)( alguien)?"
        ),
        r"(llamame|llameme|llamenme|contactame|contactenme|quiero que me llamen)",
        r"(cual es|dame|tienes|tienen|teneis|hay) (tu|el|un|algun|su) (numero|telefono)",
        (
            r"puedo (llamar|llamarte|llamarles|llamaros|hablar por telefono|(mandar|enviar|usar) "
            r"(un audio|audios|una nota de voz|una foto|fotos|un video|videos|un archivo))"
        ),
    ),
    Saying.REPLY: (
        (
            r"(cuando |como )?(me )?(van a|va a|vais a) (llamar|contestar|responder|contactar|"
            r"escribir|llamarme|contestarme|responderme|contactarme|escribirme)"
        ),
        r"cuando me (llaman|llamaran|contestan|contestaran|responden|responderan|escriben)",
        r"cuando (tendre|recibo|recibire|habra|me dan|me daran) (una )?respuesta",
        r"alguien (me )?(va a (responder|contestar)|contestara|respondera|contesta|responde)",
        (
            r"por que no (me )?(contestas|respondes|contestan|responden|contesta|responde|"
            r"contesta nadie|responde nadie)|por que nadie (me )?(contesta|responde)"
        ),
        r"(y )?(que (pasa|pasara|viene|sigue|ocurre|hacen) (ahora|despues|luego)|ahora que)",
        r"(contesta|contestame|contesteme|responde|respondeme|di algo|hablame)",
    ),
    Saying.JUDGE: (
        r"(tu )?me (crees|creen|cree|creeis)|me (culpas|juzgas|culpan|juzgan)",
        r"crees que (fue|es) mi culpa",
        r"(fue|es|sera|ha sido) (mi culpa|culpa mia)",
        (
            r"(esto )?(cuenta como|se considera|seria) (un |una )?(acoso|abuso|violacion|agresion|"
            r"delito|maltrato)( esto)?"
        ),
        r"(estoy|soy) (exagerando|exagerada|exagerado|loca|loco|paranoica|paranoico)|exagero",
        r"(eso|esto) cuenta",
        r"que (hago|debo hacer|deberia hacer|puedo hacer|tengo que hacer|me aconsejas)",
        r"esta (bien|permitido) (contar|escribir|hablar de|decir) (esto|eso)|esto es normal",
    ),
    Saying.BEFORE: (
        r"(ya )?(estuve|he estado) aqui( antes| ya| la semana pasada| el mes pasado| otra vez)*",
        r"ya (lo )?(conte|escribi|denuncie|hable|he contado) (todo )?(antes|aqui|la otra vez)",
        rf"(te acuerdas de|recuerdas a) mi|me recuerdas|donde (esta|quedo) mi {_CASE}",
        (
            r"(quiero|puedo|como puedo|como) (abrir|abro|ver|veo|continuar|encontrar|encuentro|"
            rf"recuperar|acceder a|seguir) mi {_CASE}( de antes| anterior)?"
        ),
        r"(iniciar|inicio de) sesion|tengo (mis|las) (doce |12 )?palabras|tengo (el|mi) codigo",
    ),
    Saying.RETURNED: (
        r"(ya )?(he vuelto|volvi|estoy de vuelta|he regresado|regrese|aqui estoy)",
        r"soy yo|aqui estoy",
        r"hola (otra vez|de nuevo)|soy yo (otra vez|de nuevo)",
        r"(podemos|puedo|quiero|vamos a|quisiera) (seguir|continuar|retomar)",
        (
            r"(seguir|continuar|continuemos|sigamos|(donde|en que|"
            r"por donde) (nos )?(quedamos|ibamos|"
            r"estabamos))"
        ),
    ),
    Saying.GREETING: (
        (
            r"(hola|buenas|buenos dias|buen dia|buenas tardes|"
            r"que tal|saludos|hey)( hola| buenas| buenos dias| buenas tardes| buenas noches| bot| "
            r"que tal| a todos| a todas| a todes)*"
        ),
        r"empezar|comenzar|empecemos|(quiero|como puedo) (empezar|comenzar)|como empiezo",
    ),
    Saying.HELLO_OR_GOODBYE: (r"(buenas noches|buena noche)( buenas noches| bot| a todos)*",),
    Saying.GOODBYE: (
        (
            r"((ok |vale )?((muchas|mil) )?gracias )?(y )?(adios|chao|chau|hasta (luego|pronto|"
            r"manana|otra|la proxima)|nos vemos|cuidate|me despido|feliz noche|"
            r"gracias buenas noches)( adios| bot| a todos| a todas| cuidate)*"
        ),
    ),
    Saying.ADD: (
        (
            rf"{_I_WANT} (anadir|agregar|contar|decir|escribir|poner|decirte|contarte) (algo|"
            r"algo mas|mas|una cosa|una cosa mas|otra cosa|mas cosas|un detalle|esto)"
            r"( mas| a mi historia| a la historia)*"
        ),
        (
            rf"{_I_WANT} {_FIX}( algo| mi historia| una cosa| un error| una palabra| "
            r"lo que (escribi|dije|puse))?"
        ),
        r"(se me olvido|olvide|me olvide de|me falto) (algo|una cosa|un detalle)",
        r"(una|otra) cosa( mas)?|hay (algo )?mas|falta algo",
    ),
    Saying.ADD_ASIDE: (
        (
            r"(si )?(anadelo|anadela|anademelo|agregalo|agregala|ponlo|ponla|incluyelo|incluyela|"
            r"sumalo|metelo)( a mi historia| en mi historia| a la historia| todo)*"
        ),
        r"(anade|agrega|pon|incluye|suma) (eso|esto|todo|lo que (escribi|puse))( a mi historia)?",
    ),
    Saying.SHOW: (
        (
            r"(muestrame|muestra|ensename|mostrar|quiero ver|puedo ver|dejame ver|quiero leer|"
            r"puedo leer|quisiera leer|muestreme) (todo )?(lo que (escribi|he escrito|dije|"
            r"he dicho|"
            r"conte|he contado|llevo escrito|has guardado|guardaste|tienes)|mi historia|todo)"
        ),
        (
            r"que (escribi|he escrito|dije|he dicho|llevo escrito|has guardado|guardaste|"
            r"tienes guardado|sabes)( hasta ahora| de mi| sobre mi)?"
        ),
        r"(muestramelo|ensenamelo|quiero verlo|quiero leerlo|puedo verlo|puedo leerlo)",
    ),
    Saying.HOW_LONG: (
        (
            r"(por |durante )?cuanto tiempo (lo |la |se )?(guardas|guardan|guardais|guarda|"
            r"conservas|conservan|conserva|queda|dura|estara|tienes|tienen)"
            rf"( guardado| guardada| {MINE}| aqui)*"
        ),
        (
            r"(cuando|hasta cuando) (lo |la |se )?(borras|borran|borra|elimina|eliminan|caduca|"
            rf"guardas|guardan|guarda|desaparece)( {MINE})?"
        ),
        r"(guardas|guardan) (esto|todo|lo que escribo)|(esto )?se guarda( esto)?",
    ),
    Saying.HOW_MUCH: (
        r"cuantas preguntas (mas )?(quedan|faltan|son|hay)( mas)?|(falta|queda) mucho",
        (
            r"cuanto (tiempo )?(falta|queda|tarda|se tarda|lleva|toma|dura)"
            r"( esto| para terminar| para acabar)?"
        ),
    ),
    Saying.LANGUAGE: (
        rf"(en )?{_TONGUE}",
        rf"(hablas|habla|hablan|hablais|entiendes|sabes|hay) (en )?{_TONGUE}",
        (
            rf"(puedo|podemos|quiero|prefiero) (hablar|escribir|seguir|hacerlo|"
            rf"contestar) en {_TONGUE}"
        ),
        rf"no (hablo|entiendo|se) (bien )?{_TONGUE}|idioma|idiomas",
        r"(puedo |quiero |como )?cambiar (de |el )?idioma",
    ),
    Saying.BACK: (
        (
            r"(quiero |puedo )?(volver|vuelve|vuelva|volvamos|regresar|regresa|atras|ir atras|"
            r"ir para atras|retroceder|dar marcha atras)( atras| un paso| una pregunta| "
            r"a la anterior| a la pregunta anterior)*"
        ),
        r"(la )?(pregunta|opcion) anterior|anterior|deshacer|deshaz eso",
        r"(boton|respuesta|opcion) (equivocado|equivocada)|elegi mal",
        (
            r"me (equivoque|he equivocado) de (boton|respuesta|opcion)|pulse (el que no era|"
            r"sin querer)"
        ),
    ),
    Saying.MISTAKE: (
        r"me (equivoque|he equivocado|confundi)|ups|uy|fallo mio|mi error|(lo )?escribi mal",
        r"(eso|esto) (esta mal|no es correcto|no es asi|es un error|es incorrecto)|esta mal",
        r"(es|fue|era) un error",
    ),
    Saying.SKIP: (
        (
            r"(saltar|salta|saltarla|saltala|omitir|omitela|omite|siguiente|pasar|paso|"
            r"pasa a la siguiente|otra pregunta)( esta| esa| esto| pregunta)*"
        ),
        (
            r"(prefiero|preferiria) no (decirlo|decir|contestar|responder|contarlo|"
            r"hablar de (eso|esto)|decir nada)( a eso| a esto)?"
        ),
        (
            r"no quiero (contestar|responder|decirlo|decirtelo|hablar de (eso|esto)|decir eso|"
            r"contarlo)( eso| esto| a eso| a esto| esta pregunta| a esta pregunta)?"
        ),
        (
            r"(puedo|se puede) (saltar|saltarme|saltarla|omitir|omitirla|pasar)( esto| esta|"
            r" pregunta)*"
        ),
        r"(tengo que|debo|hay que) (contestar|responder)( esto| eso| a esto| a eso| a todo)?",
        r"sin comentarios|no es asunto tuyo",
    ),
    Saying.DONE: (
        (
            r"(ya )?(termine|he terminado|acabe|he acabado|ya esta|listo|lista|estoy lista|"
            r"estoy listo|terminado|acabado|hecho|fin)( ya)?"
        ),
        r"(eso|esto) es todo|es todo|nada mas|no hay (nada )?mas|terminar|acabar|finalizar",
    ),
    Saying.UNSURE: (
        (
            r"(yo |todavia |aun |la verdad |realmente )*no (lo )?se( todavia| aun| bien|"
            r" muy bien| "
            r"cual| como| si quiero| si quiero esto| que (decir|hacer|elegir|poner|escribir))*"
        ),
        r"(todavia |aun )?no estoy (muy |del todo )?(segura|seguro)( todavia| aun| de eso)*",
        (
            r"quiza|quizas|tal vez|puede ser|a lo mejor|depende|mmm|hmm|ni idea|"
            r"no tengo (ni )?idea|no (me acuerdo|recuerdo|lo recuerdo|me decido|sabria decir)|"
            r"no puedo (decidir|decidirme|elegir)|es dificil( de decir)?|quien sabe"
        ),
    ),
    Saying.CONFUSED: (
        (
            r"(no|no lo|no te|no la|no les) (entiendo|entendi|comprendo|he entendido|pillo)"
            r"( nada| esto| eso| bien| la pregunta| lo que (quieres|dices|preguntas)|"
            r" que (quieres|significa|tengo que hacer))*"
        ),
        (
            r"que|como|eh|que quieres decir|que significa( esto| eso)?|a que te refieres|"
            r"(puedes )?(repetir|repite|repitelo)|no me queda claro|como asi|"
            r"estoy (confundida|confundido|perdida|perdido)|por que( preguntas( eso| esto)?)?"
        ),
        r"que (escribo|pongo|digo|elijo|hago aqui|tengo que (escribir|poner|elegir|pulsar))",
        r"((el boton|los botones|esto|el bot) )?no (funciona|funcionan|va|sirve|pasa nada)|error",
    ),
    Saying.APOLOGY: (
        (
            r"(lo siento|perdon|perdona|perdone|perdoname|disculpa|disculpe|disculpen|"
            r"mil disculpas|lo lamento)( mucho| tanto| la molestia| las molestias| "
            r"por (todo|esto|molestar|la molestia|"
            r"las molestias|los errores|escribir asi|el lio))*"
        ),
        r"no (quiero|queria) (molestar|molestarte|molestarles|ser una molestia)|te molesto",
    ),
    Saying.TEST: (r"prueba|probando|esto funciona|funciona( esto)?|esta funcionando",),
    Saying.YES: (
        (
            r"(si|sip|claro|claro que si|por supuesto|vale|de acuerdo|esta bien|ok|okey|"
            r"dale|bueno|bien|correcto|exacto|eso es|asi es|acepto|adelante|hazlo|desde luego|"
            r"creo que si|supongo|supongo que si|perfecto|genial|si quiero|venga|"
            r"como no)( si| claro| vale| bien| quiero| eso| esta bien)*"
        ),
    ),
    Saying.NO: (
        (
            r"(no|nop|para nada|nunca|jamas|de ninguna manera|en absoluto|mejor no|"
            r"claro que no|creo que no|no quiero|no lo quiero|ni hablar|la verdad no|tampoco|"
            r"no no)( no| gracias| muchas gracias| nunca| eso)*"
        ),
    ),
    Saying.THANKS: (
        (
            r"(gracias|muchas gracias|mil gracias|muchisimas gracias|te lo agradezco|"
            r"se agradece)( por (todo|escuchar|escucharme|tu ayuda|la ayuda|preguntar|"
            r"leerme)| a ti| "
            r"de verdad| de corazon)*"
        ),
    ),
}

SPANISH_SAYINGS = Sayings(_PATTERNS, _LEADING, _TRAILING, in_whole_words=True)
