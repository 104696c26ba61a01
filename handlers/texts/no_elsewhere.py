"""The bare *no* of languages that the bot does not speak.

Where it is asked how somebody can be reached, a no that is taken for a way costs most, in whatever
language somebody says it in a hurry. They are written as ``flows.folding.folded`` leaves them.
"""

_NO = (
    *("nein", "nee", "nej", "nei", "ei", "nem", "non", "não", "nao", "nie", "ne", "nu"),
    *("нет", "не", "ні", "όχι", "hayır", "hayir", "yok", "لا", "לא", "नहीं"),
    *("不", "不要", "不用", "不用了", "いいえ", "いや", "아니요", "아니오"),
)
_THANKS = (
    *("danke", "merci", "grazie", "obrigado", "obrigada", "dziękuję", "dziekuje", "bedankt"),
    *("спасибо", "дякую", "teşekkürler", "شكرا", "谢谢", "ありがとう"),
)

NO_ELSEWHERE = f"({'|'.join(_NO)})( ({'|'.join((*_NO, *_THANKS))}))*"
"""A pattern over a whole message, as those of ``handlers.texts.tables.Refusals``."""
