"""A slow and lossy network between two namespaces.

Packets of the one leave through a TUN device for this process, which drops some, holds the others back, and puts them
into the other's: what `tc qdisc add … netem delay … loss …` does, for kernels that are built without netem.
"""

import fcntl
import heapq
import os
import random
import select
import socket
import struct
import threading
import time

from .endpoint import Endpoint
from .namespaces import Namespace

_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001


def _tun(namespace: Namespace, address: str) -> int:
    def make() -> int:
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH14x", b"tunnel", _IFF_TUN_NO_PI))
        return device

    device = namespace.in_network(make)
    namespace.run("ip", "address", "add", f"{address}/24", "dev", "tunnel")
    namespace.run("ip", "link", "set", "tunnel", "up")
    return device


class Tunnel:
    """A network of two namespaces; `near` is for Knell, and the endpoint is in the far one."""

    def __init__(self, delay: float = 0, loss: float = 0, seed: int = 1) -> None:
        self.delay, self.loss = delay, loss
        self._random = random.Random(seed)
        self.near, self.far = Namespace("net"), Namespace("net")
        self._devices = [_tun(self.near, "10.99.0.1"), _tun(self.far, "10.99.0.2")]
        listener = self.far.in_network(lambda: socket.create_server(("10.99.0.2", 0), backlog=64))
        self.endpoint = Endpoint(listener)
        self.passed = self.lost = 0
        self._ending = threading.Event()
        self._relay = threading.Thread(target=self._carry, daemon=True)
        self._relay.start()

    def _carry(self) -> None:
        waiting: list[tuple[float, int, int, bytes]] = []
        while not self._ending.is_set():
            pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 0.05
            for device in select.select(self._devices, [], [], min(pause, 0.05))[0]:
                packet = os.read(device, 65536)
                if self._random.random() < self.loss:
                    self.lost += 1
                    continue
                self.passed += 1
                other = self._devices[1 - self._devices.index(device)]
                heapq.heappush(waiting, (time.monotonic() + self.delay, self.passed, other, packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, device, packet = heapq.heappop(waiting)
                os.write(device, packet)

    def __enter__(self) -> "Tunnel":
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._relay.join()
        self.endpoint.close()
        for device in self._devices:
            os.close(device)
        self.near.close()
        self.far.close()
