// What a node said of itself on connect. Kept with its connection, because operators ask for it later.
import type { ConnectParams } from "./params.ts";

export interface Introduction {
  readonly params: ConnectParams;
  readonly address: string;
  readonly isLocal: boolean;
  /** Unix ms. */
  readonly at: number;
}
