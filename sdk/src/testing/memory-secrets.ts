// Secrets kept in memory, for tests.
import { Fault } from "../errors.ts";
import { isSecretName, type Secrets } from "../ports/secrets.ts";

export function createMemorySecrets(given: Readonly<Record<string, string>> = {}): Secrets {
  const values = new Map(Object.entries(given));
  return {
    get: async (name) => values.get(name),
    async set(name, value) {
      if (!isSecretName(name)) throw new Fault("invalid", "secret.name", "That is no name of a secret.");
      if (value === "") throw new Fault("invalid", "secret.empty", `No value was given for ${name}.`);
      values.set(name, value);
    },
    remove: async (name) => values.delete(name),
    names: async () => [...values.keys()].sort(),
  };
}
