"""An HTTP endpoint on loopback that does as it is told and counts what it gets."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from .waiting import BOUND, wait_until

Answer = Callable[[socket.socket], None]


def answer(status: int = 200, after: float = 0) -> Answer:
    """An answer of this status, so many seconds after the request."""

    def act(connection: socket.socket) -> None:
        time.sleep(after)
        connection.sendall(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())

    return act


def answer_upon(event: threading.Event, status: int = 200) -> Answer:
    """An answer of this status, once the test lets it go."""

    def act(connection: socket.socket) -> None:
        assert event.wait(BOUND), "nobody has let the answer go"
        answer(status)(connection)

    return act


def silence(connection: socket.socket) -> None:
    """Nothing, until the other side gives up."""
    while connection.recv(4096):
        pass


class Endpoint:
    """A server whose paths have scripts: one answer a request, the last one for all further ones."""

    def __init__(self, listener: socket.socket | None = None) -> None:
        self.listener = listener or socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.scripts: dict[str, list[Answer]] = {}
        self.times: dict[str, list[float]] = {}
        self.lock = threading.Lock()
        self.observer: Callable[[str], None] | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str = "/quit") -> str:
        host, port = self.listener.getsockname()[:2]
        return f"http://{host}:{port}{path}"

    def posts(self, path: str = "/quit") -> int:
        """How many whole POSTs have come."""
        return len(self.times.get(path, []))

    def all_posts(self) -> int:
        """How many whole POSTs have come to any path."""
        return sum(map(len, list(self.times.values())))

    def await_posts(self, count: int, path: str = "/quit") -> None:
        wait_until(f"{count} POSTs to {path}", lambda: self.posts(path) >= count)

    def close(self) -> None:
        # A listener that only is closed would let a thread that waits in accept(2) have one more connection.
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def __enter__(self) -> "Endpoint":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head, body = b"", b""
            while b"\r\n\r\n" not in head:
                if not (part := connection.recv(65536)):
                    return
                head += part
            head, _, body = head.partition(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
            )
            while len(body) < length:
                if not (part := connection.recv(65536)):
                    return
                body += part
            method, path = head.split(b" ")[:2]
            if method != b"POST":
                return answer(405)(connection)
            self._count(path.decode())(connection)

    def _count(self, path: str) -> Answer:
        with self.lock:
            self.times.setdefault(path, []).append(time.monotonic())
            script = self.scripts.get(path, [])
            act = script.pop(0) if len(script) > 1 else script[0] if script else answer()
        if self.observer:
            self.observer(path)
        return act
