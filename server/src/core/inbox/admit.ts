// Station 1: may this message come in? An answer as data, never a thrown exception for what is expected.
import type { Audience, InboundMessage, RefusalReason } from "@homarus/sdk";

/** Who may talk on a channel, from its config. */
export interface AccessRules {
  /** `pairing`: strangers get a code; `allowlist`: strangers are ignored; `open`: anybody (only when the owner wrote it). */
  readonly direct: "pairing" | "allowlist" | "open";
  /** Peer ids the owner listed. */
  readonly allow: readonly string[];
  /** Peer ids of people who may talk and nothing more: the agent has no tools for them unless a rule gives some. */
  readonly guests?: readonly string[];
  /** `mention`: in groups only when addressed; `all`: every message; `off`: never. */
  readonly groups: "mention" | "all" | "off";
}

export type Admission =
  | { readonly type: "admitted"; readonly audience: Audience }
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
  if (message.channel === "webchat" || message.origin !== "person") return { type: "admitted", audience: "owner" };
  const rules = rooms.rules(message);
  const known = await knownAs(message, rules, rooms);
  const reason = message.place.type === "group" ? groupRefusal(message, rules, known !== undefined) : undefined;
  if (reason) return { type: "refused", reason };
  if (!known) return rules.direct === "pairing" ? stranger(message, rooms) : { type: "refused", reason: "not-allowed" };
  if (!rooms.mayContinue(message)) return { type: "refused", reason: "too-many" };
  // What one may do in a group, everybody in it may: it is never the owner's own place.
  return { type: "admitted", audience: message.place.type === "group" ? "room" : known };
}

/** Whom the sender is taken for; undefined for a stranger. */
async function knownAs(
  message: InboundMessage,
  { allow, guests, direct }: AccessRules,
  rooms: AdmitRooms,
): Promise<"owner" | "guest" | undefined> {
  if (guests?.includes(message.peer.id)) return "guest";
  if (allow.includes(message.peer.id) || (await rooms.isPaired(message))) return "owner";
  return direct === "open" ? "guest" : undefined;
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
