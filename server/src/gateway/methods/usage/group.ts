// What the method table loads for these methods: their shapes and their code.
import type { Group } from "../handler.ts";
import { handlers as costs } from "./costs.ts";
import { shapes } from "./shapes.ts";
import { handlers as usage } from "./usage.ts";

export const group: Group = { shapes, handlers: { ...usage, ...costs } };
