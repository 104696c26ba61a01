"""How people in a hurry spell words of Spanish, and what those words are, without accents.

They are read like this in all tables of Spanish, so that none of them lists misspellings. What is
another word of Spanish is left out.
"""

from collections.abc import Mapping

SPANISH_SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(("q", "ke", "qe"), "que"),
    **dict.fromkeys(("xq", "pq", "xk", "porq"), "por que"),
    **dict.fromkeys(("x", "xr"), "por"),
    **dict.fromkeys(("xfa", "porfis", "plis", "pls", "plz", "please"), "porfa"),
    **dict.fromkeys(("xfavor", "xfabor", "porfabor", "profavor"), "porfavor"),
    **dict.fromkeys(("kiero", "qiero", "quero", "qero", "kero"), "quiero"),
    **dict.fromkeys(("kiere", "qiere", "kere"), "quiere"),
    **dict.fromkeys(("aki", "aqi", "aquy"), "aqui"),
    **dict.fromkeys(("toy", "stoy", "estoi", "etoy"), "estoy"),
    **dict.fromkeys(("sta", "ta", "hesta"), "esta"),
    **dict.fromkeys(("stan", "estn"), "estan"),
    **dict.fromkeys(("boy", "voi"), "voy"),
    "ba": "va",
    **dict.fromkeys(("nose", "nc"), "no se"),
    "nolo": "no lo",
    "nola": "no la",
    **dict.fromkeys(("bibir", "vivr", "bivir"), "vivir"),
    **dict.fromkeys(("morirm", "murirme"), "morirme"),
    **dict.fromkeys(("matr", "matarr"), "matar"),
    **dict.fromkeys(("suisidarme", "suicidarm", "suisidar"), "suicidarme"),
    **dict.fromkeys(("suisidio", "sucidio"), "suicidio"),
    **dict.fromkeys(("alluda", "hayuda", "aiuda", "ayda", "ayudaa", "ayudaaa", "auyda"), "ayuda"),
    **dict.fromkeys(("alludame", "hayudame", "ayudam", "alludenme", "aiudame"), "ayudame"),
    **dict.fromkeys(("nesesito", "nececito", "necesto", "nesecito"), "necesito"),
    **dict.fromkeys(("socoro", "sokorro"), "socorro"),
    **dict.fromkeys(("ausilio", "auxlio"), "auxilio"),
    **dict.fromkeys(("myedo", "mied", "miedoo"), "miedo"),
    **dict.fromkeys(("tngo", "tengp"), "tengo"),
    **dict.fromkeys(("embies", "enbies"), "envies"),
    **dict.fromkeys(("embie", "enbie"), "envie"),
    **dict.fromkeys(("embien", "enbien"), "envien"),
    **dict.fromkeys(("embiar", "enbiar"), "enviar"),
    **dict.fromkeys(("borar", "vorrar"), "borrar"),
    **dict.fromkeys(("vorra", "bora"), "borra"),
    **dict.fromkeys(("kancela", "cansela"), "cancela"),
    **dict.fromkeys(("canselar", "cancelarr"), "cancelar"),
    **dict.fromkeys(("ola", "holaa", "holaaa", "holi", "wenas"), "hola"),
    **dict.fromkeys(("grasias", "grax"), "gracias"),
    **dict.fromkeys(("kien", "qien"), "quien"),
    "komo": "como",
    "kasa": "casa",
    "ablar": "hablar",
    **dict.fromkeys(("sii", "siii", "siiii"), "si"),
    **dict.fromkeys(("noo", "nooo", "noooo"), "no"),
}
