package org.example.exchange.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A call or an item that failed. Messages of nodes hold no personal data; this package adds none. */
public final class ExchangeException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final Status.Code code;
  private final HashMap<String, String> metadata = new HashMap<>();
  private final ArrayList<Violation> violations = new ArrayList<>();
  private String reason = "";
  private long retryDelayMs;

  private ExchangeException(Status.Code code, String message, List<Any> details, Throwable cause) {
    super(code + ": " + message, cause);
    this.code = code;
    try {
      for (Any detail : details) {
        take(detail);
      }
    } catch (InvalidProtocolBufferException unreadable) {
      addSuppressed(unreadable);
    }
  }

  ExchangeException(Status.Code code, String message) {
    this(code, message, Collections.emptyList(), null);
  }

  /** The error of an item's google.rpc.Status. */
  public static ExchangeException of(com.google.rpc.Status status) {
    return new ExchangeException(
        Status.fromCodeValue(status.getCode()).getCode(), status.getMessage(), status.getDetailsList(), null);
  }

  /** The error of a call that failed. */
  public static ExchangeException of(StatusRuntimeException failure) {
    byte[] bytes = failure.getTrailers() == null ? null : failure.getTrailers().get(DETAILS);
    List<Any> details = Collections.emptyList();
    if (bytes != null) {
      try {
        details = com.google.rpc.Status.parseFrom(bytes).getDetailsList();
      } catch (InvalidProtocolBufferException unreadable) {
        failure.addSuppressed(unreadable);
      }
    }
    Status status = failure.getStatus();
    // A line that breaks under a call that is just begun shows as this, with the channel's exception inside.
    boolean cut = status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException;
    return new ExchangeException(
        cut ? Status.Code.UNAVAILABLE : status.getCode(), String.valueOf(status.getDescription()), details, failure);
  }

  /** The gRPC status code. */
  public Status.Code code() {
    return code;
  }

  /** The name of an ErrorReason, such as "ERROR_REASON_FIELD_INVALID"; empty when the node said none. */
  public String reason() {
    return reason;
  }

  /** What varies in the message. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** Bad fields with what to do. */
  public List<Violation> violations() {
    return Collections.unmodifiableList(violations);
  }

  /** How long to wait before another try; 0 when nothing is stated. */
  public long retryDelayMs() {
    return retryDelayMs;
  }

  private void take(Any detail) throws InvalidProtocolBufferException {
    if (detail.is(ErrorInfo.class)) {
      ErrorInfo info = detail.unpack(ErrorInfo.class);
      reason = info.getReason();
      metadata.putAll(info.getMetadataMap());
    } else if (detail.is(BadRequest.class)) {
      for (BadRequest.FieldViolation bad : detail.unpack(BadRequest.class).getFieldViolationsList()) {
        violations.add(new Violation(bad.getField(), bad.getDescription()));
      }
    } else if (detail.is(RetryInfo.class)) {
      retryDelayMs = Durations.toMillis(detail.unpack(RetryInfo.class).getRetryDelay());
    }
  }
}
