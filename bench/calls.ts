// Tool calls through the gate by itself, in this process: policy, guard, receipt and audit, on a real store. The tool does
// nothing, so that what is left is what safety costs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InboundMessage, ToolCallBlock } from "@homarus/sdk";
import { createGuard } from "../server/src/boot/guard.ts";
import { runCalls } from "../server/src/core/agent/calls.ts";
import { openGate } from "../server/src/core/line/gate.ts";
import type { LineParts } from "../server/src/core/line/parts.ts";
import { createFileMarks } from "../server/src/core/provenance/file-marks.ts";
import { openLog } from "../server/src/core/sessions/log.ts";
import { systemClock } from "../server/src/host/clock.ts";
import { openSigner } from "../server/src/host/secrets/signer.ts";
import { openSqliteStore } from "../server/src/host/store/sqlite.ts";
import type { Figure } from "./measures.ts";

const sessions = 16;
const callsOfOne = 200;
const effects = { reads: false, writes: false, executes: true, network: false };

export async function gatedCalls(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "homarus-calls-"));
  const store = openSqliteStore(join(folder, "state.db"));
  const nothing = (): undefined => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const parts = {
    ...{
      store,
      clock: systemClock,
      log,
      newId: () => crypto.randomUUID(),
      signer: openSigner(folder, () => undefined),
    },
    ...{ fileMarks: createFileMarks(store), changedFiles: async () => [], sandboxOf: () => "bubblewrap" },
    policyTool: (name: string) => ({ name, group: "commands", effects, fields: { command: "command" } }),
    judgeCommand: createGuard({
      config: () => ({ tools: {}, agents: { list: [], defaults: {} } }) as never,
      workspace: () => folder,
      log,
    }),
    checkpoints: { take: async () => undefined },
    hooks: { has: () => false },
    tap: { emit: () => undefined },
    redact: <Value>(value: Value): Value => value,
  } as unknown as LineParts;
  await parts.judgeCommand("ls", { agent: "main" });
  const begun = performance.now();
  await Promise.all(Array.from({ length: sessions }, (_, index) => session(`agent:main:${index}`, parts)));
  const seconds = (performance.now() - begun) / 1000;
  const links = (await store.auditLinks({ limit: 1 }))[0]?.seq ?? 0;
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  if (links !== sessions * callsOfOne) throw new Error(`the audit holds ${links} calls`);
  const note = `${sessions} sessions, each call judged, signed, in the audit and on the disk`;
  return [{ name: "gated-calls", value: Math.round(links / seconds), unit: "calls/s", aim: "> 1000", note }];
}

async function session(key: string, parts: LineParts): Promise<void> {
  const log = await openLog(key, "main", parts);
  await parts.store.commit([log.change({})]);
  const message = { channel: "webchat", place: { id: key, type: "direct" }, peer: { id: "p" }, origin: "person" };
  const policy = { profile: "full", lists: [], rules: [], approvals: [], unattended: "deny" } as const;
  const gate = openGate(
    {
      ...{ message: message as unknown as InboundMessage, runId: key, sessionKey: key, log },
      authority: { audience: "owner", marks: [], isUnattended: false },
      agent: { id: "main", policy, approvalTimeoutMs: 1 } as never,
      ...{ callKey: (id) => id, pause: () => async () => undefined },
    },
    parts,
  );
  const facts = { name: "exec", idempotent: false, parallel: false, timeoutMs: 60_000 };
  for (let number = 0; number < callsOfOne; number += 1) {
    const call: ToolCallBlock = {
      type: "tool-call",
      id: `c${number}`,
      name: "exec",
      input: { command: `echo ${number}` },
    };
    const events = runCalls([call], [], {
      ...{ tools: new Map([["exec", facts]]), gate, clock: parts.clock, signal: new AbortController().signal },
      execute: async () => ({ content: [{ type: "text", text: "done" }] }),
      commit: (bodies, writes) => parts.store.commit([...log.append(bodies, key), ...(writes?.() ?? [])]),
    });
    for await (const _ of events);
  }
}
