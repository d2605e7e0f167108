import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSecretName, type Json, type JsonSchema, toFault } from "@homarus/sdk";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { createLog } from "../host/log.ts";
import { examine } from "./doctor.ts";
import { openGround } from "./ground.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function houseWith(rules: readonly object[]) {
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  folders.push(folder);
  const path = join(folder, "homarus.json");
  writeFileSync(path, JSON.stringify({ egress: { rules } }));
  const log = createLog({ level: "silent", format: "json" }, () => undefined);
  const options = { catalog: catalog as unknown as { entries: []; configSchema: JsonSchema }, extensions: {}, log };
  return { path, environment: { HOMARUS_HOME: folder }, options: { ...options, version: "1" } };
}

const faultOf = (work: () => unknown) => {
  try {
    work();
  } catch (thrown) {
    return toFault(thrown);
  }
  return undefined;
};

const open = { host: "*", action: "allow", private: true };

describe("ways out that would open more than was meant", () => {
  test("are refused when the house starts, each with its path and what to write", () => {
    const { environment, options } = houseWith([{ host: "a.com", action: "allow" }, open]);
    const fault = faultOf(() => openGround({ environment, ...options }));
    expect(fault?.code).toBe("config.invalid");
    expect(fault?.message).toContain("egress.rules.1.private");
    expect(fault?.message).toContain("name each private host in full");
  });

  test("are refused when the config is set, and then nothing is changed", async () => {
    const { path, environment, options } = houseWith([{ host: "a.com", action: "allow" }]);
    const ground = openGround({ environment, ...options });
    const before = readFileSync(path, "utf8");
    const fault = faultOf(() =>
      ground.config.edit([{ path: ["egress", "rules", 1], value: open as unknown as Json }], undefined),
    );
    expect(fault?.message).toContain("egress.rules.1.private");
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(ground.config.current().egress.rules).toHaveLength(1);
    writeFileSync(path, JSON.stringify({ egress: { providers: [{ provider: "nobody", secret: "a" }] } }));
    expect(ground.config.facts()).toMatchObject({ valid: false, issues: [{ path: "egress.providers.0.provider" }] });
    await ground.close();
  });

  test("or that name a secret in a way that no secret can be named are refused", () => {
    for (const secret of ["telegram/token", "../token", "a//b", "-a", "a/"]) {
      const { environment, options } = houseWith([{ host: "a.com", action: "allow", credential: { secret } }]);
      const fault = faultOf(() => void openGround({ environment, ...options }).close());
      expect(fault === undefined).toBe(isSecretName(secret));
      if (fault) expect(fault.message).toContain("egress.rules.0.credential.secret");
    }
  });

  test("are named by the doctor", async () => {
    const { environment, path } = houseWith([open]);
    const found = await examine(environment, path, false);
    expect(found.find(({ id }) => id === "config")).toMatchObject({ state: "bad" });
    expect(JSON.stringify(found)).toContain("egress.rules.0.private");
  });
});
