// The shape of a method's code: params and a call in, a result out. It knows no frames; whoever asked puts the result,
// the early answer or what was thrown on its wire.
import type { Caller, Door } from "../door.ts";
import type { Of, Shape } from "../frames/shape.ts";

export interface Call {
  readonly door: Door;
  readonly caller: Caller;
  /** Gives a first answer before the result, where the method has two (`agent`). */
  accepted(payload: unknown): void;
}

/** Whoever calls, as the audit names them. */
export function whoIs({ caller }: Pick<Call, "caller">): string {
  return caller.displayName ?? caller.clientId;
}

/** Params fit the method's shape when it is called. A result of undefined is an answer without payload. */
export type Handler = (params: never, call: Call) => unknown;

export interface MethodShapes {
  /** Undefined: anything may come, and the handler ignores it or looks for itself. */
  readonly params: Shape | undefined;
  /** What the result holds at least. Read by the documents and held against each answer in tests. */
  readonly result: Shape;
}

/** What a group's file gives once it is loaded. Both tables have the same names. */
export interface Group {
  readonly shapes: Readonly<Record<string, MethodShapes>>;
  readonly handlers: Readonly<Record<string, Handler>>;
}

/** Params of a method, by its shape. */
export type ParamsOf<S extends Shape> = Of<S>;
