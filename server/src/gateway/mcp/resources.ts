// resources/list, resources/templates/list and resources/read: the settings, the texts of workspaces, and sessions.
import type { Session } from "@homarus/sdk";
import {
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
} from "@modelcontextprotocol/server";
import { withinBytes } from "../methods/chat/history.ts";
import type { Guest } from "./guest.ts";
import { markdownOf, type TableMessage } from "./history.ts";
import { type Placed, page } from "./page.ts";
import { type Place, placeOf, templates, uriOf } from "./uri.ts";

/** Bytes and messages of a session that one reading gives: the newest. */
const largestSession = 1_000_000;
const mostMessages = 1_000;

const config: Resource = {
  ...{ uri: uriOf({ type: "config" }), name: "config", title: "Settings" },
  ...{ description: "The settings of this house as they stand. Secrets are masked.", mimeType: "application/json" },
};

export async function listResources(guest: Guest, cursor: string | undefined): Promise<ListResourcesResult> {
  const { items, ...next } = page(
    [{ at: "0", item: config }, ...(await texts(guest)), ...(await sessions(guest))],
    cursor,
  );
  return { resources: items, ...next };
}

async function texts({ door }: Guest): Promise<Placed<Resource>[]> {
  const lists = door.house.agents().map(async ({ id: agent, name: title = agent }) =>
    (await door.house.workspace.list(agent))
      .filter(({ isMissing }) => !isMissing)
      .map(({ name, size, updatedAt }) => ({
        at: `1:${agent}:${name}`,
        item: {
          ...{ uri: uriOf({ type: "workspace", agent, name }), name: `${agent}/${name}`, title: `${name} of ${title}` },
          ...{ mimeType: "text/markdown", ...(size === undefined ? {} : { size }) },
          ...changedAt(updatedAt),
        },
      })),
  );
  return (await Promise.all(lists)).flat();
}

/** In the order in which they were made, the newest first: that never changes, however busy the house is. */
async function sessions({ door }: Guest): Promise<Placed<Resource>[]> {
  return (await door.house.store.sessions()).map((session) => ({ at: positionOf(session), item: resourceOf(session) }));
}

function positionOf({ createdAt, key }: Session): string {
  return `2:${String(Number.MAX_SAFE_INTEGER - createdAt).padStart(16, "0")}:${key}`;
}

function resourceOf({ key, label, title, updatedAt }: Session): Resource {
  return {
    ...{ uri: uriOf({ type: "session", key, isJson: false }), name: key, title: label ?? title ?? key },
    ...{ mimeType: "text/markdown", ...changedAt(updatedAt) },
  };
}

function changedAt(at: number | undefined): Pick<Resource, "annotations"> {
  return at === undefined ? {} : { annotations: { lastModified: new Date(at).toISOString() } };
}

export const listTemplates: ListResourceTemplatesResult = {
  resourceTemplates: [
    {
      ...{ uriTemplate: templates.session, name: "session", title: "A session", mimeType: "text/markdown" },
      description: "A conversation as Markdown: its newest messages.",
    },
    {
      ...{ uriTemplate: templates.messages, name: "session-messages", title: "A session's messages" },
      ...{ mimeType: "application/json", description: "The same as JSON, with tool calls and their results." },
    },
    {
      ...{ uriTemplate: templates.workspace, name: "workspace-text", title: "A text of an agent's workspace" },
      ...{ mimeType: "text/markdown", description: "AGENTS.md, SOUL.md, USER.md, TOOLS.md, MEMORY.md and their like." },
    },
  ],
};

export async function readResource(guest: Guest, uri: string): Promise<ReadResourceResult> {
  const place = placeOf(uri);
  const found = place && (await textOf(guest, place));
  if (!found) throw new ResourceNotFoundError(uri);
  return { contents: [{ uri, ...found }] };
}

interface Text {
  readonly mimeType: string;
  readonly text: string;
}

/** Undefined when there is no such thing. Rejects with what the method table says otherwise. */
async function textOf(guest: Guest, place: Place): Promise<Text | undefined> {
  switch (place.type) {
    case "config":
      return configText(guest);
    case "workspace":
      return workspaceText(guest, place);
    case "session":
      return sessionText(guest, place);
  }
}

async function configText({ dispatcher, caller }: Guest): Promise<Text> {
  const found = (await dispatcher.ask(caller, "config.get", {})) as Readonly<Record<string, unknown>>;
  const { path, valid, issues, config: settings } = found;
  return { mimeType: "application/json", text: JSON.stringify({ path, valid, issues, config: settings }, null, 2) };
}

async function workspaceText({ door, dispatcher, caller }: Guest, { agent, name }: Place & { type: "workspace" }) {
  const isKnown = door.house.agents().some((item) => item.id === agent);
  if (!isKnown || !(await door.house.workspace.list(agent)).some((text) => text.name === name)) return undefined;
  const { file } = (await dispatcher.ask(caller, "agents.files.get", { agentId: agent, name })) as {
    readonly file: { readonly content?: string };
  };
  return file.content === undefined ? undefined : { mimeType: "text/markdown", text: file.content };
}

async function sessionText({ dispatcher, caller }: Guest, { key, isJson }: Place & { type: "session" }) {
  const params = { sessionKey: key, limit: mostMessages };
  const { sessionId, messages } = (await dispatcher.ask(caller, "chat.history", params)) as {
    readonly sessionId?: string;
    readonly messages: Parameters<typeof withinBytes>[0];
  };
  if (sessionId === undefined) return undefined;
  const newest = withinBytes(messages, largestSession);
  return isJson
    ? { mimeType: "application/json", text: JSON.stringify({ session: key, messages: newest }) }
    : { mimeType: "text/markdown", text: markdownOf(key, newest as unknown as readonly TableMessage[]) };
}
