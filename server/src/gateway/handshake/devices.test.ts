import { describe, expect, test } from "bun:test";
import { createMemoryStore } from "@homarus/sdk/testing";
import { type Asked, covers, Devices, tokenOf } from "./devices.ts";

const asked: Asked = {
  ...{ deviceId: "d", publicKey: "k", platform: "linux", clientId: "cli", clientMode: "cli", remoteIp: "::1" },
  role: "operator",
  scopes: ["operator.read"],
};

describe("devices", () => {
  test("one device's connects are worked on one after the other, also after one failed; others do not wait", async () => {
    const devices = new Devices(createMemoryStore());
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = devices.alone("d", async () => {
      order.push("first begins");
      await gate.promise;
      order.push("first ends");
      throw new Error("first failed");
    });
    const second = devices.alone("d", async () => order.push("second"));
    await devices.alone("e", async () => order.push("other"));
    gate.resolve();
    expect(await first.catch((thrown: Error) => thrown.message)).toBe("first failed");
    await second;
    expect(order).toEqual(["first begins", "other", "first ends", "second"]);
  });

  test("a token is known by its hash, for its role and what its scopes cover, and the eight newest are kept", async () => {
    const devices = new Devices(createMemoryStore());
    await devices.approve(undefined, asked, 1);
    const tokens: string[] = [];
    for (let issue = 0; issue < 9; issue++) {
      const record = await devices.find("d");
      if (record) tokens.push(await devices.issue(record, "operator", asked.scopes, issue));
    }
    const record = await devices.find("d");
    if (!record) throw new Error("the device was forgotten");
    const known = tokens.map((token) => tokenOf(record, token, "operator", asked.scopes) !== undefined);
    expect(known).toEqual([false, true, true, true, true, true, true, true, true]);
    const newest = tokens[8] ?? "";
    expect(tokenOf(record, newest, "node", [])).toBeUndefined();
    expect(tokenOf(record, newest, "operator", ["operator.write"])).toBeUndefined();
    expect(JSON.stringify(record)).not.toContain(newest);
  });

  test("no more than 32 wishes are kept, the newest", async () => {
    const store = createMemoryStore();
    const devices = new Devices(store);
    for (let wish = 0; wish < 40; wish++) await devices.request(undefined, { ...asked, deviceId: `d${wish}` }, wish);
    const kept = await store.values("device-requests").list();
    expect(kept).toHaveLength(32);
    expect(JSON.stringify(kept)).not.toContain('"d7"');
    expect(JSON.stringify(kept)).toContain('"d8"');
  });

  test("admin covers all, write covers read, and nothing else covers another", () => {
    expect(covers(["operator.admin"], ["operator.write", "operator.pairing"])).toBe(true);
    expect(covers(["operator.write"], ["operator.read"])).toBe(true);
    expect(covers(["operator.read"], ["operator.write"])).toBe(false);
    expect(covers(["operator.pairing"], ["operator.approvals"])).toBe(false);
    expect(covers([], [])).toBe(true);
  });
});
