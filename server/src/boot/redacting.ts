// Where secrets are taken out on the way to places that keep things or show them: the audit, what happens, the log.
import type { Store, Write } from "@homarus/sdk";
import type { Redactor } from "../core/redact/redactor.ts";
import type { Tap } from "../core/tap.ts";

/** Small ones, that hold words of vendors and stay for long; the audit's for good. What is said is masked before it. */
const masked: ReadonlySet<Write["type"]> = new Set(["audit", "outbox-state", "inbox-outcome", "job-run", "ledger"]);

export function redactedStore(store: Store, { json }: Redactor): Store {
  return {
    ...store,
    commit: (writes, options) =>
      store.commit(
        writes.map((write) => (masked.has(write.type) ? json(write) : write)),
        options,
      ),
  };
}

/** Whoever watches may tell it to others. */
export function redactedTap(tap: Tap, { json }: Redactor): Tap {
  return { ...tap, emit: (event) => tap.emit(json(event)) };
}
