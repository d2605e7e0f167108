// Changes of the config, as the audit has them: who, and which settings, never what they are. What was changed while no
// house ran is found by the file's hash.
import { type AuditRecord, type Clock, type Log, type Store, toFault, type Write } from "@homarus/sdk";
import type { ConfigSwap } from "../host/config/live.ts";

export interface ConfigAuditParts {
  readonly store: Pick<Store, "commit" | "values">;
  readonly clock: Clock;
  readonly log: Pick<Log, "error">;
}

const space = "house";
const key = "config-hash";
const mostNamed = 40;

export interface ConfigAudit {
  /** After a change has taken effect. */
  changed(swap: ConfigSwap): void;
  /** At the start: whether it is as it was last seen. Never rejects. */
  began(hash: string): Promise<void>;
}

export function createConfigAudit({ store, clock, log }: ConfigAuditParts): ConfigAudit {
  const put = (hash: string): Write => ({ type: "value-put", space, key, value: hash });
  const keep = async (hash: string, record: Omit<AuditRecord, "type" | "at"> | undefined): Promise<void> => {
    const audit: Write[] = record
      ? [{ type: "audit", record: { type: "config-changed", at: clock.now(), ...record } }]
      : [];
    try {
      await store.commit([...audit, put(hash)]);
    } catch (thrown) {
      log.error("config.change-not-kept", { fault: toFault(thrown).toJSON() });
    }
  };
  return {
    changed({ by, settings, hash }) {
      const more = settings.length > mostNamed ? { more: settings.length - mostNamed } : {};
      const detail = { settings: settings.slice(0, mostNamed), ...more, hash };
      void keep(hash, { actor: by ?? "the file", action: "changes the config", detail });
    },
    async began(hash) {
      const before = await store
        .values(space)
        .get(key)
        .catch(() => hash);
      if (before === hash) return;
      const away = { actor: "the file", action: "was changed while no house ran", detail: { hash } };
      await keep(hash, before === undefined ? undefined : away);
    },
  };
}
