// What the method table loads for these methods: their shapes and their code.
import type { Group } from "../handler.ts";
import { leaseHandlers } from "./leases.ts";
import { handlers } from "./secrets.ts";
import { shapes } from "./shapes.ts";

export const group: Group = { shapes, handlers: { ...handlers, ...leaseHandlers } };
