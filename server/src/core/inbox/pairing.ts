// Pairing: an unknown sender gets a code, the owner approves it, and from then on the sender is known.
import { type Clock, Fault, type InboundMessage, type Json, type KeyValue } from "@homarus/sdk";

export interface PairingRequest {
  readonly channel: string;
  readonly account: string;
  readonly peerId: string;
  readonly name?: string;
  readonly code: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface Pairing {
  /** How long a request stays open (ms), and how many may be at once on a channel. */
  readonly limits: { readonly lifeMs: number; readonly openPerChannel: number };
  isPaired(message: InboundMessage): Promise<boolean>;
  /** The open request of this sender, made if there is none; undefined when the channel has too many open ones. */
  request(message: InboundMessage): Promise<PairingRequest | undefined>;
  list(): Promise<readonly PairingRequest[]>;
  approve(channel: string, code: string): Promise<PairingRequest>;
  /** Puts an open request away without letting its sender in. Rejects `invalid` for an unknown or expired code. */
  dismiss(channel: string, code: string): Promise<PairingRequest>;
  revoke(channel: string, peerId: string): Promise<boolean>;
  allowed(channel: string): Promise<readonly string[]>;
}

const limits = { lifeMs: 3_600_000, openPerChannel: 3 } as const;
const { lifeMs, openPerChannel } = limits;
/** Without letters and digits that look alike, since codes are read aloud and typed. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const codeLength = 8;

export interface PairingParts {
  readonly requests: KeyValue;
  readonly peers: KeyValue;
  readonly clock: Clock;
  /** Unpredictable bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly onRequest: (request: PairingRequest) => void;
}

export function createPairing(parts: PairingParts): Pairing {
  const { requests, peers, clock } = parts;
  const open = async (channel = ""): Promise<PairingRequest[]> => {
    const found = await requests.list(channel ? `${channel}/` : "");
    return found.map((item) => item.value as unknown as PairingRequest).filter((request) => isOpen(request, clock));
  };
  // One at a time: two messages of a stranger that come at once must get the same code.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work, work);
    last = result;
    return result;
  };
  return {
    isPaired: async (message) => (await peers.get(`${message.channel}/${message.peer.id}`)) !== undefined,
    request: (message) => inTurn(() => openRequest(message, parts)),
    limits,
    list: () => open(),
    async approve(channel, code) {
      const request = found(await open(channel), channel, code);
      await peers.set(`${channel}/${request.peerId}`, { name: request.name ?? "", since: clock.now() });
      await requests.remove(keyOf(request));
      return request;
    },
    async dismiss(channel, code) {
      const request = found(await open(channel), channel, code);
      await requests.remove(keyOf(request));
      return request;
    },
    async revoke(channel, peerId) {
      const known = (await peers.get(`${channel}/${peerId}`)) !== undefined;
      if (known) await peers.remove(`${channel}/${peerId}`);
      return known;
    },
    allowed: async (channel) => (await peers.list(`${channel}/`)).map((item) => item.key.slice(channel.length + 1)),
  };
}

function found(open: readonly PairingRequest[], channel: string, code: string): PairingRequest {
  const request = open.find((item) => item.code === code.trim().toUpperCase());
  if (request) return request;
  throw new Fault("invalid", "pairing.unknown-code", `No open request on ${channel} has the code ${code}.`, {
    hint: "Codes live for an hour. List the open ones with `homarus pairing list`, or let the sender write again.",
  });
}

function isOpen(request: PairingRequest, clock: Clock): boolean {
  return request.expiresAt > clock.now();
}

function keyOf({ channel, account, peerId }: Pick<PairingRequest, "channel" | "account" | "peerId">): string {
  return `${channel}/${account}/${peerId}`;
}

/** The sender's open request, or a new one where there is room. What has expired is put away on the way. */
async function openRequest(message: InboundMessage, parts: PairingParts): Promise<PairingRequest | undefined> {
  const { requests, clock } = parts;
  let waiting = 0;
  for (const { key, value } of await requests.list(`${message.channel}/`)) {
    const found = value as unknown as PairingRequest;
    if (!isOpen(found, clock)) await requests.remove(key);
    else if (found.peerId === message.peer.id && found.account === message.account) return found;
    else waiting += 1;
  }
  if (waiting >= openPerChannel) return undefined;
  const request = newRequest(message, parts);
  await requests.set(keyOf(request), request as unknown as Json);
  parts.onRequest(request);
  return request;
}

function newRequest(message: InboundMessage, { random, clock }: PairingParts): PairingRequest {
  const name = message.peer.name ?? message.peer.username;
  const now = clock.now();
  return {
    ...{ channel: message.channel, account: message.account, peerId: message.peer.id },
    ...(name ? { name } : {}),
    code: Array.from(random(codeLength), (byte) => alphabet[byte % alphabet.length]).join(""),
    ...{ createdAt: now, expiresAt: now + lifeMs },
  };
}

/** What an unknown sender reads. */
export function pairingText(request: PairingRequest): string {
  return [
    "Hello! I do not know you yet, so I may not answer.",
    "",
    `Your pairing code is \`${request.code}\`. Give it to my owner, who can let you in with:`,
    "",
    `\`homarus pairing approve ${request.channel} ${request.code}\``,
    "",
    "The code is good for one hour.",
  ].join("\n");
}
