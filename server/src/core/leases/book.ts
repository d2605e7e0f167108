// The book of leases: makes them, counts each use before a value is given, ends them. One to a house: whatever changes a
// lease is done one after the other. It knows no socket and no HTTP.
import {
  type AuditRecord,
  type Clock,
  Fault,
  isSecretName,
  type Json,
  type Log,
  type Store,
  type Write,
} from "@homarus/sdk";
import {
  checkWish,
  type LeaseState,
  type LeaseWish,
  leaseLimits,
  leaseSpace,
  leaseState,
  putLease,
  type SecretLease,
} from "./lease.ts";

export interface LeaseBookParts {
  readonly store: Pick<Store, "commit" | "values">;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** SHA-256, hex. */
  readonly digest: (text: string) => string;
  /** The vault as it is now. */
  readonly names: () => readonly string[];
  readonly read: (name: string) => string | undefined;
  readonly isHalted: () => Promise<boolean>;
  readonly longestMs: () => number;
  /** A token is a secret from the moment that it is seen. */
  readonly learn: (name: string, token: string) => void;
}

/** `unknown` is said of a token that nobody knows and of one that is over alike. */
export type Leased =
  | { readonly type: "value"; readonly value: string }
  | { readonly type: "unknown" | "not-leased" | "missing" | "halted" };

export type KnownLease = SecretLease & { readonly state: LeaseState };

export class LeaseBook {
  readonly #parts: LeaseBookParts;
  #leases: Map<string, SecretLease> | undefined;
  /** When a refusal was last written down, by lease and reason. */
  readonly #refusals = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: LeaseBookParts) {
    this.#parts = parts;
  }

  make(wish: LeaseWish, by: string): Promise<KnownLease> {
    return this.#alone(async () => {
      const { clock, newId, digest, store, names: known, longestMs, learn } = this.#parts;
      const leases = await this.#all();
      if (await this.#parts.isHalted())
        throw new Fault("denied", "lease.halted", "Everything is stopped: no secret is leased.", { hint: resumeHint });
      const longest = longestMs();
      checkWish(wish, known(), longest);
      const hash = digest(wish.token);
      this.#refuseTaken(leases, hash);
      const now = clock.now();
      const { uses, note, names, ttlMs = Math.min(leaseLimits.usualMs, longest) } = wish;
      const lease: SecretLease = {
        ...{ id: newId(), hash, names: [...new Set(names)], createdAt: now, endsAt: now + ttlMs, used: 0 },
        ...(uses === undefined ? {} : { uses }),
        ...(note === undefined ? {} : { note }),
      };
      learn(`lease ${lease.id}`, wish.token);
      const old = [...leases.values()].filter((one) => isForgettable(one, now));
      const detail = { id: lease.id, names: lease.names, endsAt: lease.endsAt, uses: uses ?? null };
      const made = [putLease(lease), this.#record(by, `makes lease ${lease.id}`, detail)];
      await store.commit([...old.map(({ id }) => gone(id)), ...made]);
      for (const { id } of old) leases.delete(id);
      leases.set(lease.id, lease);
      return { ...lease, state: "open" };
    });
  }

  /** The value, once its use is counted for good: a crash in between spends the use and gives nothing. */
  use(token: string, name: string): Promise<Leased> {
    const hash = this.#parts.digest(token);
    return this.#alone(async () => {
      const leases = await this.#all();
      const found = byHash(leases, hash);
      const state = found === undefined ? "unknown" : leaseState(found, this.#parts.clock.now());
      if (found === undefined || state !== "open") return this.#refused("unknown", found, state, name);
      this.#parts.learn(`lease ${found.id}`, token);
      if (!found.names.includes(name)) return this.#refused("not-leased", found, "not leased", name);
      const before = await this.#givable(name);
      if (before.type !== "value") return this.#refused(before.type, found, before.type, name);
      const used = await this.#count(found, name);
      leases.set(used.id, used);
      // Whoever stopped everything, or took the secret away, while that was written, meant this one too.
      const now = await this.#givable(name);
      return now.type === "value" ? now : this.#refused(now.type, found, now.type, name);
    });
  }

  async #givable(name: string): Promise<Leased> {
    if (await this.#parts.isHalted()) return { type: "halted" };
    const value = this.#parts.read(name);
    return value === undefined ? { type: "missing" } : { type: "value", value };
  }

  async #count(lease: SecretLease, name: string): Promise<SecretLease> {
    const used: SecretLease = { ...lease, used: lease.used + 1, usedAt: this.#parts.clock.now() };
    const left = used.uses === undefined ? null : used.uses - used.used;
    const record = this.#record(`lease ${used.id}`, `reads ${name}`, { names: [name], left });
    await this.#parts.store.commit([putLease(used), record]);
    return used;
  }

  /** The newest first, with those that are over since lately. */
  list(): Promise<readonly KnownLease[]> {
    return this.#alone(async () => {
      const now = this.#parts.clock.now();
      return [...(await this.#all()).values()]
        .filter((lease) => !isForgettable(lease, now))
        .sort((a, b) => b.createdAt - a.createdAt)
        .map((lease) => ({ ...lease, state: leaseState(lease, now) }));
    });
  }

  /** Ends one, or all that are open; gives back their ids. Rejects `invalid` for one that is not open. */
  end(id: string | undefined, by: string): Promise<readonly string[]> {
    return this.#alone(async () => {
      const leases = await this.#all();
      const now = this.#parts.clock.now();
      const open = [...leases.values()].filter((lease) => leaseState(lease, now) === "open");
      const ended = (id === undefined ? open : open.filter((lease) => lease.id === id)).map((lease) => {
        return { ...lease, endedAt: now };
      });
      if (id !== undefined && ended.length === 0)
        throw new Fault("invalid", "lease.unknown", `There is no lease ${id} that is open.`, {
          hint: "homarus secrets leases shows them.",
        });
      if (ended.length === 0) return [];
      const ids = ended.map((lease) => lease.id);
      await this.#parts.store.commit([...ended.map(putLease), this.#record(by, "ends leases", { ids })]);
      for (const lease of ended) leases.set(lease.id, lease);
      return ids;
    });
  }

  /** Takes all of them away, with the line of the audit that says why. */
  clear(record: Write): Promise<void> {
    return this.#alone(async () => {
      const leases = await this.#all();
      await this.#parts.store.commit([...[...leases.keys()].map(gone), record]);
      leases.clear();
    });
  }

  /** Read once: nobody else writes them while this house lives. */
  async #all(): Promise<Map<string, SecretLease>> {
    if (this.#leases) return this.#leases;
    const rows = await this.#parts.store.values(leaseSpace).list();
    this.#leases = new Map(rows.map(({ key, value }) => [key, value as unknown as SecretLease]));
    return this.#leases;
  }

  #refuseTaken(leases: ReadonlyMap<string, SecretLease>, hash: string): void {
    const now = this.#parts.clock.now();
    if (byHash(leases, hash))
      throw new Fault("invalid", "lease.token", "There is a lease with this token already.", {
        hint: "Make a new token for each lease.",
      });
    if ([...leases.values()].filter((one) => leaseState(one, now) === "open").length >= leaseLimits.open)
      throw new Fault("invalid", "lease.many", `${leaseLimits.open} leases are open, and more are not kept.`, {
        hint: "End those that are not used any more: homarus secrets leases, homarus secrets unlease <id>",
      });
  }

  #refused(
    type: Exclude<Leased["type"], "value">,
    lease: SecretLease | undefined,
    reason: string,
    name: string,
  ): Leased {
    const { clock, log, store } = this.#parts;
    const [key, now] = [`${lease?.id ?? ""} ${reason}`, clock.now()];
    log.debug("lease.refused", { lease: lease?.id, reason });
    if (now - (this.#refusals.get(key) ?? Number.NEGATIVE_INFINITY) >= leaseLimits.noteEveryMs) {
      if (this.#refusals.size > 4 * leaseLimits.open) this.#refusals.clear();
      this.#refusals.set(key, now);
      const actor = lease === undefined ? "an unknown lease" : `lease ${lease.id}`;
      // What is no name may be anything, a secret among it.
      const detail = { reason, ...(isSecretName(name) ? { names: [name] } : {}) };
      const written = store.commit([this.#record(actor, "is refused", detail)]);
      written.catch((error: unknown) => log.error("lease.refusal-not-kept", { error }));
    }
    return { type };
  }

  #record(actor: string, action: string, detail: Readonly<Record<string, Json>>): Write {
    const record: AuditRecord = { type: "secret", at: this.#parts.clock.now(), actor, action, detail };
    return { type: "audit", record };
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

const resumeHint = "homarus resume <code> lets everything go on.";

function isForgettable(lease: SecretLease, now: number): boolean {
  const state = leaseState(lease, now);
  if (state === "open") return false;
  const since = state === "ended" ? lease.endedAt : state === "over" ? lease.endsAt : lease.usedAt;
  return (since ?? 0) < now - leaseLimits.overMs;
}

function gone(id: string): Write {
  return { type: "value-remove", space: leaseSpace, key: id };
}

/** Looks at all of them, whether it has found one or not. */
function byHash(leases: ReadonlyMap<string, SecretLease>, hash: string): SecretLease | undefined {
  let found: SecretLease | undefined;
  for (const one of leases.values()) if (isSameHash(one.hash, hash)) found = one;
  return found;
}

/** Both are hashes, of one length: takes as long wherever they differ. */
function isSameHash(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}
