import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toFault } from "@homarus/sdk";
import { runContract, secretsContract } from "@homarus/sdk/testing";
import { openVault, vaultSecrets } from "./vault.ts";

const fresh = () => mkdtempSync(join(tmpdir(), "vault-"));
const on = (folder: string, environment: Readonly<Record<string, string>> = {}) =>
  openVault({ folder, environment, now: () => 1 });
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "no fault";
  } catch (thrown) {
    return `${toFault(thrown).kind} ${toFault(thrown).code}`;
  }
};

for (const environment of [{}, { HOMARUS_VAULT_PASSPHRASE: "correct horse" }] as const) {
  const open = async () => {
    const folder = fresh();
    return {
      secrets: vaultSecrets(on(folder, environment)),
      reopened: async () => vaultSecrets(on(folder, environment)),
      [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
    };
  };
  const title = `the vault, by ${Object.keys(environment).length > 0 ? "passphrase" : "key file"}`;
  runContract({ describe, test }, secretsContract, { title, capabilities: [], open });
}

test("[L30] the file holds no value in any plain form, and only its owner reads it and its key", () => {
  const folder = fresh();
  on(folder).write([{ name: "telegram/token", value: "123456:plain-canary-value" }]);
  for (const file of ["vault.json", "vault.key"]) {
    expect(readFileSync(join(folder, file), "latin1")).not.toContain("canary");
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  }
  expect(existsSync(join(folder, "vault.json.new"))).toBe(false);
});

test("[L30] every byte of the file counts: one that is altered is noticed, and so is a value under another name", () => {
  const folder = fresh();
  const path = join(folder, "vault.json");
  on(folder).write([
    { name: "a", value: "value of a" },
    { name: "b", value: "value of b" },
  ]);
  const good = readFileSync(path);
  const seen = new Set<string>();
  for (let index = 0; index < good.length; index += 1) {
    const bad = Buffer.from(good);
    bad[index] = (bad[index] ?? 0) ^ 1;
    writeFileSync(path, bad);
    seen.add(codeOf(() => on(folder).read("a")));
  }
  for (const length of [0, 10, good.length - 1]) {
    writeFileSync(path, good.subarray(0, length));
    seen.add(codeOf(() => on(folder).read("a")));
  }
  writeFileSync(path, Buffer.concat([good, Buffer.from("\n")]));
  seen.add(codeOf(() => on(folder).read("a")));
  expect([...seen].sort()).toEqual(["config vault.damaged", "config vault.key", "config vault.version"]);
  writeFileSync(path, good);
  expect(on(folder).read("a")).toBe("value of a");
});

test("a vault that cannot be trusted is not written over", () => {
  const folder = fresh();
  on(folder).write([{ name: "a", value: "1" }]);
  const path = join(folder, "vault.json");
  writeFileSync(path, readFileSync(path, "utf8").replace('"at":1', '"at":2'));
  const before = readFileSync(path, "utf8");
  expect(codeOf(() => on(folder).write([{ name: "b", value: "2" }]))).toBe("config vault.damaged");
  expect(codeOf(() => on(folder).rotateKey())).toBe("config vault.damaged");
  expect(readFileSync(path, "utf8")).toBe(before);
});

test("[L30] a key that others can read is refused, with the command that mends it", () => {
  const folder = fresh();
  on(folder).write([{ name: "a", value: "1" }]);
  const path = join(folder, "vault.key");
  for (const mode of [0o640, 0o604, 0o660]) {
    chmodSync(path, mode);
    const fault = (() => {
      try {
        return toFault(on(folder).read("a"));
      } catch (thrown) {
        return toFault(thrown);
      }
    })();
    expect(fault).toMatchObject({ code: "vault.key-open" });
    expect(fault.hint).toContain(`chmod 600 ${path}`);
  }
  chmodSync(path, 0o600);
  expect(on(folder).read("a")).toBe("1");
});

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)(
  "[L30] a key of another user is refused, with the command that mends it; and nothing is changed",
  () => {
    const folder = fresh();
    on(folder).write([{ name: "a", value: "1" }]);
    const [key, vault] = [join(folder, "vault.key"), join(folder, "vault.json")];
    const before = [readFileSync(key, "utf8"), readFileSync(vault, "utf8")];
    chownSync(key, 12_345, 12_345);
    for (const work of [
      () => on(folder).read("a"),
      () => on(folder).write([{ name: "b", value: "2" }]),
      () => on(folder).rotateKey(),
    ]) {
      const fault = (() => {
        try {
          return toFault(work());
        } catch (thrown) {
          return toFault(thrown);
        }
      })();
      expect(fault).toMatchObject({ kind: "config", code: "vault.key-owner" });
      expect(fault.hint).toContain("chown");
    }
    expect([readFileSync(key, "utf8"), readFileSync(vault, "utf8")]).toEqual(before);
    chownSync(key, 0, 0);
    expect(on(folder).read("a")).toBe("1");
  },
);

test("[L31] a new key of the vault leaves every value as it was; the old key and the old file no longer fit", () => {
  const folder = fresh();
  const vault = on(folder);
  vault.write([{ name: "a", value: "1" }]);
  copyFileSync(join(folder, "vault.key"), join(folder, "old.key"));
  vault.write([{ name: "b", value: "2", isMade: true }]);
  vault.rotateKey();
  for (const it of [vault, on(folder)]) {
    expect([it.read("a"), it.read("b")]).toEqual(["1", "2"]);
    expect(it.list()).toEqual([
      { name: "a", setAt: 1, isMade: false },
      { name: "b", setAt: 1, isMade: true },
    ]);
  }
  copyFileSync(join(folder, "old.key"), join(folder, "vault.key"));
  expect(codeOf(() => on(folder).read("a"))).toBe("config vault.key");
});

test("[L31] a crash at any step of the rotation leaves a vault that opens", () => {
  const folder = fresh();
  on(folder).write([{ name: "a", value: "1" }]);
  const files = () => ["vault.key", "vault.json"].map((file) => readFileSync(join(folder, file), "utf8"));
  const before = files();
  on(folder).rotateKey();
  const after = files();
  const both = JSON.stringify({ ...JSON.parse(before[0] ?? ""), ...JSON.parse(after[0] ?? "") });
  // As they stand one after the other: key file with both keys, vault under the new one, key file with that one alone.
  for (const [keys, vault] of [
    [before[0], before[1]],
    [both, before[1]],
    [both, after[1]],
    [after[0], after[1]],
  ]) {
    writeFileSync(join(folder, "vault.key"), keys ?? "");
    writeFileSync(join(folder, "vault.json"), vault ?? "");
    expect(on(folder).read("a")).toBe("1");
    on(folder).rotateKey();
    expect(Object.keys(JSON.parse(files()[0] ?? ""))).toHaveLength(1);
    expect(on(folder).read("a")).toBe("1");
  }
});

test("a vault moves to a passphrase, to another one, and back to a key file, by new keys", () => {
  const folder = fresh();
  const read = (environment: Readonly<Record<string, string>>) => codeOf(() => on(folder, environment).read("a"));
  on(folder).write([{ name: "a", value: "1" }]);
  on(folder, { HOMARUS_VAULT_PASSPHRASE: "one" }).rotateKey();
  expect(existsSync(join(folder, "vault.key"))).toBe(false);
  expect(read({})).toBe("config vault.passphrase");
  expect(read({ HOMARUS_VAULT_PASSPHRASE: "two" })).toBe("config vault.damaged");
  on(folder, { HOMARUS_VAULT_PASSPHRASE: "two", HOMARUS_VAULT_PASSPHRASE_OLD: "one" }).rotateKey();
  expect(read({ HOMARUS_VAULT_PASSPHRASE: "one" })).toBe("config vault.damaged");
  expect(on(folder, { HOMARUS_VAULT_PASSPHRASE: "two" }).read("a")).toBe("1");
  on(folder, { HOMARUS_VAULT_PASSPHRASE_OLD: "two" }).rotateKey();
  expect(on(folder).read("a")).toBe("1");
});

test("a house without a vault opens no file for it, and asking does not make one", () => {
  const folder = fresh();
  const vault = on(folder);
  expect([vault.exists(), vault.read("a"), vault.list()]).toEqual([false, undefined, []]);
  vault.rotateKey();
  expect([existsSync(join(folder, "vault.json")), existsSync(join(folder, "vault.key"))]).toEqual([false, false]);
});
