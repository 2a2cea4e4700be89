/** Watches vacancies: watch_vacancies TOKEN_FILE [COUNT]. Ends after COUNT lines; without it, with ctrl-C. */
import type { WatchVacanciesResponse } from "../gen/exchange/v1/vacancy_service_pb";
import { connect, credentials, FileToken } from "../src";

const token = new FileToken(process.argv[2]);
let left = Number(process.argv[3] ?? Infinity);

// readme: watch
const stop = new AbortController();

/** Write what happened to your own system here. The token is saved after this is done. */
function apply({ event }: WatchVacanciesResponse): void {
  if (event.case === "vacancy") {
    tell(`+ ${event.value.externalKey?.sourceId} ${event.value.vacancy?.title}`);
  } else if (event.case === "removed") {
    tell("- a vacancy");
  } else {
    tell("= the snapshot is complete: drop what it didn't contain");
  }
}

async function main(): Promise<void> {
  const client = connect(process.env.EXCHANGE_ADDRESS!, credentials());
  await client.watchVacancies(apply, token, {
    startOver: () => tell("= a snapshot begins"), filter: { source: "dongguan-hr" }, stop: stop.signal,
  });
  client.close();
}
// readme: end

function tell(line: string): void {
  console.log(line);
  if (--left === 0) {
    stop.abort();
  }
}

process.on("SIGINT", () => stop.abort());
main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
