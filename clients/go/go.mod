module example.org/exchange

go 1.16

// The oldest that are tested; what newer ones of them need, they name themselves.
require (
	github.com/golang/protobuf v1.3.5
	google.golang.org/genproto v0.0.0-20200413115906-b5235f65be36
	google.golang.org/grpc v1.33.2
)
