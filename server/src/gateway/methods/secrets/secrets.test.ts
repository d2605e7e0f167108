import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import type { House } from "../../house.ts";
import type { LeaseWork, SecretWork } from "../../secrets.ts";
import { openForTest, openRaw } from "../../testing/open-for-test.ts";

const canary = "canary-value-0123456789";
const token = `hl_${canary}${"x".repeat(43 - canary.length)}`;

/** Each call of the house is noted: what is refused at the door must not reach it. */
function open(work: Partial<SecretWork> = {}) {
  const reached: string[] = [];
  const noted = <Work extends SecretWork | LeaseWork>(given: Work): Work =>
    new Proxy(
      { ...given, ...work },
      {
        get(of, name) {
          reached.push(String(name));
          return of[name as keyof Work];
        },
      },
    );
  const machine = { listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() };
  const house = openForTest({
    ...machine,
    house: (given: House) => ({ ...given, secrets: noted(given.secrets), leases: noted(given.leases) }),
  });
  return house.then((it) => Object.assign(it, { reached }));
}

const methods = [
  ...(["secrets.list", "secrets.set", "secrets.remove", "secrets.import", "secrets.rotate"] as const),
  ...(["secrets.leases.create", "secrets.leases.list", "secrets.leases.end"] as const),
] as const;
const good: Readonly<Record<(typeof methods)[number], object>> = {
  "secrets.list": {},
  "secrets.set": { name: "a/b", value: canary },
  "secrets.remove": { name: "a/b" },
  "secrets.import": { dryRun: true },
  "secrets.rotate": { names: ["a/b"], fresh: { "a/b": canary } },
  "secrets.leases.create": { names: ["a/b"], token, note: canary.slice(0, 3) },
  "secrets.leases.list": {},
  "secrets.leases.end": {},
};

const bad: readonly (readonly [method: string, params: unknown])[] = [
  ["secrets.set", {}],
  ["secrets.set", { name: "a" }],
  ["secrets.set", { name: "", value: canary }],
  ["secrets.set", { name: "a", value: "" }],
  ["secrets.set", { name: "a", value: [canary] }],
  ["secrets.set", { name: { of: canary }, value: canary }],
  ["secrets.set", { name: "a", value: canary, made: canary }],
  ["secrets.set", [canary]],
  ["secrets.set", canary],
  ["secrets.remove", {}],
  ["secrets.remove", { name: 7 }],
  ["secrets.import", { dryRun: canary }],
  ["secrets.rotate", { names: canary }],
  ["secrets.rotate", { names: [""] }],
  ["secrets.rotate", { fresh: { a: { value: canary } } }],
  ["secrets.rotate", { fresh: [canary] }],
  ["secrets.leases.create", { names: ["a"] }],
  ["secrets.leases.create", { names: [], token }],
  ["secrets.leases.create", { names: ["a"], token: canary }],
  ["secrets.leases.create", { names: ["a"], token, ttlMs: 0 }],
  ["secrets.leases.create", { names: ["a"], token, uses: canary }],
  ["secrets.leases.create", { names: ["a"], token, note: canary.repeat(20) }],
  ["secrets.leases.end", { id: 7 }],
];

describe("methods about secrets", () => {
  test.each([...methods])("[L30] %s is for the owner alone, and never tells a value", async (method) => {
    await using it = await open();
    for (const scopes of [["operator.read"], ["operator.write", "operator.approvals", "operator.pairing"], []]) {
      const visitor = await it.connect({ scopes });
      const { ok, error } = await visitor.call(method, good[method]);
      expect([ok, error.message]).toEqual([false, expect.stringContaining("operator.admin")]);
    }
    expect(it.reached).toEqual([]);
    const owner = await it.connect();
    await owner.call("secrets.set", { name: "known", value: canary });
    expect((await owner.call(method, good[method])).ok).toBe(true);
    expect(JSON.stringify(owner.frames)).not.toContain(canary);
  });

  test.each(bad.map(([method, params]) => ({ method, params })))(
    "what does not fit is refused at the door and its value is not repeated: $method",
    async ({ method, params }) => {
      await using it = await open();
      const owner = await it.connect();
      const { ok, error } = await owner.call(method, params);
      expect([ok, error.code]).toEqual([false, "INVALID_REQUEST"]);
      expect(JSON.stringify(owner.frames)).not.toContain(canary);
      expect(it.reached).toEqual([]);
    },
  );

  test("[L31] new logins send everybody away but who asked, and other secrets nobody", async () => {
    await using it = await open();
    const [owner, other, reader] = [
      await it.connect(),
      await it.connect(),
      await it.connect({ scopes: ["operator.read"] }),
    ];
    await owner.call("secrets.rotate", { names: ["receipts-key", "vault-key"] });
    expect((await other.call("health")).ok).toBe(true);
    for (const names of [["gateway-token"], ["session-key"], ["device-tokens"]]) {
      const guest = await it.connect();
      expect((await owner.call("secrets.rotate", { names })).payload.rotated).toMatchObject([{ name: names[0] }]);
      expect(await guest.closed).toMatchObject({ code: 1008, reason: expect.stringContaining("log in again") });
    }
    expect([(await other.closed).code, (await reader.closed).code]).toEqual([1008, 1008]);
    expect((await owner.call("health")).ok).toBe(true);
  });

  test("[L31] a rotation that was refused sends nobody away", async () => {
    await using it = await open({ rotate: () => Promise.reject(new Error("no disk")) });
    const [owner, other] = [await it.connect(), await it.connect()];
    expect((await owner.call("secrets.rotate", { names: ["gateway-token"] })).ok).toBe(false);
    expect((await other.call("health")).ok).toBe(true);
  });

  test("[L02] a lease is the owner's to make: a program with a key makes none, whatever the key may", async () => {
    await using it = await open();
    const owner = await it.connect();
    const { secret } = (await owner.call("access.keys.create", { name: "all", scopes: ["operator.admin"] })).payload;
    const program = await openRaw(it.url);
    await program.hello({ scopes: ["operator.admin"], auth: { token: secret } });
    const { ok, error } = await program.call("secrets.leases.create", { names: ["a"], token });
    expect([ok, error.message]).toEqual([false, expect.stringContaining("A key makes no leases")]);
    expect(it.reached).toEqual([]);
    const made = await owner.call("secrets.leases.create", { names: ["a"], token, ttlMs: 5000 });
    expect(made.payload).toMatchObject({ lease: { names: ["a"], state: "open" }, socket: "/state/run/secrets.sock" });
    expect((await owner.call("secrets.leases.list")).payload.leases).toEqual([made.payload.lease]);
    expect((await owner.call("secrets.leases.end")).payload).toEqual({ ended: [made.payload.lease.id] });
  });
});
