"""What a call says, however it arrives."""

import asyncio

from aiohttp.base_protocol import BaseProtocol
from aiohttp.streams import StreamReader
from aiohttp.test_utils import make_mocked_request

from tests.doubles.telegram.wire import Upload, read_params

PIECE = 2**18
"""At least as many bytes as aiohttp asks for at once."""


async def test_a_form_that_arrives_in_pieces_of_any_size_is_read() -> None:
    data = bytes(range(256)) * 1500
    head = b'--edge\r\nContent-Disposition: form-data; name="document"; filename="a"\r\n\r\n'
    loop = asyncio.get_running_loop()
    protocol = BaseProtocol(loop)
    protocol.transport = asyncio.Transport()
    body = StreamReader(protocol, 2**20, loop=loop)
    request = make_mocked_request(
        "POST", "/", {"Content-Type": "multipart/form-data; boundary=edge"}, payload=body
    )
    reading = asyncio.create_task(read_params(request))
    for piece in (head + data[:100], data[100:103], data[103 : 103 + PIECE]):
        body.feed_data(piece)
        for _ in range(5):  # more turns of the loop than reading a piece takes
            await asyncio.sleep(0)
    body.feed_data(data[103 + PIECE :] + b"\r\n--edge--\r\n")
    body.feed_eof()
    read = (await reading)["document"]
    assert isinstance(read, Upload)
    assert read.data == data
