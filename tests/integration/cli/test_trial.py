import signal
import subprocess
from pathlib import Path

import pytest

from bot.cli import main
from bot.demo.trial import READERS
from handlers.texts.english import ENGLISH
from tests.program import CLEAR, HOLDFAST, Ran, environment, holdfast, window

ONE_READER = (
    "1",
    "It was after the rehearsal.",
    "/done",
    "Let someone read it",
    "/skip",
    "/skip",
    "/skip",
    "Nobody in particular",
    "Oak",
    "Everything",
    "Only read and listen",
    "/skip",
    "/skip",
    "No",
    "Yes, that's right",
    "Yes, send now",
    "I've written them down",
)
VIEWS = (
    "What a thief of the disk would find",
    "What Oak can open",
    "What Ash can open",
    "What Rowan can open",
)


def lines(*typed: str) -> str:
    return "".join(f"{line}\n" for line in typed)


def left_behind(place: Path) -> list[str]:
    return sorted(p.name for p in place.iterdir())


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    place = tmp_path_factory.mktemp("sample")
    ran = holdfast(place, "try")
    assert left_behind(place) == []
    return ran


def test_without_input_it_plays_the_sample_talk_to_its_end(sample: Ran) -> None:
    assert sample.code == 0
    assert sample.err == ""
    assert "> Let someone read it" in sample.out
    assert "Something went wrong" not in sample.out


def test_talk_thief_and_readers_come_in_this_order(sample: Ran) -> None:
    places = [sample.out.index(part) for part in ("The talk", *VIEWS)]
    assert places == sorted(places)


def test_a_thief_finds_nothing_of_it(sample: Ran) -> None:
    assert "Found: 0 times." in sample.out


def test_the_named_reader_alone_opens_it(sample: Ran) -> None:
    oak, ash, rowan = (sample.out.index(part) for part in VIEWS[1:])
    assert "the door stayed shut" in sample.out[oak:ash]
    assert ENGLISH.report.acts["act.unnamed"] in sample.out[oak:ash]
    for view in (sample.out[ash:rowan], sample.out[rowan:]):
        assert "Nothing was shared with them" in view
        assert "None of the keys at hand opens this file" in view
        assert "the door stayed shut" not in view


RULE = "─" * 60


def test_no_line_is_wider_than_a_terminal(sample: Ran) -> None:
    """But for a report, which is shown to the letter between two rules."""
    own = sample.out.split(f"\n{RULE}\n")[::2]
    assert len(own) > 1
    assert [line for part in own for line in part.splitlines() if len(line) > 80] == []


def test_one_line_of_a_pipe_is_one_message_and_a_whole_talk_shows_the_views(
    tmp_path: Path,
) -> None:
    ran = holdfast(tmp_path, "try", typed=lines(*ONE_READER))
    assert (ran.code, ran.err) == (0, "")
    assert all(f"> {line}\n" in ran.out for line in ONE_READER)
    assert all(view in ran.out for view in VIEWS)
    assert "Found: 0 times." in ran.out
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("\n", "You left."),
        ("hello\n", "You left."),
        ("1\n", "You left. You haven't told me anything yet. This talk waits until"),
        ("1\nIt was in spring.\n", "You left. Your story is saved and waits until"),
    ],
    ids=["empty-line", "at-hello", "at-the-story", "inside-the-story"],
)
def test_the_end_of_the_input_is_leaving(tmp_path: Path, typed: str, sentence: str) -> None:
    ran = holdfast(tmp_path, "try", typed=typed)
    assert (ran.code, ran.err) == (0, "")
    assert " ".join(ran.out.split()).count(sentence) == 1
    assert "everything in it is thrown away now" in ran.out
    assert not any(view in ran.out for view in VIEWS)
    assert left_behind(tmp_path) == []


def test_a_last_line_without_its_end_counts(tmp_path: Path) -> None:
    ran = holdfast(tmp_path, "try", typed="1")
    assert "You left. You haven't told me anything yet." in ran.out


def test_what_a_pipe_brings_cannot_drive_the_terminal(tmp_path: Path) -> None:
    ran = holdfast(tmp_path, "try", typed=b"1\nab\x1b[2Jc\x00d \xff\xed\xa0\x80\n/show\n")
    assert (ran.code, ran.err) == (0, "")
    assert "I left out some signs" in ran.out
    assert not set("\x1b\x00\x07") & set(ran.out)


def test_a_terminal_that_lacks_signs_is_spoken_to_all_the_same(tmp_path: Path) -> None:
    ran = holdfast(tmp_path, "try", PYTHONIOENCODING="ascii")
    assert (ran.code, ran.err) == (0, "")
    assert "That was all of it" in ran.out


def test_whoever_stops_reading_gets_no_complaint(tmp_path: Path) -> None:
    command = subprocess.Popen(
        [*HOLDFAST, "try"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    )
    with command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.readline()
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 130
    assert left_behind(tmp_path) == []


# At a terminal


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_leaves_nothing_behind(tmp_path: Path, told: signal.Signals) -> None:
    with window(tmp_path, "try") as screen:
        screen.wait_for("I was here before")
        assert len(left_behind(tmp_path)) == 1
        screen.process.send_signal(told)
        assert screen.end() == 130
    assert left_behind(tmp_path) == []
    assert "Traceback" not in screen.shown


def test_as_i_go_takes_each_line_from_the_screen_once_it_is_sealed(tmp_path: Path) -> None:
    with window(tmp_path, "try") as screen:
        screen.wait_for("/unsafe\n")
        screen.type("1\n", "I'll do it myself")
        screen.type("As we go\n", "/done")
        shown = screen.type("It was in spring.\n", "Saved. Carry on")
        assert (
            shown.index("It was in spring.") < shown.index(CLEAR) < shown.index("Saved. Carry on")
        )
        left = screen.type("\x04", "You left.")
        assert screen.end() == 0
    assert CLEAR in left


def test_at_the_end_nothing_is_taken_before_it(tmp_path: Path) -> None:
    with window(tmp_path, "try") as screen:
        screen.wait_for("/unsafe\n")
        screen.type("1\n", "I'll do it myself")
        screen.type("When I finish\n", "/done")
        screen.type("It was in spring.\n", "Saved. Carry on")
        assert CLEAR not in screen.shown
        shown = screen.type("\x04", "You left.")
        assert screen.end() == 0
    assert shown.index(CLEAR) < shown.index("You left.")


def test_i_do_it_myself_takes_nothing(tmp_path: Path) -> None:
    with window(tmp_path, "try") as screen:
        screen.wait_for("/unsafe\n")
        screen.type("1\n", "I'll do it myself")
        screen.type("I'll do it myself\n", "/done")
        screen.type("It was in spring.\n", "Saved. Carry on")
        screen.type("\x04", "You left.")
        assert screen.end() == 0
    assert CLEAR not in screen.shown


# In a second terminal


def test_a_reader_without_a_trial_is_told_how_to_start_one(tmp_path: Path) -> None:
    ran = holdfast(tmp_path, "try", "--as-reader")
    assert (ran.code, ran.out) == (1, "")
    assert (
        ran.err == "holdfast: No trial is running. Start one in another terminal: holdfast try\n"
    )


def test_a_trial_that_was_killed_is_none(tmp_path: Path) -> None:
    with window(tmp_path, "try") as screen:
        screen.wait_for("/unsafe\n")
    assert len(left_behind(tmp_path)) == 1
    assert holdfast(tmp_path, "try", "--as-reader").code == 1


def test_the_reader_is_one_of_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["try", "--as-reader", "Birch"])
    assert ended.value.code == 2


def test_in_a_second_terminal_the_named_reader_fetches_and_opens(tmp_path: Path) -> None:
    with window(tmp_path, "try") as screen:
        screen.wait_for("/unsafe\n")
        for line in ("1", "I'll do it myself", *ONE_READER[1:-1]):
            screen.type(f"{line}\n", "/unsafe\n" if line != ONE_READER[1] else line)
        with window(tmp_path, "try", "--as-reader") as reader:
            opened = reader.wait_for("Press Enter")
            assert "It was after the rehearsal." in opened
            assert "Nothing new" in reader.type(
                "\n", "Press Enter to look again, Ctrl-D to leave. "
            )
            reader.type("\x04", "")
            assert reader.end() == 0
        for other in sorted(READERS.keys() - {"Oak"}):
            assert "Nothing new is shared" in holdfast(tmp_path, "try", "--as-reader", other).out


def test_a_reader_who_waits_can_leave_with_ctrl_c(tmp_path: Path) -> None:
    with window(tmp_path, "try") as screen:
        screen.wait_for("/unsafe\n")
        with window(tmp_path, "try", "--as-reader", "Ash") as reader:
            reader.wait_for("Press Enter")
            reader.process.send_signal(signal.SIGINT)
            assert reader.end() == 130


def test_two_trials_at_once_leave_each_other_alone(tmp_path: Path) -> None:
    with window(tmp_path, "try") as first:
        first.wait_for("/unsafe\n")
        with window(tmp_path, "try") as second:
            second.wait_for("/unsafe\n")
            second.type("\x04", "You left.")
            assert second.end() == 0
        assert "You are Oak" in holdfast(tmp_path, "try", "--as-reader").out
        first.type("\x04", "You left.")
        assert first.end() == 0
    assert left_behind(tmp_path) == []


def test_the_end_waits_for_whoever_reads_it(tmp_path: Path) -> None:
    with window(tmp_path, "try") as screen:
        screen.wait_for("/unsafe\n")
        for line in ("1", "I'll do it myself", *ONE_READER[1:-1]):
            screen.type(f"{line}\n", "/unsafe\n" if line != ONE_READER[1] else line)
        screen.type(f"{ONE_READER[-1]}\n", "The talk is over")
        screen.type("\x04", "Press Enter.")
        assert len(left_behind(tmp_path)) == 1
        screen.type("\n", "")
        assert screen.end() == 0
    assert left_behind(tmp_path) == []
