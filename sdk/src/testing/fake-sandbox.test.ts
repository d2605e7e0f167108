import { describe, test } from "bun:test";
import { runContract } from "./contract.ts";
import { createFakeSandbox } from "./fake-sandbox.ts";
import { sandboxContract } from "./sandbox.contract.ts";
import { someSpec } from "./sandbox.world.ts";

runContract({ describe, test }, sandboxContract, {
  title: "fake sandbox",
  capabilities: [],
  open: async () => ({
    sandbox: createFakeSandbox(),
    spec: someSpec("/workspace"),
    secretVariable: "SECRET",
    [Symbol.asyncDispose]: async () => undefined,
  }),
});
