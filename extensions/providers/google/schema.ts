// A tool's schema with the keywords that the Gemini API takes, and no others: it refuses a whole request for one it does
// not know. Source: ai.google.dev, "Structured output", list of supported keywords of JSON Schema.

const taken = new Set([
  ...[
    "$defs",
    "$ref",
    "type",
    "format",
    "title",
    "description",
    "enum",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
  ],
  ...["minimum", "maximum", "anyOf", "oneOf", "properties", "additionalProperties", "required"],
]);

/** Keywords whose value is a table of schemas by name. */
const tables = new Set(["properties", "$defs"]);

export function takenSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(takenSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if (key === "const") return typeof value === "string" ? [["enum", [value]]] : [];
    if (!taken.has(key)) return [];
    if (tables.has(key)) return [[key, tableOf(value)]];
    return [[key, key === "enum" || key === "required" ? value : takenSchema(value)]];
  });
  return Object.fromEntries(entries);
}

function tableOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, takenSchema(schema)]));
}
