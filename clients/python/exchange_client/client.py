"""Connects to a node and makes calls that hold their deadline and are repeated only where that is safe."""

import ipaddress
import os
import time
from urllib.parse import urlsplit

import grpc
from exchange.v1 import node_service_pb2_grpc as node_rpc
from exchange.v1 import placement_service_pb2 as placements
from exchange.v1 import placement_service_pb2_grpc as placements_rpc
from exchange.v1 import record_service_pb2_grpc as records_rpc
from exchange.v1 import vacancy_service_pb2 as vacancies
from exchange.v1 import vacancy_service_pb2_grpc as vacancies_rpc

from .backoff import FIRST, LONGEST, Backoff
from .errors import ExchangeError
from .publishing import Publication
from .watching import watch

_OPTIONS = [
    # A line that died without a farewell is noticed by pings, not after hours by TCP.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 0),
    # How long one attempt to connect may take, whatever the name says.
    ("grpc.min_reconnect_backoff_ms", 5_000),
    ("grpc.initial_reconnect_backoff_ms", int(FIRST * 1000)),
    ("grpc.max_reconnect_backoff_ms", int(LONGEST * 1000)),
]


def connect(address, *, token=None, certificate=None, client_certificate=None, client_key=None, deadline=30.0):
    """Makes a client; the connection is opened by the first call.

    address: "https://host:port"; http is refused unless the host is this machine.
    token: an API token.
    certificate: PEM of the certificate that the node must show, or of the authority that signed it. Default: the
        system's authorities.
    client_certificate, client_key: PEM, for mutual TLS.
    deadline: seconds for a unary call, tries and waits together, unless the call names its own.
    """
    parts = urlsplit(address)
    target = f"{parts.hostname}:{parts.port or 7070}" if ":" not in (parts.hostname or "") else parts.netloc
    if parts.scheme == "https":
        credentials = grpc.ssl_channel_credentials(_bytes(certificate), _bytes(client_key), _bytes(client_certificate))
        return Client(grpc.secure_channel(target, credentials, _OPTIONS), token, deadline)
    if parts.scheme == "http" and _is_this_machine(parts.hostname):
        return Client(grpc.insecure_channel(target, _OPTIONS), token, deadline)
    raise ValueError("An address begins with https://, or with http:// and a loopback address.")


def credentials(environment=os.environ):
    """Credentials for connect() as the program `exchange` takes them: EXCHANGE_TOKEN holds an API token, EXCHANGE_CERTIFICATE,
    EXCHANGE_CLIENT_CERTIFICATE and EXCHANGE_CLIENT_KEY name PEM files."""
    found = {"token": environment.get("EXCHANGE_TOKEN")}
    for name in ("certificate", "client_certificate", "client_key"):
        path = environment.get("EXCHANGE_" + name.upper())
        if path:
            with open(path, "rb") as file:
                found[name] = file.read()
    return found


class Client:
    """A node's services. Unary calls: client.vacancies.GetVacancy(request, deadline=5)."""

    def __init__(self, channel, token, deadline):
        self._channel = channel
        self._metadata = [("authorization", "Bearer " + token)] if token else []
        self._deadline = deadline
        self._vacancies = vacancies_rpc.VacancyServiceStub(channel)
        self._placements = placements_rpc.PlacementServiceStub(channel)
        self.vacancies = _Unary(self, self._vacancies)
        self.placements = _Unary(self, self._placements)
        self.records = _Unary(self, records_rpc.RecordServiceStub(channel))
        self.node = _Unary(self, node_rpc.NodeServiceStub(channel))

    def publish_vacancies(self, publisher, stream, items_after, on_answer, *, patience=300.0):
        """Publishes vacancies and returns once each was answered.

        items_after(number): returns the PublishVacancyItem objects that follow the item of that number, in an order
            that never changes. It is called once, with the number up to which the node answered in earlier runs. The
            items are numbered here. An endless iterator publishes what comes as it comes.
        on_answer(item, answer): called for each item in order. A refused one has answer.error; see ExchangeError.of_status.
        patience: seconds to go on while the node is silent.

        A cut call is taken up again: what wasn't answered is sent again, and the node writes nothing twice.
        """
        Publication(
            lambda requests: self._vacancies.PublishVacancies(requests, metadata=self._metadata),
            publisher, stream, items_after, on_answer, Backoff(self._channel, patience)).run()

    def list_vacancies(self, filter=None, page_size=0):
        """Every matching vacancy, page by page. A page may be empty without being the last."""
        token = ""
        while True:
            response = self.vacancies.ListVacancies(
                vacancies.ListVacanciesRequest(filter=filter, page_size=page_size, page_token=token))
            yield from response.vacancies
            token = response.next_page_token
            if not token:
                return

    def watch_vacancies(self, apply, token, *, start_over=None, filter=None, stop=None, patience=300.0):
        """Watches until `stop` (a threading.Event) is set.

        apply(response): a WatchVacanciesResponse with a vacancy, a removal or the end of the snapshot.
        token: a FileToken, MemoryToken or anything with load() and save(token); saved after `apply` has returned.
        start_over(): a snapshot begins; what it doesn't contain up to its end is gone.
        patience: seconds to go on while the node is silent.
        """
        watch(
            lambda at: self._vacancies.WatchVacancies(
                vacancies.WatchVacanciesRequest(filter=filter, resume_token=at), metadata=self._metadata),
            apply, token, start_over, stop, Backoff(self._channel, patience))

    def watch_placements(self, apply, token, *, start_over=None, filter=None, stop=None, patience=300.0):
        """Watches how placements stand, as watch_vacancies does."""
        watch(
            lambda at: self._placements.WatchPlacements(
                placements.WatchPlacementsRequest(filter=filter, resume_token=at), metadata=self._metadata),
            apply, token, start_over, stop, Backoff(self._channel, patience))

    def close(self):
        self._channel.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _call(self, name, rpc, request, deadline):
        until = time.monotonic() + (self._deadline if deadline is None else deadline)
        backoff = Backoff(self._channel, until - time.monotonic())
        while True:
            try:
                return rpc(request, timeout=max(until - time.monotonic(), 0.0), metadata=self._metadata)
            except grpc.RpcError as failure:
                error = ExchangeError.of_call(failure)
                again = error.code == grpc.StatusCode.UNAVAILABLE and _is_safe_to_repeat(name, request)
                if not again or not backoff.wait(at_least=error.retry_delay):
                    raise error from None


class _Unary:
    def __init__(self, client, stub):
        self._client = client
        self._stub = stub

    def __getattr__(self, name):
        rpc = getattr(self._stub, name)
        return lambda request, deadline=None: self._client._call(name, rpc, request, deadline)


def _is_safe_to_repeat(name, request):
    # A write whose outcome is unknown may only be sent again when the node can tell that it is the same one.
    return name.startswith(("Get", "List")) or bool(getattr(request, "request_id", ""))


def _is_this_machine(host):
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bytes(pem):
    return pem.encode("ascii") if isinstance(pem, str) else pem
