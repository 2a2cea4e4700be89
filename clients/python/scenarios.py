"""Carries out the steps of scenarios with this client: one JSON line in, one out. ../scenarios/README.md describes them."""

import base64
import json
import platform
import queue
import sys
import threading

import google.protobuf
import grpc
from exchange.v1 import node_service_pb2 as node
from exchange.v1 import placement_service_pb2 as placements
from exchange.v1 import record_service_pb2 as records
from exchange.v1 import vacancy_service_pb2 as vacancies
from exchange.v1 import employer_pb2, household_pb2, worker_pb2  # payloads in an Any
from google.protobuf import json_format, symbol_database

import exchange_client

_MESSAGES = {"vacancies": vacancies, "placements": placements, "records": records, "node": node}


class ApplyFailed(Exception):
    pass


class Watch:
    def __init__(self, client, step):
        self.token = exchange_client.MemoryToken(step.get("token", ""))
        self._events = queue.Queue()
        self._taken = []
        self._fail_at = step.get("failAt", 0)
        self._stop = threading.Event()
        begin = {"vacancies": client.watch_vacancies, "placements": client.watch_placements}[step["of"]]
        kind = {"vacancies": vacancies.VacancyFilter, "placements": placements.PlacementFilter}[step["of"]]
        wanted = json_format.ParseDict(step.get("filter", {}), kind())
        self._thread = threading.Thread(target=self._run, args=(begin, wanted), daemon=True)
        self._thread.start()

    def _run(self, begin, wanted):
        try:
            begin(self._apply, self.token, start_over=lambda: self._events.put({"startOver": {}}), filter=wanted,
                  stop=self._stop)
        except exchange_client.ExchangeError as error:
            self._events.put({"error": describe(error)})
        except ApplyFailed:
            self._events.put({"error": {"code": "APPLY_FAILED"}})

    def _apply(self, response):
        self._fail_at -= 1
        if self._fail_at == 0:
            raise ApplyFailed()
        event = json_format.MessageToDict(response)
        event.pop("resumeToken", None)
        self._events.put(event)

    def take(self, step):
        """Waits for so many events, or up to one of that kind."""
        events = []
        while True:
            if "until" in step and events and step["until"] in events[-1]:
                break
            if "count" in step and len(events) == step["count"]:
                break
            event = self._events.get(timeout=20)
            if "error" in event and step.get("until") != "error":
                return {"error": event["error"], "events": events}
            events.append(event)
        return {"events": events, "token": self.token.token}

    def stop(self):
        self._stop.set()
        self._thread.join(20)
        if self._thread.is_alive():
            raise RuntimeError("the watch didn't stop")
        return {"token": self.token.token}


def describe(error):
    return {
        "code": error.code.name,
        "reason": error.reason,
        "metadata": error.metadata,
        "violations": [{"field": field, "description": text} for field, text in error.violations],
    }


def call(client, step):
    service, method = step["method"].split(".")
    request = json_format.ParseDict(step.get("request", {}), getattr(_MESSAGES[service], method + "Request")())
    deadline = step["deadlineMs"] / 1000 if "deadlineMs" in step else None
    response = getattr(getattr(client, service), method)(request, deadline=deadline)
    return {"response": json_format.MessageToDict(response)}


def list_all(client, step):
    wanted = json_format.ParseDict(step.get("filter", {}), vacancies.VacancyFilter())
    found = client.list_vacancies(wanted, step.get("pageSize", 0))
    return {"vacancies": [json_format.MessageToDict(vacancy) for vacancy in found]}


def publish(client, step):
    items = [json_format.ParseDict(item, vacancies.PublishVacancyItem()) for item in step["items"]]
    answers, resumed = [], []

    def items_after(number):
        resumed.append(number)
        return items[number:]

    def answered(_, answer):
        answers.append(json_format.MessageToDict(answer))
        if answer.HasField("error"):
            answers[-1]["error"] = describe(exchange_client.ExchangeError.of_status(answer.error))

    client.publish_vacancies(step["publisher"], step["stream"], items_after, answered)
    return {"answers": answers, "resumedAfter": resumed[0]}


def reencode(step):
    message = symbol_database.Default().GetSymbol(step["type"])()
    message.ParseFromString(base64.b64decode(step["bytes"]))
    return {"bytes": base64.b64encode(message.SerializeToString()).decode("ascii")}


def main():
    versions = f"Python {platform.python_version()}, grpcio {grpc.__version__}, protobuf {google.protobuf.__version__}"
    print(json.dumps({"language": "Python", "versions": versions}), flush=True)
    client, watches = None, {}
    for line in sys.stdin:
        step = json.loads(line)
        try:
            if step["op"] == "connect":
                client = exchange_client.connect(
                    step["address"], token=step.get("token"), certificate=step.get("certificate"),
                    client_certificate=step.get("clientCertificate"), client_key=step.get("clientKey"))
                answer = {}
            elif step["op"] == "call":
                answer = call(client, step)
            elif step["op"] == "list":
                answer = list_all(client, step)
            elif step["op"] == "publish":
                answer = publish(client, step)
            elif step["op"] == "watch":
                watches[step["watch"]] = Watch(client, step)
                answer = {}
            elif step["op"] == "take":
                answer = watches[step["watch"]].take(step)
            elif step["op"] == "stop":
                answer = watches.pop(step["watch"]).stop()
            else:
                answer = reencode(step)
        except exchange_client.ExchangeError as error:
            answer = {"error": describe(error)}
        except Exception as failure:
            answer = {"failure": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
