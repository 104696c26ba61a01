"""Give a walk to somebody who knows nothing else, and take what they answer.

python -m tests.walks list                          which walks are open
python -m tests.walks ask anger                     what a reader is given, and nothing besides
python -m tests.walks answer anger --by NAME FILE   their answers, as they wrote them
python -m tests.walks judge anger --by NAME         what is right, beside what was answered
python -m tests.walks judge anger who=right telegram=right stop=right … --by NAME
"""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from tests.walks import kit
from tests.walks.playing import walks
from tests.walks.sheets import QUESTIONS, Sheet, read_sheet


def main(today: str) -> int:
    """Do what the command line says; return how the process ends."""
    wanted = _parser().parse_args()
    if wanted.do == "list":
        kit.README.write_text(kit.with_list(kit.README.read_text("utf-8")), "utf-8")
        print(kit.list_of_walks())
        return 0
    if wanted.do == "ask":
        print(kit.asked(wanted.walk))
        return 0
    sheet = read_sheet(kit.sheet_of(wanted.walk))
    try:
        if wanted.do == "answer":
            text = wanted.file.read_text("utf-8")
            kit.save(wanted.walk, kit.answered(sheet, wanted.by, wanted.date or today, text))
        elif wanted.verdicts:
            verdicts = dict(verdict.split("=", 1) for verdict in wanted.verdicts)
            kit.save(wanted.walk, kit.judged(sheet, wanted.by, verdicts))
        else:
            print(_beside(sheet))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _beside(sheet: Sheet) -> str:
    if not sheet.given:
        raise ValueError("nobody has answered yet")
    last = sheet.given[-1].answers
    parts = (
        f"{q}\n  right:    {sheet.right[k]}\n  answered: {last[k]}" for k, q in QUESTIONS.items()
    )
    return "\n\n".join(parts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.walks")
    commands = parser.add_subparsers(dest="do", required=True)
    commands.add_parser("list")
    for name in ("ask", "answer", "judge"):
        command = commands.add_parser(name)
        command.add_argument("walk", choices=[path.stem for path in walks()])
        if name != "ask":
            command.add_argument("--by", required=True)
        if name == "answer":
            command.add_argument("--date", default="")
            command.add_argument("file", type=Path)
        if name == "judge":
            command.add_argument("verdicts", nargs="*")
    return parser


if __name__ == "__main__":
    sys.exit(main(f"{datetime.now().astimezone():%Y-%m-%d}"))
