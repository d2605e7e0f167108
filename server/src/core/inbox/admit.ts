// Station 1: may this message come in? An answer as data, never a thrown exception for what is expected.
import type { InboundMessage, RefusalReason } from "@homarus/sdk";

/** Who may talk on a channel, from its config. */
export interface AccessRules {
  /** `pairing`: strangers get a code; `allowlist`: strangers are ignored; `open`: anybody (only when the owner wrote it). */
  readonly direct: "pairing" | "allowlist" | "open";
  /** Peer ids the owner listed. */
  readonly allow: readonly string[];
  /** `mention`: in groups only when addressed; `all`: every message; `off`: never. */
  readonly groups: "mention" | "all" | "off";
}

export type Admission =
  | { readonly type: "admitted" }
  | { readonly type: "refused"; readonly reason: RefusalReason; readonly reply?: string };

export interface AdmitRooms {
  rules(message: InboundMessage): AccessRules;
  /** Approved by the owner through pairing. */
  isPaired(message: InboundMessage): Promise<boolean>;
  /** The text that an unknown sender gets, with a code to hand to the owner. Undefined when there are too many requests. */
  askToPair(message: InboundMessage): Promise<string | undefined>;
  /** Counts this message; false when its sender has had too many in the last minute. */
  mayContinue(message: InboundMessage): boolean;
}

/** Programs hold the gateway's token: the door has checked them. People are checked here. */
export async function admit(message: InboundMessage, rooms: AdmitRooms): Promise<Admission> {
  if (message.text.trim() === "" && message.attachments.length === 0) return { type: "refused", reason: "empty" };
  if (message.channel === "webchat" || message.origin !== "person") return { type: "admitted" };
  const rules = rooms.rules(message);
  const isWelcome = rules.direct === "open" || rules.allow.includes(message.peer.id) || (await rooms.isPaired(message));
  const reason = message.place.type === "group" ? groupRefusal(message, rules, isWelcome) : undefined;
  if (reason) return { type: "refused", reason };
  if (!isWelcome)
    return rules.direct === "pairing" ? stranger(message, rooms) : { type: "refused", reason: "not-allowed" };
  if (!rooms.mayContinue(message)) return { type: "refused", reason: "too-many" };
  return { type: "admitted" };
}

/** In a group nobody is sent a code: the others would read it. */
function groupRefusal(message: InboundMessage, rules: AccessRules, isWelcome: boolean): RefusalReason | undefined {
  if (rules.groups === "off" || !isWelcome) return "not-allowed";
  return rules.groups === "mention" && !message.mentioned ? "not-mentioned" : undefined;
}

async function stranger(message: InboundMessage, rooms: AdmitRooms): Promise<Admission> {
  const reply = await rooms.askToPair(message);
  return { type: "refused", reason: "unknown-sender", ...(reply ? { reply } : {}) };
}
