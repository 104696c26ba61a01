"""Where scripts are played: the terminal's rig, the double of Telegram, and Matrix itself."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.platforms.terminal.adapter import show
from store.model.accounts import Account
from tests.doubles.matrix.person import Person as MatrixPerson
from tests.doubles.matrix.person import Screen as MatrixScreen
from tests.doubles.telegram.person import Person, Screen
from tests.rig import Rig, person
from tests.talk_script import folded


@dataclass(slots=True)
class TerminalStage:
    """Numbers and words stand for buttons; the program is started anew for every line."""

    rig: Rig
    who: Account = field(default_factory=person)
    visible: list[str] = field(default_factory=list, repr=False)
    told: list[str] = field(default_factory=list, repr=False)

    async def say(self, text: str) -> None:
        """What was typed stands on the screen as well, until it is cleared."""
        self.visible.append(text)
        for reply in await self.rig.say(text, who=self.who):
            if reply.clear:
                self.visible.clear()
            self.visible.append(show(reply))
            self.told.append(reply.text)

    async def choose(self, *labels: str) -> None:
        """Typed as they are read."""
        await self.say(", ".join(labels))

    async def sees(self, words: str) -> bool:
        """The answer is there when ``say`` returns."""
        return folded(words) in folded("\n".join(self.visible))

    async def misses(self, words: str) -> bool:
        """As above."""
        return not await self.sees(words)

    def shown(self) -> str:
        """All that was answered."""
        return "\n\n".join(self.told)


@dataclass(slots=True)
class PersonStage:
    """Somebody with Telegram, in front of a bot that runs beside."""

    person: Person
    done: str = "Done"
    """Begins the label of the button that ends a question with several choices."""
    seconds: float = 10

    async def say(self, text: str) -> None:
        """A message."""
        await self.person.say(text)

    async def choose(self, *labels: str) -> None:
        """Each as soon as it is there, and the next when it is ticked.

        Where choices are ticked, the button that ends the question follows; else the answer does.
        """
        for label in labels:
            await self._press(label)
        if _ticked(labels[-1], self.person.screen):
            await self.person.press(self.done)

    async def _press(self, label: str) -> None:
        await self.person.wait(partial(_offers, label), self.seconds)
        before = len(self.person.received)
        await self.person.press(label)
        taken = partial(self._taken, label, before)
        await self.person.wait(taken, self.seconds)

    def _taken(self, label: str, before: int, screen: Screen) -> bool:
        return len(self.person.received) > before or _ticked(label, screen)

    async def sees(self, words: str) -> bool:
        """Soon."""
        return await self._becomes(words, visible=True)

    async def misses(self, words: str) -> bool:
        """Soon, if it is still there."""
        return await self._becomes(words, visible=False)

    def shown(self) -> str:
        """All messages of the bot, deleted ones too."""
        return "\n\n".join(message.text for message in self.person.received)

    async def _becomes(self, words: str, *, visible: bool) -> bool:
        wanted = folded(words)
        try:
            async with asyncio.timeout(self.seconds):
                while (wanted in _read(self.person.screen)) != visible:
                    await self.person.chat.pulse.wait()
        except TimeoutError:
            return False
        return True


LISTED = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)
FIRST_OWN_NUMBER = 21


def as_typed(labels: Sequence[str], person: MatrixPerson) -> str:
    """What is typed to choose these: numbers, where the newest list has numbers of its own."""
    for _, text in reversed(person.told):
        listed = LISTED.findall(text)
        found = [next((n for n, words in listed if words.startswith(la)), "") for la in labels]
        if all(found):
            own = int(found[0]) >= FIRST_OWN_NUMBER
            return " ".join(found) if own else ", ".join(labels)
    return ", ".join(labels)


SLASHED = re.compile(r"(?<![\w/])/(?=[a-z]+\b)")


@dataclass(slots=True)
class MatrixStage:
    """Somebody with Matrix, in a chat with a bot: words and numbers stand for buttons."""

    person: MatrixPerson
    seconds: float = 10

    async def say(self, text: str) -> None:
        """A message."""
        await self.person.say(text)

    async def choose(self, *labels: str) -> None:
        """Typed as they are read, as soon as all are there to be read."""
        await self.person.wait(partial(_names, labels), self.seconds)
        await self.say(as_typed(labels, self.person))

    async def sees(self, words: str) -> bool:
        """Soon."""
        return await self._becomes(words, visible=True)

    async def misses(self, words: str) -> bool:
        """Soon, if it is still there."""
        return await self._becomes(words, visible=False)

    def shown(self) -> str:
        """All that the bot said, also what is edited or redacted by now."""
        return "\n\n".join(text for room, text in self.person.told if room == self.person.room)

    async def _becomes(self, words: str, *, visible: bool) -> bool:
        wanted = SLASHED.sub("!", folded(words))  # so commands are shown there
        try:
            await self.person.until(
                lambda: (wanted in _written(self.person.screen)) == visible, self.seconds
            )
        except TimeoutError:
            return False
        return True


def _names(labels: tuple[str, ...], screen: MatrixScreen) -> bool:
    offered = folded("\n".join(message.text for message in screen if not message.mine))
    return all(label in offered for label in labels)


def _written(screen: MatrixScreen) -> str:
    return folded("\n".join(part for message in screen for part in (message.text, message.name)))


def _read(screen: Screen) -> str:
    """Words and buttons, as somebody reads them from top to bottom."""
    parts = (part for m in screen for part in (m.text, m.name, *(b.label for b in m.buttons)))
    return folded("\n".join(parts))


def _offers(label: str, screen: Screen) -> bool:
    return any(b.label.startswith(label) for m in screen for b in m.buttons)


def _ticked(label: str, screen: Screen) -> bool:
    return any(label in b.label and "✓" in b.label for m in screen for b in m.buttons)
