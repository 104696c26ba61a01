"""The disk is asked now and then, and a floor of it stays free."""

from pathlib import Path

from bot.runtime.disk_space import LOOK_SECONDS, DiskSpace, free_bytes


def test_below_the_floor_it_is_not_enough_and_the_answer_counts_for_a_while() -> None:
    now, answers = 1000.0, iter([500, 499])
    disk = DiskSpace(Path(), 500, lambda: now, lambda _: next(answers))
    assert disk.is_enough()
    assert disk.is_enough(), "it was not asked again"
    now += LOOK_SECONDS
    assert not disk.is_enough()


def test_a_database_elsewhere_has_no_floor_here() -> None:
    disk = DiskSpace(None, 500, lambda: 1000.0, lambda _: 0)
    assert disk.is_enough()


def test_a_disk_that_does_not_answer_holds_nobody_up() -> None:
    def gone(_: Path) -> int:
        raise OSError

    assert DiskSpace(Path(), 500, lambda: 1000.0, gone).is_enough()


def test_a_real_folder_has_free_bytes(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0
