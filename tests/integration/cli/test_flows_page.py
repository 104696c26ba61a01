"""``holdfast flows preview --web``: the address is said, Ctrl-C ends it, nothing is left."""

import json
import signal
import subprocess
import urllib.request
from pathlib import Path

from bot.cli.flows.web.guard import TOKEN_HEADER
from tests.program import HOLDFAST, environment, holdfast
from tests.unit.bot.cli.flows.conftest import folder

__all__ = ["folder"]


def test_the_page_is_served_until_it_is_ended(folder: Path) -> None:
    tmp = folder / "tmp"
    tmp.mkdir()
    command = [*HOLDFAST, "flows", "preview", "--web", "made.toml"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=folder, env=environment(tmp), text=True
    ) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        address = next(line.strip() for line in lines if "http://" in line)
        origin, _, token = address.partition("/#")
        request = urllib.request.Request(  # noqa: S310 - the page of this test
            f"{origin}/api/files", data=b"{}", headers={TOKEN_HEADER: token}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            assert json.load(answer) == {"names": ["made.toml"], "publishes": False}
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert list(tmp.iterdir()) == []


def test_the_page_needs_no_options_of_the_terminal(folder: Path) -> None:
    ran = holdfast(folder, "flows", "preview", "--web", "--lang", "es", "made.toml")
    assert ran.code != 0
    assert "leave --lang" in ran.err
    ran = holdfast(folder, "flows", "preview", "--web", "nothing.toml")
    assert ran.code != 0
    assert "There is no" in ran.err
