// tts.*, talk.* and voicewake.*: what the house can say of voice while no speech extension is part of it. Wake words
// and the talk mode are kept and told to all; whatever would need a voice is refused with what to do instead.
import type { Json } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import { invalid, Refusal } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

function noSpeech(): Refusal {
  const message = "speech is not set up: this build has no speech provider; send text instead";
  return new Refusal({ code: "UNAVAILABLE", message, details: { reason: "no-speech-provider" } });
}

function refuse(): never {
  throw noSpeech();
}

function status(): unknown {
  return {
    ...{ enabled: false, auto: "off", provider: null, fallbackProvider: null, fallbackProviders: [] },
    ...{ hasOpenAIKey: false, hasElevenLabsKey: false, edgeEnabled: false },
  };
}

const noProviders = () => ({ providers: [], active: "" });
const noPersonas = () => ({ personas: [], active: null });
const disable = () => ({ enabled: false });

function setProvider(input: ParamsOf<typeof params.setProvider>): never {
  throw invalid(`Invalid provider "${input.provider}": no speech provider is set up`);
}

const none = { ready: false, providers: [] };
const catalog = () => ({ modes: [], transports: [], brains: [], speech: none, transcription: none, realtime: none });

/** The names of the peer's own key for the main session, which clients read here. */
function talkConfig(): unknown {
  return { config: { session: { mainKey: "main" } } };
}

function talkMode(input: ParamsOf<typeof params.talkMode>, { door }: Call): unknown {
  const payload = { enabled: input.enabled, phase: input.phase ?? null, ts: door.clock.now() };
  door.audience.tell("talk.mode", JSON.stringify(payload), { guard: "operator.write", dropIfSlow: true });
  return payload;
}

const wakeWords = ["homarus", "computer"];
const wakeWordsMost = 32;
const wakeWordLength = 64;

async function keptTriggers(door: Door): Promise<readonly string[]> {
  const kept = await door.house.store.values("gateway").get("voicewake");
  return Array.isArray(kept) && kept.length > 0 ? (kept as string[]) : wakeWords;
}

async function wakeGet(_input: unknown, { door }: Call): Promise<unknown> {
  return { triggers: await keptTriggers(door) };
}

/** An empty list brings back the first ones. */
async function wakeSet(input: ParamsOf<typeof params.triggers>, { door }: Call): Promise<unknown> {
  const words = input.triggers.map((word) => word.trim().slice(0, wakeWordLength)).filter((word) => word !== "");
  const triggers = words.slice(0, wakeWordsMost);
  await door.house.store.values("gateway").set("voicewake", triggers);
  const payload = { triggers: await keptTriggers(door) };
  door.audience.tell("voicewake.changed", JSON.stringify(payload), {
    ...{ guard: "operator.read", nodes: true, dropIfSlow: true },
  });
  return payload;
}

const noRouting: Json = { version: 1, routes: [] };

async function routingGet(_input: unknown, { door }: Call): Promise<unknown> {
  return { config: (await door.house.store.values("gateway").get("voicewake-routing")) ?? noRouting };
}

async function routingSet(input: ParamsOf<typeof params.routing>, { door }: Call): Promise<unknown> {
  const { config } = input;
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw invalid("config must be an object");
  await door.house.store.values("gateway").set("voicewake-routing", config as Json);
  door.audience.tell("voicewake.routing.changed", JSON.stringify({ config }), {
    ...{ guard: "operator.read", nodes: true, dropIfSlow: true },
  });
  return { config };
}

export const handlers: Group["handlers"] = {
  ...{ "tts.status": status, "tts.providers": noProviders, "tts.personas": noPersonas },
  ...{ "tts.enable": refuse, "tts.disable": disable, "tts.convert": refuse },
  ...{ "tts.setProvider": setProvider, "tts.setPersona": refuse },
  ...{ "talk.catalog": catalog, "talk.config": talkConfig, "talk.mode": talkMode, "talk.speak": refuse },
  ...{ "talk.realtime.session": refuse, "talk.realtime.relayAudio": refuse, "talk.realtime.relayMark": refuse },
  ...{ "talk.realtime.relayStop": refuse, "talk.realtime.relayToolResult": refuse },
  ...{ "voicewake.get": wakeGet, "voicewake.set": wakeSet },
  ...{ "voicewake.routing.get": routingGet, "voicewake.routing.set": routingSet },
};
