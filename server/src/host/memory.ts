// How much memory this process uses, and how much the machine, or the container it runs in, has.
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";

export function usedBytes(): number {
  return process.memoryUsage.rss();
}

/** Bytes. A limit of the control group (version 2, or 1) counts before the machine's own memory. */
export function machineBytes(): number {
  const files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
  const limits = files.map(numberIn).filter((bytes) => bytes > 0 && bytes < totalmem());
  return Math.min(totalmem(), ...limits);
}

/** 0 where there is no such file, or no limit in it. */
function numberIn(path: string): number {
  try {
    return Number(readFileSync(path, "utf8").trim()) || 0;
  } catch {
    // Another system, or another version of control groups.
    return 0;
  }
}

/** Collects garbage and gives back what that freed. */
export function collectGarbage(): void {
  Bun.gc(true);
}
