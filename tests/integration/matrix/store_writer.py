"""Fill a crypto store until this process is killed.

    python -m tests.integration.matrix.store_writer FOLDER ROUND

Prints the name of each user whose device, session and pinned identity are stored.
"""

import sys
from itertools import count
from pathlib import Path

from tests.integration.matrix.devices import ANNA, ANNA_DEVICE, BOT, BOT_DEVICE, Device


def main(folder: Path, round_number: int) -> None:
    bot = Device(folder / "bot", BOT, BOT_DEVICE)
    for number in count():
        user = f"@{round_number}-{number}:example.org"
        anna = Device(folder / f"anna-{round_number}", ANNA, ANNA_DEVICE)
        anna.user = user
        bot.meet(anna)
        bot.begin_session(anna)
        bot.store.pin_identity(user, f"key-of-{user}")
        anna.store.close()
        print(user, flush=True)
        if number % 5 == 4:
            bot.store.forget_users([f"@{round_number}-{number - 2}:example.org"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
