// Commands that were handed to a node and not answered yet. Each ends once: by the node's answer, by time, or when the
// connection that it went to closes. An end is data; nothing is thrown.
import type { Member } from "../../audience.ts";
import type { Door } from "../../door.ts";
import type { ParamsOf } from "../handler.ts";
import type { LiveNode } from "./live.ts";
import type * as params from "./shapes.ts";

export interface Wish {
  readonly command: string;
  /** Any JSON; undefined sends none. */
  readonly params: unknown;
  readonly timeoutMs: number;
  readonly idempotencyKey?: string;
}

/** Source of NOT_CONNECTED and TIMEOUT: release 2026.2.17. */
export interface NodeError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

export type Invoked =
  | { readonly ok: true; readonly payload: unknown; readonly payloadJSON: string | null }
  | { readonly ok: false; readonly error: NodeError };

interface Pending {
  readonly node: LiveNode;
  readonly command: string;
  readonly settle: (end: Invoked) => void;
  readonly clock: AbortController;
}

/** A node that does not answer must not gather calls without end. */
const mostPerNode = 64;

export class Invokes {
  readonly #door: Door;
  readonly #pending = new Map<string, Pending>();

  constructor(door: Door) {
    this.#door = door;
    door.onLeave((member) => this.#left(member));
  }

  /** `sent` is called once the node may have begun. */
  send(node: LiveNode, wish: Wish, sent: () => void): Promise<Invoked> {
    const { audience, clock } = this.#door;
    const { nodeId, member } = node;
    const { command, timeoutMs, idempotencyKey } = wish;
    if (!audience.has(member)) return Promise.resolve(failed("NOT_CONNECTED", "node not connected"));
    const going = [...this.#pending.values()].filter((item) => item.node.nodeId === nodeId);
    if (going.length >= mostPerNode)
      return Promise.resolve(failed("BUSY", `the node has ${mostPerNode} commands to answer already`));
    const id = crypto.randomUUID();
    const { promise, resolve } = Promise.withResolvers<Invoked>();
    const pending: Pending = { node, command, settle: resolve, clock: new AbortController() };
    this.#pending.set(id, pending);
    clock.sleep(clock.now() + timeoutMs, pending.clock.signal).then(
      () => this.#end(id, failed("TIMEOUT", "node invoke timed out")),
      // Answered in time, or the gateway closes and its connections with it.
      () => undefined,
    );
    const paramsJSON = wish.params === undefined ? {} : { paramsJSON: JSON.stringify(wish.params) };
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const payload = JSON.stringify({ id, nodeId, command, ...paramsJSON, timeoutMs, ...key });
    sent();
    audience.tellOnly([member], "node.invoke.request", payload, { dropIfSlow: false });
    return promise;
  }

  /** Whose answer an id waits for; undefined when it is answered, timed out or unknown. */
  nodeOf(id: string): string | undefined {
    return this.#pending.get(id)?.node.nodeId;
  }

  answer({ id, ok, payload, payloadJSON, error }: ParamsOf<typeof params.result>): void {
    if (!ok) this.#end(id, { ok: false, error: error ?? {} });
    else if (typeof payloadJSON === "string") this.#end(id, { ok: true, payload: parsed(payloadJSON), payloadJSON });
    else this.#end(id, { ok: true, payload: payload ?? payloadJSON ?? undefined, payloadJSON: null });
  }

  #left(member: Member): void {
    for (const [id, { node, command }] of this.#pending)
      if (node.member === member) this.#end(id, failed("NODE_DISCONNECTED", `node disconnected (${command})`));
  }

  #end(id: string, end: Invoked): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    pending.clock.abort();
    pending.settle(end);
  }
}

export function failed(code: string, message: string): Invoked {
  return { ok: false, error: { code, message } };
}

/** Text that is no JSON is passed on as it came. Source: release 2026.2.17. */
function parsed(payloadJSON: string): unknown {
  try {
    return JSON.parse(payloadJSON);
  } catch {
    // Whoever asked gets the text and may know what it is.
    return { payloadJSON };
  }
}
