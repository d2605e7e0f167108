// What the method table loads for these methods: their shapes and their code.
import type { Group } from "../handler.ts";
import { handlers as channels } from "./channels.ts";
import { handlers as control } from "./control.ts";
import { handlers as pairing } from "./pairing.ts";
import { shapes } from "./shapes.ts";

export const group: Group = { shapes, handlers: { ...channels, ...control, ...pairing } };
