// What the method table loads for these methods: their shapes and their code.
import type { Group } from "../handler.ts";
import { handlers as compaction } from "./compaction.ts";
import { handlers as follow } from "./follow.ts";
import { handlers as look } from "./look.ts";
import { handlers as sessions } from "./sessions.ts";
import { shapes } from "./shapes.ts";
import { handlers as talk } from "./talk.ts";

export const group: Group = { shapes, handlers: { ...sessions, ...look, ...talk, ...follow, ...compaction } };
