// What is known of a request by the time it ends, for the audit: never a secret, and of a query the names only.
import { type EgressEvent, Fault, type LeakFinding } from "@homarus/sdk";
import type { House, Origin } from "./parts.ts";
import { statusOf } from "./refuse.ts";

export interface Account {
  /** Where it is no request but the words of a call. */
  readonly tool?: string;
  origin: Origin | undefined;
  method: string;
  path: string;
  bytesOut: number;
  bytesIn: number;
  /** What the host answered. */
  status: number | undefined;
  /** Something of it may have left: from then on nothing can be denied any more. */
  isSent: boolean;
  leak: EgressEvent["leak"];
  /** The head of an answer has been begun, so that no other answer can be given. */
  isAnswering: boolean;
}

const nothing = { bytesOut: 0, bytesIn: 0, status: undefined, isSent: false };

export function createAccount(method: string, origin: Origin | undefined): Account {
  return { origin, method, path: "", ...nothing, leak: undefined, isAnswering: false };
}

export type Recording = Pick<House, "caller" | "clock" | "onEvent">;

export function record(house: Recording, account: Account, more: Pick<EgressEvent, "type" | "code" | "status">): void {
  const { tool, origin, method, path, bytesOut, bytesIn, leak } = account;
  const isHidden = leak?.direction === "out" && (leak.place === "line" || leak.place === "requests");
  const where = { host: isHidden ? "(withheld)" : (origin?.host ?? ""), port: origin?.port ?? 0 };
  const { sandboxId, agent, sessionKey } = house.caller;
  house.onEvent({
    ...{ ...more, ...where, sandboxId, agent, sessionKey, at: house.clock.now(), bytesOut, bytesIn },
    method: isHidden ? "(withheld)" : method,
    path: isHidden ? "(withheld)" : withoutValues(path),
    ...(tool === undefined ? {} : { tool }),
    ...(leak ? { leak } : {}),
  });
}

/** What went wrong, and whether the request had left by then. */
export function recordFault(house: Recording, account: Account, fault: Fault): void {
  const type = account.leak?.blocked ? "leak" : account.isSent ? "allow" : "deny";
  record(house, account, { type, code: fault.code, status: account.status ?? statusOf(fault) });
}

/** Of the query the names only. */
function withoutValues(target: string): string {
  const [path = "", query] = target.split(/\?(.*)/s, 2);
  if (query === undefined) return path;
  return `${path}?${query
    .split("&")
    .map((pair) => (pair.includes("=") ? `${pair.split("=", 1)[0]}=` : "…"))
    .join("&")}`;
}

/** Throws where it has to be stopped; elsewhere it is kept for the event. */
export function noteLeak(
  house: Pick<House, "leaks">,
  account: Account,
  found: LeakFinding | undefined,
  direction: "out" | "in",
): void {
  const mode = house.leaks();
  if (!found || mode === "off") return;
  const blocked = mode === "block";
  account.leak = { ...found, direction, blocked };
  if (!blocked) return;
  const what = found.kind === "secret" ? `the secret "${found.name}"` : `what looks like a key (${found.name})`;
  const place = account.tool === undefined ? found.where : "its arguments";
  const how = found.how === "in parts" ? "in parts, over several requests" : `in ${place}`;
  const carrier = account.tool === undefined ? "request" : "call";
  throw new Fault(
    "denied",
    "egress.leak",
    direction === "out"
      ? `The ${carrier} would carry ${what} out, ${how}; it was not sent.`
      : `The answer holds ${what}.`,
    { hint: `${account.tool === undefined ? forRequests : forCalls} ${forOwners}` },
  );
}

const forRequests =
  "Secrets are put in by the house: a rule with credential in egress.rules of homarus.json names where.";
const forCalls = "Leave it out: what a tool needs to log in stands in its own settings.";
const forOwners = `The owner can set egress.leaks to "warn" if this was no secret.`;
