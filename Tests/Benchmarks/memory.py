"""Section `memory`: resident memory after the start with the example, and what an idle keep-alive connection adds."""

import shutil
import socket
import time
from pathlib import Path

from peers import Unavailable
from processes import Process, cores, free_port, raise_file_limit
from proxying import SKIP, Backend

IDLE_CONNECTIONS = 10_000
START_BUDGET_MIB = 30
CONNECTION_BUDGET_KIB = 4
REQUEST = b"GET /products/1 HTTP/1.1\r\nHost: gateway.test\r\n\r\n"


def example_routes(context):
    """A copy of the example's routes/ that listens on free ports. Returns (folder, public port)."""
    folder = Path(context.folder) / "example"
    shutil.copytree(context.root / "routes", folder / "routes")
    shutil.copytree(context.root / "specs", folder / "specs")
    path = folder / "routes" / "gateway.yaml"
    text, port = path.read_text(), free_port()
    for fixed, free in (("127.0.0.1:8080", port), ("127.0.0.1:9090", free_port())):
        if fixed not in text:
            raise Unavailable(f"routes/gateway.yaml does not bind {fixed} any more")
        text = text.replace(fixed, f"127.0.0.1:{free}")
    path.write_text(text)
    return folder / "routes", port


def resident_after_start(context, lintel):
    """MiB after the start with the example, when nothing has been asked yet."""
    routes, port = example_routes(context)
    process = Process(lintel.serve(routes), Path(context.folder) / "example.log").wait_for(port)
    try:
        time.sleep(1)      # What is only needed for the start is given back.
        return process.resident_bytes() / 2**20
    finally:
        process.stop()


def read_reply(connection):
    """Reads one whole reply with a Content-Length or in chunks, so that the connection is idle afterwards."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise RuntimeError("the proxy closed a connection")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"the proxy answered {head.split(b' ', 2)[1].decode()}")
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < lengths[0] if lengths else not body.endswith(b"0\r\n\r\n"):
        piece = connection.recv(65536)
        if not piece:
            raise RuntimeError("the proxy closed a connection")
        body += piece


def open_idle(port, count):
    """Opens so many connections and sends one request over each; all stay open."""
    connections = []
    try:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            connections.append(connection)
            connection.sendall(REQUEST)
            read_reply(connection)
    except BaseException:
        for connection in connections:
            connection.close()
        raise
    return connections


def cost_of_idle(process, port, count):
    """KiB of resident memory for each further connection that has had one request and stays open."""
    first = open_idle(port, 100)    # The first connections pay for what all share.
    before = process.resident_bytes()
    connections = open_idle(port, count)
    try:
        time.sleep(1)
        return (process.resident_bytes() - before) / count / 1024
    finally:
        for connection in first + connections:
            connection.close()


def run(context):
    """Measures Lintel after the start, and every proxy with idle connections."""
    results = {"idleKiB": {}}
    lintel = context.lintel()
    if lintel is not None:
        try:
            resident = resident_after_start(context, lintel)
            results["startMiB"] = resident
            context.say(f"after the start: {resident:.1f} MiB")
        except RuntimeError as error:
            resident = None
            context.say(f"Lintel does not start with the example: {error}")
        context.budgets.append({
            "work": "memory after the start with the example", "unit": "MiB", "Lintel": resident,
            "budget": f"< {START_BUDGET_MIB} MiB", "held": None if resident is None else resident < START_BUDGET_MIB})
    # A proxy keeps a file for the upstream side of each connection, so half of the limit is the clients'.
    possible = raise_file_limit() // 2 - 500
    count = min(possible, 1000 if context.options.quick else IDLE_CONNECTIONS)
    backend = Backend(context.folder, cores()[1])
    try:
        for peer in context.available_peers():
            contract = (context.root / "specs" / "products.yaml", SKIP, {"timeouts": {"idle": "600s"}})
            try:
                process, port = peer.start(Path(context.folder) / "memory", backend.ports["small"], cores()[0],
                                           connections=count + 1000, contract=contract)
            except RuntimeError as error:
                context.say(f"{peer.name} does not start: {error}")
                continue
            try:
                cost = cost_of_idle(process, port, count)
                results["idleKiB"][peer.name] = cost
                context.say(f"{peer.name}: {cost:.2f} KiB for each of {count:,} idle connections")
            except (OSError, RuntimeError) as error:
                context.say(f"{peer.name}: void, {error}")
            finally:
                process.stop()
    finally:
        backend.stop()
    idle = results["idleKiB"]
    own = idle.get("Lintel")
    context.budgets.append({
        "work": f"memory of one of {count:,} idle connections", "unit": "KiB", **idle,
        "ratio": own / idle["nginx"] if own is not None and idle.get("nginx") else None,
        "budget": f"≤ {CONNECTION_BUDGET_KIB} KiB", "held": None if own is None else own <= CONNECTION_BUDGET_KIB})
    return results
