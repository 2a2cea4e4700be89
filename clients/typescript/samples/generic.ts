/**
 * A client that knows nothing of the project: it asks a server by the standard reflection service what it speaks, and calls by names.
 *
 *     generic                                  lists services, and whether the server is healthy
 *     generic SERVICE/METHOD [JSON] [COUNT]    calls, and writes up to COUNT answers as JSON
 */
import { createFileRegistry, create, fromBinary, fromJson, toBinary, toJson, type DescMessage } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema, type DescriptorProto, type FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { Client, credentials as channelCredentials, Metadata } from "@grpc/grpc-js";
import { HealthCheckRequestSchema, HealthCheckResponse_ServingStatus, HealthCheckResponseSchema } from "../gen/grpc/health/v1/health_pb";
import {
  ServerReflectionRequestSchema, ServerReflectionResponseSchema, type ServerReflectionRequest, type ServerReflectionResponse,
} from "../gen/grpc/reflection/v1/reflection_pb";
import { credentials } from "../src";

const { token, certificate } = credentials();
const { protocol, host } = new URL(process.env.EXCHANGE_ADDRESS!);
const channel = new Client(
  host, protocol === "https:" ? channelCredentials.createSsl(certificate as Buffer | undefined) : channelCredentials.createInsecure());
const metadata = new Metadata();
if (token) {
  metadata.set("authorization", "Bearer " + token);
}

const encode = (type: DescMessage) => (message: any) => Buffer.from(toBinary(type, message));
const decode = (type: DescMessage) => (bytes: Buffer) => fromBinary(type, bytes) as any;

async function reflect(request: ServerReflectionRequest["messageRequest"]): Promise<ServerReflectionResponse["messageResponse"]> {
  const call = channel.makeBidiStreamRequest(
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", encode(ServerReflectionRequestSchema),
    decode(ServerReflectionResponseSchema), metadata);
  call.end(create(ServerReflectionRequestSchema, { messageRequest: request }));
  for await (const response of call) {
    return response.messageResponse;
  }
  throw new Error("The server reflects nothing.");
}

async function serviceNames(): Promise<string[]> {
  const listed = await reflect({ case: "listServices", value: "*" });
  return listed.case === "listServicesResponse" ? listed.value.service.map(({ name }) => name).sort() : [];
}

async function filesOf(symbol: string): Promise<FileDescriptorProto[]> {
  const found = await reflect({ case: "fileContainingSymbol", value: symbol });
  if (found.case !== "fileDescriptorResponse") {
    throw new Error(`The server knows no ${symbol}.`);
  }
  const files = found.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  files.forEach((file) => file.messageType.forEach(nameFields));
  return files;
}

/** Servers leave the names of fields in JSON out, because they follow from those in the contract. */
function nameFields(message: DescriptorProto): void {
  for (const field of message.field) {
    field.jsonName ||= field.name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  }
  message.nestedType.forEach(nameFields);
}

async function list(): Promise<void> {
  const health: any = await new Promise((done, fail) =>
    channel.makeUnaryRequest(
      "/grpc.health.v1.Health/Check", encode(HealthCheckRequestSchema), decode(HealthCheckResponseSchema),
      create(HealthCheckRequestSchema), metadata, (error, response) => (error ? fail(error) : done(response))));
  console.log(HealthCheckResponse_ServingStatus[health.status]);
  for (const name of await serviceNames()) {
    // Imports of a file come before or after it; what they need is among them.
    const files = await filesOf(name);
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: sorted(files) }));
    console.log(`${name}: ${registry.getService(name)!.methods.length} methods`);
  }
}

async function call(path: string, json: string, count: number): Promise<void> {
  const [service, name] = path.split("/");
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: sorted(await filesOf(service)) }));
  const method = registry.getService(service)?.methods.find((one) => one.name === name);
  if (!method) {
    throw new Error(`The server knows no ${path}.`);
  }
  const stream = channel.makeServerStreamRequest(
    "/" + path, encode(method.input), decode(method.output), fromJson(method.input, JSON.parse(json), { registry }), metadata,
    // A node asks for a deadline of every call with one answer; a stream may last.
    method.methodKind === "unary" ? { deadline: Date.now() + 30_000 } : {});
  for await (const response of stream) {
    console.log(JSON.stringify(toJson(method.output, response, { registry })));
    if (--count === 0) {
      break;
    }
  }
}

/** Each file after what it imports. */
function sorted(files: FileDescriptorProto[]): FileDescriptorProto[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const out = new Set<FileDescriptorProto>();
  const add = (file?: FileDescriptorProto) => {
    if (file && !out.has(file)) {
      file.dependency.forEach((name) => add(byName.get(name)));
      out.add(file);
    }
  };
  files.forEach(add);
  return [...out];
}

const [path, json = "{}", count = "1"] = process.argv.slice(2);
(path ? call(path, json, Number(count)) : list()).then(
  () => process.exit(0),
  (error) => {
    console.error(String(error));
    process.exit(1);
  });
