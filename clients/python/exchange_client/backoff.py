"""How long to wait before the next try: twice as long each time up to a limit, and never quite the same."""

import random
import threading
import time

import grpc

FIRST, LONGEST = 0.2, 10.0


class Backoff:
    """Waits between tries. Patience is how many seconds to go on without any sign of the node."""

    def __init__(self, channel, patience):
        self._channel = channel
        self._patience = patience
        self.reset()

    def reset(self):
        """Something went well: begin anew."""
        self._next = FIRST
        self._until = time.monotonic() + self._patience

    def wait(self, stop=None, at_least=0.0):
        """Waits; returns False, at once, when another try would come too late or `stop` was set."""
        # Jitter, so that clients cut off together don't come back together.
        seconds = max(self._next * random.uniform(0.5, 1.0), at_least)
        self._next = min(self._next * 2, LONGEST)
        if time.monotonic() + seconds > self._until:
            return False
        # Between calls gRPC looks at its sockets only for somebody who waits for the channel: without this it wouldn't
        # notice that the line is back.
        line = grpc.channel_ready_future(self._channel)
        try:
            return not (stop or threading.Event()).wait(seconds)
        finally:
            line.cancel()
