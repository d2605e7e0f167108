// Commands that a phone refused because its app was not in the foreground: they wait here until the app comes and takes
// them, or their time is over.
import type { Door } from "../../door.ts";
import { Refusal } from "../../refusal.ts";
import { platformOf } from "./allowed.ts";
import type { NodeError, Wish } from "./invokes.ts";
import type { LiveNode } from "./live.ts";

interface Action {
  readonly id: string;
  readonly command: string;
  readonly paramsJSON: string | null;
  readonly key: string | undefined;
  readonly enqueuedAtMs: number;
}

const lifeMs = 600_000;
const mostPerNode = 64;
/** Params of one action, as JSON text. */
const longestParams = 64 * 1024;

export class Foreground {
  readonly #door: Door;
  readonly #actions = new Map<string, Action[]>();

  constructor(door: Door) {
    this.#door = door;
  }

  /** Keeps the command for later if that is why it failed; the refusal then says so. */
  queued(node: LiveNode, { command, params, idempotencyKey }: Wish, error: NodeError): Refusal | undefined {
    if (!wantsForeground(node, command, error)) return undefined;
    const { nodeId } = node;
    const paramsJSON = params === undefined ? null : JSON.stringify(params);
    const waiting = this.waiting(nodeId);
    const same = waiting.find((item) => item.key !== undefined && item.key === idempotencyKey);
    if (!same && (waiting.length >= mostPerNode || (paramsJSON?.length ?? 0) > longestParams)) return undefined;
    const enqueuedAtMs = this.#door.clock.now();
    const action = same ?? { id: crypto.randomUUID(), command, paramsJSON, key: idempotencyKey, enqueuedAtMs };
    if (!same) this.#actions.set(nodeId, [...waiting, action]);
    const place = { queuedActionId: action.id, nodeId, command };
    return new Refusal({
      ...{ code: "UNAVAILABLE", message: "node command queued until iOS returns to foreground", retryable: true },
      details: { code: "QUEUED_UNTIL_FOREGROUND", ...place, nodeError: error },
    });
  }

  waiting(nodeId: string): Action[] {
    const before = this.#door.clock.now() - lifeMs;
    const left = (this.#actions.get(nodeId) ?? []).filter((item) => item.enqueuedAtMs >= before);
    this.#keep(nodeId, left);
    return left;
  }

  /** How many still wait. */
  take(nodeId: string, ids: readonly string[]): number {
    const left = this.waiting(nodeId).filter((item) => !ids.includes(item.id));
    this.#keep(nodeId, left);
    return left.length;
  }

  #keep(nodeId: string, actions: Action[]): void {
    if (actions.length === 0) this.#actions.delete(nodeId);
    else this.#actions.set(nodeId, actions);
  }
}

/** Source: release 2026.9. */
function wantsForeground({ introduction }: LiveNode, command: string, { code, message }: NodeError): boolean {
  const { platform, deviceFamily } = introduction.params.client;
  const isShown = ["canvas.", "camera.", "screen.", "talk."].some((beginning) => command.startsWith(beginning));
  const said = `${code ?? ""} ${message ?? ""}`.toUpperCase();
  return platformOf(platform, deviceFamily) === "ios" && isShown && said.includes("BACKGROUND_UNAVAILABLE");
}
