// The exec guard by itself, in this process: what loading it costs, and how long a verdict takes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lazyCommandJudge } from "../server/src/boot/lazy.ts";
import type { GuardSettings } from "../server/src/core/guard/verdict.ts";
import type { Figure } from "./measures.ts";

const settings: GuardSettings = { mode: "guard", allow: [], deny: [], workspace: "/house/workspace" };
const rounds = 20;

/** Every command of the corpora, `rounds` times; the first rounds warm it up. */
export async function guardVerdicts(): Promise<Figure[]> {
  const before = process.memoryUsage.rss();
  const begun = performance.now();
  const judge = await lazyCommandJudge();
  judge("ls", settings);
  const loaded = performance.now() - begun;
  const held = (process.memoryUsage.rss() - before) / 2 ** 20;
  const kinds = ["", "-later", "-independent"].flatMap((end) => [`destructive${end}`, `ordinary${end}`]);
  const commands = kinds.flatMap(corpus);
  const times: number[] = [];
  for (let round = 0; round < rounds + 5; round += 1)
    for (const command of commands) {
      const start = performance.now();
      judge(command, settings);
      if (round >= 5) times.push((performance.now() - start) * 1000);
    }
  times.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(times[Math.floor(times.length * share)] ?? Number.NaN);
  return [
    {
      name: "guard-load",
      value: Math.round(loaded),
      unit: "ms",
      aim: "< 50",
      note: "grammar, rules and a first verdict",
    },
    { name: "guard-memory", value: Math.round(held), unit: "MB", note: "resident, once loaded" },
    { name: "guard-verdict-p50", value: at(0.5), unit: "µs", note: `${commands.length} commands, parsed and judged` },
    { name: "guard-verdict-p99", value: at(0.99), unit: "µs", aim: "< 1000" },
  ];
}

function corpus(name: string): string[] {
  const file = join(import.meta.dir, "..", "server", "src", "core", "guard", "corpus", `${name}.txt`);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => line.slice(line.indexOf(": ") + 2).replaceAll("␤", "\n"));
}
