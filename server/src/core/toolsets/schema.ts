// Whether every vendor of models would take a schema. One that a vendor refuses costs the whole request, all other tools
// with it; so what is no JSON Schema of draft 2020-12, or has names that vendors refuse, is found out here.
import type { JsonSchema } from "@homarus/sdk";

const types = ["array", "boolean", "integer", "null", "number", "object", "string"];
const deepest = 20;
/** Anthropic refuses other names of arguments (Messages API, tools.input_schema.properties, November 2026). */
const argumentName = /^[A-Za-z0-9_.-]{1,64}$/;

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isType: Check = (value) =>
  Array.isArray(value) ? value.length > 0 && value.every(isType) : types.includes(value as string);

const keywords: Readonly<Record<string, Check>> = {
  ...{ type: isType, enum: Array.isArray, required: isTexts, title: isText, description: isText, format: isText },
  ...{ $ref: isText, pattern: isPattern, minimum: isNumber, maximum: isNumber, multipleOf: isNumber },
  ...{ exclusiveMinimum: isNumber, exclusiveMaximum: isNumber, minLength: isCount, maxLength: isCount },
  ...{ minItems: isCount, maxItems: isCount, minProperties: isCount, maxProperties: isCount },
};
const ofSchemas = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
const listsOfSchemas = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const schemas = new Set(["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"]);

function isPattern(value: unknown): boolean {
  try {
    return isText(value) && new RegExp(value as string, "u") !== undefined;
  } catch {
    // It is no regular expression; that is the answer.
    return false;
  }
}

/** What is wrong with a schema of arguments, with its place; undefined where nothing is. */
export function schemaFault(schema: JsonSchema): string | undefined {
  const odd = Object.keys((schema.properties ?? {}) as object).find((name) => !argumentName.test(name));
  if (odd !== undefined) return `no vendor takes an argument named ${JSON.stringify(odd.slice(0, 40))}`;
  return faultAt(schema, "", 0);
}

function faultAt(schema: unknown, path: string, depth: number): string | undefined {
  if (typeof schema === "boolean") return undefined;
  if (!isFields(schema)) return `${path || "the schema"} is no schema`;
  if (depth > deepest) return "it is nested too deep";
  for (const [key, value] of Object.entries(schema)) {
    const fault = keywordFault(key, value, { path: path ? `${path}.${key}` : key, depth: depth + 1 });
    if (fault) return fault;
  }
  return undefined;
}

function keywordFault(
  key: string,
  value: unknown,
  { path, depth }: { readonly path: string; readonly depth: number },
): string | undefined {
  const wrong = `${path.slice(0, 80)} is wrong`;
  const check = Object.hasOwn(keywords, key) ? keywords[key] : undefined;
  if (check) return check(value) ? undefined : wrong;
  if (schemas.has(key)) return faultAt(value, path, depth);
  if (listsOfSchemas.has(key))
    return Array.isArray(value) && value.length > 0 ? firstFault(Object.entries(value), path, depth) : wrong;
  if (ofSchemas.has(key)) return isFields(value) ? firstFault(Object.entries(value), path, depth) : wrong;
  return undefined;
}

function firstFault(found: readonly (readonly [string, unknown])[], path: string, depth: number): string | undefined {
  for (const [name, schema] of found) {
    const fault = faultAt(schema, `${path}.${name}`, depth);
    if (fault) return fault;
  }
  return undefined;
}

const refusedOnTop = new Set([
  "$schema",
  "$id",
  "$comment",
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "enum",
  "if",
  "then",
  "else",
]);

/**
 * As models get it: an object with properties, and nothing on top that Anthropic or OpenAI refuse there. What is left out
 * is still checked, and told to a model that got it wrong.
 */
export function schemaForModels(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !refusedOnTop.has(key)));
}
