"""Words and phrases that the rules of care search for, for each language.

They are regular expressions, so that endings are found as well, and ignore case. No list is ever
complete: it finds common slips, and people read the rest. Each language has its own reviewers, so
its own list.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flows.model import Flow


def whole_words(*patterns: str) -> re.Pattern[str]:
    """Compile a pattern that finds any of these as whole words."""
    return re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


PHONE_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[ /().-]*\d){5,}(?!\w)")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words that one language must not say, or not without a notice."""

    opening: re.Pattern[str]
    blame: re.Pattern[str]
    praise: re.Pattern[str]
    member: re.Pattern[str]
    compulsory: re.Pattern[str]
    promise: re.Pattern[str]
    subjects: Mapping[str, re.Pattern[str]]


ENGLISH = Phrases(
    opening=whole_words(
        "why",
        "how come",
        "explain",
        r"did(?: not|n['’]t) you",
        r"resist\w*|did you (?:fight|scream|shout|say no|defend|run|report|tell)",
        "were you (?:drunk|drinking|wearing|alone|flirting)",
        "(?:what|how) (?:were|was|did) you (?:wearing|wear|dressed)",
        "are you (?:sure|certain)",
        "prove|proof",
        r"alleged(?:ly)?|allegations?|supposed(?:ly)?|claim(?:s|ed)?",
        r"chronolog\w+|in (?:the )?(?:right|correct|exact) order",
    ),
    blame=whole_words(
        r"victims?(?:['’]s?)?",
        "your (?:own )?(?:fault|mistake)",
        "(?:should|could|ought to) have",
        "prevent(?:ed)? it|avoid(?:ed)? it",
        r"provok\w+|encourag\w+ (?:him|her|them)",
        r"inconsisten\w+|contradict\w*|exaggerat\w+|overreact\w*|misunderst\w+",
        "admit|confess(?:ion)?|guilty",
        "lie|lied|lying|false (?:report|accusation)s?|made (?:it )?up",
    ),
    praise=whole_words(
        r"brave\w*|courage\w*",
        "you(?:['’]re| are) (?:so |very )?(?:strong|right)",
        "(?:so |very )?proud of",
        "well done|good job",
        "thanks?|thank you",
        "(?:we|i) understand",
        "know how you feel",
        "(?:we['’]re|we are|i['’]m|i am) (?:so |very )?sorry",
    ),
    member=whole_words(r"(?<!commission )members?"),
    compulsory=whole_words(
        "required|mandatory|compulsory|obligatory",
        "you (?:must|have to|need to)",
        "must (?:be )?(?:answer|answered|fill|filled)",
        "(?:cannot|can['’]t|can not) (?:be skipped|skip)",
    ),
    promise=whole_words(
        "(?:call|phone|contact|reach|text|email|e-mail|message) us",
        "write to us|talk to us",
        "(?:somebody|someone|a human|a person|our team|the team) (?:is|will be) "
        "(?:now |here |there )?(?:reading|listening|watching|here|waiting|online)",
        "(?:we are|we['’]re) (?:here|reading|listening|online|there)",
        "(?:we|somebody|someone) (?:will|['’]ll) (?:call|answer|reply|contact|write|help)",
        "live chat|24/7|around the clock",
    ),
    subjects={
        "body": whole_words(
            r"body|bodies|bodily|health|medical\w*|doctors?|injur\w+|wound\w*|bruis\w*|bleed\w*",
            r"pregnan\w+|genital\w*|naked|breasts?|undress\w*",
        ),
        "violence": whole_words(
            r"violen\w+|assault\w*|attack\w*|beat|beaten|beating|hit|hitting|punch\w*|kick\w*",
            r"chok(?:e|ed|ing)|strangl\w+|weapons?|kni(?:fe|ves)|guns?|threat\w*|kill\w*|forced",
        ),
        "sex": whole_words(
            r"sex\w*|rap(?:e|ed|ing|ist)|intercourse|intima\w+|grop(?:e|ed|ing)|kiss\w*",
            r"touch(?:ed|ing)? you|fondl\w+|nudes?",
        ),
    },
)

SPANISH = Phrases(
    opening=whole_words(
        "por qu[eé]",
        "c[oó]mo es que",
        r"expl[ií]ca\w*|expliqu\w+",
        r"(?:te|se|os) resist\w+",
        "(?:qué|como|cómo) (?:llevabas|ibas vestid[oa]s?|vestías|llevaba|vestía)",
        "qué ropa",
        "(?:habías|había) bebido|estabas (?:sol[oa]|borrach[oa])",
        "estás segur[oa]s?|está segur[oa]",
        r"demuestr\w+|demostr\w+|pruebas?",
        r"supuest[oa]s?|supuestamente|presunt[oa]s?|presuntamente",
        r"cronológic\w+|en (?:el )?orden (?:correcto|exacto)",
    ),
    blame=whole_words(
        r"víctimas?|victimas?",
        r"culp\w+",
        "(?:deberías|debería|debiste|debió|podrías|podría|pudiste|tendrías que) haber\\w*",
        r"provoc\w+|resistir\w*",
        r"incoheren\w+|contradic\w+|contradij\w+|exager\w+|malentend\w+|malinterpret\w+",
        r"confes\w+|admit\w+",
        r"ment(?:ir|iste|ira|iras|ido|iendo)|mient\w+|denuncias? falsas?",
    ),
    praise=whole_words(
        "valientes?|valentía|coraje",
        "(?:eres|es usted) (?:muy )?fuerte",
        r"orgullos\w+",
        "bien hecho|muy bien",
        "gracias",
        "(?:entiendo|entendemos|comprendo|comprendemos)",
        "sé cómo te sientes|sabemos cómo",
        "lo (?:siento|sentimos)",
    ),
    member=whole_words("miembr[oa]s?(?! de la comisión)"),
    compulsory=whole_words(
        r"obligatori\w+|imprescindibles?",
        "(?:debes|debe|tienes que|tiene que|hay que|hace falta)(?! nunca)",
        r"no (?:se )?(?:puede|puedes) (?:saltar\w*|omitir\w*)",
    ),
    promise=whole_words(
        "ll[aá]m[ae]nos|escr[ií]b[ae]nos|cont[aá]ct[ae]nos|h[aá]bl[ae]nos",
        "estamos (?:aquí|leyendo|escuchando|contigo|para ti)",
        "alguien (?:te |le )?(?:está|estará) (?:leyendo|escuchando|aquí)",
        "te (?:llamaremos|responderemos|contestaremos|escribiremos|ayudaremos)",
        r"24/7|las 24 horas",
    ),
    subjects={
        "body": whole_words(
            r"cuerpos?|corporal\w*|salud|médic\w+|herid\w+|lesion\w*|moret\w+|sangr\w+",
            r"embaraz\w+|genital\w*|desnud\w+|pechos?",
        ),
        "violence": whole_words(
            r"violen\w+|agred\w+|agresi\w+|atac\w+|ataques?|golpe\w*|peg(?:ar|ó|aron)|patad\w+",
            r"estrangul\w+|ahog\w+|armas?|cuchillos?|pistolas?|amenaz\w+|matar\w*|forz\w+",
        ),
        "sex": whole_words(
            r"sex\w+|viol(?:ar|ó|aron|ada|ado|ador|ación|aciones)|íntim\w+|intimidad",
            r"manose\w+|bes(?:ar|ó|o|os|aron)|tocó|tocaron|desnudos",
        ),
    },
)

PHRASES: Mapping[str, Phrases] = {"en": ENGLISH, "es": SPANISH}
"""The phrases by language, without region."""


def phrases_for(flow: Flow) -> Phrases | None:
    """Return the phrases of the flow's language, if there is a list."""
    return PHRASES.get(flow.language.split("-")[0])
