// Scripts that were in the workspace before the command that runs them.
import { expect, test } from "bun:test";
import { lazyCommandJudge } from "../../server/src/boot/lazy.ts";
import { keptScript } from "../../server/src/core/guard/kept.ts";
import type { Command, GuardSettings } from "../../server/src/core/guard/verdict.ts";

const judge = await lazyCommandJudge();

function settingsOf(files: Readonly<Record<string, string>>): { settings: GuardSettings; read: string[] } {
  const read: string[] = [];
  const readFile = (path: string): string | undefined => {
    read.push(path);
    return files[path.replace("/house/workspace/", "")];
  };
  return {
    settings: { mode: "guard", allow: [], deny: [], workspace: "/house/workspace", readFile },
    read,
  };
}

const decide = (command: string, files: Readonly<Record<string, string>>): string =>
  judge(command, settingsOf(files).settings).decision;

const harm = "echo tidying\nrm -rf ~\n";

test.each([
  ["bash tidy.sh", { "tidy.sh": harm }],
  ["./tidy", { tidy: `#!/bin/sh\n${harm}` }],
  ["cd tools && sh ./tidy.sh", { "tools/tidy.sh": harm }],
  ["source tidy.sh", { "tidy.sh": harm }],
  ["timeout 5 bash -x tidy.sh now", { "tidy.sh": harm }],
  ["python3 tidy.py", { "tidy.py": "import shutil\nshutil.rmtree('/etc')\n" }],
  ["./tidy", { tidy: "#!/usr/bin/env python3\nimport os\nos.system('rm -rf ~')\n" }],
  ["make clean", { Makefile: "clean:\n\trm -rf ~\n" }],
  ["make -f other.mk", { "other.mk": "all:\n\t@mkfs.ext4 /dev/sda\n" }],
  ["npm run tidy", { "package.json": '{"scripts":{"pretidy":"rm -rf ~","tidy":"true"}}' }],
  ["yarn tidy", { "package.json": '{"scripts":{"tidy":"rm -rf ~"}}' }],
])("[L22] a script that lies there is read before it runs: %s", (command, files) => {
  expect(decide(command, files)).toBe("ask");
  expect(decide(command, {})).toBe("allow");
});

test("what a project's own scripts do all day runs unasked, questions of theirs too", () => {
  const files = {
    "deploy.sh": "#!/bin/bash\nset -eu\nnpm run build\nrsync -az --delete dist/ host:/srv/site/\n",
    "build.py": "import shutil\nshutil.rmtree('dist', ignore_errors=True)\n",
    "package.json": '{"scripts":{"clean":"rm -rf dist","test":"node --test"}}',
    broken: "if then (",
    binary: "\u007fELF\0rm -rf ~",
  };
  for (const command of ["./deploy.sh", "python3 build.py", "npm run clean", "npm test", "sh broken", "./binary"])
    expect([command, decide(command, files)]).toEqual([command, "allow"]);
});

test("no file outside of the workspace is read, and nothing of a file's words is told", () => {
  const { settings, read } = settingsOf({});
  for (const command of ["bash /etc/profile", "sh ../x.sh", "source ~/.profile", "ssh host 'bash tidy.sh'"])
    judge(command, settings);
  expect(read).toEqual([]);
  const told = judge("bash tidy.sh", settingsOf({ "tidy.sh": "rm -rf ~ # canary-word\n" }).settings);
  expect(JSON.stringify(told)).not.toContain("canary-word");
  expect(JSON.stringify(told)).not.toContain("rm -rf");
});

test("where files are not read, no script is found", () => {
  const { readFile: _, ...plain } = settingsOf({}).settings;
  expect(
    keptScript({ name: "bash", args: [], path: "bash", remote: false } as unknown as Command, plain),
  ).toBeUndefined();
});
