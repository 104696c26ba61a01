"""The second process of a race: does what each line of its input says, and says how it ended."""

import asyncio
import json
import secrets
import sys
from pathlib import Path

from tests.drills.races import Act, Shared, outcome, steps
from tests.unit.store.organisation import organisation


async def main(folder: Path) -> None:
    """Serve one order after the other until the input ends."""
    async with organisation(folder, secrets.token_bytes) as org:
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            await asyncio.sleep(order["seconds"])
            act = steps(org, Shared(**order["shared"]), Act(order["act"]))
            print(await outcome(act), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
