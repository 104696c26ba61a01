"""A program that fills a cabinet until it is killed.

    python -m tests.integration.matrix.writer FOLDER ROUND

Written to the standard output: the name of each user whose device, session and pin are kept.
"""

import sys
from itertools import count
from pathlib import Path

from tests.integration.matrix.devices import ANNA, ANNA_DEVICE, BOT, BOT_DEVICE, Device


def main(folder: Path, of_round: int) -> None:
    bot = Device(folder / "bot", BOT, BOT_DEVICE)
    for number in count():
        user = f"@{of_round}-{number}:example.org"
        anna = Device(folder / f"anna-{of_round}", ANNA, ANNA_DEVICE)
        anna.user = user
        bot.meet(anna)
        bot.begin(anna)
        bot.cabinet.set_pin(user, f"the key of {user}")
        anna.cabinet.close()
        print(user, flush=True)
        if number % 5 == 4:
            bot.cabinet.forget_user(f"@{of_round}-{number - 2}:example.org")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
