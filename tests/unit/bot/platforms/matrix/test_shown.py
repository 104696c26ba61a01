"""Reading what an app shows takes little time, however the message is made."""

from functools import partial

import pytest

from bot.platforms.matrix.events import MESSAGE, message_content
from bot.platforms.matrix.shown import HTML, with_links
from handlers.messages import TextMessage
from tests.cpu_time import takes_at_most

EVENT_BYTES = 65_536
"""Of an event, the specification allows no more (client-server API, "Size limits")."""
MOST_SECONDS = 0.5

PIECES = [
    *(
        "<",
        "</",
        "<!",
        "<?",
        "<!--",
        "<!---",
        "<![",
        "<![CDATA[",
        "<!DOCTYPE ",
        "&",
        "&#x",
        "&lt;",
    ),
    *(
        "<a",
        "<a ",
        "<a/",
        "<a '",
        '<a "',
        "<a b",
        "<a =",
        '<a b="',
        "<a b='",
        "<a href",
        "<a href=",
    ),
    *(
        '<a href="',
        "<a href='",
        "<a href=q",
        "<a href=q>",
        "<a href=q>b",
        "<a href=q>b</a>",
        "</a",
    ),
    *(
        "</a ",
        "href=",
        'href="',
        "href='",
        "<mx-reply",
        "<mx-reply>",
        "</mx-reply>",
        "<script>",
        ">",
    ),
]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("begins", ["", "<a ", "<a href=q>"])
def test_no_message_takes_long_to_read(begins: str, piece: str) -> None:
    half = EVENT_BYTES // 2
    for formatted, body in (
        (begins + piece * (EVENT_BYTES // len(piece)), "I wrote it down."),
        (begins + piece * (half // len(piece)), "q" + "b" * half),
    ):
        content = {"msgtype": "m.text", "body": body, "format": HTML, "formatted_body": formatted}
        read = partial(message_content, MESSAGE, content, "@robin:example.org")
        assert isinstance(read(), TextMessage)
        assert takes_at_most(MOST_SECONDS, read)


@pytest.mark.parametrize(
    ("body", "formatted", "shown"),
    [
        ("See it", '<a href="https://x.org/1">See</a> it', "See (https://x.org/1) it"),
        (
            "See it",
            "<b><a class='k' href='https://x.org'>See</a></b> it",
            "See (https://x.org) it",
        ),
        ("See it", "<A\nHREF = https://x.org >See</A > it", "See (https://x.org) it"),
        ("R&D it", '<a href="https://x/?a&amp;b">R&amp;D</a> it', "R&D (https://x/?a&b) it"),
        ("See it", '<a href="https://x.org"><i>S</i>ee</a> it', "See (https://x.org) it"),
        ("See it", '<mx-reply><a href="https://no">See</a></mx-reply>See it', "See it"),
        ("See it", '<a data-href="https://no" name="href">See</a> it', "See it"),
        ("1 < 2", '1 &lt; <a href="https://x.org">2</a>', "1 < 2 (https://x.org)"),
        (
            "See it",
            '<a title="k href=no" href="https://x.org">See</a> it',
            "See (https://x.org) it",
        ),
        ("https://x.org", '<a href="https://x.org">https://x.org</a>', "https://x.org"),
        ("See it", "<a href>See</a> <a>it</a> <abbr href='https://no'>it</abbr>", "See it"),
    ],
)
def test_the_addresses_of_links_stand_behind_their_words(
    body: str, formatted: str, shown: str
) -> None:
    assert with_links(body, {"format": HTML, "formatted_body": formatted}) == shown
