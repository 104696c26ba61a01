"""Keep the page to the person who started it: this computer, this browser tab, nobody else.

Any web page can send requests to 127.0.0.1, and a hostile name can be made to lead there. So each
request must name this address as its host and, if it says where it comes from, this page; whatever
reads or changes something needs the token, which stands in the fragment of the address and so is
never sent by a browser itself. Nothing is allowed to other origins (no CORS header is sent).
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

TOKEN_HEADER = "X-Holdfast-Token"  # noqa: S105 - the name of a header
API = "/api/"
POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "connect-src 'self'; "
    "img-src 'self'; "
    "base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FROM_HERE = {"same-origin", "none"}
"""What browsers say of a request of the page itself, and of one that a person typed."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses what does not come from the page; ``host`` is the address with its port."""

    host: str
    token: str = field(repr=False)

    def refusal(self, request: web.Request) -> str:
        """Say why a request is refused; empty if it is not."""
        headers = request.headers
        if headers.getall("Host", []) != [self.host]:
            return "This page is at another address."
        if headers.get("Origin", self.origin) != self.origin:
            return "Another web page asked for this."
        if headers.get("Sec-Fetch-Site", "none") not in FROM_HERE:
            return "Another web page asked for this."
        if request.path.startswith(API) and not self._has_token(request):
            return "Open the address that was printed at the start, with everything behind the #."
        return ""

    @property
    def origin(self) -> str:
        """The origin of the page."""
        return f"http://{self.host}"

    def _has_token(self, request: web.Request) -> bool:
        given = request.headers.get(TOKEN_HEADER, "")
        # Bytes of a header that are no UTF-8 arrive as lone surrogates.
        sent = given.encode(errors="surrogateescape")
        return hmac.compare_digest(sent, self.token.encode())


def guarded(guard: Callable[[], Guard]) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Make the middleware that asks the guard first, and sets the headers of every answer."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = guard().refusal(request)
        if refusal:
            answer: web.StreamResponse = web.json_response({"error": refusal}, status=403)
        else:
            try:
                answer = await handler(request)
            except web.HTTPException as error:
                answer = web.json_response({"error": error.reason}, status=error.status)
        answer.headers.update(HEADERS)
        return answer

    return middleware
