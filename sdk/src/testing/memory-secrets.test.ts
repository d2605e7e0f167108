import { describe, test } from "bun:test";
import { runContract } from "./contract.ts";
import { createMemorySecrets } from "./memory-secrets.ts";
import { secretsContract } from "./secrets.contract.ts";

async function open() {
  const secrets = createMemorySecrets();
  return { secrets, reopened: async () => secrets, [Symbol.asyncDispose]: async () => undefined };
}

runContract({ describe, test }, secretsContract, { title: "secrets in memory", capabilities: [], open });
