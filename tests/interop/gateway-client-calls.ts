// One call of each method whose answer the peer publishes a shape for, beside those of the conversation, and of some
// more whose refusals are looked at. In order: later ones use what earlier ones made.
import type { PublishedClient } from "./published-client.ts";

const key = "agent:main:main";
const file = { agentId: "main", name: "SOUL.md" };

const fixedCalls: readonly (readonly [method: string, params: object])[] = [
  ["health", {}],
  ["status", {}],
  ["system-presence", {}],
  ["config.get", {}],
  ["config.schema", {}],
  ["config.schema.lookup", { path: "gateway" }],
  ["logs.tail", { limit: 10 }],
  ["update.status", {}],
  ["secrets.resolve", { commandName: "x", targetIds: ["a"] }],
  ["artifacts.list", { sessionKey: key }],
  ["artifacts.get", { sessionKey: key, artifactId: "a" }],
  ["artifacts.download", { sessionKey: key, artifactId: "a" }],
  ["sessions.pluginPatch", { key, pluginId: "p", namespace: "n" }],
  ["question.list", {}],
  ["progressCard.get", { sessionKey: key }],
  ["sessions.branches.list", { sessionKey: key }],
  ["sessions.companion.state", { sessionKey: key }],
  ["sessions.observer.visibility", { visible: true }],
  ["agents.list", {}],
  ["agent.identity.get", {}],
  ["agents.files.list", { agentId: "main" }],
  ["agents.files.set", { ...file, content: "Kind." }],
  ["agents.files.get", file],
  ["exec.approvals.get", {}],
  ["channels.status", {}],
  ["channels.pairing.list", {}],
  ["channels.pairing.approve", { channel: "telegram", requestId: "x" }],
  ["channels.pairing.dismiss", { channel: "telegram", requestId: "x" }],
  ["chat.startup", { sessionKey: key }],
  ["chat.metadata", {}],
  ["chat.message.get", { sessionKey: key, messageId: "unknown" }],
  ["models.list", {}],
  ["models.authStatus", {}],
  ["sessions.list", { includeDerivedTitles: true, includeLastMessage: true }],
  ["sessions.resolve", { key }],
  ["sessions.describe", { key }],
  ["sessions.preview", { keys: [key] }],
  ["sessions.search", { query: "again" }],
  ["sessions.create", { label: "Kitchen" }],
  ["tasks.list", {}],
  ["sessions.compaction.list", { key }],
  ["skills.status", {}],
  ["skills.search", { query: "weather" }],
  ["skills.detail", { slug: "weather" }],
  ["tools.catalog", {}],
  ["tools.effective", { sessionKey: key }],
  ["tools.invoke", { name: "session_status", args: {}, sessionKey: key }],
  ["tools.invoke", { name: "nothing", sessionKey: key }],
  ["commands.list", {}],
  ["plugins.list", {}],
  ["plugins.uiDescriptors", {}],
  ["usage.status", {}],
  ["usage.cost", { days: 7 }],
  ["sessions.usage", {}],
  ["talk.catalog", {}],
  ["talk.config", {}],
  ["talk.speak", { text: "hi" }],
  ["push.test", { nodeId: "n" }],
  ["tts.status", {}],
  ["tts.providers", {}],
  ["node.list", {}],
  ["node.pair.list", {}],
  ["cron.status", {}],
];

/** Calls that need what an answer before them told. */
async function chainedCalls(client: PublishedClient): Promise<void> {
  const { file, hash } = await client.request("exec.approvals.get");
  await client.request("exec.approvals.set", { file, baseHash: hash });
  const { paired } = await client.request("device.pair.list");
  await client.request("device.token.rotate", { deviceId: paired.at(-1).deviceId, role: "operator" });
  const { sessionId } = await client.request("wizard.start");
  await client.request("wizard.status", { sessionId });
  await client.request("wizard.next", { sessionId });
  await client.request("wizard.cancel", { sessionId });
  await sessionCalls(client);
}

async function sessionCalls(client: PublishedClient): Promise<void> {
  const { messages } = await client.request("chat.history", { sessionKey: key });
  const entryId = messages.at(-1).__openclaw.id;
  await client.request("chat.message.get", { sessionKey: key, messageId: entryId });
  const fork = await client.request("sessions.fork", { sessionKey: key, entryId });
  await client.request("sessions.compact", { key, maxLines: 2 });
  const { checkpoints } = await client.request("sessions.compaction.list", { key });
  const { checkpointId } = checkpoints[0];
  await client.request("sessions.compaction.branch", { key, checkpointId });
  await client.request("sessions.compaction.restore", { key, checkpointId });
  await client.request("sessions.delete", { key: fork.sessionKey ?? fork.key });
}

/** Refusals of the first kind are answers too, and looked at with all others; of the second there must be none. */
export async function callAll(client: PublishedClient, folder: string): Promise<void> {
  for (const [method, params] of fixedCalls) await client.request(method, params).catch(() => undefined);
  await chainedCalls(client);
  const { agentId } = await client.request("agents.create", { name: "Second", workspace: `${folder}/second` });
  await client.request("agents.update", { agentId, name: "Third" });
  await client.request("agents.delete", { agentId });
}
