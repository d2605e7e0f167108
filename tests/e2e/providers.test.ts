// The house as its owner starts it, asked one thing that needs a tool, with each vendor played by a mock that somebody
// else wrote: from the variable or the setting to the file that the tool wrote and the words that came back.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { makeStateFolder, runCommand } from "./fakes/house-process.ts";

const fakeServer = join(import.meta.dir, "../../extensions/toolsets/mcp/testing/fake-program.ts");
const mock = new LLMock({ port: 0, host: "127.0.0.1", chunkSize: 9 });

beforeAll(async () => {
  await mock.start();
  const call = { name: "write", arguments: JSON.stringify({ path: "note.txt", content: "hello\n" }) };
  // A sub-agent is told what it is in its instructions; its task is a fixture before all that the session which asks says.
  const task = { name: "sessions_spawn", arguments: JSON.stringify({ task: "write hello to note.txt" }) };
  mock.on({ userMessage: /ask a sub-agent/, hasToolResult: true }, { content: "My sub-agent says: it is written." });
  mock.on({ userMessage: /ask a sub-agent/, hasToolResult: false }, { content: "I ask.", toolCalls: [task] });
  const outside = { name: "notes__read", arguments: JSON.stringify({ path: "a.md" }) };
  mock.on({ userMessage: /what the note says/, hasToolResult: true }, { content: "The note says hello." });
  mock.on({ userMessage: /what the note says/, hasToolResult: false }, { content: "I look.", toolCalls: [outside] });
  mock.on({ hasToolResult: true }, { content: "It is written." });
  mock.on({ hasToolResult: false }, { content: "I write.", toolCalls: [call] });
});
afterAll(() => mock.stop());

interface Subject {
  readonly title: string;
  /** As the answer is asked for; absent where what is set up chooses it. */
  readonly model?: string;
  readonly environment?: (url: string) => Readonly<Record<string, string>>;
  readonly providers?: (url: string) => object;
  /** The model that the vendor was asked for. */
  readonly asked: string;
}

const keyed = (id: string, path: string) => (url: string) => ({ [id]: { baseUrl: `${url}${path}` } });

const subjects: readonly Subject[] = [
  {
    title: "[T34] [A41] Anthropic, by its variable alone",
    environment: (url) => ({ ANTHROPIC_API_KEY: "any-word", ANTHROPIC_BASE_URL: url }),
    asked: "claude-sonnet-5-5",
  },
  {
    title: "[A41] OpenAI, by its Responses API",
    environment: () => ({ OPENAI_API_KEY: "any-word" }),
    providers: (url) => ({ openai: { baseUrl: `${url}/v1`, api: "responses" } }),
    asked: "gpt-6.1-sol",
  },
  {
    title: "[A41] Ollama, by its own API",
    model: "ollama/qwen3:8b",
    providers: keyed("ollama", ""),
    asked: "qwen3:8b",
  },
  {
    title: "[T35] [A41] Gemini",
    environment: () => ({ GEMINI_API_KEY: "any-word" }),
    providers: keyed("google", ""),
    asked: "gemini-3.8-flash",
  },
  {
    title: "[T23] a server by LLM_BASE_URL and LLM_MODEL",
    environment: (url) => ({ LLM_BASE_URL: `${url}/v1`, LLM_API_KEY: "any-word", LLM_MODEL: "qwen3-8b" }),
    asked: "qwen3-8b",
  },
  {
    title: "[T36] [A41] LM Studio, without a key",
    model: "lmstudio/qwen3-8b",
    providers: keyed("lmstudio", "/v1"),
    asked: "qwen3-8b",
  },
  {
    title: "[A41] OpenRouter",
    environment: () => ({ OPENROUTER_API_KEY: "any-word" }),
    providers: keyed("openrouter", "/v1"),
    asked: "openrouter/auto",
  },
  {
    title: "[A41] Groq",
    environment: () => ({ GROQ_API_KEY: "any-word" }),
    providers: keyed("groq", "/v1"),
    asked: "openai/gpt-oss-120b",
  },
  {
    title: "[A41] Mistral",
    environment: () => ({ MISTRAL_API_KEY: "any-word" }),
    providers: keyed("mistral", "/v1"),
    asked: "mistral-medium-3-5",
  },
  {
    title: "[A41] DeepSeek",
    environment: () => ({ DEEPSEEK_API_KEY: "any-word" }),
    providers: keyed("deepseek", "/v1"),
    asked: "deepseek-flash",
  },
  {
    title: "[A41] xAI",
    environment: () => ({ XAI_API_KEY: "any-word" }),
    providers: keyed("xai", "/v1"),
    asked: "grok-4.7",
  },
  {
    title: "[A09] [A41] AWS Bedrock, with signed requests",
    model: "bedrock/amazon.nova-pro-v1:0",
    environment: (url) => ({
      ...{ AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "any-word" },
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    }),
    asked: "amazon.nova-pro-v1:0",
  },
  {
    title: "[A11] [A12] an endpoint of the owner's own, by the config alone, with a key under a header of its own",
    model: "mine/big",
    environment: () => ({ MY_KEY: "a-key-of-mine" }),
    providers: (url) => ({
      custom: { mine: { adapter: "openai", baseUrl: `${url}/v1`, headers: { "X-Api-Key": "${MY_KEY}" }, free: true } },
    }),
    asked: "big",
  },
  {
    title: "[A11] an endpoint of the owner's own that speaks Anthropic's API, by LLM_PROVIDER",
    environment: () => ({ LLM_PROVIDER: "claudish" }),
    providers: (url) => ({
      custom: { claudish: { adapter: "anthropic", baseUrl: url, apiKey: "any-word", models: [{ id: "kimi-k3" }] } },
    }),
    asked: "kimi-k3",
  },
];

describe("one thing that needs a tool is done and answered by", () => {
  test.each(subjects.map((subject) => [subject.title, subject] as const))(
    "%s",
    async (_, { model, environment, providers, asked }) => {
      using state = makeStateFolder({ log: { level: "error" }, providers: providers?.(mock.url) ?? {} });
      mock.clearRequests();
      const wish = ["agent", "write hello to note.txt", ...(model ? ["--model", model] : [])];
      const { code, out, error } = await runCommand(state, wish, environment?.(mock.url));
      expect({ code, out, error }).toMatchObject({ code: 0, out: expect.stringContaining("It is written.") });
      expect(readFileSync(join(state.workspace, "note.txt"), "utf8")).toBe("hello\n");
      const bodies = mock.getRequests().map((entry) => entry.body as { readonly model?: string } | undefined);
      expect(bodies.filter(Boolean).map((body) => decodeURIComponent(body?.model ?? ""))).toEqual([asked, asked]);
    },
    20_000,
  );

  test.each(subjects.map((subject) => [subject.title.replace(/\[\w+\] /g, ""), subject] as const))(
    "[A44] a sub-agent of %s",
    async (_, { model, environment, providers, asked }) => {
      using state = makeStateFolder({ log: { level: "error" }, providers: providers?.(mock.url) ?? {} });
      mock.clearRequests();
      const wish = ["agent", "ask a sub-agent to do it", ...(model ? ["--model", model] : [])];
      const { code, out, error } = await runCommand(state, wish, environment?.(mock.url));
      expect({ code, out, error }).toMatchObject({ code: 0, out: expect.stringContaining("My sub-agent says") });
      expect(readFileSync(join(state.workspace, "note.txt"), "utf8")).toBe("hello\n");
      const bodies = mock.getRequests().map((entry) => entry.body as { readonly model?: string } | undefined);
      const models = bodies.filter(Boolean).map((body) => decodeURIComponent(body?.model ?? ""));
      // The session that asks, its sub-agent twice, and again the first: all by the model that was chosen.
      expect(models).toEqual([asked, asked, asked, asked]);
    },
    20_000,
  );

  test.each(subjects.map((subject) => [subject.title.replace(/\[\w+\] /g, ""), subject] as const))(
    "[A43] [H19] a tool of an MCP server, called by the model of %s",
    async (_, { model, environment, providers }) => {
      const servers = { notes: { command: process.execPath, args: [fakeServer, "well"] } };
      using state = makeStateFolder({
        ...{ log: { level: "error" }, providers: providers?.(mock.url) ?? {}, mcp: { servers } },
      });
      mock.clearRequests();
      const wish = ["agent", "tell me what the note says", ...(model ? ["--model", model] : [])];
      const { code, out, error } = await runCommand(state, wish, environment?.(mock.url));
      expect({ code, out, error }).toMatchObject({ code: 0, out: expect.stringContaining("The note says hello.") });
      const [first, second] = mock.getRequests().map((entry) => JSON.stringify(entry.body));
      // The model was offered it with its schema, and read what the server said, framed as a stranger's words.
      expect(first).toContain("notes__read");
      expect(second).toContain("The note a.md says hello.");
      expect(second).toContain("outside text from mcp notes");
    },
    20_000,
  );

  test("[T23] the first of several keys, and a name that says whose model it is", async () => {
    const keys = { GEMINI_API_KEY: "g", ANTHROPIC_API_KEY: "a", ANTHROPIC_BASE_URL: mock.url };
    using state = makeStateFolder({ log: { level: "error" }, providers: { google: { baseUrl: mock.url } } });
    const ask = async (...wish: string[]) => {
      mock.clearRequests();
      await runCommand(state, ["agent", "write hello to note.txt", ...wish], keys);
      return (mock.getRequests()[0]?.body as { readonly model?: string } | undefined)?.model;
    };
    expect(await ask()).toBe("claude-sonnet-5-5");
    expect(await ask("--model", "google/gemini-2.5-flash")).toBe("gemini-2.5-flash");
    expect(await ask("--model", "gemini-3.8-flash")).toBe("gemini-3.8-flash");
  }, 20_000);
});
