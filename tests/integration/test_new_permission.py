"""A permission is added by one module and one line of the registry, and is whole at once.

This file is the module. The permission stands in the vocabulary, but this build does not honour
it yet. It is signed under a scope that the database knows; a new scope needs a migration.
"""

import hashlib
from pathlib import Path

import pytest

from bot.app import read_flows
from flows import FlowProblems
from handlers.permissions.consent import Consent
from handlers.permissions.permission import Permission
from handlers.permissions.registry import PERMISSIONS
from tests.databases import ON_BOTH_ENGINES
from tests.kept import left
from tests.rig import Rig, make_rig
from tests.talk_script import OAK_READS
from tests.unit.handlers.test_turn import give_back

pytestmark = ON_BOTH_ENGINES

QUESTION = "May it be counted in the numbers that the commission publishes?"
YES = "Yes, count it"
STEP = f"""\
[[step]]
id   = "numbers"
kind = "permission"
asks = "numbers"
when = {{ fate = "read" }}
text = "{QUESTION}"
choices = [
  {{ id = "no",  text = "No" }},
  {{ id = "yes", text = "{YES}" }},
]

[[step]]
id   = "review"
"""
OVERVIEW_LINE = "It is counted in the published numbers."
CHANGE_LABEL = "Change: whether it is counted"
REPORT_LINE = "The reporter allows: count it in the published numbers."


def describe_counting(consent: Consent) -> str:
    """Say that it is counted, if that was allowed."""
    return OVERVIEW_LINE if consent.find("numbers") else ""


def instruct_counting(consent: Consent) -> str:
    """Tell the readers that they may count it."""
    return REPORT_LINE if consent.find("numbers") else ""


NUMBERS = Permission(
    name="numbers",
    overview=describe_counting,
    change_label=lambda _texts: CHANGE_LABEL,
    scope="keep",
    report=instruct_counting,
)


@pytest.fixture
def rig(tmp_path: Path, store_url: str) -> Rig:
    """An organisation whose questionnaire asks for it, and whose program honours it."""
    made = make_rig(tmp_path, url=store_url)
    questionnaire = tmp_path / "flows" / "intake.toml"
    text = questionnaire.read_text("utf-8")
    before_review = '[[step]]\nid   = "review"\n'
    assert text.count(before_review) == 1
    questionnaire.write_text(text.replace(before_review, STEP), "utf-8")
    made.permissions = (*PERMISSIONS, NUMBERS)
    return made


async def ask(rig: Rig) -> None:
    """Answer everything before it."""
    await rig.tell("a story")
    await rig.say(*OAK_READS)
    (reply,) = await rig.say("yes, keep it")
    assert reply.text.startswith(QUESTION)


async def test_a_new_permission_is_asked_described_handed_over_and_signed(rig: Rig) -> None:
    await ask(rig)
    (overview,) = await rig.say(YES)
    assert f"– {OVERVIEW_LINE}\n" in f"{overview.text}\n"
    assert CHANGE_LABEL in [offer.label for offer in overview.offers]
    await rig.say("yes, that's right")
    await rig.press("bot.review", "now")

    (code,) = await rig.inbox("Oak")
    report = rig.open("Oak", await rig.fetch("Oak", code))
    assert REPORT_LINE in report.text.splitlines()

    signed = [last for _, (last,) in (await left(rig, await give_back(rig))).statements]
    (words, scope) = next(
        (words, scope) for _, _, words, scope, *_ in signed if words.step == "numbers"
    )
    assert scope == NUMBERS.scope
    assert words.digest == hashlib.sha256(f"{QUESTION}\n{YES}".encode()).digest()


async def test_a_new_permission_that_is_refused_leaves_nothing(rig: Rig) -> None:
    await ask(rig)
    (overview,) = await rig.say("no")
    assert OVERVIEW_LINE not in overview.text
    await rig.say("yes, that's right")
    await rig.press("bot.review", "now")

    (code,) = await rig.inbox("Oak")
    assert REPORT_LINE not in rig.open("Oak", await rig.fetch("Oak", code)).text

    signed = [last for _, (last,) in (await left(rig, await give_back(rig))).statements]
    assert "numbers" not in {words.step for _, _, words, *_ in signed}


def test_without_its_line_in_the_registry_its_question_is_refused(rig: Rig) -> None:
    with pytest.raises(FlowProblems, match="cannot keep the promise of 'numbers' yet"):
        read_flows(rig.config)
