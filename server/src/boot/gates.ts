// What stands between a tool call and its effect: approvals, receipts, marks of files, and what the policy asks of tools.
import { createApprovals } from "../core/approvals/book.ts";
import { createCheckpoints } from "../core/checkpoints/checkpoints.ts";
import { createHalt } from "../core/halt/halt.ts";
import { createLimits } from "../core/limits/limits.ts";
import type { LineParts } from "../core/line/parts.ts";
import { createFileMarks } from "../core/provenance/file-marks.ts";
import type { Ground } from "./ground.ts";
import { createGuard } from "./guard.ts";
import { lazyBlobs, lazyChangedSince, lazyProcesses, openJailedFiles } from "./lazy.ts";
import { limitSettings, policyTool } from "./policy.ts";
import type { Rooms } from "./rooms.ts";
import { createToolHooks } from "./tool-hooks.ts";
import { sandboxId } from "./workspaces.ts";

export type Gates = Pick<
  LineParts,
  | "checkpoints"
  | "hooks"
  | "limits"
  | "halt"
  | "approvals"
  | "signer"
  | "fileMarks"
  | "policyTool"
  | "sandboxOf"
  | "judgeCommand"
  | "preview"
  | "changedFiles"
>;

export function openGates(
  ground: Ground,
  { tools, toolsets }: Pick<Rooms, "tools" | "toolsets">,
  stopRuns: () => number,
): Gates {
  const { store, clock, environment, log, tap, shutdown, home, catalog, config, workspace, signer } = ground;
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const limits = createLimits(() => limitSettings(config.current()), clock);
  ground.onConfigChange((changed) => {
    if (changed.includes("limits")) limits.changed();
  });
  return {
    hooks: createToolHooks({
      ...{ config: config.current, processes: lazyProcesses(), environment, folder: home.folder, clock, log },
      emit: tap.emit,
    }),
    checkpoints: createCheckpoints({
      ...{ store, clock, newId: () => crypto.randomUUID(), blobs: lazyBlobs(`${home.folder}/checkpoints`) },
      files: (agent) => openJailedFiles(workspace(agent)),
      config: { read: config.text, write: config.restore },
    }),
    limits,
    halt: createHalt({ store, clock, random, digest: signer.digest, emit: tap.emit, stopRuns }),
    approvals: createApprovals({
      ...{ store, clock, random, log, emit: tap.emit, signal: shutdown.signal },
      newId: () => crypto.randomUUID(),
    }),
    signer,
    fileMarks: createFileMarks(store),
    policyTool: (name) => toolsets.policyTool(name) ?? policyTool(name, catalog),
    sandboxOf: (agent, session) => sandboxId(config.current(), agent, session),
    judgeCommand: createGuard({ config: config.current, workspace, log }),
    preview: tools.preview,
    changedFiles: (agent, since) => lazyChangedSince(workspace(agent), since),
  };
}
