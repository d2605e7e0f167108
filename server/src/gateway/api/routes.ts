// The REST view of the method table: which verb and path is which method. Path and query fill params, a body adds to
// them. Data, read by the room and by the OpenAPI document.

export interface Route {
  readonly verb: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `:name` for what becomes a param of that name. */
  readonly path: string;
  readonly method: string;
  /** One line for the document. */
  readonly summary: string;
  /** Params that are always the same. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** Under which param the body goes; without it its fields are params. */
  readonly body?: string;
  /** A key that the client may leave out, made for each request: the `Idempotency-Key` header, else a new one. */
  readonly keyed?: true;
  /** Status of a good answer; 200 where absent. */
  readonly status?: number;
}

export const routes: readonly Route[] = [
  { verb: "GET", path: "/api/health", method: "health", summary: "How the house is" },
  { verb: "GET", path: "/api/status", method: "status", summary: "Sessions, agents and channels at a glance" },
  { verb: "GET", path: "/api/agents", method: "agents.list", summary: "The agents" },
  { verb: "POST", path: "/api/agents", method: "agents.create", summary: "Makes an agent", status: 201 },
  { verb: "PATCH", path: "/api/agents/:agentId", method: "agents.update", summary: "Changes an agent" },
  { verb: "DELETE", path: "/api/agents/:agentId", method: "agents.delete", summary: "Takes an agent away" },
  { verb: "GET", path: "/api/agents/:agentId/files", method: "agents.files.list", summary: "Texts of its workspace" },
  { verb: "GET", path: "/api/agents/:agentId/files/:name", method: "agents.files.get", summary: "One text" },
  { verb: "PUT", path: "/api/agents/:agentId/files/:name", method: "agents.files.set", summary: "Writes a text" },
  { verb: "GET", path: "/api/models", method: "models.list", summary: "The models that can be chosen" },
  { verb: "GET", path: "/api/tools", method: "tools.catalog", summary: "The tools" },
  { verb: "GET", path: "/api/skills", method: "skills.list", summary: "The skills of an agent" },
  { verb: "GET", path: "/api/channels", method: "channels.status", summary: "How the channels are" },
  { verb: "GET", path: "/api/sessions", method: "sessions.list", summary: "The sessions, newest first" },
  { verb: "POST", path: "/api/sessions", method: "sessions.create", summary: "Begins a session", status: 201 },
  { verb: "GET", path: "/api/sessions/:key", method: "sessions.describe", summary: "One session" },
  { verb: "PATCH", path: "/api/sessions/:key", method: "sessions.patch", summary: "Changes a session" },
  { verb: "DELETE", path: "/api/sessions/:key", method: "sessions.delete", summary: "Deletes a session" },
  { verb: "POST", path: "/api/sessions/:key/reset", method: "sessions.reset", summary: "Begins its log afresh" },
  { verb: "GET", path: "/api/sessions/:sessionKey/messages", method: "chat.history", summary: "What was said" },
  {
    ...{ verb: "POST", path: "/api/sessions/:sessionKey/messages", method: "chat.send", keyed: true, status: 202 },
    summary: "Says something; the answer comes by the event stream",
  },
  { verb: "POST", path: "/api/sessions/:sessionKey/abort", method: "chat.abort", summary: "Stops what is going on" },
  { verb: "GET", path: "/api/search", method: "sessions.search", summary: "Full text over all sessions" },
  { verb: "GET", path: "/api/runs/:runId", method: "agent.wait", summary: "How a run is", fixed: { timeoutMs: 0 } },
  { verb: "GET", path: "/api/jobs", method: "cron.list", summary: "The jobs" },
  { verb: "POST", path: "/api/jobs", method: "cron.add", summary: "Makes a job", status: 201 },
  { verb: "PATCH", path: "/api/jobs/:id", method: "cron.update", summary: "Changes a job", body: "patch" },
  { verb: "DELETE", path: "/api/jobs/:id", method: "cron.remove", summary: "Removes a job" },
  { verb: "POST", path: "/api/jobs/:id/run", method: "cron.run", summary: "Runs a job now", status: 202 },
  { verb: "GET", path: "/api/jobs/:id/runs", method: "cron.runs", summary: "How a job's runs ended" },
  { verb: "GET", path: "/api/config", method: "config.get", summary: "The settings, secrets masked" },
  { verb: "PUT", path: "/api/config", method: "config.set", summary: "Writes the settings" },
  { verb: "PATCH", path: "/api/config", method: "config.patch", summary: "Merges into the settings" },
  { verb: "GET", path: "/api/config/schema", method: "config.schema", summary: "The settings' schema" },
  { verb: "GET", path: "/api/devices", method: "device.pair.list", summary: "Devices that are paired or ask to be" },
  { verb: "DELETE", path: "/api/devices/:deviceId", method: "device.pair.remove", summary: "Forgets a device" },
  { verb: "GET", path: "/api/usage", method: "sessions.usage", summary: "Tokens by session, model and day" },
  { verb: "GET", path: "/api/costs", method: "costs.summary", summary: "What was spent, by what is asked" },
  { verb: "GET", path: "/api/costs/calls", method: "costs.list", summary: "The ledger, newest first" },
  { verb: "GET", path: "/api/budgets", method: "budgets.status", summary: "How the budgets stand" },
];
