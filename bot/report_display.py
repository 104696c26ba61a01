"""How an opened report is shown to its reader at a terminal: first the terms, then the text."""

from bot.console import printable, say
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES
from store.readers.delivery_bundle import OpenedReport

_TERMS = {
    "act.listen": "Read and listen, nothing else. Do not act on it and do not pass it on.",
    "act.unnamed": (
        "Only without naming the person who wrote this, or anybody it happened to: you may act."
    ),
    "act.accused": (
        "Only without naming the person who wrote this, or anybody it happened to: you may put it "
        "to the person it is about."
    ),
    "act.named": "You may act and say who wrote this.",
    "contact": "You may write to the person who wrote this, through the bot.",
}
_RULE = "─" * 60


def show_report(report: OpenedReport) -> None:
    """Print what the reader may do and how to step aside, then the report."""
    say(describe_terms(report.may))
    for paragraph in before_reading(report.text):
        say(paragraph)
    print(_RULE)
    print(printable(report.text))
    print(_RULE)
    for attachment in report.attachments:
        say(f"There is also a file with it: {attachment.name}")


def before_reading(text: str) -> tuple[str, ...]:
    """Return how to step aside and a notice, for a report of a version that did not say it."""
    if any(language.texts.report.notice in text for language in LANGUAGES.values()):
        return ()
    texts = LANGUAGES[FIRST_LANGUAGE].texts.report
    return texts.before_reading, texts.notice


def describe_terms(may: tuple[str, ...]) -> str:
    """Describe what the reporter allows, as sentences to the reader."""
    lines = [f"  • {_TERMS[token]}" for token in may]
    return "\n".join(["The person who wrote this decided what you may do:", *lines])
