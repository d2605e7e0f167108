// Where secrets are taken out on the way to places that keep things or show them: the audit, what happens, the log.
import type { Store } from "@homarus/sdk";
import type { Redactor } from "../core/redact/redactor.ts";
import type { Tap } from "../core/tap.ts";

/** Records of the audit stay for good and cannot be mended. */
export function redactedStore(store: Store, { json }: Redactor): Store {
  return {
    ...store,
    commit: (writes, options) =>
      store.commit(
        writes.map((write) => (write.type === "audit" ? { ...write, record: json(write.record) } : write)),
        options,
      ),
  };
}

/** Whoever watches may tell it to others. */
export function redactedTap(tap: Tap, { json }: Redactor): Tap {
  return { ...tap, emit: (event) => tap.emit(json(event)) };
}
