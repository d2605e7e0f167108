// Whom a request is for: which agent, which session, which model. Model names: `homarus`, `homarus:<agent>` (the peer's
// `openclaw` and `openclaw:<agent>` mean the same), or `provider/model` for the default agent on that model.
import { defaultAgent } from "../default-agent.ts";
import type { Door } from "../door.ts";
import { HttpRefusal } from "../http/answer.ts";

export interface Target {
  readonly agent: string;
  readonly sessionKey: string;
  /** The session holds what was said before. */
  readonly isKept: boolean;
  readonly model?: string;
}

export async function targetOf(door: Door, request: Request, model: unknown, user: unknown): Promise<Target> {
  const { headers } = request;
  const name = typeof model === "string" && model.trim() !== "" ? model.trim() : "homarus";
  const named = /^(?:homarus|openclaw|agent)[:/](.+)$/.exec(name)?.[1];
  const agents = door.house.agents();
  const wanted = headers.get("x-homarus-agent-id") ?? headers.get("x-openclaw-agent-id") ?? named;
  const agent = wanted ?? defaultAgent(agents)?.id ?? "main";
  if (!agents.some((item) => item.id === agent)) throw unknownModel(name);
  const isOurs = named !== undefined || name === "homarus" || name === "openclaw";
  const chosen = isOurs ? undefined : await modelOf(door, name);
  const kept = headers.get("x-homarus-session-key") ?? headers.get("x-openclaw-session-key") ?? userKey(user);
  const sessionKey = door.house.sessions.resolveKey(kept ?? `openai:${crypto.randomUUID()}`, agent);
  return { agent, sessionKey, isKept: kept !== undefined, ...(chosen === undefined ? {} : { model: chosen }) };
}

/** Each user of a client has a session of their own. */
function userKey(user: unknown): string | undefined {
  return typeof user === "string" && user.trim() !== "" ? `openai-user:${user.trim().slice(0, 200)}` : undefined;
}

async function modelOf(door: Door, name: string): Promise<string> {
  const models = await door.house.models();
  const found = models.find((model) => name === `${model.provider}/${model.id}` || name === model.id);
  if (!found) throw unknownModel(name);
  return `${found.provider}/${found.id}`;
}

function unknownModel(name: string): HttpRefusal {
  const message = `The model ${name} does not exist here; GET /v1/models lists what does.`;
  return new HttpRefusal(404, "model_not_found", message, "model");
}
