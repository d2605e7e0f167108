// What all parts of an open gateway share: the house behind it and the people before it. One object per gateway.
import type { Clock } from "@homarus/sdk";
import type { Audience, Member } from "./audience.ts";
import type { Doorkeeper } from "./handshake/decide.ts";
import type { Health } from "./health.ts";
import type { House } from "./house.ts";
import type { Presence } from "./presence.ts";
import type { RunBook } from "./runs/run-book.ts";
import type { RunTeller } from "./runs/tell.ts";
import type { GatewaySettings } from "./settings.ts";

export interface Door {
  readonly house: House;
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly keeper: Doorkeeper;
  readonly audience: Audience;
  readonly presence: Presence;
  readonly health: Health;
  readonly runs: RunBook;
  readonly teller: RunTeller;
  /** Tells all clients who is here now, soon and once for many changes. */
  readonly presenceChanged: () => void;
}

/** The client behind a call. */
export interface Caller extends Member {
  readonly connectionId: string;
  readonly clientId: string;
  readonly mode: string;
  readonly displayName: string | undefined;
  readonly deviceId: string | undefined;
  readonly hasToolEvents: boolean;
}

export function stateVersion(door: Pick<Door, "presence" | "health">): string {
  return `{"presence":${door.presence.version},"health":${door.health.version}}`;
}
