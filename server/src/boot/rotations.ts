// What a room adds to the command that makes all secrets of the house anew.
import type { Write } from "@homarus/sdk";

/** One secret, or kind of secrets, that can be made anew. */
export interface Rotation {
  readonly name: string;
  /** False where there is none yet: it is made new at its first use. */
  isThere(): boolean | Promise<boolean>;
  /** With the audit's line: in the same commit where the secret stands in the store, before the act where it is a file. */
  rotate(record: Write): Promise<void>;
  readonly next?: string;
}
