"""The bench runs, has every row, and finds every acknowledged answer of ours on the disk."""

import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import time
from asyncio import events
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench import (
    bulk,
    drafts,
    kept_cases,
    matrix_rivals,
    organisation,
    process,
    rivals,
    shares,
    timed_loop,
)
from bench.__main__ import ENDS, PAGE, SECTIONS, begins, write
from bench.amount import FULL, QUICK
from bench.beside import talk_until
from bench.figures import Wanted, at, cpu, percentile, quotients, ratios, speed, spread
from bench.load import Measured
from bench.process import Cpu
from bench.rivals import Row, Run
from bench.sections import databases, floods, start
from bot.app import open_application
from bot.config.load import read_config
from bot.runtime.clock import system_clock
from store.model.errors import Tampered
from tests.program import environment

ROOT = Path(__file__).parents[2]
COUNT = "SELECT count(*) FROM {}"
TABLES_OF_BOTS = 3
"""Sections with a table of bots: Telegram, Matrix, databases."""


@pytest.fixture(name="printed", scope="module")
def _printed() -> Iterator[str]:
    with TemporaryDirectory(prefix="bench-") as name:
        place = Path(name)
        place.chmod(0o755)  # PostgreSQL runs as another user where the tests run as root
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
        yield done.stdout


def row_of(printed: str, name: str) -> list[str]:
    line = next(line for line in printed.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def run(answers: int, seconds: float, used: float) -> Run:
    latencies = [number / 1000 for number in range(1, answers + 1)]
    return Run(Measured(answers, seconds, latencies, cpu=Cpu(used, 0)), answers)


@pytest.mark.timeout(600)  # the first test that needs it waits for the whole bench
def test_every_bot_has_its_row_and_answered_everything(printed: str) -> None:
    names = [rival.name for rival in rivals.everybody()]
    names += [rival.name for rival in matrix_rivals.everybody(0)]
    assert [row_of(printed, name)[0] for name in names] == names
    assert printed.count("Each run is cut at 120 s; none had to be.") == TABLES_OF_BOTS


@pytest.mark.timeout(600)
def test_every_section_says_what_machine_it_was_measured_on(printed: str) -> None:
    parts = re.split("^## ", printed, flags=re.MULTILINE)[1:]
    assert [part.splitlines()[0] for part in parts] == [s.title for s in SECTIONS.values()]
    for part in parts:
        _, _, machine, load, *_ = part.splitlines()
        assert re.fullmatch(r"Machine: \d+ cores of .* one fsync takes [\d.]+ ms\.", machine)
        assert re.fullmatch(r"Load average before: [\d., ]+; after: [\d., ]+\.", load)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "name",
    [rivals.OURS, rivals.OURS_GOING, databases.ON_SQLITE, databases.ON_POSTGRESQL],
)
def test_every_answer_that_we_acknowledged_is_on_the_disk(printed: str, name: str) -> None:
    assert row_of(printed, name)[-1] == "50 of 50"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [matrix_rivals.OURS, matrix_rivals.OURS_GOING])
def test_every_answer_acknowledged_in_a_room_is_on_the_disk(printed: str, name: str) -> None:
    assert row_of(printed, name)[-1] == "10 of 10"


@pytest.mark.timeout(600)
def test_answers_are_on_the_disk_however_many_drafts_are_open(printed: str) -> None:
    assert [row_of(printed, str(number))[2] for number in QUICK.drafts] == ["50 of 50"] * 3


@pytest.mark.timeout(600)
def test_what_is_compared_keeps_nothing_of_a_short_talk(printed: str) -> None:
    assert row_of(printed, rivals.CONVERSATION)[-1] == "0 of 50"


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "sentence",
    [
        r"Throughput beside the faster bare echo bot .*: [\d.]+ \(.*wanted: at least 0\.80",
        r"Of the ratio, the transport accounts for a factor of [\d.]+",
        r"beside that of people who do it themselves: [\d.]+ \(.*wanted: at least 0\.75",
        r"CPU per answer with 20 open drafts beside 10: [\d.]+ \(.*wanted: at most 1\.10",
        r"CPU per answer with 40 open drafts beside 10: [\d.]+ \(.*wanted: at most 1\.10",
        r"Synapse and everybody's clients used at most [\d.]+ cores",
        r"CPU per round trip beside the bare echo bot: [\d.]+ \(.*wanted: at most 1\.15",
        r"Beside the echo bot that hears less: [\d.]+ \(",
        r"chat cleaned as it goes, beside the bare echo bot: [\d.]+ \(",
        r"\| 0\.5 ms, as the program sets it \| busy \| 3 \| [\d.]+ \(.* \| [\d.]+ \(",
        r"\| 5 ms, Python's default \| busy \| 3 \| [\d.]+ \(.* \| [\d.]+ \(",
        r"p99 with Python's default beside that with the program's own interval: [\d.]+ \(",
        r"Throughput beside SQLite: [\d.]+ \(",
        r"CPU per answer of the bot's process beside SQLite: [\d.]+ \(",
        r"The server's processes take [\d.]+ \(.* ms more",
        r"\| others, people hand over \| \d+ \(.* ms \| \d+ \(.* ms \|",
        r"later than the quiet one by: -?\d+ \(.*wanted: at most 250 ms",
        *(
            wanted
            for kind in floods.KINDS
            for wanted in (
                rf"\| beside a flood {kind} \| \d+ \(.* ms \| \d+ \(.* ms \|",
                rf"a flood {kind}, later than the quiet one by: -?\d+ \(.*at most 250 ms",
                rf"a flood {kind}, in CPU time of its thread: \d+ \(.*wanted: at most 50 ms",
            )
        ),
        r"The last hand-over was answered after: [\d.]+ \(.*wanted: at most 8\.0 s",
        r"With 1,000 kept cases, ready after: [\d.]+ \(.*wanted: at most 2\.00 s",
        r"With 1,000 kept cases, most memory: \d+ \(.*wanted: at most 200 MB\. Met",
        r"\| a talk of 20 pieces \| [\d.]+ \(.* \| [\d.]+ \(",
        r"\| an opened case of 10 pieces \| [\d.]+ \(.* \| [\d.]+ \(",
        *(rf"\| [\d.]+% \| {re.escape(part)} \|" for part in shares.PARTS),
    ],
)
def test_every_other_result_is_said(printed: str, sentence: str) -> None:
    assert re.search(sentence, printed)


async def test_the_longest_pieces_of_work_on_a_loop_are_written_down_with_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events.Handle, "_run", events.Handle._run)  # put back at the end
    pieces = timed_loop.Pieces(tmp_path)
    timed_loop.time_pieces(pieces)

    async def work(seconds: float) -> None:
        await asyncio.sleep(0)
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass
        await asyncio.sleep(0)

    await asyncio.gather(work(0.02), work(0.03))
    pieces.write()
    first, second, *_ = json.loads((tmp_path / "pieces-0.json").read_text("utf-8"))
    assert first[0] >= 0.03 > second[0] >= 0.02
    assert "work > sleep" in first[1]
    await asyncio.sleep(0)
    pieces.write()
    later = json.loads((tmp_path / "pieces-1.json").read_text("utf-8"))
    assert later[0][0] < second[0], "it begins anew"


def test_nine_rounds_are_measured_unless_it_is_said() -> None:
    assert FULL.rounds == 9


@pytest.mark.parametrize(
    ("wanted", "values", "verdict"),
    [
        (
            Wanted(0.85, least=True),
            [0.8, 0.9, 1.0],
            "0.90 (0.80–1.00); wanted: at least 0.85. Met.",
        ),
        (
            Wanted(0.85, least=True),
            [0.8, 0.84, 1.0],
            "0.84 (0.80–1.00); wanted: at least 0.85. **Not met.**",
        ),
        (
            Wanted(250, form=".0f", unit=" ms"),
            [10, 251, 300],
            "251 (10–300) ms; wanted: at most 250 ms. **Not met.**",
        ),
    ],
)
def test_what_is_wanted_is_held_against_the_median(
    wanted: Wanted, values: list[float], verdict: str
) -> None:
    assert wanted.verdict(values) == verdict


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
    assert quotients([1.0, 9.0], [2.0, 3.0]) == [0.5, 3.0]


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0], 0.99) == 1.0


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
    assert longer.before == ("!start", "1", "3", "!skip", "just keep it")
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
    one, other = begins("telegram"), begins("matrix")
    page.write_text(f"How.\n\n{one}\n\nOld.\n\n{ENDS}\n\n{other}\n\n{ENDS}\n", "utf-8")
    write(page, {"matrix": "New."})
    assert page.read_text("utf-8") == (
        f"How.\n\n{one}\n\nOld.\n\n{ENDS}\n\n{other}\n\nNew.\n\n{ENDS}\n"
    )
    write(page, {"telegram": "Newer."})
    assert page.read_text("utf-8") == (
        f"How.\n\n{one}\n\nNewer.\n\n{ENDS}\n\n{other}\n\nNew.\n\n{ENDS}\n"
    )


def test_the_page_has_a_place_for_the_results() -> None:
    page = PAGE.read_text("utf-8")
    assert [page.count(begins(name)) for name in SECTIONS] == [1] * len(SECTIONS)
    assert page.count(ENDS) == len(SECTIONS)


# --- what is generated


async def test_generated_talks_are_open_for_their_accounts(tmp_path: Path) -> None:
    await drafts.prepare(tmp_path / "one", 3)
    config = read_config(tmp_path / "one" / organisation.CONFIG)
    async with open_application(config, system_clock, secrets.token_bytes) as application:
        for number in range(drafts.FIRST, drafts.FIRST + 3):
            who = drafts.account_of(number)
            snapshot = await application.stores.cases.snapshot(who, system_clock(), pieces=True)
            assert [piece.text for piece in snapshot.pieces] == drafts.texts_of(number)
        counted = await application.stores.cases.database.count_rows()
    assert {table: n // 3 for table, n in counted.items() if n >= 3} == {
        "house": 1,
        "case_file": 1,
        "item": 3,
        "item_chunk": 3,
        "draft": 1,
        "processed_message": 1,
        "deletable_message": 1,
        "quota": 1,
    }


async def test_a_generated_talk_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    await drafts.prepare(tmp_path / "one", 2)
    config = tmp_path / "one" / organisation.CONFIG
    with bulk.filling(tmp_path / "one" / "data" / "holdfast.db") as connection:
        connection.execute("UPDATE item_chunk SET bytes = zeroblob(length(bytes))")
    with pytest.raises(Tampered):
        await drafts._open_some(config, 2)


async def test_generated_cases_have_the_rows_of_the_one_that_was_kept(tmp_path: Path) -> None:
    await kept_cases.prepare(tmp_path / "one", 20)
    with bulk.filling(tmp_path / "one" / "data" / "holdfast.db") as connection:
        counted = {
            table: connection.execute(COUNT.format(table)).fetchone()[0]
            for table in ("case_file", "takeback", "access_grant", "delivery")
        }
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert counted == {"case_file": 20, "takeback": 20, "access_grant": 2, "delivery": 2}


async def test_an_organisation_is_as_it_was_after_each_start(tmp_path: Path) -> None:
    organisation.found(tmp_path / "one")
    config = tmp_path / "one" / organisation.CONFIG
    before = config.read_text("utf-8")
    begun = await start._start(tmp_path, tmp_path / "one")
    assert config.read_text("utf-8") == before
    assert begun.seconds > 0
    assert begun.memory > 10_000_000


# --- processes


async def test_what_a_process_prints_comes_back(tmp_path: Path) -> None:
    assert await process.output_of(tmp_path, "-c", "print('a line')") == "a line\n"


async def test_a_process_that_fails_is_reported(tmp_path: Path) -> None:
    with pytest.raises(process.Ended, match="a mistake"):
        await process.output_of(tmp_path, "-c", "raise SystemExit('a mistake')")


def test_children_that_have_ended_count_for_their_family() -> None:
    before = process.used_by_family(os.getpid())
    spin = "import time\nwhile time.process_time() < 0.25: pass"  # some ticks more than is wanted
    subprocess.run([sys.executable, "-c", spin], check=True)
    assert process.used_by_family(os.getpid()) - before >= 0.2


@dataclass(frozen=True, slots=True)
class Talker:
    id: str


async def test_others_are_measured_even_if_what_disturbs_them_ends_at_once() -> None:
    async def reply(talker: Talker, text: str, wanted: str) -> float:
        return float(bool(talker and text and wanted))

    latencies: list[float] = []
    end = asyncio.create_task(asyncio.sleep(0))
    await end
    await talk_until([Talker("Oak"), Talker("Ash")], end, latencies, reply)
    assert latencies == [1.0, 1.0]
