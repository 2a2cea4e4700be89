/** Watches how placements stand, by the publisher's own job code: watch_confirmations TOKEN_FILE [COUNT]. */
import { PlacementStateSchema } from "../gen/exchange/v1/placement_pb";
import type { WatchPlacementsResponse } from "../gen/exchange/v1/placement_service_pb";
import { connect, credentials, FileToken } from "../src";

const token = new FileToken(process.argv[2]);
let left = Number(process.argv[3] ?? Infinity);

// readme: confirmations
const stop = new AbortController();

/** Write the new state to your own system here. The token is saved after this is done. */
function apply({ event }: WatchPlacementsResponse): void {
  if (event.case === "placement") {
    const { state, stateDate, vacancySourceId } = event.value;
    const day = [stateDate?.year, stateDate?.month, stateDate?.day].map((part) => String(part).padStart(2, "0")).join("-");
    tell(`${vacancySourceId} ${PlacementStateSchema.value[state]?.name} ${day}`);
  } else if (event.case === "removed") {
    tell("- a placement");
  } else {
    tell("= the snapshot is complete: drop what it didn't contain");
  }
}

async function main(): Promise<void> {
  const client = connect(process.env.EXCHANGE_ADDRESS!, credentials());
  await client.watchPlacements(apply, token, { startOver: () => tell("= a snapshot begins"), stop: stop.signal });
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
