"""Record the requests of the bot in this process, falsify their answers, or let them fail."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bot.platforms.matrix.http_client import HttpClient, HttpError, Json

Request = tuple[str, str]
"""A method and a path."""


@dataclass
class Interceptor:
    """Stands between the bot and its server for all requests but long polls."""

    requests: list[Request] = field(default_factory=list)
    falsify: dict[str, Callable[[Json], None]] = field(default_factory=dict)
    """Changes answers, by the beginning of the path."""
    failing: dict[str, HttpError] = field(default_factory=dict)
    """Errors instead of the next request, by the beginning of the path; it is not carried out."""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Intercept every request from now on."""
        send = HttpClient.request

        async def intercepted(
            http_client: HttpClient, method: str, path: str, body: Json | None = None
        ) -> Json:
            self.requests.append((method, path))
            for beginning in [b for b in self.failing if path.startswith(b)]:
                raise self.failing.pop(beginning)
            answer = await send(http_client, method, path, body)
            for beginning, change in self.falsify.items():
                if path.startswith(beginning):
                    change(answer)
            return answer

        monkeypatch.setattr(HttpClient, "request", intercepted)

    def count(self, path: str) -> int:
        """Count the requests to paths that begin so."""
        return sum(requested.startswith(path) for _, requested in self.requests)


@pytest.fixture
def interceptor(monkeypatch: pytest.MonkeyPatch) -> Interceptor:
    """Install an interceptor."""
    made = Interceptor()
    made.install(monkeypatch)
    return made
