// Sentences of vendors that are easily taken for another fault than they are.
import { describe, expect, test } from "bun:test";
import type { Fault } from "../errors.ts";
import { faultReader } from "./fault-table.ts";
import { type ProviderFaultCode, providerFault, providerFaults } from "./provider-faults.ts";
import { firstWords, refusing } from "./refusal.ts";
import { vendorOf } from "./vendor.ts";

const now = Date.UTC(2026, 10, 27);
const secret = "sk-secret-0123456789";
const vendor = vendorOf({ id: "acme", title: "Acme", environment: { apiKey: ["ACME_API_KEY"] }, models: [] });
const read = faultReader({ vendor, now: () => now, secrets: [secret, undefined, "abc"] });
const { signal } = new AbortController();

async function refused(status: number, body: string, type = "application/json"): Promise<Fault> {
  const fetch = refusing(async () => new Response(body, { status, headers: { "content-type": type } }));
  return fetch("http://acme.example").then(
    () => Promise.reject(new Error("it was not refused")),
    (thrown) => read(new TypeError("fetch failed", { cause: thrown }), { signal }),
  );
}

const error = (message: string, more: object = {}) => JSON.stringify({ error: { message, ...more } });
const page = "<!DOCTYPE html><html><title>502 Bad gateway</title></html>";

describe("what a vendor says is what it means", () => {
  test.each([
    [429, error("Rate limit reached: too many tokens per min (TPM)"), "provider.limited"],
    [402, error("You have used up your requests per day, try again tomorrow"), "provider.limited"],
    [402, error("Payment required"), "provider.quota"],
    [
      400,
      error("max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens"),
      "provider.invalid",
    ],
    [400, error("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"), "provider.overflow"],
    [400, error("image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes"), "provider.invalid"],
    [
      400,
      error("messages.5.content.0.type: Expected `thinking` or `redacted_thinking`, found `text`"),
      "provider.invalid",
    ],
    [400, error("thinking.budget_tokens: Input should be greater than or equal to 1024"), "provider.thinking"],
    [400, error("Unrecognized request argument supplied: reasoning_effort"), "provider.thinking"],
    [400, error("Invalid schema for function 'think'"), "provider.invalid"],
    [403, error("Project does not have access to model gpt-9", { code: "model_not_found" }), "provider.not-found"],
    [400, error("Failed to call a function.", { code: "tool_use_failed" }), "provider.malformed"],
    [403, error("Your project has been archived"), "provider.auth"],
    [404, error("No endpoints found that support tool use"), "provider.no-tools"],
    [400, error("registry.ollama.ai/library/gemma:2b does not support tools"), "provider.no-tools"],
    [400, error('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser'), "provider.no-tools"],
    [400, error("Function calling is not enabled for models/gemma-3"), "provider.no-tools"],
    [400, error("`tools` is not supported with this model."), "provider.no-tools"],
    [400, error("tools.0.function.name: not a valid name"), "provider.invalid"],
    [404, error("No endpoints found that support tool use. Try disabling read."), "provider.no-tools"],
    [404, error("No endpoints found for vendor/nothing"), "provider.not-found"],
    [500, error("tools param requires --jinja flag"), "provider.no-tools"],
    [400, error("deepseek-reasoner does not support Function Calling"), "provider.no-tools"],
    [400, error("Function calling is not enabled for models/gemma-3-27b-it"), "provider.no-tools"],
    [400, error("tools[0].function.parameters is not supported in strict mode"), "provider.invalid"],
    [500, error("the request exceeds the available context size, try increasing it"), "provider.overflow"],
    [503, error("The model is overloaded"), "provider.overloaded"],
    [503, error("no healthy upstream"), "provider.unavailable"],
    [502, page, "provider.unavailable"],
    [524, "error code: 524", "provider.timeout"],
    [500, error("upstream timed out"), "provider.timeout"],
    [200, page, "provider.malformed"],
    [200, error("Rate limit exceeded", { code: 429 }), "provider.limited"],
    [200, JSON.stringify({ error: "insufficient credits", code: 402 }), "provider.quota"],
    [418, "", "provider.invalid"],
  ] as const)("%d %s is %s", async (status, body, code) => {
    const fault = await refused(status, body, body.startsWith("<") ? "text/html" : undefined);
    expect(fault).toMatchObject({ code, kind: providerFault(code).kind });
    expect(fault.message).toStartWith("Acme ");
  });

  test("a list or a plain body passes, also with the word error in it", async () => {
    const body = JSON.stringify({ data: [{ id: "error" }], error: null });
    const fetch = refusing(async () => new Response(body, { headers: { "content-type": "application/json" } }));
    expect(await (await fetch("http://acme.example")).text()).toBe(body);
  });

  test("what the connection says is told from what the vendor says", () => {
    const of = (thrown: unknown, hasBegun = false): ProviderFaultCode =>
      read(thrown, { signal, hasBegun }).code as never;
    expect(of(new TypeError("fetch failed"))).toBe("provider.unreachable");
    expect(of(new TypeError("terminated"), true)).toBe("provider.cut");
    expect(of(Object.assign(new Error("connect"), { code: "ETIMEDOUT" }))).toBe("provider.timeout");
    expect(of(new Error("Request timed out."))).toBe("provider.timeout");
    expect(of(new SyntaxError("bad"), true)).toBe("provider.malformed");
    expect(read(new Error("x"), { signal: AbortSignal.abort() }).kind).toBe("aborted");
  });

  test("no money comes back by waiting, and other waits are told", async () => {
    const wait = error("Please try again in 20s. You have no credits left");
    expect((await refused(429, wait)).retryAt).toBeUndefined();
    expect((await refused(429, error("Please try again in 20s"))).retryAt).toBe(now + 20_000);
  });

  test("the key is struck out, a short word is not, and hints name this vendor's own places", async () => {
    const fault = await refused(401, error(`no such key: ${secret}; abc`));
    expect(fault.message).toBe("Acme refused the key: no such key: ***; abc");
    expect(fault.hint).toBe("Set ACME_API_KEY or providers.acme.apiKey to a key that is valid there.");
    const hints = (Object.keys(providerFaults) as ProviderFaultCode[]).map((code) =>
      providerFault(code).hint?.(vendor),
    );
    expect(hints.join(" ")).not.toMatch(/openai/i);
  });

  test("a long sentence is cut between words: no half of a key is left where it ends", async () => {
    const other = `sk-proj-${"0123456789abcdef".repeat(4)}`;
    for (const length of [470, 480, 496, 500, 501]) {
      const said = `${"x".repeat(40)} `.repeat(20).slice(0, length - 8);
      for (const quote of [" ", '"', "(", " key="]) {
        const { message } = await refused(400, error(`${said}${quote}${secret} and ${other} too`));
        expect([length, quote, /sk-(?:s|p)/.test(message)]).toEqual([length, quote, false]);
        expect(message.length).toBeLessThan(540);
      }
    }
    expect(firstWords("short enough", 12)).toBe("short enough");
    expect(firstWords("short enough by far", 12)).toBe("short enough…");
    expect(firstWords("short enoughs", 12)).toBe("short…");
    expect(firstWords("x".repeat(600), 500)).toBe("…");
  });
});
