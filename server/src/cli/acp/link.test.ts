import { expect, test } from "bun:test";
import type { GatewayClient } from "@homarus/sdk/client";
import type { Connected } from "../connect.ts";
import { openLink } from "./link.ts";

interface FakeGateway extends Connected {
  isEnded: boolean;
}

function fakeGateway(isLasting: boolean): FakeGateway {
  const client = {
    state: "open",
    request: async (method: string) => `${method} answered`,
    ready: async () => ({}),
    close: () => undefined,
  };
  const gateway: FakeGateway = {
    ...{ client: client as unknown as GatewayClient, isEmbedded: !isLasting, isLasting, address: "x", isEnded: false },
    openDoor: () => new WebSocket("ws://127.0.0.1:1"),
    async [Symbol.asyncDispose]() {
      gateway.isEnded = true;
    },
  };
  return gateway;
}

function drop({ client }: Connected): void {
  (client as { state: string }).state = "closed";
}

test("one connection serves all, is made when it is needed, and is made anew once when it was lost", async () => {
  const asked: string[] = [];
  const made: FakeGateway[] = [];
  const link = openLink(async (otherwise) => {
    asked.push(otherwise);
    made.push(fakeGateway(true));
    return made.at(-1) as FakeGateway;
  });
  expect(asked).toEqual([]);
  expect(await Promise.all([link.request("a"), link.request("b")])).toEqual(["a answered", "b answered"]);
  expect(asked).toEqual(["embed"]);
  expect(link.isEmbedded).toBe(false);
  drop(made[0] as Connected);
  await Promise.all([link.request("a"), link.hello(), link.request("b")]);
  // The gateway of the house comes back by itself: it is not replaced by one of this command.
  expect(asked).toEqual(["embed", "refuse"]);
  expect(made.map(({ isEnded }) => isEnded)).toEqual([true, false]);
  await link[Symbol.asyncDispose]();
  expect(made.map(({ isEnded }) => isEnded)).toEqual([true, true]);
  await expect(link.request("a")).rejects.toMatchObject({ code: "acp.closed" });
});

test("a gateway that ends with a command is replaced by one of its own", async () => {
  const asked: string[] = [];
  const made = [fakeGateway(false), fakeGateway(false)];
  const link = openLink(async (otherwise) => made[asked.push(otherwise) - 1] as FakeGateway);
  await link.request("a");
  drop(made[0] as Connected);
  await link.request("a");
  expect(asked).toEqual(["embed", "embed"]);
});

test("a connection that fails is told, and tried anew at the next need; a folder that is being taken is waited for", async () => {
  let tries = 0;
  const link = openLink(async () => {
    tries += 1;
    if (tries === 1) throw Object.assign(new Error("no"), { kind: "auth", code: "cli.login" });
    if (tries < 4) throw Object.assign(new Error("taken"), { kind: "config", code: "home.taken" });
    return fakeGateway(true);
  }, 0);
  await expect(link.request("a")).rejects.toMatchObject({ code: "cli.login" });
  expect(await link.request<string>("a")).toBe("a answered");
  expect(tries).toBe(4);
  const never = openLink(async () => Promise.reject(Object.assign(new Error("taken"), { code: "home.taken" })), 0);
  await expect(never.request("a")).rejects.toMatchObject({ code: "home.taken" });
  await never[Symbol.asyncDispose]();
});
