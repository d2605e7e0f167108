// What a subject of the sandbox contract brings, and how its cases are written.
import { isFault } from "../errors.ts";
import type { EgressDoor } from "../ports/egress.ts";
import type { ExecRequest, ExecResult, Mount, Sandbox, SandboxSpec, Workspace } from "../ports/sandbox.ts";
import type { ContractCase } from "./contract.ts";

export interface SandboxWorld {
  sandbox: Sandbox;
  /** On an empty folder; without mounts, without a door. */
  spec: SandboxSpec;
  /** Name of a variable that the house has in its own environment, and commands must not see. */
  secretVariable: string;
  /** For the capability `mounts`: folders outside the root, each with a file `note` that says `noted`. */
  mounts?: { readonly readOnly: Mount; readonly writable: Mount };
  /** For the capability `egress`: a door behind which every line is answered with `answer:` before it. */
  door?: EgressDoor;
}

export const limits = { timeoutMs: 20_000, maxOutputBytes: 10_000 };

export async function run(workspace: Workspace, command: string, more: Partial<ExecRequest> = {}): Promise<ExecResult> {
  return workspace.exec({ command, ...limits, ...more }, new AbortController().signal);
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no fault",
    (thrown: unknown) => (isFault(thrown) ? `${thrown.kind} ${thrown.code}` : `not a Fault: ${String(thrown)}`),
  );
}

/** A case on a workspace that is opened for it, by default with the world's spec. */
export function sandboxCase(
  name: string,
  body: (workspace: Workspace, world: SandboxWorld) => Promise<void>,
  specOf: (world: SandboxWorld) => SandboxSpec = ({ spec }) => spec,
): ContractCase<SandboxWorld> {
  return {
    name,
    async run(world) {
      const workspace = await world.sandbox.open(specOf(world));
      try {
        await body(workspace, world);
      } finally {
        await workspace.close();
      }
    },
  };
}

/** A spec on a folder; limits as the house sets them by default, save that there is less memory. */
export function someSpec(root: string, more: Partial<SandboxSpec> = {}): SandboxSpec {
  const bounds = { memoryBytes: 512 * 1024 * 1024, cpus: 2, processes: 256, diskBytes: 64 * 1024 * 1024 };
  return { root, session: "agent:main:main", mounts: [], ...bounds, ...more };
}
