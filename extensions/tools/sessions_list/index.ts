// The agent's sessions as JSON, one on each line. Whose they are, the house sees to.
import { type Activate, type SessionSummary, sessionsOf, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

const usualLimit = 20;
/** Titles and labels can be as long as their writer liked. */
const mostCharacters = 200;

export const activate: Activate<typeof manifest> = () => ({
  async execute({ limit = usualLimit, activeMinutes, search }, call) {
    const { now } = await call.facts();
    const since = activeMinutes === undefined ? undefined : now - activeMinutes * 60_000;
    const found = await sessionsOf(call).list({ limit, since, search });
    if (found.length === 0) return textOutput("[No session fits.]");
    return textOutput(found.map((session) => lineOf(session, call.sessionKey)).join("\n"));
  },
  preview({ search }) {
    const wanted = search?.replace(/\s+/g, " ").slice(0, 100);
    return wanted ? `List the sessions that fit ${JSON.stringify(wanted)}` : "List the sessions";
  },
});

function lineOf(session: SessionSummary, ownKey: string): string {
  const { key, label, title, kind, channel, updatedAt, running } = session;
  return JSON.stringify({
    ...{ key, label: label?.slice(0, mostCharacters), title: title?.slice(0, mostCharacters), kind, channel },
    ...{ updatedAt: new Date(updatedAt).toISOString(), running },
    ...(key === ownKey && { own: true }),
  });
}
