"""Watches vacancies: watch_vacancies TOKEN_FILE [COUNT]. Ends after COUNT lines; without it, with ctrl-C."""

import os
import sys
import threading

import exchange_client
from exchange.v1.vacancy_service_pb2 import VacancyFilter

token = exchange_client.FileToken(sys.argv[1])
left = int(sys.argv[2]) if len(sys.argv) > 2 else None


# readme: watch
stop = threading.Event()


def apply(response):
    """Write what happened to your own system here. The token is saved after this returns."""
    event = response.WhichOneof("event")
    if event == "vacancy":
        tell(f"+ {response.vacancy.external_key.source_id} {response.vacancy.vacancy.title}")
    elif event == "removed":
        tell("- a vacancy")
    else:
        tell("= the snapshot is complete: drop what it didn't contain")


def main():
    with exchange_client.connect(os.environ["EXCHANGE_ADDRESS"], **exchange_client.credentials()) as client:
        client.watch_vacancies(
            apply, token, start_over=lambda: tell("= a snapshot begins"), filter=VacancyFilter(source="dongguan-hr"),
            stop=stop)
# readme: end


def tell(line):
    global left
    print(line, flush=True)
    if left is not None:
        left -= 1
        if left == 0:
            stop.set()


try:
    main()
except KeyboardInterrupt:
    pass
