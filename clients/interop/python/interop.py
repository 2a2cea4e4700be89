"""Both sides of every interoperability case with grpcio: `server`, or `client PORT`."""

import concurrent.futures
import sys
import time

import grpc
import interop_pb2 as m
import interop_pb2_grpc as rpc

INITIAL, TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
GZIP, PLAIN = grpc.Compression.Gzip, grpc.Compression.NoCompression


class Service(rpc.TestServiceServicer):
    def EmptyCall(self, request, context):
        echo(context)
        return m.Empty()

    def UnaryCall(self, request, context):
        echo(context)
        end_if_asked(request, context)
        if request.response_compressed.value:
            context.set_compression(GZIP)
        return m.SimpleResponse(payload=body(request.response_size))

    def StreamingOutputCall(self, request, context):
        if any(asked.compressed.value for asked in request.response_parameters):
            context.set_compression(GZIP)
        yield from answers(request, context)

    def StreamingInputCall(self, requests, context):
        return m.StreamingInputCallResponse(aggregated_payload_size=sum(len(one.payload.body) for one in requests))

    def FullDuplexCall(self, requests, context):
        echo(context)
        for request in requests:
            end_if_asked(request, context)
            yield from answers(request, context)


def answers(request, context):
    for asked in request.response_parameters:
        time.sleep(asked.interval_us / 1e6)
        if not asked.compressed.value:
            context.disable_next_message_compression()
        yield m.StreamingOutputCallResponse(payload=body(asked.size))


def echo(context):
    sent = dict(context.invocation_metadata())
    if INITIAL in sent:
        context.send_initial_metadata([(INITIAL, sent[INITIAL])])
    if TRAILING in sent:
        context.set_trailing_metadata([(TRAILING, sent[TRAILING])])


def end_if_asked(request, context):
    if request.response_status.code:
        code = next(one for one in grpc.StatusCode if one.value[0] == request.response_status.code)
        context.abort(code, request.response_status.message)


def body(size):
    return m.Payload(body=bytes(size))


def ask(size, sent):
    return m.StreamingOutputCallRequest(response_parameters=[m.ResponseParameters(size=size)], payload=body(sent))


class Cases:
    def __init__(self, channel):
        self.stub = rpc.TestServiceStub(channel)
        self.nobody = rpc.UnimplementedServiceStub(channel)

    def empty_unary(self):
        self.stub.EmptyCall(m.Empty())

    def large_unary(self):
        equal(314159, len(self.stub.UnaryCall(m.SimpleRequest(response_size=314159, payload=body(271828))).payload.body))

    def client_streaming(self):
        requests = (m.StreamingInputCallRequest(payload=body(size)) for size in (27182, 8, 1828, 45904))
        equal(74922, self.stub.StreamingInputCall(requests).aggregated_payload_size)

    def server_streaming(self):
        asked = [31415, 9, 2653, 58979]
        request = m.StreamingOutputCallRequest(response_parameters=[m.ResponseParameters(size=size) for size in asked])
        equal(asked, [len(one.payload.body) for one in self.stub.StreamingOutputCall(request)])

    def ping_pong(self):
        sizes, got = [(31415, 27182), (9, 8), (2653, 1828), (58979, 45904)], []

        def requests():
            for number, (size, sent) in enumerate(sizes):
                while len(got) < number:
                    time.sleep(0.001)
                yield ask(size, sent)

        for response in self.stub.FullDuplexCall(requests()):
            got.append(len(response.payload.body))
        equal([size for size, _ in sizes], got)

    def empty_stream(self):
        equal([], list(self.stub.FullDuplexCall(iter(()))))

    def cancel_after_begin(self):
        call = self.stub.StreamingInputCall.future(never())
        call.cancel()
        equal(grpc.StatusCode.CANCELLED, call.code())

    def cancel_after_first_response(self):
        call = self.stub.FullDuplexCall(never(ask(31415, 27182)))
        equal(31415, len(next(call).payload.body))
        call.cancel()
        fails(grpc.StatusCode.CANCELLED, lambda: next(call))

    def timeout_on_sleeping_server(self):
        fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(self.stub.FullDuplexCall(never(), timeout=0.1)))

    def status_code_and_message(self):
        self.status("test status message")

    def special_status_message(self):
        self.status("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")

    def status(self, message):
        asked = m.EchoStatus(code=2, message=message)
        fails(grpc.StatusCode.UNKNOWN, lambda: self.stub.UnaryCall(m.SimpleRequest(response_status=asked)), message)
        requests = iter([m.StreamingOutputCallRequest(response_status=asked)])
        fails(grpc.StatusCode.UNKNOWN, lambda: next(self.stub.FullDuplexCall(requests)), message)

    def custom_metadata(self):
        sent = [(INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab")]
        request = m.SimpleRequest(response_size=1, payload=body(1))
        _, unary = self.stub.UnaryCall.with_call(request, metadata=sent)
        stream = self.stub.FullDuplexCall(iter([ask(1, 1)]), metadata=sent)
        equal(1, len(list(stream)))
        for call in (unary, stream):
            equal(sent[0][1], dict(call.initial_metadata()).get(INITIAL))
            equal(sent[1][1], dict(call.trailing_metadata()).get(TRAILING))

    def unimplemented_method(self):
        fails(grpc.StatusCode.UNIMPLEMENTED, lambda: self.stub.UnimplementedCall(m.Empty()))

    def unimplemented_service(self):
        fails(grpc.StatusCode.UNIMPLEMENTED, lambda: self.nobody.UnimplementedCall(m.Empty()))

    def client_compressed_unary(self):
        for compressed in (True, False):
            request = m.SimpleRequest(response_size=314159, payload=body(271828))
            request.expect_compressed.value = compressed
            response = self.stub.UnaryCall(request, compression=GZIP if compressed else PLAIN)
            equal(314159, len(response.payload.body))

    def server_compressed_unary(self):
        for compressed in (True, False):
            request = m.SimpleRequest(response_size=314159, payload=body(271828))
            request.response_compressed.value = compressed
            equal(314159, len(self.stub.UnaryCall(request).payload.body))

    def client_compressed_streaming(self):
        requests = [m.StreamingInputCallRequest(payload=body(27182)), m.StreamingInputCallRequest(payload=body(45904))]
        requests[0].expect_compressed.value = True
        equal(73086, self.stub.StreamingInputCall(iter(requests), compression=GZIP).aggregated_payload_size)

    def server_compressed_streaming(self):
        request = m.StreamingOutputCallRequest()
        for size, compressed in ((31415, True), (92653, False)):
            request.response_parameters.add(size=size).compressed.value = compressed
        equal([31415, 92653], [len(one.payload.body) for one in self.stub.StreamingOutputCall(request)])


def never(*first):
    """Requests whose end never comes."""
    yield from first
    time.sleep(5)


def fails(code, call, message=None):
    try:
        call()
    except grpc.RpcError as error:
        equal(code, error.code())
        if message is not None:
            equal(message, error.details())
        return
    raise AssertionError(f"it was to fail with {code} and went well")


def equal(expected, actual):
    if expected != actual:
        raise AssertionError(f"{expected!r} was expected, {actual!r} came"[:300])


def serve():
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(8))
    rpc.add_TestServiceServicer_to_server(Service(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()


def run(port):
    good = True
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        cases = Cases(channel)
        for name in [one for one in vars(Cases) if one not in ("__init__", "status") and not one.startswith("__")]:
            try:
                getattr(cases, name)()
                print(f"ok {name}", flush=True)
            except Exception as failure:
                good = False
                print(f"failed {name}: {type(failure).__name__} {failure}".replace("\n", " "), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(serve() if sys.argv[1] == "server" else run(sys.argv[2]))
