"""The review kit in ``docs/review``: transcripts, answers, and the list of walks that are open."""

import re
from pathlib import Path

from tests.walks.playing import head, walks
from tests.walks.sheets import (
    ANSWERS,
    QUESTIONS,
    REVIEW,
    TRANSCRIPTS,
    Given,
    Sheet,
    digest,
    read_sheet,
    write_sheet,
)

README = REVIEW / "README.md"
SIGNED, FORM = REVIEW / "signed", REVIEW / "form.md"
BEGIN, END = (
    "<!-- The list of walks: `python -m tests.walks list` -->",
    "<!-- End of the list. -->",
)
FIELDS = ("Name", "Date", "Revision", "Language", "Signature")
INSTRUCTION = """\
Below is everything that somebody saw in a chat with a program, on Telegram. You know nothing else
about the program. Answer the five questions about where this leaves the person, at the end of the
chat. Answer from the chat only. Where it does not say, write that it does not say. One short
paragraph for each question, beginning with the word that stands before the question and a colon.
"""


def transcript_of(name: str) -> Path:
    """Where the transcript of a walk lies."""
    return TRANSCRIPTS / f"{name}.md"


def sheet_of(name: str) -> Path:
    """Where the answers about a walk lie."""
    return ANSWERS / f"{name}.toml"


def titled(name: str, transcript: str) -> str:
    """A transcript as its file has it: without a word about who comes, and what is right."""
    return f"# {title(name)}\n\n{transcript}"


def title(name: str) -> str:
    """What a walk is called."""
    return name.replace("_", " ").capitalize()


def asked(name: str) -> str:
    """What a reader is given, and nothing besides."""
    questions = "\n".join(f"{key}: {text}" for key, text in QUESTIONS.items())
    return f"{INSTRUCTION}\n{questions}\n\n---\n\n{transcript_of(name).read_text('utf-8')}"


def renewed(
    before: Sheet | None, transcript: str, right: dict[str, str], named: list[str]
) -> Sheet:
    """A sheet with what is right now; what was answered stays, for the transcript it was about."""
    return Sheet(digest(transcript), right, named, before.given if before else ())


def answered(sheet: Sheet, by: str, date: str, text: str) -> Sheet:
    """A sheet with one more reader's answers; a ValueError where one is missing."""
    keys = "|".join(QUESTIONS)
    parts = re.split(rf"(?m)^\W*({keys})\W*:\W*", text)[1:]
    answers = {k: " ".join(a.split()) for k, a in zip(parts[::2], parts[1::2], strict=True)}
    missing = [key for key in QUESTIONS if not answers.get(key)]
    if missing:
        raise ValueError(f"there is no answer to: {', '.join(missing)}")
    given = Given(by, date, sheet.transcript, "", "", answers, {})
    return Sheet(sheet.transcript, sheet.right, sheet.must_name, (*sheet.given, given))


def judged(sheet: Sheet, by: str, verdicts: dict[str, str]) -> Sheet:
    """A sheet on which the newest answers are judged by what is right now."""
    if verdicts.keys() != QUESTIONS.keys() or {*verdicts.values()} - {"right", "wrong"}:
        raise ValueError(f"say right or wrong of each: {', '.join(QUESTIONS)}")
    *earlier, last = sheet.given
    now = Given(
        last.by, last.date, last.transcript, sheet.right_digest, by, last.answers, verdicts
    )
    return Sheet(sheet.transcript, sheet.right, sheet.must_name, (*earlier, now))


def write(name: str, sheet: Sheet) -> None:
    """Write a sheet."""
    sheet_of(name).parent.mkdir(parents=True, exist_ok=True)
    sheet_of(name).write_text(write_sheet(sheet), "utf-8")


def save(name: str, sheet: Sheet) -> None:
    """Write a sheet, and the list in which it stands."""
    write(name, sheet)
    README.write_text(with_list(README.read_text("utf-8")), "utf-8")


def state(sheet: Sheet) -> str:
    """What is known of a walk, in a few words."""
    if sheet.failures():
        return "**failed**"
    because = sheet.open_because()
    if because:
        return f"**open**: {because}"
    last = sheet.given[-1]
    return f"understood by {last.by}, {last.date}"


def open_walks() -> dict[str, str]:
    """Walks that no reader has understood yet, each with the reason."""
    sheets = {path.stem: read_sheet(sheet_of(path.stem)) for path in walks()}
    return {name: sheet.open_because() for name, sheet in sheets.items() if sheet.open_because()}


def list_of_walks() -> str:
    """The table of the document."""
    rows = ["| walk | who comes | state |", "|---|---|---|"]
    for path in walks():
        who = head(path).partition("\n\n")[0].replace("\n", " ")
        link = f"[{title(path.stem)}](walks/{path.stem}.md)"
        rows.append(f"| {link} | {who} | {state(read_sheet(sheet_of(path.stem)))} |")
    return "\n".join(rows)


def with_list(text: str) -> str:
    """The document with the list as it is now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{list_of_walks()}\n\n{END}{after}"


def signed_forms() -> list[Path]:
    """Forms that were filled in and signed; one that is not complete is none."""
    forms = sorted(SIGNED.glob("*.md")) if SIGNED.exists() else []
    return [form for form in forms if not missing_fields(form.read_text("utf-8"))]


def missing_fields(text: str) -> list[str]:
    """Fields of a form that are empty."""
    filled = dict(re.findall(r"(?m)^\*\*(\w+):\*\*(.*)$", text))
    return [name for name in FIELDS if not filled.get(name, "").strip("_ ")]
