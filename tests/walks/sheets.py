"""The five questions about a walk: what is right by the store, and what a reader answered.

A reader is given the transcript and nothing else. What they answer stands with their name and the
date in ``docs/review/answers``, beside the right answers, and somebody says of each whether it is
right. Answers count for the transcript on which they were given, and for no other.
"""

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.walks.ending import Ending

ROOT = Path(__file__).parents[2]
REVIEW = ROOT / "docs" / "review"
TRANSCRIPTS, ANSWERS = REVIEW / "walks", REVIEW / "answers"
RIGHT, WRONG = "right", "wrong"

QUESTIONS: Mapping[str, str] = {
    "who": "Who can read the story now? Who could read it later, if nobody does anything?",
    "telegram": "What stays on Telegram: in this chat, and at Telegram itself?",
    "stop": "How can the person stop it, take it back or delete it from here on?",
    "lost": "What if they lose the words they were given, or never wrote them down?",
    "until": "Until when is it kept?",
}


def names(people: Sequence[str]) -> str:
    """Ash; Ash and Oak; Ash, Oak and Rowan."""
    *most, last = people
    return f"{', '.join(most)} and {last}" if most else last


def _who(end: Ending) -> Iterator[str]:
    if not end.is_anything_there and not end.has_copy:
        yield "Nobody. Nothing is there any more to be read."
        return
    if end.talk_until and not end.stays_after_talk:
        yield (
            "No commission member. While the talk is open, anyone who can use this account can "
            "open it, and the program and its operator could read it."
        )
        return
    if end.opens:
        yield "The person, with the twelve words."
    for name, hours in end.held.items():
        yield f"{name} not yet, but in about {hours} hours unless it is stopped."
    if end.can_get:
        yield f"{names(end.can_get)} from now on."
    if end.has_copy:
        yield f"{names(end.has_copy)}, who has a copy and keeps it."
    yield "Nobody else." if end.opens or end.can_get or end.has_copy else "Nobody now."
    if end.is_anything_there and not end.opens:
        yield "The person cannot read it again either."


def _telegram(end: Ending) -> Iterator[str]:
    chat = end.chat
    if len(chat.deleted) < len(chat.of_person + chat.of_bot):
        but = f", but {_messages(chat.deleted)}" if chat.deleted else ""
        yield f"Everything stays in the chat{but}."
    else:
        yield f"In the chat, of the person: {_messages(chat.of_person)}."
        yield f"Of the bot: {_messages(chat.of_bot)}. All others went."
    yield "Recovery words stand there." if chat.secrets else "No recovery words stand there."
    yield "Telegram itself may keep copies of everything, also of what was deleted."


def _messages(numbers: str) -> str:
    many = "," in numbers or "–" in numbers
    return f"message{'s' * many} {numbers}" if numbers else "nothing"


def _stop(end: Ending) -> Iterator[str]:
    if not end.is_anything_there:
        yield "There is nothing left here to stop or delete."
    if end.talk_until and not end.stays_after_talk:
        yield "In this chat: /stop, or /erase, which deletes all of it."
        yield "If they do nothing it is deleted by itself."
    if end.stops:
        yield "Until then: “Stop it”, or plain words such as “don't send it”, in this chat."
    if end.kept_until and end.takes_back:
        shared = end.held or end.can_get
        does = "/withdraw takes it back and /erase deletes it" if shared else "/erase deletes it"
        yield f"{does}, with the four words{' or the twelve' if end.opens else ''}."
    if end.has_copy:
        yield f"What {names(end.has_copy)} has read cannot be taken back."


def _lost(end: Ending) -> Iterator[str]:
    if not end.is_anything_there:
        yield "That changes nothing: there is nothing to open or to take back."
    elif end.talk_until and not end.stays_after_talk:
        yield "There are none yet. /start in this chat goes on with the talk until it ends."
    elif end.opens:
        yield "Nobody can reset the twelve words. Without them nobody can open the story here."
        yield "The four words still take it back and delete it, and open nothing."
        yield "Without both it stays until its time is over."
    else:
        yield "There are only the four words. Nobody can reset them."
        yield "Without them the person cannot take it back or delete it."
    if end.stops:
        yield "Until it is handed over, it can be stopped in this chat without any words."


def _until(end: Ending) -> Iterator[str]:
    if not end.is_anything_there:
        yield "It is not kept: nothing is left here."
    if end.talk_until and not end.stays_after_talk:
        yield f"Until {end.talk_until}, if they do not come back. Then it is deleted."
    elif end.kept:
        yield f"Until {end.kept_until}, or until they delete it."
    elif end.kept_until:
        yield (
            f"It is not kept for the person. A copy that a reader does not get is deleted after "
            f"about {end.kept_weeks} weeks."
        )
    if end.has_copy:
        yield f"{names(end.has_copy)} keeps a copy."


RULES: Mapping[str, Callable[[Ending], Iterator[str]]] = {
    "who": _who,
    "telegram": _telegram,
    "stop": _stop,
    "lost": _lost,
    "until": _until,
}


def right_answers(end: Ending) -> dict[str, str]:
    """What is right, computed from how the walk ended."""
    return {key: " ".join(rule(end)) for key, rule in RULES.items()}


def people_named(end: Ending) -> list[str]:
    """Commission members without whom an answer to the first question is wrong."""
    return sorted({*end.held, *end.can_get, *end.has_copy})


def digest(text: str) -> str:
    """What a transcript is known by."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Given:
    """What one reader answered."""

    by: str
    """A name, or what kind of reader: "a language model that was given only the transcript"."""
    date: str
    transcript: str
    """The hash of the transcript that they were given."""
    right: str
    """The hash of the right answers by which it was judged; empty as long as it was not."""
    judged_by: str
    answers: Mapping[str, str] = field(repr=False)
    verdicts: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A file of ``docs/review/answers``."""

    transcript: str
    right: Mapping[str, str]
    must_name: Sequence[str] = ()
    given: Sequence[Given] = ()

    @property
    def right_digest(self) -> str:
        """What the right answers are known by."""
        return digest(json.dumps(self.right, sort_keys=True))

    def open_because(self) -> str:
        """Why the walk is not held yet; empty if it is."""
        now = [g for g in self.given if g.transcript == self.transcript]
        if not now:
            return "changed since it was answered" if self.given else "not answered yet"
        if any(g.right != self.right_digest or not g.verdicts for g in now):
            return "answered, not judged yet"
        return ""

    def failures(self) -> list[str]:
        """What was answered wrongly; one is enough for the walk to fail."""
        found = list[str]()
        for given in self.given:
            if given.transcript != self.transcript:
                continue
            for key in QUESTIONS:
                if given.verdicts and given.verdicts.get(key) != RIGHT:
                    found.append(f"{key}, by {given.by}: {given.answers.get(key, 'no answer')}")
            for name in self.must_name:
                if name not in given.answers.get("who", ""):
                    found.append(f"who, by {given.by}: {name} is not named")
        return found


def read_sheet(path: Path) -> Sheet:
    """A sheet as it is recorded."""
    data = tomllib.loads(path.read_text("utf-8"))
    given = [
        Given(
            by=g["by"],
            date=g["date"],
            transcript=g["transcript"],
            right=g["right"],
            judged_by=g["judged_by"],
            answers=g["answers"],
            verdicts=g["verdicts"],
        )
        for g in data.get("given", [])
    ]
    right = {key: data["questions"][key]["right"] for key in data["questions"]}
    return Sheet(data["transcript"], right, data["must_name"], given)


def write_sheet(sheet: Sheet) -> str:
    """A sheet as the text of its file."""
    lines = [
        "# Written by a program: docs/review/README.md says how it takes answers and verdicts.",
        "",
        f"transcript = {_string(sheet.transcript)}",
        f"must_name = {json.dumps(list(sheet.must_name))}",
    ]
    for key, asked in QUESTIONS.items():
        lines += ["", f"[questions.{key}]", f"asked = {_string(asked)}"]
        lines.append(f"right = {_string(sheet.right[key])}")
    for given in sheet.given:
        lines += ["", "[[given]]"]
        lines += [
            f"{name} = {_string(getattr(given, name))}"
            for name in ("by", "date", "transcript", "right", "judged_by")
        ]
        for name in ("answers", "verdicts"):
            lines += ["", f"[given.{name}]"]
            lines += [f"{key} = {_string(text)}" for key, text in getattr(given, name).items()]
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    """A basic string of TOML: the escapes of JSON are among its own."""
    return json.dumps(text, ensure_ascii=False)
