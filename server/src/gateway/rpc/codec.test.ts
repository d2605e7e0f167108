import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { answerRpc, codes, type Params, type Perform } from "./codec.ts";

/** The methods of the specification's own examples. Source: JSON-RPC 2.0, section 7. */
const perform: Perform = async (method, params) => {
  const list = params as readonly number[];
  switch (method) {
    case "subtract": {
      const named = params as { readonly minuend: number; readonly subtrahend: number };
      return { value: Array.isArray(params) ? (list[0] ?? 0) - (list[1] ?? 0) : named.minuend - named.subtrahend };
    }
    case "sum":
      return { value: list.reduce((sum, item) => sum + item, 0) };
    case "get_data":
      return { value: ["hello", 5] };
    case "update":
    case "foobar_known":
    case "notify_hello":
    case "notify_sum":
      return { value: undefined };
    default:
      return { error: { code: codes.method, message: "Method not found" } };
  }
};

const parseError = { jsonrpc: "2.0", error: { code: -32700, message: "Parse error" }, id: null };
const invalid = { jsonrpc: "2.0", error: { code: -32600, message: "Invalid Request" }, id: null };

/** Request text and answer, as the specification shows them. */
const examples: readonly (readonly [name: string, request: string, answer: unknown])[] = [
  [
    "positional",
    '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    { jsonrpc: "2.0", result: 19, id: 1 },
  ],
  [
    "positional, turned",
    '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    { jsonrpc: "2.0", result: -19, id: 2 },
  ],
  [
    "named",
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    { jsonrpc: "2.0", result: 19, id: 3 },
  ],
  [
    "named, turned",
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    { jsonrpc: "2.0", result: 19, id: 4 },
  ],
  ["a notification", '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', undefined],
  ["a notification to nothing", '{"jsonrpc": "2.0", "method": "foobar"}', undefined],
  [
    "a method that is not there",
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    { jsonrpc: "2.0", error: { code: -32601, message: "Method not found" }, id: "1" },
  ],
  ["invalid JSON", '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', parseError],
  ["an invalid request", '{"jsonrpc": "2.0", "method": 1, "params": "bar"}', invalid],
  [
    "a batch of invalid JSON",
    '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]',
    parseError,
  ],
  ["an empty batch", "[]", invalid],
  ["an invalid batch", "[1]", [invalid]],
  ["a longer invalid batch", "[1,2,3]", [invalid, invalid, invalid]],
  [
    "a mixed batch",
    `[
      {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
      {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
      {"foo": "boo"},
      {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
      {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
    ]`,
    [
      { jsonrpc: "2.0", result: 7, id: "1" },
      { jsonrpc: "2.0", result: 19, id: "2" },
      invalid,
      { jsonrpc: "2.0", error: { code: -32601, message: "Method not found" }, id: "5" },
      { jsonrpc: "2.0", result: ["hello", 5], id: "9" },
    ],
  ],
  [
    "a batch of notifications",
    '[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]',
    undefined,
  ],
];

describe("[G06] the specification's own examples", () => {
  test.each(examples.map((example) => [...example]))("%s", async (_, request, answer) => {
    const text = await answerRpc(request as string, perform);
    expect(text === undefined ? undefined : JSON.parse(text)).toEqual(answer as never);
  });
});

test("an id comes back as it was, null and fractions too, and a result of nothing is null", async () => {
  for (const id of [0, -1, 1.5, "", "a", null]) {
    const text = await answerRpc(JSON.stringify({ jsonrpc: "2.0", method: "update", id }), perform);
    expect(JSON.parse(text ?? "")).toEqual({ jsonrpc: "2.0", result: null, id });
  }
});

test("whatever comes, the answer is nothing or JSON-RPC", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      const said = await answerRpc(text, async (_method: string, _params: Params | undefined) => ({ value: 1 }));
      if (said === undefined) return;
      for (const answer of [JSON.parse(said)].flat()) {
        expect(answer.jsonrpc).toBe("2.0");
        expect("result" in answer).not.toBe("error" in answer);
      }
    }),
    { numRuns: 500 },
  );
});
