package org.example.exchange.client;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Waits between tries: twice as long each time up to a limit, and never quite the same. */
final class Backoff {
  private static final long FIRST_MS = 200;
  private static final long LONGEST_MS = 10_000;

  private final long patienceMs;
  private long nextMs;
  private long since;

  /** @param patienceMs how long to go on without any sign of the node */
  Backoff(long patienceMs) {
    this.patienceMs = patienceMs;
    reset();
  }

  /** Something went well: begins anew. */
  void reset() {
    nextMs = FIRST_MS;
    since = System.nanoTime();
  }

  /** Waits; returns false, at once, when another try would come too late. */
  boolean await(long atLeastMs) throws InterruptedException {
    // Jitter, so that clients cut off together don't come back together.
    long wait = Math.max(atLeastMs, nextMs / 2 + ThreadLocalRandom.current().nextLong(nextMs / 2));
    nextMs = Math.min(2 * nextMs, LONGEST_MS);
    if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since) + wait > patienceMs) {
      return false;
    }
    Thread.sleep(wait);
    return true;
  }
}
