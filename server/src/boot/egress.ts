// The way out of sandboxes, joined: the rules of the config, the owner's yes, the secrets, and the audit. It loads when a
// sandbox opens and the owner has allowed anything at all.
import {
  type EgressCaller,
  type EgressEvent,
  type EgressRequest,
  type EgressSecret,
  type EgressVerdict,
  type LeakWatch,
  type Mark,
  toFault,
} from "@homarus/sdk";
import type { ApprovalBook } from "../core/approvals/book.ts";
import type { EgressJudgement, EgressRule, EgressSettings } from "../core/egress/parts.ts";
import type { Egress, Lease } from "../host/egress/parts.ts";
import { createOnce } from "./egress-once.ts";
import { eventRecord, requestCard } from "./egress-words.ts";
import type { Ground } from "./ground.ts";
import { lazyEgress, lazyEgressRules } from "./lazy.ts";

export interface EgressDoors {
  /** The way out of one session's sandbox; undefined where the owner has allowed nothing. */
  open(agent: string, session: string): Promise<Lease | undefined>;
  /** Whether there is one, and what would make it another. */
  key(): string;
  /** Hosts that answered a session's sandbox since it opened. */
  heard(session: string): readonly Mark[];
  /** Allows a host for a while, without a rule. */
  allowOnce(rule: EgressRule): void;
  /** Puts it into the audit. */
  record(event: EgressEvent): void;
  close(): Promise<void>;
}

export interface EgressDoorsParts {
  readonly ground: Ground;
  readonly approvals: () => ApprovalBook;
  readonly secrets: () => readonly EgressSecret[];
  readonly watch: () => Promise<LeakWatch>;
  readonly marksOf: (session: string) => Promise<{ readonly id: string; readonly marks: readonly Mark[] } | undefined>;
}

const megabyte = 1024 ** 2;
const heldMegabytes = 64;
const mostHosts = 20;

export function createEgressDoors(parts: EgressDoorsParts): EgressDoors {
  const { ground } = parts;
  const { config, clock, home, store, log } = ground;
  const once = createOnce(clock);
  const hosts = new Map<string, Map<string, Mark>>();
  let opened: Promise<Egress> | undefined;
  const onHeard = ({ sessionKey }: EgressCaller, host: string) => hear(hosts, { sessionKey, host, at: clock.now() });
  const onEvent = (event: EgressEvent): void => {
    // Not flushed: what a power cut takes of it is the last moment of a program that went with it.
    store
      .commit([{ type: "audit", record: eventRecord(event) }], { flush: false })
      .catch((thrown: unknown) => log.error("egress.unrecorded", { fault: toFault(thrown).toJSON() }));
  };
  const open = (): Promise<Egress> => {
    const { maxBodyMegabytes, maxAnswerMegabytes, approvalSeconds } = config.current().egress;
    opened ??= lazyEgress({
      ...{ folder: `${home.folder}/egress`, clock, secrets: parts.secrets, watch: parts.watch, onEvent, onHeard },
      decide: (request, signal) => decide(request, signal, { ...parts, once: once.rules }),
      leaks: () => config.current().egress.leaks,
      limits: {
        maxBodyBytes: maxBodyMegabytes * megabyte,
        maxHeldBytes: Math.max(heldMegabytes, maxBodyMegabytes) * megabyte,
        maxAnswerBytes: maxAnswerMegabytes * megabyte,
        ...{ maxHeadBytes: 64 * 1024, decideMs: approvalSeconds * 1000, idleMs: 300_000, maxConnections: 64 },
      },
    });
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
  return {
    ...{ allowOnce: once.add, record: onEvent },
    key: () => (isUsed(config.current().egress, once.rules()) ? "egress" : ""),
    heard: (session) => [...(hosts.get(session)?.values() ?? [])],
    async open(agent, session) {
      if (!isUsed(config.current().egress, once.rules())) return undefined;
      hosts.delete(session);
      const egress = await open();
      return egress.lease({ sandboxId: crypto.randomUUID(), agent, sessionKey: session });
    },
    close: async () => (await opened)?.close(),
  };
}

function isUsed({ rules, presets, providers }: EgressSettings, once: readonly EgressRule[]): boolean {
  return rules.length + presets.length + providers.length + once.length > 0;
}

type Heard = Pick<EgressEvent, "sessionKey" | "host" | "at">;

function hear(hosts: Map<string, Map<string, Mark>>, { sessionKey, host, at }: Heard): void {
  const own = hosts.get(sessionKey) ?? new Map<string, Mark>();
  hosts.set(sessionKey, own);
  if (own.size < mostHosts && !own.has(host)) own.set(host, { from: "web", what: host, at });
}

async function decide(
  request: EgressRequest,
  signal: AbortSignal,
  parts: EgressDoorsParts & { readonly once: () => readonly EgressRule[] },
): Promise<EgressVerdict> {
  const { judgeWithMarks } = await lazyEgressRules();
  const session = await parts.marksOf(request.sessionKey);
  const marks = session?.marks ?? [];
  const judged = judgeWithMarks(request, parts.ground.config.current().egress, { once: parts.once(), marks });
  if (judged.type !== "ask") return judged;
  return ask(request, judged, { ...parts, sessionId: session?.id ?? request.sessionKey, marks, signal });
}

async function ask(
  request: EgressRequest,
  { reason, yes, no }: Extract<EgressJudgement, { type: "ask" }>,
  {
    approvals,
    ground,
    sessionId,
    marks,
    signal,
  }: EgressDoorsParts & { readonly sessionId: string; readonly marks: readonly Mark[]; readonly signal: AbortSignal },
): Promise<EgressVerdict> {
  const card = requestCard(request, { reason, marks });
  const book = approvals();
  if (await book.standing.find(card, sessionId)) return yes;
  const timeoutMs = ground.config.current().egress.approvalSeconds * 1000;
  const decision = await book.ask(`egress:${crypto.randomUUID()}`, card, { timeoutMs, signal, sessionId });
  return decision.type === "allowed" ? yes : no;
}
