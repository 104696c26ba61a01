"""Readers whose bot dies at every failpoint of a command: all is there, once, and said."""

import asyncio
import copy
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.config.load import read_config
from handlers.messages import IncomingMessage, OutgoingFile, TextMessage
from store.model.accounts import Account
from store.model.failpoint import installed
from store.readers.invitations import read_invitation
from store.readers.key_file import ReaderKey
from tests.drills.crash_driver import Died
from tests.drills.failpoints import check_passed
from tests.rig import Rig, Screen, make_rig

OAK = Account("terminal", "oak", "oak")
LINES = ("/join Oak", "/join {digits}", "/inbox", "/fetch {delivery}")
JOIN, DIGITS, INBOX, FETCH = range(4)
FILES = {JOIN: "join.age", FETCH: ".holdfast"}
"""The ends of the names of the files that lines bring."""


@dataclass
class Paper(Screen):
    """A screen that remembers each file, also across the lives of the program."""

    arrived: list[OutgoingFile] = field(default_factory=list)

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        self.files[file.name] = file.data
        self.arrived.append(file)


@dataclass
class Stage:
    """What a reader and the disk have before one line."""

    folder: Path
    keys: dict[str, ReaderKey] = field(repr=False)
    paper: Paper = field(default_factory=Paper, repr=False)

    def copied(self, folder: Path) -> "Stage":
        """The same once more, elsewhere."""
        shutil.copytree(self.folder, folder)
        return Stage(folder, self.keys, copy.deepcopy(self.paper))


@dataclass
class Life:
    """One life of the program, which counts failpoints, and may end at one of them."""

    stage: Stage
    line: int
    death: int | None = None
    passed: list[str] = field(default_factory=list)
    armed: bool = False
    dead: bool = False
    rows: dict[str, int] = field(default_factory=dict)

    def failpoint(self, point: str) -> None:
        if self.dead:
            raise Died
        if not self.armed:
            return
        self.passed.append(point)
        if len(self.passed) - 1 == self.death:
            self.dead = True
            raise Died

    def live(self) -> bool:
        """Say the line, and count what is on the disk; return False if it died meanwhile."""
        config = read_config(self.stage.folder / "config.toml")
        rig = Rig(self.stage.folder, config, self.stage.keys, screen=self.stage.paper)
        try:
            with installed(self.failpoint):
                asyncio.run(self._live(rig))
        except BaseException:
            if not self.dead:
                raise
        finally:
            rig.kept.close()
        return not self.dead

    async def _live(self, rig: Rig) -> None:
        async with rig.house() as house:
            text = LINES[self.line]
            if text.endswith("{digits}"):
                sealed = self.stage.paper.files["join.age"]
                text = f"/join {read_invitation(sealed, self.stage.keys['Oak']).digits}"
            if text.endswith("{delivery}"):
                text = f"/fetch {self.stage.paper.replies[-1][1].text.split()[3]}"
            incoming = IncomingMessage(f"line {self.line}", OAK, TextMessage(text))
            conversations = house.conversations(self.stage.paper)
            self.armed = True
            await conversations.receive(incoming)
            self.armed = False
            self.rows = await house.stores.cases.database.count_rows()
        await rig.kept.shut_down()


def told(folder: Path) -> Stage:
    """An organisation in which a story was handed to Oak alone, and is not to be kept."""
    rig = make_rig(folder)

    async def tell() -> None:
        await rig.tell("a story of mine")
        await rig.share("Oak", keep=False)
        await rig.say("i've written them down")
        await rig.kept.shut_down()

    asyncio.run(tell())
    return Stage(folder, rig.keys)


@pytest.mark.timeout(300)
def test_a_reader_whose_bot_loses_its_memory_at_every_failpoint(tmp_path: Path) -> None:
    stage, passed, rows = told(tmp_path / "organisation"), set[str](), dict[str, int]()
    for line in range(len(LINES)):
        before = stage.copied(tmp_path / f"before {line}")
        whole = Life(stage, line)
        assert whole.live()
        rows = whole.rows
        passed |= {*whole.passed}
        for death in range(len(whole.passed)):
            again = before.copied(tmp_path / f"{line}-{death}")
            first, second = Life(again, line, death), Life(again, line)
            assert not first.live(), whole.passed[death]
            taken = came_since(before.paper, again.paper)
            assert second.live()
            assert second.rows == rows, whole.passed[death]
            check_answers(before.paper, stage.paper, again.paper, taken)
            shutil.rmtree(again.folder)
    check_passed("readers", passed)
    assert stage.paper.arrived[-1].name.endswith(FILES[FETCH])
    assert (rows["case_file"], rows["outbox"]) == (1, 0)  # a chat that took a file erases nothing


def came_since(before: Paper, after: Paper) -> tuple[int, int]:
    """How many texts and files came."""
    return len(after.replies) - len(before.replies), len(after.arrived) - len(before.arrived)


def check_answers(before: Paper, whole: Paper, after: Paper, taken: tuple[int, int]) -> None:
    """The reader has what they would have without a death; one more only of what had come."""
    replies = [reply.text for _, reply in after.replies[len(before.replies) :]]
    wanted = [reply.text for _, reply in whole.replies[len(before.replies) :]]
    assert unrepeated(replies) == wanted
    assert len(replies) - len(wanted) <= taken[0]
    files, wanted_files = (
        after.arrived[len(before.arrived) :],
        whole.arrived[len(before.arrived) :],
    )
    assert unrepeated([file.name for file in files]) == [file.name for file in wanted_files]
    assert len(files) - len(wanted_files) <= taken[1]
    assert all(file.silent for file in files[1:])


def unrepeated(names: Sequence[str]) -> list[str]:
    """Without what came twice."""
    return list(dict.fromkeys(names))
