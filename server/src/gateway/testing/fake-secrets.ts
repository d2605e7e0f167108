// Secrets of the fake house: kept in memory, named by nobody.
import type { House } from "../house.ts";
import type { SecretWork } from "../secrets.ts";

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
