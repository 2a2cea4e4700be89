export const FIRST_MS = 200;
export const LONGEST_MS = 10_000;

/** How long to wait before the next try: twice as long each time up to a limit, and never quite the same. */
export class Backoff {
  private next = FIRST_MS;
  private until = 0;

  /** Patience is how many milliseconds to go on without any sign of the node. */
  constructor(private readonly patienceMs: number) {
    this.reset();
  }

  /** Something went well: begin anew. */
  reset(): void {
    this.next = FIRST_MS;
    this.until = Date.now() + this.patienceMs;
  }

  /** Waits; returns false, at once, when another try would come too late or `stop` was aborted. */
  async wait(atLeastMs = 0, stop?: AbortSignal): Promise<boolean> {
    // Jitter, so that clients cut off together don't come back together.
    const wait = Math.max(this.next * (0.5 + Math.random() / 2), atLeastMs);
    this.next = Math.min(this.next * 2, LONGEST_MS);
    if (stop?.aborted || Date.now() + wait > this.until) {
      return false;
    }
    await new Promise<void>((done) => {
      const timer = setTimeout(end, wait);
      function end() {
        clearTimeout(timer);
        stop?.removeEventListener("abort", end);
        done();
      }
      stop?.addEventListener("abort", end);
    });
    return !stop?.aborted;
  }
}
