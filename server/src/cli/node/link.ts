// A node's connection: made, lost and made again for as long as the node lives. The one layer that tries again.
import { setTimeout as wait } from "node:timers/promises";
import { type ErrorShape, type EventFrame, type GatewayClient, openGatewayClient } from "@homarus/sdk/client";
import type { NodeIdentity } from "./identity.ts";
import { type Answer, type Asked, offeredCommands } from "./offers.ts";
import { searchPath } from "./programs.ts";
import type { Target } from "./target.ts";

export interface LinkParts {
  readonly identity: NodeIdentity;
  readonly name: string;
  readonly version: string;
  readonly target: () => Promise<Target>;
  readonly answer: (asked: Asked) => Promise<Answer>;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
  /** Ms before the first new try, and at most between two. */
  readonly firstMs?: number;
  readonly mostMs?: number;
  /** Ms that a gateway may take to say hello. */
  readonly helloMs?: number;
}

const helloDefaultMs = 20_000;

/** Why a connection ended. */
interface Trouble extends Error {
  readonly kind?: string;
  readonly retryAt?: number;
}

/** How often a node that waits for its owner asks again. */
const askAgainMs = 5_000;

/** Resolves when the signal says so. Rejects when the gateway does not take this node's login from the beginning. */
export async function keepLinked(parts: LinkParts): Promise<void> {
  const pace = new Pace(parts);
  while (!parts.signal.aborted) {
    const end = await linkOnce(parts);
    if (!parts.signal.aborted) await pace.after(end);
  }
}

/** Says why a connection ended, once for each reason, and waits before the next one. */
class Pace {
  readonly #parts: LinkParts;
  #failed = 0;
  #hasWorked = false;
  #told = "";

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  /** Rejects where trying again helps nobody. */
  async after({ trouble, wasOpen, mayRetryAtOnce }: LinkEnd): Promise<void> {
    if (mayRetryAtOnce) return;
    if (wasOpen) {
      this.#failed = 0;
      this.#hasWorked = true;
      this.#told = "";
    }
    const { code, requestId } = detailsOf(trouble);
    const isWaiting = code === "PAIRING_REQUIRED";
    if (!isWaiting && !this.#hasWorked && isFinal(trouble)) throw inOwnWords(trouble);
    this.#say(isWaiting ? waitingWords(requestId) : trouble.message);
    const pauseMs = Math.max(this.#pauseMs(isWaiting), (trouble.retryAt ?? 0) - Date.now());
    // The end of the node's life wakes it.
    await wait(pauseMs, undefined, { signal: this.#parts.signal }).catch(() => undefined);
  }

  #say(words: string): void {
    if (words !== this.#told) this.#parts.say(words);
    this.#told = words;
  }

  #pauseMs(isWaiting: boolean): number {
    const { firstMs = 500, mostMs = 30_000 } = this.#parts;
    if (isWaiting) return Math.min(askAgainMs, mostMs);
    const full = Math.min(mostMs, firstMs * 2 ** this.#failed);
    this.#failed = Math.min(this.#failed + 1, 20);
    return full * (0.75 + Math.random() / 4);
  }
}

interface LinkEnd {
  readonly trouble: Trouble;
  readonly wasOpen: boolean;
  /** The device's token was refused, and there is another secret to try. */
  readonly mayRetryAtOnce?: boolean;
}

/** One connection from its beginning to its end. */
async function linkOnce(parts: LinkParts): Promise<LinkEnd> {
  const { identity, say, signal } = parts;
  let wasOpen = false;
  let target: Target;
  try {
    target = await parts.target();
  } catch (thrown) {
    return { trouble: thrown as Trouble, wasOpen };
  }
  const { address, url, open } = target;
  const issued = identity.token(address);
  const closed = Promise.withResolvers<Trouble>();
  const client: GatewayClient = openGatewayClient({
    ...{ url, reconnect: false, login: loginOf(parts, target, issued), ...(open && { open }) },
    onEvent: (event) => hear(event, client, parts),
    onHello({ auth }) {
      clearTimeout(patience);
      wasOpen = true;
      identity.keepToken(address, auth?.deviceToken ?? issued);
      const how = isInTheClear(url) ? ", not encrypted: put TLS before the gateway" : "";
      say(`Connected to ${address} as "${parts.name}" (${identity.device.id})${how}.`);
    },
    onState: (state, fault) => {
      if (state === "closed") closed.resolve(fault ?? new Error("the connection was closed"));
    },
  });
  const stop = (): void => client.close();
  // Whatever listens there may never say hello.
  const patience = setTimeout(stop, parts.helloMs ?? helloDefaultMs);
  signal.addEventListener("abort", stop, { once: true });
  const trouble = await closed.promise;
  clearTimeout(patience);
  signal.removeEventListener("abort", stop);
  const isTokenRefused = issued !== undefined && detailsOf(trouble).code === "AUTH_DEVICE_TOKEN_MISMATCH";
  if (isTokenRefused) identity.keepToken(address, undefined);
  return { trouble, wasOpen, mayRetryAtOnce: isTokenRefused && Boolean(target.token ?? target.password) };
}

function isInTheClear(url: string): boolean {
  return url.startsWith("ws:") && !/^ws:\/\/(?:127\.|localhost:|\[::1\])/.test(url);
}

/** The device's own token comes first: it says more about this node than the secret that all share. */
function loginOf({ identity, name, version }: LinkParts, { token, password }: Target, issued: string | undefined) {
  const secret = issued !== undefined ? { token: issued } : { ...(token && { token }), ...(password && { password }) };
  return {
    client: { id: "node-host", version, platform: process.platform, mode: "node", displayName: name },
    ...{ role: "node" as const, caps: ["system"], commands: offeredCommands, pathEnv: searchPath() },
    ...{ identity: identity.device, ...secret },
  };
}

function hear({ event, payload }: EventFrame, client: GatewayClient, { answer, say }: LinkParts): void {
  if (event !== "node.invoke.request") return;
  const asked = payload as Asked;
  answer(asked)
    .then((result) => client.request("node.invoke.result", { id: asked.id, nodeId: asked.nodeId, ...result }))
    // Whoever asked was told that the node is gone.
    .catch((thrown: Error) => say(`The answer to ${asked.command} did not reach the gateway: ${thrown.message}`));
}

function detailsOf({ cause }: Trouble): { readonly code?: string; readonly requestId?: string } {
  const { details } = (cause ?? {}) as Partial<ErrorShape>;
  return typeof details === "object" && details !== null ? details : {};
}

/** Asking again with the same login helps nobody. */
function isFinal({ kind, retryAt }: Trouble): boolean {
  return kind !== "unavailable" && kind !== "aborted" && kind !== undefined && retryAt === undefined;
}

/** The gateway words its refusals for clients of another product; here the reader is the node's owner. */
function inOwnWords(trouble: Trouble): Error {
  if (!trouble.message.startsWith("unauthorized")) return trouble;
  return Object.assign(new Error("The gateway did not take this node's login."), {
    ...{ kind: "auth", code: "node.login", cause: trouble },
    hint: "See that HOMARUS_GATEWAY_TOKEN (or --token) holds the token of that gateway, and --host and --port its address.",
  });
}

function waitingWords(requestId: string | undefined): string {
  return `Waiting to be let in. On the gateway's machine: homarus devices approve ${requestId ?? "latest"}`;
}
