import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { status, type ClientDuplexStream } from "@grpc/grpc-js";
import type { PutRecordAnswer } from "../gen/exchange/v1/record_service_pb";
import {
  PublishVacanciesRequestSchema, PublishVacancyItemSchema,
  type PublishVacanciesRequest, type PublishVacanciesResponse, type PublishVacancyItem,
} from "../gen/exchange/v1/vacancy_service_pb";
import type { Backoff } from "./backoff";
import { ExchangeError } from "./errors";
import { failing } from "./watching";

const WINDOW = 500;

type Item = MessageInitShape<typeof PublishVacancyItemSchema>;
type Call = ClientDuplexStream<PublishVacanciesRequest, PublishVacanciesResponse>;

/** Publishes items with a window of unanswered ones and goes on from the last answer when the call is cut. */
export class Publication {
  private readonly unanswered: PublishVacancyItem[] = [];
  private pulling = false;
  private ended = false; // no more items come
  private failure: { reason: unknown } | undefined; // what the caller's iterable threw
  private sent = 0; // how many of the unanswered were given to the present call
  private call: Call | undefined;
  private wake: () => void = () => undefined;
  private changed = this.next();

  constructor(
    private readonly begin: () => Call, private readonly publisher: string, private readonly stream: string,
    private readonly itemsAfter: (number: bigint) => Iterable<Item> | AsyncIterable<Item>,
    private readonly onAnswer: (item: PublishVacancyItem, answer: PutRecordAnswer) => Promise<void> | void,
    private readonly backoff: Backoff,
  ) {}

  async run(): Promise<void> {
    try {
      while (!(await this.runCall())) {
        await this.backoff.wait();
      }
    } finally {
      [this.ended, this.call] = [true, undefined];
      this.notify();
    }
    if (this.failure) {
      throw this.failure.reason;
    }
  }

  private async runCall(): Promise<boolean> {
    const call = this.begin();
    [this.call, this.sent] = [call, 0];
    call.write(create(PublishVacanciesRequestSchema, {
      message: { case: "open", value: { publisher: this.publisher, stream: this.stream } },
    }));
    try {
      for await (const { message } of failing(call)) {
        if (message.case === "opened") {
          void this.pull(message.value.lastNumber);
          void this.send(call);
        } else if (message.case === "answer") {
          await this.answered(message.value);
        }
        this.backoff.reset();
      }
      // The node may end a call in good order before every item was answered: it is going to stop.
      return this.ended && this.unanswered.length === 0;
    } catch (error) {
      const cut = error instanceof ExchangeError && error.code === status.UNAVAILABLE;
      if (!cut || !(await this.backoff.wait(error.retryDelayMs))) {
        throw error;
      }
      return false;
    } finally {
      this.call = undefined;
      this.notify();
      call.cancel();
    }
  }

  // One loop over all calls, because the caller's iterable may wait for the next vacancy while a call is cut.
  private async pull(number: bigint): Promise<void> {
    if (this.pulling) {
      return;
    }
    this.pulling = true;
    try {
      for await (const item of this.itemsAfter(number)) {
        while (this.unanswered.length >= WINDOW && !this.ended) {
          await this.changed;
        }
        if (this.ended) {
          return;
        }
        this.unanswered.push(create(PublishVacancyItemSchema, { ...item, number: ++number } as Item));
        this.notify();
      }
    } catch (reason) {
      this.failure = { reason };
    } finally {
      this.ended = true;
      this.notify();
    }
  }

  private async send(call: Call): Promise<void> {
    while (this.call === call) {
      if (this.sent < this.unanswered.length) {
        const item = this.unanswered[this.sent++];
        if (!call.write(create(PublishVacanciesRequestSchema, { message: { case: "item", value: item } }))) {
          await drained(call);
        }
      } else if (this.ended) {
        call.end();
        return;
      } else {
        await this.changed;
      }
    }
  }

  private async answered(answer: PutRecordAnswer): Promise<void> {
    const item = this.unanswered[0];
    if (item?.number !== answer.number) {
      throw new ExchangeError(status.INTERNAL, `Item ${item?.number} was due, ${answer.number} was answered.`);
    }
    await this.onAnswer(item, answer);
    this.unanswered.shift();
    this.sent--;
    this.notify();
  }

  private notify(): void {
    const wake = this.wake;
    this.changed = this.next();
    wake();
  }

  private next(): Promise<void> {
    return new Promise((wake) => (this.wake = wake));
  }
}

/** Waits until a call takes more, or has ended. */
function drained(call: Call): Promise<void> {
  return new Promise((done) => {
    const events = ["drain", "close", "error", "end"];
    const end = () => {
      events.forEach((event) => call.removeListener(event, end));
      done();
    };
    events.forEach((event) => call.on(event, end));
  });
}
