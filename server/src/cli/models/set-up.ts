// Sets a provider up: asks for what it needs, has the vendor try it, and saves it when the vendor takes it.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Asker } from "../ask-secret.ts";
import type { Invocation } from "../command.ts";
import { textOption } from "../options.ts";
import { printJson, printLine } from "../print.ts";
import { adoptLogin, logIn } from "./log-in.ts";
import { type Provider, printTrials, type Trial } from "./words.ts";

export interface SetUp {
  readonly provider: string;
  readonly makeDefault: boolean;
  readonly asker: Asker;
  readonly invocation: Invocation;
}

export async function setUp(client: GatewayClient, wish: SetUp): Promise<number> {
  const provider = await providerNamed(wish.provider, client);
  const file = textOption(wish.invocation.options.from);
  if (file !== undefined) return await adoptLogin(client, { ...wish, provider, file });
  return provider.logsIn ? await logIn(client, { ...wish, provider }) : await takeKey(client, wish, provider);
}

async function takeKey(client: GatewayClient, wish: SetUp, provider: Provider): Promise<number> {
  const { options } = wish.invocation;
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
