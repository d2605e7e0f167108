// Whose models an adapter serves. One adapter's code may speak for several vendors, and for servers of the owner's own:
// errors have to name the right one, and requests have to keep to its habits.
import type { Json } from "../content.ts";
import type { ExtensionContext } from "../context.ts";
import type { ThinkingLevel } from "../message.ts";
import type { ModelInfo } from "../ports/provider.ts";

export interface Vendor {
  readonly title: string;
  /** Where its settings stand in the config, for example `providers.groq`. */
  readonly settings: string;
  /** Variables of the environment by the field they fill. */
  readonly environment: Readonly<Record<string, readonly string[]>>;
  /** What is known of its models beforehand. */
  readonly models: readonly ModelInfo[];
  readonly habits: VendorHabits;
}

/** How a vendor differs from others that speak the same API. What is absent is as the adapter has it by itself. */
export interface VendorHabits {
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields that stand in each request for an answer. */
  readonly body?: Readonly<Record<string, Json>>;
  /** Fields by the level of thinking; the first row whose pattern fits the model counts. Without a fit none are sent. */
  readonly thinking?: readonly ThinkingHabit[];
  /** How long the model's own reasoning goes back to it; absent: within the answer it belongs to. */
  readonly reasoning?: "answer" | "always" | "never";
  /** Field that a step with calls must have, if only empty, also where another model wrote it. */
  readonly reasoningField?: string;
  /** Field that holds the greatest length of an answer. */
  readonly limitField?: "max_tokens" | "max_completion_tokens";
  /** It refuses `stream_options`, and counts tokens without being asked. */
  readonly countsUnasked?: boolean;
  /** An id of a call is letters and digits alone, and exactly so many. */
  readonly callIdLength?: number;
  /** What the agent is made to say between results of tools and words of a person, where neither may follow the other. */
  readonly afterTools?: string;
  /** Models whose prompt is cached only where it is marked, as a pattern. */
  readonly cacheMarks?: string;
  /** Its list of models names more than converse; those that fit this pattern are left out. */
  readonly unlisted?: string;
}

export interface ThinkingHabit {
  /** A regular expression on the model's id, without regard to case. */
  readonly models: string;
  readonly levels: Readonly<Record<ThinkingLevel, Readonly<Record<string, Json>>>>;
}

/** What a provider's code is handed. */
export interface ProviderContext<Config = unknown> extends ExtensionContext<Config> {
  readonly vendor: Vendor;
}

/** The part of a provider's manifest that its code needs to know. */
export interface VendorSource {
  readonly id: string;
  readonly title: string;
  readonly environment: Vendor["environment"];
  readonly models: readonly ModelInfo[];
  readonly habits?: VendorHabits | undefined;
  readonly settings?: string | undefined;
}

export function vendorOf({ id, title, environment, models, habits, settings }: VendorSource): Vendor {
  return { title, environment, models, habits: habits ?? {}, settings: settings ?? `providers.${id}` };
}

/** The fields that tell a model how much to think; undefined where the vendor has no habit of its own. */
export function thinkingHabit(
  { thinking }: VendorHabits,
  model: string,
  level: ThinkingLevel,
): Readonly<Record<string, Json>> | undefined {
  if (!thinking) return undefined;
  return thinking.find((row) => new RegExp(row.models, "i").test(model))?.levels[level] ?? {};
}

/** Where the owner sets a field: the variable first, if there is one. */
export function settingPlace(vendor: Vendor, field: string): string {
  const [variable] = vendor.environment[field] ?? [];
  const written = `${vendor.settings}.${field}`;
  return variable ? `${variable} or ${written}` : written;
}
