"""The built page is what its source gives, and its types hold."""

import json
import subprocess
from pathlib import Path
from typing import Any

from bot.reader_page import read_page
from bot.report_display import describe_terms
from handlers.texts.languages import LANGUAGES
from store.cases.statement import MAY
from tests.doubles.node.typage import NODE
from tests.unit.handlers.permissions.test_report import PERSON, STORY, WISH, report

READER = Path(__file__).parents[3] / "reader"
BUILD = "Build it again: make reader"


def run_node(*arguments: str | Path, given: object = None) -> str:
    """What a script writes to its standard output."""
    command = [str(NODE), *map(str, arguments)]
    text = json.dumps(given)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    built = tmp_path / "reader.html"
    run_node(READER / "build.mjs", built)
    assert built.read_bytes() == read_page(), BUILD


def test_the_types_hold() -> None:
    run_node(READER / "node_modules" / "typescript" / "bin" / "tsc", "--project", READER)


def test_the_page_knows_the_words_of_every_language_in_a_report() -> None:
    """Where they change, write them into the file anew and build the page again."""
    words = [
        {
            "language": code,
            "notice": language.texts.report.notice,
            "person": language.texts.report.headings["person"].upper(),
            "story": language.texts.report.headings["story"].upper(),
        }
        for code, language in LANGUAGES.items()
    ]
    assert json.loads((READER / "src" / "report_words.json").read_text("utf-8")) == words


def test_the_page_says_the_terms_as_the_command_does() -> None:
    page = read_page().decode()
    for line in describe_terms(MAY).splitlines():
        assert line.removeprefix("  • ") in page


def parts_of(*reports: dict[str, Any]) -> list[Any]:
    return list(json.loads(run_node(READER / "tests" / "parts.ts", given=reports)))


def test_a_report_of_the_bot_is_parted_where_the_bot_joined_it() -> None:
    parts = ["needs", "person", "story"]
    texts = {
        "all": report("all"),
        "needs_person": report("needs_person"),
        "needs": report("needs"),
    }
    whole, without_story, without_person = parts_of(
        {"text": texts["all"], "parts": parts},
        {"text": texts["needs_person"], "parts": parts[:2]},
        {"text": texts["needs"], "parts": parts[:1]},
    )
    for parted, text in ((whole, texts["all"]), (without_story, texts["needs_person"])):
        assert PERSON in parted["person"]
        assert not any(told in parted["person"] for told in (WISH, STORY))
        assert not any(told in parted["terms"] for told in (WISH, STORY, PERSON))
        assert text.startswith(parted["terms"])
        assert text.endswith(parted["told"])
    assert STORY in whole["told"]
    assert without_person["person"] is None


def test_nothing_of_a_report_is_lost_by_parting() -> None:
    told = "WHAT WAS TOLD\n\nWHO IT IS ABOUT\n\nNobody."
    older, named, odd = parts_of(
        {"text": told, "parts": ["person", "story"]},
        {"text": f"Terms.\n\n{ENGLISH_NOTICE}\n\n{told}", "parts": ["person", "story"]},
        {"text": f"Terms.\n\n{ENGLISH_NOTICE}\n\nNo heading.", "parts": ["person"]},
    )
    assert older == {"terms": "", "person": None, "told": told}
    assert named == {"terms": "Terms.", "person": "Nobody.", "told": told}
    assert odd == {"terms": "Terms.", "person": None, "told": "No heading."}


ENGLISH_NOTICE = LANGUAGES["en"].texts.report.notice
