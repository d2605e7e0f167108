import { expect, test } from "bun:test";
import type { CatalogEntry, JsonSchema } from "@homarus/sdk";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { withDefaults } from "../host/config/check.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { sandboxFindings } from "./doctor-sandbox.ts";

const findings = (config: object) =>
  sandboxFindings(
    withDefaults(config as never, catalog.configSchema as unknown as JsonSchema) as unknown as HouseConfig,
    catalog.entries as unknown as readonly CatalogEntry[],
    "/no/such/state",
  );

test("[L19] the doctor says what the sandbox in use enforces on this machine", async () => {
  const [first] = await findings({});
  expect(first).toMatchObject({ id: "sandbox", state: "good" });
  expect(first?.text).toMatch(/^bubblewrap works: namespaces .*seccomp .*prlimit/);
});

test("[L16] it warns where the owner lets commands have the whole account", async () => {
  for (const config of [{ sandbox: "none" }, { sandboxMode: "off" }, { sandboxMode: "non-main" }]) {
    const [first] = await findings(config);
    expect(first?.state).toBe("note");
    expect(first?.text).toContain("whole account");
  }
});

test("a sandbox in use that does not work is bad, and so is a mount that no list allows", async () => {
  const broken = await findings({ sandboxes: { bubblewrap: { program: "/no/such/bwrap" } } });
  expect(broken[0]).toMatchObject({ state: "bad", next: expect.stringContaining("apt-get install bubblewrap") });
  const mounted = await findings({ agents: { list: [{ id: "main", mounts: [{ source: "/data" }] }] } });
  expect(mounted.at(-1)).toMatchObject({ state: "bad", text: expect.stringContaining("there is no list") });
});
