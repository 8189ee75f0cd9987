"""A server of department interfaces that take their time, in a process of its own: ``python -m … MILLISECONDS``.

It prints its port. ``/hang`` never answers; every other path answers with one record of the code that is asked about.
"""

from __future__ import annotations

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit


class Interface(asyncio.Protocol):
    """One kept-alive connection."""

    seconds = 0.05

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, self._received = self._received.split(b"\r\n\r\n", 1)
            target = urlsplit(head.split(b" ", 2)[1].decode())
            if target.path != "/hang":
                asyncio.get_running_loop().call_later(self.seconds, self._answer, target.path, target.query)

    def _answer(self, path: str, query: str) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer(path, parse_qs(query)["code"][0]))


def answer(path: str, code: str) -> bytes:
    """The whole answer of one department about one business."""
    row = {"id": f"{path[1:]}-1", "code": code, "number": "盐罚〔2025〕1号", "decided": "2025-06-01", "amount": "2000",
           "type": "未按规定备案", "facts": "经查，该单位未按规定办理备案。", "types": "罚款"}  # fmt: skip
    document = {"state": "ok", "asOf": "2026-11-20 23:00:00", "count": 1, "list": [row]}
    body = json.dumps(document, ensure_ascii=False).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def serve(milliseconds: int) -> None:
    """Serve until killed, on every loopback address."""
    Interface.seconds = milliseconds / 1000
    server = await asyncio.get_running_loop().create_server(Interface, "0.0.0.0", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
