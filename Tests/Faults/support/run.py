"""A run of Knell."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import IO, Any

from . import programs
from .programs import ENVIRONMENT
from .waiting import BOUND, reap, reap_within, wait_until

Event = dict[str, Any]


class Run:
    """`knell run` with its log read as events while they come."""

    def __init__(
        self,
        directory: Path,
        configuration: str,
        *,
        wrapper: list[str] | None = None,
        options: list[str] | None = None,
        environment: dict[str, str] | None = None,
        stderr: int | IO[bytes] | None = None,
        config_path: Path | None = None,
    ) -> None:
        self.directory = directory
        number = len(list(directory.glob("verdict*")))
        self.termination_log = directory / f"verdict-{number}"
        self.termination_log.touch()
        self.termination_log.chmod(0o666)
        self.config = config_path or directory / "knell.yaml"
        if not config_path:
            self.config.write_text(configuration)
        command = [*(wrapper or []), str(programs.KNELL), "run", "--config", str(self.config), "--log-format", "json"]
        command += ["--termination-log", str(self.termination_log), *(options or [])]
        # A file, for it takes every line, however late somebody reads: with 5,000 processes that is not sure of a pipe.
        log = directory / f"log-{number}"
        self._log = log.open("wb") if stderr is None else None
        self.has_log = stderr is None
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log if stderr is None else stderr,
            env=ENVIRONMENT | (environment or {}),
        )
        self.events: list[Event] = []
        # Lines that are no events: faults before the first one, and what is broken.
        self.other_lines: list[str] = []
        self.ended: float | None = None
        self._wrapper_is_stopped = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, args=(log,), daemon=True)
        self._reader.start()

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            for pid in {self.process.pid, *self.descendants()}:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            reap(self.process)

    def _read(self, log: Path) -> None:
        """Takes the lines of the log while they come."""
        if not self._log:
            return
        with self._log, log.open("rb") as file:
            rest, is_over = b"", False
            while not is_over:
                # Whatever the process has written is there before it is known to have ended.
                is_over = self.process.poll() is not None
                *lines, rest = (rest + file.read()).split(b"\n")
                self._take(lines)
                if not lines:
                    time.sleep(0.001)
            self._take([rest] if rest else [])
        with self._changed:
            self.ended = time.monotonic()
            self._changed.notify_all()

    def _take(self, lines: list[bytes]) -> None:
        with self._changed:
            for line in lines:
                self._take_line(line.decode(errors="replace"))
            self._changed.notify_all()

    def _take_line(self, text: str) -> None:
        try:
            event = json.loads(text)
            event["event"], event["time"]
            self.events.append(event | {"came": time.monotonic()})
        except (ValueError, KeyError, TypeError):
            self.other_lines.append(text)

    def named(self, name: str, **fields: Any) -> list[Event]:
        """The events of this name so far, with these fields."""
        wanted = fields | {"event": name}
        return [event for event in list(self.events) if all(event.get(key) == value for key, value in wanted.items())]

    def wait_for(self, name: str, count: int = 1, within: float = BOUND, **fields: Any) -> Event:
        """Waits until there are so many of these events, and returns the last of them."""
        found = self._await(name, count, within, fields)
        assert len(found) >= count, f"no {name} {fields} {'in time' if self.ended is None else 'ever'}:\n{self.log()}"
        return found[count - 1]

    def reaches(self, name: str, within: float = BOUND, **fields: Any) -> bool:
        """Waits until there is such an event, or the run is over; whether there is one."""
        return bool(self._await(name, 1, within, fields))

    def _await(self, name: str, count: int, within: float, fields: dict[str, Any]) -> list[Event]:
        deadline = time.monotonic() + within
        with self._changed:
            while len(found := self.named(name, **fields)) < count and self.ended is None:
                if (left := deadline - time.monotonic()) <= 0:
                    break
                self._changed.wait(left)
        return found

    def exit_code(self, within: float = BOUND) -> int:
        """Knell's own exit code; minus the signal that killed it."""
        deadline = time.monotonic() + within
        while (code := reap_within(self.process, 0.1)) is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"it hangs after {within:g} s:\n{self._threads()}\n{self.log()}")
            # A wrapper that was stopped may stop once more, by itself.
            if self._wrapper_is_stopped:
                self.process.send_signal(signal.SIGCONT)
        self._reader.join(within)
        return code

    def _threads(self) -> str:
        """What the process and its threads are in the middle of: name, state, system call, and signals that wait."""
        found = []
        for task in sorted(Path(f"/proc/{self.process.pid}/task").iterdir()):
            status = (task / "status").read_text().splitlines()
            wanted = [line for line in status if line.startswith(("State", "SigPnd", "ShdPnd", "SigBlk", "voluntary"))]
            found.append(f"{task.name} {(task / 'syscall').read_text().strip()} {' '.join(wanted)}")
        return "\n".join(found)

    def signal(self, number: int) -> None:
        """Sends Knell a signal.

        With SIGSTOP a wrapper stops first, for good: nsenter(1) stops with its child, and once continued it continues
        the child, which may be in the middle of the next stop.
        """
        pid = self.pid
        if number == signal.SIGSTOP and pid != self.process.pid:
            self._wrapper_is_stopped = True
            os.kill(self.process.pid, signal.SIGSTOP)
        os.kill(pid, number)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    @property
    def pid(self) -> int:
        """Knell's pid here, also where a wrapper has stayed as its parent."""
        return wait_until("a process of Knell", self._find)

    def _find(self) -> int | None:
        for pid in (self.process.pid, *self.descendants()):
            try:
                if os.readlink(f"/proc/{pid}/exe") == str(programs.KNELL):
                    return pid
            except OSError:
                continue
        return None

    def descendants(self) -> list[int]:
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            try:
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            except OSError:
                continue
            todo += map(int, children)
            found += map(int, children)
        return found

    def holds_pidfd_of(self, pid: int) -> bool:
        """Whether Knell has a pidfd of this process; what it has opened tells that where its log cannot."""
        try:
            entries = list(Path(f"/proc/{self.pid}/fdinfo").iterdir())
        except FileNotFoundError:
            return False
        for entry in entries:
            try:
                if f"\nPid:\t{pid}\n" in entry.read_text():
                    return True
            except OSError:
                continue
        return False

    def await_pidfd_of(self, pid: int) -> None:
        wait_until(f"a pidfd of {pid}", lambda: self.holds_pidfd_of(pid))

    def verdict(self) -> dict[str, Any]:
        """What is in the termination log; nothing where it could not be written."""
        return json.loads(self.termination_log.read_text() or "{}")

    def seconds_to_exit(self) -> float:
        assert self.ended is not None
        return self.ended - self.began

    def log(self) -> str:
        lines = [json.dumps({key: value for key, value in event.items() if key != "came"}) for event in self.events]
        return "\n".join([*self.other_lines, *lines[-60:]])
