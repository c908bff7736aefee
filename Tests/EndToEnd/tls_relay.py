#!/usr/bin/env python3
"""Takes plain connections and carries their bytes to a TLS server, so that clients which speak no TLS test one.

  python3 tls_relay.py PORT        prints the port that it listens at, and relays to 127.0.0.1:PORT

What an end means goes through as well: close_notify becomes an orderly end, an end without it a reset (RFC 8446 section 6.1).
"""
import socket
import ssl
import struct
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
context.set_alpn_protocols(["http/1.1"])


class Relay:
    """One connection: two threads, one for each direction, over one TLS session."""

    def __init__(self, client, port):
        self.client = client
        self.server = socket.create_connection(("127.0.0.1", port))
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        self.session, self.sending = threading.Lock(), threading.Lock()

    def flush(self):
        """Sends the records that TLS has made, in their order."""
        with self.sending:
            with self.session:
                records = self.outgoing.read()
            if records:
                self.server.sendall(records)

    def shake_hands(self):
        while True:
            try:
                self.tls.do_handshake()
                return self.flush()
            except ssl.SSLWantReadError:
                self.flush()
                self.incoming.write(self.server.recv(65536) or b"")

    def upwards(self):
        try:
            while data := self.client.recv(65536):
                with self.session:
                    self.tls.write(data)
                self.flush()
            # The client has no more to say, but may want to hear: only this half of the connection ends.
            self.server.shutdown(socket.SHUT_WR)
        except OSError:
            self.server.close()

    def downwards(self):
        orderly = False
        try:
            while True:
                records = self.server.recv(65536)
                with self.session:
                    if records:
                        self.incoming.write(records)
                    else:
                        self.incoming.write_eof()
                    plain = bytearray()
                    try:
                        while data := self.tls.read(65536):
                            plain += data
                        orderly = True
                    except ssl.SSLWantReadError:
                        pass
                self.client.sendall(plain)
                if orderly or not records:
                    break
        except (OSError, ssl.SSLError):
            pass
        if not orderly:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        try:
            # The other thread may be waiting for this end; it wakes up, and the last one to let go closes.
            self.client.shutdown(socket.SHUT_RDWR if orderly else socket.SHUT_RD)
        except OSError:
            pass
        self.client.close()
        self.server.close()

    def run(self):
        try:
            self.shake_hands()
        except (OSError, ssl.SSLError):
            return self.client.close()
        threading.Thread(target=self.upwards, daemon=True).start()
        self.downwards()


listener = socket.create_server(("127.0.0.1", 0), backlog=256)
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    threading.Thread(target=Relay(connection, int(sys.argv[1])).run, daemon=True).start()
