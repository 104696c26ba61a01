"""``holdfast clock``: whether the machine's clock is believed, and confirming it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.app import open_application
from bot.cli import main
from store.steady_clock import latest_hour
from tests.rig import Rig


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("check", "clock", "status"):
        monkeypatch.setattr(f"bot.cli.{command}.harden", lambda: ())


def holdfast(rig: Rig, *words: str) -> int:
    return main([*words, "--config", str(rig.folder / "config.toml")])


@pytest.fixture(name="away")
async def _away(rig: Rig, request: pytest.FixtureRequest) -> Rig:
    """The bot ran last so long ago."""
    rig.clock.now = datetime.now(UTC) - request.param
    async with rig.house():
        pass
    return rig


@pytest.mark.parametrize("away", [timedelta(days=30), timedelta(days=-30)], indirect=True)
def test_a_clock_that_jumped_is_said_by_every_command_until_it_is_confirmed(
    away: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert holdfast(away, "clock") == 1
    assert "holdfast clock --confirm" in capsys.readouterr().out
    holdfast(away, "check")
    assert "note   The machine's clock says" in capsys.readouterr().out
    holdfast(away, "status")
    assert "holdfast clock --confirm" in capsys.readouterr().out
    assert holdfast(away, "clock", "--confirm") == 0
    capsys.readouterr()
    assert holdfast(away, "clock") == 0
    holdfast(away, "check")
    holdfast(away, "status")
    assert "holdfast clock" not in capsys.readouterr().out


@pytest.mark.parametrize("away", [timedelta(minutes=30)], indirect=True)
def test_a_clock_that_fits_is_believed(away: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    assert holdfast(away, "clock") == 0
    assert "is believed" in capsys.readouterr().out


def test_without_a_database_that_is_said(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    assert holdfast(rig, "clock") == 1
    assert "There is no database yet" in capsys.readouterr().err


async def test_a_start_on_a_restored_machine_releases_nothing_until_it_is_confirmed(
    rig: Rig,
) -> None:
    await rig.tell("They shouted at me.")
    await rig.share("Oak", keep=True, now=False)
    clock = rig.clock() + timedelta(days=60)
    seconds = 0.0
    for _ in range(2):
        opened = open_application(rig.config, lambda: clock, rig.entropy, elapsed=lambda: seconds)
        async with opened as house:
            assert house.clock() < rig.clock() + timedelta(minutes=1)
            member = house.stores.readers.named("Oak", house.clock())
            assert member is not None
            assert await house.stores.readers.deliveries(member) == ()
            stored = await house.stores.cases.database.read(latest_hour)
            assert stored is not None
            assert stored.begins <= rig.clock()
