"""Where a watch keeps its place. A watch saves a token after its response was applied, never before."""

import os


class MemoryToken:
    """A place that is forgotten with the process."""

    def __init__(self, token=""):
        self.token = token

    def load(self):
        return self.token

    def save(self, token):
        self.token = token


class FileToken:
    """A place in a file, which is written whole or not at all.

    A system with a database keeps the token there instead, in the transaction that applies the response.
    """

    def __init__(self, path):
        self._path = path

    def load(self):
        try:
            with open(self._path, encoding="ascii") as file:
                return file.read().strip()
        except FileNotFoundError:
            return ""

    def save(self, token):
        with open(self._path + ".new", "w", encoding="ascii") as file:
            file.write(token + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._path + ".new", self._path)
