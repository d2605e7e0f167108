// Control groups: bounds for all processes of a workspace together, and what one command of it used. They can be made by
// root, or in a systemd unit with Delegate=yes; both versions are known (cgroups(7)).
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { ResourceUse, SandboxSpec } from "@homarus/sdk";

export type Limits = Pick<SandboxSpec, "memoryBytes" | "processes" | "cpus">;
export type GroupKind = "memory" | "processes" | "cpu";

export interface ControlGroup {
  readonly version: 1 | 2;
  readonly bounds: readonly GroupKind[];
  /** A group inside for one command. */
  command(): CommandGroup;
  /** Removes it with all that is in it, when the processes are gone. */
  remove(): Promise<void>;
}

export interface CommandGroup {
  /** Files that take a process in when it writes `0` to them. */
  readonly doors: readonly string[];
  usage(): ResourceUse;
  /** Begins to remove it and does not wait. */
  remove(): void;
}

/**
 * What takes in the one thread of a shell. For a whole process the kernel first waits until nobody on the machine is
 * forking or ending, often 10 ms; a thread that moves itself is spared that (Linux 5.4), where version 1 lets it.
 */
const door = { 1: "tasks", 2: "cgroup.procs" } as const;
const mount = "/sys/fs/cgroup";
const removalTries = 200;
const removalPauseMs = 5;
const periodMicroseconds = 100_000;

interface Place {
  readonly folder: string;
  readonly kind: GroupKind | "account";
  readonly settings: readonly (readonly [file: string, value: string])[];
}

/** A group's name tells whose it is, so that what a killed house left can be told from what is in use. */
function groupName(): string {
  return `homarus-${process.pid}-${randomBytes(6).toString("hex")}`;
}

/** Removes groups of houses that are gone. To be called once, before the first group is made. */
export function sweepGroups(): void {
  try {
    const nothing = { memoryBytes: 1, processes: 1, cpus: 1 };
    const parents = placesFor("x", nothing).places.map(({ folder }) => dirname(folder));
    for (const parent of parents) for (const name of readdirSync(parent)) if (isLeft(name)) sweep(join(parent, name));
  } catch {
    // Another house sweeps at the same time, or this user may not: an empty group costs nothing.
    return;
  }
}

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) if (/^\d+$/.test(name)) rmdirSync(join(folder, name));
  rmdirSync(folder);
}

function isLeft(name: string): boolean {
  const pid = /^homarus-(\d+)-[0-9a-f]+$/.exec(name)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

/** Makes groups with these limits. Undefined where the machine does not let us; there is no error in that. */
export function makeControlGroup(limits: Limits): ControlGroup | undefined {
  const made: Place[] = [];
  const removing = new Set<Promise<void>>();
  const remove = async (): Promise<void> => {
    await Promise.all(removing);
    await Promise.all(made.map(({ folder }) => removeFolder(folder)));
  };
  try {
    const { version, places } = placesFor(groupName(), limits);
    for (const place of places) if (make(place)) made.push(place);
    if (made.length === 0) return undefined;
    let commands = 0;
    return {
      version,
      bounds: made.flatMap(({ kind }) => (version === 2 ? allKinds : kind === "account" ? [] : [kind])),
      command() {
        const group = makeCommandGroup(made, String(++commands));
        const begin = (): void => {
          const work = Promise.all(group.folders.map(removeFolder)).then(() => void removing.delete(work));
          removing.add(work);
        };
        return {
          doors: group.doors.map((folder) => join(folder, door[version])),
          usage: group.usage,
          remove: begin,
        };
      },
      remove,
    };
  } catch {
    // No right to make groups, or the controllers are not given to us: prlimit has to do.
    void remove();
    return undefined;
  }
}

const allKinds: readonly GroupKind[] = ["memory", "processes", "cpu"];

/** False where just this controller is not ours; a bound that is made is whole. */
function make({ folder, settings, kind }: Place): boolean {
  try {
    mkdirSync(folder);
  } catch (thrown) {
    if (kind === "memory") throw thrown;
    return false;
  }
  for (const [file, value] of settings) writeFileSync(join(folder, file), value);
  return true;
}

/**
 * Processes are counted in the workspace's own group, where their bound is: one inside could tell nothing, and would cost
 * each command its making and its end. Shares of the processors are each command's own.
 */
function makeCommandGroup(places: readonly Place[], name: string) {
  const [outside, inside] = [places.filter(isCount), places.filter((place) => !isCount(place))];
  const folders = inside.map(({ folder }) => join(folder, name));
  for (const folder of folders) mkdirSync(folder);
  const read = (file: string): string | undefined => {
    const found = folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
    return found && readFileSync(found, "utf8");
  };
  const usage = (): ResourceUse => {
    const peak = Number(read("memory.peak") ?? read("memory.max_usage_in_bytes"));
    const nanoseconds = Number(read("cpuacct.usage"));
    const microseconds = Number(/^usage_usec (\d+)/m.exec(read("cpu.stat") ?? "")?.[1]);
    const cpuMs = Math.round(Number.isNaN(nanoseconds) ? microseconds / 1_000 : nanoseconds / 1_000_000);
    return { ...(!Number.isNaN(cpuMs) && { cpuMs }), ...(!Number.isNaN(peak) && { peakMemoryBytes: peak }) };
  };
  return { folders, doors: [...outside.map(({ folder }) => folder), ...folders], usage };
}

const isCount = ({ kind }: Place): boolean => kind === "processes";

/** Version 2 has one tree; version 1 has one for each kind of limit. */
function placesFor(name: string, limits: Limits): { readonly version: 1 | 2; readonly places: readonly Place[] } {
  const own = ownGroups();
  const unified = own.get("");
  if (unified !== undefined && existsSync(join(mount, "cgroup.controllers")))
    return { version: 2, places: [unifiedPlace(join(mount, dirname(unified)), name, limits)] };
  const place = (controller: string, kind: Place["kind"], settings: Place["settings"]): Place[] => {
    const found = own.get(controller);
    return found === undefined ? [] : [{ folder: join(mount, controller, found, name), kind, settings }];
  };
  const places = [
    ...place("memory", "memory", [["memory.limit_in_bytes", String(limits.memoryBytes)]]),
    ...place("pids", "processes", [["pids.max", String(limits.processes)]]),
    ...place("cpu", "cpu", [
      ["cpu.cfs_period_us", String(periodMicroseconds)],
      ["cpu.cfs_quota_us", quota(limits)],
    ]),
    ...(own.get("cpuacct") === own.get("cpu") && isShared() ? [] : place("cpuacct", "account", [])),
  ];
  return { version: 1, places };
}

/** Where cpu and cpuacct are one hierarchy, a folder in one is there in the other. */
function isShared(): boolean {
  return existsSync(join(mount, "cpu", "cpuacct.usage"));
}

function unifiedPlace(above: string, name: string, limits: Limits): Place {
  // A group that holds processes cannot hand limits down, so the new one stands beside our own.
  writeFileSync(join(above, "cgroup.subtree_control"), "+memory +pids +cpu");
  const settings: Place["settings"] = [
    ["memory.max", String(limits.memoryBytes)],
    ["memory.swap.max", "0"],
    ["pids.max", String(limits.processes)],
    ["cpu.max", `${quota(limits)} ${periodMicroseconds}`],
    ["cgroup.subtree_control", "+memory"],
  ];
  return { folder: join(above, name), kind: "memory", settings };
}

function quota({ cpus }: Limits): string {
  return String(Math.max(1_000, Math.round(cpus * periodMicroseconds)));
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
