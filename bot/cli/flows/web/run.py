"""Start the page, say where it is, and end it at Ctrl-C."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from bot.cli.flows.flow_folder import CONFIG, FlowFolder, find_flows, read_file
from bot.cli.flows.web.editor import FlowEditor
from bot.cli.flows.web.server import serving
from bot.runtime import logs

STARTED = """\
The page is ready. Open this address in a browser on this computer:

    {address}

It is for you alone: nobody on another computer can open it, and the end of the address is its key.
Talks on it are made up and thrown away. Ctrl-C ends it."""


def run_page(args: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C or a signal to end."""
    folder = find_flows(args)
    for file in folder.files:
        read_file(file)
    logs.configure(sys.stderr)
    logging.getLogger().setLevel(logging.WARNING)
    asyncio.run(_serve(FlowEditor(folder, find_config(args, folder)), args.port or 0))
    return 0


def find_config(args: argparse.Namespace, folder: FlowFolder) -> Path | None:
    """Return the configuration of the organisation to which the files belong, if there is one."""
    if args.config is not None:
        return Path(args.config)
    here = Path(CONFIG)
    return here if here.is_file() and not args.file and folder.files else None


async def _serve(editor: FlowEditor, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serving(editor, port) as address:
        print(STARTED.format(address=address), flush=True)
        await stop.wait()
