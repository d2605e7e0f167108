// A tool call that a client makes itself, without a model: by the same ruling as a run's, into the same audit, and not while
// everything is stopped. Checkpoints and marks belong to runs.
import { Fault, type ToolCallBlock, type ToolOutput } from "@homarus/sdk";
import { callRecord, signedResult } from "../audit/receipt.ts";
import { resumeHint } from "../halt/halt.ts";
import { afterHooks, type CallerFacts } from "./gate-facts.ts";
import type { LineParts } from "./parts.ts";
import { isOfferedTo, type Ruling, type RulingParts, ruleOn } from "./ruling.ts";

export interface DirectCall {
  readonly call: ToolCallBlock;
  readonly agent: string;
  readonly sessionKey: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

export type DirectParts = RulingParts & Pick<LineParts, "agent" | "clock" | "halt" | "signer" | "store">;

/** It speaks for the owner, in no conversation: nobody's words are there but its own, and no clock of a run goes. */
function clientFacts(
  { agent, sessionKey, runId }: Omit<DirectCall, "call" | "signal">,
  parts: DirectParts,
): CallerFacts {
  return {
    message: {
      ...{ channel: "webchat", place: { id: sessionKey, type: "direct" } },
      ...{ peer: { id: "program" }, origin: "program" },
    },
    authority: { audience: "owner", isUnattended: false, marks: [] },
    ...{ runId, sessionKey },
    // As it is set when it is read: a person may take their time.
    get agent() {
      return parts.agent(agent);
    },
    log: { session: { id: sessionKey }, entries: () => [] },
    callKey: () => `call:${runId}`,
    pause: () => async () => undefined,
  };
}

/** Whether a client may call the tool at all. */
export function mayCallDirectly(tool: string, agent: string, parts: DirectParts): boolean {
  return isOfferedTo(tool, clientFacts({ agent, sessionKey: "", runId: "" }, parts), parts);
}

/** Runs the call when it may be made. Rejects with a `denied` Fault when not; either way the audit has it. */
export async function callDirectly(
  direct: DirectCall,
  execute: (call: ToolCallBlock) => Promise<ToolOutput>,
  parts: DirectParts,
): Promise<ToolOutput> {
  const startedAt = parts.clock.now();
  const { signal } = direct;
  const facts = clientFacts(direct, parts);
  const ruling = await unlessHalted(() => ruleOn(direct.call, { facts, signal }, parts), parts);
  const keep = (call: ToolCallBlock, output: ToolOutput) =>
    kept({ ...direct, call }, ruling, { output, startedAt }, parts);
  if (ruling.type === "shut") {
    await keep(direct.call, { content: [], isError: true });
    throw ruling.fault;
  }
  const call = ruling.input === undefined ? direct.call : { ...direct.call, input: ruling.input };
  const work = async () => afterHooks(call, await execute(call), { facts, signal }, parts);
  const output = await work().catch(async (thrown: unknown) => {
    await keep(call, { content: [{ type: "text", text: String(thrown) }], isError: true });
    throw thrown;
  });
  await keep(call, output);
  return output;
}

/** A stop holds from whenever it is said; runs are ended by it. */
async function unlessHalted(rule: () => Promise<Ruling>, { halt }: DirectParts): Promise<Ruling> {
  const isHalted = async (): Promise<boolean> => {
    await halt.load();
    return halt.state() !== undefined;
  };
  const text = "Everything is stopped: no tool is called.";
  const halted = () => new Fault("denied", "halt.stopped", text, { hint: resumeHint });
  if (await isHalted()) return { type: "shut", text, fault: halted() };
  const ruling = await rule();
  return ruling.type === "open" && (await isHalted()) ? { type: "shut", text, fault: halted() } : ruling;
}

async function kept(
  { call, agent, sessionKey, runId }: DirectCall,
  ruling: Ruling,
  { output, startedAt }: { readonly output: ToolOutput; readonly startedAt: number },
  { clock, signer, store }: DirectParts,
): Promise<void> {
  const place = { agent, sessionKey, sessionId: "", runId };
  const { content, isError = false } = output;
  const plain = { type: "tool-result" as const, callId: call.id, name: call.name, content, isError };
  const result = signedResult(place, call, plain, signer);
  const at = clock.now();
  const ended = ruling.type === "open" ? { approval: ruling.approval } : { refused: ruling.fault.message };
  const record = callRecord(place, call, result, { at, durationMs: at - startedAt, ...ended }, signer.digest);
  await store.commit([{ type: "audit", record: { ...record, actor: "a client" } }]);
}
