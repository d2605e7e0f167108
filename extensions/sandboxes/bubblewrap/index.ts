// Opens workspaces under bubblewrap. It refuses where bubblewrap does not work, and never runs a command without it.
import { mkdirSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type Activate, Fault, launchedWorkspace } from "@homarus/sdk";
import { sweepGroups } from "./groups.ts";
import { handOver, identityFor } from "./identity.ts";
import { launcherFor } from "./launch.ts";
import { examine, factsOf, type Machine } from "./machine.ts";
import type manifest from "./manifest.ts";
import { openPapers } from "./papers.ts";
import { rootTrouble } from "./view.ts";

export const activate: Activate<typeof manifest> = ({ config, processes, clock, signal }) => {
  let known: Machine | undefined;
  const papers = openPapers(signal);
  return {
    async open(given) {
      const spec = { ...given, root: rootOf(given.root) };
      mkdirSync(spec.root, { recursive: true, mode: 0o700 });
      if (!known) {
        known = examine(config.program);
        sweepGroups();
      }
      const identity = identityFor(spec.root, known.canBeReal, config.user);
      handOver(spec.root, identity);
      const { program, readable } = config;
      const launcher = launcherFor(spec, { program, readable, machine: known, papers, identity });
      return launchedWorkspace({ processes, clock }, launcher);
    },
    probe: async () => factsOf(config.program),
  };
};

function rootOf(given: string): string {
  const root = resolve(given);
  const trouble = isAbsolute(given) ? rootTrouble(root) : `The workspace ${given} is not an absolute path.`;
  if (!trouble) return root;
  throw new Fault("config", "sandbox.root", trouble, { hint: "Give the agent a folder of its own as `workspace`." });
}
