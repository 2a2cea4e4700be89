"""A fresh node on a free port, in a directory of its own."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A publisher publishes under the name of its credential.
ROLES = {"publisher": "permitted"}
PROGRAM = ROOT / "src/Exchange.Cli/bin/Release/net10.0/exchange"


class Node:
    def __init__(self, node_id="dongguan", program=None):
        self._program = str(program or PROGRAM)
        self._folder = tempfile.mkdtemp(prefix="exchange-clients-")
        self.data = os.path.join(self._folder, node_id)
        self.id = node_id
        self._tokens = {}
        self.exchange("init", "--id", node_id, "--test-node", "--listen", "https://127.0.0.1:0")
        self._log = open(os.path.join(self._folder, "log"), "wb")
        self._process = subprocess.Popen(
            [self._program, "serve", "--data", self.data, "--json"],
            stdout=subprocess.PIPE, stderr=self._log, stdin=subprocess.DEVNULL)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The node didn't start:\n" + self.log())
        self.address = json.loads(line)["address"]

    @property
    def port(self):
        return int(self.address.rsplit(":", 1)[1])

    def exchange(self, *arguments):
        """Runs a command of the program on this node and returns its JSON."""
        return self._exchange(*arguments, "--data", self.data)

    def _exchange(self, *arguments):
        done = subprocess.run([self._program, *arguments, "--json"], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"exchange {' '.join(arguments)} failed: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def connection(self, port, role):
        """What a runner needs to connect through a line on that port.

        As `writer`, who may do everything, as `nobody`, who shows nothing, by a client `certificate` and no token, or in a role
        such as `reader`.
        """
        with open(os.path.join(self.data, "keys", "tls.pem"), encoding="ascii") as file:
            connection = {"address": f"https://127.0.0.1:{port}", "certificate": file.read()}
        if role == "writer":
            with open(os.path.join(self.data, "run", "token"), encoding="ascii") as file:
                connection["token"] = file.read().strip()
        elif role == "certificate":
            connection.update(self._client_certificate())
        elif role != "nobody":
            if role not in self._tokens:
                self._tokens[role] = self.exchange("access", "create", ROLES.get(role, role), "--role", role)["token"]
            connection["token"] = self._tokens[role]
        return connection

    def _client_certificate(self):
        """A publisher's, of a key that nobody else has."""
        caller = os.path.join(self._folder, "caller")
        certificate, key = os.path.join(caller, "keys", "tls.pem"), os.path.join(caller, "keys", "tls.key")
        if not os.path.exists(caller):
            self._exchange("init", "--id", "caller", "--data", caller)
            self.exchange("access", "create", "certified", "--role", "publisher", "--client-certificate", certificate)
        with open(certificate, encoding="ascii") as shown, open(key, encoding="ascii") as kept:
            return {"clientCertificate": shown.read(), "clientKey": kept.read()}

    def log(self):
        with open(os.path.join(self._folder, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)
