// The walls of the house, on the tree as it is and on planted violations, one per row of the table.
import { describe, expect, test } from "bun:test";
import { isSource, plant, readTree } from "./tree.ts";
import { importsKeepToTheirWalls, walls } from "./walls.ts";

const manifests = {
  "package.json": '{"devDependencies":{"fast-check":"1"}}',
  "server/package.json": '{"dependencies":{"json5":"1","@homarus/sdk":"1"}}',
  "web/package.json": '{"dependencies":{"react":"1"}}',
  "extensions/channels/a/package.json": '{"dependencies":{"grammy":"1"}}',
  "extensions/providers/a/manifest.ts": 'export default defineManifest({\n  id: "a",\n  adapter: "b",\n});',
};
const check = (path: string, source: string) => importsKeepToTheirWalls(plant({ ...manifests, [path]: source }));

test("every import keeps to its wall", () => {
  expect(importsKeepToTheirWalls(readTree())).toEqual([]);
});

test("every TypeScript file stands in an area of the table", () => {
  const strays = [...readTree().keys()].filter(isSource).filter((path) => !walls.some((wall) => wall.files.test(path)));
  expect(strays).toEqual([]);
});

const refused: readonly (readonly [path: string, specifier: string])[] = [
  ["sdk/src/a.ts", "node:fs"],
  ["sdk/src/a.ts", "bun:sqlite"],
  ["sdk/src/a.ts", "hono"],
  ["sdk/src/a.ts", "marked"],
  ["sdk/src/a.ts", "./markdown/b.ts"],
  ["sdk/src/a.ts", "./testing/b.ts"],
  ["sdk/src/wire/a.ts", "../testing/b.ts"],
  ["sdk/src/a.ts", "../../server/src/boot.ts"],
  ["sdk/src/a.ts", "@homarus/sdk"],
  ["server/src/core/line.ts", "../host/log.ts"],
  ["server/src/core/line.ts", "node:fs"],
  ["server/src/core/route/a.ts", "../inbox/b.ts"],
  ["server/src/core/route/a.ts", "../line.ts"],
  ["server/src/core/route/a.ts", "node:path"],
  ["server/src/core/route/a.ts", "json5"],
  ["server/src/core/route/a.ts", "valibot"],
  ["server/src/core/route/a.ts", "../../host/log.ts"],
  ["server/src/core/route/a.ts", "../../gateway/ws.ts"],
  ["server/src/host/store/a.ts", "../net/b.ts"],
  ["server/src/host/clock.ts", "./net/b.ts"],
  ["server/src/host/store/a.ts", "../../core/line.ts"],
  ["server/src/host/store/a.ts", "../../gateway/ws.ts"],
  ["server/src/host/store/a.ts", "react"],
  ["server/src/host/store/a.ts", "@homarus/channel-telegram"],
  ["server/src/gateway/a.ts", "../host/log.ts"],
  ["server/src/gateway/a.ts", "../core/line.ts"],
  ["server/src/gateway/a.ts", "json5"],
  ["server/src/gateway/a.ts", "bun"],
  ["server/src/gateway/methods/a.ts", "../../boot.ts"],
  ["server/src/boot.ts", "../../extensions/channels/a/index.ts"],
  ["server/src/boot.ts", "./cli/main.ts"],
  ["server/src/boot.ts", "bun:sqlite"],
  ["server/src/cli/a.ts", "../core/line.ts"],
  ["server/src/cli/a.ts", "../host/log.ts"],
  ["server/src/cli/a.ts", "@homarus/sdk"],
  ["server/src/cli/commands/a.ts", "@agentclientprotocol/sdk"],
  ["server/src/cli/acp/a.ts", "../../core/line.ts"],
  ["server/src/cli/acp/a.ts", "json5"],
  ["extensions/channels/a/index.ts", "../b/index.ts"],
  ["extensions/channels/a/index.ts", "../../tools/b/index.ts"],
  ["extensions/channels/a/index.ts", "../../../server/src/boot.ts"],
  ["extensions/channels/a/index.ts", "homarus"],
  ["extensions/channels/a/index.ts", "json5"],
  ["extensions/channels/a/index.ts", "@homarus/sdk/testing"],
  ["extensions/channels/a/index.ts", "bun"],
  ["extensions/channels/b/index.ts", "grammy"],
  ["extensions/channels/a/manifest.ts", "./api.ts"],
  ["extensions/providers/a/contract.test.ts", "../c/index.ts"],
  ["extensions/providers/c/contract.test.ts", "../b/index.ts"],
  ["extensions/channels/a/manifest.ts", "node:fs"],
  ["extensions/channels/a/manifest.ts", "grammy"],
  ["web/src/a.ts", "@homarus/sdk"],
  ["web/src/a.ts", "../../server/src/boot.ts"],
  ["web/src/a.ts", "node:fs"],
  ["web/src/a.ts", "hono"],
  ["elsewhere/a.ts", "./b.ts"],
];

describe("a planted violation is caught:", () => {
  test.each(refused)("%s imports %s", (path, specifier) => {
    expect(check(path, `import { x } from "${specifier}";`)).toHaveLength(1);
    expect(check(path, `export const y = () => import("${specifier}");`)).toHaveLength(1);
  });
  test("a type taken across a wall", () => {
    expect(check("server/src/core/route/a.ts", 'import type { X } from "../inbox/b.ts";')).toHaveLength(1);
  });
});

const allowed: readonly (readonly [path: string, source: string])[] = [
  ["sdk/src/a.ts", 'import * as v from "valibot";'],
  ["sdk/src/markdown/a.ts", 'import { marked } from "marked";\nimport { x } from "../content.ts";'],
  ["sdk/src/testing/a.ts", 'import { x } from "../index.ts";'],
  ["sdk/src/a.test.ts", 'import { test } from "bun:test";\nimport fc from "fast-check";\nimport "./testing/b.ts";'],
  ["server/src/core/line.ts", 'import { admit } from "./inbox/admit.ts";'],
  ["server/src/core/route/deep/a.ts", 'import { x } from "../b.ts";\nimport { Fault } from "@homarus/sdk";'],
  ["server/src/core/route/a.test.ts", 'import { fake } from "@homarus/sdk/testing";\nimport "../inbox/admit.ts";'],
  ["server/src/host/store/a.ts", 'import { x } from "../log.ts";\nimport { y } from "../files/b.ts";\nimport "json5";'],
  ["server/src/host/clock.test.ts", 'import { clock } from "./clock.ts";'],
  ["server/src/gateway/a.ts", 'import type { Line } from "../core/line.ts";\nimport { Hono } from "hono";'],
  ["server/src/boot.ts", 'import { line } from "./core/line.ts";\nimport { open } from "./host/store/sqlite.ts";'],
  [
    "server/src/cli/a.ts",
    'import { startProcess } from "../boot/process.ts";\nimport type { Fault } from "@homarus/sdk";',
  ],
  ["extensions/channels/a/index.ts", 'import "grammy";\nimport "node:fs";\nimport "./api.ts";\nimport "@homarus/sdk";'],
  ["extensions/channels/a/deep/b.ts", 'import { x } from "../api.ts";'],
  ["extensions/channels/a/manifest.ts", 'import models from "./models.json" with { type: "json" };'],
  ["extensions/channels/a/a.test.ts", 'import { cases } from "@homarus/sdk/testing";\nimport "./index.ts";'],
  ["extensions/providers/a/contract.test.ts", 'import { activate } from "../b/index.ts";'],
  ["web/src/a.tsx", 'import { connect } from "@homarus/sdk/client";\nimport { useState } from "react";'],
  ["web/vite.config.ts", 'import { join } from "node:path";'],
  ["tests/line/a.test.ts", 'import { boot } from "../../server/src/boot.ts";'],
];

describe("what the table grants is granted:", () => {
  test.each(allowed)("%s", (path, source) => {
    expect(check(path, source)).toEqual([]);
  });
});
