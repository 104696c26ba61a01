"""Stands between the bot in this process and its server: notes what is asked, and lies."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bot.platforms.matrix.http_client import HttpClient, HttpError, Json

Asked = tuple[str, str]


@dataclass
class Between:
    """Requests of the bot other than for the next batch; from ``install`` on."""

    asked: list[Asked] = field(default_factory=list)
    lies: dict[str, Callable[[Json], None]] = field(default_factory=dict)
    """What becomes of the answers to paths that begin so."""
    fails: dict[str, HttpError] = field(default_factory=dict)
    """Errors in place of the next answer to such paths; nothing happens."""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on."""
        call = HttpClient.call

        async def through(
            wire: HttpClient, method: str, path: str, body: Json | None = None
        ) -> Json:
            self.asked.append((method, path))
            for begin in [b for b in self.fails if path.startswith(b)]:
                raise self.fails.pop(begin)
            answer = await call(wire, method, path, body)
            for begin, lie in self.lies.items():
                if path.startswith(begin):
                    lie(answer)
            return answer

        monkeypatch.setattr(HttpClient, "call", through)

    def count(self, path: str) -> int:
        """Requests to paths that begin so."""
        return sum(asked.startswith(path) for _, asked in self.asked)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Between:
    """Installed."""
    made = Between()
    made.install(monkeypatch)
    return made
