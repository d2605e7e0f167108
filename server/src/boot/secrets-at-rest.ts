// The vault without a house around it: for a config that names a secret which is not there, so that no house can start.
import { findHome, openHome } from "../host/files/home.ts";
import { checkSecret, openVault, type SecretFacts } from "../host/secrets/vault.ts";
import { openSqliteStore } from "../host/store/sqlite.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export function listSecretsAtRest(environment: Environment, configPath: string | undefined): readonly SecretFacts[] {
  const { folder } = findHome(environment, configPath);
  return openVault({ folder, environment, now: Date.now }).list();
}

/** Holds the folder meanwhile. Rejects where a house already lives in it. */
export async function setSecretAtRest(
  environment: Environment,
  configPath: string | undefined,
  secret: { readonly name: string; readonly value: string; readonly isMade: boolean },
): Promise<void> {
  const home = openHome(environment, configPath);
  const lock = home.lock();
  try {
    checkSecret(secret.name, secret.value);
    const store = openSqliteStore(home.statePath);
    const record = {
      type: "secret",
      at: Date.now(),
      actor: "cli",
      action: "sets",
      detail: { names: [secret.name] },
    } as const;
    await store.commit([{ type: "audit", record }]);
    openVault({ folder: home.folder, environment, now: Date.now }).write([secret]);
    await store.close();
  } finally {
    lock.release();
  }
}
