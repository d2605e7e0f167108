// The Processes that sandboxes run their programs with. Loaded with the first sandbox that is used.
import type { Processes } from "@homarus/sdk";
import { beginProgram } from "./begin.ts";
import { runProgram } from "./run.ts";

export function openProcesses(): Processes {
  return { run: runProgram, begin: async (request) => beginProgram(request) };
}
