"""The bench runs, has every row, and finds every acknowledged answer of ours on the disk."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import matrix_rivals, organisation, rivals, shares
from bench.__main__ import ENDS, PAGE, PLATFORMS, begins, write
from bench.load import Measured
from bench.process import Cpu
from bench.report import at, cpu, ratios, speed, spread
from bench.rivals import Row, Run
from tests.program import environment

ROOT = Path(__file__).parents[2]
BOTH = 2
"""Platforms."""


@pytest.fixture(name="printed", scope="module")
def _printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("bench")
    done = subprocess.run(
        [sys.executable, "-m", "bench"],
        cwd=ROOT,
        env=environment(place, HOLDFAST_BENCH_QUICK="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not list(place.iterdir()), "it leaves nothing behind"
    return done.stdout


def row_of(printed: str, name: str) -> list[str]:
    line = next(line for line in printed.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def run(answers: int, seconds: float, used: float) -> Run:
    latencies = [number / 1000 for number in range(1, answers + 1)]
    return Run(Measured(answers, seconds, latencies, cpu=Cpu(used, 0)), answers)


@pytest.mark.timeout(300)  # the first test that needs it waits for the whole bench
def test_every_bot_has_its_row_and_answered_everything(printed: str) -> None:
    names = [rival.name for rival in rivals.everybody()]
    names += [rival.name for rival in matrix_rivals.everybody(0)]
    assert [row_of(printed, name)[0] for name in names] == names
    assert printed.count("Each run is cut at 120 s; none had to be.") == BOTH


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [rivals.OURS, rivals.OURS_GOING])
def test_every_answer_that_we_acknowledged_is_on_the_disk(printed: str, name: str) -> None:
    assert row_of(printed, name)[-1] == "50 of 50"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [matrix_rivals.OURS, matrix_rivals.OURS_GOING])
def test_every_answer_acknowledged_in_a_room_is_on_the_disk(printed: str, name: str) -> None:
    assert row_of(printed, name)[-1] == "10 of 10"


@pytest.mark.timeout(300)
def test_answers_are_on_the_disk_however_many_drafts_are_open(printed: str) -> None:
    assert "On the disk after kill -9: 50 of 50 with 10, 50 of 50 with 40." in printed


@pytest.mark.timeout(300)
def test_what_is_compared_keeps_nothing_of_a_short_talk(printed: str) -> None:
    assert row_of(printed, rivals.CONVERSATION)[-1] == "0 of 50"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "sentence",
    [
        r"Load average before: [\d., ]+; after: [\d., ]+\.",
        r"Throughput beside the faster bare echo bot .*: [\d.]+ \(.*wanted: at least 0\.80",
        r"Of the ratio, the transport accounts for a factor of [\d.]+",
        r"CPU per answer with 40 open drafts: .* Ratio: [\d.]+ \(.*wanted: at most 1\.10",
        r"One round of upkeep, due once a minute, with 40 open drafts: [\d.]+",
        r"Synapse and everybody's clients used at most [\d.]+ cores",
        r"CPU per round trip beside the bare echo bot: [\d.]+ \(.*wanted: at most 1\.25",
        r"Beside the echo bot that hears less: [\d.]+ \(",
        r"chat cleaned as it goes, beside the bare echo bot: [\d.]+ \(",
        *(rf"\| [\d.]+% \| {re.escape(part)} \|" for part in shares.PARTS),
    ],
)
def test_every_other_result_is_said(printed: str, sentence: str) -> None:
    assert re.search(sentence, printed)


def test_a_figure_stands_with_its_spread() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2 (1–3)"
    assert spread([0.5], ".2f") == "0.50 (0.50–0.50)"


def test_figures_are_for_each_answer() -> None:
    one = run(answers=100, seconds=2.0, used=0.5)
    assert speed(one) == 50
    assert cpu(one) == 5
    assert at(0.5)(one) == 51
    assert at(0.99)(one) == 100


def test_ratios_are_taken_round_by_round() -> None:
    one = Row("one", [run(100, 1.0, 1.0), run(100, 2.0, 1.0)])
    other = Row("other", [run(100, 2.0, 1.0), run(100, 2.0, 1.0)])
    assert ratios(one, other, speed) == [2.0, 1.0]


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("/x/telegram/_message.py:1:de_json", shares.PLATFORM),
        ("/h/bot/platforms/telegram/poller.py:1:run", shares.PLATFORM),
        ("/h/bot/platforms/matrix/sync/loop.py:1:run", shares.PLATFORM),
        ("/h/bot/platforms/matrix/crypto/device_crypto.py:1:decrypt", shares.ENCRYPTING),
        ("/x/nio/crypto/sessions.py:1:encrypt\t<method 'encrypt' of …>", shares.ENCRYPTING),
        ("/h/store/db/database.py:1:turn", shares.DATABASE),
        ("/h/store/crypto/kdf.py:1:expand\t<method 'derive' of 'cryptography…'>", shares.SEALING),
        (
            "/h/store/db/connection.py:1:go\t<method 'execute' of 'sqlite3.Cursor'>",
            shares.DATABASE,
        ),
        ("/h/store/crypto/age/keys.py:1:wrap\t<built-in method builtins.len>", shares.SEALING),
        ("/h/store/cases/case_store.py:1:turn", shares.STORE),
        ("/h/handlers/turn.py:1:hear", shares.DECIDING),
        ("/p/asyncio/events.py:1:_run", shares.REST),
    ],
)
def test_each_place_belongs_to_a_part(place: str, part: str) -> None:
    assert shares.part_of(place) == part


def test_a_talk_on_matrix_is_the_same_with_more_questions() -> None:
    plain = organisation.CLEANED_BY_ME
    longer = organisation.longer(plain, 1)
    assert longer.before == ("!start", "1", "3", "!skip", "keep")
    assert longer.replies == (*plain.replies[:-1], "Further question 1:", plain.replies[-1])


def test_as_many_questions_are_asked_as_were_wanted(tmp_path: Path) -> None:
    organisation.found_longer(tmp_path / "one", 3)
    asked = (tmp_path / "one" / "flows" / "intake.toml").read_text("utf-8")
    assert [f"Further question {n}:" in asked for n in range(1, 5)] == [True] * 3 + [False]
    assert asked.index("Further question 3:") < asked.index('id   = "review"')


def test_a_profile_holds_only_what_came_after_the_one_before() -> None:
    before = {"/a/x.py:1:f": (1.0, 10)}
    after = {"/a/x.py:1:f": (1.5, 15), "/a/y.py:1:g": (0.5, 5)}
    later = shares.between(before, after)
    assert later == {"/a/x.py:1:f": (0.5, 5), "/a/y.py:1:g": (0.5, 5)}
    assert shares.shares(later)[shares.REST] == 1


def test_results_replace_those_before_them_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    one, other = (begins(platform) for platform in PLATFORMS)
    page.write_text(f"How.\n\n{one}\n\nOld.\n\n{ENDS}\n\n{other}\n\n{ENDS}\n", "utf-8")
    write(page, {"Matrix": "New."})
    assert page.read_text("utf-8") == (
        f"How.\n\n{one}\n\nOld.\n\n{ENDS}\n\n{other}\n\nNew.\n\n{ENDS}\n"
    )
    write(page, {"Telegram": "Newer."})
    assert page.read_text("utf-8") == (
        f"How.\n\n{one}\n\nNewer.\n\n{ENDS}\n\n{other}\n\nNew.\n\n{ENDS}\n"
    )


def test_the_page_has_a_place_for_the_results() -> None:
    page = PAGE.read_text("utf-8")
    assert all(page.count(begins(platform)) == 1 for platform in PLATFORMS)
    assert page.count(ENDS) == len(PLATFORMS)
