// Builders for the params of methods, written as plain JSON Schema so that docs and other codecs read the same data.
// The phantom type lets a handler's params follow from its shape; nothing is checked here (that is check.ts).

/** The part of JSON Schema that the wire uses. */
export interface Shape<T = unknown> {
  readonly type?: "string" | "integer" | "number" | "boolean" | "null" | "array" | "object";
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly Shape[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Shape;
  /** For whoever fills it in. */
  readonly description?: string;
  /** Never set: carries the type only. */
  readonly "~type"?: T;
}

export type Of<S> = S extends Shape<infer T> ? T : never;

interface OptionalShape<T> {
  readonly optional: Shape<T>;
}

type Entries = Readonly<Record<string, Shape | OptionalShape<unknown>>>;

type OptionalKeys<E extends Entries> = { [K in keyof E]: E[K] extends OptionalShape<unknown> ? K : never }[keyof E];

type ObjectOf<E extends Entries> = {
  readonly [K in Exclude<keyof E, OptionalKeys<E>>]: Of<E[K]>;
} & {
  readonly [K in OptionalKeys<E>]?: E[K] extends OptionalShape<infer T> ? T : never;
};

/** A string of at least one character, or with other bounds. */
export const name: Shape<string> = { type: "string", minLength: 1 };
export const text: Shape<string> = { type: "string" };
export const flag: Shape<boolean> = { type: "boolean" };
export const anything: Shape<unknown> = {};

export function words(minLength: number, maxLength: number): Shape<string> {
  return { type: "string", minLength, maxLength };
}

export function whole(minimum: number, maximum?: number): Shape<number> {
  return { type: "integer", minimum, ...(maximum === undefined ? {} : { maximum }) };
}

export function oneOf<const T extends readonly string[]>(...options: T): Shape<T[number]> {
  return { anyOf: options.map((option) => ({ const: option, type: "string" })) };
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  const options = shape.anyOf ?? [shape];
  return { anyOf: [...options, { type: "null" }] };
}

export function list<T>(items: Shape<T>, minItems = 0): Shape<readonly T[]> {
  return { type: "array", items, ...(minItems > 0 ? { minItems } : {}) };
}

export function record<T>(values: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return { type: "object", additionalProperties: values };
}

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { optional: shape };
}

export function told<T>(shape: Shape<T>, description: string): Shape<T> {
  return { ...shape, description };
}

/** An object that refuses other keys. */
export function strict<const E extends Entries>(entries: E): Shape<ObjectOf<E>> {
  return { ...open(entries), additionalProperties: false };
}

/** An object that lets other keys pass: for clients newer than we are. */
export function open<const E extends Entries>(entries: E): Shape<ObjectOf<E>> {
  const properties: Record<string, Shape> = {};
  const required: string[] = [];
  for (const [key, entry] of Object.entries(entries)) {
    if ("optional" in entry) {
      properties[key] = entry.optional;
    } else {
      properties[key] = entry;
      required.push(key);
    }
  }
  return { type: "object", ...(required.length > 0 ? { required } : {}), properties };
}
