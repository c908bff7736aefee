"""An instance of a service that takes a given time for each reply, however many it makes at once.

    python3 instance.py PORT SECONDS

`GET /count` tells at once how many other requests there have been.
"""

import asyncio
import sys


class Instance(asyncio.Protocol):
    """Answers requests without content on one connection, one after the other."""

    count = 0
    delay = 0.0

    def connection_made(self, transport):
        self.transport = transport
        self.received = b""

    def data_received(self, data):
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            if head.startswith(b"GET /count "):
                self.answer(str(Instance.count).encode())
            else:
                Instance.count += 1
                asyncio.get_running_loop().call_later(Instance.delay, self.answer, b"ok")

    def answer(self, text):
        """Sends a reply, if somebody is still there."""
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (
                len(text), text))


async def main():
    """Serves until the end."""
    Instance.delay = float(sys.argv[2])
    server = await asyncio.get_running_loop().create_server(Instance, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    await server.serve_forever()


asyncio.run(main())
