// Reads single values of a state file that may belong to another process: nothing is written, made or migrated.
import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import type { Json } from "@homarus/sdk";

/** Undefined also where there is no file, or none that can be read now. */
export function peekValue(path: string, space: string, key: string): Json | undefined {
  if (!existsSync(path)) return undefined;
  try {
    using db = new Database(path, { readonly: true, strict: true });
    const query = db.query<{ value: string }, [string, string]>(
      "SELECT value FROM key_values WHERE space = ? AND key = ?",
    );
    const record = query.get(space, key);
    return record ? (JSON.parse(record.value) as Json) : undefined;
  } catch {
    // Who only looks says nothing of it: opening the file in earnest tells what is wrong with it.
    return undefined;
  }
}
