// Where the programs of others lie that `npm run test:interop` has installed.
import { join } from "node:path";

/** A file of a peer's packages. */
export function peerFile(name: string, path: string): string {
  const folder = process.env.HOMARUS_INTEROP_PEERS;
  if (folder === undefined)
    throw new Error("These tests need programs of others: run them with `npm run test:interop`.");
  return join(folder, name, "node_modules", path);
}
