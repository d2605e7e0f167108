// What a run of the store contract is given.
import type { Store } from "../ports/store.ts";

export interface StoreWorld {
  store: Store;
  /** Closes the store and opens the same state again, as after a restart. Absent where nothing outlives a close. */
  reopen?: () => Promise<Store>;
}
