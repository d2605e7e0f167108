// Checks a tool's arguments against its JSON Schema before any of its code runs.
import { type Schema, Validator } from "@cfworker/json-schema";
import type { JsonSchema } from "@homarus/sdk";

/** Undefined when it fits; else one sentence that names each place and what is wrong there. */
export function createInputCheck(schema: JsonSchema): (input: unknown) => string | undefined {
  const validator = new Validator(schema as Schema, "2020-12", false);
  return (input) => {
    const result = validator.validate(input);
    if (result.valid) return undefined;
    const faults = result.errors
      .filter((unit) => unit.keyword !== "properties")
      .map((unit) => `${unit.instanceLocation.replace(/^#\/?/, "") || "arguments"}: ${unit.error}`);
    return faults.join(" ");
  };
}
