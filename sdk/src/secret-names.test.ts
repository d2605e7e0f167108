import { expect, test } from "bun:test";
import { isSecretVariable, mayNameSecret, namesSecret } from "./secret-names.ts";

test.each([
  ...["token", "botToken", "X-Api-Key", "api_key", "apiKey", "Proxy-Authorization", "Set-Cookie", "clientSecret"],
  ...["passphrase", "PASSWORD", "X-Hub-Signature-256", "credentials"],
])("%s speaks of a secret wherever it stands", (name) => {
  expect([namesSecret(name), mayNameSecret(name)]).toEqual([true, true]);
});

test.each(["sessionKey", "pass", "auth", "DB_PASS", "KEY"])("%s speaks of one where little is lost by it", (name) => {
  expect([namesSecret(name), mayNameSecret(name)]).toEqual([false, true]);
});

test.each(["agent", "author", "url", "Content-Type", "name"])("%s speaks of none", (name) => {
  expect([namesSecret(name), mayNameSecret(name)]).toEqual([false, false]);
});

test("a variable says in its last word whether it brings a secret", () => {
  const secret = ["OPENAI_API_KEY", "HOMARUS_GATEWAY_TOKEN", "A_SECRET_OLD", "A_PASSWORD", "VAULT_PASSPHRASE"];
  expect(secret.filter((name) => !isSecretVariable(name))).toEqual([]);
  const plain = ["SSH_AUTH_SOCK", "A_TOKEN_FILE", "A_KEYS", "KEY", "MONKEY", "GOOGLE_APPLICATION_CREDENTIALS"];
  expect(plain.filter(isSecretVariable)).toEqual([]);
});
