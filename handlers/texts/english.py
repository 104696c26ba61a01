"""The catalogue of English texts."""

from handlers.texts.catalogue import Catalogue
from handlers.texts.english_conversation import (
    HELP,
    LEAVING,
    REFUSALS,
    REVOKED_QUESTIONS,
    TELLING,
    WELCOME,
)
from handlers.texts.english_language import LANGUAGE
from handlers.texts.english_listening import LISTENING
from handlers.texts.english_platforms import (
    CHAT,
    FOOTERS,
    LABELS,
    MATRIX,
    READERS,
    ROOM,
    TELEGRAM,
    TERMINAL,
    TIMES,
)
from handlers.texts.english_sharing import CASE, HANDOVER, PERMISSIONS, RECOVERY, REPORT, REVIEW

ENGLISH = Catalogue(
    welcome=WELCOME,
    revoked_questions=REVOKED_QUESTIONS,
    telling=TELLING,
    refusals=REFUSALS,
    leaving=LEAVING,
    help=HELP,
    permissions=PERMISSIONS,
    review=REVIEW,
    report=REPORT,
    handover=HANDOVER,
    recovery=RECOVERY,
    case=CASE,
    readers=READERS,
    footers=FOOTERS,
    telegram=TELEGRAM,
    matrix=MATRIX,
    terminal=TERMINAL,
    chat=CHAT,
    room=ROOM,
    times=TIMES,
    listening=LISTENING,
    language=LANGUAGE,
    labels=LABELS,
)
