import { open, readFile, rename } from "node:fs/promises";

/** Where a watch keeps its place. A watch saves a token after its response was applied, never before. */
export interface TokenStore {
  load(): Promise<string> | string;
  save(token: string): Promise<void> | void;
}

/** A place that is forgotten with the process. */
export class MemoryToken implements TokenStore {
  constructor(public token = "") {}

  load(): string {
    return this.token;
  }

  save(token: string): void {
    this.token = token;
  }
}

/**
 * A place in a file, which is written whole or not at all. A system with a database keeps the token there instead, in the
 * transaction that applies the response.
 */
export class FileToken implements TokenStore {
  constructor(private readonly path: string) {}

  async load(): Promise<string> {
    try {
      return (await readFile(this.path, "ascii")).trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        return "";
      }
      throw error;
    }
  }

  async save(token: string): Promise<void> {
    const file = await open(this.path + ".new", "w");
    try {
      await file.writeFile(token + "\n");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(this.path + ".new", this.path);
  }
}
