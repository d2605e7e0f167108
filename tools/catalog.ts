// Builds server/generated/: catalog.json (every manifest as data, the config schema composed of all) and extensions.ts
// (how each one's code is loaded). Neither is committed; both follow from the folders under extensions/.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry, JsonSchema, Manifest, ProviderEntry, Schema } from "@homarus/sdk";
import { toJsonSchema } from "@valibot/to-json-schema";
import { customSettings } from "../server/src/host/config/custom-schema.ts";
import { providerSettings } from "../server/src/host/config/models-schema.ts";
import { channelSettings, houseSchema } from "../server/src/host/config/schema.ts";

const root = join(import.meta.dir, "..");
const target = join(root, "server", "generated");
const kinds = ["channels", "providers", "tools", "toolsets", "sandboxes"] as const;

function schemaOf(schema: Schema): JsonSchema {
  const made = toJsonSchema(schema as never, {
    typeMode: "input",
    errorMode: "ignore",
    overrideAction: ({ valibotAction, jsonSchema }) =>
      valibotAction.type === "metadata"
        ? { ...jsonSchema, ...(valibotAction as unknown as { metadata: object }).metadata }
        : undefined,
  }) as JsonSchema;
  return tidy(made) as JsonSchema;
}

/** Empty titles and descriptions say nothing. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => key !== "$schema" && !((key === "title" || key === "description") && item === ""))
      .map(([key, item]) => [key, tidy(item)]),
  );
}

function secretPaths(schema: JsonSchema, path = ""): string[] {
  if (schema.secret) return [path];
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  return Object.entries(properties).flatMap(([key, child]) => secretPaths(child, path ? `${path}.${key}` : key));
}

async function entryOf(folder: string, kind: (typeof kinds)[number], id: string): Promise<CatalogEntry> {
  const { default: manifest } = (await import(join(folder, "manifest.ts"))) as { default: Manifest };
  if (manifest.id !== id)
    throw new Error(`${folder}: the manifest's id is "${manifest.id}", the folder's name "${id}"`);
  if (`${manifest.kind}${manifest.kind === "sandbox" ? "es" : "s"}` !== kind)
    throw new Error(`${folder}: kind "${manifest.kind}" does not belong under ${kind}`);
  const { config, ...rest } = manifest;
  const configSchema = schemaOf(config);
  const about = { ...rest, configSchema, secrets: secretPaths(configSchema) };
  if (manifest.kind !== "tool") return about as unknown as CatalogEntry;
  const { input: _, ...tool } = about as typeof about & { input: unknown };
  const prompt = readFileSync(join(folder, "prompt.md"), "utf8").trim();
  return { ...tool, inputSchema: schemaOf(manifest.input), prompt } as unknown as CatalogEntry;
}

/** What the file leaves out of a provider's settings the environment may bring; defaults come after both. */
function withoutNeeds(schema: JsonSchema): JsonSchema {
  const { required: _, ...rest } = schema as { required?: unknown; properties?: Record<string, JsonSchema> };
  const fields = Object.entries(rest.properties ?? {}).map(([key, field]) => {
    const { default: __, ...open } = field as { default?: unknown };
    return [key, open];
  });
  return { ...rest, properties: Object.fromEntries(fields) };
}

/** Endpoints of the owner's own, by any name but a provider's; each has the settings of the API it speaks. */
function customSection(entries: readonly CatalogEntry[], settings: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const codes = entries.filter(
    (entry): entry is ProviderEntry =>
      entry.kind === "provider" && !entry.adapter && "baseUrl" in ((entry.configSchema.properties ?? {}) as object),
  );
  const taken = entries.filter((entry) => entry.kind === "provider").map((entry) => entry.id);
  return {
    type: "object",
    title: "Your own endpoints",
    description: "Servers that speak a known API, by a name of yours.",
    default: {},
    propertyNames: {
      pattern: `^(?!(?:${[...taken, "custom"].join("|")})$)[a-z][a-z0-9-]*$`,
      description: "is no name for an endpoint: lower case letters, digits and dashes, and not a provider's own",
    },
    additionalProperties: {
      anyOf: codes.map(({ id, configSchema }) => ({
        type: "object",
        additionalProperties: false,
        properties: {
          adapter: { const: id, title: "API", description: "The provider whose API it speaks." },
          ...(withoutNeeds(configSchema).properties as object),
          ...settings,
        },
        required: ["adapter", "baseUrl"],
      })),
    },
  };
}

function composed(entries: readonly CatalogEntry[]): JsonSchema {
  const house = schemaOf(houseSchema) as { properties: Record<string, JsonSchema> };
  const common = (settings: Record<string, unknown>): Record<string, JsonSchema> =>
    Object.fromEntries(Object.entries(settings).map(([key, schema]) => [key, schemaOf(schema as Schema)]));
  const channel = common(channelSettings);
  const provider = common(providerSettings);
  const more = (kind: string) =>
    kind === "provider" ? { custom: customSection(entries, common({ ...customSettings, ...providerSettings })) } : {};
  const section = (kind: string): JsonSchema => ({
    type: "object",
    additionalProperties: false,
    default: {},
    properties: Object.assign(
      more(kind),
      Object.fromEntries(
        entries
          .filter((entry) => entry.kind === kind)
          .map((entry) => {
            const own = entry.configSchema as { properties?: object };
            if (kind === "provider") {
              const open = withoutNeeds(entry.configSchema) as { properties?: object };
              return [entry.id, { ...open, properties: { ...open.properties, ...provider } }];
            }
            return [entry.id, kind === "channel" ? { ...own, properties: { ...channel, ...own.properties } } : own];
          }),
      ),
    ),
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...house,
    properties: {
      ...house.properties,
      channels: section("channel"),
      providers: section("provider"),
      tools: section("tool"),
      sandboxes: section("sandbox"),
      ...toolsetSections(entries),
    },
  };
}

/** Each server of a toolset has a name of the owner's; tools are named after it. */
function serversOf({ configSchema }: CatalogEntry, description: string): JsonSchema {
  return {
    type: "object",
    description,
    default: {},
    propertyNames: {
      pattern: "^[A-Za-z](?:[A-Za-z0-9-]|_(?!_|$)){0,31}$",
      description: "is no name for a server: letters, digits, dashes and single underscores, 32 at most",
    },
    additionalProperties: configSchema,
  };
}

function toolsetSections(entries: readonly CatalogEntry[]): Record<string, JsonSchema> {
  const found = entries.filter((entry) => entry.kind === "toolset");
  return Object.fromEntries(
    found.flatMap((entry) => [
      [
        entry.id,
        {
          ...{ type: "object", title: entry.title, description: entry.description, default: {} },
          additionalProperties: false,
          properties: { servers: serversOf(entry, "Servers whose tools the agents may use, by a name of yours.") },
        },
      ],
      [`${entry.id}Servers`, serversOf(entry, "The same, as other programs write it.")],
    ]),
  );
}

/** A provider that is data may have a way in of its own. */
function hasAccess(id: string): boolean {
  return existsSync(join(root, "extensions/providers", id, "access.ts"));
}

type ServedEntry = Extract<CatalogEntry, { kind: "provider" | "sandbox" }>;

/** What is data alone is served by another one's code: its settings have to be among those that code reads. */
function adapterServes({ kind, id, adapter, configSchema }: ServedEntry): void {
  if (adapter === undefined) return;
  const folder = `${kind === "provider" ? "providers" : "sandboxes"}/${id}`;
  const code = entries.find((entry) => entry.kind === kind && entry.id === adapter && !entry.adapter);
  if (!code) throw new Error(`${folder}: there is no code of a ${kind} "${adapter}"`);
  if (existsSync(join(root, "extensions", folder, "index.ts")))
    throw new Error(`${folder}: it names an adapter, so it has no index.ts`);
  const fields = (schema: JsonSchema) => Object.entries((schema.properties ?? {}) as Record<string, { type?: string }>);
  const known = new Map(fields(code.configSchema).map(([name, field]) => [name, field.type]));
  // What has a way in of its own has settings for it.
  if (kind === "provider" && hasAccess(id)) return;
  for (const [name, field] of fields(configSchema))
    if (!known.has(name) || known.get(name) !== field.type)
      throw new Error(`${folder}: the code of "${adapter}" reads no setting "${name}" of type ${field.type}`);
}

const entries: CatalogEntry[] = [];
const loads: string[] = [];
for (const kind of kinds) {
  const parent = join(root, "extensions", kind);
  if (!existsSync(parent)) continue;
  for (const id of readdirSync(parent).sort()) {
    const folder = join(parent, id);
    if (!existsSync(join(folder, "manifest.ts"))) continue;
    const entry = await entryOf(folder, kind, id);
    entries.push(entry);
    if ("adapter" in entry && entry.adapter) {
      if (entry.kind === "provider" && hasAccess(id))
        loads.push(`  "access/${id}": () => import("../../extensions/${kind}/${id}/access.ts"),`);
      continue;
    }
    loads.push(`  "${entry.kind}/${id}": () => import("../../extensions/${kind}/${id}/index.ts"),`);
  }
}
for (const entry of entries) if (entry.kind === "provider" || entry.kind === "sandbox") adapterServes(entry);
mkdirSync(target, { recursive: true });
writeFileSync(
  join(target, "catalog.json"),
  `${JSON.stringify({ entries, configSchema: composed(entries) }, null, 1)}\n`,
);
writeFileSync(
  join(target, "extensions.ts"),
  `// Generated from the folders under extensions/. Not committed, not edited.\nexport const extensions: Readonly<Record<string, () => Promise<unknown>>> = {\n${loads.join("\n")}\n};\n`,
);
console.log(`catalog: ${entries.length} extensions`);
