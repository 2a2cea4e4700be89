"""Carries out one scenario with one runner."""

import json
import os
import subprocess
import tempfile

from .matching import Mismatch, expand, match
from .runner import RunnerFailure

_OPS = ("call", "list", "publish", "watch", "take", "stop", "reencode")


class Scenario:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self._content = json.load(file)
        self.name = path.stem
        self.about = self._content["about"]
        self.languages = self._content.get("languages")
        self.through_proxy = self._content.get("proxy", False)

    def run(self, runner, folder, node, other, line, proxy=None):
        """Runs all steps; raises Mismatch or RunnerFailure where one fails."""
        line.mend()
        saved = {"node": node.id, "other": other.id}
        if proxy is not None:
            saved["asked"] = proxy.asked
        with tempfile.TemporaryDirectory(prefix="exchange-clients-") as work:
            connection = node.connection(line.port, self._content.get("as", "writer"))
            if proxy is not None:
                connection["address"] = f"https://{node.id}:{line.port}"  # its certificate's name, which nobody else can resolve
            runner.ask({"op": "connect", **connection})
            for index, step in enumerate(self._content["steps"]):
                try:
                    self._step(step, saved, runner, folder, node, other, line, work)
                except (Mismatch, RunnerFailure) as failure:
                    raise type(failure)(f"step {index + 1} ({step['do']}): {failure}") from failure

    def _step(self, step, saved, runner, folder, node, other, line, work):
        do = step["do"]
        if do == "line":
            line.do(step)
            return
        if do == "proxy":
            match(step["expect"], {"asked": sorted(set(saved["asked"]))}, saved)
            return
        to, port = (other, other.port) if step.get("to") == "other" else (node, line.port)
        if do == "connect":
            answer = runner.ask({"op": "connect", **to.connection(port, step.get("as", "writer"))})
        elif do == "sample":
            answer = _sample(step, folder, to.connection(port, step.get("as", "writer")), work)
        elif do in _OPS:
            request = {key: expand(value, saved) for key, value in step.items() if key not in ("do", "expect", "note")}
            answer = runner.ask({"op": do, **request})
        else:
            raise Mismatch(f"no such step as '{do}'")
        if "error" in answer and "error" not in step.get("expect", {}):
            raise Mismatch(f"it failed with {answer['error']}")
        match(step.get("expect", {}), answer, saved)


def _sample(step, folder, connection, work):
    environment = dict(os.environ, EXCHANGE_ADDRESS=connection["address"])
    for name, value in (("EXCHANGE_TOKEN", connection.get("token")),):
        if value:
            environment[name] = value
    if "certificate" in connection:
        environment["EXCHANGE_CERTIFICATE"] = os.path.join(work, "certificate.pem")
        with open(environment["EXCHANGE_CERTIFICATE"], "w", encoding="ascii") as file:
            file.write(connection["certificate"])
    done = subprocess.run(
        [str(folder / "run"), step["sample"], *step.get("arguments", [])],
        env=environment, cwd=work, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Mismatch(f"it ended with {done.returncode}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
    return {"lines": done.stdout.splitlines()}
