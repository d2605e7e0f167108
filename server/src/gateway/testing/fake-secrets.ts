// Secrets of the fake house: kept in memory, named by nobody.
import type { House } from "../house.ts";
import type { LeaseFacts, LeaseWork, SecretWork } from "../secrets.ts";

export function createFakeSecrets(config: House["config"]): SecretWork {
  const values = new Map<string, string>();
  return {
    list: async () => [...values.keys()].sort().map((name) => ({ name, setAt: 1, isMade: false, usedBy: [] })),
    set: async (name, value) => void values.set(name, value),
    remove: async (name) => values.delete(name),
    forget: async () => undefined,
    moveIn: async () => [],
    async keep(changes) {
      await config.edit(changes);
    },
    rotate: async ({ names }) => (names ?? ["gateway-token"]).map((name) => ({ name, next: "Log in again." })),
  };
}

/** Leases of the fake house: of any name, and used by nobody. */
export function createFakeLeases(): LeaseWork {
  const leases: LeaseFacts[] = [];
  return {
    async make({ names, ttlMs = 600_000 }) {
      const id = `lease-${leases.length + 1}`;
      const lease: LeaseFacts = { id, names, createdAt: 1, endsAt: 1 + ttlMs, used: 0, state: "open" };
      leases.push(lease);
      return { lease, socket: "/state/run/secrets.sock" };
    },
    list: async () => leases,
    use: async () => ({ type: "unknown" }),
    end: async (id) => leases.splice(0).flatMap((lease) => (id === undefined || id === lease.id ? [lease.id] : [])),
  };
}
