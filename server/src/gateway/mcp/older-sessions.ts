// Sessions of the older protocol over HTTP (up to 2025-11-25), where a client first introduces itself and then names its
// session with each request. Their number is bounded, and those that nobody uses end by themselves.
import { isFault } from "@homarus/sdk";
import { type Server, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import type { Door } from "../door.ts";
import { type Guest, nameOf } from "./guest.ts";
import { createLasting } from "./lasting.ts";
import { rpcRefusal } from "./rpc-refusal.ts";
import { watched } from "./stream.ts";

export const sessionLimits = {
  sessions: 200,
  /** A client whose session is gone gets 404 and begins a new one, as the specification has it. */
  idleMs: 30 * 60_000,
} as const;

interface Session {
  readonly id: string;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: Server;
  /** Only who is the same may use it. */
  readonly owner: string;
  /** Answers on their way. */
  busy: number;
  usedAt: number;
}

export class OlderSessions {
  readonly #door: Door;
  readonly #sessions = new Map<string, Session>();
  #isPruning = false;

  constructor(door: Door) {
    this.#door = door;
    door.life.addEventListener("abort", () => this.#endAll(), { once: true });
  }

  get size(): number {
    return this.#sessions.size;
  }

  async serve(request: Request, body: unknown, guest: Guest): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id !== null) {
      const session = this.#sessions.get(id);
      if (!session || session.owner !== nameOf(guest)) return rpcRefusal(404, -32_001, "Session not found");
      return this.#answer(session, request, body, guest);
    }
    if (isInitialize(body)) return this.#begin(request, body, guest);
    return rpcRefusal(400, -32_000, "Bad Request: Mcp-Session-Id header is required");
  }

  async #begin(request: Request, body: unknown, guest: Guest): Promise<Response> {
    if (!this.#hasRoom()) return rpcRefusal(503, -32_000, "too many sessions are in use", { "retry-after": "60" });
    const id = crypto.randomUUID();
    const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id });
    const server = createLasting(guest, "legacy", () => this.#sessions.delete(id));
    const session = { id, transport, server, owner: nameOf(guest), busy: 0, usedAt: this.#door.clock.now() };
    await server.connect(transport);
    this.#sessions.set(id, session);
    const response = await this.#answer(session, request, body, guest);
    // It did not come to an introduction: wrong headers, for example.
    if (!response.ok) await server.close();
    else this.#prune();
    return response;
  }

  async #answer(session: Session, request: Request, body: unknown, guest: Guest): Promise<Response> {
    session.busy += 1;
    const over = (): void => {
      session.busy -= 1;
      session.usedAt = this.#door.clock.now();
    };
    try {
      const options = body === undefined ? {} : { parsedBody: body };
      const response = await session.transport.handleRequest(request, options);
      return watched(this.#door, response, guest.caller.deviceId, over);
    } catch (thrown) {
      over();
      throw thrown;
    }
  }

  /** When all places are taken, the one that was not used for longest gives way to the newcomer. */
  #hasRoom(): boolean {
    if (this.#sessions.size < sessionLimits.sessions) return true;
    const idle = [...this.#sessions.values()].filter(({ busy }) => busy === 0).sort((a, b) => a.usedAt - b.usedAt);
    if (!idle[0]) return false;
    this.#end(idle[0]);
    return true;
  }

  #prune(): void {
    if (this.#isPruning) return;
    this.#isPruning = true;
    this.#pruneWhileNeeded()
      .catch((thrown: unknown) => {
        // The end of the gateway's life wakes its sleepers.
        if (!(isFault(thrown) && thrown.kind === "aborted"))
          this.#door.house.log.error("mcp.prune-failed", { error: thrown });
      })
      .finally(() => {
        this.#isPruning = false;
      });
  }

  async #pruneWhileNeeded(): Promise<void> {
    const { clock, life } = this.#door;
    while (this.#sessions.size > 0) {
      const oldest = Math.min(
        ...[...this.#sessions.values()].map(({ busy, usedAt }) => (busy > 0 ? clock.now() : usedAt)),
      );
      await clock.sleep(oldest + sessionLimits.idleMs, life);
      for (const session of this.#sessions.values())
        if (session.busy === 0 && clock.now() - session.usedAt >= sessionLimits.idleMs) this.#end(session);
    }
  }

  #end(session: Session): void {
    this.#sessions.delete(session.id);
    session.server.close().catch((error: unknown) => this.#door.house.log.warn("mcp.session-not-closed", { error }));
  }

  #endAll(): void {
    for (const session of this.#sessions.values()) this.#end(session);
  }
}

function isInitialize(body: unknown): boolean {
  return typeof body === "object" && body !== null && "method" in body && body.method === "initialize";
}
