// Decides a connect: protocol, role, origin, device, secret, pairing, in this order, each refusal in the words that
// clients of protocol 3 act on. It reads and writes device records and nothing else; the connection does the closing.
import type { ErrorShape } from "@homarus/sdk/client";
import type { Role } from "../caller.ts";
import type { GatewaySettings } from "../settings.ts";
import { closeCodes } from "../settings.ts";
import type { Protocol } from "../wire.ts";
import { type Asked, covers, type DeviceRecord, type DeviceRequest, type Devices, tokenOf } from "./devices.ts";
import type { GuessedAt, GuessLimit } from "./guesses.ts";
import { type AccessKeys, type KeyCheck, overText, refusedKey } from "./keys.ts";
import { type ConnectParams, isPersonal } from "./params.ts";
import { checkSecret, isOwnSecret, type Known, looksSigned, secretRefusal } from "./secret.ts";
import { deviceProblem, type SignedVersions } from "./signature.ts";
import { isWithin, surfaceOf } from "./surface.ts";
import type { Claim } from "./user.ts";

export interface Arrival {
  readonly params: ConnectParams;
  readonly nonce: string;
  readonly address: string;
  readonly isLocal: boolean;
  readonly isOriginAllowed: boolean;
  /** Whom a proxy named on the upgrade. */
  readonly user?: Claim | undefined;
  /** What a login of /api/login may, where its token is offered; null where what looked like one is none. */
  readonly session?: readonly string[] | null | undefined;
  /** What became of the key that is offered, where one is. */
  readonly key?: KeyCheck | undefined;
  /** Unix ms. */
  readonly now: number;
}

export interface Doorkeeper {
  readonly settings: GatewaySettings;
  readonly devices: Devices;
  readonly keys: AccessKeys;
  readonly guesses: GuessLimit;
  readonly signedVersions: SignedVersions;
  /** The scopes of a token that /api/login gave and that has not ended. */
  readonly sessionScopes: (token: string) => Promise<readonly string[] | undefined>;
  /** A device from afar waits for the owner. */
  readonly onRequest: (request: DeviceRequest) => void;
}

export interface Admitted {
  readonly type: "admitted";
  /** The highest that both sides speak. */
  readonly protocol: Protocol;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly deviceId?: string;
  /** The key that let it in. */
  readonly keyId?: string;
  readonly deviceToken?: string;
  readonly issuedAt?: number;
}

export interface Refused {
  readonly type: "refused";
  readonly error: ErrorShape;
  readonly closeCode: number;
}

export type Verdict = Admitted | Refused;

/** Answers at once where no device record is needed, no token has to be verified and nobody asked who this is. */
export function decide(keeper: Doorkeeper, arrival: Arrival): Verdict | Promise<Verdict> {
  const asking = looked(keeper, arrival);
  if (asking) return asking.then((known) => decide(keeper, { ...arrival, ...known }));
  const { params } = arrival;
  const protocol = spoken(params);
  if (protocol === undefined) {
    const expectedProtocol = params.maxProtocol < oldest ? oldest : newest;
    return refuse("protocol mismatch", { code: "PROTOCOL_MISMATCH", expectedProtocol }, closeCodes.protocol);
  }
  const role = params.role ?? "operator";
  if (role !== "operator" && role !== "node") return refuse("invalid role");
  if (!arrival.isOriginAllowed) return strangeOrigin();
  if (arrival.key) return byKey(keeper, arrival, { role, protocol, key: arrival.key });
  return params.device === undefined
    ? withoutDevice(keeper, arrival, role, protocol)
    : withDevice(keeper, arrival, role, protocol);
}

type Looked = Pick<Arrival, "user" | "session" | "key">;

/** What has to be looked up of who comes, one after the other; undefined when all is known. */
function looked(keeper: Doorkeeper, arrival: Arrival): Promise<Looked> | undefined {
  if (typeof arrival.user === "function") return arrival.user().then((user) => ({ user }));
  const token = arrival.params.auth?.token ?? "";
  if (arrival.session === undefined && looksSigned(token))
    return keeper.sessionScopes(token).then((scopes) => ({ session: scopes ?? null }));
  const isDecided = arrival.key !== undefined || isOwnSecret(keeper.settings.auth, token);
  return isDecided ? undefined : keeper.keys.check(token)?.then((key) => ({ key }));
}

function strangeOrigin(): Refused {
  return refuse(
    "origin not allowed (open the chat page from the gateway's own address, or add this origin to gateway.allowedOrigins)",
    { code: "CONTROL_UI_ORIGIN_NOT_ALLOWED" },
  );
}

const oldest = 3;
const newest = 4;

/** The highest version that the client's range and ours have in common. */
function spoken({ minProtocol, maxProtocol }: ConnectParams): Protocol | undefined {
  if (minProtocol <= newest && newest <= maxProtocol) return newest;
  return minProtocol <= oldest && oldest <= maxProtocol ? oldest : undefined;
}

interface ByKey {
  readonly role: Role;
  readonly protocol: Protocol;
  readonly key: KeyCheck;
}

/**
 * A key stands for itself: it gives its scopes, whatever is asked for and whatever device brings it. No device is let in
 * by it and no token issued, which would outlive it.
 */
function byKey(keeper: Doorkeeper, arrival: Arrival, { role, protocol, key: checked }: ByKey): Verdict {
  if (checked.type === "good") {
    const { id, scopes } = checked.key;
    if (role === "operator") return { type: "admitted", protocol, role, scopes, keyId: id };
    const message = "unauthorized: a key lets in programs, not nodes (a node needs the gateway's token)";
    return unauthorized({ message, code: "AUTH_UNAUTHORIZED" });
  }
  const waitMs = keeper.guesses.waitMs("key", arrival, arrival.now);
  keeper.keys.refused(...refusedKey(checked, arrival));
  if (waitMs > 0) return tooMany(waitMs);
  keeper.guesses.failed("key", arrival, arrival.now);
  if (checked.type === "over")
    return unauthorized({ message: `unauthorized: ${overText(checked.key, checked.by)}`, code: "AUTH_TOKEN_MISMATCH" });
  return unauthorized({ message: "unauthorized: gateway token mismatch (no such key)", code: "AUTH_TOKEN_MISMATCH" });
}

function withoutDevice(keeper: Doorkeeper, arrival: Arrival, role: Role, protocol: Protocol): Verdict {
  const { auth } = keeper.settings;
  const personal = isPersonal(arrival.params);
  const known = knownOf(arrival);
  const session = sessionOf(arrival, role);
  const waitMs = session ? 0 : lockedMs(keeper, arrival, "secret");
  if (waitMs > 0) return tooMany(waitMs);
  const secret = session ? "ok" : checkSecret(auth, arrival.params.auth ?? {}, known);
  if (secret !== "ok") {
    if (secret === "wrong") keeper.guesses.failed("secret", arrival, arrival.now);
    return unauthorized(secretRefusal(auth, secret, { ...known, isPersonal: personal }));
  }
  if (!session) keeper.guesses.passed("secret", arrival);
  if (role === "node") return notPaired("device identity required", { code: "DEVICE_IDENTITY_REQUIRED" });
  // The secret alone proves the owner only on this machine; from afar it could have been read along on the way.
  const keeps = arrival.isLocal || isVouchedFor(arrival, role) || keeper.settings.allowInsecureAuth === true;
  if (!keeps && personal) {
    return notPaired("device identity required (open this page over https or from the gateway's own machine)", {
      code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
    });
  }
  return { type: "admitted", protocol, role, scopes: keeps ? within(sorted(arrival.params.scopes), session) : [] };
}

/** A session is a login of operators: a node is a machine that stays. */
function sessionOf({ session }: Arrival, role: Role): readonly string[] | undefined {
  return role === "operator" ? (session ?? undefined) : undefined;
}

/** Of what is asked for, that which the login gives; one with the secret gives all. */
function within(scopes: readonly string[], session: readonly string[] | undefined): readonly string[] {
  return session ? scopes.filter((scope) => session.includes(scope)) : scopes;
}

async function withDevice(keeper: Doorkeeper, arrival: Arrival, role: Role, protocol: Protocol): Promise<Verdict> {
  const { params, nonce, isLocal, now } = arrival;
  const problem = deviceProblem(params, { nonce, isLocal, now }, keeper.signedVersions);
  if (problem !== undefined) return refuse(problem, { code: "DEVICE_AUTH_INVALID" });
  const deviceId = params.device?.id ?? "";
  return keeper.devices.alone(deviceId, async () => {
    const record = await keeper.devices.find(deviceId);
    const session = sessionOf(arrival, role);
    const scopes = role === "node" ? [] : within(sorted(params.scopes), session);
    if (session) return bySession(keeper, arrival, { protocol, role, scopes, record });
    const isLocked = lockedMs(keeper, arrival, "secret") > 0;
    const secret = isLocked ? "locked" : checkSecret(keeper.settings.auth, params.auth ?? {}, knownOf(arrival));
    const wish = { protocol, role, scopes, record };
    return secret === "ok" ? pair(keeper, arrival, wish) : byDeviceToken(keeper, arrival, wish, secret);
  });
}

/** Without the gateway's secret a device gets in by the token that it was issued. */
async function byDeviceToken(
  keeper: Doorkeeper,
  arrival: Arrival,
  { protocol, role, scopes, record }: Wish,
  secret: "missing" | "wrong" | "locked",
): Promise<Verdict> {
  const { params, now } = arrival;
  const token = params.auth?.token ?? params.auth?.deviceToken ?? "";
  const tokenWaitMs = token === "" ? 0 : lockedMs(keeper, arrival, "device");
  const issued = record && token !== "" && tokenWaitMs === 0 ? tokenOf(record, token, role, scopes) : undefined;
  if (record && issued) {
    keeper.guesses.passed("device", arrival);
    const { deviceId } = record;
    await growNode(keeper, arrival, record, askedOf(arrival, role, scopes));
    return { type: "admitted", protocol, role, scopes, deviceId, deviceToken: token, issuedAt: issued.issuedAt };
  }
  const waitMs = Math.max(tokenWaitMs, lockedMs(keeper, arrival, "secret"));
  if (waitMs > 0) return tooMany(waitMs);
  // What stands in `token` may be meant as either secret, and counts as a guess at both.
  if (secret === "wrong") keeper.guesses.failed("secret", arrival, now);
  if (record && token !== "") keeper.guesses.failed("device", arrival, now);
  return unauthorized(deviceRefusal(keeper, arrival, token));
}

interface Wish {
  readonly protocol: Protocol;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly record: DeviceRecord | undefined;
}

/** The secret was right: the device is known for this, or may be let in, or has to wait for the owner. */
async function pair(keeper: Doorkeeper, arrival: Arrival, wish: Wish): Promise<Verdict> {
  const { devices } = keeper;
  const { protocol, role, scopes, record } = wish;
  keeper.guesses.passed("secret", arrival);
  const asked = askedOf(arrival, role, scopes);
  if (mustAsk(arrival, wish)) return askOwner(keeper, arrival, wish);
  const known = knownRecord(arrival, wish);
  const approved = known
    ? await growNode(keeper, arrival, known, asked)
    : await devices.approve(record, asked, arrival.now);
  const deviceToken = await devices.issue(approved, role, scopes, arrival.now);
  return { type: "admitted", protocol, role, scopes, deviceId: asked.deviceId, deviceToken, issuedAt: arrival.now };
}

/** Nothing is issued and nobody let in for good: a token with an end must not turn into one without. */
async function bySession(keeper: Doorkeeper, arrival: Arrival, wish: Wish): Promise<Verdict> {
  if (mustAsk(arrival, wish)) return askOwner(keeper, arrival, wish);
  const { protocol, role, scopes } = wish;
  return { type: "admitted", protocol, role, scopes, deviceId: arrival.params.device?.id ?? "" };
}

/** The device's record where it was let in for all of this. */
function knownRecord({ params }: Arrival, { record, role, scopes }: Wish): DeviceRecord | undefined {
  const isKnown =
    record?.publicKey === params.device?.publicKey && record?.roles.includes(role) && covers(record.scopes, scopes);
  return isKnown ? record : undefined;
}

function mustAsk(arrival: Arrival, wish: Wish): boolean {
  return knownRecord(arrival, wish) === undefined && !arrival.isLocal && !isVouchedFor(arrival, wish.role);
}

async function askOwner(keeper: Doorkeeper, arrival: Arrival, { record, role, scopes }: Wish): Promise<Refused> {
  const { request, isNew } = await keeper.devices.request(record, askedOf(arrival, role, scopes), arrival.now);
  if (isNew) keeper.onRequest(request);
  return notPaired("pairing required", { code: "PAIRING_REQUIRED", requestId: request.requestId });
}

/**
 * A known node that says it can do more than it was let in with: from this machine that is granted; from afar the owner
 * is asked, and meanwhile it does what it might before.
 */
async function growNode(
  keeper: Doorkeeper,
  arrival: Arrival,
  record: DeviceRecord,
  asked: Asked,
): Promise<DeviceRecord> {
  if (isWithin(asked.node, record.node)) return record;
  if (arrival.isLocal) return keeper.devices.approve(record, asked, arrival.now);
  const { request, isNew } = await keeper.devices.request(record, asked, arrival.now);
  if (isNew) keeper.onRequest(request);
  return record;
}

function askedOf({ params, address }: Arrival, role: Role, scopes: readonly string[]): Asked {
  const { client, device } = params;
  return {
    ...{ role, scopes },
    ...(role === "node" ? { node: surfaceOf(params) } : {}),
    deviceId: device?.id ?? "",
    publicKey: device?.publicKey ?? "",
    ...(client.displayName === undefined ? {} : { displayName: client.displayName }),
    platform: client.platform,
    clientId: client.id,
    clientMode: client.mode,
    remoteIp: address,
  };
}

function deviceRefusal(keeper: Doorkeeper, arrival: Arrival, token: string): { message: string; code: string } {
  const { auth } = keeper.settings;
  if (token === "")
    return secretRefusal(auth, arrival.params.auth?.password ? "wrong" : "missing", {
      isPersonal: isPersonal(arrival.params),
      isLocal: arrival.isLocal,
    });
  // Clients drop a stored device token when they read these words.
  return {
    message: "unauthorized: device token mismatch (rotate/reissue device token)",
    code: "AUTH_DEVICE_TOKEN_MISMATCH",
  };
}

/** Who has to be asked for was asked before anything is decided. */
function knownOf({ isLocal, user }: Arrival): Known {
  return user === undefined || typeof user === "function" ? { isLocal } : { isLocal, user };
}

/** The owner made the proxy the gateway's login: whom it names is the owner, with or without a device. */
function isVouchedFor(arrival: Arrival, role: Role): boolean {
  return role === "operator" && knownOf(arrival).user?.by === "trusted-proxy";
}

/** Whoever is named by a proxy guesses at nothing. */
function lockedMs({ guesses }: Doorkeeper, arrival: Arrival, what: GuessedAt): number {
  return arrival.user === undefined ? guesses.waitMs(what, arrival, arrival.now) : 0;
}

function unauthorized(refusal: { message: string; code: string }): Refused {
  return refuse(refusal.message, { code: refusal.code });
}

function tooMany(retryAfterMs: number): Refused {
  const error = {
    code: "INVALID_REQUEST",
    message: "unauthorized: too many failed authentication attempts (retry later)",
    details: { code: "AUTH_RATE_LIMITED" },
    retryable: true,
    retryAfterMs,
  };
  return { type: "refused", error, closeCode: closeCodes.policy };
}

function refuse(message: string, details?: unknown, closeCode: number = closeCodes.policy): Refused {
  return {
    type: "refused",
    error: { code: "INVALID_REQUEST", message, ...(details === undefined ? {} : { details }) },
    closeCode,
  };
}

function notPaired(message: string, details: unknown): Refused {
  return { type: "refused", error: { code: "NOT_PAIRED", message, details }, closeCode: closeCodes.policy };
}

function sorted(scopes: readonly string[] | undefined): readonly string[] {
  return [...new Set(scopes)].sort();
}
