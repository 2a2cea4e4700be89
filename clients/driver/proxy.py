"""An HTTP proxy, as stands between the inside of an office and all else: it opens tunnels to those whom it knows by name."""

import socket
import threading


class Proxy:
    """Leads every tunnel that is asked for by one of the names to the port that belongs to it on this machine."""

    def __init__(self, ports):
        self._ports = ports
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.asked = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def environment(self):
        """What a program finds where this proxy is the way out. Java has no variable, but properties."""
        address = f"http://127.0.0.1:{self.port}"
        return {
            "https_proxy": address, "HTTPS_PROXY": address, "no_proxy": "", "NO_PROXY": "",
            "JAVA_TOOL_OPTIONS": f"-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort={self.port}",
        }

    def close(self):
        self._server.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                data = client.recv(4096)
                if not data:
                    return
                head += data
            method, target, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
            name = target.rsplit(":", 1)[0]
            self.asked.append(name)
            if method != "CONNECT" or name not in self._ports:
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            node = socket.create_connection(("127.0.0.1", self._ports[name]))
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(node, client), daemon=True)
            back.start()
            _pump(client, node)
            back.join()
            node.close()
        except OSError:
            pass
        finally:
            client.close()


def _pump(source, target):
    try:
        while data := source.recv(16384):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
