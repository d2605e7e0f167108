import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeClock, silentLog } from "@homarus/sdk/testing";
import { readHookAnswer, withoutAnswer } from "../core/policy/hooks.ts";
import { openProcesses } from "../host/process/open.ts";
import { createToolHooks } from "./tool-hooks.ts";

const going = () => new AbortController().signal;
const question = {
  ...{ tool: "exec", input: { command: "ls" }, agent: "main", session: "s", channel: "webchat", origin: "person" },
  audience: "owner",
};
const before = { event: "tool.before", ...question } as const;
const after = { event: "tool.after", ...question, result: "a.txt" } as const;
function tempFolder() {
  const path = mkdtempSync(join(tmpdir(), "hooks-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

type Event = "tool.before" | "tool.after";

function open(
  ...hooks: readonly { readonly event: Event; readonly script: string; readonly tools?: readonly string[] }[]
) {
  const clock = createFakeClock(1_000);
  const notices: string[] = [];
  const list = hooks.map(({ event, script, tools }) => ({
    event,
    command: ["sh", "-c", script],
    timeoutSeconds: 5,
    ...(tools && { tools }),
  }));
  const made = createToolHooks({
    ...{ config: () => ({ policy: { hooks: list } }) as never, processes: openProcesses(), clock, log: silentLog },
    ...{ environment: { ...process.env, SECRET_TOKEN: "s3cr3t", HOMARUS_HOME: "/srv" }, folder: "/" },
    emit: (event) => void (event.type === "notice" && notices.push(event.text)),
  });
  return { hooks: made, clock, notices };
}

describe("[H24] hooks around tool calls", () => {
  test("[H24] before a call they let it be, change it, or refuse it; each sees what the one before made", async () => {
    const yes = open({ event: "tool.before", script: "cat > /dev/null" });
    expect(await yes.hooks.before(before, going())).toEqual({ input: { command: "ls" } });
    const changing = `echo '{"action":"modify","input":{"command":"ls -l"}}'`;
    const strict = `grep -q 'ls -l' && echo '{"action":"deny","reason":"no long lists"}'`;
    const two = open({ event: "tool.before", script: changing }, { event: "tool.before", script: strict });
    expect(await two.hooks.before(before, going())).toEqual({ refused: "no long lists" });
    expect(await open({ event: "tool.before", script: changing }).hooks.before(before, going())).toEqual({
      input: { command: "ls -l" },
    });
  });

  test("[H24] after a call they change what the model reads, or withhold it", async () => {
    const changing = open({ event: "tool.after", script: `echo '{"action":"modify","result":"[cut]"}'` });
    expect(await changing.hooks.after(after, going())).toBe("[cut]");
    const withheld = open({ event: "tool.after", script: `echo '{"action":"deny","reason":"private"}'` });
    expect(await withheld.hooks.after(after, going())).toContain("withholds this result: private");
  });

  test("one that breaks after a call withholds the result, and does not say that the call was not made", async () => {
    const { hooks, notices } = open({ event: "tool.after", script: "exit 3" });
    for (let times = 0; times < 5; times += 1) {
      const text = await hooks.after(after, going());
      expect(text).toContain("does not work, so the result is not shown. The call itself was made.");
      expect(text).not.toContain("not made");
    }
    const nonsense = await open({ event: "tool.after", script: "echo maybe" }).hooks.after(after, going());
    expect(nonsense).toContain("no answer that can be read, so the result is not shown. The call itself was made.");
    expect(JSON.stringify(notices)).toContain("results it looks at are not shown");
  });

  test("they are asked for their tools alone, and read the call without the house's secrets", async () => {
    const { hooks } = open({ event: "tool.before", script: "true", tools: ["exec"] });
    expect([hooks.has("before", "exec"), hooks.has("before", "read"), hooks.has("after", "exec")]).toEqual([
      true,
      false,
      false,
    ]);
    // What a shell sets for itself is left out.
    const script = `names=$(env | sed 's/=.*//' | grep -vE '^(PWD|OLDPWD|SHLVL|_)$' | sort | tr '\\n' ' ')
      echo "{\\"action\\":\\"deny\\",\\"reason\\":\\"$names\\"}"`;
    const answer = await open({ event: "tool.before", script }).hooks.before(before, going());
    expect(answer).toEqual({ refused: "HOME LANG PATH " });
  });

  test("one that breaks or talks nonsense refuses; after three breaks it is left alone for a while, and refuses still", async () => {
    const nonsense = await open({ event: "tool.before", script: "echo maybe" }).hooks.before(before, going());
    expect(nonsense).toEqual({ refused: expect.stringContaining("no answer that can be read") });
    using folder = tempFolder();
    const script = `echo x >> ${folder.path}/ran; exit 3`;
    const runs = () => readFileSync(`${folder.path}/ran`, "utf8").length / 2;
    const { hooks, clock, notices } = open({ event: "tool.before", script });
    for (let times = 0; times < 5; times += 1)
      expect(await hooks.before(before, going())).toEqual({ refused: expect.stringContaining("does not work") });
    expect([notices.length, runs()]).toEqual([1, 3]);
    await clock.advance(60_000);
    await hooks.before(before, going());
    expect(runs()).toBe(4);
  });
});

test("where no answer came, the words say what becomes of the call or of its result", () => {
  expect(withoutAnswer("It is ill", "before")).toEqual({ type: "deny", reason: "It is ill, so the call is not made." });
  expect(withoutAnswer("It is ill", "after")).toEqual({
    type: "deny",
    reason: "It is ill, so the result is not shown. The call itself was made.",
  });
});

test.each([
  ["", "continue"],
  ['{"action":"continue"}', "continue"],
  ['{"action":"deny"}', "deny"],
  ['{"action":"modify"}', "deny"],
  ['{"action":"modify","input":null}', "modify"],
  ['{"action":"allow"}', "deny"],
  ["[]", "deny"],
  ["{", "deny"],
])("an answer %p before a call means %s", (output, type) => {
  expect(readHookAnswer(output, "before").type).toBe(type as never);
});
