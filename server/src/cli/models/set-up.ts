// Sets a provider up: asks for what it needs, has the vendor try it, and saves it when the vendor takes it.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Asker } from "../ask-secret.ts";
import type { Invocation } from "../command.ts";
import { textOption } from "../options.ts";
import { printJson, printLine } from "../print.ts";

export interface Provider {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly isReady: boolean;
  readonly missing: readonly string[];
  readonly secrets: readonly { readonly field: string; readonly variables: readonly string[] }[];
  readonly keys: readonly string[];
  readonly health: {
    readonly state: string;
    readonly latencyMs?: number;
    readonly lastFault?: { readonly message: string };
  };
  readonly rests: readonly { readonly what: string; readonly until: number; readonly code: string }[];
}

export interface Trial {
  readonly provider: string;
  readonly model: string;
  readonly key: string;
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly fault?: { readonly message: string; readonly hint?: string };
}

export interface SetUp {
  readonly provider: string;
  readonly makeDefault: boolean;
  readonly asker: Asker;
  readonly invocation: Invocation;
}

export async function setUp(client: GatewayClient, wish: SetUp): Promise<number> {
  const { options } = wish.invocation;
  const provider = await providerNamed(wish.provider, client);
  const settings = await settingsFor(provider, wish);
  const { saved, trials } = await client.request<{ saved: boolean; trials: readonly Trial[] }>("models.configure", {
    ...{ provider: provider.id, settings },
    ...(wish.makeDefault && { makeDefault: true }),
    ...(options.force === true && { force: true }),
  });
  if (options.json) {
    printJson({ ok: saved, provider: provider.id, trials });
    return saved ? 0 : 1;
  }
  printTrials(trials);
  const end = "Nothing was saved. Try again, or save it all the same with --force.";
  printLine(saved ? `${provider.title} is set up.` : end);
  return saved ? 0 : 1;
}

async function providerNamed(id: string, client: GatewayClient): Promise<Provider> {
  const { providers } = await client.request<{ providers: readonly Provider[] }>("models.providers", {});
  const provider = providers.find((one) => one.id === id);
  if (provider) return provider;
  const hint = `It is one of ${providers.map((one) => one.id).join(", ")}.`;
  throw Object.assign(new Error(`There is no provider ${id}.`), { kind: "invalid", code: "cli.provider", hint });
}

/** What it still needs must be given; a key that is there already may be kept. */
async function settingsFor(provider: Provider, { asker, invocation }: SetUp): Promise<Record<string, string>> {
  const url = textOption(invocation.options.url);
  const settings: Record<string, string> = url === undefined ? {} : { baseUrl: url };
  const isSecret = (field: string): boolean => provider.secrets.some((secret) => secret.field === field);
  for (const field of provider.missing) {
    const answer = (await asker[isSecret(field) ? "secret" : "line"](`${field} of ${provider.title}: `)).trim();
    if (answer === "") {
      const hint = "Paste it at the question, or pipe it in as a line.";
      throw Object.assign(new Error(`No ${field} was given.`), { kind: "invalid", code: "cli.operands", hint });
    }
    settings[field] = answer;
  }
  if (!isSecret("apiKey") || settings.apiKey !== undefined) return settings;
  const answer = (await asker.secret(`apiKey of ${provider.title} (empty keeps what is there): `)).trim();
  return answer === "" ? settings : { ...settings, apiKey: answer };
}

export function printTrials(trials: readonly Trial[]): void {
  for (const { provider, model, key, ok, latencyMs, fault } of trials) {
    const name = `${provider}/${model}${key === "" || key === "default" ? "" : ` by ${key}`}`;
    printLine(
      ok
        ? `${name} answers, in ${latencyMs} ms.`
        : `${name}: ${[fault?.message, fault?.hint].filter(Boolean).join(" ")}`,
    );
  }
}

export function wordsOfHealth({ isReady, missing, health, rests }: Provider): string {
  if (!isReady) return missing.length > 0 ? `needs ${missing.join(", ")}` : "not found on this machine";
  const [rest] = rests;
  if (rest) return `rests until ${new Date(rest.until).toLocaleTimeString()} (${rest.code})`;
  if (health.state === "unknown") return "set up";
  if (health.state === "healthy") return health.latencyMs === undefined ? "healthy" : `healthy, ${health.latencyMs} ms`;
  return `${health.state}: ${health.lastFault?.message ?? ""}`;
}
