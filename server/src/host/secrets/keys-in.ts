// Keys that stand in a key file, to be known and never shown. Nothing is made, and nothing is said of a faulty file:
// whoever uses the key does that.
import { existsSync, readFileSync } from "node:fs";

export function keysIn(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  try {
    return readFileSync(path, "utf8").match(/[A-Za-z0-9+/]{43}=/g) ?? [];
  } catch {
    // Not readable: then nobody else here reads it either.
    return [];
  }
}
