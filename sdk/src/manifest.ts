// Manifest: what an extension is, as data. It is evaluated when the catalog is built; the house, the web page, the docs
// and the security review read the JSON that comes of it, and no code of the extension runs before it is used.
import type { ExtensionContext } from "./context.ts";
import type { Channel } from "./ports/channel.ts";
import type { SandboxContext, SandboxHabits } from "./ports/processes.ts";
import type { ModelInfo, Provider } from "./ports/provider.ts";
import type { Sandbox } from "./ports/sandbox.ts";
import type { Tool } from "./ports/tool.ts";
import type { Toolset, ToolsetContext } from "./ports/toolset.ts";
import type { InferSchema, Schema } from "./schema.ts";
import type { ProviderContext, VendorHabits } from "./vendor/vendor.ts";

export type ExtensionKind = "channel" | "provider" | "tool" | "toolset" | "sandbox";

interface ManifestBase<Kind extends ExtensionKind, Config extends Schema> {
  /** Lower case, digits and dashes; the folder's name. */
  readonly id: string;
  readonly kind: Kind;
  readonly title: string;
  /** One sentence for the owner. */
  readonly description: string;
  /** The version of Homarus it first came with. */
  readonly since: string;
  readonly permissions: {
    /** Host names it may fetch; `{config.url}` stands for the host of a configured address, or for one label of a host. */
    readonly hosts: readonly string[];
  };
  readonly config: Config;
}

export type ChannelCapability =
  | "edits"
  | "choices"
  | "typing"
  | "threads"
  | "attachments"
  | "replies"
  | "groups"
  | "sightings";

export interface ChannelManifest<Config extends Schema = Schema> extends ManifestBase<"channel", Config> {
  readonly capabilities: readonly ChannelCapability[];
  readonly limits: {
    /** Greatest length of one text message, in the platform's unit. */
    readonly text: number;
    /** Bytes of one attachment on its way out. */
    readonly attachment: number;
    /** Least ms between two edits of one message. */
    readonly editEveryMs?: number;
  };
}

export interface ProviderManifest<Config extends Schema = Schema> extends ManifestBase<"provider", Config> {
  readonly capabilities: readonly (
    | "thinking"
    | "tools"
    | "images"
    | "audio"
    | "files"
    | "models"
    | "embeddings"
    | "login"
    | "login-file"
  )[];
  /** Variables of the environment that fill config fields when the file does not: field -> names, first set wins. */
  readonly environment: Readonly<Record<string, readonly string[]>>;
  /** Chosen for when no model is named: less is tried first; undefined never by itself. */
  readonly preference?: number;
  /** Used when the owner names none. */
  readonly defaultModel: string;
  /** Makes vectors when the owner names no model for it. */
  readonly embeddingModel?: string;
  /** An address on this machine that answers where such a server runs; then it is used without configuration. */
  readonly detect?: string;
  readonly models: readonly ModelInfo[];
  /** Which of its models stands for a tier. */
  readonly tiers?: Partial<Readonly<Record<ModelTier, string>>>;
  /** Nothing is paid for any of its models: they run on the owner's own machines. */
  readonly free?: boolean;
  /** Id of the provider whose code serves this one too: the folder then holds data alone, and `access.ts` at most. */
  readonly adapter?: string;
  /** How this vendor differs from others of the same adapter. */
  readonly habits?: VendorHabits;
}

/** How strong a model is wanted, whichever vendor gives it. */
export const modelTiers = ["fast", "balanced", "strong"] as const;
export type ModelTier = (typeof modelTiers)[number];

export interface ToolEffects {
  readonly reads: boolean;
  readonly writes: boolean;
  readonly executes: boolean;
  readonly network: boolean;
  /** Reaches other people or systems and changes something there: sends, posts, orders. */
  readonly outside?: boolean;
  /** Cannot be undone. */
  readonly destructive?: boolean;
}

/** What a tool is for; profiles and lists name whole groups. */
export type ToolGroup = "status" | "files" | "commands" | "web" | "sessions" | "messages" | "owner" | "house" | "mcp";

export interface ToolManifest<Config extends Schema = Schema, Input extends Schema = Schema>
  extends ManifestBase<"tool", Config> {
  /** What the model reads; kept in `prompt.md` beside the manifest and filled in when the catalog is built. */
  readonly input: Input;
  readonly group: ToolGroup;
  readonly effects: ToolEffects;
  /** What its answers hold: `foreign` are words of strangers, `workspace` those of files. Absent: the house's own. */
  readonly words?: "foreign" | "workspace";
  /** When it waits for the owner's yes, where the owner has not said. */
  readonly approval?: "always" | "destructive" | "never";
  /** Fields of its input that the policy looks into: a shell command, an address. */
  readonly fields?: { readonly command?: string; readonly address?: string };
  /** Running it again after a crash does no harm and gives the same. */
  readonly idempotent: boolean;
  /** All that it changes goes by the call's id, so that the same call again changes nothing more: it may be cut. */
  readonly keyed?: boolean;
  /** May run at the same time as other calls of the same step. */
  readonly parallel: boolean;
  /** The house ends a call after this long. */
  readonly timeoutMs: number;
}

/** Its settings are those of one server: the code is activated once for each that the owner has set up. */
export interface ToolsetManifest<Config extends Schema = Schema> extends ManifestBase<"toolset", Config> {
  /** Id of the toolset whose code serves this one too: the house gives each server an id of its own. */
  readonly adapter?: string;
}

export interface SandboxManifest<Config extends Schema = Schema> extends ManifestBase<"sandbox", Config> {
  readonly capabilities: readonly SandboxCapability[];
  /** Id of the sandbox whose code serves this one too: the folder then holds data alone. */
  readonly adapter?: string;
  /** How this one differs from others of the same adapter. */
  readonly habits?: SandboxHabits;
}

/** What the sandbox sets up. Whether this machine lets a limit hold, its `probe` tells. */
export type SandboxCapability =
  | "network-off"
  | "memory-limit"
  | "process-limit"
  | "cpu-limit"
  | "disk-limit"
  | "mounts"
  | "egress"
  | "terminal"
  | "usage";

export type Manifest = ChannelManifest | ProviderManifest | ToolManifest | ToolsetManifest | SandboxManifest;

/** States a manifest with its types kept, so that a renamed config field is a compile error where it is used. */
export function defineManifest<const M extends Manifest>(manifest: M): M {
  return manifest;
}

type PortOf<M extends Manifest> =
  M extends ToolManifest<Schema, infer Input>
    ? Tool<InferSchema<Input>>
    : M extends ChannelManifest
      ? Channel
      : M extends ProviderManifest
        ? Provider
        : M extends ToolsetManifest
          ? Toolset
          : Sandbox;

/** What an extension's `index.ts` exports as `activate`. */
export type Activate<M extends Manifest> = (
  context: M extends ProviderManifest
    ? ProviderContext<InferSchema<M["config"]>>
    : M extends SandboxManifest
      ? SandboxContext<InferSchema<M["config"]>>
      : M extends ToolsetManifest
        ? ToolsetContext<InferSchema<M["config"]>>
        : ExtensionContext<InferSchema<M["config"]>>,
) => PortOf<M>;

export type ProviderEntry = Extract<CatalogEntry, { kind: "provider" }>;

/** JSON Schema, as the catalog carries it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A manifest after the catalog was built: schemas are JSON, prompts are filled in. */
export type CatalogEntry = CatalogBase &
  (
    | (Omit<ChannelManifest, "config"> & { readonly configSchema: JsonSchema })
    | (Omit<ProviderManifest, "config"> & {
        readonly configSchema: JsonSchema;
        /** Where in the config its settings stand; absent: under `providers`, by its id. */
        readonly settings?: string;
      })
    | (Omit<ToolManifest, "config" | "input"> & {
        readonly configSchema: JsonSchema;
        readonly inputSchema: JsonSchema;
        readonly prompt: string;
      })
    | (Omit<ToolsetManifest, "config"> & { readonly configSchema: JsonSchema })
    | (Omit<SandboxManifest, "config"> & { readonly configSchema: JsonSchema })
  );

interface CatalogBase {
  /** Config fields (dotted) that hold secrets. */
  readonly secrets: readonly string[];
}
