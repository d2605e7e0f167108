// The OpenRPC document of the method table: what `rpc.discover` gives. Source: OpenRPC specification 1.3.2.
import type { Shape } from "../frames/shape.ts";
import type { Dispatcher } from "../methods/dispatch.ts";
import type { MethodRow } from "../methods/row.ts";
import { methodTable } from "../methods/table.ts";

export async function discover(dispatcher: Dispatcher, version: string): Promise<unknown> {
  const methods = await Promise.all(methodTable.map((row) => methodObject(row, dispatcher)));
  return {
    openrpc: "1.3.2",
    info: {
      title: "Homarus gateway",
      version,
      description: "The methods of the gateway. Events come as notifications that are named as the event.",
    },
    methods,
  };
}

async function methodObject(row: MethodRow, dispatcher: Dispatcher) {
  const shapes = await dispatcher.shapesOf(row.name);
  const params = shapes?.params;
  return {
    name: row.name,
    paramStructure: "by-name",
    params: contentDescriptors(params),
    result: { name: "result", schema: shapes?.result ?? {} },
    tags: [{ name: row.role === "node" ? "node" : row.scope }],
    "x-since": row.since,
  };
}

/** A shape that is a choice between objects is told as one object of all their fields, none of them required. */
function contentDescriptors(shape: Shape | undefined) {
  const options = shape?.anyOf ?? (shape ? [shape] : []);
  const fields = new Map(options.flatMap((option) => Object.entries(option.properties ?? {})));
  const required = options.length === 1 ? (options[0]?.required ?? []) : [];
  return [...fields].map(([name, schema]) => ({ name, required: required.includes(name), schema }));
}
