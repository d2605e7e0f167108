// What the method table loads for these methods: their shapes and their code.
import type { Group } from "../handler.ts";
import { handlers as event } from "./event.ts";
import { handlers as invoke } from "./invoke.ts";
import { handlers as list } from "./list.ts";
import { handlers as pairing } from "./pairing.ts";
import { handlers as pending } from "./pending.ts";
import { shapes } from "./shapes.ts";

export const group: Group = { shapes, handlers: { ...pairing, ...list, ...invoke, ...event, ...pending } };
