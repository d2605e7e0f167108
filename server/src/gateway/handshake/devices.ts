// Devices the owner has let in: their roles, scopes and tokens. Tokens are kept as hashes only. A device newly seen
// from this machine is let in at once; one from afar waits in `device-requests` until it is approved.
import type { Json, KeyValue, Store } from "@homarus/sdk";
import type { Role } from "../caller.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { sameSecret } from "./secret.ts";
import { isWithin, type Surface, together } from "./surface.ts";

interface IssuedToken {
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly issuedAt: number;
}

export interface DeviceRecord {
  readonly deviceId: string;
  readonly publicKey: string;
  readonly displayName?: string;
  /** The name that the owner gave it. */
  readonly label?: string;
  readonly platform: string;
  readonly clientId: string;
  readonly clientMode: string;
  /** What it may be asked to do as a node. */
  readonly node?: Surface;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** By role, newest first. */
  readonly tokens: Readonly<Record<string, readonly IssuedToken[]>>;
  readonly createdAt: number;
  /** When it was last let in with what it has now. */
  readonly approvedAt?: number;
}

/** Source: DevicePairRequestedEvent of protocol v3. */
export interface DeviceRequest {
  readonly requestId: string;
  readonly deviceId: string;
  readonly publicKey: string;
  readonly displayName?: string;
  readonly platform: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  readonly scopes: readonly string[];
  /** What it wants to be asked to do, where it is a node. */
  readonly node?: Surface;
  readonly remoteIp: string;
  readonly silent: boolean;
  readonly isRepair: boolean;
  readonly ts: number;
}

/** What a device asks for on connect. */
export type Asked = Omit<DeviceRequest, "requestId" | "silent" | "isRepair" | "ts" | "role"> & { readonly role: Role };

/** A device may be connected several times at once, each time with a token it got at another moment. */
const tokensKept = 8;
const requestsKept = 32;

export class Devices {
  readonly #devices: KeyValue;
  readonly #requests: KeyValue;
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(store: Store) {
    this.#devices = store.values("devices");
    this.#requests = store.values("device-requests");
  }

  /** Does one thing after the other for one device, so that two connects at once do not undo each other. */
  alone<T>(deviceId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#busy.get(deviceId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#busy.set(deviceId, mine);
    const done = () => {
      if (this.#busy.get(deviceId) === mine) this.#busy.delete(deviceId);
    };
    mine.then(done, done);
    return mine;
  }

  async find(deviceId: string): Promise<DeviceRecord | undefined> {
    return (await this.#devices.get(deviceId)) as unknown as DeviceRecord | undefined;
  }

  /** The operator's device that a token was given to, with the scopes of that token. Looks through all devices. */
  async ofToken(token: string): Promise<{ readonly deviceId: string; readonly scopes: readonly string[] } | undefined> {
    for (const { value } of await this.#devices.list()) {
      const record = value as unknown as DeviceRecord;
      const issued = tokenOf(record, token, "operator", []);
      if (issued) return { deviceId: record.deviceId, scopes: issued.scopes };
    }
    return undefined;
  }

  /** Lets a device in with what it asks for, beside what it had. */
  async approve(known: DeviceRecord | undefined, asked: Asked, now: number): Promise<DeviceRecord> {
    // One device may be here as more than one program, and not each of them gives it a name.
    const displayName = asked.displayName ?? known?.displayName;
    const record: DeviceRecord = {
      deviceId: asked.deviceId,
      publicKey: asked.publicKey,
      ...(displayName === undefined ? {} : { displayName }),
      ...(known?.label === undefined ? {} : { label: known.label }),
      platform: asked.platform,
      clientId: asked.clientId,
      clientMode: asked.clientMode,
      ...nodeOf(known, asked),
      roles: union(known?.roles ?? [], [asked.role]),
      scopes: union(known?.scopes ?? [], asked.scopes),
      tokens: known?.tokens ?? {},
      createdAt: known?.createdAt ?? now,
      approvedAt: now,
    };
    await this.#put(record);
    return record;
  }

  /** Makes a new token for a role. The text is given once and not kept. */
  async issue(record: DeviceRecord, role: Role, scopes: readonly string[], now: number): Promise<string> {
    const token = crypto.getRandomValues(Buffer.alloc(32)).toString("base64url");
    const issued: IssuedToken = { hash: hashOf(token), scopes, issuedAt: now };
    const tokens = { ...record.tokens, [role]: [issued, ...(record.tokens[role] ?? [])].slice(0, tokensKept) };
    await this.#put({ ...record, tokens });
    return token;
  }

  /**
   * Keeps the wish of a device from afar. The same device asking again keeps its request id, unless it wants more than
   * before: what the owner looked at is what an id lets in.
   */
  async request(
    known: DeviceRecord | undefined,
    asked: Asked,
    now: number,
  ): Promise<{ request: DeviceRequest; isNew: boolean }> {
    const open = await this.#requests.list();
    const before = open
      .map((item) => item.value as unknown as DeviceRequest)
      .find((item) => item.deviceId === asked.deviceId && item.role === asked.role);
    const isSame = before && covers(before.scopes, asked.scopes) && isWithin(asked.node, before.node);
    const same = isSame ? before : undefined;
    if (before && !isSame) await this.#requests.remove(before.requestId);
    const request: DeviceRequest = {
      ...asked,
      requestId: same?.requestId ?? crypto.randomUUID(),
      silent: false,
      isRepair: known !== undefined,
      ts: now,
    };
    if (before === undefined && open.length >= requestsKept)
      await this.#forgetOldest(open.map((item) => item.value as unknown as DeviceRequest));
    await this.#requests.set(request.requestId, request as unknown as Json);
    return { request, isNew: same === undefined };
  }

  /** Devices that are let in and those that wait, newest first. */
  async list(): Promise<{ readonly pending: readonly DeviceRequest[]; readonly paired: readonly DeviceRecord[] }> {
    const [pending, paired] = await Promise.all([this.#requests.list(), this.#devices.list()]);
    return {
      pending: pending.map(({ value }) => value as unknown as DeviceRequest).sort((a, b) => b.ts - a.ts),
      paired: paired.map(({ value }) => value as unknown as DeviceRecord).sort((a, b) => b.createdAt - a.createdAt),
    };
  }

  async waiting(requestId: string): Promise<DeviceRequest | undefined> {
    return (await this.#requests.get(requestId)) as unknown as DeviceRequest | undefined;
  }

  /** The owner lets in what waits. */
  async grant(request: DeviceRequest, now: number): Promise<DeviceRecord> {
    const { requestId, role, silent: _silent, isRepair: _isRepair, ts: _ts, ...asked } = request;
    const known = await this.find(request.deviceId);
    const record = await this.approve(known, { ...asked, role: role as Role }, now);
    await this.#requests.remove(requestId);
    return record;
  }

  async dismiss(requestId: string): Promise<void> {
    await this.#requests.remove(requestId);
  }

  async rename(record: DeviceRecord, label: string): Promise<void> {
    await this.#put({ ...record, label });
  }

  /** Forgets a device with its tokens: it has to ask again. */
  async remove(deviceId: string): Promise<void> {
    await this.#devices.remove(deviceId);
  }

  /** Takes a role away with its tokens; the device is forgotten with its last one. */
  async removeRole(record: DeviceRecord, role: Role): Promise<void> {
    const roles = record.roles.filter((item) => item !== role);
    if (roles.length === 0) return this.remove(record.deviceId);
    const { node, ...rest } = record;
    const { [role]: _gone, ...tokens } = record.tokens;
    await this.#put({ ...(role === "node" || node === undefined ? rest : record), roles, tokens });
  }

  /** Takes the tokens of a role away; with the last role's tokens the device still stands paired. */
  async revoke(record: DeviceRecord, role: string): Promise<void> {
    const { [role]: _gone, ...tokens } = record.tokens;
    await this.#put({ ...record, tokens });
  }

  async #forgetOldest(open: readonly DeviceRequest[]): Promise<void> {
    const oldest = [...open].sort((a, b) => a.ts - b.ts)[0];
    if (oldest) await this.#requests.remove(oldest.requestId);
  }

  #put(record: DeviceRecord): Promise<void> {
    return this.#devices.set(record.deviceId, record as unknown as Json);
  }
}

/** The token was given to this device for this role, with at least these scopes. */
export function tokenOf(
  record: DeviceRecord,
  token: string,
  role: Role,
  scopes: readonly string[],
): IssuedToken | undefined {
  const hash = hashOf(token);
  return record.tokens[role]?.find((issued) => sameSecret(issued.hash, hash) && covers(issued.scopes, scopes));
}

/** An admin's scope covers all others; write covers read. */
export function covers(granted: readonly string[], asked: readonly string[]): boolean {
  if (granted.includes("operator.admin")) return true;
  return asked.every(
    (scope) => granted.includes(scope) || (scope === "operator.read" && granted.includes("operator.write")),
  );
}

function nodeOf(known: DeviceRecord | undefined, asked: Asked): { readonly node?: Surface } {
  if (asked.node !== undefined) return { node: together(known?.node, asked.node) };
  return known?.node === undefined ? {} : { node: known.node };
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}

function hashOf(token: string): string {
  return nodeCrypto().createHash("sha256").update(token).digest("hex");
}
