// chat.startup and chat.metadata: all that a chat page shows first, in one answer instead of five.
import { defaultAgent } from "../../default-agent.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { modelChoice } from "../models/models.ts";
import { rowOf } from "../sessions/look.ts";
import { contextTokens, splitModel } from "../sessions/session-rows.ts";
import { commandRow } from "../tools/tools.ts";
import { history } from "./history-methods.ts";
import type * as params from "./shapes.ts";

async function metadata(_input: unknown, { door }: Call) {
  const models = (await door.house.models()).filter((model) => model.available).map(modelChoice);
  return { models, commands: door.house.commands.map((command) => commandRow(command, true)) };
}

/** The history, and with it the session's row and what a new session would run on. A cursor is answered as there. */
async function startup(input: ParamsOf<typeof params.chatHistory>, call: Call): Promise<unknown> {
  const { door } = call;
  const key = door.house.sessions.resolveKey(input.sessionKey, input.agentId);
  const models = await door.house.models();
  const fallback = defaultAgent(door.house.agents())?.model ?? "";
  const session = await door.house.store.session(key);
  const row = session === undefined ? {} : { sessionInfo: await rowOf(door, session) };
  const defaults = { ...splitModel(fallback), contextTokens: contextTokens(fallback, models) ?? null };
  const told = await metadata(input, call);
  // Last, since nothing may be waited for between the history and its answer.
  return { defaults, ...row, metadata: told, ...((await history(input, call)) as object) };
}

export const handlers: Group["handlers"] = { "chat.startup": startup, "chat.metadata": metadata };
