// Who came in and who was turned away, as the audit has it. The same login is written down once an hour and the refusals of
// one address once a minute, so that nobody can fill the audit by knocking.
import type { AuditRecord, Clock, Json, Log, Store } from "@homarus/sdk";

export interface LoginsParts {
  readonly store: Pick<Store, "commit">;
  readonly clock: Clock;
  readonly log: Pick<Log, "error">;
}

export interface Came {
  /** The program, or what let it in where it names none. */
  readonly client: string;
  readonly address: string;
  readonly scopes: readonly string[];
  readonly role?: string;
  readonly deviceId?: string | undefined;
  readonly keyId?: string | undefined;
}

export interface TurnedAway {
  readonly client?: string;
  readonly address: string;
  readonly reason: string;
}

const cameEveryMs = 3_600_000;
const refusedEveryMs = 60_000;
/** So many are remembered; then what was said is said again. */
const most = 2_000;

export class Logins {
  readonly #parts: LoginsParts;
  readonly #seen = new Map<string, number>();

  constructor(parts: LoginsParts) {
    this.#parts = parts;
  }

  came({ client, address, scopes, role, deviceId, keyId }: Came): void {
    if (!this.#isNews(JSON.stringify([client, address, scopes, role, deviceId, keyId]), cameEveryMs)) return;
    const more = { ...(role && { role }), ...(deviceId && { device: deviceId }), ...(keyId && { key: keyId }) };
    this.#note(client, "comes in", { address, scopes: [...scopes], ...more });
  }

  refused({ client = "somebody", address, reason }: TurnedAway): void {
    if (this.#isNews(`${address} refused`, refusedEveryMs)) this.#note(client, "is turned away", { address, reason });
  }

  #isNews(what: string, everyMs: number): boolean {
    const now = this.#parts.clock.now();
    if (now - (this.#seen.get(what) ?? Number.NEGATIVE_INFINITY) < everyMs) return false;
    if (this.#seen.size >= most) this.#seen.clear();
    this.#seen.set(what, now);
    return true;
  }

  #note(actor: string, action: string, detail: Readonly<Record<string, Json>>): void {
    const { store, clock, log } = this.#parts;
    const record: AuditRecord = { type: "login", at: clock.now(), actor: actor.slice(0, 80), action, detail };
    const written = store.commit([{ type: "audit", record }], { flush: false });
    written.catch((error: unknown) => log.error("gateway.login-not-kept", { error }));
  }
}
