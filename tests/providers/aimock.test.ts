// The contract against a mock of the vendors that somebody else wrote, so that our reading of their formats is not only
// checked against our own fixtures.
import { describe, test } from "bun:test";
import { LLMock } from "@copilotkit/aimock";
import {
  type ProviderScene,
  type ProviderTrouble,
  type ProviderWorld,
  plainRequest,
  providerContract,
  runContract,
  type SceneContent,
  troubleCapabilities,
  userTurn,
  type VendorLevers,
} from "@homarus/sdk/testing";
import { clock, type Subject, secret, subjects } from "./subjects.ts";

type Answer = Parameters<LLMock["on"]>[1];

const call = (path: string) => ({ name: "read", arguments: JSON.stringify({ path }) });
const read = (path: string) => ({ name: "read", input: { path } });

const scenes: Readonly<Partial<Record<ProviderScene, { readonly answer: Answer; readonly says: SceneContent }>>> = {
  text: {
    answer: { content: "Hello there, friend. 👋 The note is short and so is this answer to it." },
    says: { text: "Hello there, friend. 👋 The note is short and so is this answer to it." },
  },
  thinking: {
    answer: { content: "I look.", toolCalls: [call("note.txt")], reasoning: "The note has the answer." },
    says: { text: "I look.", thinking: "The note has the answer.", calls: [read("note.txt")] },
  },
  "tool-call": {
    answer: { content: "I look.", toolCalls: [call("note.txt")] },
    says: { text: "I look.", calls: [read("note.txt")] },
  },
  "parallel-calls": {
    answer: { toolCalls: [call("a.txt"), call("b.txt")] },
    says: { calls: [read("a.txt"), read("b.txt")] },
  },
  length: { answer: { content: "This goes on", finishReason: "length" }, says: { text: "This goes on" } },
};

const errors: Readonly<Partial<Record<ProviderTrouble, readonly [status: number, type: string, message: string]>>> = {
  auth: [401, "authentication_error", "invalid key"],
  limited: [429, "rate_limit_error", "slow down"],
  overloaded: [529, "overloaded_error", "Overloaded"],
  overflow: [413, "request_too_large", "prompt is too long"],
  "server-error": [500, "api_error", "it broke"],
  invalid: [400, "invalid_request_error", "no such field"],
};

/** `restage` sets the scene again in another way. */
function levers(
  stage: { readonly mock: LLMock; readonly stop: () => Promise<void> },
  restage: (answer: Answer) => void,
): VendorLevers {
  const not = () => {
    throw new Error("this mock has no such lever");
  };
  return {
    trouble(name) {
      const [status, type, message] = errors[name] ?? not();
      restage({ status, error: { message, type } });
    },
    answerWith: not,
    addHeaders: not,
    cutAfter: not,
    hang: not,
    drop: not,
    breakAfter: not,
    hanging: not,
    unplug: () => void stage.stop(),
    requests: () => stage.mock.getRequests().map((entry) => JSON.parse(JSON.stringify(entry.body ?? null))),
  };
}

/** Stopping it twice is an error to the mock. */
function stopper(mock: LLMock): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= mock.stop();
    return stopped;
  };
}

async function open(subject: Subject): Promise<ProviderWorld & AsyncDisposable> {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", chunkSize: 7 });
  const stop = stopper(mock);
  await mock.start();
  const { id, model, mockModel = model } = subject;
  const stage = (answer: Answer): void => {
    mock.clearFixtures();
    mock.on({ userMessage: /(?:)/ }, answer);
  };
  return {
    ...{ provider: subject.open(mock.url, fetch), id, model: mockModel, now: clock.now(), secret },
    vendor: levers({ mock, stop }, stage),
    play(scene) {
      const found = scenes[scene];
      if (!found) throw new Error(`the mock is not told how to play ${scene}`);
      stage(found.answer);
      return { request: plainRequest(mockModel, [userTurn("hello")]), says: found.says };
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** The mock answers zero tokens, knows no refusals, and its levers are fewer than those of our own vendors. */
const capabilities = ["thinking", "tools", "parallel-calls", "length", "unplugs", ...troubleCapabilities(errors)];
/** Its Ollama neither thinks beside a tool call nor stops for length. */
const unmocked: Readonly<Record<string, readonly string[]>> = { ollama: ["thinking", "length"] };

for (const subject of subjects) {
  const claimed = capabilities.filter((name) => !unmocked[subject.id]?.includes(name));
  // A second opinion on part of the contract: what the mock cannot play is left to our own vendors.
  const playable = providerContract.filter((item) => !item.needs || claimed.includes(item.needs));
  runContract<ProviderWorld>({ describe, test }, playable, {
    title: `[T40] ${subject.title}, against aimock`,
    capabilities: claimed,
    open: () => open(subject),
  });
}
