// What stands between a tool call and its effect: approvals, receipts, marks of files, and what the policy asks of tools.
import { createApprovals } from "../core/approvals/book.ts";
import type { LineParts } from "../core/line/parts.ts";
import { createFileMarks } from "../core/provenance/file-marks.ts";
import { openSigner } from "../host/secrets/signer.ts";
import type { Ground } from "./ground.ts";
import { lazyChangedSince } from "./lazy.ts";
import { policyTool } from "./policy.ts";
import type { Tools } from "./tools.ts";

export type Gates = Pick<
  LineParts,
  "approvals" | "signer" | "fileMarks" | "policyTool" | "sandboxOf" | "judgeCommand" | "preview" | "changedFiles"
>;

export function openGates(ground: Ground, tools: Tools): Gates {
  const { store, clock, tap, shutdown, home, catalog, config, workspace } = ground;
  return {
    approvals: createApprovals({
      ...{ store, clock, emit: tap.emit, signal: shutdown.signal },
      newId: () => crypto.randomUUID(),
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    }),
    signer: openSigner(home.folder),
    fileMarks: createFileMarks(store),
    policyTool: (name) => policyTool(name, catalog),
    sandboxOf: () => config.current().sandbox,
    judgeCommand: async () => undefined,
    preview: tools.preview,
    changedFiles: (agent, since) => lazyChangedSince(workspace(agent), since),
  };
}
