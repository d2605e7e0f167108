// Rows of the methods about speaking, listening and wake words.
import { type MethodRow, read, write } from "../row.ts";

const retired = { isRetired: true } as const;

export const rows: readonly MethodRow[] = [
  read("tts.status", "2026.2.17"),
  read("tts.providers", "2026.2.17"),
  read("tts.personas", "2026.5.7"),
  write("tts.enable", "2026.2.17"),
  write("tts.disable", "2026.2.17"),
  write("tts.convert", "2026.2.17"),
  write("tts.setProvider", "2026.2.17"),
  write("tts.setPersona", "2026.5.7"),
  read("talk.catalog", "2026.9"),
  read("talk.config", "2026.2.17"),
  write("talk.mode", "2026.2.17"),
  write("talk.speak", "2026.5.7"),
  write("talk.realtime.session", "2026.5.7", retired),
  write("talk.realtime.relayAudio", "2026.5.7", retired),
  write("talk.realtime.relayMark", "2026.5.7", retired),
  write("talk.realtime.relayStop", "2026.5.7", retired),
  write("talk.realtime.relayToolResult", "2026.5.7", retired),
  read("voicewake.get", "2026.2.17"),
  write("voicewake.set", "2026.2.17"),
  read("voicewake.routing.get", "2026.5.7"),
  write("voicewake.routing.set", "2026.5.7", retired),
];
