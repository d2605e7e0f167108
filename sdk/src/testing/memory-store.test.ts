import { describe, test } from "bun:test";
import { runContract } from "./contract.ts";
import { createMemoryStore } from "./memory-store.ts";
import { storeContract } from "./store.contract.ts";

runContract({ describe, test }, storeContract, {
  title: "memory store",
  capabilities: [],
  open: async () => ({ store: createMemoryStore(), [Symbol.asyncDispose]: async () => undefined }),
});
