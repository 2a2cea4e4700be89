"""The line between a client and a node: a proxy that can be cut."""

import socket
import threading


class Line:
    """Forwards bytes to the node. It can be cut, which closes sockets without farewell, taken down, and stalled."""

    def __init__(self, port):
        self._port = port
        self._lock = threading.Lock()
        self._pairs = set()
        self._left = {}
        self._losing = False
        self._flowing = threading.Event()
        self._flowing.set()
        self._server = None
        self.port = 0
        self.cuts = 0
        self._set_down(False)

    def do(self, step):
        """What a scenario's `line` step says."""
        if step.get("cut"):
            self.cut()
        if "cutAfterBytes" in step:
            with self._lock:
                self._left = dict(step["cutAfterBytes"])
        if "loseAnswerAfterBytes" in step:
            with self._lock:
                self._left = {"lose": step["loseAnswerAfterBytes"]}
        if "stalled" in step:
            (self._flowing.clear if step["stalled"] else self._flowing.set)()
        if "down" in step:
            self._set_down(step["down"])

    def mend(self):
        with self._lock:
            self._left = {}
        self._flowing.set()
        self._set_down(False)

    def cut(self):
        with self._lock:
            pairs, self._pairs = self._pairs, set()
            self._left = {}
            self._losing = False
            self.cuts += 1
        for pair in pairs:
            for end in pair:
                _break(end)

    def close(self):
        self._set_down(True)

    def _set_down(self, down):
        if down and self._server is not None:
            _break(self._server)
            self._server = None
            self.cut()
        elif not down and self._server is None:
            self._server = socket.create_server(("127.0.0.1", self.port))
            self.port = self._server.getsockname()[1]
            threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def _accept(self, server):
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            try:
                node = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                client.close()
                continue
            for end in (client, node):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = (client, node)
            with self._lock:
                self._pairs.add(pair)
            threading.Thread(target=self._pump, args=(client, node, "toNode", pair), daemon=True).start()
            threading.Thread(target=self._pump, args=(node, client, "toClient", pair), daemon=True).start()

    def _pump(self, source, target, way, pair):
        try:
            while data := source.recv(16384):
                self._flowing.wait()
                if self._is_over(way, len(data)):
                    self.cut()
                    return
                if way == "toNode":
                    self._lose_after(len(data))
                elif self._losing:
                    continue
                target.sendall(data)
        except OSError:
            pass
        finally:
            with self._lock:
                self._pairs.discard(pair)
            for end in pair:
                _break(end)

    def _is_over(self, way, count):
        with self._lock:
            if way not in self._left:
                return False
            self._left[way] -= count
            return self._left[way] <= 0


    def _lose_after(self, count):
        """Counts what goes to the node; from then on nothing comes back, and soon after the line is cut."""
        with self._lock:
            if "lose" not in self._left:
                return
            self._left["lose"] -= count
            if self._left["lose"] > 0:
                return
            self._left, self._losing = {}, True
        threading.Timer(0.3, self.cut).start()


def _break(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
