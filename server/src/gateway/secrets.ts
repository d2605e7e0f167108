// What the gateway asks of the house about secrets: their names, never their values.
import type { Json } from "@homarus/sdk";
import type { Leased } from "../core/leases/book.ts";
import type { LeaseState, LeaseWish, SecretLease } from "../core/leases/lease.ts";

export interface SecretRow {
  readonly name: string;
  /** Unix ms. */
  readonly setAt: number;
  /** The house made the value up: `rotate` makes another. */
  readonly isMade: boolean;
  /** Dotted paths of the config that name it. */
  readonly usedBy: readonly string[];
}

export interface Moved {
  /** Dotted path in the config. */
  readonly path: string;
  readonly name: string;
}

export interface Rotated {
  readonly name: string;
  /** What has to be done now, in words; absent where nothing has. */
  readonly next?: string;
}

/** Undefined takes the value out. */
export interface KeptChange {
  readonly path: readonly (string | number)[];
  readonly value: Json | undefined;
}

export interface RotateWish {
  /** Absent: everything that the house has made. */
  readonly names?: readonly string[] | undefined;
  /** New values for secrets of the vault that were made, by name. */
  readonly fresh?: Readonly<Record<string, string>> | undefined;
}

export interface SecretWork {
  list(): Promise<readonly SecretRow[]>;
  /** Takes effect at once in all that names it. Rejects `invalid` for a bad name or an empty value. */
  set(name: string, value: string, wish: { readonly by: string; readonly isMade?: boolean | undefined }): Promise<void>;
  /** False where there was none. Rejects `invalid` while the config names it. */
  remove(name: string, by: string): Promise<boolean>;
  /** Removes what begins so and is named nowhere any more. */
  forget(beginning: string, by: string): Promise<void>;
  /** Moves the secrets that stand in the config file into the vault; with `dryRun` only says which. */
  moveIn(dryRun: boolean, by: string): Promise<readonly Moved[]>;
  /** Changes the config, with the secrets among it in the vault and their names in the file. */
  keep(changes: readonly KeptChange[], by: string): Promise<void>;
  /** Rejects `invalid` for a name that there is not, before anything is changed. */
  rotate(wish: RotateWish, by: string): Promise<readonly Rotated[]>;
}

/** Without the hash of its token: nobody need see it. */
export type LeaseFacts = Omit<SecretLease, "hash"> & { readonly state: LeaseState };

export interface LeaseWork {
  /** Rejects `config` while leases are off. `socket` is the path on which programs ask. */
  make(wish: LeaseWish, by: string): Promise<{ readonly lease: LeaseFacts; readonly socket: string }>;
  list(): Promise<readonly LeaseFacts[]>;
  /** Undefined ends all that are open; gives back which. Rejects `invalid` for one that is not open. */
  end(id: string | undefined, by: string): Promise<readonly string[]>;
  /** What whoever has the token is given. For the socket alone. */
  use(token: string, name: string): Promise<Leased>;
}
