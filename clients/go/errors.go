package exchange

import (
	"fmt"
	"time"

	"github.com/golang/protobuf/ptypes"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Error is a call or an item that failed. Messages of nodes hold no personal data; this package adds none.
type Error struct {
	Code    codes.Code
	Message string
	// Reason is the name of an ErrorReason, such as "ERROR_REASON_FIELD_INVALID"; empty when the node said none.
	Reason string
	// Metadata is what varies in the message.
	Metadata map[string]string
	// Violations are the bad fields with what to do.
	Violations []Violation
	// RetryDelay is how long to wait before another try; 0 when nothing is stated.
	RetryDelay time.Duration

	status *status.Status
}

// Violation is a bad field of a request.
type Violation struct {
	Field, Description string
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.CodeName(), e.Message) }

// CodeName is the code's name in the contract: "NOT_FOUND".
func (e *Error) CodeName() string {
	return [...]string{"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
		"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
		"INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"}[e.Code]
}

// GRPCStatus lets status.FromError and status.Code see the call's status.
func (e *Error) GRPCStatus() *status.Status { return e.status }

// OfStatus is the error of an item's google.rpc.Status.
func OfStatus(s *rpc.Status) *Error { return of(status.FromProto(s)) }

// OfCall is the error of a call that failed. It passes on what is no status, and nil.
func OfCall(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok {
		return e
	}
	if s, ok := status.FromError(err); ok {
		return of(s)
	}
	return err
}

func of(s *status.Status) *Error {
	e := &Error{Code: s.Code(), Message: s.Message(), status: s}
	for _, detail := range s.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			e.Reason, e.Metadata = d.Reason, d.Metadata
		case *errdetails.BadRequest:
			for _, v := range d.FieldViolations {
				e.Violations = append(e.Violations, Violation{v.Field, v.Description})
			}
		case *errdetails.RetryInfo:
			if delay, err := ptypes.Duration(d.RetryDelay); err == nil {
				e.RetryDelay = delay
			}
		}
	}
	return e
}

func isUnavailable(err error) (*Error, bool) {
	e, ok := err.(*Error)
	return e, ok && e.Code == codes.Unavailable
}
