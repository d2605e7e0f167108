// The providers' manifests as the catalog carries them, made here from the sources so that no build has to come first.
import type { CatalogEntry, ProviderManifest, Schema } from "@homarus/sdk";
import { toJsonSchema } from "@valibot/to-json-schema";
import anthropic from "../../extensions/providers/anthropic/manifest.ts";
import bedrock from "../../extensions/providers/bedrock/manifest.ts";
import google from "../../extensions/providers/google/manifest.ts";
import offline from "../../extensions/providers/offline/manifest.ts";
import ollama from "../../extensions/providers/ollama/manifest.ts";
import openai from "../../extensions/providers/openai/manifest.ts";
import type { HouseConfig } from "../../server/src/host/config/schema.ts";

function entryOf({ config, ...rest }: ProviderManifest): CatalogEntry {
  const configSchema = toJsonSchema(config as Schema as never, { typeMode: "input", errorMode: "ignore" });
  return { ...rest, configSchema: configSchema as Readonly<Record<string, unknown>>, secrets: ["apiKey"] };
}

export const entries: readonly CatalogEntry[] = [anthropic, bedrock, google, offline, ollama, openai].map((manifest) =>
  entryOf(manifest as unknown as ProviderManifest),
);

/** A config with these providers and the defaults of the section `models`. */
export function configWith(providers: Readonly<Record<string, unknown>>): HouseConfig {
  const models = { tiers: {}, aliases: {}, facts: {}, standIns: true, patienceSeconds: 300, silentSeconds: 300 };
  return { providers, models } as unknown as HouseConfig;
}
