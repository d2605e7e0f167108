// All secrets that the house knows at this moment, by name: what must not leave, and what is put in for a sandbox.
import type { EgressSecret } from "@homarus/sdk";
import type { Environment } from "./ground.ts";

export interface KnownSecretsParts {
  readonly environment: Environment;
  /** Values of the config's secrets. */
  readonly config: () => readonly string[];
}

/** Shorter ones are in too many innocent words to be looked for. */
const shortest = 8;

/** The same list is given while nothing has changed. */
export function createKnownSecrets({ environment, config }: KnownSecretsParts): () => readonly EgressSecret[] {
  const named = Object.entries(environment).flatMap(([name, value]): EgressSecret[] =>
    value !== undefined && value.length >= shortest && /_(API_KEY|TOKEN|SECRET|PASSWORD|KEY)$/.test(name)
      ? [{ name, value }]
      : [],
  );
  let last: { readonly key: string; readonly secrets: readonly EgressSecret[] } | undefined;
  return () => {
    const values = config();
    const key = values.join("\n");
    if (last?.key === key) return last.secrets;
    const known = new Set(named.map(({ value }) => value));
    const others = values.filter((value) => value.length >= shortest && !known.has(value));
    const secrets = [...named, ...others.map((value, index) => ({ name: `config ${index + 1}`, value }))];
    last = { key, secrets };
    return secrets;
  };
}
