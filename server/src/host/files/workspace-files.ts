// The texts of an agent's workspace that the owner edits through a client: a fixed list of names, never a path.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@homarus/sdk";
import { giveAtOnce } from "./owner.ts";

export interface WorkspaceFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly isMissing: boolean;
  /** Bytes. */
  readonly size?: number;
  /** Unix ms. */
  readonly updatedAt?: number;
}

/** Names that owners of such workspaces know; the first five stand in the prompt. */
const names = [
  "AGENTS.md",
  "SOUL.md",
  "USER.md",
  "TOOLS.md",
  "MEMORY.md",
  "IDENTITY.md",
  "HEARTBEAT.md",
  "BOOTSTRAP.md",
] as const;

/** More than a prompt could hold. */
const largestBytes = 1_000_000;

export function listWorkspace(folder: string): readonly WorkspaceFile[] {
  return names.map((name) => factsOf(folder, name));
}

/** Rejects `invalid` for a name that is not one of the workspace's texts. */
export function readWorkspaceFile(folder: string, name: string): WorkspaceFile & { readonly text: string } {
  const facts = factsOf(folder, known(name));
  return { ...facts, text: facts.isMissing ? "" : readFileSync(facts.path, "utf8") };
}

/** Writes the whole text; whoever reads meanwhile sees the old one or the new one. */
export function writeWorkspaceFile(folder: string, name: string, text: string): WorkspaceFile {
  const { path } = factsOf(folder, known(name));
  if (Buffer.byteLength(text) > largestBytes)
    throw new Fault("invalid", "workspace.too-large", `${name} may hold ${largestBytes} bytes at most.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Commands write in this folder too: a link in the way must not lead the house elsewhere.
  rmSync(`${path}.new`, { force: true });
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true, flag: "wx" });
  giveAtOnce(`${path}.new`, folder);
  renameSync(`${path}.new`, path);
  return factsOf(folder, name);
}

function known(name: string): string {
  if ((names as readonly string[]).includes(name)) return name;
  throw new Fault("invalid", "workspace.file", `unsupported file "${name}"`, {
    hint: `There are ${names.join(", ")}.`,
  });
}

function factsOf(folder: string, name: string): WorkspaceFile {
  const path = join(folder, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return { name, path, isMissing: true };
  return { name, path, isMissing: false, size: found.size, updatedAt: Math.round(found.mtimeMs) };
}
