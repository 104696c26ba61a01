"""Write down a talk as somebody with Telegram sees it, for people who know nothing of the program.

Every message has its number. What they typed, what they tapped, what the bot said, what could be
tapped below it, and which messages went from the chat: nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.doubles.telegram.double import Call
from tests.rig import START
from tests.transcript import TelegramTape

SENT = frozenset({"sendMessage", "sendDocument"})
DELETED = frozenset({"deleteMessage", "deleteMessages"})


@dataclass(slots=True)
class ReadingTape(TelegramTape):
    """A stage that notes down what is seen on it; ``lines`` are paragraphs."""

    numbers: dict[int, int] = field(default_factory=dict)
    """The number of each message in the transcript, by its id."""
    gone: list[int] = field(default_factory=list)

    async def say(self, text: str) -> None:
        """Type and send."""
        self.flush()
        said = await self.person.say(text)
        self.lines.append(f"**{self.number(said.id)} — You write:** {text}")
        await self.settle()

    async def choose(self, *labels: str) -> None:
        """Tap, by the whole label of what is tapped."""
        self.flush()
        before = [button.label for m in reversed(self.person.screen) for button in m.buttons]
        tapped = [next((b for b in before if b.startswith(la)), la) for la in labels]
        self.lines.append(f"*You tap:* {' · '.join(f'[{label}]' for label in tapped)}")
        await self.stage.choose(*labels)
        await self.settle()

    async def pass_by(self, what: str) -> None:
        """Note down that time passes; what readers do is not seen in the chat."""
        await self.settle()
        verb, _, rest = what.partition(" ")
        if verb == "later":
            unit, _, number = rest.partition("=")
            day = self.bot.rig.clock() + timedelta(**{unit: float(number)})
            passed = f"{number} {unit.removesuffix('s') if number == '1' else unit} later"
            self.lines.append(f"*{passed}, on {_day(day)}.*")

    def number(self, message_id: int) -> int:
        """Count messages from one, in the order of the chat."""
        return self.numbers.setdefault(message_id, len(self.numbers) + 1)

    def flush(self) -> None:
        """Note down what came and went since the last step."""
        new = self.bot.double.calls[self.calls :]
        self.calls += len(new)
        for call in new:
            if call.method in SENT and str(call.params.get("chat_id")) == str(self.person.id):
                self._goes()
                message = self.person.received[self.sent]
                self.sent += 1
                self.lines.append("\n".join(_said(call, self.number(message.id))))
            elif call.method in DELETED:
                self.gone += _deleted(call)
        self._goes()

    def _goes(self) -> None:
        """Note down what was deleted, in one line."""
        if self.gone:
            gone = spans(self.number(each) for each in self.gone)
            self.lines.append(f"*Gone from the chat now: {gone}.*")
            self.gone.clear()

    def transcript(self) -> str:
        """The whole of it."""
        return "\n\n".join([f"*This begins on {_day(START)}.*", *self.lines]) + "\n"


def _day(time: datetime) -> str:
    return f"{time:%A} {time.day} {time:%B %Y}"


def _said(call: Call, number: int) -> Iterator[str]:
    yield f"**{number} — The bot writes:**"
    yield ""
    for line in str(call.params.get("text", "")).split("\n"):
        yield f"> {line}".rstrip()
    markup: Any = call.params.get("reply_markup") or {}
    buttons = [b["text"] for row in markup.get("inline_keyboard", []) for b in row]
    if buttons:
        yield ">"
        yield f"> {' '.join(f'[{label}]' for label in buttons)}"


def _deleted(call: Call) -> list[int]:
    ids: Any = call.params.get("message_ids", call.params.get("message_id"))
    return [int(each) for each in (ids if isinstance(ids, list) else [ids])]


def spans(numbers: Iterable[int]) -> str:
    """Numbers as people write them: 1–4, 7."""
    found = list[list[int]]()
    for number in sorted({*numbers}):
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in found)
