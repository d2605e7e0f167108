import { expect, test } from "bun:test";
import { RequestError } from "@agentclientprotocol/sdk";
import { isExpected, rpcError, wrong } from "./errors.ts";

test("a fault is told with its hint, by a number that says whose it is", () => {
  const fault = (kind: string) => ({ kind, code: "x.y", message: "It broke.", hint: "Mend it." });
  expect(rpcError(fault("invalid"))).toMatchObject({
    code: -32_602,
    message: "It broke. Mend it.",
    data: { code: "x.y" },
  });
  expect(rpcError(fault("unavailable"))).toMatchObject({ code: -32_603, message: "It broke. Mend it." });
  expect(wrong("No.")).toMatchObject({ code: -32_602, message: "No." });
});

test("what nobody expected tells the editor nothing of itself", () => {
  for (const thrown of [new Error("token abc"), { kind: "bug", message: "token abc" }, undefined, "text"]) {
    expect(rpcError(thrown)).toMatchObject({ code: -32_603, message: expect.not.stringContaining("abc") });
  }
  expect(isExpected(new Error("x"))).toBe(false);
  expect(isExpected(RequestError.sessionNotFound("x"))).toBe(true);
});
