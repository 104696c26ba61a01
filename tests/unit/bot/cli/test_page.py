import hashlib
from pathlib import Path

import pytest

from bot.cli import main
from bot.reader_page import MADE_BY, read_page


def test_the_page_is_written_and_its_number_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reader.html"
    assert main(["page", "write", "--out", str(file)]) == 0
    assert file.read_bytes() == read_page()
    assert hashlib.sha256(read_page()).hexdigest() in capsys.readouterr().out


def test_an_earlier_page_is_replaced_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reader.html"
    file.write_text(f"<!doctype html>\n{MADE_BY}\nan earlier one", "utf-8")
    assert main(["page", "write", "--out", str(file)]) == 0
    file.write_text("my diary", "utf-8")
    assert main(["page", "write", "--out", str(file)]) == 1
    assert file.read_text("utf-8") == "my diary"
    assert "did not make" in capsys.readouterr().err


def test_the_page_names_nothing_to_load() -> None:
    page = read_page().decode()
    assert "default-src 'none'" in page
    assert MADE_BY in page[:4096]
    markup = page.partition("<script")[0]
    assert "http:" not in markup
    assert "https:" not in markup
