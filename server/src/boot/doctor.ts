// What could be wrong with a house, looked at from outside: nothing here changes anything.
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { type CatalogEntry, type Json, type JsonSchema, toFault } from "@homarus/sdk";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { chainOf, type ModelChoice } from "../core/models/chain.ts";
import { createRedactor } from "../core/redact/redactor.ts";
import { withDefaults } from "../host/config/check.ts";
import { composeConfig } from "../host/config/live.ts";
import { secretsOf } from "../host/config/mask.ts";
import { readConfig } from "../host/config/read.ts";
import type { SecretLookup } from "../host/config/references.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { findHome, leaseSocketPath } from "../host/files/home.ts";
import { openVault } from "../host/secrets/vault.ts";
import { peekValue } from "../host/store/peek.ts";
import { readCertificate } from "../host/tls/certificate.ts";
import { certificateFiles } from "../host/tls/files.ts";
import { configFaults } from "./config-faults.ts";
import { sandboxFindings } from "./doctor-sandbox.ts";
import type { Finding } from "./finding.ts";
import { createKnownSecrets } from "./known-secrets.ts";
import { lazyTailscale } from "./lazy.ts";
import { chainRules, openChoosing } from "./models/choosing.ts";
import { recallLogins } from "./models/logins.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const built = catalog as unknown as { readonly entries: readonly CatalogEntry[]; readonly configSchema: JsonSchema };

export async function examine(
  environment: Environment,
  configPath: string | undefined,
  isAnswering: boolean,
): Promise<readonly Finding[]> {
  const home = findHome(environment, configPath);
  const vault = openVault({ folder: home.folder, environment, now: Date.now });
  const { findings, config, secrets } = configFindings(home.configPath, environment, vault.read);
  const parts = { environment, catalog: built.entries, home, vault, config: () => ({ secrets: () => secrets }) };
  const redactor = createRedactor(() => known.all());
  const known = createKnownSecrets(parts, redactor.refresh);
  const peek = async (space: string, key: string): Promise<Json | undefined> => {
    const value = peekValue(home.statePath, space, key);
    known.see(space, key, value);
    return value;
  };
  const all: readonly Finding[] = [
    { id: "runtime", state: "good", text: `Bun ${process.versions.bun ?? "?"} on ${process.platform} ${process.arch}` },
    stateFinding(home.folder),
    ...findings,
    ...(config
      ? [
          await modelFinding(config, environment, peek),
          ...(await sandboxFindings(config, built.entries, home.folder)),
          channelsFinding(config),
        ]
      : []),
    ...(config ? await reachFindings(config, home.folder, environment) : []),
    ...(config?.secrets.leases.enabled ? [leasesFinding(home.folder, isAnswering)] : []),
    isAnswering
      ? { id: "gateway", state: "good", text: "a gateway answers" }
      : { id: "gateway", state: "note", text: "no gateway is running", next: "Start it with `homarus gateway`." },
  ];
  // What is wrong may be told with words of others in it, such as a file's or a program's.
  return redactor.json(all);
}

function stateFinding(folder: string): Finding {
  if (!existsSync(folder))
    return { id: "state", state: "note", text: `${folder} does not exist yet`, next: "It is made at the first start." };
  try {
    accessSync(folder, constants.R_OK | constants.W_OK);
  } catch {
    return {
      id: "state",
      state: "bad",
      text: `${folder} is not writable for this user`,
      next: `Give it to this user, or set HOMARUS_HOME to another folder.`,
    };
  }
  const open = statSync(folder).mode & 0o077;
  if (open)
    return {
      id: "state",
      state: "note",
      text: `${folder} can be read by others`,
      next: `chmod 700 ${folder} (the next start does it).`,
    };
  return { id: "state", state: "good", text: folder };
}

function configFindings(
  path: string,
  environment: Environment,
  secret: SecretLookup,
): { findings: Finding[]; config: HouseConfig | undefined; secrets: readonly string[] } {
  try {
    const file = readConfig(path, environment);
    const schema = built.configSchema;
    const found = composeConfig(file, { schema, secret, faults: configFaults });
    const { issues } = found;
    const secrets = secretsOf(found.config, schema);
    const config = withDefaults(found.config, schema) as unknown as HouseConfig;
    if (issues.length === 0)
      return {
        findings: [{ id: "config", state: "good", text: file.exists ? path : `${path} (not there: defaults hold)` }],
        ...{ config, secrets },
      };
    const findings = issues.map(
      ({ path: place, message }): Finding => ({
        id: "config",
        state: "bad",
        text: `${place || path} ${message}`,
        next: `Mend ${path}.`,
      }),
    );
    return { findings, config: undefined, secrets };
  } catch (thrown) {
    const { message, hint } = toFault(thrown);
    return {
      findings: [{ id: "config", state: "bad", text: message, ...(hint ? { next: hint } : {}) }],
      ...{ config: undefined, secrets: [] },
    };
  }
}

async function modelFinding(
  config: HouseConfig,
  environment: Environment,
  peek: Parameters<typeof recallLogins>[1],
): Promise<Finding> {
  const choosing = openChoosing({ catalog: built.entries, environment, config: () => config });
  await recallLogins(choosing, peek);
  try {
    const [first] = chainOf(config.agents.defaults.model, false, chainRules(config, choosing)).models;
    const { provider, model } = first as ModelChoice;
    if (provider !== "offline") return { id: "model", state: "good", text: `${provider}/${model}` };
    return {
      id: "model",
      state: "note",
      text: "the offline demonstration",
      next: "Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY for a real model.",
    };
  } catch (thrown) {
    const { message, hint } = toFault(thrown);
    return { id: "model", state: "bad", text: message, ...(hint ? { next: hint } : {}) };
  }
}

function channelsFinding(config: HouseConfig): Finding {
  const on = Object.entries(config.channels).filter(([, settings]) => settings.enabled);
  if (on.length === 0) return { id: "channels", state: "good", text: "web chat (no other channel is configured)" };
  const open = on.filter(([, settings]) => settings.access.direct === "open").map(([id]) => id);
  if (open.length > 0)
    return {
      id: "channels",
      state: "note",
      text: `${open.join(", ")} lets everybody in`,
      next: 'Set access.direct to "pairing" if that is not what you want.',
    };
  return { id: "channels", state: "good", text: on.map(([id]) => id).join(", ") };
}

/** What other machines need to reach the gateway; nothing where neither is configured. */
async function reachFindings(
  { gateway }: HouseConfig,
  folder: string,
  environment: Environment,
): Promise<readonly Finding[]> {
  const isGivenOut = gateway.tailscale.mode !== "off";
  return [
    ...(gateway.tls.enabled ? [tlsFinding(gateway.tls, folder)] : []),
    ...(isGivenOut ? [await tailscaleFinding(gateway.tailscale.mode, environment)] : []),
  ];
}

const soonMs = 14 * 86_400_000;

function tlsFinding(settings: HouseConfig["gateway"]["tls"], folder: string): Finding {
  try {
    const files = certificateFiles(settings, folder);
    if (files.isOurs && !existsSync(files.certFile))
      return { id: "tls", state: "note", text: "no certificate yet", next: "One is made at the first start." };
    const { fingerprint, expiresAt } = readCertificate(files);
    const text = `certificate until ${new Date(expiresAt).toISOString().slice(0, 10)}, SHA-256 ${fingerprint}`;
    if (expiresAt - Date.now() > soonMs) return { id: "tls", state: "good", text };
    const next = files.isOurs ? "Start the gateway again: it makes a new one." : `Renew ${files.certFile}.`;
    return { id: "tls", state: expiresAt < Date.now() ? "bad" : "note", text, next };
  } catch (thrown) {
    return faultFinding("tls", thrown);
  }
}

async function tailscaleFinding(mode: string, environment: Environment): Promise<Finding> {
  try {
    const { name } = await (await lazyTailscale(environment)).status();
    return { id: "tailscale", state: "good", text: `${mode} as https://${name}` };
  } catch (thrown) {
    return faultFinding("tailscale", thrown);
  }
}

function leasesFinding(folder: string, isAnswering: boolean): Finding {
  const path = leaseSocketPath(folder);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isSocket() && isAnswering) return { id: "leases", state: "good", text: `secrets are leased on ${path}` };
  const text = `nobody gives leased secrets on ${path}`;
  if (!isAnswering) return { id: "leases", state: "note", text, next: "Start it with `homarus gateway`." };
  return { id: "leases", state: "bad", text, next: "homarus logs says why; start the gateway again." };
}

function faultFinding(id: Finding["id"], thrown: unknown): Finding {
  const { message, hint } = toFault(thrown);
  return { id, state: "bad", text: message, ...(hint ? { next: hint } : {}) };
}
