import { describe, test } from "bun:test";
import { runContract } from "./contract.ts";
import { createFakeSandbox } from "./fake-sandbox.ts";
import { sandboxContract } from "./sandbox.contract.ts";

runContract({ describe, test }, sandboxContract, {
  title: "fake sandbox",
  capabilities: [],
  open: async () => ({
    sandbox: createFakeSandbox(),
    spec: { root: "/workspace", network: false, memoryBytes: 1, processes: 1 },
    secretVariable: "SECRET",
    [Symbol.asyncDispose]: async () => undefined,
  }),
});
