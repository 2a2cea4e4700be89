// Both sides of every interoperability case with grpc-js: `server`, or `client PORT`.
"use strict";
const assert = require("node:assert");
const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const PROTO = path.resolve(__dirname, "../../../tests/Exchange.Interop/protos/interop.proto");
const { testing } = grpc.loadPackageDefinition(loader.loadSync(PROTO, { keepCase: true, defaults: true })).grpc;
const INITIAL = "x-grpc-test-echo-initial";
const TRAILING = "x-grpc-test-echo-trailing-bin";
const { status } = grpc;

const body = (size) => ({ body: Buffer.alloc(size) });
const ask = (size, sent) => ({ response_parameters: [{ size }], payload: body(sent) });
const later = (ms) => new Promise((done) => setTimeout(done, ms));

function echo(call) {
  const [initial] = call.metadata.get(INITIAL);
  const [trailing] = call.metadata.get(TRAILING);
  if (initial) {
    const headers = new grpc.Metadata();
    headers.set(INITIAL, initial);
    call.sendMetadata(headers);
  }
  const trailers = new grpc.Metadata();
  if (trailing) {
    trailers.set(TRAILING, trailing);
  }
  return trailers;
}

const asked = ({ response_status: wanted }) =>
  (wanted && wanted.code ? { code: wanted.code, details: wanted.message, metadata: new grpc.Metadata() } : null);

async function answer(call, request) {
  for (const one of request.response_parameters) {
    if (one.interval_us) {
      await later(one.interval_us / 1000);
    }
    call.write({ payload: body(one.size) });
  }
}

function serve() {
  const server = new grpc.Server({ "grpc.default_compression_algorithm": 2 });
  server.addService(testing.TestService.service, {
    EmptyCall: (call, done) => done(null, {}, echo(call)),
    UnaryCall: (call, done) => {
      const trailers = echo(call);
      const error = asked(call.request);
      return error ? done(error) : done(null, { payload: body(call.request.response_size) }, trailers);
    },
    StreamingOutputCall: async (call) => {
      await answer(call, call.request);
      call.end();
    },
    StreamingInputCall: (call, done) => {
      let size = 0;
      call.on("data", (request) => (size += request.payload.body.length));
      call.on("end", () => done(null, { aggregated_payload_size: size }));
    },
    FullDuplexCall: (call) => {
      const trailers = echo(call);
      let answered = Promise.resolve();
      let failed = false;
      call.on("data", (request) => {
        const error = asked(request);
        if (error) {
          failed = true;
          call.emit("error", error);
        } else {
          answered = answered.then(() => answer(call, request));
        }
      });
      call.on("end", () => answered.then(() => failed || call.end(trailers)));
    },
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    assert.ifError(error);
    console.log(port);
  });
  process.stdin.resume().on("end", () => process.exit(0));
}

function cases(address) {
  const plain = grpc.credentials.createInsecure();
  const client = new testing.TestService(address, plain);
  const nobody = new testing.UnimplementedService(address, plain);
  const gzip = new testing.TestService(address, plain, { "grpc.default_compression_algorithm": 2 });
  const unary = (stub, name, request, metadata = new grpc.Metadata(), call = {}) =>
    new Promise((done, fail) => {
      const running = stub[name](request, metadata, (error, response) => (error ? fail(error) : done(response)));
      running.on("metadata", (headers) => (call.headers = headers)).on("status", (ended) => (call.ended = ended));
    });
  const all = async (call) => {
    const sizes = [];
    for await (const response of call) {
      sizes.push(response.payload.body.length);
    }
    return sizes;
  };
  const fails = (code, promise, message) =>
    promise.then(
      () => assert.fail(`it was to fail with ${code} and went well`),
      (error) => {
        assert.strictEqual(error.code, code);
        if (message !== undefined) {
          assert.strictEqual(error.details, message);
        }
      });
  const statusCase = async (message) => {
    const response_status = { code: 2, message };
    await fails(status.UNKNOWN, unary(client, "UnaryCall", { response_status }), message);
    const call = client.FullDuplexCall();
    call.end({ response_status });
    await fails(status.UNKNOWN, all(call), message);
  };
  return {
    empty_unary: () => unary(client, "EmptyCall", {}),
    large_unary: async () => {
      const { payload } = await unary(client, "UnaryCall", { response_size: 314159, payload: body(271828) });
      assert.strictEqual(payload.body.length, 314159);
    },
    client_streaming: () => new Promise((done, fail) => {
      const call = client.StreamingInputCall((error, response) =>
        (error ? fail(error) : done(assert.strictEqual(response.aggregated_payload_size, 74922))));
      [27182, 8, 1828, 45904].forEach((size) => call.write({ payload: body(size) }));
      call.end();
    }),
    server_streaming: async () => {
      const sizes = [31415, 9, 2653, 58979];
      assert.deepStrictEqual(
        await all(client.StreamingOutputCall({ response_parameters: sizes.map((size) => ({ size })) })), sizes);
    },
    ping_pong: async () => {
      const sizes = [[31415, 27182], [9, 8], [2653, 1828], [58979, 45904]];
      const call = client.FullDuplexCall();
      const got = [];
      call.write(ask(...sizes[0]));
      for await (const response of call) {
        got.push(response.payload.body.length);
        if (got.length < sizes.length) {
          call.write(ask(...sizes[got.length]));
        } else {
          call.end();
        }
      }
      assert.deepStrictEqual(got, sizes.map(([size]) => size));
    },
    empty_stream: async () => {
      const call = client.FullDuplexCall();
      call.end();
      assert.deepStrictEqual(await all(call), []);
    },
    cancel_after_begin: () => fails(status.CANCELLED, new Promise((done, fail) => {
      const call = client.StreamingInputCall((error, response) => (error ? fail(error) : done(response)));
      setImmediate(() => call.cancel());
    })),
    cancel_after_first_response: () => {
      const call = client.FullDuplexCall();
      call.write(ask(31415, 27182));
      return fails(status.CANCELLED, (async () => {
        for await (const response of call) {
          assert.strictEqual(response.payload.body.length, 31415);
          call.cancel();
        }
      })());
    },
    timeout_on_sleeping_server: () => fails(status.DEADLINE_EXCEEDED, all(client.FullDuplexCall({ deadline: Date.now() + 100 }))),
    status_code_and_message: () => statusCase("test status message"),
    special_status_message: () => statusCase("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"),
    custom_metadata: async () => {
      const metadata = new grpc.Metadata();
      metadata.set(INITIAL, "test_initial_metadata_value");
      metadata.set(TRAILING, Buffer.from([0xab, 0xab, 0xab]));
      const first = {};
      await unary(client, "UnaryCall", { response_size: 1, payload: body(1) }, metadata, first);
      const call = client.FullDuplexCall(metadata);
      const second = {};
      const ended = new Promise((done) => call.on("status", done));
      call.on("metadata", (headers) => (second.headers = headers));
      call.end(ask(1, 1));
      assert.deepStrictEqual(await all(call), [1]);
      second.ended = await ended;
      for (const { headers, ended: { metadata: trailers } } of [first, second]) {
        assert.deepStrictEqual(headers.get(INITIAL), ["test_initial_metadata_value"]);
        assert.deepStrictEqual(trailers.get(TRAILING), [Buffer.from([0xab, 0xab, 0xab])]);
      }
    },
    unimplemented_method: () => fails(status.UNIMPLEMENTED, unary(client, "UnimplementedCall", {})),
    unimplemented_service: () => fails(status.UNIMPLEMENTED, unary(nobody, "UnimplementedCall", {})),
    client_compressed_unary: async () => {
      for (const [stub, value] of [[gzip, true], [client, false]]) {
        const request = { expect_compressed: { value }, response_size: 314159, payload: body(271828) };
        assert.strictEqual((await unary(stub, "UnaryCall", request)).payload.body.length, 314159);
      }
    },
    server_compressed_unary: async () => {
      for (const value of [true, false]) {
        const request = { response_compressed: { value }, response_size: 314159, payload: body(271828) };
        assert.strictEqual((await unary(client, "UnaryCall", request)).payload.body.length, 314159);
      }
    },
    client_compressed_streaming: () => new Promise((done, fail) => {
      const call = gzip.StreamingInputCall((error, response) =>
        (error ? fail(error) : done(assert.strictEqual(response.aggregated_payload_size, 73086))));
      call.write({ expect_compressed: { value: true }, payload: body(27182) });
      call.write({ expect_compressed: { value: false }, payload: body(45904) });
      call.end();
    }),
    server_compressed_streaming: async () => {
      const response_parameters = [{ size: 31415, compressed: { value: true } }, { size: 92653, compressed: { value: false } }];
      assert.deepStrictEqual(await all(client.StreamingOutputCall({ response_parameters })), [31415, 92653]);
    },
  };
}

async function run(port) {
  let good = true;
  for (const [name, one] of Object.entries(cases(`127.0.0.1:${port}`))) {
    try {
      await Promise.race([one(), later(20_000).then(() => assert.fail("it didn't end"))]);
      console.log(`ok ${name}`);
    } catch (error) {
      good = false;
      console.log(`failed ${name}: ${error.message.replaceAll("\n", " ")}`);
    }
  }
  process.exit(good ? 0 : 1);
}

if (process.argv[2] === "server") {
  serve();
} else {
  void run(process.argv[3]);
}
