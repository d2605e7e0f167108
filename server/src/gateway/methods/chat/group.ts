// What the method table loads for these methods: their shapes and their code.
import type { Group } from "../handler.ts";
import { handlers as chat } from "./chat.ts";
import { handlers as history } from "./history-methods.ts";
import { shapes } from "./shapes.ts";
import { handlers as startup } from "./startup.ts";

export const group: Group = { shapes, handlers: { ...chat, ...history, ...startup } };
