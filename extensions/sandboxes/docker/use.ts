// What a container has used of the processor, where its control group can be read. Commands that run side by side share
// the count.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = "/sys/fs/cgroup";

/** Milliseconds since the container began, or undefined. `pid` is its first process on this machine. */
export function usedMs(pid: number): number | undefined {
  try {
    const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
    for (const line of lines) {
      const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (controllers.split(",").includes("cpuacct"))
        return Number(readFileSync(join(root, "cpuacct", path, "cpuacct.usage"), "utf8")) / 1e6;
    }
    const [, unified = ""] = /^0::(.*)$/m.exec(lines.join("\n")) ?? [];
    const stat = readFileSync(join(root, unified, "cpu.stat"), "utf8");
    const [, micros] = /^usage_usec (\d+)$/m.exec(stat) ?? [];
    return micros === undefined ? undefined : Number(micros) / 1e3;
  } catch {
    // Docker runs elsewhere, or the group is not for this user to read: nothing is told then.
    return undefined;
  }
}
