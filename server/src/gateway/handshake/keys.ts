// Keys that the owner makes for programs: they may less than the gateway's token and end by themselves. Only the hash of
// a key is kept. Nothing is read before the first key is offered or asked for.
import { type AuditRecord, type Clock, Fault, type Json, type Log, type Store, type Write } from "@homarus/sdk";
import { nodeCrypto } from "./node-crypto.ts";
import { sameSecret } from "./secret.ts";

export interface AccessKey {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly scopes: readonly string[];
  /** Unix ms, as all times here. */
  readonly createdAt: number;
  /** Absent: it has no end. */
  readonly endsAt?: number;
  readonly revokedAt?: number;
}

export type OverBy = "ended" | "revoked";

export type KeyCheck =
  | { readonly type: "good"; readonly key: AccessKey }
  | { readonly type: "over"; readonly key: AccessKey; readonly by: OverBy }
  | { readonly type: "unknown" };

export interface KeyWish {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Undefined: without an end. */
  readonly ttlMs: number | undefined;
}

export const keyLimits = {
  open: 256,
  /** Keys that are over are known for so long, and so many of them, that it can be said what became of them. */
  overMs: 30 * 86_400_000,
  over: 100,
  longestMs: 365 * 86_400_000,
  /** How exactly it is known when a key was last used, and how often a refusal of the same key is written down. */
  noteEveryMs: 60_000,
} as const;

/** Store spaces. Uses stand apart, so that noting one never brings back a key that was taken away meanwhile. */
export const keySpaces = { keys: "access-keys", uses: "access-key-uses" } as const;

export interface KeyParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

export class AccessKeys {
  readonly #parts: KeyParts;
  #keys: Map<string, AccessKey> | undefined;
  #loading: Promise<Map<string, AccessKey>> | undefined;
  /** When each was last used, by id. */
  readonly #uses = new Map<string, number>();
  /** When a refusal was last written down, by id; the empty one stands for keys that nobody knows. */
  readonly #refusals = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();
  /** Told whenever keys may have been taken away. */
  onChange: () => void = () => undefined;

  constructor(parts: KeyParts) {
    this.#parts = parts;
  }

  /** Undefined for what is no key by its form. Counts as a use when it is good. */
  check(offered: string): Promise<KeyCheck> | undefined {
    return looksLikeKey(offered) ? this.#check(offered) : undefined;
  }

  async #check(offered: string): Promise<KeyCheck> {
    const hash = hashOf(offered);
    let key: AccessKey | undefined;
    for (const one of (await this.#all()).values()) if (sameSecret(one.hash, hash)) key = one;
    if (key === undefined) return { type: "unknown" };
    const by = this.#overBy(key);
    if (by !== undefined) return { type: "over", key, by };
    this.#used(key);
    return { type: "good", key };
  }

  /** The key when it still lets in. Known at once, for whoever came in by it. */
  standing(id: string): AccessKey | undefined {
    const key = this.#keys?.get(id);
    return key !== undefined && this.#overBy(key) === undefined ? key : undefined;
  }

  async list(): Promise<readonly { readonly key: AccessKey; readonly usedAt?: number; readonly by?: OverBy }[]> {
    const keys = [...(await this.#all()).values()].sort((a, b) => b.createdAt - a.createdAt);
    return keys.map((key) => {
      const [usedAt, by] = [this.#uses.get(key.id), this.#overBy(key)];
      return { key, ...(usedAt === undefined ? {} : { usedAt }), ...(by === undefined ? {} : { by }) };
    });
  }

  /** The text of the key is given once and not kept. */
  create({ name, scopes, ttlMs }: KeyWish, by: string): Promise<{ readonly secret: string; readonly key: AccessKey }> {
    return this.#alone(async () => {
      const keys = await this.#all();
      const now = this.#parts.clock.now();
      this.#refuseTaken(name, keys);
      const secret = `hk_${crypto.getRandomValues(Buffer.alloc(32)).toString("base64url")}`;
      const ends = ttlMs === undefined ? {} : { endsAt: now + ttlMs };
      const key: AccessKey = { id: crypto.randomUUID(), name, hash: hashOf(secret), scopes, createdAt: now, ...ends };
      const old = this.#forgettable(keys);
      const detail = { name, scopes, endsAt: key.endsAt ?? null };
      await this.#parts.store.commit([
        ...old.flatMap(({ id }) => Object.values(keySpaces).map((space): Write => gone(space, id))),
        put(key),
        this.#record(by, `makes the key ${name}`, detail),
      ]);
      for (const { id } of old) {
        keys.delete(id);
        this.#uses.delete(id);
        this.#refusals.delete(id);
      }
      keys.set(key.id, key);
      return { secret, key };
    });
  }

  revoke(name: string, by: string): Promise<AccessKey> {
    return this.#alone(async () => {
      const keys = await this.#all();
      const key = this.#open(keys).find((one) => one.name === name);
      if (!key)
        throw new Fault("invalid", "key.unknown", `There is no key ${name} that lets anybody in.`, {
          hint: "homarus keys list shows them.",
        });
      const revoked: AccessKey = { ...key, revokedAt: this.#parts.clock.now() };
      await this.#parts.store.commit([put(revoked), this.#record(by, `revokes the key ${name}`, { name })]);
      keys.set(key.id, revoked);
      this.onChange();
      return revoked;
    });
  }

  /** Somebody else may have taken keys away: they are read anew. */
  reload(): Promise<void> {
    return this.#alone(async () => {
      if (this.#keys === undefined) return;
      this.#keys = undefined;
      this.#loading = undefined;
      // What cannot be read lets nobody in: who is in by a key goes then.
      await this.#all().finally(() => this.onChange());
    });
  }

  /** Notes that somebody who came by a key asked for more than it may. */
  overreached({ keyId }: { readonly keyId?: string | undefined }, what: string): void {
    const key = keyId === undefined ? undefined : this.#keys?.get(keyId);
    if (key) this.refused(key, "more than it may", what);
  }

  /** Notes in the audit that a key was refused: what was wrong, and where it came from or what it asked for. */
  refused(key: Pick<AccessKey, "id" | "name"> | undefined, reason: string, what: string): void {
    const { clock, store, log } = this.#parts;
    const [id, now] = [key?.id ?? "", clock.now()];
    log.info("gateway.key-refused", { key: key?.name, reason, what });
    if (now - (this.#refusals.get(id) ?? Number.NEGATIVE_INFINITY) < keyLimits.noteEveryMs) return;
    this.#refusals.set(id, now);
    const actor = key === undefined ? "an unknown key" : `key ${key.name}`;
    const record = this.#record(actor, "is refused", { reason, what });
    store.commit([record]).catch((error: unknown) => log.error("gateway.key-refusal-not-kept", { error }));
  }

  #all(): Promise<Map<string, AccessKey>> {
    this.#loading ??= this.#read().catch((thrown: unknown) => {
      this.#loading = undefined;
      throw thrown;
    });
    return this.#loading;
  }

  async #read(): Promise<Map<string, AccessKey>> {
    const { store } = this.#parts;
    const [keys, uses] = await Promise.all([store.values(keySpaces.keys).list(), store.values(keySpaces.uses).list()]);
    for (const { key, value } of uses) if (typeof value === "number") this.#uses.set(key, value);
    this.#keys = new Map(keys.map(({ key, value }) => [key, value as unknown as AccessKey]));
    return this.#keys;
  }

  #used({ id }: AccessKey): void {
    const { clock, store, log } = this.#parts;
    const now = clock.now();
    if (now - (this.#uses.get(id) ?? Number.NEGATIVE_INFINITY) < keyLimits.noteEveryMs) return;
    this.#uses.set(id, now);
    const kept = store.values(keySpaces.uses).set(id, now);
    kept.catch((error: unknown) => log.warn("gateway.key-use-not-kept", { error }));
  }

  #overBy({ endsAt, revokedAt }: AccessKey): OverBy | undefined {
    if (revokedAt !== undefined) return "revoked";
    return endsAt !== undefined && endsAt <= this.#parts.clock.now() ? "ended" : undefined;
  }

  #open(keys: ReadonlyMap<string, AccessKey>): readonly AccessKey[] {
    return [...keys.values()].filter((key) => this.#overBy(key) === undefined);
  }

  #refuseTaken(name: string, keys: ReadonlyMap<string, AccessKey>): void {
    const open = this.#open(keys);
    if (open.some((one) => one.name === name))
      throw new Fault("invalid", "key.taken", `There is a key ${name} already.`, {
        hint: `Choose another name, or take that one back first: homarus keys revoke ${name}`,
      });
    if (open.length >= keyLimits.open)
      throw new Fault("invalid", "key.many", `There are ${open.length} keys, and more are not kept.`, {
        hint: "Take back what is not used any more: homarus keys list, homarus keys revoke <name>",
      });
  }

  #forgettable(keys: ReadonlyMap<string, AccessKey>): readonly AccessKey[] {
    const since = ({ revokedAt, endsAt = 0 }: AccessKey): number => revokedAt ?? endsAt;
    const over = [...keys.values()]
      .filter((key) => this.#overBy(key) !== undefined)
      .sort((a, b) => since(b) - since(a));
    const before = this.#parts.clock.now() - keyLimits.overMs;
    return over.filter((key, index) => index >= keyLimits.over || since(key) < before);
  }

  #record(actor: string, action: string, detail: Readonly<Record<string, Json>>): Write {
    const record: AuditRecord = { type: "login", at: this.#parts.clock.now(), actor, action, detail };
    return { type: "audit", record };
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

/** What `refused` is told of a key that did not let in. */
export function refusedKey(
  checked: Exclude<KeyCheck, { readonly type: "good" }>,
  { address }: { readonly address: string },
): readonly [key: AccessKey | undefined, reason: string, what: string] {
  return checked.type === "over" ? [checked.key, checked.by, address] : [undefined, "unknown", address];
}

/** `hk_` and 32 random bytes in base64url. */
export function looksLikeKey(text: string): boolean {
  return /^hk_[\w-]{43}$/.test(text);
}

/** For whoever has the key: what became of it, and what to do. */
export function overText({ name }: AccessKey, by: OverBy): string {
  return `the key ${name} ${by === "ended" ? "has ended" : "was revoked"} (make another: homarus keys create)`;
}

function put(key: AccessKey): Write {
  return { type: "value-put", space: keySpaces.keys, key: key.id, value: key as unknown as Json };
}

function gone(space: string, key: string): Write {
  return { type: "value-remove", space, key };
}

function hashOf(secret: string): string {
  return nodeCrypto().createHash("sha256").update(secret).digest("hex");
}
