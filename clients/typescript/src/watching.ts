import type { ClientReadableStream } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import type { Backoff } from "./backoff";
import type { WatchOptions } from "./client";
import { ExchangeError } from "./errors";
import type { TokenStore } from "./tokens";

const START_OVER = ["ERROR_REASON_RESUME_TOKEN_FOREIGN", "ERROR_REASON_RESUME_TOKEN_EXPIRED"];

interface Response {
  resumeToken: string;
  event: { case: string | undefined };
}

/** Keeps a watch going: reconnects with backoff and resumes from the token of what was applied. */
export async function watch(
  begin: (token: string) => ClientReadableStream<any>, apply: (response: any) => Promise<void> | void, token: TokenStore,
  { startOver, stop }: WatchOptions, backoff: Backoff,
): Promise<void> {
  let at = await token.load();
  while (!stop?.aborted) {
    if (!at) {
      await startOver?.();
    }
    let delayMs = 0;
    const call = begin(at);
    const cancel = () => call.cancel();
    stop?.addEventListener("abort", cancel);
    try {
      for await (const response of failing(call)) {
        if (stop?.aborted) {
          return;
        }
        backoff.reset();
        if (response.event.case !== undefined && response.event.case !== "bookmark") {
          await apply(response);
        }
        // After it was applied: a crash in between repeats a response, the other way round it would lose one.
        at = response.resumeToken;
        await token.save(at);
      }
    } catch (error) {
      if (stop?.aborted && error instanceof ExchangeError) {
        return;
      }
      if (error instanceof ExchangeError && START_OVER.includes(error.reason)) {
        at = "";
        continue;
      }
      if (!(error instanceof ExchangeError) || error.code !== status.UNAVAILABLE) {
        throw error;
      }
      delayMs = error.retryDelayMs;
    } finally {
      stop?.removeEventListener("abort", cancel);
      call.cancel();
    }
    if (!(await backoff.wait(delayMs, stop)) && !stop?.aborted) {
      throw new ExchangeError(status.UNAVAILABLE, "The node was silent for longer than the patience.");
    }
  }
}

/** The responses of a call; what the call fails with becomes an ExchangeError, unlike what the loop's body throws. */
export async function* failing<T>(call: ClientReadableStream<T>): AsyncGenerator<T & Response> {
  // A cancelled call reports an error that nobody may be reading any more.
  call.on("error", () => undefined);
  try {
    yield* call as AsyncIterable<T & Response>;
  } catch (error) {
    throw ExchangeError.ofCall(error);
  }
}
