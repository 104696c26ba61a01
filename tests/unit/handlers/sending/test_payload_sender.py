"""What a file counts as whose sending failed: fetched, unless nothing of it can have left."""

import pytest

from handlers.messages import OutgoingFile
from handlers.ports.messenger import (
    MessageRefused,
    RecipientGone,
    SendError,
    Undelivered,
    before_leaving,
)
from store.model.accounts import Account
from store.readers.invitations import read_invitation
from tests.rig import Rig, Screen, person
from tests.unit.handlers.test_turn import give_back

READER = person("reader-one")


class Lying(Screen):
    """A server that hands every file on, and answers as if it had not."""

    answer: SendError

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        await super().send_file(to, file)
        raise self.answer


class Unready(Screen):
    """A platform with no chat to send to."""

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        with before_leaving():
            raise Undelivered("The server has not listed the chats yet.", 0.5)


async def handed_over(rig: Rig) -> str:
    """Hand something to Oak, who has joined; return its code."""
    await rig.say("/join Oak", who=READER)
    digits = read_invitation(rig.screen.files["join.age"], rig.keys["Oak"]).digits
    await rig.say(f"/join {digits}", who=READER)
    await rig.tell("first words")
    await rig.share("Oak", keep=True)
    (code,) = await rig.inbox("Oak")
    return code


async def withdrawn(rig: Rig) -> str:
    """Take everything back with the words; return what the reporter is told first."""
    words = " ".join(await give_back(rig))
    return (await rig.say(f"/withdraw {words}"))[0].text


@pytest.mark.parametrize(
    "answer",
    [
        Undelivered("The homeserver asks to wait.", 60.0),
        MessageRefused("The homeserver does not take this."),
        RecipientGone("There is no such account."),
        SendError("The bot may not write there any more."),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_whatever_a_server_answers_what_it_could_pass_on_counts_as_fetched(
    rig: Rig, answer: SendError
) -> None:
    code = await handed_over(rig)
    rig.screen = Lying()
    rig.screen.answer = answer
    with pytest.raises(type(answer)):
        await rig.say(f"/fetch {code}", who=READER)
    assert f"{code}.holdfast" in rig.screen.files
    assert "Oak" in await withdrawn(rig)


async def test_what_failed_before_anything_left_was_not_fetched(rig: Rig) -> None:
    code = await handed_over(rig)
    rig.screen = Unready()
    with pytest.raises(Undelivered):
        await rig.say(f"/fetch {code}", who=READER)
    assert "Oak" not in await withdrawn(rig)


async def test_what_counts_as_fetched_stays_so_when_the_next_try_fails_early(rig: Rig) -> None:
    code = await handed_over(rig)
    rig.screen = Lying()
    rig.screen.answer = Undelivered("The homeserver asks to wait.", 60.0)
    for screen in (rig.screen, Unready()):
        rig.screen = screen
        with pytest.raises(Undelivered):
            await rig.say(f"/fetch {code}", who=READER)
    assert "Oak" in await withdrawn(rig)
