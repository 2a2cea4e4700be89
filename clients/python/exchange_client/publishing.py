"""Publishes items with a window of unanswered ones and goes on from the last answer when the call is cut."""

import collections
import threading

import grpc
from exchange.v1 import record_service_pb2 as records
from exchange.v1 import vacancy_service_pb2 as vacancies

from .errors import ExchangeError

_WINDOW = 500


class Publication:
    def __init__(self, begin, publisher, stream, items_after, on_answer, backoff):
        self._begin = begin
        self._open = vacancies.PublishVacanciesRequest(open=records.OpenStream(publisher=publisher, stream=stream))
        self._items_after = items_after
        self._on_answer = on_answer
        self._backoff = backoff
        self._changed = threading.Condition()
        self._unanswered = collections.deque()
        self._puller = None
        self._ended = False     # no more items come
        self._failure = None    # what the caller's iterator raised
        self._call = 0          # counts calls: the requests of an earlier one end when a new one begins
        self._sent = 0          # how many of the unanswered were given to the present call

    def run(self):
        try:
            while not self._run_call():
                pass
        finally:
            with self._changed:
                self._call += 1
                self._ended = True
                self._changed.notify_all()
        if self._failure is not None:
            raise self._failure

    def _run_call(self):
        with self._changed:
            self._call += 1
            self._sent = 0
            opened = threading.Event()
            call = self._begin(self._requests(self._call, opened))
        try:
            for response in call:
                if response.HasField("opened"):
                    self._start(response.opened.last_number)
                    opened.set()
                else:
                    self._answered(response.answer)
                self._backoff.reset()
            with self._changed:
                if self._ended and not self._unanswered:
                    return True
            # The node ended the call in good order before every item was answered: it is going to stop.
        except grpc.RpcError as failure:
            error = ExchangeError.of_call(failure)
            if error.code != grpc.StatusCode.UNAVAILABLE or not self._backoff.wait(at_least=error.retry_delay):
                raise error from None
            return False
        finally:
            opened.set()
            call.cancel()
        self._backoff.wait()
        return False

    def _start(self, last_number):
        if self._puller is None:
            # A thread of its own, because the caller's iterator may wait for the next vacancy while a call is cut.
            self._puller = threading.Thread(target=self._pull, args=(last_number,), daemon=True)
            self._puller.start()

    def _pull(self, number):
        try:
            for item in self._items_after(number):
                number += 1
                item.number = number
                with self._changed:
                    self._changed.wait_for(lambda: len(self._unanswered) < _WINDOW or self._ended)
                    if self._ended:
                        return
                    self._unanswered.append(item)
                    self._changed.notify_all()
        except Exception as failure:  # the caller's iterator: told by run()
            self._failure = failure
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _requests(self, mine, opened):
        yield self._open
        opened.wait()
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._call != mine or self._sent < len(self._unanswered) or self._ended)
                if self._call != mine or self._sent == len(self._unanswered):
                    return
                item = self._unanswered[self._sent]
                self._sent += 1
            yield vacancies.PublishVacanciesRequest(item=item)

    def _answered(self, answer):
        with self._changed:
            item = self._unanswered[0]
        if answer.number != item.number:
            raise ExchangeError(grpc.StatusCode.INTERNAL, f"Item {item.number} was due, {answer.number} was answered.")
        self._on_answer(item, answer)
        with self._changed:
            self._unanswered.popleft()
            self._sent -= 1
            self._changed.notify_all()
