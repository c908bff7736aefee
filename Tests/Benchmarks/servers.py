"""Small servers of the benchmarks' own, on loopback, with a thread for each connection."""

import socket
import threading


class ThreadedServer:
    """Listens on a free port and has each connection served by a thread, until it ends or `stop`."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def serve(self, connection):
        """Answers requests on one connection, which is closed behind it. An OSError or RuntimeError ends it quietly."""
        raise NotImplementedError

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with connection:
                self.serve(connection)
        except (OSError, RuntimeError):
            pass    # The proxy has gone; so does this connection.

    def stop(self):
        """Listens no more."""
        self.listener.close()
