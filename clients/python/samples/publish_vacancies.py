"""Publishes three vacancies, one of them bad. Run it twice: the second time it goes on at the refused one."""

import os

import exchange_client
from exchange.v1.place_pb2 import Place
from exchange.v1.record_pb2 import ExternalKey
from exchange.v1.vacancy_pb2 import VACANCY_STATUS_OPEN, Vacancy
from exchange.v1.vacancy_service_pb2 import PublishVacancyItem


# readme: publish
def item(job, title, headcount):
    return PublishVacancyItem(
        external_key=ExternalKey(source="dongguan-hr", source_id=job),
        vacancy=Vacancy(
            title=title, headcount=headcount, work_place=Place(division_code="4419", words="东莞市大岭山镇"),
            status=VACANCY_STATUS_OPEN))


ITEMS = [item("JOB-1", "鞋厂普工", 200), item("JOB-2", "质检员", -1), item("JOB-3", "焊工", 15)]


def items_after(number):
    print(f"{number} were answered before")
    return ITEMS[number:]


def answered(item, answer):
    job = item.external_key.source_id
    if answer.HasField("error"):
        error = exchange_client.ExchangeError.of_status(answer.error)
        print(f"{job} refused: {error.reason} {error.violations[0][0]}")
    else:
        print(f"{job} accepted")


def main():
    with exchange_client.connect(os.environ["EXCHANGE_ADDRESS"], **exchange_client.credentials()) as client:
        client.publish_vacancies("dongguan-hr", "sample", items_after, answered)
# readme: end


main()
