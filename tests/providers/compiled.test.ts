// The SDKs work inside a single executable, built the way the house is: minified, as bytecode, in split chunks.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveVendor } from "./served.ts";
import { openVendor, saysOf, subjects } from "./subjects.ts";

const folder = mkdtempSync(join(tmpdir(), "homarus-providers-"));
const program = join(folder, "ask");

async function run(cmd: readonly string[], cwd = folder): Promise<string> {
  const child = Bun.spawn({ cmd: [...cmd], cwd, stdout: "pipe", stderr: "pipe" });
  const [out, trouble] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect([await child.exited, trouble.replace(/^.*(?:bundle|compile|minify).*$/gm, "").trim()]).toEqual([0, ""]);
  return out;
}

describe("in a single executable", () => {
  beforeAll(async () => {
    const entry = new URL("compiled-child.ts", import.meta.url).pathname;
    await run([
      process.execPath,
      "build",
      "--compile",
      "--minify",
      "--bytecode",
      "--splitting",
      "--format=esm",
      "--outfile",
      program,
      entry,
    ]);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(subjects.map((subject) => [subject.title, subject] as const))("%s answers", async (_, subject) => {
    const vendor = openVendor(subject);
    await using served = await serveVendor(vendor);
    vendor.play("text");
    const api = subject.scenes.split("/").at(-1) ?? "";
    const [event] = JSON.parse(await run([program, subject.id, served.address, api]));
    expect(event).toMatchObject({
      type: "step-end",
      content: [{ type: "text", text: saysOf(subject).text.text as string }],
    });
  });
});
