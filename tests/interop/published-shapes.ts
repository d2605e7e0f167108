// What the peer publishes of protocol 4, as validators: shapes of frames, of events and of what a method answers. Which
// shape a result has goes by its name; a table here says it where that is not enough.
import { peerFile } from "./peers.ts";
import type { Frame, Heard } from "./tap.ts";

export interface PublishedShapes {
  /** All that is wrong with a frame of the gateway: with its envelope, and with what it carries. */
  complaints(heard: Heard): string[];
  /** Methods' results and events are checked beyond their envelope if this says so. */
  hasShape(name: string): boolean;
}

interface Problem {
  readonly instancePath: string;
  readonly message: string;
  readonly params: { readonly additionalProperties?: readonly string[] };
}

interface Check {
  Check(value: unknown): boolean;
  Errors(value: unknown): [boolean, Problem[]];
}

/** A shape, or for lists within a result where they stand and the shape of each entry. */
type Rule = string | { readonly [key: string]: readonly [shape: string] };

const results: Readonly<Record<string, Rule>> = {
  connect: "HelloOk",
  "system-presence": { "": ["PresenceEntry"] },
  "cron.get": "CronJob",
  "cron.update": "CronJob",
  "cron.list": { jobs: ["CronJob"] },
  "cron.runs": { entries: ["CronRunLogEntry"] },
  "sessions.list": { sessions: ["SessionRow"] },
  "config.schema": "ConfigSchemaResponse",
  "exec.approvals.get": "ExecApprovalsSnapshot",
  "exec.approvals.set": "ExecApprovalsSnapshot",
  "exec.approvals.node.get": "ExecApprovalsNodeSnapshot",
};

const events: Readonly<Record<string, Rule>> = {
  agent: "AgentEvent",
  chat: "ChatEvent",
  tick: "TickEvent",
  shutdown: "ShutdownEvent",
  presence: { presence: ["PresenceEntry"] },
  "node.invoke.request": "NodeInvokeRequestEvent",
  "device.pair.requested": "DevicePairRequestedEvent",
  "device.pair.resolved": "DevicePairResolvedEvent",
  "session.operation": "SessionOperationEvent",
  "session.approval": "SessionApprovalEvent",
};

export async function publishedShapes(): Promise<PublishedShapes> {
  const { Compile } = await import(peerFile("gateway-client", "typebox/build/schema/index.mjs"));
  const schema = await Bun.file(peerFile("gateway-client", "@openclaw/gateway-protocol/protocol.schema.json")).json();
  const definitions: Readonly<Record<string, object>> = schema.definitions;
  const compiled = new Map<string, Check>();
  const wrong = (name: string, value: unknown): string[] => {
    const definition = definitions[name];
    if (!definition) throw new Error(`the peer publishes no shape ${name}`);
    const check: Check = compiled.get(name) ?? Compile(schema, definition);
    compiled.set(name, check);
    if (check.Check(value)) return [];
    return check
      .Errors(value)[1]
      .map(
        ({ instancePath, message, params }) =>
          `${name}${instancePath}: ${[message, ...(params.additionalProperties ?? [])].join(" ")}`,
      );
  };
  const byRule = (rule: Rule | undefined, value: Frame): string[] => {
    if (typeof rule === "string") return wrong(rule, value);
    return Object.entries(rule ?? {}).flatMap(([key, [shape]]) =>
      (key === "" ? value : value[key]).flatMap((entry: unknown) => wrong(shape, entry)),
    );
  };
  const ruleOf = (method: string): Rule | undefined => {
    const named = `${pascal(method)}Result`;
    return results[method] ?? (definitions[named] ? named : undefined);
  };
  const hasFirstAnswer = (frame: Frame) => frame.payload?.status === "accepted";
  return {
    hasShape: (name) => ruleOf(name) !== undefined,
    complaints({ frame, asked }) {
      if (frame.type === "event") return [...wrong("EventFrame", frame), ...byRule(events[frame.event], frame.payload)];
      const envelope = [...wrong("ResponseFrame", frame), ...(asked ? [] : ["an answer that nobody asked for"])];
      if (!frame.ok) return [...envelope, ...wrong("ErrorShape", frame.error)];
      if (hasFirstAnswer(frame)) return envelope;
      const rule = asked?.params?.cursor && asked.method === "chat.history" ? "ChatHistoryCursorResult" : undefined;
      return [...envelope, ...byRule(rule ?? ruleOf(asked?.method), frame.payload)];
    },
  };
}

/** `cron.add` is `CronAdd`. */
function pascal(method: string): string {
  return method
    .split(/[.-]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}
