import { expect, test } from "bun:test";
import { schemaFault, schemaForModels } from "./schema.ts";

const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const deep = Array.from({ length: 30 }).reduce<object>((inner) => object({ a: inner }), { type: "string" });

test.each([
  ["a plain one", object({ a: { type: "string", minLength: 1 }, b: { type: ["integer", "null"] } })],
  [
    "references and choices",
    object({ a: { $ref: "#/$defs/b" } }, { $defs: { b: { anyOf: [{ type: "string" }, true] } } }),
  ],
  [
    "keywords nobody knows",
    object({ a: { type: "string", "x-order": 1 } }, { $schema: "http://json-schema.org/draft-07/schema#" }),
  ],
  [
    "an argument that is named like a keyword",
    object({ type: { type: "string" }, items: { type: "array", items: { type: "string" } } }),
  ],
])("[H19] %s is taken", (_, schema) => {
  expect(schemaFault(schema)).toBeUndefined();
});

test.each([
  ["a type that is none", object({ a: { type: "any" } }), "properties.a.type"],
  ["an old bound", object({ a: { type: "number", minimum: 0, exclusiveMinimum: true } }), "exclusiveMinimum"],
  ["an old tuple", object({ a: { type: "array", items: [{ type: "string" }] } }), "items"],
  ["an old way of needing", object({ a: { type: "string", required: true } }), "required"],
  ["a pattern that is none", object({ a: { type: "string", pattern: "(" } }), "pattern"],
  ["properties that are a list", { type: "object", properties: [] }, "properties"],
  ["a name that no vendor takes", object({ "größe in cm": { type: "number" } }), "größe"],
  ["a schema that is a text", object({ a: "string" }), "properties.a"],
  ["no choice at all", object({ a: { oneOf: [] } }), "oneOf"],
  ["a well", deep, "deep"],
])("[H19] %s is found out", (_, schema, words) => {
  expect(schemaFault(schema as Record<string, unknown>)).toContain(words);
});

test("[H19] on top models get no choices and no dialect", () => {
  const schema = object(
    { a: { anyOf: [{ type: "string" }] } },
    { $schema: "x", anyOf: [{ required: ["a"] }], required: ["a"] },
  );
  expect(schemaForModels(schema)).toEqual(object({ a: { anyOf: [{ type: "string" }] } }, { required: ["a"] }));
});
