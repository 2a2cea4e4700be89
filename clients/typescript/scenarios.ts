/** Carries out the steps of scenarios with this client: one JSON line in, one out. ../scenarios/README.md describes them. */
import { create, createRegistry, fromBinary, fromJson, toBinary, toJson, type DescMessage, type JsonValue } from "@bufbuild/protobuf";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { file_exchange_v1_node_service, GetStatusResponseSchema } from "./gen/exchange/v1/node_service_pb";
import { file_exchange_v1_placement_service, PlacementFilterSchema, PlacementService } from "./gen/exchange/v1/placement_service_pb";
import { file_exchange_v1_record_service, PutRecordAnswerSchema, RecordService } from "./gen/exchange/v1/record_service_pb";
import {
  file_exchange_v1_vacancy_service, PublishVacancyItemSchema, VacancyFilterSchema, VacancyRecordSchema, VacancyService,
} from "./gen/exchange/v1/vacancy_service_pb";
import { file_exchange_v1_worker } from "./gen/exchange/v1/worker_pb";
import { VacancySchema } from "./gen/exchange/v1/vacancy_pb";
import { NodeService } from "./gen/exchange/v1/node_service_pb";
import { Client, connect, ExchangeError, MemoryToken } from "./src";

const registry = createRegistry(
  file_exchange_v1_node_service, file_exchange_v1_placement_service, file_exchange_v1_record_service,
  file_exchange_v1_vacancy_service, file_exchange_v1_worker, VacancySchema, GetStatusResponseSchema);
const SERVICES: Record<string, any> = {
  vacancies: VacancyService, placements: PlacementService, records: RecordService, node: NodeService,
};

class ApplyFailed extends Error {}

const read = (type: DescMessage, json: unknown): any => fromJson(type, (json ?? {}) as JsonValue, { registry });
const write = (type: DescMessage, message: any): any => toJson(type, message, { registry });

function describe(error: ExchangeError) {
  return { code: error.codeName, reason: error.reason, metadata: error.metadata, violations: error.violations };
}

class Watch {
  readonly token: MemoryToken;
  private readonly events: any[] = [];
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;
  private applied = 0;
  private wake: () => void = () => undefined;

  constructor(client: Client, private readonly step: any) {
    this.token = new MemoryToken(step.token ?? "");
    const options = { stop: this.stopping.signal, startOver: () => this.put({ startOver: {} }) };
    const running = step.of === "vacancies"
      ? client.watchVacancies(
        (response) => this.apply(VacancyService.method.watchVacancies.output, response), this.token,
        { ...options, filter: read(VacancyFilterSchema, step.filter) })
      : client.watchPlacements(
        (response) => this.apply(PlacementService.method.watchPlacements.output, response), this.token,
        { ...options, filter: read(PlacementFilterSchema, step.filter) });
    this.done = running.catch((error) =>
      this.put({ error: error instanceof ExchangeError ? describe(error) : { code: "APPLY_FAILED" } }));
  }

  private apply(type: DescMessage, response: any): void {
    if (++this.applied === this.step.failAt) {
      throw new ApplyFailed();
    }
    const { resumeToken, ...event } = write(type, response);
    this.put(event);
  }

  /** Waits for so many events, or up to one of that kind. */
  async take(step: any): Promise<any> {
    const taken: any[] = [];
    const until = Date.now() + 20_000;
    while (!(step.until && taken.length && step.until in taken[taken.length - 1]) && taken.length !== step.count) {
      while (this.events.length === 0) {
        if (Date.now() > until) {
          throw new Error(`only ${taken.length} events came`);
        }
        await new Promise<void>((done) => {
          this.wake = done;
          setTimeout(done, 1000).unref();
        });
      }
      const event = this.events.shift();
      if (event.error && step.until !== "error") {
        return { error: event.error, events: taken };
      }
      taken.push(event);
    }
    return { events: taken, token: this.token.token };
  }

  async stop(): Promise<any> {
    this.stopping.abort();
    await this.done;
    return { token: this.token.token };
  }

  private put(event: any): void {
    this.events.push(event);
    this.wake();
  }
}

async function call(client: any, step: any): Promise<any> {
  const [service, name] = step.method.split(".");
  const method = SERVICES[service].methods.find((one: any) => one.name === name);
  const response = await client[service][method.localName](read(method.input, step.request), { deadlineMs: step.deadlineMs });
  return { response: write(method.output, response) };
}

async function list(client: Client, step: any): Promise<any> {
  const vacancies = [];
  for await (const vacancy of client.listVacancies(read(VacancyFilterSchema, step.filter), step.pageSize)) {
    vacancies.push(write(VacancyRecordSchema, vacancy));
  }
  return { vacancies };
}

async function publish(client: Client, step: any): Promise<any> {
  const answers: any[] = [];
  let resumedAfter = 0;
  await client.publishVacancies(
    step.publisher, step.stream,
    (number) => {
      resumedAfter = Number(number);
      return step.items.slice(resumedAfter).map((item: any) => read(PublishVacancyItemSchema, item));
    },
    (_, answer) => {
      const { error, ...rest } = answer;
      const told = write(PutRecordAnswerSchema, create(PutRecordAnswerSchema, rest));
      answers.push(error ? { ...told, error: describe(ExchangeError.ofStatus(error)) } : told);
    });
  return { answers, resumedAfter };
}

function reencode(step: any): any {
  const type = registry.getMessage(step.type)!;
  return { bytes: Buffer.from(toBinary(type, fromBinary(type, Buffer.from(step.bytes, "base64")))).toString("base64") };
}

async function main(): Promise<void> {
  const version = (name: string) => {
    const found = require.resolve(name).replace(/(node_modules\/(@[^/]+\/)?[^/]+).*/, "$1/package.json");
    return `${name} ${JSON.parse(readFileSync(found, "utf8")).version}`;
  };
  const versions = `Node ${process.version.slice(1)}, ${version("@grpc/grpc-js")}, ${version("@bufbuild/protobuf")}`;
  console.log(JSON.stringify({ language: "TypeScript", versions }));
  let client: Client | undefined;
  const watches = new Map<string, Watch>();
  const steps: Record<string, (step: any) => any> = {
    connect: (step) => {
      client?.close();
      client = connect(step.address, step);
      return {};
    },
    call: (step) => call(client, step),
    list: (step) => list(client!, step),
    publish: (step) => publish(client!, step),
    watch: (step) => {
      watches.set(step.watch, new Watch(client!, step));
      return {};
    },
    take: (step) => watches.get(step.watch)!.take(step),
    stop: (step) => watches.get(step.watch)!.stop(),
    reencode,
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const step = JSON.parse(line);
    let answer: any;
    try {
      answer = await steps[step.op](step);
    } catch (error) {
      answer = error instanceof ExchangeError ? { error: describe(error) } : { failure: String((error as Error).stack) };
    }
    console.log(JSON.stringify(answer));
  }
  process.exit(0);
}

void main();
