// Bounds of each process by itself (prlimit), which are there also where no control group can be made.
import { existsSync, readFileSync } from "node:fs";
import type { Limits } from "./groups.ts";

/** One command must not fill the disk that the house stores its messages on. */
const largestFileBytes = 4 * 1024 ** 3;
const openFiles = 4_096;

/** Data is counted and not address space, which many runtimes reserve in plenty and never use. */
export function processLimits(
  limits: Pick<Limits, "memoryBytes"> & Partial<Pick<Limits, "processes">>,
  prlimit = "/usr/bin/prlimit",
): readonly string[] {
  if (!existsSync(prlimit)) return [];
  const table = readFileSync("/proc/self/limits", "utf8");
  const data = lower(limits.memoryBytes, hardLimit(table, "Max data size"));
  const processes = limits.processes && lower(limits.processes, hardLimit(table, "Max processes"));
  const file = lower(largestFileBytes, hardLimit(table, "Max file size"));
  const files = lower(openFiles, hardLimit(table, "Max open files"));
  const counted = processes === undefined ? [] : [`--nproc=${processes}`];
  return [prlimit, `--data=${data}`, ...counted, `--fsize=${file}`, `--nofile=${files}`, "--core=0", "--"];
}

/** A limit that we are under ourselves cannot be raised again. Undefined is none. */
function hardLimit(table: string, name: string): number | undefined {
  const hard = new RegExp(`^${name}\\s+\\S+\\s+(\\d+)`, "m").exec(table)?.[1];
  return hard === undefined ? undefined : Number(hard);
}

function lower(wanted: number, hard: number | undefined): number {
  return Math.min(wanted, hard ?? wanted);
}
