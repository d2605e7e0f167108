import { describe, expect, test } from "bun:test";
import { type Entry, type EntryBody, type Json, noUsage } from "@homarus/sdk";
import { circleIn } from "./loops.ts";

let ids = 0;

function call(name: string, input: Json, result: string): EntryBody[] {
  ids += 1;
  const id = `c${ids}`;
  return [
    {
      ...{ type: "step", provider: "p", model: "m", stopReason: "tool-calls", usage: noUsage },
      content: [{ type: "tool-call", id, name, input }],
    },
    { type: "tool-start", callId: id, name },
    {
      ...{ type: "tool-result", durationMs: 1 },
      result: { type: "tool-result", callId: id, name, content: [{ type: "text", text: result }], isError: false },
    },
  ];
}

const log = (...bodies: EntryBody[][]): Entry[] =>
  bodies.flat().map((body, index) => ({ seq: index + 1, at: 1, body }));
const person: EntryBody[] = [{ type: "user", content: [{ type: "text", text: "go on" }] }];

describe("a run that turns in a circle", () => {
  test("the same call with the same result is counted, whatever the order of its arguments", () => {
    const entries = log(
      call("read", { a: 1, b: 2 }, "x"),
      call("read", { b: 2, a: 1 }, "x"),
      call("read", { a: 1, b: 2 }, "x"),
    );
    expect(circleIn(entries)).toEqual({ tools: ["read"], rounds: 3 });
  });

  test("waiting for something to change is no circle once it changes", () => {
    expect(
      circleIn(log(call("status", {}, "busy"), call("status", {}, "busy"), call("status", {}, "done"))),
    ).toBeUndefined();
    expect(circleIn(log(call("read", { a: 1 }, "x"), call("read", { a: 2 }, "x")))).toBeUndefined();
  });

  test("ping and pong is a circle of two, and longer rotations too", () => {
    const ping = () => [...call("read", {}, "1"), ...call("write", {}, "2")];
    expect(circleIn(log(call("list", {}, "0"), ping(), ping(), ping()))).toEqual({
      tools: ["read", "write"],
      rounds: 3,
    });
    const three = () => [...ping(), ...call("exec", {}, "3")];
    expect(circleIn(log(three(), three()))).toMatchObject({ rounds: 2 });
  });

  test("a person's words begin a new count", () => {
    expect(circleIn(log(call("read", {}, "x"), person, call("read", {}, "x")))).toBeUndefined();
  });
});
