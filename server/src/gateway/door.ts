// What all parts of an open gateway share: the house behind it and the people before it. One object per gateway.
import type { Clock } from "@homarus/sdk";
import type { Audience, Member } from "./audience.ts";
import type { CallLimit } from "./call-limit.ts";
import type { Role } from "./caller.ts";
import type { Address } from "./handshake/address.ts";
import type { Doorkeeper } from "./handshake/decide.ts";
import type { Logins } from "./handshake/logins.ts";
import type { Health } from "./health.ts";
import type { House } from "./house.ts";
import type { Presence } from "./presence.ts";
import type { RunBook } from "./runs/run-book.ts";
import type { RunTeller } from "./runs/tell.ts";
import type { GatewaySettings } from "./settings.ts";
import type { Protocol } from "./wire.ts";

export interface Door {
  readonly house: House;
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly keeper: Doorkeeper;
  /** What the audit has of logins. */
  readonly logins: Logins;
  readonly audience: Audience;
  readonly presence: Presence;
  readonly health: Health;
  readonly runs: RunBook;
  readonly teller: RunTeller;
  readonly calls: CallLimit;
  /** Names this process in the hellos of protocol 4. */
  readonly bootId: string;
  /** Ends with the gateway. */
  readonly life: AbortSignal;
  /** Tells all clients who is here now, soon and once for many changes. */
  readonly presenceChanged: () => void;
  /** The one instance of a part that is made when it is first asked for, so that a door at rest does not hold it. */
  part<P>(kind: new (door: Door) => P): P;
  /** Called with each member that has gone. Returns how to stop. */
  onLeave(listener: (member: Member) => void): () => void;
}

/** The client behind a call: a connection, or a program inside this process. */
export interface Caller {
  readonly connectionId: string;
  readonly from: Address;
  readonly role: Role;
  /** Scopes as bits: see caller.ts. */
  readonly granted: number;
  readonly protocol: Protocol;
  /** It may be newer than we are: keys that we do not know are let pass. */
  readonly isOpen: boolean;
  readonly clientId: string;
  readonly mode: string;
  readonly displayName: string | undefined;
  readonly deviceId: string | undefined;
  /** The key that it came in by; absent for every other login. */
  readonly keyId?: string | undefined;
  readonly hasToolEvents: boolean;
  /** Where events for it alone go; undefined when it listens to none. */
  readonly member: Member | undefined;
  /** It used a method of another role. */
  strayed(): void;
}

export function stateVersion(door: Pick<Door, "presence" | "health">): string {
  return `{"presence":${door.presence.version},"health":${door.health.version}}`;
}

/** The parts of a door that are made at first use. */
export function lazyParts(door: () => Door): Door["part"] {
  const made = new Map<unknown, unknown>();
  return <P>(kind: new (door: Door) => P): P => {
    const known = made.get(kind);
    if (known !== undefined) return known as P;
    const part = new kind(door());
    made.set(kind, part);
    return part;
  };
}
