"""Keeps a watch going: reconnects with backoff and resumes from the token of what was applied."""

import threading

import grpc

from .errors import ExchangeError

_START_OVER = ("ERROR_REASON_RESUME_TOKEN_FOREIGN", "ERROR_REASON_RESUME_TOKEN_EXPIRED")


def watch(begin, apply, token, start_over, stop, backoff):
    stop = stop or threading.Event()
    calls = _Calls(stop)
    at = token.load()
    try:
        while not stop.is_set():
            if not at and start_over is not None:
                start_over()
            try:
                for response in calls.begin(begin, at):
                    if stop.is_set():
                        return
                    backoff.reset()
                    if response.WhichOneof("event") not in (None, "bookmark"):
                        apply(response)
                    # After it was applied: a crash in between repeats a response, the other way round it would lose one.
                    at = response.resume_token
                    token.save(at)
                delay = 0.0
            except grpc.RpcError as failure:
                error = ExchangeError.of_call(failure)
                if stop.is_set():
                    return
                if error.reason in _START_OVER:
                    at = ""
                    continue
                if error.code != grpc.StatusCode.UNAVAILABLE:
                    raise error from None
                delay = error.retry_delay
            if not backoff.wait(stop, delay) and not stop.is_set():
                raise ExchangeError(grpc.StatusCode.UNAVAILABLE, "The node was silent for longer than the patience.")
    finally:
        calls.end()


class _Calls:
    """The present call, cancelled when `stop` is set or the watch ends."""

    def __init__(self, stop):
        self._stop = stop
        self._call = None
        self._ended = False
        threading.Thread(target=self._wait, daemon=True).start()

    def begin(self, begin, at):
        self._call = begin(at)
        if self._stop.is_set():
            self._call.cancel()
        return self._call

    def end(self):
        self._ended = True
        if self._call is not None:
            self._call.cancel()

    def _wait(self):
        while not self._ended:
            if self._stop.wait(1.0):
                if self._call is not None:
                    self._call.cancel()
                return
