"""One language's runner: a process that carries out steps with its client, one JSON line for each."""

import json
import os
import select
import subprocess
import time


class RunnerFailure(Exception):
    pass


class Runner:
    """The process. Its first line tells the language and the versions of its libraries."""

    def __init__(self, folder, environment=None, patience=60):
        self._patience = patience
        self._process = subprocess.Popen(
            [str(folder / "run"), "scenarios"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            env={**os.environ, **(environment or {})})
        self._rest = b""
        self.about = self._read(time.monotonic() + patience)

    def ask(self, request):
        data = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
        try:
            self._process.stdin.write(data) if len(data) < 60_000 else self._write(data)
        except BrokenPipeError:
            raise RunnerFailure("the runner ended") from None
        answer = self._read(time.monotonic() + self._patience)
        if "failure" in answer:
            raise RunnerFailure(answer["failure"])
        return answer

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self):
        self._process.kill()
        self._process.wait()

    def _write(self, data):
        view = memoryview(data)
        while view:
            view = view[self._process.stdin.write(view):]

    def _read(self, until):
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._process.stdout], [], [], max(until - time.monotonic(), 0))
            if not ready:
                raise RunnerFailure(f"the runner gave no answer within {self._patience} s")
            data = self._process.stdout.read(1 << 20)
            if not data:
                raise RunnerFailure("the runner ended")
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        return json.loads(line)
