// What the method table loads for these methods: their shapes and their code.
import type { Group } from "../handler.ts";
import { loginHandlers } from "./logins.ts";
import { handlers } from "./models.ts";
import { shapes } from "./shapes.ts";

export const group: Group = { shapes, handlers: { ...handlers, ...loginHandlers } };
