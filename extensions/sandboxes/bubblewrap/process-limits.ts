// Bounds of each process by itself (setrlimit(2)), which are there also where no control group can be made. They are hard
// ones: a command has no right to raise them again.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { Limits } from "./groups.ts";

/** What sets them: the shell that starts the sandbox anyway, with its letter for processes, or a program of its own. */
export type Setter = { readonly type: "shell"; readonly letter: string } | { readonly type: "prlimit" };

export interface Bounds {
  /** Lines for the shell outside. What it bounds holds for the sandbox from its first step. */
  readonly script: string;
  /** Words before the command's own. */
  readonly inside: readonly string[];
}

const shell = "/bin/sh";
const prlimit = "/usr/bin/prlimit";
/** One command must not fill the disk that the house stores its messages on. */
const largestFileBytes = 4 * 1024 ** 3;
const openFiles = 4_096;
const blockBytes = 512;
const kilobyte = 1024;

/** Shells differ in letters and units, so it is tried what this one does. A program is one start more for each command. */
export function findSetter(program = shell, instead = prlimit): Setter | undefined {
  for (const letter of ["p", "u"]) if (isUnderstood(program, letter)) return { type: "shell", letter };
  return existsSync(instead) ? { type: "prlimit" } : undefined;
}

function isUnderstood(program: string, letter: string): boolean {
  const script = `${lines({ d: 65_536, f: 2_048, n: 64, c: 0, [letter]: 32 })}exec cat /proc/self/limits`;
  const { status, stdout } = spawnSync(program, ["-c", script], { encoding: "utf8", timeout: 10_000 });
  const isBoth = (name: string, value: number): boolean =>
    new RegExp(`^${name}\\s+${value}\\s+${value}\\s`, "m").test(stdout);
  return (
    status === 0 &&
    isBoth("Max data size", 65_536 * kilobyte) &&
    isBoth("Max file size", 2_048 * blockBytes) &&
    isBoth("Max open files", 64) &&
    isBoth("Max core file size", 0) &&
    isBoth("Max processes", 32)
  );
}

/** Data is counted and not address space, which many runtimes reserve in plenty and never use. */
export function processLimits(
  limits: Pick<Limits, "memoryBytes"> & Partial<Pick<Limits, "processes">>,
  setter: Setter | undefined,
): Bounds {
  if (!setter) return { script: "", inside: [] };
  const table = readFileSync("/proc/self/limits", "utf8");
  const data = lower(limits.memoryBytes, hardLimit(table, "Max data size"));
  const processes = limits.processes && lower(limits.processes, hardLimit(table, "Max processes"));
  const file = lower(largestFileBytes, hardLimit(table, "Max file size"));
  const files = lower(openFiles, hardLimit(table, "Max open files"));
  if (setter.type === "prlimit") {
    const counted = processes === undefined ? [] : [`--nproc=${processes}`];
    const options = [`--data=${data}`, ...counted, `--fsize=${file}`, `--nofile=${files}`, "--core=0"];
    return { script: "", inside: [prlimit, ...options, "--"] };
  }
  const script = lines({ d: Math.floor(data / kilobyte), f: Math.floor(file / blockBytes), n: files, c: 0 });
  // Processes are counted by user, and who the command is, it becomes inside.
  const counting = processes === undefined ? "" : `${lines({ [setter.letter]: processes })}exec "$@"`;
  return { script, inside: counting === "" ? [] : [shell, "-c", counting, "sh"] };
}

/** Without -H and -S, both are set. With both letters, dash sets the soft limit alone. */
function lines(bounds: Readonly<Record<string, number>>): string {
  return Object.entries(bounds)
    .map(([letter, value]) => `ulimit -${letter} ${value} || exit 125\n`)
    .join("");
}

/** A limit that we are under ourselves cannot be raised again. Undefined is none. */
function hardLimit(table: string, name: string): number | undefined {
  const hard = new RegExp(`^${name}\\s+\\S+\\s+(\\d+)`, "m").exec(table)?.[1];
  return hard === undefined ? undefined : Number(hard);
}

function lower(wanted: number, hard: number | undefined): number {
  return Math.min(wanted, hard ?? wanted);
}
