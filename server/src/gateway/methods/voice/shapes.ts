// Shapes of the methods about voice. Source: releases 2026.2.17 and 2026.5.7.
import { anything, flag, list, name, open, optional, orNull, strict, text } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const convert = open({ text: name, channel: optional(text) });
export const setProvider = open({ provider: name });
export const setPersona = open({ persona: optional(orNull(text)) });
export const talkConfig = strict({ includeSecrets: optional(flag) });
export const talkMode = strict({ enabled: flag, phase: optional(text) });
export const speak = open({ text: name });
export const relay = open({ relaySessionId: name });
export const triggers = open({ triggers: list(text) });
export const routing = open({ config: anything });

const ways = open({ ready: flag, providers: list(anything) });
const nothingHere = open({ ok: optional(flag) });

export const shapes: Group["shapes"] = {
  "tts.status": {
    params: undefined,
    result: open({ enabled: flag, provider: orNull(text), fallbackProviders: list(text), hasOpenAIKey: flag }),
  },
  "tts.providers": { params: undefined, result: open({ providers: list(anything), active: text }) },
  "tts.personas": { params: undefined, result: open({ personas: list(anything), active: orNull(text) }) },
  "tts.enable": { params: undefined, result: open({ enabled: flag }) },
  "tts.disable": { params: undefined, result: open({ enabled: flag }) },
  "tts.convert": { params: convert, result: nothingHere },
  "tts.setProvider": { params: setProvider, result: nothingHere },
  "tts.setPersona": { params: setPersona, result: nothingHere },
  // Source: release 2026.9.6.
  "talk.catalog": {
    params: strict({}),
    result: open({ modes: list(name), transports: list(name), brains: list(name), speech: ways, transcription: ways }),
  },
  "talk.config": { params: talkConfig, result: strict({ config: open({}) }) },
  "talk.mode": { params: talkMode, result: open({ enabled: flag, phase: orNull(text) }) },
  "talk.speak": { params: speak, result: nothingHere },
  "talk.realtime.session": { params: open({}), result: nothingHere },
  "talk.realtime.relayAudio": { params: relay, result: nothingHere },
  "talk.realtime.relayMark": { params: relay, result: nothingHere },
  "talk.realtime.relayStop": { params: relay, result: nothingHere },
  "talk.realtime.relayToolResult": { params: relay, result: nothingHere },
  "voicewake.get": { params: undefined, result: open({ triggers: list(name) }) },
  "voicewake.set": { params: triggers, result: open({ triggers: list(name) }) },
  "voicewake.routing.get": { params: undefined, result: open({ config: open({ version: anything }) }) },
  "voicewake.routing.set": { params: routing, result: open({ config: anything }) },
};
