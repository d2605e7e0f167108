// What the method table loads for these methods: their shapes and their code.
import type { Group } from "../handler.ts";
import { handlers as approvals } from "./approvals.ts";
import { handlers as rules } from "./rules.ts";
import { shapes } from "./shapes.ts";

export const group: Group = { shapes, handlers: { ...approvals, ...rules } };
