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
  isPaired(message: InboundMessage): Promise<boolean>;
  /** The open request of this sender, made if there is none; undefined when the channel has too many open ones. */
  request(message: InboundMessage): Promise<PairingRequest | undefined>;
  list(): Promise<readonly PairingRequest[]>;
  approve(channel: string, code: string): Promise<PairingRequest>;
  revoke(channel: string, peerId: string): Promise<boolean>;
  allowed(channel: string): Promise<readonly string[]>;
}

const lifeMs = 3_600_000;
const openPerChannel = 3;
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
    const found = (await requests.list(channel ? `${channel}/` : "")).map(
      (item) => item.value as unknown as PairingRequest,
    );
    return found.filter((request) => request.expiresAt > clock.now());
  };
  return {
    isPaired: async (message) => (await peers.get(`${message.channel}/${message.peer.id}`)) !== undefined,
    async request(message) {
      const waiting = await open(message.channel);
      const mine = waiting.find((request) => request.peerId === message.peer.id && request.account === message.account);
      if (mine) return mine;
      if (waiting.length >= openPerChannel) return undefined;
      const code = Array.from(parts.random(codeLength), (byte) => alphabet[byte % alphabet.length]).join("");
      const name = message.peer.name ?? message.peer.username;
      const now = clock.now();
      const request: PairingRequest = {
        channel: message.channel,
        account: message.account,
        peerId: message.peer.id,
        ...(name ? { name } : {}),
        code,
        createdAt: now,
        expiresAt: now + lifeMs,
      };
      await requests.set(`${message.channel}/${message.peer.id}`, request as unknown as Json);
      parts.onRequest(request);
      return request;
    },
    list: () => open(),
    async approve(channel, code) {
      const request = (await open(channel)).find((item) => item.code === code.trim().toUpperCase());
      if (!request) {
        throw new Fault("invalid", "pairing.unknown-code", `No open request on ${channel} has the code ${code}.`, {
          hint: "Codes live for an hour. List the open ones with `homarus pairing list`, or let the sender write again.",
        });
      }
      await peers.set(`${channel}/${request.peerId}`, { name: request.name ?? "", since: clock.now() });
      await requests.remove(`${channel}/${request.peerId}`);
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
