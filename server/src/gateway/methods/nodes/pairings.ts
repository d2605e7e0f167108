// The older way by which nodes were let in: a program asks in a node's name, and the owner's yes makes a token that it
// can have verified. It opens no connection; that is the device's own pairing. Tokens are kept as hashes.
import { createHash } from "node:crypto";
import type { Json, KeyValue } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import { sameSecret } from "../../handshake/secret.ts";
import type { ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

type Asked = ParamsOf<typeof params.pairRequest>;

export interface NodeRequest extends Asked {
  readonly requestId: string;
  readonly isRepair: boolean;
  readonly ts: number;
}

export interface PairedNode extends Omit<Asked, "silent"> {
  readonly createdAtMs: number;
  readonly approvedAtMs: number;
}

type Kept = PairedNode & { readonly tokenHash: string };

/** Source: release 2026.2.17. */
const requestMs = 300_000;
const mostRequests = 32;

export class NodePairings {
  readonly #door: Door;
  readonly #nodes: KeyValue;
  /** Unanswered requests live as long as a look at them: not beyond this process. */
  readonly #requests = new Map<string, NodeRequest>();

  constructor(door: Door) {
    this.#door = door;
    this.#nodes = door.house.store.values("node-pairings");
  }

  async ask(asked: Asked): Promise<{ readonly request: NodeRequest; readonly created: boolean }> {
    const same = this.pending().find((item) => item.nodeId === asked.nodeId);
    if (same) return { request: same, created: false };
    const isRepair = (await this.#find(asked.nodeId)) !== undefined;
    const request = { ...asked, requestId: crypto.randomUUID(), isRepair, ts: this.#door.clock.now() };
    const oldest = this.#requests.keys().next();
    if (this.#requests.size >= mostRequests && !oldest.done) this.#requests.delete(oldest.value);
    this.#requests.set(request.requestId, request);
    return { request, created: true };
  }

  /** Newest first. */
  pending(): NodeRequest[] {
    const before = this.#door.clock.now() - requestMs;
    for (const [id, { ts }] of this.#requests) if (ts < before) this.#requests.delete(id);
    return [...this.#requests.values()].reverse();
  }

  waiting(requestId: string): NodeRequest | undefined {
    return this.pending().find((item) => item.requestId === requestId);
  }

  async paired(): Promise<PairedNode[]> {
    const kept = (await this.#nodes.list()).map(({ value }) => value as unknown as Kept);
    return kept.map(({ tokenHash: _hash, ...node }) => node).sort((a, b) => b.approvedAtMs - a.approvedAtMs);
  }

  /** The token is given this once. */
  async approve(request: NodeRequest): Promise<PairedNode & { readonly token: string }> {
    const { requestId, isRepair: _repair, silent: _silent, ts: _ts, ...asked } = request;
    const now = this.#door.clock.now();
    const before = await this.#find(asked.nodeId);
    const node = { ...asked, createdAtMs: before?.createdAtMs ?? now, approvedAtMs: now };
    const token = crypto.getRandomValues(Buffer.alloc(32)).toString("base64url");
    await this.#put({ ...node, tokenHash: hashOf(token) });
    this.#requests.delete(requestId);
    return { ...node, token };
  }

  dismiss(requestId: string): void {
    this.#requests.delete(requestId);
  }

  async verify(nodeId: string, token: string): Promise<PairedNode | undefined> {
    const kept = await this.#find(nodeId);
    if (!kept || !sameSecret(hashOf(token), kept.tokenHash)) return undefined;
    const { tokenHash: _hash, ...node } = kept;
    return node;
  }

  async rename(nodeId: string, displayName: string): Promise<boolean> {
    const kept = await this.#find(nodeId);
    if (kept) await this.#put({ ...kept, displayName });
    return kept !== undefined;
  }

  async remove(nodeId: string): Promise<boolean> {
    const kept = await this.#find(nodeId);
    if (kept) await this.#nodes.remove(nodeId);
    return kept !== undefined;
  }

  async #find(nodeId: string): Promise<Kept | undefined> {
    return (await this.#nodes.get(nodeId)) as unknown as Kept | undefined;
  }

  #put(kept: Kept): Promise<void> {
    return this.#nodes.set(kept.nodeId, kept as unknown as Json);
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
