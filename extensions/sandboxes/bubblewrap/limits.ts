// Bounds on memory and number of processes. A control group bounds all processes of a command together, where this user
// may make one (root, or a systemd unit with Delegate=yes); prlimit bounds each process and is there in any case.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";

export interface Limits {
  readonly memoryBytes: number;
  readonly processes: number;
}

export interface ControlGroup {
  /** Files that take a process in when it writes `0` to them. */
  readonly doors: readonly string[];
  /** Removes the groups; to be called when their processes are gone. */
  remove(): Promise<void>;
}

const mount = "/sys/fs/cgroup";
/** One command must not fill the disk that the house stores its messages on. */
const largestFileBytes = 4 * 1024 ** 3;
const removalTries = 50;
const removalPauseMs = 5;

interface Place {
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** A group's name tells whose it is, so that what a killed house left can be told from what is in use. */
export function groupName(): string {
  return `homarus-${process.pid}-${randomBytes(6).toString("hex")}`;
}

/** Removes groups of houses that are gone. To be called once, before the first group is made. */
export function sweepGroups(): void {
  try {
    const parents = placesFor("x", { memoryBytes: 1, processes: 1 }).map(({ folder }) => dirname(folder));
    for (const parent of parents)
      for (const name of readdirSync(parent)) if (isLeft(name)) rmdirSync(join(parent, name));
  } catch {
    // Another house sweeps at the same time, or this user may not: an empty group costs nothing.
    return;
  }
}

function isLeft(name: string): boolean {
  const pid = /^homarus-(\d+)-[0-9a-f]+$/.exec(name)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

/** Makes groups with these limits. Undefined where the machine does not let us; there is no error in that. */
export async function makeControlGroup(name: string, limits: Limits): Promise<ControlGroup | undefined> {
  const made: string[] = [];
  const remove = async (): Promise<void> => {
    await Promise.all(made.map(removeFolder));
  };
  try {
    for (const { folder, settings } of placesFor(name, limits)) {
      mkdirSync(folder);
      made.push(folder);
      for (const [file, value] of Object.entries(settings)) writeFileSync(join(folder, file), value);
    }
  } catch {
    // No right to make groups, or the controller is not given to us: prlimit has to do.
    await remove();
    return undefined;
  }
  return made.length > 0 ? { doors: made.map((folder) => join(folder, "cgroup.procs")), remove } : undefined;
}

/** Version 2 has one tree; version 1 has one for each kind of limit (cgroups(7)). */
function placesFor(name: string, limits: Limits): readonly Place[] {
  const own = ownGroups();
  const memory = String(limits.memoryBytes);
  const pids = String(limits.processes);
  const unified = own.get("");
  if (unified !== undefined && existsSync(join(mount, "cgroup.controllers"))) {
    // A group that holds processes cannot hand limits down, so the new one stands beside our own.
    const above = join(mount, dirname(unified));
    writeFileSync(join(above, "cgroup.subtree_control"), "+memory +pids");
    return [
      { folder: join(above, name), settings: { "memory.max": memory, "memory.swap.max": "0", "pids.max": pids } },
    ];
  }
  const place = (kind: string, settings: Record<string, string>): Place[] => {
    const found = own.get(kind);
    return found === undefined ? [] : [{ folder: join(mount, kind, found, name), settings }];
  };
  return [...place("memory", { "memory.limit_in_bytes": memory }), ...place("pids", { "pids.max": pids })];
}

/** Which group this process is in, by controller; the empty name is version 2. */
function ownGroups(): ReadonlyMap<string, string> {
  const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  const rows = lines.map((line) => line.split(":"));
  return new Map(rows.flatMap(([, kinds = "", path = "/"]) => kinds.split(",").map((kind) => [kind, path] as const)));
}

/** The last process may still be on its way out, so it is tried for a moment. */
async function removeFolder(folder: string): Promise<void> {
  for (let tries = 0; tries < removalTries; tries++) {
    try {
      return rmdirSync(folder);
    } catch {
      // What is left after the last try is an empty group, which costs nothing.
      await setTimeout(removalPauseMs);
    }
  }
}

/** Puts the launcher into the groups before it becomes the program that follows. */
export function throughDoors(group: ControlGroup | undefined, argv: readonly string[]): readonly string[] {
  if (!group) return argv;
  const enter = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"';
  return ["/bin/sh", "-c", enter, "sh", ...group.doors, "--", ...argv];
}

/** Data is counted and not address space, which many runtimes reserve in plenty and never use. */
export function processLimits(limits: Limits, prlimit = "/usr/bin/prlimit"): readonly string[] {
  if (!existsSync(prlimit)) return [];
  const table = readFileSync("/proc/self/limits", "utf8");
  const data = lower(limits.memoryBytes, hardLimit(table, "Max data size"));
  const processes = lower(limits.processes, hardLimit(table, "Max processes"));
  const file = lower(largestFileBytes, hardLimit(table, "Max file size"));
  return [prlimit, `--data=${data}`, `--nproc=${processes}`, `--fsize=${file}`, "--core=0", "--"];
}

/** A limit that we are under ourselves cannot be raised again. Undefined is none. */
function hardLimit(table: string, name: string): number | undefined {
  const hard = new RegExp(`^${name}\\s+\\S+\\s+(\\d+)`, "m").exec(table)?.[1];
  return hard === undefined ? undefined : Number(hard);
}

function lower(wanted: number, hard: number | undefined): number {
  return Math.min(wanted, hard ?? wanted);
}
