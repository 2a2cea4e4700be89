"""Watches how placements stand, by the publisher's own job code: watch_confirmations TOKEN_FILE [COUNT]."""

import os
import sys
import threading

import exchange_client
from exchange.v1.placement_pb2 import PlacementState

token = exchange_client.FileToken(sys.argv[1])
left = int(sys.argv[2]) if len(sys.argv) > 2 else None


# readme: confirmations
stop = threading.Event()


def apply(response):
    """Write the new state to your own system here. The token is saved after this returns."""
    event = response.WhichOneof("event")
    if event == "placement":
        placement, day = response.placement, response.placement.state_date
        state = PlacementState.Name(placement.state)
        tell(f"{placement.vacancy_source_id} {state} {day.year:04}-{day.month:02}-{day.day:02}")
    elif event == "removed":
        tell("- a placement")
    else:
        tell("= the snapshot is complete: drop what it didn't contain")


def main():
    with exchange_client.connect(os.environ["EXCHANGE_ADDRESS"], **exchange_client.credentials()) as client:
        client.watch_placements(apply, token, start_over=lambda: tell("= a snapshot begins"), stop=stop)
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
