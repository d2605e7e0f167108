// What is kept of a tool call: its result, framed where strangers wrote it and signed by the house; a line of the audit;
// and the marks it brings into the conversation and leaves on files. All of it in one commit.
import type { Mark, ToolCallBlock, ToolResultBlock, Write } from "@homarus/sdk";
import type { Sealed, SealFacts } from "../agent/calls.ts";
import { callRecord, signedResult } from "../audit/receipt.ts";
import { framed } from "../provenance/outside.ts";
import type { Touched } from "../provenance/touched.ts";
import { afterHooks, type GateFacts, marked } from "./gate-facts.ts";
import type { LineParts } from "./parts.ts";

interface Touches extends Touched {
  readonly paths: { readonly read: Set<string>; readonly wrote: Set<string> };
  readonly marks: Mark[];
}

export interface Seals {
  touched(callId: string): Touched;
  seal(call: ToolCallBlock, result: ToolResultBlock, facts: SealFacts): Promise<Sealed>;
}

export function createSeal(facts: GateFacts, parts: LineParts): Seals {
  const touches = new Map<string, Touches>();
  return {
    touched(callId) {
      const known = touches.get(callId) ?? newTouches();
      touches.set(callId, known);
      return known;
    },
    async seal(call, made, sealing) {
      const ran = isMade(sealing);
      const plain = ran ? await afterHooks(call, made, { facts, signal: parts.signal }, parts) : made;
      const touched = touches.get(call.id) ?? newTouches();
      touches.delete(call.id);
      const { agent, log, runId, sessionKey } = facts;
      const marks = ran ? [...touched.marks, ...marksOf(call, touched, facts, parts)] : [];
      const what = marks.map((mark) => `${mark.from} ${mark.what}`).join(", ");
      const shown = parts.redact(plain.content);
      const content = marks.length > 0 ? framed(shown, what, parts.newId()) : shown;
      const place = { agent: agent.id, sessionKey, sessionId: log.session.id, runId };
      const result = signedResult(place, call, { ...plain, content }, parts.signer);
      const wrote = ran ? await wrotePaths(call, touched, sealing, { facts, marks }, parts) : [];
      const refused = sealing.passage.type === "shut" ? sealing.passage.text : sealing.mistake;
      const approval = sealing.passage.type === "open" ? sealing.passage.approval : undefined;
      const record = callRecord(
        place,
        call,
        result,
        { at: parts.clock.now(), durationMs: sealing.durationMs, approval, refused },
        parts.signer.digest,
      );
      return {
        result,
        writes: (): readonly Write[] => {
          const all = marked(log, marks);
          const left = parts.fileMarks.mark(agent.id, wrote, all ?? log.session.marks ?? [], parts.clock.now());
          return [{ type: "audit", record }, ...(all ? [log.change({ marks: all })] : []), ...left];
        },
      };
    },
  };
}

/** What was refused, or reached no tool, brought nobody's words and left nothing behind. */
function isMade({ passage, mistake }: SealFacts): boolean {
  return passage.type === "open" && mistake === undefined;
}

function newTouches(): Touches {
  const paths = { read: new Set<string>(), wrote: new Set<string>() };
  const marks: Mark[] = [];
  return {
    ...{ paths, marks },
    read: (path) => void paths.read.add(path),
    wrote: (path) => void paths.wrote.add(path),
    heard: (fresh) => void marks.push(...fresh),
  };
}

/** Whose words the result holds. A command may have read any file that is there. */
function marksOf(call: ToolCallBlock, touched: Touches, { agent }: GateFacts, parts: LineParts): readonly Mark[] {
  const tool = parts.policyTool(call.name);
  const at = parts.clock.now();
  if (tool.words === "foreign") return [{ ...(tool.source ?? { from: "web", what: sourceOf(call) }), at }];
  if (tool.words !== "workspace") return [];
  const found = tool.effects.executes
    ? parts.fileMarks.all(agent.id)
    : parts.fileMarks.of(agent.id, [...touched.paths.read]);
  return found.map((mark) => ({ ...mark, at }));
}

/** The host of an address, or the tool's name where there is none. */
function sourceOf(call: ToolCallBlock): string {
  const input = call.input as Readonly<Record<string, unknown>> | null;
  for (const value of Object.values(input ?? {})) {
    const host = typeof value === "string" ? /^https?:\/\/([^/?#\s]{1,200})/i.exec(value)?.[1] : undefined;
    if (host !== undefined) return host.toLowerCase().replace(/^.*@/, "");
  }
  return call.name;
}

/** Files that hold words of strangers from now on; of a command it is looked up what has changed. */
async function wrotePaths(
  call: ToolCallBlock,
  touched: Touches,
  { startedAt }: SealFacts,
  { facts, marks }: { readonly facts: GateFacts; readonly marks: readonly Mark[] },
  parts: LineParts,
): Promise<readonly string[]> {
  const isMarked = marks.length > 0 || (facts.log.session.marks ?? []).length > 0;
  if (!isMarked) return [];
  const { executes } = parts.policyTool(call.name).effects;
  const changed = executes ? await parts.changedFiles(facts.agent.id, startedAt) : [];
  return [...touched.paths.wrote, ...changed];
}
