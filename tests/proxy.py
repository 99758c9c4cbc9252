"""A TCP proxy on 127.0.0.1 that fails as networks do."""

import contextlib
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Self

RESET = struct.pack("ii", 1, 0)  # linger for 0 s: close() sends RST
PIECE_BYTES = 65_536


class Proxy:
    """Passes connections on to a server, until told to be in the way.

    `cut` and `reset` end the connections, also after some bytes more from the server;
    `silence` passes nothing on but keeps them open; `slow_down` passes the server's
    bytes at a rate; `mend` passes all again.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self.mend()
        self.bytes_from_server = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def mend(self) -> None:
        """Pass everything on."""
        self._is_silent = False
        self._bytes_per_second = 0.0
        self._resets_after_bytes: int | None = None

    def silence(self) -> None:
        """Swallow what comes, on old and new connections."""
        self._is_silent = True

    def slow_down(self, bytes_per_second: float) -> None:
        """Pass on what the server says at this rate."""
        self._bytes_per_second = bytes_per_second

    def reset_after(self, count: int) -> None:
        """Reset all connections as soon as the server has said so many bytes more."""
        self._resets_after_bytes = self.bytes_from_server + count

    def cut(self) -> None:
        """Close all connections."""
        self._end(with_reset=False)

    def reset(self) -> None:
        """Reset all connections."""
        self._end(with_reset=True)

    def _end(self, *, with_reset: bool) -> None:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for end in (end for pair in pairs for end in pair):
            with contextlib.suppress(OSError):
                if with_reset:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                else:
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def _accept(self) -> None:
        for client in self._clients():
            try:
                server = socket.create_connection(self._target)
            except OSError:  # the server is away: so is the proxy
                client.close()
                continue
            with self._lock:
                self._pairs.append((client, server))
            threading.Thread(
                target=self._pass_on, args=(client, server), daemon=True
            ).start()

    def _clients(self) -> Iterator[socket.socket]:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            yield client

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, contextlib.suppress(OSError, ValueError):
            while True:
                readable, _, _ = select.select([client, server], [], [], 0.1)
                for source in readable:
                    size = PIECE_BYTES
                    if source is server and self._bytes_per_second:
                        size = max(1, int(self._bytes_per_second / 20))
                        time.sleep(size / self._bytes_per_second)
                    data = source.recv(size)
                    if not data:
                        return
                    if source is server:
                        self.bytes_from_server += len(data)
                        limit = self._resets_after_bytes
                        if limit is not None and self.bytes_from_server >= limit:
                            self._resets_after_bytes = None
                            self.reset()
                            return
                    if not self._is_silent:
                        (client if source is server else server).sendall(data)
