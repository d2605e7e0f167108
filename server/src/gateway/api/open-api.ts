// The OpenAPI document of the HTTP surface, made of the routes and the shapes of their methods.
// Source: OpenAPI Specification 3.1.1, whose schemas are JSON Schema as ours are.
import type { Shape } from "../frames/shape.ts";
import type { Dispatcher } from "../methods/dispatch.ts";
import { methodTable } from "../methods/table.ts";
import { type Route, routes } from "./routes.ts";

export async function openApi(dispatcher: Dispatcher, version: string): Promise<unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.verb.toLowerCase()]: await operation(route, dispatcher) };
  }
  return {
    openapi: "3.1.1",
    info: { title: "Homarus gateway", version, description: "REST over the gateway's methods." },
    security: [{ bearer: [] }],
    paths: { ...paths, ...otherPaths },
    components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
  };
}

async function operation(route: Route, dispatcher: Dispatcher) {
  const shapes = await dispatcher.shapesOf(route.method);
  const properties = Object.entries(shapes?.params?.properties ?? {});
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map((found) => found[1] ?? "");
  const rest = properties.filter(([name]) => !inPath.includes(name) && !(name in (route.fixed ?? {})));
  const isRead = route.verb === "GET" || route.verb === "DELETE";
  const required = (shapes?.params?.required ?? []).filter((name) => !inPath.includes(name));
  const content = (schema: unknown) => ({ "application/json": { schema } });
  return {
    operationId: `${route.verb.toLowerCase()} ${route.path}`,
    summary: route.summary,
    "x-method": route.method,
    "x-scope": methodTable.find((row) => row.name === route.method)?.scope,
    parameters: [
      ...inPath.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      ...(isRead
        ? rest.map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema }))
        : []),
    ],
    ...(isRead ? {} : { requestBody: { content: content(bodyShape(route, rest, required)) } }),
    responses: {
      [String(route.status ?? 200)]: { description: "Done", content: content(shapes?.result ?? {}) },
      default: { description: "Refused", content: content(errorSchema) },
    },
  };
}

function bodyShape(route: Route, rest: readonly [string, Shape][], required: readonly string[]): unknown {
  if (route.body !== undefined) return rest.find(([name]) => name === route.body)?.[1] ?? {};
  const needed = required.filter((name) => !(route.keyed && name === "idempotencyKey"));
  return { type: "object", properties: Object.fromEntries(rest), ...(needed.length === 0 ? {} : { required: needed }) };
}

const errorSchema = {
  type: "object",
  required: ["ok", "error"],
  properties: {
    ok: { const: false },
    error: {
      type: "object",
      required: ["code", "message"],
      properties: { code: { type: "string" }, message: { type: "string" }, details: {} },
    },
  },
};

const stream = (summary: string) => ({
  summary,
  responses: { "200": { description: "Events", content: { "text/event-stream": {} } } },
});

const otherPaths = {
  "/api/methods/{method}": {
    post: {
      summary: "Any method of the gateway by its name",
      parameters: [{ name: "method", in: "path", required: true, schema: { type: "string" } }],
      requestBody: { content: { "application/json": { schema: { type: "object" } } } },
      responses: { "200": { description: "The method's result" } },
    },
  },
  "/api/login": {
    post: { summary: "A session token for the secret", security: [], responses: { "200": { description: "In" } } },
  },
  "/api/events": { get: stream("The house's events as they happen") },
  "/api/agent": { post: stream("A run and its events") },
};
