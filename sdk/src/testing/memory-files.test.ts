import { describe, test } from "bun:test";
import { runContract } from "./contract.ts";
import { filesContract } from "./files.contract.ts";
import { createMemoryFiles } from "./memory-files.ts";

runContract({ describe, test }, filesContract, {
  title: "files in memory",
  capabilities: [],
  open: async () => {
    const files = createMemoryFiles();
    return {
      files,
      root: files.root,
      secret: "/beside/secret.txt",
      link: async (path) => files.link(path),
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
});
