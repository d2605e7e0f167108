// The house as the gateway sees it: the line, the sessions, the config, pairing and models, behind one interface.
import { Fault } from "@homarus/sdk";
import { commands } from "../core/commands/commands.ts";
import { createSessionWork } from "../core/line/session-work.ts";
import { createSpeak } from "../core/line/speak.ts";
import type { Counters, House } from "../gateway/house.ts";
import type { HouseParts } from "./house-parts.ts";
import { houseSafety } from "./house-safety.ts";
import { houseTools } from "./house-tools.ts";
import { houseWorkspace } from "./house-workspace.ts";
import { leaseWork } from "./leases.ts";
import { secretWork } from "./secrets.ts";

export function createHouse(parts: HouseParts): House {
  const { ground, line, pairing } = parts;
  const { version, startedAt, log, store, catalog, config, shutdown } = ground;
  return {
    ...{ version, startedAt, log, store, catalog, pairing },
    stateFolder: ground.home.folder,
    redact: ground.redactor.json,
    receive(message) {
      if (shutdown.signal.aborted)
        return Promise.reject(new Fault("unavailable", "house.closing", "The house is shutting down."));
      // A person is always heard; a program can come again.
      if (message.origin === "hook" && !parts.memory.hasRoom())
        return Promise.reject(
          new Fault("unavailable", "house.memory", "The house is short of memory and takes no webhooks for now.", {
            retryAt: ground.clock.now() + 60_000,
          }),
        );
      return line.receive(message);
    },
    watch: ground.tap.watch,
    runs: { active: line.runs.active, abort: line.runs.abort },
    sessions: createSessionWork({
      ...{ store, clock: ground.clock, tap: ground.tap, newId: parts.newId, routeRules: parts.routeRules },
      chooseModel: parts.models.choose,
      ...{ exclusive: line.exclusive, shorten: line.shorten, signer: parts.gates.signer },
    }),
    config: {
      path: ground.home.configPath,
      read: async () => config.facts(),
      write: async (raw, baseHash, by) => config.write(raw, baseHash, by),
      edit: async (changes, baseHash, by) => config.edit(changes, baseHash, by),
      schema: () => config.schema,
    },
    ...houseSafety(parts),
    ...{ secrets: secretWork(ground), leases: leaseWork(ground, parts.gates.halt) },
    ...{ tools: houseTools(parts), servers: parts.toolsets },
    workspace: houseWorkspace(ground.workspace),
    speak: createSpeak({
      ...{ store, clock: ground.clock, delivery: parts.delivery },
      channel: (id) => parts.channels.find(id)?.channel,
    }),
    commands,
    agents: () => agentsOf(parts),
    models: (ask) => parts.models.offered(ask === "ask", shutdown.signal),
    providers: {
      list: parts.models.providers,
      test: (wish) => parts.models.test(wish, shutdown.signal),
      refresh: (wish) => parts.models.refresh(wish, shutdown.signal),
      chain: parts.models.chain,
      login: parts.models.logins,
    },
    embed: (model, request, signal) => parts.models.embed(model, request, AbortSignal.any([signal, shutdown.signal])),
    channels: parts.channels.list,
    jobs: parts.jobs,
    costs: parts.costs,
    memory: parts.memory.facts,
    counters: () => countersOf(parts),
    logs: ground.logs,
  };
}

function agentsOf(parts: HouseParts): ReturnType<House["agents"]> {
  const rules = parts.routeRules();
  return rules.agents.map((id) => {
    const agent = parts.agent(id);
    const isDefault = id === rules.defaultAgent;
    return {
      id,
      name: agent.name,
      isDefault,
      model: modelName(parts, agent.model),
      workspace: parts.ground.workspace(id),
    };
  });
}

function modelName(parts: HouseParts, name: string | undefined): string {
  try {
    const { provider, model } = parts.models.choose(name);
    return `${provider}/${model}`;
  } catch {
    // A list of agents must not fail because one of them names a model that is not set up.
    return name ?? "";
  }
}

function countersOf(parts: HouseParts): Counters {
  const statistics = parts.ground.statistics.now();
  const messages = Object.values(statistics.outcomes).reduce((sum, count) => sum + count, 0);
  return { ...statistics, messages, activeRuns: parts.line.runs.active().length };
}
