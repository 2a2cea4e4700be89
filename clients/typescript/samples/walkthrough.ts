/** From nothing to a resumed stream of vacancies in one go, with what can go wrong on the way. */
import { create } from "@bufbuild/protobuf";
import type { PutRecordAnswer } from "../gen/exchange/v1/record_service_pb";
import { VacancyStatus } from "../gen/exchange/v1/vacancy_pb";
import { PublishVacancyItemSchema, type PublishVacancyItem } from "../gen/exchange/v1/vacancy_service_pb";
import { Client, connect, credentials, ExchangeError, MemoryToken } from "../src";

const item = (job: string, title: string, status = VacancyStatus.OPEN, etag = "") =>
  create(PublishVacancyItemSchema, {
    externalKey: { source: "walkthrough", sourceId: job }, etag, vacancy: { title, workPlace: { words: "东莞" }, status },
  });

async function publish(client: Client, stream: string, items: PublishVacancyItem[]): Promise<PutRecordAnswer[]> {
  const answers: PutRecordAnswer[] = [];
  await client.publishVacancies(
    "walkthrough", stream, (number) => items.slice(Number(number)), (_, answer) => void answers.push(answer));
  return answers;
}

/** Watches until so many lines were told. */
async function watch(client: Client, token: MemoryToken, count: number): Promise<void> {
  const stop = new AbortController();
  const tell = (line: string) => {
    console.log("   " + line);
    if (--count === 0) {
      stop.abort();
    }
  };
  await client.watchVacancies(
    ({ event }) => tell(
      event.case === "vacancy" ? `+ ${event.value.externalKey?.sourceId} ${event.value.vacancy?.title}`
        : event.case === "removed" ? "- a vacancy" : "= complete"),
    token,
    {
      startOver: () => tell("= begins"), filter: { source: "walkthrough", statuses: [VacancyStatus.OPEN] }, stop: stop.signal,
    });
}

async function main(): Promise<void> {
  const client = connect(process.env.EXCHANGE_ADDRESS!, credentials());
  console.log("1. Two vacancies are published. Each is answered by itself.");
  const answers = await publish(client, "first", [item("JOB-1", "鞋厂普工"), item("JOB-2", "焊工")]);
  console.log(`   ${answers.filter((answer) => answer.created).length} are new`);

  console.log("2. The same stream is published again, as after a crash. Nothing is sent twice.");
  const again = await publish(client, "first", [item("JOB-1", "鞋厂普工"), item("JOB-2", "焊工")]);
  console.log(`   ${again.length} were sent`);

  console.log("3. A watch without a token begins with a snapshot.");
  const token = new MemoryToken();
  await watch(client, token, 4);

  console.log("4. One is filled and one is new. The watch goes on from its token and tells only that.");
  await publish(client, "second", [item("JOB-1", "鞋厂普工", VacancyStatus.FILLED), item("JOB-3", "质检员")]);
  await watch(client, token, 2);

  console.log("5. Somebody updates from an old version and is refused.");
  const { vacancy: read } = await client.vacancies.getVacancy({ id: answers[1].id });
  await publish(client, "third", [item("JOB-2", "焊工（夜班）", VacancyStatus.OPEN, read?.etag)]);
  const [late] = await publish(client, "fourth", [item("JOB-2", "电焊工", VacancyStatus.OPEN, read?.etag)]);
  console.log(`   ${ExchangeError.ofStatus(late.error!).reason}`);

  console.log("6. What isn't there is an error with a reason.");
  try {
    await client.vacancies.getVacancy({ id: "019a0000-0000-7000-8000-000000000000" });
  } catch (error) {
    const { codeName, reason } = error as ExchangeError;
    console.log(`   ${codeName} ${reason}`);
  }
  client.close();
}

main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
