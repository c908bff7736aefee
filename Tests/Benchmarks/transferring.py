"""Section `transfer`: 200 MB up and down through each proxy, and how far its memory grows meanwhile.

A proxy with backpressure needs the same memory for a large body as for a small one, also when the reader is slow.
"""

import json
import socket
import time
from pathlib import Path

from processes import cores
from servers import ThreadedServer

SIZE = 200_000_000
QUICK_SIZE = 40_000_000
PIECE = 256 * 1024
GROWTH_BUDGET_MIB = 32
PAUSE_SECONDS = 2
LIMIT_SECONDS = 120

BINARY = {"application/octet-stream": {"schema": {}}}
DOCUMENT = {
    "openapi": "3.1.0", "info": {"title": "Blobs", "version": "1.0.0"},
    "paths": {"/blobs/{name}": {
        "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
        "get": {"operationId": "getBlob", "responses": {"200": {"description": "The blob.", "content": BINARY}}},
        "put": {"operationId": "putBlob", "requestBody": {"required": True, "content": BINARY},
                "responses": {"204": {"description": "Stored."}}},
    }},
}
DEFAULTS = {
    "timeout": "300s",
    "timeouts": {"requestBody": "300s", "responseHead": "300s", "responseIdle": "300s"},
    "limits": {"requestBody": "1024MiB", "responseBody": "1024MiB"},
}


def read_head(connection):
    """Reads up to the empty line. Returns (head in small letters, what came after it)."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise RuntimeError("the connection closed before the end of a head")
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head.lower(), rest


def content_length(head):
    """The value of Content-Length, or None."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    return None


def skip_body(connection, head, body):
    """Reads a body to its end and drops it. `body` is what came with the head. Returns its length on the wire."""
    received, tail, buffer = len(body), body[-5:], bytearray(PIECE)
    length = content_length(head)
    chunked = b"transfer-encoding: chunked" in head
    while tail != b"0\r\n\r\n" if chunked else received < (length or 0):
        count = connection.recv_into(buffer)
        if count == 0:
            raise RuntimeError(f"the connection closed after {received} bytes of a body")
        received += count
        tail = (tail + bytes(buffer[max(0, count - 5):count]))[-5:]
    return received


class BlobBackend(ThreadedServer):
    """A server that takes in what is sent and answers a GET with as many zeros as the path says."""

    def serve(self, connection):
        zeros = b"\0" * PIECE
        while True:
            head, body = read_head(connection)
            method, target = head.split(b" ", 2)[:2]
            if method == b"put":
                skip_body(connection, head, body)
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                continue
            size = int(target.rsplit(b"/", 1)[1])
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                               b"Content-Length: %d\r\n\r\n" % size)
            for start in range(0, size, PIECE):
                connection.sendall(zeros[:min(PIECE, size - start)])


def connect(port, receive_buffer=None):
    """A connection to a proxy; a small receive buffer makes a slow reader felt soon."""
    connection = socket.socket()
    connection.settimeout(LIMIT_SECONDS)
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.connect(("127.0.0.1", port))
    return connection


def expect_status(head, status):
    """Raises RuntimeError unless the reply has this status."""
    if head.split(b" ", 2)[1] != status:
        raise RuntimeError(f"the proxy answered {head.splitlines()[0].decode()}")


def upload(port, size, chunked):
    """Sends so many bytes with a length or in chunks, and waits for the reply."""
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % size
    with connect(port) as connection:
        connection.sendall(b"PUT /blobs/0 HTTP/1.1\r\nHost: gateway.test\r\nContent-Type: application/octet-stream\r\n"
                           + framing + b"\r\n\r\n")
        zeros = b"\0" * PIECE
        for start in range(0, size, PIECE):
            piece = zeros[:min(PIECE, size - start)]
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            connection.sendall(b"0\r\n\r\n")
        expect_status(read_head(connection)[0], b"204")


def download(port, size, slowly):
    """Reads so many bytes, at once or after a pause during which the proxy could fill its memory."""
    with connect(port, 64 * 1024 if slowly else None) as connection:
        connection.sendall(b"GET /blobs/%d HTTP/1.1\r\nHost: gateway.test\r\n\r\n" % size)
        head, body = read_head(connection)
        expect_status(head, b"200")
        if slowly:
            time.sleep(PAUSE_SECONDS)
        received = skip_body(connection, head, body)
        if received < size:
            raise RuntimeError(f"{received} of {size} bytes came")


TRANSFERS = {
    "upload": lambda port, size: upload(port, size, chunked=False),
    "upload, chunked": lambda port, size: upload(port, size, chunked=True),
    "download": lambda port, size: download(port, size, slowly=False),
    "download, slow reader": lambda port, size: download(port, size, slowly=True),
}


def run(context):
    """Sends the large bodies through every proxy; returns growth and throughput."""
    size = QUICK_SIZE if context.options.quick else SIZE
    folder = Path(context.folder) / "transfer"
    folder.mkdir()
    document = folder / "blobs.json"
    document.write_text(json.dumps(DOCUMENT))
    contract = (document, {"requests": "enforce", "responses": "skip"}, DEFAULTS)
    results, rows = {}, []
    backend = BlobBackend()
    try:
        for peer in context.available_peers():
            try:
                process, port = peer.start(folder, backend.port, cores()[0], contract=contract)
            except RuntimeError as error:
                context.say(f"{peer.name} does not start: {error}")
                continue
            try:
                for name, transfer in TRANSFERS.items():
                    transfer(port, 1_000_000)
                    process.forget_peak()
                    before, started = process.resident_bytes(), time.monotonic()
                    transfer(port, size)
                    seconds = time.monotonic() - started - (PAUSE_SECONDS if "slow" in name else 0)
                    growth = (process.peak_resident_bytes() - before) / 2**20
                    rate = size / 1e6 / seconds
                    results.setdefault(name, {})[peer.name] = {"growthMiB": growth, "megabytesPerSecond": rate}
                    context.say(f"{peer.name}, {name}: {growth:+.1f} MiB, {rate:.0f} MB/s")
            except (OSError, RuntimeError) as error:
                context.say(f"{peer.name}: void, {error}")
            finally:
                process.stop()
    finally:
        backend.stop()
    for name in TRANSFERS:
        measured = results.get(name, {})
        own = measured.get("Lintel", {}).get("growthMiB")
        context.budgets.append({
            "work": f"memory growth: {size / 1e6:.0f} MB {name}", "unit": "MiB",
            **{peer: figures["growthMiB"] for peer, figures in measured.items()},
            "budget": f"< {GROWTH_BUDGET_MIB} MiB", "held": None if own is None else own < GROWTH_BUDGET_MIB})
        rows += [[name, peer, f"{figures['megabytesPerSecond']:,.0f}"] for peer, figures in measured.items()]
    context.tables.append(("Large bodies", ["transfer", "proxy", "MB/s"], rows))
    return results
