import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBlobs } from "./blobs.ts";

function open() {
  const folder = mkdtempSync(join(tmpdir(), "checkpoints-"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

test("the same bytes are kept once, altered ones are refused, and what nobody needs goes", async () => {
  using it = open();
  const blobs = openBlobs(it.folder);
  const hash = await blobs.keep(new TextEncoder().encode("hello"));
  expect(await blobs.keep(new TextEncoder().encode("hello"))).toBe(hash);
  expect(new TextDecoder().decode(await blobs.read(hash))).toBe("hello");
  const place = join(it.folder, hash.slice(0, 2), hash);
  expect(statSync(place).mode & 0o077).toBe(0);
  writeFileSync(place, "hullo");
  await expect(blobs.read(hash)).rejects.toMatchObject({ code: "checkpoint.damaged" });
  await expect(blobs.read("0".repeat(64))).rejects.toMatchObject({ code: "checkpoint.damaged" });
  await blobs.sweep(new Set());
  expect(readdirSync(join(it.folder, hash.slice(0, 2)))).toEqual([]);
});
