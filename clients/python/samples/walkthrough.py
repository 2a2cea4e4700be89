"""From nothing to a resumed stream of vacancies in one go, with what can go wrong on the way."""

import os
import threading

import exchange_client
from exchange.v1.place_pb2 import Place
from exchange.v1.record_pb2 import ExternalKey
from exchange.v1.vacancy_pb2 import VACANCY_STATUS_FILLED, VACANCY_STATUS_OPEN, Vacancy
from exchange.v1.vacancy_service_pb2 import GetVacancyRequest, PublishVacancyItem, VacancyFilter


def item(job, title, status=VACANCY_STATUS_OPEN, etag=""):
    return PublishVacancyItem(
        external_key=ExternalKey(source="walkthrough", source_id=job), etag=etag,
        vacancy=Vacancy(title=title, work_place=Place(words="东莞"), status=status))


def publish(client, stream, items):
    answers = []
    client.publish_vacancies("walkthrough", stream, lambda number: items[number:], lambda _, a: answers.append(a))
    return answers


def watch(client, token, count):
    """Watches until so many lines were told."""
    stop, lines = threading.Event(), []

    def tell(line):
        lines.append(line)
        if len(lines) == count:
            stop.set()

    def apply(response):
        event = response.WhichOneof("event")
        if event == "vacancy":
            tell(f"+ {response.vacancy.external_key.source_id} {response.vacancy.vacancy.title}")
        else:
            tell("- a vacancy" if event == "removed" else "= complete")

    wanted = VacancyFilter(source="walkthrough", statuses=[VACANCY_STATUS_OPEN])
    client.watch_vacancies(apply, token, start_over=lambda: tell("= begins"), filter=wanted, stop=stop)
    for line in lines:
        print("   " + line)


def main(client):
    print("1. Two vacancies are published. Each is answered by itself.")
    answers = publish(client, "first", [item("JOB-1", "鞋厂普工"), item("JOB-2", "焊工")])
    print(f"   {sum(answer.created for answer in answers)} are new")

    print("2. The same stream is published again, as after a crash. Nothing is sent twice.")
    print(f"   {len(publish(client, 'first', [item('JOB-1', '鞋厂普工'), item('JOB-2', '焊工')]))} were sent")

    print("3. A watch without a token begins with a snapshot.")
    token = exchange_client.MemoryToken()
    watch(client, token, 4)

    print("4. One is filled and one is new. The watch goes on from its token and tells only that.")
    publish(client, "second", [item("JOB-1", "鞋厂普工", VACANCY_STATUS_FILLED), item("JOB-3", "质检员")])
    watch(client, token, 2)

    print("5. Somebody updates from an old version and is refused.")
    read = client.vacancies.GetVacancy(GetVacancyRequest(id=answers[1].id)).vacancy
    publish(client, "third", [item("JOB-2", "焊工（夜班）", etag=read.etag)])
    late = publish(client, "fourth", [item("JOB-2", "电焊工", etag=read.etag)])
    print(f"   {exchange_client.ExchangeError.of_status(late[0].error).reason}")

    print("6. What isn't there is an error with a reason.")
    try:
        client.vacancies.GetVacancy(GetVacancyRequest(id="019a0000-0000-7000-8000-000000000000"))
    except exchange_client.ExchangeError as error:
        print(f"   {error.code.name} {error.reason}")


with exchange_client.connect(os.environ["EXCHANGE_ADDRESS"], **exchange_client.credentials()) as connected:
    main(connected)
