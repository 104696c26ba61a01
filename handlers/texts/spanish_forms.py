"""Words of Spanish that several tables need, without accents, for all ways of saying *you*."""

IT = ("lo", "la", "los", "las")
READERS = (
    "(ellos|ellas|el|ella|nadie|alguien|ninguno|ninguna|la gente|los lectores|las lectoras|"
    "otra gente|otras personas|mi (jefe|jefa|marido|pareja|familia|profesor|profesora|ex)|them)"
)
"""``them`` stands for each reader who was named (``handlers.reporter.listening``)."""
MINE = (
    "(todo|todo esto|todo eso|esto|eso|mi historia|mi relato|mi testimonio|mi denuncia|mi informe|"
    "mi reporte|mi mensaje|mis mensajes|mis datos|mis palabras|mi caso|mi cuenta|el chat|"
    "este chat|la historia|el informe|la denuncia|lo mio|"
    "(todo )?lo que (escribi|he escrito|dije|he dicho|conte|he contado|te conte|te dije))"
)


def one_of(*words: str) -> str:
    """Return a pattern of any of these words."""
    return f"({'|'.join(words)})"


def with_pronouns(*verbs: str) -> str:
    """Return a pattern of verbs as they are, and with *it* or *them* behind: *borrar(lo)*."""
    return one_of(*verbs, *(f"{verb}{it}" for verb in verbs for it in IT))


TO_SEND = ("enviar", "mandar", "compartir", "publicar", "entregar")
SEND_NOT = (
    *("envies", "envie", "envien", "envieis", "mandes", "mande", "manden", "mandeis"),
    *("compartas", "comparta", "compartan", "compartais", "publiques", "publiquen"),
    *("entregues", "entreguen"),
)
"""Behind *no*."""
TO_ERASE = ("borrar", "eliminar", "destruir", "suprimir")
ERASE = (
    *("borra", "borre", "borren", "borrad", "elimina", "elimine", "eliminen", "eliminad"),
    *("destruye", "destruyan", "suprime"),
)
ERASED = ("borres", "borre", "borren", "elimines", "elimine", "eliminen")
"""Behind *quiero que*."""
CALL = (
    *("llamen", "llame", "llames", "llameis", "contacten", "contacte", "contactes", "escriban"),
    *("escriba", "escribas", "busquen", "busque", "busques", "localicen", "telefoneen", "visiten"),
    *("hablen", "hable", "contesten", "respondan", "manden mensajes", "envien mensajes"),
)
"""Behind *que no me* and *no me*."""
READ = ("lea", "lean", "vea", "vean", "sepa", "sepan", "reciba", "reciban", "tenga", "tengan")
"""Behind *no quiero que*."""
