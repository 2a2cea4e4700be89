"""google.rpc errors as one exception. Messages of nodes hold no personal data; those of this package add none."""

import grpc
from google.rpc import error_details_pb2, status_pb2

_CODES = {code.value[0]: code for code in grpc.StatusCode}


class ExchangeError(Exception):
    """A call or an item that failed.

    code: the gRPC status code.
    reason: the name of an ErrorReason, such as "ERROR_REASON_FIELD_INVALID"; empty when the node said none.
    metadata: what varies in the message.
    violations: a list of (field, what is wrong and what to do).
    retry_delay: seconds to wait before another try; 0 when none is stated.
    """

    def __init__(self, code, message, details=()):
        super().__init__(f"{code.name}: {message}")
        self.code = code
        self.reason = ""
        self.metadata = {}
        self.violations = []
        self.retry_delay = 0.0
        for detail in details:
            self._take(detail)

    @staticmethod
    def of_status(status):
        """The error of an item's google.rpc.Status."""
        return ExchangeError(_CODES.get(status.code, grpc.StatusCode.UNKNOWN), status.message, status.details)

    @staticmethod
    def of_call(error):
        """The error of a call that failed."""
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                status = status_pb2.Status()
                status.ParseFromString(value)
                return ExchangeError(error.code(), error.details(), status.details)
        return ExchangeError(error.code(), error.details() or "")

    def _take(self, detail):
        info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            self.reason, self.metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            self.violations = [(violation.field, violation.description) for violation in bad.field_violations]
        elif detail.Unpack(retry):
            self.retry_delay = retry.retry_delay.ToTimedelta().total_seconds()
