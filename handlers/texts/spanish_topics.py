"""Spanish words that tell what a bot is for to whoever glances at a lock screen or a chat list."""

from handlers.texts.tables import TopicWords

SPANISH_TOPICS = TopicWords(
    beginnings=(
        *("denunci", "acoso", "acosad", "abusad", "agresion", "agresor", "violenci", "violacion"),
        *("violador", "victima", "sobrevivient", "superviviente", "maltrat", "hostigamiento"),
        *("depredador", "perpetrador"),
    ),
    words=frozenset(
        {
            *(
                "abuso",
                "abusos",
                "violada",
                "violado",
                "sexual",
                "sexuales",
                "machismo",
                "machista",
            ),
            *("queja", "quejas", "incidente", "incidentes", "testimonio", "testimonios", "trauma"),
            *("consentimiento", "yo tambien", "yo si te creo", "cuentalo", "feminicidio"),
        }
    ),
)
