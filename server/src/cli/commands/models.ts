// `homarus models`: what can be used, how its providers fare, trying them, choosing one, and setting one up.
import { readFileSync } from "node:fs";
import type { GatewayClient } from "@homarus/sdk/client";
import { createAsker } from "../ask-secret.ts";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { setUp } from "../models/set-up.ts";
import { type Provider, printTrials, type Trial, wordsOfHealth } from "../models/words.ts";
import { textOption } from "../options.ts";
import { printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Model {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly contextWindow?: number;
  readonly reasoning?: boolean;
  readonly tools?: boolean;
  readonly price?: { readonly input: number; readonly output: number };
}

type Action = (client: GatewayClient, invocation: Invocation, operand: string | undefined) => Promise<number>;

export async function run(invocation: Invocation): Promise<number> {
  const [name = "list", operand] = invocation.operands;
  const action = actions[name];
  if (!action)
    throw wrong(`There is no \`homarus models ${name}\`.`, `It is one of ${Object.keys(actions).join(", ")}.`);
  await using connected = await connect(invocation, { otherwise: "embed" });
  return await action(connected.client, invocation, operand);
}

const list: Action = async (client, { options }) => {
  const { models } = await client.request<{ models: readonly Model[] }>(
    "models.list",
    options.all ? { view: "all" } : {},
  );
  if (options.json) {
    printJson({ ok: true, models });
    return 0;
  }
  printTable(
    ["MODEL", "NAME", "CONTEXT", "THINKS", "$ IN/OUT"],
    models.map((model) => [
      `${model.provider}/${model.id}`,
      model.tools === false ? `${model.name} (experimental)` : model.name,
      model.contextWindow ? `${Math.round(model.contextWindow / 1000)}k` : "",
      model.reasoning ? "yes" : "",
      model.price ? `${model.price.input}/${model.price.output}` : "",
    ]),
  );
  return 0;
};

const providers: Action = async (client, { options }) => {
  const found = await client.request<{ providers: readonly Provider[] }>("models.providers", {});
  if (options.json) {
    printJson({ ok: true, ...found });
    return 0;
  }
  printTable(
    ["PROVIDER", "NAME", "STATE", "KEYS"],
    found.providers.map((one) => [one.id, one.title, wordsOfHealth(one), one.keys.join(", ")]),
  );
  return 0;
};

const test: Action = async (client, { options }, operand) => {
  const wish = operand === undefined ? {} : operand.includes("/") ? { model: operand } : { provider: operand };
  const { trials } = await client.request<{ trials: readonly Trial[] }>("models.test", wish);
  const isGood = trials.length > 0 && trials.every(({ ok }) => ok);
  if (options.json) printJson({ ok: isGood, trials });
  else if (trials.length === 0) printLine("No provider is set up. Begin with: homarus onboard");
  else printTrials(trials);
  return isGood ? 0 : 1;
};

const set: Action = async (client, { options }, operand) => {
  if (operand === undefined)
    throw wrong("`homarus models set` wants a model.", "A model as provider/model, a tier, an alias, or default.");
  const agent = textOption(options.agent);
  const answer = await client.request<{ chain: readonly string[] }>("models.set", {
    model: operand,
    ...(agent === undefined ? {} : { agent }),
  });
  if (options.json) {
    printJson({ ok: true, ...answer });
    return 0;
  }
  const [first, ...others] = answer.chain;
  printLine(`${agent ?? "The house"} runs on ${first}.`);
  if (others.length > 0) printLine(`While it cannot answer: ${others.join(", ")}.`);
  return 0;
};

const login: Action = async (client, invocation, operand) => {
  if (operand === undefined)
    throw wrong("`homarus models login` wants a provider.", "`homarus models providers` lists them.");
  return await setUp(client, { provider: operand, makeDefault: false, asker: createAsker(), invocation });
};

const logout: Action = async (client, { options }, operand) => {
  if (operand === undefined)
    throw wrong("`homarus models logout` wants a provider.", "`homarus models providers` lists them.");
  const { removed } = await client.request<{ removed: boolean }>("models.logout", { provider: operand });
  if (options.json) printJson({ ok: true, provider: operand, removed });
  else printLine(removed ? `The login of ${operand} is forgotten.` : `Nobody was logged in to ${operand}.`);
  return 0;
};

const refresh: Action = async (client, { options }) => {
  const from = textOption(options.from);
  const isAddress = from !== undefined && /^https?:/i.test(from);
  const wish = from === undefined ? {} : isAddress ? { url: from } : { text: textIn(from), source: from };
  if (!options.json) printLine(`Reading ${from ?? "the usual list of models"}…`);
  const done = await client.request<{ models: number; priced: number; changed: number; source: string; asOf: string }>(
    "models.refresh",
    wish,
  );
  if (options.json) printJson({ ok: true, ...done });
  else
    printLine(
      `${done.models} models, ${done.priced} with a price; ${done.changed} are new or another than before. Source: ${done.source}, ${done.asOf}.`,
    );
  return 0;
};

const actions: Readonly<Record<string, Action>> = { refresh, list, providers, test, set, login, logout };

function textIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw Object.assign(wrong(`${path} cannot be read.`, "Name a file of this machine, or an address."), { cause });
  }
}
