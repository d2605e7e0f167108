// A lease: secrets of the vault that the owner lets a program of his own read, for a while. What one is, and what may be
// wished for; who counts its uses is the book.
import { Fault, type Json, type Write } from "@homarus/sdk";

export interface SecretLease {
  readonly id: string;
  /** SHA-256 of the token, hex. The token itself is not kept. */
  readonly hash: string;
  /** Secrets that may be read. */
  readonly names: readonly string[];
  readonly note?: string;
  /** Unix ms, as all times here. */
  readonly createdAt: number;
  readonly endsAt: number;
  /** Values that may be given in all; absent: as many as wanted. */
  readonly uses?: number;
  readonly used: number;
  readonly usedAt?: number;
  /** The owner ended it. */
  readonly endedAt?: number;
}

export type LeaseState = "open" | "over" | "used-up" | "ended";

export interface LeaseWish {
  readonly names: readonly string[];
  /** Made by whoever asks, so that it never comes back over a wire. */
  readonly token: string;
  readonly ttlMs?: number | undefined;
  readonly uses?: number | undefined;
  readonly note?: string | undefined;
}

export const leaseLimits = {
  open: 256,
  names: 32,
  uses: 1_000_000,
  usualMs: 600_000,
  /** Leases that are over are shown for so long. */
  overMs: 86_400_000,
  /** How often a refusal of the same kind is written down. */
  noteEveryMs: 60_000,
} as const;

/** Store space. */
export const leaseSpace = "secret-leases";

/** `hl_` and 32 random bytes in base64url. */
export function looksLikeLease(text: string): boolean {
  return /^hl_[\w-]{43}$/.test(text);
}

export function leaseState({ endedAt, endsAt, uses, used }: SecretLease, now: number): LeaseState {
  if (endedAt !== undefined) return "ended";
  if (endsAt <= now) return "over";
  return uses !== undefined && used >= uses ? "used-up" : "open";
}

/** Throws `invalid` for what no lease is made of; `known` are the names that there are. */
export function checkWish({ names, token, ttlMs, uses }: LeaseWish, known: readonly string[], longestMs: number): void {
  const refuse = (code: string, message: string, hint: string): never => {
    throw new Fault("invalid", code, message, { hint });
  };
  if (!looksLikeLease(token)) refuse("lease.token", "That is no token of a lease.", "It is hl_ and 32 random bytes.");
  if (names.length === 0 || names.length > leaseLimits.names)
    refuse("lease.names", `A lease is of 1 to ${leaseLimits.names} secrets.`, "Name those that the program needs.");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    refuse("secret.unknown", `The vault has no secret ${unknown}.`, `homarus secrets set ${unknown} puts it there.`);
  if (ttlMs !== undefined && (ttlMs < 1000 || ttlMs > longestMs))
    refuse(
      "lease.time",
      `A lease lasts a second at least and ${longestMs / 60_000} minutes at most.`,
      "Say a shorter time, such as 10m; or set secrets.leases.longestMinutes.",
    );
  if (uses !== undefined && (uses < 1 || uses > leaseLimits.uses))
    refuse("lease.uses", `A lease gives 1 to ${leaseLimits.uses} values.`, "Leave it out for as many as wanted.");
}

export function putLease(lease: SecretLease): Write {
  return { type: "value-put", space: leaseSpace, key: lease.id, value: lease as unknown as Json };
}
