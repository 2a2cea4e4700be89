/** Publishes three vacancies, one of them bad. Run it twice: the second time it goes on at the refused one. */
import { create } from "@bufbuild/protobuf";
import { VacancyStatus } from "../gen/exchange/v1/vacancy_pb";
import { PublishVacancyItemSchema, type PublishVacancyItem } from "../gen/exchange/v1/vacancy_service_pb";
import type { PutRecordAnswer } from "../gen/exchange/v1/record_service_pb";
import { connect, credentials, ExchangeError } from "../src";

// readme: publish
const item = (job: string, title: string, headcount: number) =>
  create(PublishVacancyItemSchema, {
    externalKey: { source: "dongguan-hr", sourceId: job },
    vacancy: { title, headcount, workPlace: { divisionCode: "4419", words: "东莞市大岭山镇" }, status: VacancyStatus.OPEN },
  });

const ITEMS = [item("JOB-1", "鞋厂普工", 200), item("JOB-2", "质检员", -1), item("JOB-3", "焊工", 15)];

function itemsAfter(number: bigint): PublishVacancyItem[] {
  console.log(`${number} were answered before`);
  return ITEMS.slice(Number(number));
}

function answered(item: PublishVacancyItem, answer: PutRecordAnswer): void {
  const job = item.externalKey?.sourceId;
  if (answer.error) {
    const error = ExchangeError.ofStatus(answer.error);
    console.log(`${job} refused: ${error.reason} ${error.violations[0].field}`);
  } else {
    console.log(`${job} accepted`);
  }
}

async function main(): Promise<void> {
  const client = connect(process.env.EXCHANGE_ADDRESS!, credentials());
  await client.publishVacancies("dongguan-hr", "sample", itemsAfter, answered);
  client.close();
}
// readme: end

main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
