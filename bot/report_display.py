"""How an opened report is shown to its reader at a terminal: first the terms, then the text."""

from bot.console import printable, say
from store.readers.delivery_bundle import OpenedReport

_TERMS = {
    "act.listen": "Read and listen, nothing else. Do not act on it and do not pass it on.",
    "act.unnamed": "You may act, but without naming the person who wrote this.",
    "act.accused": "You may put it to the person it is about.",
    "act.named": "You may act and say who wrote this.",
    "contact": "You may write to the person who wrote this, through the bot.",
}
_RULE = "─" * 60


def show_report(report: OpenedReport) -> None:
    """Print what the reader may do, then the report."""
    say(describe_terms(report.may))
    print(_RULE)
    print(printable(report.text))
    print(_RULE)
    for attachment in report.attachments:
        say(f"There is also a file with it: {attachment.name}")


def describe_terms(may: tuple[str, ...]) -> str:
    """Describe what the reporter allows, as sentences to the reader."""
    lines = [f"  • {_TERMS[token]}" for token in may]
    return "\n".join(["The person who wrote this decided what you may do:", *lines])
