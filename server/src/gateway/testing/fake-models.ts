// Models and providers of the fake house: one that answers and one that is not set up.
import { Fault } from "@homarus/sdk";
import type { House, OfferedModel } from "../house.ts";

const models: OfferedModel[] = [
  {
    ...{ provider: "offline", id: "demo", name: "Demonstration", available: true },
    ...{ contextTokens: 128_000, thinking: false, input: ["text"] },
  },
  { ...{ provider: "other", id: "big", name: "Big", available: false }, thinking: true, input: ["text"] },
];

/** `other` has one login, which is done when it is waited for the second time. */
function logins(): House["providers"]["login"] {
  const none = () => new Fault("invalid", "login.unknown", "There is no such login under way.");
  let waits = 0;
  return {
    async start(provider) {
      if (provider !== "other") throw new Fault("invalid", "login.none", "Offline has no such login.");
      return { loginId: "l1", url: "https://other.example/device", code: "AB-12", expiresAt: 905_000 };
    },
    async wait(loginId) {
      if (loginId !== "l1") throw none();
      waits += 1;
      return waits < 2 ? { done: false } : { done: true, account: "ada" };
    },
    cancel: async (loginId) => loginId === "l1",
    async adopt(_provider, text) {
      if (text !== "{}") throw new Fault("invalid", "login.file", "That file holds no login.");
      return { done: true };
    },
    logout: async (provider) => provider === "other",
  };
}

const providers: House["providers"] = {
  list: async () => [
    {
      ...{ id: "offline", title: "Offline", description: "A demonstration.", isReady: true, missing: [], secrets: [] },
      ...{ logsIn: false, takesLoginFile: false, isFree: true, keys: [], tiers: { balanced: "demo" }, rests: [] },
      health: { provider: "offline", state: "healthy", latencyMs: 3, calls: 1, failures: 0 },
    },
    {
      ...{ id: "other", title: "Other", description: "Another vendor.", isReady: false, missing: ["apiKey"], keys: [] },
      ...{ logsIn: true, takesLoginFile: true, isFree: false, tiers: {}, rests: [] },
      secrets: [{ field: "apiKey", variables: ["OTHER_API_KEY"] }],
      health: { provider: "other", state: "unknown", calls: 0, failures: 0 },
    },
  ],
  test: async ({ provider, model = "demo", settings }) => {
    const about = { provider, model, key: "", latencyMs: 3 };
    if (settings?.apiKey !== "wrong") return [{ ...about, ok: true }];
    const fault = {
      kind: "auth",
      code: "provider.auth",
      message: "The model server refused the key: no such key",
    } as const;
    return [{ ...about, ok: false, fault }];
  },
  refresh: async ({ url = "usual" }) => ({ models: 2, priced: 1, changed: 1, source: url, asOf: "2026-11-27" }),
  chain: (name) => [name ?? "offline/demo"],
  login: logins(),
};

const embedOf: House["embed"] = async (model, { texts, dimensions = 3 }) => {
  if (model === "other/none") throw new Fault("config", "model.no-embeddings", "No provider that makes embeddings.");
  const vectors = texts.map((text) => Array.from({ length: dimensions }, (_, at) => text.length + at / 2));
  return { vectors, tokens: texts.join("").length, model: model ?? "offline/vectors" };
};

export const fakeModels: Pick<House, "models" | "providers" | "embed"> = {
  models: async () => models,
  providers,
  embed: embedOf,
};
