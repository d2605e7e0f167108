// Facts of the session in words, the time first, since that is what is asked for most.
import { type Activate, type SessionFacts, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

export const activate: Activate<typeof manifest> = () => ({
  async execute(_, call) {
    return textOutput(describe(await call.facts()));
  },
  preview() {
    return "Look up the time and the state of the session";
  },
});

function describe(facts: SessionFacts): string {
  return [
    `Now: ${timeText(facts.now, facts.timeZone)}`,
    `Session: ${facts.sessionKey} (agent ${facts.agent}, on ${facts.channel}), begun ${timeText(facts.startedAt, facts.timeZone)}`,
    `Model: ${facts.model}`,
    `Messages: ${facts.messages}; tokens: ${facts.tokens.input} in, ${facts.tokens.output} out`,
    `Homarus ${facts.version}, running for ${durationText(facts.uptimeMs)}`,
  ].join("\n");
}

/** For example `Friday, 2026-11-20 13:34:56 (Europe/Berlin, UTC+01:00)`. */
export function timeText(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone, weekday: "long", year: "numeric", month: "2-digit", day: "2-digit" },
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "longOffset" },
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((item) => item.type === type)?.value ?? "";
  const offset = part("timeZoneName").replace("GMT", "UTC");
  return `${part("weekday")}, ${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}:${part("second")} (${timeZone}, ${offset})`;
}

function durationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  return [...(days ? [`${days} d`] : []), ...(hours ? [`${hours} h`] : []), `${minutes % 60} min`].join(" ");
}
