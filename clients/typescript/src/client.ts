import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, DescMethod, DescService, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { Client as Channel, credentials as channelCredentials, Metadata, status } from "@grpc/grpc-js";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { NodeService } from "../gen/exchange/v1/node_service_pb";
import { PlacementFilterSchema, PlacementService, WatchPlacementsResponse } from "../gen/exchange/v1/placement_service_pb";
import { PutRecordAnswer, RecordService } from "../gen/exchange/v1/record_service_pb";
import {
  ListVacanciesRequestSchema, PublishVacancyItem, PublishVacancyItemSchema, VacancyFilterSchema, VacancyRecord, VacancyService,
  WatchVacanciesResponse,
} from "../gen/exchange/v1/vacancy_service_pb";
import { Backoff, FIRST_MS, LONGEST_MS } from "./backoff";
import { ExchangeError } from "./errors";
import { Publication } from "./publishing";
import type { TokenStore } from "./tokens";
import { watch } from "./watching";

const PATIENCE_MS = 300_000;

export interface ConnectOptions {
  /** An API token. */
  token?: string;
  /** PEM of the certificate that the node must show, or of the authority that signed it. Default: the system's authorities. */
  certificate?: string | Buffer;
  /** PEM, for mutual TLS. */
  clientCertificate?: string | Buffer;
  /** PEM, for mutual TLS. */
  clientKey?: string | Buffer;
  /** Milliseconds for a unary call, tries and waits together, unless the call names its own. Default 30,000. */
  deadlineMs?: number;
}

export interface CallOptions {
  deadlineMs?: number;
}

export interface PublishOptions {
  /** Milliseconds to go on while the node is silent. Default 300,000. */
  patienceMs?: number;
}

export interface WatchOptions {
  /** A snapshot begins; what it doesn't contain up to its end is gone. */
  startOver?: () => Promise<void> | void;
  /** Ends the watch. */
  stop?: AbortSignal;
  /** Milliseconds to go on while the node is silent. Default 300,000. */
  patienceMs?: number;
}

/** The unary methods of a service: client.vacancies.getVacancy({ id }). */
export type Unary<S extends DescService> = {
  [K in keyof S["method"] as S["method"][K] extends { methodKind: "unary" } ? K : never]: (
    request: MessageInitShape<S["method"][K]["input"]>, options?: CallOptions,
  ) => Promise<MessageShape<S["method"][K]["output"]>>;
};

/** Makes a client for "https://host:port"; http is refused unless the host is this machine. The first call opens the connection. */
export function connect(address: string, options: ConnectOptions = {}): Client {
  const { protocol, hostname, port } = new URL(address);
  if (protocol !== "https:" && !(protocol === "http:" && isThisMachine(hostname))) {
    throw new Error("An address begins with https://, or with http:// and a loopback address.");
  }
  const pem = (text?: string | Buffer) => (text === undefined ? null : Buffer.from(text as string));
  const secure = protocol === "https:"
    ? channelCredentials.createSsl(pem(options.certificate), pem(options.clientKey), pem(options.clientCertificate))
    : channelCredentials.createInsecure();
  return new Client(
    new Channel(`${hostname}:${port || "7070"}`, secure, {
      // A line that died without a farewell is noticed by pings, not after hours by TCP.
      "grpc.keepalive_time_ms": 30_000,
      "grpc.keepalive_timeout_ms": 10_000,
      "grpc.keepalive_permit_without_calls": 0,
      "grpc.initial_reconnect_backoff_ms": FIRST_MS,
      "grpc.max_reconnect_backoff_ms": LONGEST_MS,
      "grpc.enable_retries": 0,
    }),
    options);
}

/**
 * Credentials for connect() as the program `exchange` takes them: EXCHANGE_TOKEN holds an API token, EXCHANGE_CERTIFICATE,
 * EXCHANGE_CLIENT_CERTIFICATE and EXCHANGE_CLIENT_KEY name PEM files.
 */
export function credentials(environment: NodeJS.ProcessEnv = process.env): ConnectOptions {
  const pem = (path?: string) => (path ? readFileSync(path) : undefined);
  return {
    token: environment.EXCHANGE_TOKEN,
    certificate: pem(environment.EXCHANGE_CERTIFICATE),
    clientCertificate: pem(environment.EXCHANGE_CLIENT_CERTIFICATE),
    clientKey: pem(environment.EXCHANGE_CLIENT_KEY),
  };
}

/** A node's services. */
export class Client {
  readonly vacancies = this.unary(VacancyService);
  readonly placements = this.unary(PlacementService);
  readonly records = this.unary(RecordService);
  readonly node = this.unary(NodeService);

  constructor(private readonly channel: Channel, private readonly options: ConnectOptions) {}

  /**
   * Publishes vacancies and returns once each was answered. A cut call is taken up again: what wasn't answered is sent again, and
   * the node writes nothing twice.
   *
   * @param itemsAfter returns the items that follow the item of that number, in an order that never changes. It is called once, with
   *   the number up to which the node answered in earlier runs. Items are numbered here. An endless iterable publishes what comes.
   * @param onAnswer is called for each item in order. A refused one has answer.error; see ExchangeError.ofStatus.
   */
  async publishVacancies(
    publisher: string, stream: string,
    itemsAfter: (number: bigint) => Iterable<VacancyItem> | AsyncIterable<VacancyItem>,
    onAnswer: (item: PublishVacancyItem, answer: PutRecordAnswer) => Promise<void> | void,
    { patienceMs = PATIENCE_MS }: PublishOptions = {},
  ): Promise<void> {
    const { method, path, metadata } = this.parts(VacancyService.method.publishVacancies);
    await new Publication(
      () => this.channel.makeBidiStreamRequest(path, encoder(method.input), decoder(method.output), metadata),
      publisher, stream, itemsAfter, onAnswer, new Backoff(patienceMs)).run();
  }

  /** Every matching vacancy, page by page. A page may be empty without being the last. */
  async *listVacancies(
    filter?: MessageInitShape<typeof VacancyFilterSchema>, pageSize = 0,
  ): AsyncGenerator<VacancyRecord> {
    let pageToken = "";
    do {
      const page = await this.vacancies.listVacancies(create(ListVacanciesRequestSchema, { filter, pageSize, pageToken }));
      yield* page.vacancies;
      pageToken = page.nextPageToken;
    } while (pageToken);
  }

  /**
   * Watches until options.stop is aborted. The token of a response is saved after `apply` is done with it; it is called for a vacancy,
   * a removal and the end of the snapshot.
   */
  async watchVacancies(
    apply: (response: WatchVacanciesResponse) => Promise<void> | void, token: TokenStore,
    { filter, ...options }: WatchOptions & { filter?: MessageInitShape<typeof VacancyFilterSchema> } = {},
  ): Promise<void> {
    await this.watch(VacancyService.method.watchVacancies, (resumeToken) => ({ filter, resumeToken }), apply, token, options);
  }

  /** Watches how placements stand, as watchVacancies does. */
  async watchPlacements(
    apply: (response: WatchPlacementsResponse) => Promise<void> | void, token: TokenStore,
    { filter, ...options }: WatchOptions & { filter?: MessageInitShape<typeof PlacementFilterSchema> } = {},
  ): Promise<void> {
    await this.watch(PlacementService.method.watchPlacements, (resumeToken) => ({ filter, resumeToken }), apply, token, options);
  }

  close(): void {
    this.channel.close();
  }

  private async watch<I extends DescMessage, O extends DescMessage>(
    rpc: DescMethod & { input: I; output: O }, request: (token: string) => MessageInitShape<I>,
    apply: (response: any) => Promise<void> | void, token: TokenStore, options: WatchOptions,
  ): Promise<void> {
    const { path, metadata } = this.parts(rpc);
    await watch(
      (at) => this.channel.makeServerStreamRequest(
        path, encoder(rpc.input), decoder(rpc.output), create(rpc.input, request(at)), metadata),
      apply, token, options, new Backoff(options.patienceMs ?? PATIENCE_MS));
  }

  private unary<S extends DescService>(service: S): Unary<S> {
    const methods = service.methods
      .filter((method) => method.methodKind === "unary")
      .map((method) => [method.localName, (request: any, options?: CallOptions) => this.call(method, request, options)]);
    return Object.fromEntries(methods);
  }

  private async call(rpc: DescMethod, init: any, options: CallOptions = {}): Promise<any> {
    const { path, metadata } = this.parts(rpc);
    const request = create(rpc.input, init);
    const deadline = Date.now() + (options.deadlineMs ?? this.options.deadlineMs ?? 30_000);
    const backoff = new Backoff(deadline - Date.now());
    for (;;) {
      try {
        return await new Promise((done, fail) =>
          this.channel.makeUnaryRequest(
            path, encoder(rpc.input), decoder(rpc.output), request, metadata, { deadline },
            (error, response) => (error ? fail(error) : done(response))));
      } catch (failure) {
        const error = ExchangeError.ofCall(failure);
        const again = error.code === status.UNAVAILABLE && isSafeToRepeat(rpc, request);
        if (!again || !(await backoff.wait(error.retryDelayMs))) {
          throw error;
        }
      }
    }
  }

  private parts<M extends DescMethod>(method: M) {
    const metadata = new Metadata();
    if (this.options.token) {
      metadata.set("authorization", "Bearer " + this.options.token);
    }
    return { method, path: `/${method.parent.typeName}/${method.name}`, metadata };
  }
}

type VacancyItem = MessageInitShape<typeof PublishVacancyItemSchema>;

const encoder = <D extends DescMessage>(type: D) => (message: MessageShape<D>) => Buffer.from(toBinary(type, message));
const decoder = <D extends DescMessage>(type: D) => (bytes: Buffer) => fromBinary(type, bytes);

// A write whose outcome is unknown may only be sent again when the node can tell that it is the same one.
function isSafeToRepeat(rpc: DescMethod, request: any): boolean {
  return /^(Get|List)/.test(rpc.name) || Boolean(request.requestId);
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "[::1]" || (isIP(host) === 4 && host.startsWith("127."));
}
