// What SQLite reports, as Faults: what is wrong with the disk or the file is told in words, and can pass.
import { Fault, isFault } from "@homarus/sdk";

interface Words {
  readonly code: string;
  readonly says: string;
  readonly hint: string;
}

/** By the begin of SQLite's own names (https://sqlite.org/rescode.html). */
const table: readonly (readonly [name: string, words: Words])[] = [
  [
    "SQLITE_FULL",
    {
      code: "store.full",
      says: "The disk is full: nothing can be stored.",
      hint: "Free some space; what is under way goes on by itself.",
    },
  ],
  [
    "SQLITE_IOERR",
    {
      code: "store.disk",
      says: "The disk does not take or give data.",
      hint: "Check the disk and its free space; what is under way goes on by itself.",
    },
  ],
  [
    "SQLITE_READONLY",
    {
      code: "store.read-only",
      says: "The state file cannot be written.",
      hint: "Check its permissions and that the disk is mounted for writing.",
    },
  ],
  [
    "SQLITE_BUSY",
    {
      code: "store.busy",
      says: "Another program holds the state file.",
      hint: "Close it; one house at a time writes state.db.",
    },
  ],
  [
    "SQLITE_CORRUPT",
    {
      code: "store.damaged",
      says: "The state file is damaged.",
      hint: "Stop the house and put a backup of state.db in its place, or move it away to begin anew.",
    },
  ],
  [
    "SQLITE_NOTADB",
    {
      code: "store.damaged",
      says: "The state file is damaged: it is no database.",
      hint: "Put a backup of state.db in its place, or move it away to begin anew.",
    },
  ],
];

export function isBusy(thrown: unknown): boolean {
  return codeOf(thrown).startsWith("SQLITE_BUSY");
}

/** What is not known stays what it was. */
export function storeFault(thrown: unknown): unknown {
  if (isFault(thrown)) return thrown;
  const words = table.find(([name]) => codeOf(thrown).startsWith(name))?.[1];
  return words ? new Fault("unavailable", words.code, words.says, { cause: thrown, hint: words.hint }) : thrown;
}

function codeOf(thrown: unknown): string {
  return String((thrown as { code?: unknown } | undefined)?.code ?? "");
}
