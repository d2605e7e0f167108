// No vendor's SDK is loaded before the first call to that vendor, and then no other's. A child process is asked, since
// this one has loaded them all.
import { describe, expect, test } from "bun:test";
import { serveVendor } from "./served.ts";
import { openVendor, subjects } from "./subjects.ts";

const sdks = ["@anthropic-ai/sdk", "openai", "@google/genai", "ollama", "@aws-sdk/client-bedrock-runtime"] as const;
const ids = ["anthropic", "openai", "google", "ollama", "bedrock"] as const;

interface Told {
  readonly chosen: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly end: string;
}

/** What the child loads, by the package or the extension's folder it belongs to. */
async function ask(id: string, address: string): Promise<Told> {
  const child = Bun.spawn({
    cmd: [process.execPath, new URL("lazy-child.ts", import.meta.url).pathname, id, address],
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" },
    stdout: "pipe",
    stderr: "inherit",
  });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return JSON.parse(text);
}

const named = (modules: readonly string[]) =>
  sdks.filter((name) => modules.some((path) => path.includes(`/node_modules/${name}/`)));
const opened = (modules: readonly string[]) =>
  ids.filter((id) => modules.some((path) => path.endsWith(`/providers/${id}/index.ts`)));

describe("[A17] vendor SDKs", () => {
  test.each(
    subjects
      .filter((subject) => subject.scenes !== "openai/fixtures/responses")
      .map((subject) => [subject.id, subject] as const),
  )("a call to %s loads that SDK and no other, and none before it", async (id, subject) => {
    const vendor = openVendor(subject);
    await using served = await serveVendor(vendor);
    vendor.play("text");
    const told = await ask(id, served.address);
    expect(told.chosen).toBe(id);
    expect(told.before.length).toBeGreaterThan(10);
    expect([named(told.before), opened(told.before)]).toEqual([[], []]);
    expect([named(told.after), opened(told.after)] as unknown).toEqual([[sdks[ids.indexOf(id as "openai")]], [id]]);
    expect(told.end).toBe("step-end");
  });
});
