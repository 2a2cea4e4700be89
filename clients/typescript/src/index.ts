/** Client for Exchange nodes. Generated messages are in ../gen; this is what everybody would write anyway. It logs nothing. */
export { Client, connect, credentials } from "./client";
export type { CallOptions, ConnectOptions, PublishOptions, WatchOptions } from "./client";
export { ExchangeError } from "./errors";
export { FileToken, MemoryToken } from "./tokens";
export type { TokenStore } from "./tokens";
