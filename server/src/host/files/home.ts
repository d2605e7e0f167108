// The state folder: where it is, that it is ours alone, and that one house at a time lives in it.
import { Database } from "bun:sqlite";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Fault } from "@homarus/sdk";
import { readWhole, writeWhole } from "../whole-file.ts";

export interface Home {
  readonly folder: string;
  readonly configPath: string;
  readonly statePath: string;
  /** Absolute path of an agent's workspace; the folder is made by who uses it. */
  workspace(agent: string): string;
  /** The gateway's token: made at the first call, kept in a file that only this user reads. */
  token(): string;
  /** The same, where it is made already. */
  keptToken(): string | undefined;
  /** A new one in its place. */
  newToken(): void;
  /** Tells commands of this folder where its gateway listens, until it is released. A later call takes its place. */
  announce(address: AnnouncedAddress): { release(): void };
  /** Holds the folder until released or until the process ends, however it ends. */
  lock(): { release(): void };
}

/** What commands of a state folder know of its gateway. */
export interface AnnouncedAddress {
  readonly host: string;
  readonly port: number;
  /** True of a gateway that a command carries with it, and that ends with that command. */
  readonly isPassing?: boolean;
  /** Present where the port speaks TLS. */
  readonly tls?: {
    /** SHA-256 of the certificate, hexadecimal in pairs with colons. */
    readonly fingerprint: string;
  };
  readonly tailscale?: { readonly mode: string; readonly url?: string; readonly problem?: string };
}

type Environment = Readonly<Record<string, string | undefined>>;

export function findHome(
  environment: Environment,
  configPath?: string,
): Pick<Home, "folder" | "configPath" | "statePath" | "keptToken"> {
  const folder = resolve(
    environment.HOMARUS_HOME || join(environment.HOME || process.getBuiltinModule("node:os").homedir(), ".homarus"),
  );
  return {
    folder,
    configPath: resolve(configPath || environment.HOMARUS_CONFIG || join(folder, "homarus.json")),
    statePath: join(folder, "state.db"),
    keptToken: () => keptToken(folder),
  };
}

/** Makes the folder when it is missing. Throws a `config` Fault that says what to do when it cannot be used. */
export function openHome(environment: Environment, configPath?: string): Home {
  const found = findHome(environment, configPath);
  const { folder } = found;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (statSync(folder).mode & 0o077) chmodSync(folder, 0o700);
  } catch (cause) {
    throw unusable(folder, cause);
  }
  return {
    ...found,
    workspace: (agent) => (agent === "main" ? join(folder, "workspace") : join(folder, "agents", agent)),
    token: () => keptToken(folder) ?? newToken(folder),
    newToken: () => void newToken(folder),
    lock: () => lockFolder(folder),
    announce: (address) => announce(join(folder, addressFile), address),
  };
}

function unusable(folder: string, cause: unknown): Fault {
  return new Fault(
    "config",
    "home.unusable",
    `The state folder ${folder} cannot be used: ${(cause as Error).message}.`,
    {
      cause,
      hint: "Make it writable for this user and see that the disk is not full, or set HOMARUS_HOME to another folder.",
    },
  );
}

function keptToken(folder: string): string | undefined {
  return readWhole(join(folder, tokenFile))?.trim() || undefined;
}

function newToken(folder: string): string {
  const token = crypto.getRandomValues(Buffer.alloc(24)).toString("base64url");
  writeWhole(join(folder, tokenFile), `${token}\n`);
  return token;
}

/** Where programs of the owner read what they have leased. The folder is made by who listens there. */
export function leaseSocketPath(folder: string): string {
  return join(folder, "run", "secrets.sock");
}

const addressFile = "gateway.json";
const tokenFile = "gateway.token";

function announce(path: string, address: AnnouncedAddress): { release(): void } {
  // Whole at any time: a command may read it at this moment.
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...address, pid: process.pid })}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return { release: () => rmSync(path, { force: true }) };
}

/** Where the gateway of a state folder listens; undefined when none is running. */
export function announcedAddress(folder: string): AnnouncedAddress | undefined {
  const path = join(folder, addressFile);
  if (!existsSync(path)) return undefined;
  try {
    const { pid, ...address } = JSON.parse(readFileSync(path, "utf8")) as AnnouncedAddress & { readonly pid: number };
    process.kill(pid, 0);
    return address;
  } catch {
    // Left behind by a process that was killed: nobody listens there for this folder.
    return undefined;
  }
}

/** An exclusive transaction on a file of its own: the system lets go of it even after kill -9. */
function lockFolder(folder: string): { release(): void } {
  let db: Database | undefined;
  try {
    db = new Database(join(folder, "gateway.lock"), { create: true });
    db.exec("PRAGMA cache_size = -16");
    db.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    db?.close();
    if ((cause as { code?: string }).code !== "SQLITE_BUSY") throw unusable(folder, cause);
    throw new Fault("config", "home.taken", `Another Homarus is already running on ${folder}.`, {
      cause,
      hint: "Use that one (`homarus status`), stop it, or set HOMARUS_HOME to another folder.",
    });
  }
  const held = db;
  return { release: () => held.close() };
}
