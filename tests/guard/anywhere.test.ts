// A command means the same wherever the house keeps its workspace: in a home, in the house's own folder, or elsewhere.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lazyShellParser } from "../../server/src/boot/lazy.ts";
import { judgeText } from "../../server/src/core/guard/judge.ts";
import { neutralPlace } from "../../server/src/core/guard/neutral.ts";

const parse = await lazyShellParser();
const homes = ["/home", "/Users"].map((all) => `${all}/pat`);
const root = ["", "root"].join("/");
const places = [...homes, root, "/srv/pat"]
  .flatMap((home) => [`${home}/.homarus/workspace`, `${home}/.homarus/agents/helper`, `${home}/.config/gh/work`])
  .concat("/var/lib/homarus/workspace", "/data/agent");

const judge = (command: string, workspace: string) =>
  judgeText(command, { mode: "guard", allow: [], deny: [], workspace }, parse);
const decide = (command: string, workspace: string) => judge(command, workspace).decision;

function corpus(name: string): string[] {
  const file = join(import.meta.dir, "..", "..", "server", "src", "core", "guard", "corpus", `${name}.txt`);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => line.slice(line.indexOf(": ") + 2).replaceAll("␤", "\n"));
}

test.each(places)(
  "[L22] ordinary work runs unasked and harm is stopped wherever the workspace is (%#)",
  (workspace) => {
    const [work, harm] = [corpus("ordinary-fourth"), corpus("destructive-fourth")];
    const stopped = work.filter((command) => decide(command, workspace) !== "allow");
    expect(stopped.length / work.length).toBeLessThan(0.02);
    expect(harm.filter((command) => decide(command, workspace) === "allow").length / harm.length).toBeLessThan(0.02);
  },
);

test.each(places)("its own files are meant however the workspace is written (%#)", (workspace) => {
  const short = workspace.replace(/^(\/home\/pat|\/Users\/pat|\/root)(?=\/)/, "~");
  for (const place of [workspace, short, short.replace("~", "$HOME"), short.replace("~", `\${HOME}`)]) {
    for (const command of [`cat ${place}/notes.md`, `rm -rf ${place}/dist`, `cd "${place}" && git status`])
      expect([command, decide(command, workspace)]).toEqual([command, "allow"]);
    expect(decide(`rm -rf ${place}`, workspace)).not.toBe("allow");
  }
});

test("beside the workspace the house's own state is nobody's business", () => {
  for (const workspace of places.filter((place) => place.includes(".homarus/workspace")))
    for (const command of [
      "cat ../vault.key",
      "sqlite3 ../state.db .dump",
      "cp -r ../logs .",
      "echo x > ../homarus.json",
    ])
      expect([command, decide(command, workspace)]).not.toEqual([command, "allow"]);
});

test("people read the real path, and the owner's patterns are written with it", () => {
  const [workspace = ""] = places;
  const told = judge(`rm -rf ${workspace}`, workspace);
  expect(JSON.stringify(told)).toContain(workspace);
  expect(JSON.stringify(told)).not.toContain(neutralPlace(workspace).workspace);
  const deny = [`cat ${workspace}/private/*`];
  const settings = { mode: "guard", allow: [], deny, workspace } as const;
  expect(judgeText(`cat ${workspace}/private/a`, settings, parse).decision).toBe("deny");
});

test("a path that only begins like the workspace's is another one", () => {
  const { hide } = neutralPlace("/data/agent");
  expect(hide("cat /data/agent/a /data/agent-two/b /x/data/agent/c")).toBe(
    "cat /place/workspace/a /data/agent-two/b /x/data/agent/c",
  );
});
