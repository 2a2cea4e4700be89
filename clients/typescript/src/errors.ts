import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack, type Any } from "@bufbuild/protobuf/wkt";
import { status, type ServiceError } from "@grpc/grpc-js";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../gen/google/rpc/error_details_pb";
import { StatusSchema, type Status } from "../gen/google/rpc/status_pb";

/** A call or an item that failed. Messages of nodes hold no personal data; this package adds none. */
export class ExchangeError extends Error {
  /** The name of an ErrorReason, such as "ERROR_REASON_FIELD_INVALID"; empty when the node said none. */
  reason = "";
  /** What varies in the message. */
  metadata: Record<string, string> = {};
  /** Bad fields with what to do. */
  violations: { field: string; description: string }[] = [];
  /** Milliseconds to wait before another try; 0 when none are stated. */
  retryDelayMs = 0;

  constructor(readonly code: status, message: string, details: Any[] = []) {
    super(`${status[code]}: ${message}`);
    details.forEach((detail) => this.take(detail));
  }

  /** The name of the gRPC status code. */
  get codeName(): string {
    return status[this.code];
  }

  /** The error of an item's google.rpc.Status. */
  static ofStatus(error: Status): ExchangeError {
    return new ExchangeError(error.code, error.message, error.details);
  }

  /** The error of a call that failed. */
  static ofCall(error: unknown): ExchangeError {
    const { code, details, metadata } = error as ServiceError;
    if (code === undefined) {
      throw error;
    }
    const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
    if (code === status.CANCELLED && !bytes) {
      // Some versions of grpc-js tell a line that was cut so. Nobody asks here about a call that this side cancelled.
      return new ExchangeError(status.UNAVAILABLE, "The line was cut.");
    }
    return new ExchangeError(code, details, bytes ? fromBinary(StatusSchema, bytes as Buffer).details : []);
  }

  private take(detail: Any): void {
    const info = anyUnpack(detail, ErrorInfoSchema);
    const bad = anyUnpack(detail, BadRequestSchema);
    const retry = anyUnpack(detail, RetryInfoSchema);
    if (info) {
      [this.reason, this.metadata] = [info.reason, { ...info.metadata }];
    } else if (bad) {
      this.violations = bad.fieldViolations.map(({ field, description }) => ({ field, description }));
    } else if (retry?.retryDelay) {
      this.retryDelayMs = Number(retry.retryDelay.seconds) * 1000 + retry.retryDelay.nanos / 1e6;
    }
  }
}
